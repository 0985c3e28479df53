// Order-preserving keys: made, taken apart, and the ends of their ranges. No database is needed.
#include "base/key_codec.h"
#include "capi/boundary.h"

using stele::Status;
using stele::capi::bytes_of;
using stele::capi::check_pointer;
using stele::capi::guarded;

namespace stele::capi {

namespace {

static_assert(kTableKeySizeMax == STELE_TABLE_KEY_MAX);
static_assert(static_cast<int>(KeyKind::kNull) == STELE_KEY_NULL);
static_assert(static_cast<int>(KeyKind::kBool) == STELE_KEY_BOOL);
static_assert(static_cast<int>(KeyKind::kInteger) == STELE_KEY_INTEGER);
static_assert(static_cast<int>(KeyKind::kUnsigned) == STELE_KEY_UNSIGNED);
static_assert(static_cast<int>(KeyKind::kReal) == STELE_KEY_REAL);
static_assert(static_cast<int>(KeyKind::kBigInteger) == STELE_KEY_BIG_INTEGER);
static_assert(static_cast<int>(KeyKind::kDecimal) == STELE_KEY_DECIMAL);
static_assert(static_cast<int>(KeyKind::kText) == STELE_KEY_TEXT);
static_assert(static_cast<int>(KeyKind::kBytes) == STELE_KEY_BYTES);
static_assert(static_cast<int>(KeyKind::kDate) == STELE_KEY_DATE);
static_assert(static_cast<int>(KeyKind::kTime) == STELE_KEY_TIME);
static_assert(static_cast<int>(KeyKind::kTimestamp) == STELE_KEY_TIMESTAMP);
static_assert(static_cast<int>(KeyKind::kTimestamptz) == STELE_KEY_TIMESTAMPTZ);
static_assert(static_cast<int>(KeyKind::kInterval) == STELE_KEY_INTERVAL);
static_assert(static_cast<int>(KeyKind::kUuid) == STELE_KEY_UUID);
static_assert(static_cast<int>(KeyKind::kInet) == STELE_KEY_INET);
static_assert(static_cast<int>(KeyKind::kMacaddr) == STELE_KEY_MACADDR);
static_assert(static_cast<int>(KeyKind::kJson) == STELE_KEY_JSON);
static_assert(static_cast<int>(KeyKind::kArray) == STELE_KEY_ARRAY);
static_assert(static_cast<int>(KeyKind::kTuple) == STELE_KEY_TUPLE);
static_assert(static_cast<int>(KeyKind::kRange) == STELE_KEY_RANGE);
static_assert(static_cast<int>(KeyKind::kEnum) == STELE_KEY_ENUM);
static_assert(static_cast<int>(KeyKind::kComposite) == STELE_KEY_COMPOSITE);
static_assert(static_cast<int>(KeyKind::kDomain) == STELE_KEY_DOMAIN);
static_assert(static_cast<int>(KeyKind::kVector) == STELE_KEY_VECTOR);
static_assert(static_cast<int>(KeyKind::kCustom) == STELE_KEY_CUSTOM);
static_assert(static_cast<int>(KeyKind::kNullLast) == STELE_KEY_NULL_LAST);

bool has_data(KeyKind kind) {
  return kind == KeyKind::kText || kind == KeyKind::kBytes || kind == KeyKind::kUuid;
}

Status add_part(const stele_key_part& from, KeyWriter& writer) {
  if ((from.flags & ~uint32_t{STELE_KEY_DESCENDING}) != 0) {
    return fail(Code::kInvalid, cat("flags are ", from.flags, ", of which some are unknown"));
  }
  KeyPart part = {.kind = static_cast<KeyKind>(from.kind),
                  .descending = (from.flags & STELE_KEY_DESCENDING) != 0,
                  .integer = from.integer,
                  .natural = from.natural,
                  .real = from.real};
  if (has_data(part.kind)) {
    const auto bytes = bytes_of(from.data, from.size, "data");
    if (!bytes) return fail(bytes.error());
    part.bytes = *bytes;
  }
  return writer.add(part);
}

Status check_room(size_t size, size_t capacity) {
  if (size <= capacity) return {};
  return fail(Code::kBufferTooSmall, cat("it takes ", size, " bytes, the buffer has ", capacity));
}

// The buffer of a caller, and where its size goes.
Status check_buffer(const uint8_t* buffer, size_t capacity, size_t* size, const char* name) {
  STELE_TRY(check_pointer(size, name));
  *size = 0;
  return capacity > 0 ? check_pointer(buffer, "buffer") : Status();
}

Status encode(const stele_key_part* parts, size_t count, uint8_t* buffer, size_t capacity,
              size_t* size) {
  STELE_TRY(check_buffer(buffer, capacity, size, "size"));
  if (count > 0) STELE_TRY(check_pointer(parts, "parts"));
  KeyWriter writer;
  for (size_t i = 0; i < count; ++i) {
    Status added = add_part(parts[i], writer);
    if (!added) return fail(std::move(added).error().during(cat("part ", i)));
  }
  *size = writer.bytes().size();
  STELE_TRY(check_room(*size, capacity));
  copy_bytes(buffer, writer.bytes());
  return {};
}

struct Room {
  size_t parts;
  size_t bytes;
};

// Reads the whole key once, to see that it is one.
Result<Room> measure(ByteView key) {
  KeyReader reader(key);
  KeyPart part;
  for (size_t count = 0;; ++count) {
    const auto more = reader.next(part);
    if (!more) return fail(more.error());
    if (!*more) return Room{.parts = count, .bytes = reader.bytes_used()};
  }
}

// Requires: measure(key), and that much room.
Status write_parts(ByteView key, stele_key_part* parts, uint8_t* buffer) {
  KeyReader reader(key);
  KeyPart part;
  for (size_t at = 0;;) {
    const auto more = reader.next(part);
    if (!more) return fail(more.error());
    if (!*more) return {};
    *parts++ = {.kind = static_cast<uint32_t>(part.kind),
                .flags = part.descending ? uint32_t{STELE_KEY_DESCENDING} : 0,
                .integer = part.integer,
                .natural = part.natural,
                .real = part.real,
                .data = has_data(part.kind) ? buffer + at : nullptr,
                .size = part.bytes.size()};
    copy_bytes(buffer + at, part.bytes);
    at += part.bytes.size();
  }
}

struct Parts {
  stele_key_part* parts;
  size_t capacity;
  size_t* count;
};

Status decode(ByteView key, const Parts& to, uint8_t* buffer, size_t capacity, size_t* used) {
  const auto room = measure(key);
  if (!room) return fail(room.error());
  *to.count = room->parts;
  *used = room->bytes;
  if (room->parts > to.capacity || room->bytes > capacity) {
    return fail(Code::kBufferTooSmall,
                cat("it takes ", room->parts, " parts and ", room->bytes,
                    " bytes, there is room for ", to.capacity, " and ", capacity));
  }
  return write_parts(key, to.parts, buffer);
}

Status find_end(ByteView prefix, uint8_t* buffer, size_t capacity, size_t* size) {
  *size = prefix_end_size(prefix);
  if (*size == 0) return fail(Code::kEnd, "nothing is above all that begin with the prefix");
  STELE_TRY(check_room(*size, capacity));
  write_prefix_end(prefix, buffer);
  return {};
}

}  // namespace

}  // namespace stele::capi

