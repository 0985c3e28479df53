#include "cli/system_error.h"

#include <system_error>

namespace stele::cli {

Failure system_failure(const std::string& what, int number) {
  return {ExitStatus::kError, what + ": " + std::generic_category().message(number)};
}

}  // namespace stele::cli
