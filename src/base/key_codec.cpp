// Elements of keys: writing them and reading them back.
#include "base/key_codec.h"

#include <limits>
#include <string>

#include "base/check.h"
#include "base/key_number.h"
#include "base/text.h"

namespace stele {

namespace {

// A zero byte of text is followed by kEscaped, the end by another zero byte. So the end is below
// whatever else can follow, and "a" comes before "a\0". No other byte needs an escape.
constexpr uint8_t kEscaped = 0xff;
constexpr uint8_t kTerminator[] = {0, 0};

constexpr uint8_t kDescendingBit = 0x80;

constexpr uint32_t kSignOfDays = uint32_t{1} << 31;
constexpr uint64_t kSignOfMicros = uint64_t{1} << 63;

// Takes a big-endian number.
template <std::unsigned_integral T>
Result<T> take(ElementBytes& from) {
  std::array<uint8_t, sizeof(T)> bytes;
  for (uint8_t& byte : bytes) {
    if (!from.take(byte)) return from.cut_off();
  }
  return load_be<T>(bytes.data());
}

Status read_days(ElementBytes& from, KeyPart& part) {
  const auto bits = take<uint32_t>(from);
  if (!bits) return fail(bits.error());
  part.integer = static_cast<int32_t>(*bits ^ kSignOfDays);
  return {};
}

Status read_time(ElementBytes& from, KeyPart& part) {
  const auto micros = take<uint64_t>(from);
  if (!micros) return fail(micros.error());
  if (*micros > static_cast<uint64_t>(kMicrosPerDay)) return from.damaged("a time beyond 24:00");
  part.integer = static_cast<int64_t>(*micros);
  return {};
}

Status read_timestamp(ElementBytes& from, KeyPart& part) {
  const auto bits = take<uint64_t>(from);
  if (!bits) return fail(bits.error());
  part.integer = static_cast<int64_t>(*bits ^ kSignOfMicros);
  return {};
}

Status out_of_range(const KeyPart& part, const char* range) {
  return fail(Code::kInvalid,
              cat(name_of(part.kind), " is ", part.integer, ", expected is ", range));
}

// Returns the kind of elements with a tag other than that of a number; one without a name for what
// is no tag.
KeyKind kind_of(KeyTag tag) {
  if (tag == KeyTag::kTrue) return KeyKind::kBool;
  if (tag > KeyTag::kJsonNull && tag <= KeyTag::kJsonObject) return KeyKind::kJson;
  if (tag >= KeyTag::kCustomFirst && tag <= KeyTag::kCustomLast) return KeyKind::kCustom;
  return static_cast<KeyKind>(tag);
}

bool is_number(KeyTag tag) {
  return tag >= KeyTag::kNegativeInfinity && tag <= KeyTag::kNan;
}

}  // namespace

const char* name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::kNull:
      return "NULL";
    case KeyKind::kBool:
      return "BOOL";
    case KeyKind::kInteger:
      return "INTEGER";
    case KeyKind::kUnsigned:
      return "UNSIGNED";
    case KeyKind::kReal:
      return "REAL";
    case KeyKind::kBigInteger:
      return "BIG_INTEGER";
    case KeyKind::kDecimal:
      return "DECIMAL";
    case KeyKind::kText:
      return "TEXT";
    case KeyKind::kBytes:
      return "BYTES";
    case KeyKind::kDate:
      return "DATE";
    case KeyKind::kTime:
      return "TIME";
    case KeyKind::kTimestamp:
      return "TIMESTAMP";
    case KeyKind::kTimestamptz:
      return "TIMESTAMPTZ";
    case KeyKind::kInterval:
      return "INTERVAL";
    case KeyKind::kUuid:
      return "UUID";
    case KeyKind::kInet:
      return "INET";
    case KeyKind::kMacaddr:
      return "MACADDR";
    case KeyKind::kJson:
      return "JSON";
    case KeyKind::kArray:
      return "ARRAY";
    case KeyKind::kTuple:
      return "TUPLE";
    case KeyKind::kRange:
      return "RANGE";
    case KeyKind::kEnum:
      return "ENUM";
    case KeyKind::kComposite:
      return "COMPOSITE";
    case KeyKind::kDomain:
      return "DOMAIN";
    case KeyKind::kVector:
      return "VECTOR";
    case KeyKind::kCustom:
      return "CUSTOM";
    case KeyKind::kNullLast:
      return "NULL_LAST";
  }
  return nullptr;
}

