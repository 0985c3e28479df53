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

FoundRows get_rows(const OpenTable& table, const std::optional<stele_as_of>& at,
                   const std::vector<std::string>& keys) {
  std::vector<stele_bytes> wanted;
  wanted.reserve(keys.size());
  for (const std::string& key : keys) {
    wanted.push_back({reinterpret_cast<const uint8_t*>(key.data()), key.size()});
  }
  FoundRows found;
  stele_error error = STELE_ERROR_INIT;
  for (;;) {
    size_t used = 0;
    const stele_status status =
        stele_table_get_many(table.get(), at ? &*at : nullptr, wanted.data(), wanted.size(),
                             found.buffer.data(), found.buffer.size(), &used, &error);
    if (status != STELE_BUFFER_TOO_SMALL) check(status, error);
    found.buffer.resize(used);
    if (status == STELE_OK) break;
  }
  stele_row row{};
  row.struct_size = sizeof row;
  for (size_t next = 0; next < found.buffer.size();) {
    check(stele_row_next(found.buffer.data(), found.buffer.size(), &next, &row, &error), error);
    found.rows.push_back(row);
  }
  return found;
}

}  // namespace stele::cli
