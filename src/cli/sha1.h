// SHA-1 (RFC 3174), for the names of version 5 UUIDs and nothing that has to be safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stele::cli {

using Sha1Digest = std::array<uint8_t, 20>;

[[nodiscard]] Sha1Digest sha1(std::string_view bytes);

}  // namespace stele::cli
