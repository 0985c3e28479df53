// The bytes of an element of a key, one by one, as those of an ascending element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"

namespace stele {

class ElementBytes {
 public:
  // Begins at byte `at` of the key. Requires: at <= key.size().
  ElementBytes(ByteView key, size_t at) : key_(key), at_(at) {}

  // Takes the next byte; false: the key ends here.
  [[nodiscard]] bool take(uint8_t& byte) {
    if (at_ == key_.size()) return false;
    byte = key_[at_++] ^ mask_;
    return true;
  }

  // From here on each byte is complemented (once more).
  void complement() { mask_ ^= 0xff; }

  // Where the next byte is in the key.
  [[nodiscard]] size_t at() const { return at_; }

  // Reports the byte that was taken last, or the end of the key.
  [[nodiscard]] std::unexpected<Error> damaged(const std::string& reason) const {
    return corruption("key", at_ - 1, reason);
  }
  [[nodiscard]] std::unexpected<Error> cut_off() const {
    return corruption("key", at_, "it ends within a part");
  }
  [[nodiscard]] std::unexpected<Error> unsupported(size_t at, const std::string& what) const {
    return fail(Error(Code::kUnsupported,
                      cat("key, byte ", at, ": parts of the kind ", what, " are not supported yet"))
                    .with_offset(at));
  }

 private:
  ByteView key_;
  size_t at_;
  uint8_t mask_ = 0;
};

}  // namespace stele
