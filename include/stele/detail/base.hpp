// What every part of stele.hpp uses: the exception, owners of handles, bytes, ranges.
// Include <stele/stele.hpp>, which explains them.
#pragma once

#include <stele/base.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// v0 keeps names of one version of these headers apart from those of another, and of the library's
// own, in one program. Nobody writes it.
namespace stele::inline v0 {

// The numbers of the C API are those of this one: STELE_CONFLICT, STELE_DURABILITY_OS ...
using Status = stele_status;

using Id = std::array<std::uint8_t, 16>;  // A UUID.
using Milliseconds = std::chrono::milliseconds;
inline constexpr Milliseconds kForever{STELE_FOREVER};  // As a timeout.
inline constexpr Milliseconds kNoWait{0};               // As a timeout: looks only.

// An error: a status below 0. Outcomes that a correct program expects are never thrown.
//
// Example:
//
//     try {
//       db.sync();
//     } catch (const stele::Error& error) {
//       std::cerr << error.what() << " (" << error.name() << ")\n";
//     }
class Error : public std::exception {
 public:
  explicit Error(const stele_error& error) noexcept : error_(error) {}

  [[nodiscard]] const char* what() const noexcept override { return error_.message; }
  [[nodiscard]] const char* name() const noexcept { return stele_status_name(status()); }
  [[nodiscard]] Status status() const noexcept { return static_cast<Status>(error_.status); }
  [[nodiscard]] std::uint32_t guard() const noexcept { return error_.guard; }
  [[nodiscard]] std::uint64_t position() const noexcept { return error_.position; }
  [[nodiscard]] std::uint64_t sequence() const noexcept { return error_.sequence; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return error_.offset; }
  [[nodiscard]] int os_errno() const noexcept { return error_.os_errno; }

 private:
  stele_error error_;
};

// Bytes that belong to somebody else, as a parameter, a field and a result. Made of text, of an
// array, or of any contiguous range of char, unsigned char or std::byte.
class Bytes {
 public:
  constexpr Bytes() = default;
  Bytes(const char* text) : Bytes(std::string_view(text)) {}  // NOLINT
  Bytes(const stele_bytes& bytes) : view_(bytes) {}           // NOLINT
  Bytes(const std::uint8_t* data, std::size_t size) : view_{data, size} {}

  template <typename Range>
    requires std::ranges::contiguous_range<const Range> && std::ranges::sized_range<const Range> &&
             (!std::same_as<Range, Bytes>) && (!std::is_array_v<Range>) &&
             (sizeof(std::ranges::range_value_t<const Range>) == 1)
  Bytes(const Range& range)  // NOLINT
      : view_{reinterpret_cast<const std::uint8_t*>(std::ranges::data(range)),
              std::ranges::size(range)} {}
  template <typename Byte, std::size_t kSize>
    requires std::same_as<Byte, std::uint8_t> || std::same_as<Byte, std::byte>
  Bytes(const Byte (&array)[kSize]) : Bytes(std::span<const Byte>(array)) {}  // NOLINT

  [[nodiscard]] const std::uint8_t* data() const { return view_.data; }
  [[nodiscard]] std::size_t size() const { return view_.size; }
  [[nodiscard]] bool empty() const { return view_.size == 0; }
  [[nodiscard]] const std::uint8_t* begin() const { return view_.data; }
  [[nodiscard]] const std::uint8_t* end() const { return view_.data + view_.size; }

  // The same bytes as text, whatever they are.
  [[nodiscard]] std::string_view text() const {
    return empty() ? std::string_view()
                   : std::string_view(reinterpret_cast<const char*>(view_.data), view_.size);
  }
  [[nodiscard]] std::span<const std::byte> as_span() const {
    return {reinterpret_cast<const std::byte*>(view_.data), view_.size};
  }
  [[nodiscard]] stele_bytes c_bytes() const { return view_; }

  friend bool operator==(const Bytes& left, const Bytes& right) {
    return left.text() == right.text();
  }

