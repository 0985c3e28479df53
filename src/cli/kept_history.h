// How much history a table keeps, as --history says it and as tables are described.
//
//     none, all, commits:N, time:Nu with u one of us, ms, s, m, h, d
#pragma once

#include <stele/stele.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace stele::cli {

struct KeptHistory {
  int32_t kind = STELE_HISTORY_NONE;  // A stele_history.
  uint64_t amount = 0;                // Of commits, or of microseconds.
};

// Reads "none", "all", "commits:100" or "time:7d". The error is what is wrong with it.
[[nodiscard]] std::expected<KeptHistory, std::string> parse_history(std::string_view text);

// Writes it so that parse_history() reads the same; a time in the largest unit that it is a
// multiple of.
[[nodiscard]] std::string history_text(const KeptHistory& history);

}  // namespace stele::cli
