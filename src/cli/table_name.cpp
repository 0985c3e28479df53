#include "cli/table_name.h"

#include <fmt/format.h>

#include <vector>

namespace stele::cli {

namespace {

// Returns the texts between dots, without backslashes in front of dots and backslashes. One before
// anything else is a character like others.
std::vector<std::string> split_at_dots(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t at = 0; at < text.size(); ++at) {
    const bool escapes =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '.' || text[at + 1] == '\\');
    if (escapes) {
      parts.back() += text[++at];
    } else if (text[at] == '.') {
      parts.emplace_back();
    } else {
      parts.back() += text[at];
    }
  }
  return parts;
}

std::string with_escaped_dots(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '.' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

void add_table_name(CLI::App& command, const std::string& argument, TableName& name,
                    const std::string& help) {
  const auto parse = [argument, &name](const std::string& text) {
    std::vector<std::string> parts = split_at_dots(text);
    // The library takes an empty schema for none; here somebody wrote one and should know.
    if (parts.size() > 2 || parts.front().empty() || parts.back().empty()) {
      throw CLI::ValidationError(
          argument, fmt::format("'{}' is neither NAME nor SCHEMA.NAME; \\. is a dot in one", text));
    }
    if (parts.size() == 2) name.schema = std::move(parts.front());
    name.name = std::move(parts.back());
  };
  command.add_option_function<std::string>(argument, parse, help)->required();
}

std::string table_path(std::string_view schema, std::string_view name) {
  const std::string last = with_escaped_dots(name);
  return schema == "root" ? last : with_escaped_dots(schema) + "." + last;
}

OpenTable open_table(const Database& database, const TableName& name) {
  stele_table* table = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_table_open(database.get(), name.schema.data(), name.schema.size(), name.name.data(),
                         name.name.size(), &table, &error),
        error);
  return OpenTable(table);
}

}  // namespace stele::cli
