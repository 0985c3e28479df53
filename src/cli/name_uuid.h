// UUIDs made from names (RFC 9562, section 5.5): the same name always gives the same one.
#pragma once

#include <string_view>

#include "cli/encoding.h"

namespace stele::cli {

// Returns the version 5 UUID of a name within a namespace.
[[nodiscard]] Uuid name_uuid(const Uuid& space, std::string_view name);

}  // namespace stele::cli
