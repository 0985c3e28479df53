// Keys of rows as a user writes and reads them: as text, as hexadecimal digits, or as parts.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "cli/object_writer.h"

namespace stele::cli {

enum class KeyForm : uint8_t { kText, kHex, kParts };

// Adds --keys, which says how the command's keys are written.
void add_key_form(CLI::App& command, KeyForm& form);

// Returns the key that `text` stands for, or what is wrong with it.
[[nodiscard]] std::expected<std::string, std::string> parse_row_key(KeyForm form,
                                                                    std::string_view text);

// The same. Throws a usage Failure that names `option`.
[[nodiscard]] std::string row_key_of(KeyForm form, std::string_view text, std::string_view option);

// Returns the key for people. One that does not have the form comes as hexadecimal digits.
[[nodiscard]] std::string shown_row_key(KeyForm form, std::string_view key);

// Writes the member "key", "key_hex" or "key_parts"; "key_base64" for a key that does not have the
// form.
void write_row_key(ObjectWriter& line, KeyForm form, std::string_view key);

}  // namespace stele::cli
