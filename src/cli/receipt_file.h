// Receipts as the program writes and reads them: a line of hexadecimal digits.
#pragma once

#include <stele/stele.h>

#include <string>

namespace stele::cli {

// Returns the line, with its end.
[[nodiscard]] std::string receipt_line(const std::string& receipt);

// Returns the receipt in a file; "-" is standard input. Throws a Failure when there is none, or one
// that does not hold. `info` gets what it says.
[[nodiscard]] std::string read_receipt(const std::string& path, stele_receipt_info& info);

}  // namespace stele::cli