// ---- Writing ----------------------------------------------------------------------------------

Status KeyWriter::add(const KeyPart& part) {
  const size_t start = size_;
  Status added = add_ascending(part);
  if (!added) {
    size_ = start;
    return added;
  }
  if (part.descending) {
    for (size_t i = start; i < size_; ++i) bytes_[i] ^= 0xff;
  }
  return {};
}

Status KeyWriter::add_ascending(const KeyPart& part) {
  switch (part.kind) {
    case KeyKind::kNull:
    case KeyKind::kNullLast:
      return put(static_cast<KeyTag>(part.kind));
    case KeyKind::kBool:
      if (part.integer != 0 && part.integer != 1) return out_of_range(part, "0 or 1");
      return put(part.integer == 0 ? KeyTag::kFalse : KeyTag::kTrue);
    case KeyKind::kInteger:
    case KeyKind::kUnsigned:
    case KeyKind::kReal:
      return add_number(part);
    case KeyKind::kText:
      if (!is_utf8(as_text(part.bytes))) return fail(Code::kInvalid, "TEXT is not UTF-8");
      STELE_TRY(put(KeyTag::kText));
      return put_escaped(part.bytes);
    case KeyKind::kBytes:
      STELE_TRY(put(KeyTag::kBytes));
      return put_escaped(part.bytes);
    case KeyKind::kDate:
    case KeyKind::kTime:
    case KeyKind::kTimestamp:
    case KeyKind::kTimestamptz:
      return add_day_or_time(part);
    case KeyKind::kUuid:
      if (part.bytes.size() != kKeyUuidSize) {
        return fail(Code::kInvalid,
                    cat("UUID has ", part.bytes.size(), " bytes, expected are ", kKeyUuidSize));
      }
      STELE_TRY(put(KeyTag::kUuid));
      return put(part.bytes);
    default:
      if (const char* name = name_of(part.kind)) {
        return fail(Code::kUnsupported, cat("the kind ", name, " is not supported yet"));
      }
      return fail(Code::kInvalid, cat(static_cast<uint32_t>(part.kind), " is no kind"));
  }
}

Status KeyWriter::add_number(const KeyPart& part) {
  const EncodedNumber number = encode_number(part);
  return put(ByteView(number.bytes).first(number.size));
}

Status KeyWriter::add_day_or_time(const KeyPart& part) {
  std::array<uint8_t, sizeof(uint64_t)> bytes;
  size_t size = bytes.size();
  if (part.kind == KeyKind::kDate) {
    if (part.integer < std::numeric_limits<int32_t>::min() ||
        part.integer > std::numeric_limits<int32_t>::max()) {
      return out_of_range(part, "a number of days with 32 bits");
    }
    size = sizeof(uint32_t);
    store_be(bytes.data(), static_cast<uint32_t>(part.integer) ^ kSignOfDays);
  } else if (part.kind == KeyKind::kTime) {
    if (part.integer < 0 || part.integer > kMicrosPerDay) {
      return out_of_range(part, "0 to 86,400,000,000 microseconds");
    }
    store_be(bytes.data(), static_cast<uint64_t>(part.integer));
  } else {
    store_be(bytes.data(), static_cast<uint64_t>(part.integer) ^ kSignOfMicros);
  }
  STELE_TRY(put(static_cast<KeyTag>(part.kind)));
  return put(ByteView(bytes).first(size));
}

Status KeyWriter::put(ByteView bytes) {
  if (bytes.size() > bytes_.size() - size_) {
    return fail(Code::kTooLarge, cat("the key has more than ", kTableKeySizeMax, " bytes"));
  }
  copy_bytes(bytes_.data() + size_, bytes);
  size_ += bytes.size();
  return {};
}