extern "C" {

stele_status stele_key_encode(const stele_key_part* parts, size_t count, uint8_t* buffer,
                              size_t capacity, size_t* size, stele_error* error) {
  return guarded("encode key", error,
                 [&] { return stele::capi::encode(parts, count, buffer, capacity, size); });
}

// NOLINTNEXTLINE(readability-function-size)
stele_status stele_key_decode(const uint8_t* key, size_t key_size, stele_key_part* parts,
                              size_t parts_capacity, size_t* count, uint8_t* buffer,
                              size_t capacity, size_t* used, stele_error* error) {
  return guarded("decode key", error, [&]() -> Status {
    STELE_TRY(check_pointer(count, "count"));
    *count = 0;
    STELE_TRY(stele::capi::check_buffer(buffer, capacity, used, "used"));
    if (parts_capacity > 0) STELE_TRY(check_pointer(parts, "parts"));
    const auto bytes = bytes_of(key, key_size, "key");
    if (!bytes) return fail(bytes.error());
    return stele::capi::decode(*bytes, {parts, parts_capacity, count}, buffer, capacity, used);
  });
}

stele_status stele_key_prefix_end(const uint8_t* prefix, size_t prefix_size, uint8_t* buffer,
                                  size_t capacity, size_t* size, stele_error* error) {
  return guarded("end of prefix", error, [&]() -> Status {
    STELE_TRY(stele::capi::check_buffer(buffer, capacity, size, "size"));
    const auto bytes = bytes_of(prefix, prefix_size, "prefix");
    if (!bytes) return fail(bytes.error());
    return stele::capi::find_end(*bytes, buffer, capacity, size);
  });
}

}  // extern "C"
