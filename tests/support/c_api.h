// Short ways to use the C API in a test: handles that close themselves, statuses that print what
// went wrong, events that own their bytes. Needs nothing but the public header.
#pragma once

#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/temp_directory.h"

namespace stele::test {

// An error to pass to a call, and what it says afterwards.
class Failure {
 public:
  operator stele_error*() { return &error_; }  // NOLINT(google-explicit-constructor)
  const stele_error* operator->() const { return &error_; }
  [[nodiscard]] std::string message() const { return error_.message; }
  [[nodiscard]] bool mentions(std::string_view text) const {
    return message().find(text) != std::string::npos;
  }

 private:
  stele_error error_ = STELE_ERROR_INIT;
};

// True iff `status` is `expected`; prints names and, if there is one, the message.
inline ::testing::AssertionResult is(stele_status status, stele_status expected,
                                     const stele_error* error = nullptr) {
  if (status == expected) return ::testing::AssertionSuccess();
  auto result = ::testing::AssertionFailure();
  result << stele_status_name(status) << ", expected " << stele_status_name(expected);
  if (error != nullptr) result << ": " << error->message;
  return result;
}

inline ::testing::AssertionResult is_ok(stele_status status, const stele_error* error = nullptr) {
  return is(status, STELE_OK, error);
}

// A handle that is closed at the end of its scope.
template <typename T, auto kClose>
class Handle {
 public:
  Handle() = default;
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }

  void close() { kClose(std::exchange(handle_, nullptr)); }
  [[nodiscard]] T* get() const { return handle_; }
  operator T*() const { return handle_; }  // NOLINT(google-explicit-constructor)
  T** out() {
    close();
    return &handle_;
  }

 private:
  T* handle_ = nullptr;
};

inline void close_db(stele_db* db) {
  Failure failure;
  EXPECT_TRUE(is_ok(stele_close(db, failure), failure));
}

using Db = Handle<stele_db, close_db>;
using Batch = Handle<stele_batch, stele_batch_close>;
using Query = Handle<stele_query, stele_query_close>;
using Cursor = Handle<stele_cursor, stele_cursor_close>;
using Ticket = Handle<stele_ticket, stele_ticket_close>;
using Verify = Handle<stele_verify, stele_verify_close>;
using Subscription = Handle<stele_subscription, stele_subscription_close>;
using Terms = Handle<stele_terms, stele_terms_close>;
using Table = Handle<stele_table, stele_table_close>;
using Scan = Handle<stele_scan, stele_scan_close>;
using Transaction = Handle<stele_txn, stele_txn_close>;
using RowHistory = Handle<stele_row_history, stele_row_history_close>;

inline stele_text text(std::string_view from) {
  return {from.data(), from.size()};
}
inline std::string to_string(const stele_text& from) {
  return from.size == 0 ? std::string() : std::string(from.data, from.size);
}
inline std::string to_string(const stele_bytes& from) {
  return from.size == 0 ? std::string()
                        : std::string(reinterpret_cast<const char*>(from.data), from.size);
}

inline stele_status try_open(const std::string& path, Db& db, stele_error* error,
                             int32_t mode = STELE_OPEN_CREATE, uint64_t segment_size = 0) {
  stele_options options;
  stele_options_init(&options);
  options.mode = mode;
  options.segment_size = segment_size;
  return stele_open(path.data(), path.size(), &options, db.out(), error);
}

inline Db open(const std::string& path, int32_t mode = STELE_OPEN_CREATE,
               uint64_t segment_size = 0) {
  Db db;
  Failure failure;
  EXPECT_TRUE(is_ok(try_open(path, db, failure, mode, segment_size), failure));
  return db;
}

// Opens with options that `change` has changed.
template <typename Change>
stele_status open_with(const std::string& path, Db& db, stele_error* error, const Change& change) {
  stele_options options;
  stele_options_init(&options);
  change(options);
  return stele_open(path.data(), path.size(), &options, db.out(), error);
}
template <typename Change>
Db open_with(const std::string& path, const Change& change) {
  Db db;
  Failure failure;
  EXPECT_TRUE(is_ok(open_with(path, db, failure, change), failure));
  return db;
}

inline Batch new_batch(stele_db* db) {
  Batch batch;
  Failure failure;
  EXPECT_TRUE(is_ok(stele_batch_create(db, batch.out(), failure), failure));
  return batch;
}

inline stele_new_event new_event(std::string_view type = "Thing") {
  stele_new_event event = {};
  event.struct_size = sizeof event;
  event.event_type = text(type);
  return event;
}

