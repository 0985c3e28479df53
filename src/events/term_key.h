// The keys of the trees of terms.
//
//     key := kind (1 byte), text, 00, first position of the run (big-endian)
//
// No text has a byte 00, but ids, which all have 16 bytes: so keys are in the order of kinds, then
// texts, then positions, and what begins with a text begins with nothing else.
// On disk: docs/format.md, "Trees terms_main and terms_recent".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "events/term.h"

namespace stele::events {

class TermKey {
 public:
  TermKey(TermKind kind, std::string_view text, uint64_t position = 0) {
    set(kind, text, position);
  }

  void set(TermKind kind, std::string_view text, uint64_t position) {
    bytes_.resize(1 + text.size() + kTailSize);
    bytes_[0] = static_cast<uint8_t>(kind);
    copy_bytes(bytes_.data() + 1, as_bytes(text));
    bytes_[1 + text.size()] = 0;
    set_position(position);
  }
  void set_position(uint64_t position) {
    store_be(bytes_.data() + bytes_.size() - sizeof position, position);
  }

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  // What all keys of the term begin with.
  [[nodiscard]] ByteView term() const { return bytes().first(bytes_.size() - sizeof(uint64_t)); }

  // Returns whether a key is of this term.
  [[nodiscard]] bool is_of_term(ByteView key) const {
    return key.size() == bytes_.size() &&
           std::memcmp(key.data(), bytes_.data(), key.size() - sizeof(uint64_t)) == 0;
  }

 private:
  static constexpr size_t kTailSize = 1 + sizeof(uint64_t);
  std::vector<uint8_t> bytes_;
};

// A key taken apart. Lives as long as its bytes.
struct TermKeyView {
  TermKind kind;
  std::string_view text;
  uint64_t position;

  // Returns false: no key of these trees looks like this.
  static bool decode(ByteView key, TermKeyView& view) {
    constexpr size_t kAround = 1 + 1 + sizeof(uint64_t);
    if (key.size() <= kAround || key[key.size() - sizeof(uint64_t) - 1] != 0) return false;
    view.kind = static_cast<TermKind>(key[0]);
    view.text = as_text(key.subspan(1, key.size() - kAround));
    view.position = load_be<uint64_t>(key.data() + key.size() - sizeof(uint64_t));
    return key[0] >= 1 && key[0] < kTermKinds && view.position != 0;
  }
};

}  // namespace stele::events
