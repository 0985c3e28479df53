// Batches, their guards, and what becomes of a commit. Include <stele/stele.hpp>.
#pragma once

#include <stele/commit.h>
#include <stele/database.h>
#include <stele/subscription.h>

#include <stele/detail/read.hpp>
#include <stele/detail/table.hpp>

namespace stele::inline v0 {

using CommitResult = stele_commit_result;

// What became of a commit. True: it is done, and `result` says where. Otherwise it is an outcome
// that a correct program expects, and nothing was written:
//
//     STELE_CONFLICT     guard `guard` does not hold, because of the event at `position` (and, for
//                        an expected version, of the version `sequence`)
//     STELE_EXISTS       the event at `position` has an id of the batch; at 0, it is about a table
//     STELE_NOT_FOUND    a table of the batch was dropped
//     STELE_KEY_REUSED   the key was used for something else
struct Outcome {
  Status status = STELE_OK;
  CommitResult result = {};
  std::uint32_t guard = STELE_NO_GUARD;
  std::uint64_t position = 0;
  std::uint64_t sequence = 0;
  std::string message = {};

  explicit operator bool() const { return status == STELE_OK; }
  [[nodiscard]] bool conflict() const { return status == STELE_CONFLICT; }
  [[nodiscard]] const char* name() const { return stele_status_name(status); }
};

// Events and rows that are committed together or not at all, and the guards that they are committed
// under.
// The calls can be chained. Guards are numbered in the order of the calls.
//
// Example:
//
//     stele::Batch batch = db.batch();
//     batch.add({.type = "SeatReserved", .tags = {"seat:12A"}})
//         .guard(stele::Query({.tags = {"seat:12A"}}), 0);
//     if (stele::Outcome outcome = db.commit(batch); outcome.conflict())
//       std::cout << "taken by event " << outcome.position << '\n';
class Batch : public detail::Handle<stele_batch, stele_batch_close> {
 public:
  using Handle::Handle;

  Batch& add(const NewEvent& event) {
    detail::with_c_event(event, [&](const stele_new_event& input) {
      return detail::call(stele_batch_event, get(), &input);
    });
    return *this;
  }
  // Adds events that are encoded already, one record behind the other.
  Batch& add_records(Bytes records) {
    return with(stele_batch_events, records.data(), records.size());
  }

  // No event behind `after` may match; without a query, there may be none at all.
  Batch& guard(const Query& query, std::uint64_t after) {
    return with(stele_batch_guard, query.get(), after);
  }
  Batch& guard(std::uint64_t after) { return with(stele_batch_guard, nullptr, after); }

  // The newest event of the entity must have this sequence; 0: it has none; STELE_SEQUENCE_SOME.
  Batch& expect(std::string_view entity, std::uint64_t sequence) {
    return with(stele_batch_expect, entity.data(), entity.size(), sequence);
  }

  // Rows of tables. A key may be any bytes; a range goes from `low` on, up to but without `high`,
  // or to the end without one. That a table was dropped meanwhile is the commit's to tell.
  //
  // Example:
  //
  //     batch.expect_absent(seats, "12A").put(seats, "12A", "ada");
  //     if (stele::Outcome outcome = db.commit(batch); outcome.conflict())
  //       std::cout << "it is taken\n";
  Batch& put(const Table& table, Bytes key, Bytes row) {
    return with(stele_batch_put, table.get(), key.data(), key.size(), row.data(), row.size());
  }
  Batch& delete_row(const Table& table, Bytes key) {
    return with(stele_batch_delete, table.get(), key.data(), key.size());
  }
  Batch& delete_range(const Table& table, Bytes low, const std::optional<Bytes>& high = {}) {
    const stele_bytes end = detail::end_of(high);
    return with(stele_batch_delete_range, table.get(), low.data(), low.size(), end.data, end.size);
  }
  Batch& create_table(const TableName& name, const TableOptions& options = {}) {
    const stele_table_options made = detail::c_options(options);
    return with(stele_batch_table_create, name.schema.data(), name.schema.size(), name.name.data(),
                name.name.size(), &made);
  }
  Batch& drop_table(const Table& table) { return with(stele_batch_table_drop, table.get()); }
  Batch& rename_table(const Table& table, const TableName& name) {
    return with(stele_batch_table_rename, table.get(), name.schema.data(), name.schema.size(),
                name.name.data(), name.name.size());
  }

