// stele_row_history: the history of a row, version by version or many at a time.
#include "capi/table.h"

using stele::fail;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::RowHistoryObject;

namespace stele::capi {

namespace {

constexpr size_t kVersionHeaderSize = 32;

Result<Pinned<RowHistoryObject>> usable_history(stele_row_history* history) {
  auto object = pin<RowHistoryObject>(history, "history");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->versions->database()));
  return object;
}

Result<db::VersionOptions> version_options(const stele_row_history_options* given) {
  if (given == nullptr) return db::VersionOptions();
  const auto options = read_struct(given, "options");
  if (!options) return fail(options.error());
  if ((options->flags & ~STELE_ROW_HISTORY_OLDEST_FIRST) != 0) {
    return fail(Code::kInvalid, cat("options.flags has unknown bits: ", options->flags));
  }
  db::VersionOptions wanted = {
      .oldest_first = (options->flags & STELE_ROW_HISTORY_OLDEST_FIRST) != 0,
  };
  const auto until = as_of(options->until.struct_size == 0 ? nullptr : &options->until);
  if (!until) return fail(until.error());
  wanted.until = *until;
  if (options->since.struct_size == 0) return wanted;
  const auto since = as_of(&options->since);
  if (!since) return fail(since.error());
  wanted.since = *since;
  return wanted;
}

Status open_versions(stele_table* table, ByteView key, const stele_row_history_options* options,
                     stele_row_history** history) {
  const auto object = usable_table(table);
  if (!object) return fail(object.error());
  const auto wanted = version_options(options);
  if (!wanted) return fail(wanted.error());
  auto begun = db::RowVersions::start(*(*object)->table, key, *wanted);
  if (!begun) return fail(std::move(begun).error());
  publish(std::make_unique<RowHistoryObject>(*std::move(begun)), history);
  return {};
}

std::unexpected<Error> end_of_history() {
  return fail(Code::kEnd, "there are no more versions");
}

uint32_t flags_of(const tables::Row& version) {
  return version.version.is_deleted ? STELE_ROW_DELETED : 0;
}

Status next_version(RowHistoryObject& object, stele_row_version* to) {
  const auto version = object.versions->next();
  if (!version || *version == nullptr) {
    object.versions->rest();
    return version ? end_of_history() : fail(version.error());
  }
  const tables::Row& found = **version;
  ByteView value = found.version.row;
  if (found.version.is_large()) {
    object.value.resize(found.size());
    if (auto read = object.versions->read(0, object.value); !read) {
      object.versions->hold_back();
      return read;
    }
    value = object.value;
  }
  stele_row_version filled = {};
  filled.flags = flags_of(found);
  filled.value = {value.data(), value.size()};
  filled.tsn = found.time().tsn;
  filled.position = found.time().position;
  filled.recorded = object.versions->recorded();
  write_struct(filled, to);
  return {};
}

// Copies one version to the place where it is to be. Requires: there is room.
Status copy_version(const db::RowVersions& versions, const tables::Row& version, uint8_t* at) {
  store_le(at, static_cast<uint32_t>(version.size()));
  store_le(at + 4, flags_of(version));
  store_le(at + 8, version.time().tsn);
  store_le(at + 16, version.time().position);
  store_le(at + 24, static_cast<uint64_t>(versions.recorded()));
  STELE_TRY(versions.read(0, {at + kVersionHeaderSize, version.size()}));
  const uint64_t used = kVersionHeaderSize + version.size();
  std::fill_n(at + used, align_up(used) - used, uint8_t{0});
  return {};
}

Status next_versions(db::RowVersions& versions, uint8_t* buffer, size_t capacity, size_t* used,
                     uint32_t* count) {
  for (;;) {
    const auto version = versions.next();
    if (!version) return *count > 0 ? Status() : Status(fail(version.error()));
    if (*version == nullptr) return *count > 0 ? Status() : end_of_history();
    const uint64_t size = align_up(kVersionHeaderSize + (*version)->size());
    if (size > capacity - *used) {
      versions.hold_back();
      if (*count > 0) return {};
      *used = size;
      return fail(Code::kBufferTooSmall,
                  cat("the version takes ", size, " bytes, the buffer has ", capacity));
    }
    if (auto copied = copy_version(versions, **version, buffer + *used); !copied) {
      versions.hold_back();
      return *count > 0 ? Status() : copied;
    }
    *used += size;
    ++*count;
  }
}

}  // namespace

}  // namespace stele::capi

// The analyzer loses an Error's detail on its way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_row_history_open(stele_table* table, const uint8_t* key, size_t key_size,
                                    const stele_row_history_options* options,
                                    stele_row_history** history, stele_error* error) {
  return guarded("history", error, [&]() -> Status {
    STELE_TRY(check_pointer(history, "history"));
    *history = nullptr;
    const auto bytes = stele::capi::row_key_of(key, key_size);
    if (!bytes) return fail(bytes.error());
    return stele::capi::open_versions(table, *bytes, options, history);
  });
}

stele_status stele_row_history_next(stele_row_history* history, stele_row_version* version,
                                    stele_error* error) {
  return guarded("history", error, [&]() -> Status {
    STELE_TRY(check_out_struct(version, "version"));
    const auto object = stele::capi::usable_history(history);
    if (!object) return fail(object.error());
    return stele::capi::next_version(**object, version);
  });
}

stele_status stele_row_history_next_batch(stele_row_history* history, uint8_t* buffer,
                                          size_t capacity, size_t* used, uint32_t* count,
                                          stele_error* error) {
  return guarded("history", error, [&]() -> Status {
    STELE_TRY(check_pointer(used, "used"));
    STELE_TRY(check_pointer(count, "count"));
    *used = 0;
    *count = 0;
    if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
    const auto object = stele::capi::usable_history(history);
    if (!object) return fail(object.error());
    Status copied = stele::capi::next_versions(*(*object)->versions, buffer, capacity, used, count);
    (*object)->versions->rest();
    return copied;
  });
}

void stele_row_history_close(stele_row_history* history) {
  HandleTable::instance().close(history, RowHistoryObject::kKind);
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
