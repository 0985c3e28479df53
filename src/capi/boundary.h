// The border: what every function of the C API does around its one call into the library.
//
// Checks handles, arguments and struct sizes, catches what is thrown, and fills the caller's error.
// No logic of the database lives on this side.
#pragma once

#include <stele/stele.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"
#include "capi/handle_table.h"
#include "db/batch.h"
#include "db/database.h"
#include "db/interrupt.h"
#include "db/subscription.h"
#include "events/lookup.h"
#include "events/query.h"
#include "events/reader.h"
#include "os/fixed_environment.h"

namespace stele::capi {

struct DatabaseObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kDatabase;
  explicit DatabaseObject(std::shared_ptr<db::Database> opened) : database(std::move(opened)) {}
  std::shared_ptr<db::Database> database;
  os::FixedClock* test_clock = nullptr;  // The database keeps it.
};

struct TicketObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kTicket;
  explicit TicketObject(std::unique_ptr<db::Ticket> begun) : ticket(std::move(begun)) {}
  void closing() noexcept override { interrupt.set(); }
  std::unique_ptr<db::Ticket> ticket;
  db::Interrupt interrupt;
};

struct BatchObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kBatch;
  explicit BatchObject(std::shared_ptr<db::Database> database)
      : BatchObject(std::make_shared<db::Batch>(std::move(database)), false) {}
  BatchObject(std::shared_ptr<db::Batch> shared, bool is_of_transaction)
      : owned(std::move(shared)), batch(*owned), of_transaction(is_of_transaction) {}
  [[nodiscard]] const db::Database& database_of() const { return *batch.database(); }
  const std::shared_ptr<db::Batch> owned;
  db::Batch& batch;
  const bool of_transaction;  // Which alone commits it.
};

struct QueryObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kQuery;
  events::Query query;
};

struct CursorObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kCursor;
  CursorObject(std::shared_ptr<db::Database> from, std::unique_ptr<events::EventSource> read)
      : database(std::move(from)), source(std::move(read)) {}
  std::shared_ptr<db::Database> database;
  std::unique_ptr<events::EventSource> source;
};

struct SubscriptionObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kSubscription;
  explicit SubscriptionObject(std::unique_ptr<db::Subscription> begun)
      : subscription(std::move(begun)) {}
  void closing() noexcept override { subscription->end(); }
  std::unique_ptr<db::Subscription> subscription;
  bool announced = false;  // The last call said that it has caught up.
};

struct TermsObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kTerms;
  TermsObject(std::shared_ptr<db::Database> from, events::TermKind listed, std::string_view prefix)
      : database(std::move(from)),
        kind(listed),
        list(database->views(), database->snapshot(), listed, prefix) {}
  std::shared_ptr<db::Database> database;
  events::TermKind kind;
  events::TermList list;
};

// Fills `to` (may be null) and returns the error's status. Every message begins with the operation:
// puts it in front where the library below has not.
stele_status report(const char* operation, const Error& error, stele_error* to) noexcept;
stele_status report(const char* operation, Code code, const char* reason, stele_error* to) noexcept;

// Runs `body`, which returns a Status, and turns whatever comes of it into a status and an error.
// `operation` is what the caller wanted done: "read".
template <typename Body>
stele_status guarded(const char* operation, stele_error* error, const Body& body) noexcept {
  try {
    const Status status = body();
    return status ? STELE_OK : report(operation, status.error(), error);
  } catch (const std::bad_alloc&) {
    return report(operation, Code::kNoMemory, "out of memory", error);
  } catch (const std::exception& thrown) {
    return report(operation, Code::kInternal, thrown.what(), error);
  } catch (...) {
    return report(operation, Code::kInternal, "an unknown exception", error);
  }
}

// Returns why work on a database must not go on: it is closed, or belongs to the parent process.
[[nodiscard]] Status check_usable(const db::Database& database);

// The pinned object of a handle.
template <typename T>
class Pinned {
 public:
  Pinned(HandleTable::Pin pin, T* object) : pin_(std::move(pin)), object_(object) {}
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }

 private:
  HandleTable::Pin pin_;
  T* object_;
};

[[nodiscard]] Error handle_error(HandleTable::Fault fault, const char* what);

// Pins the object behind `handle`; `what` names the parameter in the message.
template <typename T, typename Handle>
Result<Pinned<T>> pin(const Handle* handle, const char* what) {
  HandleTable::Fault fault = HandleTable::Fault::kNone;
  HandleTable::Pin pinned = HandleTable::instance().pin(handle, T::kKind, fault);
  if (fault != HandleTable::Fault::kNone) return fail(handle_error(fault, what));
  T* object = static_cast<T*>(pinned.object());
  return Pinned<T>(std::move(pinned), object);
}

