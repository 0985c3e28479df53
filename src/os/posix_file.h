// Files, directories and locks of a POSIX system.
#pragma once

#include "os/file.h"

namespace stele::os {

// Returns the file system of this machine. It has no state of its own.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace stele::os
