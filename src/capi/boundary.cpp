// Errors across the border, and the checks of what comes in.
#include "capi/boundary.h"

#include <algorithm>
#include <cstddef>

#include "os/environment.h"

namespace stele::capi {

static_assert(static_cast<int>(Code::kConflict) == STELE_CONFLICT);
static_assert(static_cast<int>(Code::kNotFound) == STELE_NOT_FOUND);
static_assert(static_cast<int>(Code::kEnd) == STELE_END);
static_assert(static_cast<int>(Code::kTimeout) == STELE_TIMEOUT);
static_assert(static_cast<int>(Code::kExists) == STELE_EXISTS);
static_assert(static_cast<int>(Code::kKeyReused) == STELE_KEY_REUSED);
static_assert(static_cast<int>(Code::kNotYet) == STELE_NOT_YET);
static_assert(static_cast<int>(Code::kBufferTooSmall) == STELE_BUFFER_TOO_SMALL);
static_assert(static_cast<int>(Code::kInvalid) == STELE_INVALID);
static_assert(static_cast<int>(Code::kIo) == STELE_IO);
static_assert(static_cast<int>(Code::kFull) == STELE_FULL);
static_assert(static_cast<int>(Code::kCorrupt) == STELE_CORRUPT);
static_assert(static_cast<int>(Code::kBusy) == STELE_BUSY);
static_assert(static_cast<int>(Code::kReadOnly) == STELE_READ_ONLY);
static_assert(static_cast<int>(Code::kTooOld) == STELE_TOO_OLD);
static_assert(static_cast<int>(Code::kTooLarge) == STELE_TOO_LARGE);
static_assert(static_cast<int>(Code::kUnsupported) == STELE_UNSUPPORTED);
static_assert(static_cast<int>(Code::kOutcomeUnknown) == STELE_OUTCOME_UNKNOWN);
static_assert(static_cast<int>(Code::kNoMemory) == STELE_NO_MEMORY);
static_assert(static_cast<int>(Code::kClosed) == STELE_CLOSED);
static_assert(static_cast<int>(Code::kInternal) == STELE_INTERNAL);
static_assert(kNoGuard == STELE_NO_GUARD);

namespace {

// Copies a message of any length into the error, cut where a UTF-8 character ends.
void copy_message(std::string_view message, char* to, size_t size) {
  size_t length = std::min(message.size(), size - 1);
  if (length < message.size()) {
    while (length > 0 && (static_cast<unsigned char>(message[length]) & 0xc0) == 0x80) --length;
  }
  message.copy(to, length);
  to[length] = '\0';
}

// Puts "operation: " in front of a reason that does not begin with it. Without allocating.
void write_message(std::string_view operation, std::string_view reason, char* to, size_t size) {
  const bool said =
      reason.starts_with(operation) && reason.substr(operation.size()).starts_with(':');
  if (!said && operation.size() + 2 < size) {
    operation.copy(to, operation.size());
    to += operation.size();
    *to++ = ':';
    *to++ = ' ';
    size -= operation.size() + 2;
  }
  copy_message(reason, to, size);
}

stele_status fill(const char* operation, stele_error filled, std::string_view reason,
                  stele_error* to) noexcept {
  // Smaller than this it cannot hold a message: not an initialised stele_error.
  constexpr size_t kLeast = offsetof(stele_error, message) + 32;
  if (to != nullptr && to->struct_size >= kLeast) {
    const size_t size = std::min<size_t>(to->struct_size, sizeof filled);
    write_message(operation, reason, filled.message, size - offsetof(stele_error, message));
    filled.struct_size = to->struct_size;
    std::memcpy(to, &filled, size);
  }
  return static_cast<stele_status>(filled.status);
}

}  // namespace

stele_status report(const char* operation, const Error& error, stele_error* to) noexcept {
  stele_error filled = {};
  filled.status = static_cast<int32_t>(error.code());
  filled.os_errno = error.os_errno();
  filled.guard = error.guard();
  filled.position = error.position();
  filled.offset = error.offset();
  filled.sequence = error.sequence();
  return fill(operation, filled, error.message(), to);
}

stele_status report(const char* operation, Code code, const char* reason,
                    stele_error* to) noexcept {
  stele_error filled = {};
  filled.status = static_cast<int32_t>(code);
  filled.guard = STELE_NO_GUARD;
  return fill(operation, filled, reason, to);
}

Status check_usable(const db::Database& database) {
  if (database.closed()) return fail(Code::kClosed, "the database is closed");
  if (database.process_generation() != os::process_generation()) {
    return fail(Code::kInvalid,
                "the database was opened by the parent process; open it anew in this one");
  }
  return {};
}

Error handle_error(HandleTable::Fault fault, const char* what) {
  if (fault == HandleTable::Fault::kWrongKind) {
    return Error(Code::kInvalid, cat(what, " is a handle of another kind"));
  }
  return Error(Code::kClosed, cat(what, " is not an open handle"));
}

Status check_pointer(const void* pointer, const char* what) {
  if (pointer == nullptr) return fail(Code::kInvalid, cat(what, " is NULL"));
  return {};
}

Result<std::string_view> text_of(const char* data, size_t size, const char* what) {
  if (size == 0) return std::string_view();
  if (data == nullptr) {
    return fail(Code::kInvalid, cat(what, " is NULL with a size of ", size));
  }
  return std::string_view(data, size);
}

Result<std::string> path_of(const char* path, size_t path_size) {
  constexpr size_t kPathSizeMax = 4000;
  const auto text = text_of(path, path_size, "path");
  if (!text) return fail(text.error());
  if (text->empty() || text->size() > kPathSizeMax) {
    return fail(Code::kInvalid,
                cat("the path has ", text->size(), " bytes, allowed are 1 to ", kPathSizeMax));
  }
  if (text->find('\0') != std::string_view::npos) {
    return fail(Code::kInvalid, "the path contains a NUL byte");
  }
  return std::string(*text);
}

Result<std::string_view> text_of(const stele_text& text, const char* what) {
  return text_of(text.data, text.size, what);
}

Result<ByteView> bytes_of(const uint8_t* data, size_t size, const char* what) {
  if (size == 0) return ByteView();
  if (data == nullptr) {
    return fail(Code::kInvalid, cat(what, " is NULL with a size of ", size));
  }
  return ByteView(data, size);
}

Status check_struct_size(const void* from, size_t known, size_t least, const char* what) {
  STELE_TRY(check_pointer(from, what));
  const auto* bytes = static_cast<const uint8_t*>(from);
  const size_t size = load_le<uint32_t>(bytes);
  // No struct will ever be this long; one that says so was never initialised.
  constexpr size_t kSizeMax = 4096;
  if (size < least || size > kSizeMax) {
    return fail(Code::kInvalid, cat(what, ".struct_size is ", size, ", expected at least ", least));
  }
  for (size_t i = known; i < size; ++i) {
    if (bytes[i] != 0) {
      return fail(Code::kInvalid, cat(what, " sets an option that this library does not know"));
    }
  }
  return {};
}

}  // namespace stele::capi