template <typename Handle, typename T>
void publish(std::unique_ptr<T> object, Handle** handle) {
  *handle = static_cast<Handle*>(HandleTable::instance().add(T::kKind, std::move(object)));
}

// Fills a caller's result. Requires: check_out_struct, or null.
void write_result(const engine::Committed& committed, stele_commit_result* to);

// Returns the level that a caller's number means, `otherwise` for the default.
[[nodiscard]] Result<engine::Durability> durability_of(int32_t number,
                                                       engine::Durability otherwise);

// As check_usable, for outcomes: they stay with their tickets when the database is closed.
[[nodiscard]] Status check_can_wait(const db::Database& database);

// Returns when a wait of so many milliseconds ends; nothing for STELE_FOREVER.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;
[[nodiscard]] Result<Deadline> deadline_of(int64_t timeout_ms);

// Pins the query and copies it; null: every event.
[[nodiscard]] Result<events::Query> query_of(const stele_query* query);

// Reads a caller's options of a read.
[[nodiscard]] Result<events::ReadOptions> read_options(const stele_read_options* given);

// Gives a cursor out for what is to be read. Until it is asked it holds nothing.
Status publish_cursor(std::shared_ptr<db::Database> database,
                      Result<std::unique_ptr<events::EventSource>> source, stele_cursor** cursor);

// Pins a database that can be used.
[[nodiscard]] Result<Pinned<DatabaseObject>> usable_database(const stele_db* db);

// Pins a batch whose database can be used.
[[nodiscard]] Result<Pinned<BatchObject>> usable_batch(stele_batch* batch);

// The same, of a batch that belongs to no transaction.
[[nodiscard]] Result<Pinned<BatchObject>> whole_batch(stele_batch* batch);

// Copies records into a caller's buffer, one behind the other.
class RecordBuffer {
 public:
  RecordBuffer(uint8_t* buffer, size_t capacity, size_t* used, uint32_t* count)
      : buffer_(buffer), capacity_(capacity), used_(used), count_(count) {}
  // Checks the arguments, and empties *used and *count.
  Status start();
  // Returns false when the record does not fit. BUFFER_TOO_SMALL: not even as the first one.
  Result<bool> add(const events::RecordView& record);
  [[nodiscard]] bool empty() const { return *count_ == 0; }

 private:
  uint8_t* buffer_;
  size_t capacity_;
  size_t* used_;
  uint32_t* count_;
};

// Requires that a pointer parameter is not null.
[[nodiscard]] Status check_pointer(const void* pointer, const char* what);

// Makes a view of text or bytes; a null pointer needs size 0.
[[nodiscard]] Result<std::string_view> text_of(const char* data, size_t size, const char* what);
// The same of a path.
[[nodiscard]] Result<std::string> path_of(const char* path, size_t path_size);
[[nodiscard]] Result<std::string_view> text_of(const stele_text& text, const char* what);
[[nodiscard]] Result<ByteView> bytes_of(const uint8_t* data, size_t size, const char* what);

[[nodiscard]] Status check_struct_size(const void* from, size_t known, size_t least,
                                       const char* what);

// Copies a caller's struct of whatever size into ours; what it does not have yet is zero. `least`
// is the size the struct had in its first version.
template <typename T>
Result<T> read_struct(const T* from, const char* what, size_t least = sizeof(T)) {
  STELE_TRY(check_struct_size(from, sizeof(T), least, what));
  T copy = {};
  std::memcpy(&copy, from, from->struct_size < sizeof(T) ? from->struct_size : sizeof(T));
  return copy;
}

// Checks a struct that is to be filled: its size, not its content.
template <typename T>
Status check_out_struct(const T* to, const char* what, size_t least = sizeof(T)) {
  STELE_TRY(check_pointer(to, what));
  if (to->struct_size >= least) return {};
  return fail(Code::kInvalid,
              cat(what, ".struct_size is ", to->struct_size, ", expected at least ", least));
}

// Copies our struct to a caller's of whatever size. Requires: check_out_struct.
template <typename T>
void write_struct(T from, T* to) {
  from.struct_size = to->struct_size;
  if (to->struct_size == sizeof(T)) {
    *to = from;  // Nearly always, and then of a size that the compiler knows.
  } else {
    std::memcpy(to, &from, to->struct_size < sizeof(T) ? to->struct_size : sizeof(T));
  }
}

}  // namespace stele::capi