// Adds an event with a type, data and tags.
inline stele_status add(stele_batch* batch, std::string_view type, std::string_view data = "",
                        const std::vector<std::string>& tags = {}, stele_error* error = nullptr) {
  stele_new_event event = new_event(type);
  event.data = {reinterpret_cast<const uint8_t*>(data.data()), data.size()};
  std::vector<stele_text> views;
  for (const std::string& tag : tags) views.push_back(text(tag));
  event.tags = views.data();
  event.tag_count = views.size();
  return stele_batch_event(batch, &event, error);
}

inline Query query_of(const std::vector<std::string>& types, const std::vector<std::string>& tags) {
  Query query;
  EXPECT_TRUE(is_ok(stele_query_create(query.out(), nullptr)));
  for (const auto& type : types) {
    EXPECT_TRUE(is_ok(stele_query_type(query, type.data(), type.size(), nullptr)));
  }
  for (const auto& tag : tags) {
    EXPECT_TRUE(is_ok(stele_query_tag(query, tag.data(), tag.size(), nullptr)));
  }
  return query;
}

// Commits one event and returns its position.
inline uint64_t append(stele_db* db, std::string_view type, std::string_view data = "",
                       const std::vector<std::string>& tags = {}) {
  const Batch batch = new_batch(db);
  EXPECT_TRUE(is_ok(add(batch, type, data, tags)));
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  Failure failure;
  EXPECT_TRUE(is_ok(stele_commit(db, batch, &result, failure), failure));
  return result.first_position;
}

inline stele_commit_result empty_result() {
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  return result;
}

inline stele_stats stats_of(stele_db* db) {
  stele_stats stats;
  stele_stats_init(&stats);
  Failure failure;
  EXPECT_TRUE(is_ok(stele_stats_get(db, &stats, failure), failure));
  return stats;
}

inline uint64_t head_of(stele_db* db) {
  uint64_t head = 0;
  Failure failure;
  EXPECT_TRUE(is_ok(stele_head(db, &head, failure), failure));
  return head;
}

inline stele_event empty_view() {
  stele_event view = {};
  view.struct_size = sizeof view;
  return view;
}

inline Cursor start_read(stele_db* db, const stele_query* query = nullptr,
                         const stele_read_options* options = nullptr) {
  Cursor cursor;
  Failure failure;
  EXPECT_TRUE(is_ok(stele_read(db, query, options, cursor.out(), failure), failure));
  return cursor;
}

inline stele_read_options read_options(uint32_t flags, uint64_t start,
                                       uint64_t limit = STELE_NO_LIMIT) {
  stele_read_options options;
  stele_read_options_init(&options);
  options.flags = flags;
  options.start = start;
  options.limit = limit;
  return options;
}

inline std::vector<uint64_t> positions_of(stele_cursor* cursor) {
  std::vector<uint64_t> positions;
  for (;;) {
    stele_event view = empty_view();
    Failure failure;
    const stele_status status = stele_cursor_next(cursor, &view, failure);
    if (status != STELE_OK) {
      EXPECT_TRUE(is(status, STELE_END, failure));
      return positions;
    }
    positions.push_back(view.position);
  }
}

inline std::vector<uint64_t> positions(stele_db* db, const stele_query* query = nullptr,
                                       const stele_read_options* options = nullptr) {
  const Cursor cursor = start_read(db, query, options);
  return positions_of(cursor);
}

using Token = std::array<uint8_t, STELE_TOKEN_SIZE>;

// Subscribes behind a token, or from the first event on.
inline stele_status try_subscribe(stele_db* db, const stele_query* query, const Token* token,
                                  Subscription& subscription, stele_error* error) {
  stele_subscribe_options options;
  stele_subscribe_options_init(&options);
  if (token != nullptr) {
    options.token = token->data();
    options.token_size = token->size();
  }
  return stele_subscribe(db, query, &options, subscription.out(), error);
}
inline Subscription subscribe(stele_db* db, const stele_query* query = nullptr,
                              const Token* token = nullptr) {
  Subscription subscription;
  Failure failure;
  EXPECT_TRUE(is_ok(try_subscribe(db, query, token, subscription, failure), failure));
  return subscription;
}

inline stele_subscription_info empty_subscription_info() {
  stele_subscription_info info = {};
  info.struct_size = sizeof info;
  return info;
}

// Runs a verification to its end. Returns END when everything is sound.
inline stele_status verify(stele_db* db, stele_error* error,
                           stele_verify_progress* progress = nullptr) {
  Verify verification;
  stele_status status = stele_verify_open(db, verification.out(), error);
  while (status == STELE_OK) status = stele_verify_step(verification, progress, error);
  return status;
}

}  // namespace stele::test
