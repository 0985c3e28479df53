#include "cli/single_event.h"

#include <algorithm>
#include <vector>

namespace stele::cli {

namespace {

// Calls `get` with a buffer, and again with a larger one when the record needs it.
template <typename Get>
stele_status get_record(const Get& get, std::vector<uint8_t>& record, stele_error& error) {
  record.resize(4096);
  for (;;) {
    size_t used = 0;
    const stele_status status = get(record.data(), record.size(), &used, &error);
    record.resize(used);
    if (status != STELE_BUFFER_TOO_SMALL) return status;
  }
}

stele_event decoded(const std::vector<uint8_t>& record) {
  stele_error error = STELE_ERROR_INIT;
  stele_event event{};
  event.struct_size = sizeof event;
  check(stele_event_decode(record.data(), record.size(), &event, &error), error);
  return event;
}

}  // namespace

std::optional<uint64_t> position_of(const Database& database, const Uuid& id) {
  const auto get = [&](uint8_t* buffer, size_t capacity, size_t* used, stele_error* error) {
    return stele_get_by_id(database.get(), id.data(), buffer, capacity, used, error);
  };
  std::vector<uint8_t> record;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = get_record(get, record, error);
  if (status == STELE_NOT_FOUND) return std::nullopt;
  check(status, error);
  return decoded(record).position;
}

Uuid id_at(const Database& database, uint64_t position) {
  const auto get = [&](uint8_t* buffer, size_t capacity, size_t* used, stele_error* error) {
    return stele_get(database.get(), position, buffer, capacity, used, error);
  };
  std::vector<uint8_t> record;
  stele_error error = STELE_ERROR_INIT;
  check(get_record(get, record, error), error);
  Uuid id{};
  std::copy_n(decoded(record).id, id.size(), id.begin());
  return id;
}

}  // namespace stele::cli