Status KeyWriter::put(KeyTag tag) {
  const auto byte = static_cast<uint8_t>(tag);
  return put(ByteView(&byte, 1));
}

// Whole stretches without a zero byte at a time: most text is one.
Status KeyWriter::put_escaped(ByteView bytes) {
  while (!bytes.empty()) {
    const void* zero = std::memchr(bytes.data(), 0, bytes.size());
    if (zero == nullptr) break;
    const auto plain = static_cast<size_t>(static_cast<const uint8_t*>(zero) - bytes.data());
    STELE_TRY(put(bytes.first(plain + 1)));
    STELE_TRY(put(ByteView(&kEscaped, 1)));
    bytes = bytes.subspan(plain + 1);
  }
  STELE_TRY(put(bytes));
  return put(kTerminator);
}

// ---- Reading ----------------------------------------------------------------------------------

Result<bool> KeyReader::next(KeyPart& part) {
  if (key_.size() > kTableKeySizeMax) {
    return corruption(
        "key", kTableKeySizeMax,
        cat("it has ", key_.size(), " bytes, the longest key has ", kTableKeySizeMax));
  }
  if (at_ == key_.size()) return false;
  part = {};
  part.descending = (key_[at_] & kDescendingBit) != 0;
  ElementBytes from(key_, at_);
  if (part.descending) from.complement();
  uint8_t tag = 0;
  STELE_CHECK(from.take(tag));
  STELE_TRY(read_element(static_cast<KeyTag>(tag), from, part));
  at_ = from.at();
  return true;
}

Status KeyReader::read_element(KeyTag tag, ElementBytes& from, KeyPart& part) {
  if (is_number(tag)) return decode_number(tag, from, part);
  part.kind = kind_of(tag);
  switch (part.kind) {
    case KeyKind::kNull:
    case KeyKind::kNullLast:
      return {};
    case KeyKind::kBool:
      part.integer = tag == KeyTag::kTrue ? 1 : 0;
      return {};
    case KeyKind::kText:
      STELE_TRY(read_escaped(from, part));
      if (!is_utf8(as_text(part.bytes)))
        return from.damaged("the text that ends here is not UTF-8");
      return {};
    case KeyKind::kBytes:
      return read_escaped(from, part);
    case KeyKind::kDate:
      return read_days(from, part);
    case KeyKind::kTime:
      return read_time(from, part);
    case KeyKind::kTimestamp:
    case KeyKind::kTimestamptz:
      return read_timestamp(from, part);
    case KeyKind::kUuid:
      return read_uuid(from, part);
    default:
      if (const char* name = name_of(part.kind)) return from.unsupported(from.at() - 1, name);
      return from.damaged(cat("no part begins with this byte, ", key_[from.at() - 1]));
  }
}

Status KeyReader::read_escaped(ElementBytes& from, KeyPart& part) {
  const size_t start = used_;
  for (;;) {
    uint8_t byte = 0;
    if (!from.take(byte)) return from.cut_off();
    if (byte == 0) {
      uint8_t next = 0;
      if (!from.take(next)) return from.cut_off();
      if (next == 0) break;
      if (next != kEscaped) return from.damaged("neither an escape nor an end behind a zero byte");
    }
    bytes_[used_++] = byte;
  }
  part.bytes = ByteView(bytes_).subspan(start, used_ - start);
  return {};
}

Status KeyReader::read_uuid(ElementBytes& from, KeyPart& part) {
  const size_t start = used_;
  for (size_t i = 0; i < kKeyUuidSize; ++i) {
    uint8_t byte = 0;
    if (!from.take(byte)) return from.cut_off();
    bytes_[used_++] = byte;
  }
  part.bytes = ByteView(bytes_).subspan(start, kKeyUuidSize);
  return {};
}

size_t prefix_end_size(ByteView prefix) {
  size_t size = prefix.size();
  while (size > 0 && prefix[size - 1] == 0xff) --size;
  return size;
}

void write_prefix_end(ByteView prefix, uint8_t* to) {
  const size_t size = prefix_end_size(prefix);
  STELE_CHECK(size > 0);
  std::memmove(to, prefix.data(), size);
  ++to[size - 1];
}

}  // namespace stele
