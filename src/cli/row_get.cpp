#include "cli/row_get.h"

namespace stele::cli {

stele_status get_row(const OpenTable& table, const std::optional<stele_as_of>& at,
                     const std::string& key, FoundRow& found) {
  constexpr size_t kFirstRoom = 4096;
  found.value.resize(kFirstRoom);
  found.row.struct_size = sizeof found.row;
  for (;;) {
    size_t size = 0;
    const stele_status status = stele_table_get(
        table.get(), at ? &*at : nullptr, reinterpret_cast<const uint8_t*>(key.data()), key.size(),
        found.value.data(), found.value.size(), &size, &found.row, &found.error);
    if (status != STELE_BUFFER_TOO_SMALL) return status;
    found.value.resize(size);
  }
}

}  // namespace stele::cli
