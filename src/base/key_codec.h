// Order-preserving composite keys: parts of any kinds as one byte string that memcmp compares as
// the parts compare, one after the other.
//
// A key is its elements, one behind the other: a tag and what belongs to it. No element begins
// another one, so that the first part in which two keys differ decides, and a key begins those that
// have more parts behind the same ones, which come right after it. Of parts of different kinds the
// tag decides.
//
//     ("ab", 7 descending)    20 'a' 'b' 00 00 | EC BF E3 FF FF FF FF FF FF FF
//
// A descending element is the complement of every byte of the ascending one, which turns its order
// around and makes it tell itself from ascending ones: a key is decoded without being told how it
// was made.
//
// Nothing here allocates except errors. On disk: docs/format.md, "Keys".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/key_element.h"
#include "base/key_part.h"
#include "base/result.h"

namespace stele {

// Makes a key, part by part.
class KeyWriter {
 public:
  // Adds a part; what a refused one would have added is not there.
  //
  // INVALID: no such kind, a value outside of the kind's range, text that is not UTF-8.
  // UNSUPPORTED: a kind that cannot be encoded yet. TOO_LARGE: above kTableKeySizeMax with it.
  Status add(const KeyPart& part);

  // The key so far. Valid until the next add().
  [[nodiscard]] ByteView bytes() const { return {bytes_.data(), size_}; }

 private:
  Status add_ascending(const KeyPart& part);
  Status add_number(const KeyPart& part);
  Status add_day_or_time(const KeyPart& part);
  Status put(ByteView bytes);
  Status put(KeyTag tag);
  Status put_escaped(ByteView bytes);

  std::array<uint8_t, kTableKeySizeMax> bytes_;
  size_t size_ = 0;
};

// Reads a key back, part by part. The bytes are untrusted.
class KeyReader {
 public:
  // `key` must outlive the reader.
  explicit KeyReader(ByteView key) : key_(key) {}
  // Parts point into it.
  KeyReader(const KeyReader&) = delete;
  KeyReader& operator=(const KeyReader&) = delete;

  // Reads the next part; false: there is none. part.bytes point into this object.
  //
  // CORRUPT: no key begins like this; the error's offset is that of the first wrong byte, or the
  // size of the key where more of it is missing. UNSUPPORTED: a kind that cannot be decoded yet.
  Result<bool> next(KeyPart& part);

  // How many bytes the parts read so far point to, all together.
  [[nodiscard]] size_t bytes_used() const { return used_; }

 private:
  Status read_element(KeyTag tag, ElementBytes& from, KeyPart& part);
  Status read_escaped(ElementBytes& from, KeyPart& part);
  Status read_uuid(ElementBytes& from, KeyPart& part);

  ByteView key_;
  size_t at_ = 0;
  size_t used_ = 0;
  std::array<uint8_t, kTableKeySizeMax> bytes_;  // Of the parts: never more than the key has.
};

// Returns how many bytes the end of a range has: as many as `prefix` without 0xFF behind them. 0:
// there is none, as nothing is above all that begin with `prefix`.
[[nodiscard]] size_t prefix_end_size(ByteView prefix);

// Writes the smallest byte string that is above all that begin with `prefix` to `to`, which may be
// where `prefix` is, and has room for prefix_end_size() bytes. Requires: that is not 0.
void write_prefix_end(ByteView prefix, uint8_t* to);

}  // namespace stele
