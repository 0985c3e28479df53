// stele_scan: rows in order, one by one or many at a time.
#include "capi/row_code.h"
#include "capi/table.h"

using stele::fail;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::ScanObject;

namespace stele::capi {

namespace {

Result<Pinned<ScanObject>> usable_scan(stele_scan* scan) {
  auto object = pin<ScanObject>(scan, "scan");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->scan->database()));
  return object;
}

Status open(stele_table* table, const stele_scan_options* given, stele_scan** scan) {
  STELE_TRY(check_pointer(scan, "scan"));
  *scan = nullptr;
  const auto object = usable_table(table);
  if (!object) return fail(object.error());
  const auto wish = scan_wish(given);
  if (!wish) return fail(wish.error());
  auto begun = db::TableScan::start(*(*object)->table, wish->range, wish->moment);
  if (!begun) return fail(std::move(begun).error());
  publish(std::make_unique<ScanObject>(*std::move(begun)), scan);
  return {};
}

std::unexpected<Error> end_of_scan() {
  return fail(Code::kEnd, "there are no more rows");
}

Status next(ScanObject& object, stele_row* to) {
  const auto row = object.scan->next();
  if (!row) return fail(row.error());
  if (*row == nullptr) {
    object.scan->rest();
    return end_of_scan();
  }
  const tables::Row& found = **row;
  ByteView value = found.version.row;
  if (found.version.is_large()) {
    object.value.resize(found.size());
    if (auto read = object.scan->read(0, object.value); !read) {
      object.scan->hold_back();
      return read;
    }
    value = object.value;
  }
  stele_row filled = {};
  filled.key = {found.key.data(), found.key.size()};
  filled.value = {value.data(), value.size()};
  filled.tsn = found.time().tsn;
  filled.position = found.time().position;
  write_struct(filled, to);
  return {};
}

// Copies one row to the place where it is to be. Requires: there is room.
Status copy_row(const db::TableScan& scan, const tables::Row& row, uint8_t* at) {
  const RowHeader header = {.value_size = static_cast<uint32_t>(row.size()),
                            .key_size = static_cast<uint16_t>(row.key.size()),
                            .tsn = row.time().tsn,
                            .position = row.time().position};
  return scan.read(0, {write_row(header, row.key, at), row.size()});
}

Status next_batch(db::TableScan& scan, uint8_t* buffer, size_t capacity, size_t* used,
                  uint32_t* count) {
  for (;;) {
    const auto row = scan.next();
    if (!row) return *count > 0 ? Status() : Status(fail(row.error()));
    if (*row == nullptr) return *count > 0 ? Status() : end_of_scan();
    const uint64_t size = coded_size((*row)->key.size(), (*row)->size());
    if (size > capacity - *used) {
      scan.hold_back();
      if (*count > 0) return {};
      *used = size;
      return fail(Code::kBufferTooSmall,
                  cat("the row takes ", size, " bytes, the buffer has ", capacity));
    }
    if (auto copied = copy_row(scan, **row, buffer + *used); !copied) {
      scan.hold_back();
      return *count > 0 ? Status() : copied;
    }
    *used += size;
    ++*count;
  }
}

}  // namespace

Result<ScanWish> scan_wish(const stele_scan_options* given) {
  if (given == nullptr) return ScanWish();
  const auto options = read_struct(given, "options");
  if (!options) return fail(options.error());
  if ((options->flags & ~STELE_SCAN_BACKWARD) != 0) {
    return fail(Code::kInvalid, cat("options.flags has unknown bits: ", options->flags));
  }
  auto range =
      range_of(options->low.data, options->low.size, options->high.data, options->high.size);
  if (!range) return fail(std::move(range).error());
  range->descending = (options->flags & STELE_SCAN_BACKWARD) != 0;
  const auto when = as_of(options->as_of.struct_size == 0 ? nullptr : &options->as_of);
  if (!when) return fail(when.error());
  return ScanWish{.range = *std::move(range), .moment = *when};
}

}  // namespace stele::capi

extern "C" {

stele_status stele_scan_open(stele_table* table, const stele_scan_options* options,
                             stele_scan** scan, stele_error* error) {
  return guarded("scan", error,
                 [&]() -> Status { return stele::capi::open(table, options, scan); });
}

stele_status stele_scan_next(stele_scan* scan, stele_row* row, stele_error* error) {
  return guarded("scan", error, [&]() -> Status {
    STELE_TRY(check_out_struct(row, "row"));
    const auto object = stele::capi::usable_scan(scan);
    if (!object) return fail(object.error());
    return stele::capi::next(**object, row);
  });
}

stele_status stele_scan_next_batch(stele_scan* scan, uint8_t* buffer, size_t capacity, size_t* used,
                                   uint32_t* count, stele_error* error) {
  return guarded("scan", error, [&]() -> Status {
    STELE_TRY(check_pointer(used, "used"));
    STELE_TRY(check_pointer(count, "count"));
    *used = 0;
    *count = 0;
    if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
    const auto object = stele::capi::usable_scan(scan);
    if (!object) return fail(object.error());
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    Status copied = stele::capi::next_batch(*(*object)->scan, buffer, capacity, used, count);
    (*object)->scan->rest();
    return copied;  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the same.
  });
}

void stele_scan_close(stele_scan* scan) {
  HandleTable::instance().close(scan, ScanObject::kKind);
}

}  // extern "C"
