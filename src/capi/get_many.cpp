// stele_table_get_many: the rows of many keys, as of one moment; and rows out of a buffer.
#include "capi/row_code.h"
#include "capi/table.h"

using stele::Code;
using stele::fail;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::guarded;

namespace stele::capi {

namespace {

// A caller's keys, which were checked.
class Keys {
 public:
  Keys(const stele_bytes* keys, size_t count) : keys_(keys), count_(count) {}
  [[nodiscard]] size_t size() const { return count_; }
  ByteView operator[](size_t i) const { return {keys_[i].data, keys_[i].size}; }

 private:
  const stele_bytes* keys_;
  size_t count_;
};

Status check_keys(const stele_bytes* keys, size_t count) {
  if (count > 0) STELE_TRY(check_pointer(keys, "keys"));
  for (size_t i = 0; i < count; ++i) {
    const auto key = row_key_of(keys[i].data, keys[i].size);
    if (!key) return fail(key.error().code(), cat("key ", i, ": ", key.error().message()));
  }
  return {};
}

// Fills a buffer as far as it reaches, and counts what does not fit.
struct Filler {
  uint8_t* buffer;
  size_t capacity;
  uint64_t used = 0;

  Status add(const engine::View& view, ByteView key, const tables::Row* row) {
    RowHeader header = {.key_size = static_cast<uint16_t>(key.size())};
    if (row == nullptr) {
      header.flags = STELE_ROW_MISSING;
    } else {
      header.value_size = static_cast<uint32_t>(row->size());
      header.tsn = row->time().tsn;
      header.position = row->time().position;
    }
    const uint64_t at = used;
    used += coded_size(key.size(), header.value_size);
    if (used > capacity) return {};
    uint8_t* value = write_row(header, key, buffer + at);
    if (row == nullptr) return {};
    return tables::read_row(view, *row, 0, {value, row->size()});
  }
};

Status next_row(ByteView data, size_t* at, stele_row* row) {
  if (*at == data.size()) return fail(Code::kEnd, "there are no more rows");
  const auto no_row = [&] { return fail(Code::kInvalid, cat("there is no row at byte ", *at)); };
  if (*at > data.size() || data.size() - *at < kRowHeaderSize) return no_row();
  const uint8_t* from = data.data() + *at;
  const RowHeader header = read_row_header(from);
  const uint64_t size = coded_size(header.key_size, header.value_size);
  if (size > data.size() - *at) return no_row();
  stele_row filled = {};
  filled.flags = header.flags;
  filled.key = {from + kRowHeaderSize, header.key_size};
  filled.value = {from + kRowHeaderSize + header.key_size, header.value_size};
  filled.tsn = header.tsn;
  filled.position = header.position;
  write_struct(filled, row);
  *at += size;
  return {};
}

}  // namespace

}  // namespace stele::capi

// The analyzer loses an Error's detail on its way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_table_get_many(stele_table* table, const stele_as_of* as_of,
                                  const stele_bytes* keys, size_t key_count, uint8_t* buffer,
                                  size_t capacity, size_t* used, stele_error* error) {
  return guarded("get rows", error, [&]() -> Status {
    STELE_TRY(check_pointer(used, "used"));
    *used = 0;
    if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
    STELE_TRY(stele::capi::check_keys(keys, key_count));
    const auto object = stele::capi::usable_table(table);
    if (!object) return fail(object.error());
    const auto when = stele::capi::as_of(as_of);
    if (!when) return fail(when.error());
    const stele::capi::Keys wanted(keys, key_count);
    stele::capi::Filler filler = {.buffer = buffer, .capacity = capacity};
    const auto add = [&](const stele::engine::View& view, size_t i, const stele::tables::Row* row) {
      return filler.add(view, wanted[i], row);
    };
    STELE_TRY((*object)->table->get_many(wanted, *when, add));
    *used = filler.used;
    if (filler.used <= capacity) return {};
    return fail(Code::kBufferTooSmall,
                stele::cat("the rows take ", filler.used, " bytes, the buffer has ", capacity));
  });
}

stele_status stele_row_next(const uint8_t* data, size_t size, size_t* at, stele_row* row,
                            stele_error* error) {
  return guarded("row", error, [&]() -> Status {
    STELE_TRY(check_pointer(at, "at"));
    STELE_TRY(check_out_struct(row, "row"));
    const auto bytes = stele::capi::bytes_of(data, size, "data");
    if (!bytes) return fail(bytes.error());
    return stele::capi::next_row(*bytes, at, row);
  });
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
