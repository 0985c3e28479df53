// Names of tables as a user writes them, and tables found by them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "cli/handle.h"

namespace stele::cli {

struct TableName {
  std::string schema = "root";
  std::string name;
};

// Adds an argument that takes NAME, of the schema root, or SCHEMA.NAME.
void add_table_name(CLI::App& command, const std::string& argument, TableName& name,
                    const std::string& help);

// Returns the text that the argument takes for this table: "\." is a dot of the schema or of the
// name, "\\" a backslash. Not made printable.
[[nodiscard]] std::string table_path(std::string_view schema, std::string_view name);

[[nodiscard]] OpenTable open_table(const Database& database, const TableName& name);

}  // namespace stele::cli
