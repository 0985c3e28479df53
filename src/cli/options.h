// Options of commands, as CLI11 takes them, without what it makes of some values by itself.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/encoding.h"

namespace stele::cli {

// What a command does, once the whole command line has been understood.
using Action = std::function<void()>;

// Adds the database's directory, which every command starts with.
void add_database(CLI::App& command, std::string& path);

// Adds an option that takes one text. CLI11 would make "none" of an empty one.
CLI::Option* add_text(CLI::App& command, const std::string& name, std::optional<std::string>& text,
                      const std::string& help);

// Adds an option that takes one text each time it is given. CLI11 would let it take all the
// arguments that follow, and the database with them.
CLI::Option* add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& texts,
                       const std::string& help);

// Adds an option that takes a decimal number. CLI11 would read "010" as 8.
CLI::Option* add_number(CLI::App& command, const std::string& name, std::optional<uint64_t>& number,
                        const std::string& help);

// Adds an option that takes one UUID each time it is given.
CLI::Option* add_uuids(CLI::App& command, const std::string& name, std::vector<Uuid>& uuids,
                       const std::string& help);

// Adds an option that takes a time, as parse_time() reads it.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<int64_t>& time,
                      const std::string& help);

// Makes "--name=" two arguments: CLI11 takes the next argument for an empty value.
[[nodiscard]] std::vector<std::string> split_empty_values(
    const std::vector<std::string>& arguments);

}  // namespace stele::cli
