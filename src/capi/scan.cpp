// stele_scan: rows in order, one by one or many at a time, where they lie or in copies.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capi/row_code.h"
#include "capi/table.h"

using stele::Code;
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

// What a caller gets of a row; the value of a large one is not in one piece yet. Field by field, to
// the place where they are to be.
[[gnu::always_inline]] inline void show(const tables::Row& row, stele_row& to) {
  to.flags = 0;
  to.key.data = row.key.data();
  to.key.size = row.key.size();
  to.value.data = row.version.row.data();
  to.value.size = row.version.row.size();
  to.tsn = row.time().tsn;
  to.position = row.time().position;
}

// Puts the value of the last row, a large one, into one piece; or that row is returned again, also
// when there is no memory.
Status gather(ScanObject& object, stele_bytes& value) {
  object.scan->hold_back();
  object.value.resize(object.scan->row().size());
  STELE_TRY(object.scan->read(0, object.value));
  value = {object.value.data(), object.value.size()};
  const auto row = object.scan->next_of_call();  // It is not held back any more.
  return row ? Status() : Status(fail(row.error()));
}

Status next(ScanObject& object, stele_row* to) {
  const auto row = object.scan->next();
  if (!row || *row == nullptr) {
    object.scan->rest();
    return row ? end_of_scan() : fail(row.error());
  }
  if (to->struct_size == sizeof(stele_row) && !(*row)->version.is_large()) {
    show(**row, *to);  // Nearly always.
    return {};
  }
  stele_row found = {};
  show(**row, found);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
  if ((*row)->version.is_large()) STELE_TRY(gather(object, found.value));
  write_struct(found, to);
  return {};
}

// The caller's structs are as large as the first one says.
class RowArray {
 public:
  explicit RowArray(stele_row* rows) : rows_(rows), size_(rows->struct_size) {}
  [[gnu::always_inline]] void put(size_t index, const tables::Row& row) const {
    if (size_ == sizeof(stele_row)) {
      rows_[index].struct_size = sizeof(stele_row);
      show(row, rows_[index]);
    } else {
      put_sized(index, row);
    }
  }
  [[nodiscard]] uint8_t* at(size_t index) const {
    return reinterpret_cast<uint8_t*>(rows_) + index * size_;
  }

 private:
  void put_sized(size_t index, const tables::Row& row) const {
    stele_row filled = {};
    filled.struct_size = static_cast<uint32_t>(size_);
    show(row, filled);
    std::memcpy(at(index), &filled, std::min(size_, sizeof filled));
  }

  stele_row* rows_;
  size_t size_;
};

Status next_views(ScanObject& object, const RowArray& rows, size_t capacity, size_t* count) {
  db::TableScan& scan = *object.scan;
  size_t filled = 0;
  const auto run =
      scan.next_run(capacity, [&](const tables::Row& row) { rows.put(filled++, row); });
  if (!run || *run == 0) {
    scan.rest();
    return run ? end_of_scan() : fail(run.error());
  }
  // A large row is the last one of its run, and comes alone: gathering it may fail.
  if (scan.row().version.is_large()) {
    if (filled > 1) {
      scan.hold_back();
      --filled;
    } else {
      stele_bytes value = {};
      // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
      STELE_TRY(gather(object, value));
      std::memcpy(rows.at(0) + offsetof(stele_row, value), &value, sizeof value);
    }
  }
  *count = filled;
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
  STELE_TRY(scan.begin_call());
  for (;;) {
    const auto row = scan.next_of_call();
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

stele_status stele_scan_next_views(stele_scan* scan, stele_row* rows, size_t capacity,
                                   size_t* count, stele_error* error) {
  return guarded("scan", error, [&]() -> Status {
    STELE_TRY(check_pointer(count, "count"));
    *count = 0;
    if (capacity == 0) return fail(Code::kInvalid, "capacity is 0");
    STELE_TRY(check_out_struct(rows, "rows"));
    const auto object = stele::capi::usable_scan(scan);
    if (!object) return fail(object.error());
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    return stele::capi::next_views(**object, stele::capi::RowArray(rows), capacity, count);
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
