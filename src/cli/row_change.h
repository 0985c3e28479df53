// A commit that changes rows: the condition on one of them, the outcome, and how both are told.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/handle.h"

namespace stele::cli {

// The row that a change must find.
struct RowExpectation {
  bool absent = false;
  std::optional<uint64_t> tsn;  // The commit that wrote it; 0: as `absent`.

  [[nodiscard]] bool any() const { return absent || tsn; }
};

// Adds --expect-tsn.
void add_expected_tsn(CLI::App& command, RowExpectation& expected);

// Adds the guard to the batch, if anything is expected.
void expect_row(const Batch& batch, const OpenTable& table, std::string_view key,
                const RowExpectation& expected);

// Commits. On a conflict prints what is there instead, if `json` as an object on standard output,
// and throws a Failure that ends in "nothing was <verb>". Requires: the batch's only guard is that
// of expect_row().
[[nodiscard]] stele_commit_result commit_rows(const Database& database, const Batch& batch,
                                              const OpenTable& table, const std::string& key,
                                              bool json, const char* verb);

// Prints the TSN, or an object.
void report_rows(const stele_commit_result& result, bool json);

}  // namespace stele::cli