  // Guards over rows: the row must have been written by commit `tsn`, or be absent, or hold these
  // bytes; no commit behind `since` may have put or deleted a row of the range.
  Batch& expect_row(const Table& table, Bytes key, std::uint64_t tsn) {
    return with(stele_batch_expect_row, table.get(), key.data(), key.size(), tsn);
  }
  Batch& expect_absent(const Table& table, Bytes key) { return expect_row(table, key, 0); }
  Batch& expect_value(const Table& table, Bytes key, Bytes row) {
    return with(stele_batch_expect_value, table.get(), key.data(), key.size(), row.data(),
                row.size());
  }
  Batch& expect_unchanged(const Table& table, Bytes low, const std::optional<Bytes>& high,
                          std::uint64_t since) {
    const stele_bytes end = detail::end_of(high);
    return with(stele_batch_expect_unchanged, table.get(), low.data(), low.size(), end.data,
                end.size, since);
  }

  // Records how far a source was worked off; see Database::tracked().
  Batch& track(std::string_view source, std::uint64_t position,
               std::uint64_t previous = STELE_PREVIOUS_ANY) {
    return with(stele_batch_track, source.data(), source.size(), previous, position);
  }

  // So that it can be sent again when its outcome is not known, and is committed once.
  Batch& key(std::string_view key) { return with(stele_batch_key, key.data(), key.size()); }

  // What the next commit waits for.
  Batch& durability(stele_durability level) {
    return with(stele_batch_durability, static_cast<std::int32_t>(level));
  }

  Batch& clear() { return with(stele_batch_clear); }

  // Reads for a decision: the batch gets the guard that nobody commits another match until it does.
  //
  // Example:
  //
  //     for (const stele::Event& event : batch.decide(query)) balance += amount_of(event);
  //     if (balance < price) return kRefused;
  //     batch.add({.type = "Withdrawn", .entity = "account-7", .data = amount});
  [[nodiscard]] Cursor decide(const Query& query, const ReadOptions& options = {}) {
    return start_decision(query.get(), options);
  }
  [[nodiscard]] Cursor decide(const ReadOptions& options = {}) {
    return start_decision(nullptr, options);
  }

  // What stands in the way of a guard now, after a conflict. Nothing: no event does, for the batch
  // has no such guard, or it is a tracked source.
  [[nodiscard]] std::optional<Cursor> conflicts(std::uint32_t guard) const {
    stele_cursor* cursor = nullptr;
    const Status status = detail::call(stele_batch_conflicts, get(), guard, &cursor);
    return status == STELE_OK ? std::optional<Cursor>(Cursor(cursor)) : std::nullopt;
  }

 private:
  template <typename Function, typename... Values>
  Batch& with(Function function, Values... values) {
    detail::call(function, get(), values...);
    return *this;
  }
  Cursor start_decision(const stele_query* query, const ReadOptions& options) {
    const stele_read_options made = detail::c_options(options);
    stele_cursor* cursor = nullptr;
    detail::call(stele_batch_read, get(), query, &made, &cursor);
    return Cursor(cursor);
  }
};

namespace detail {

// Makes an Outcome of what function(&result, &error) returns; an error is thrown.
template <typename Function>
Outcome outcome_of(const Function& function) {
  Outcome outcome;
  outcome.result = sized<CommitResult>();
  stele_error error = STELE_ERROR_INIT;
  outcome.status = check(function(&outcome.result, &error), error);
  if (outcome.status == STELE_OK) return outcome;
  outcome.guard = error.guard;
  outcome.position = error.position;
  outcome.sequence = error.sequence;
  outcome.message = error.message;
  return outcome;
}

}  // namespace detail

// The outcome of an asynchronous commit, when it is there. Giving the ticket up does not stop the
// commit.
//
// Example:
//
//     stele::Ticket ticket = db.commit_async(batch);  // The batch is empty, and can be filled.
//     stele::Outcome outcome = ticket.wait();
class Ticket : public detail::Handle<stele_ticket, stele_ticket_close> {
 public:
  using Handle::Handle;

  [[nodiscard]] Outcome wait() { return *wait(kForever, Interrupts::kIgnored); }
  // Nothing: it is not there in time, or the wait was interrupted.
  [[nodiscard]] std::optional<Outcome> wait(Milliseconds timeout) {
    return wait(timeout, Interrupts::kHeeded);
  }
  // Ends the wait of another thread, or else the next one.
  void interrupt() const { detail::call(stele_interrupt, get()); }

 private:
  enum class Interrupts { kHeeded, kIgnored };

  std::optional<Outcome> wait(Milliseconds timeout, Interrupts interrupts) {
    for (;;) {
      Outcome outcome = detail::outcome_of([&](CommitResult* result, stele_error* error) {
        return stele_ticket_wait(get(), timeout.count(), result, error);
      });
      if (outcome.status != STELE_TIMEOUT) return outcome;
      if (interrupts == Interrupts::kHeeded) return std::nullopt;
    }
  }
};

}  // namespace stele::inline v0