 private:
  stele_bytes view_{nullptr, 0};
};

namespace detail {

inline std::string_view view_of(const stele_text& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline stele_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

// A struct of the C API that starts with its size.
template <typename Struct>
Struct sized() {
  Struct made = {};
  made.struct_size = sizeof made;
  return made;
}

// Throws the error of a call. Returns its status otherwise, 0 or above.
inline Status check(Status status, const stele_error& error) {
  if (status < 0) throw Error(error);
  return status;
}

// Calls a function of the C API whose last parameter is the error, and checks what it returns.
template <typename Function, typename... Arguments>
Status call(Function function, Arguments&&... arguments) {
  stele_error error = STELE_ERROR_INIT;
  return check(function(std::forward<Arguments>(arguments)..., &error), error);
}

[[noreturn]] inline void throw_status(Status status, std::string_view message) {
  stele_error error = STELE_ERROR_INIT;
  error.status = status;
  message.copy(error.message, sizeof error.message - 1);
  throw Error(error);
}

// Grows `buffer` until a function(buffer, capacity, &used, error) has room in it. Returns its
// status, not BUFFER_TOO_SMALL; on OK the buffer has the size that was used.
template <typename Function>
Status fill(std::vector<std::uint8_t>& buffer, const Function& function) {
  for (;;) {
    std::size_t used = 0;
    stele_error error = STELE_ERROR_INIT;
    const Status status = check(function(buffer.data(), buffer.size(), &used, &error), error);
    if (status == STELE_BUFFER_TOO_SMALL || status == STELE_OK) buffer.resize(used);
    if (status != STELE_BUFFER_TOO_SMALL) return status;
  }
}

// Owns a handle and closes it. The address stays after close(), so that another thread may close
// what this one waits on; a handle that is closed answers CLOSED and can be closed again.
template <typename T, auto kClose>
class Handle {
 public:
  using Type = T;

  Handle() = default;
  explicit Handle(T* handle) noexcept : handle_(handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      close();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }

  // Closing twice, and closing what was moved from, does nothing.
  void close() noexcept { kClose(handle_); }

  // The handle for the C API. It stays this object's to close. CLOSED: there is none.
  [[nodiscard]] T* get() const {
    if (handle_ == nullptr) throw_status(STELE_CLOSED, "the object has no handle: it was moved");
    return handle_;
  }
  // False: it was moved from, or never opened.
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  T* handle_ = nullptr;
};

// What a Source's next() returns, an optional value at a time, as an input iterator.
template <typename Source>
class NextIterator {
 public:
  using value_type = typename Source::value_type;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  NextIterator() = default;
  explicit NextIterator(Source* source) : source_(source), value_(source->next()) {}

  const value_type& operator*() const { return *value_; }
  const value_type* operator->() const { return &*value_; }
  NextIterator& operator++() {
    value_ = source_->next();
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const NextIterator& at, std::default_sentinel_t) { return !at.value_; }

 private:
  Source* source_ = nullptr;
  std::optional<value_type> value_;
};

// A small range whose elements are got by their index.
template <typename Owner, typename Value, Value (*kGet)(const Owner&, std::uint32_t)>
class Indexed {
 public:
  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using reference = Value;
    using pointer = void;

    Iterator() = default;
    Iterator(const Owner* owner, std::uint32_t index) : owner_(owner), index_(index) {}
    Value operator*() const { return kGet(*owner_, index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Owner* owner_ = nullptr;
    std::uint32_t index_ = 0;
  };

  Indexed(const Owner& owner, std::uint32_t count) : owner_(owner), count_(count) {}
  [[nodiscard]] Iterator begin() const { return {&owner_, 0}; }
  [[nodiscard]] Iterator end() const { return {&owner_, count_}; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  Value operator[](std::size_t index) const {
    return kGet(owner_, static_cast<std::uint32_t>(index));
  }

 private:
  Owner owner_;
  std::uint32_t count_;
};

}  // namespace detail

}  // namespace stele::inline v0
