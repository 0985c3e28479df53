// Order-preserving keys. Include <stele/stele.hpp>.
#pragma once

#include <stele/key.h>

#include <stele/detail/base.hpp>

namespace stele::inline v0 {

// A part of a key, made of a value; or read from a key. Text and bytes are borrowed.
//
// Example:
//
//     const std::vector<std::uint8_t> key = stele::encode_key(
//         {"north", stele::KeyPart::date(20000), stele::KeyPart(7).descending()});
//     for (const stele::KeyPart& part : stele::decode_key(key).parts())
//       std::cout << part.kind() << '\n';
class KeyPart {
 public:
  template <std::same_as<bool> T>               // Not what converts to bool, as every pointer does.
  KeyPart(T value) : KeyPart(STELE_KEY_BOOL) {  // NOLINT
    part_.integer = value ? 1 : 0;
  }
  template <std::signed_integral T>
  KeyPart(T value) : KeyPart(STELE_KEY_INTEGER) {  // NOLINT
    part_.integer = value;
  }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  KeyPart(T value) : KeyPart(STELE_KEY_UNSIGNED) {  // NOLINT
    part_.natural = value;
  }
  KeyPart(double value) : KeyPart(STELE_KEY_REAL) { part_.real = value; }     // NOLINT
  KeyPart(std::string_view text) : KeyPart(STELE_KEY_TEXT, Bytes(text)) {}    // NOLINT
  KeyPart(const std::string& text) : KeyPart(STELE_KEY_TEXT, Bytes(text)) {}  // NOLINT
  KeyPart(const char* text) : KeyPart(STELE_KEY_TEXT, Bytes(text)) {}         // NOLINT
  explicit KeyPart(const stele_key_part& part) : part_(part) {}

  static KeyPart null() { return KeyPart(STELE_KEY_NULL); }
  static KeyPart null_last() { return KeyPart(STELE_KEY_NULL_LAST); }
  static KeyPart bytes(Bytes bytes) { return {STELE_KEY_BYTES, bytes}; }
  static KeyPart uuid(const Id& id) { return {STELE_KEY_UUID, Bytes(id)}; }
  static KeyPart date(std::int32_t days) { return {STELE_KEY_DATE, days}; }
  static KeyPart time(std::int64_t micros) { return {STELE_KEY_TIME, micros}; }
  static KeyPart timestamp(std::int64_t micros) { return {STELE_KEY_TIMESTAMP, micros}; }
  static KeyPart timestamptz(std::int64_t micros) { return {STELE_KEY_TIMESTAMPTZ, micros}; }

  // The same part with the opposite order.
  [[nodiscard]] KeyPart descending() const {
    KeyPart part = *this;
    part.part_.flags |= STELE_KEY_DESCENDING;
    return part;
  }

  [[nodiscard]] stele_key_kind kind() const { return static_cast<stele_key_kind>(part_.kind); }
  [[nodiscard]] bool is_descending() const { return (part_.flags & STELE_KEY_DESCENDING) != 0; }
  // What the kind says which of them has the value; see stele_key_part.
  [[nodiscard]] std::int64_t integer() const { return part_.integer; }
  [[nodiscard]] std::uint64_t natural() const { return part_.natural; }
  [[nodiscard]] double real() const { return part_.real; }
  [[nodiscard]] Bytes data() const { return {part_.data, part_.size}; }
  [[nodiscard]] std::string_view text() const { return data().text(); }
  [[nodiscard]] const stele_key_part& c_part() const { return part_; }

 private:
  explicit KeyPart(stele_key_kind kind) { part_.kind = static_cast<std::uint32_t>(kind); }
  KeyPart(stele_key_kind kind, Bytes bytes) : KeyPart(kind) {
    part_.data = bytes.data();
    part_.size = bytes.size();
  }
  KeyPart(stele_key_kind kind, std::int64_t value) : KeyPart(kind) { part_.integer = value; }

  stele_key_part part_ = {};
};

// A key taken apart. Its parts point into it.
class DecodedKey {
 public:
  DecodedKey(DecodedKey&&) noexcept = default;
  DecodedKey& operator=(DecodedKey&&) noexcept = default;
  DecodedKey(const DecodedKey&) = delete;
  DecodedKey& operator=(const DecodedKey&) = delete;
  ~DecodedKey() = default;

  [[nodiscard]] const std::vector<KeyPart>& parts() const { return parts_; }

 private:
  friend DecodedKey decode_key(Bytes key);
  DecodedKey() = default;

  std::vector<KeyPart> parts_;
  std::vector<std::uint8_t> buffer_;
};

[[nodiscard]] inline std::vector<std::uint8_t> encode_key(std::span<const KeyPart> parts) {
  std::vector<stele_key_part> c_parts;
  c_parts.reserve(parts.size());
  for (const KeyPart& part : parts) c_parts.push_back(part.c_part());
  std::vector<std::uint8_t> key;
  detail::fill(
      key, [&](std::uint8_t* data, std::size_t capacity, std::size_t* size, stele_error* error) {
        return stele_key_encode(c_parts.data(), c_parts.size(), data, capacity, size, error);
      });
  return key;
}
[[nodiscard]] inline std::vector<std::uint8_t> encode_key(std::initializer_list<KeyPart> parts) {
  return encode_key(std::span<const KeyPart>(parts.begin(), parts.size()));
}

// Throws CORRUPT for what is no key.
[[nodiscard]] inline DecodedKey decode_key(Bytes key) {
  DecodedKey decoded;
  std::vector<stele_key_part> parts(key.size());  // A part has a byte at least.
  std::size_t count = 0;
  detail::fill(decoded.buffer_, [&](std::uint8_t* data, std::size_t capacity, std::size_t* used,
                                    stele_error* error) {
    return stele_key_decode(key.data(), key.size(), parts.data(), parts.size(), &count, data,
                            capacity, used, error);
  });
  for (std::size_t i = 0; i < count; ++i) decoded.parts_.emplace_back(parts[i]);
  return decoded;
}

// The end of the range of all that begin with `prefix`; nothing: it goes on to the last key.
[[nodiscard]] inline std::optional<std::vector<std::uint8_t>> key_prefix_end(Bytes prefix) {
  std::vector<std::uint8_t> end(prefix.size());
  std::size_t size = 0;
  const Status status = detail::call(stele_key_prefix_end, prefix.data(), prefix.size(), end.data(),
                                     end.size(), &size);
  if (status == STELE_END) return std::nullopt;
  end.resize(size);
  return end;
}

}  // namespace stele::inline v0
