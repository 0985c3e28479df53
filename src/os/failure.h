// What every file system says when a call on a path fails.
#pragma once

#include <expected>
#include <string>

#include "base/result.h"

namespace stele::os {

// Returns the error "`what` `path`: reason", and sorts errno into the codes that callers act on: no
// room, no such thing, the rest.
[[nodiscard]] std::unexpected<Error> os_failure(const std::string& what, const std::string& path,
                                                int number);

}  // namespace stele::os
