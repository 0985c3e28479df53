// The names under which imports record how far they have got.
#pragma once

#include <string>
#include <string_view>

#include "cli/input.h"

namespace stele::cli {

// Returns "import:<absolute path>:<inode>:<hash of the first line>". The inode and the hash tell
// the file from another one that took its path later; lines added at its end do not change the
// name. A path too long for a source's name loses its start. Requires: input.is_regular().
[[nodiscard]] std::string default_source(const Input& input);

// Puts the name together. `path` may be any bytes.
[[nodiscard]] std::string source_name(std::string_view path, uint64_t inode, uint64_t hash);

}  // namespace stele::cli
