#include "cli/name_uuid.h"

#include <algorithm>
#include <string>

#include "cli/sha1.h"

namespace stele::cli {

Uuid name_uuid(const Uuid& space, std::string_view name) {
  std::string bytes(space.begin(), space.end());
  bytes += name;
  const Sha1Digest digest = sha1(bytes);
  Uuid uuid{};
  std::copy_n(digest.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0F) | 0x50);  // The version ...
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3F) | 0x80);  // ... and the variant.
  return uuid;
}

}  // namespace stele::cli
