// Errors as values: Result<T> holds a T or an Error, Status holds nothing or an Error.
//
// An Error is one pointer, so that success costs nothing to return. Its codes are those of the C
// API (capi checks that the numbers agree); its message says what was being done, on what, and why
// it failed. Damaged bytes are an Error; our own mistakes are asserts.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

namespace stele {

enum class Code : int32_t {
  kConflict = 1,
  kNotFound = 2,
  kEnd = 3,
  kTimeout = 4,
  kExists = 5,
  kKeyReused = 6,
  kNotYet = 7,
  kBufferTooSmall = 8,
  kInvalid = -1,
  kIo = -2,
  kFull = -3,
  kCorrupt = -4,
  kBusy = -5,
  kReadOnly = -6,
  kTooOld = -7,
  kTooLarge = -8,
  kUnsupported = -9,
  kOutcomeUnknown = -10,
  kNoMemory = -11,
  kClosed = -12,
  kInternal = -13,
};

inline constexpr uint32_t kNoGuard = UINT32_MAX;

class Error {
 public:
  Error(Code code, std::string message)
      : detail_(std::make_unique<Detail>(Detail{code, 0, kNoGuard, 0, 0, 0, std::move(message)})) {}
  Error(const Error& other) : detail_(std::make_unique<Detail>(*other.detail_)) {}
  Error(Error&&) noexcept = default;
  Error& operator=(const Error& other) {
    if (this != &other) detail_ = std::make_unique<Detail>(*other.detail_);
    return *this;
  }
  Error& operator=(Error&&) noexcept = default;
  ~Error() = default;

  [[nodiscard]] Code code() const { return detail_->code; }
  [[nodiscard]] int os_errno() const { return detail_->os_errno; }
  [[nodiscard]] uint32_t guard() const { return detail_->guard; }
  [[nodiscard]] uint64_t position() const { return detail_->position; }
  [[nodiscard]] uint64_t offset() const { return detail_->offset; }
  [[nodiscard]] uint64_t sequence() const { return detail_->sequence; }
  [[nodiscard]] const std::string& message() const { return detail_->message; }

  Error&& with_os_errno(int number) && { return detail_->os_errno = number, std::move(*this); }
  Error&& with_guard(uint32_t index) && { return detail_->guard = index, std::move(*this); }
  Error&& with_position(uint64_t position) && {
    return detail_->position = position, std::move(*this);
  }
  Error&& with_offset(uint64_t offset) && { return detail_->offset = offset, std::move(*this); }
  Error&& with_sequence(uint64_t sequence) && {
    return detail_->sequence = sequence, std::move(*this);
  }
  // Puts what was being done in front: "open: " + message.
  Error&& during(const std::string& what) && {
    detail_->message.insert(0, what + ": ");
    return std::move(*this);
  }

 private:
  struct Detail {
    Code code;
    int os_errno;
    uint32_t guard;     // Which guard failed, or kNoGuard.
    uint64_t position;  // The event or tracked position the message speaks of, or 0.
    uint64_t offset;    // The byte of the file or buffer the message speaks of, or 0.
    uint64_t sequence;  // The version of the entity the message speaks of, or 0.
    std::string message;
  };
  std::unique_ptr<Detail> detail_;  // Never null except in a moved-from Error.
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// Returns an unexpected Error, to write `return fail(Code::kInvalid, cat(...));`.
[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected<Error>(Error(code, std::move(message)));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

// The one way to report damaged bytes: a debugger can stop here. `where` names the file or buffer.
[[nodiscard]] std::unexpected<Error> corruption(const std::string& where, uint64_t offset,
                                                const std::string& reason);

}  // namespace stele

// Returns from the calling function when `expression`, a Status, holds an error.
#define STELE_TRY(expression)                                                      \
  do {                                                                             \
    if (auto stele_try_status = (expression); !stele_try_status) {                 \
      return std::unexpected<::stele::Error>(std::move(stele_try_status).error()); \
    }                                                                              \
  } while (false)
