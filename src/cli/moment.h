// The moment that rows are read as of, as --at and other options say it.
#pragma once

#include <stele/stele.h>

#include <CLI/CLI.hpp>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace stele::cli {

// Adds --at.
void add_moment(CLI::App& command, std::optional<stele_as_of>& moment);
// Adds an option of that name, which takes a moment.
void add_moment(CLI::App& command, const std::string& name, std::optional<stele_as_of>& moment,
                const std::string& help);

// Reads "tsn:12", "position:40" or "time:2026-11-21T11:32:35Z". The error is what is wrong with it.
[[nodiscard]] std::expected<stele_as_of, std::string> parse_moment(std::string_view text);

}  // namespace stele::cli
