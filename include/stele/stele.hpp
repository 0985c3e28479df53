// stele.hpp: Stele for C++20, over the C API and with nothing else to link.
//
// Example:
//
//     #include <stele/stele.hpp>
//
// Example:
//
//     stele::Database db = stele::Database::open("shop");
//     db.append({.type = "BookSold", .data = R"({"price": 12})", .tags = {"book:dune"}});
//     for (const stele::Event& event : db.read(stele::Query({.tags = {"book:dune"}})))
//       std::cout << event.position() << ' ' << event.type() << '\n';
//
// The manual is <stele/stele.h>: what is said there about a function holds for the method of its
// name here, and the numbers (STELE_CONFLICT, STELE_DURABILITY_OS) are the same.
//
// ERRORS    An error (a status below 0) is thrown, a stele::Error. An outcome that a correct
// program
//           expects is a value: a commit returns an Outcome, what may not be there is optional.
//
// OBJECTS   Database, Batch, Query, Cursor, Terms, Ticket, Subscription, Table, Scan, Transaction,
//           Projection, Verify, Backup and Compact own a handle: they can be moved, not copied, and
//           close it in the end. They can be closed before that, twice, and in any order; using one
//           that is closed, or was moved from, throws CLOSED.
//
// BORROWED  Text is std::string_view, bytes are stele::Bytes, made of either or of any contiguous
//           bytes. What is passed in is borrowed for the call. An Event or a Row points into the
//           object that it was read from; EventCopy and RowCopy own their bytes.
//
// THREADS   A Database and a Table may be used by any number of threads, every other object by one
//           at a time. Closing and interrupting are for any thread.
#pragma once

#include <stele/stele.h>

#include <stele/detail/commit.hpp>
#include <stele/detail/key.hpp>
#include <stele/detail/maintenance.hpp>
#include <stele/detail/projection.hpp>
#include <stele/detail/proof.hpp>
#include <stele/detail/subscription.hpp>
#include <stele/detail/table.hpp>
#include <stele/detail/txn.hpp>

namespace stele::inline v0 {

// The options of stele_options, under the same names.
struct Options {
  stele_open_mode mode = STELE_OPEN_CREATE;
  std::uint64_t segment_size = 0;
  stele_durability durability = STELE_DURABILITY_DEFAULT;
  std::uint32_t interval_ms = 0;
  std::uint64_t buffer_max = 0;
  std::uint64_t tail_max = 0;
  std::uint64_t max_clock_jump = 0;
  bool keep_wal = false;
  std::optional<std::int64_t> test_time = {};  // The clock stands still there.
  std::uint64_t test_seed = 0;
  bool strict_after = false;
  std::uint64_t memory_budget = 0;
  std::uint64_t checkpoint_log = 0;
  std::uint64_t max_reader_age = 0;  // Milliseconds.
};

struct DataPart {
  std::size_t used = 0;     // Bytes copied.
  std::uint64_t total = 0;  // Bytes of all data of the event.
};

namespace detail {

inline void close_quietly(stele_db* db) noexcept {
  stele_close(db, nullptr);
}

inline stele_options c_options(const Options& options) {
  stele_options made;
  stele_options_init(&made);
  made.mode = options.mode;
  made.segment_size = options.segment_size;
  made.durability = options.durability;
  made.interval_ms = options.interval_ms;
  made.buffer_max = options.buffer_max;
  made.tail_max = options.tail_max;
  made.max_clock_jump = options.max_clock_jump;
  made.keep_wal = options.keep_wal ? 1 : 0;
  made.test_clock = options.test_time ? 1 : 0;
  made.test_time = options.test_time.value_or(0);
  made.test_seed = options.test_seed;
  made.strict_after = options.strict_after ? 1 : 0;
  made.memory_budget = options.memory_budget;
  made.checkpoint_log = options.checkpoint_log;
  made.max_reader_age = options.max_reader_age;
  return made;
}

}  // namespace detail

class Database : public detail::Handle<stele_db, detail::close_quietly> {
 public:
  // ---- Opening and closing -------------------------------------------------------------------
  //
  // Example:
  //
  //     stele::Database shop = stele::Database::open("shop", {.durability = STELE_DURABILITY_OS});
  //     stele::Database there = stele::Database::open("there", {.mode = STELE_OPEN_EXISTING});
  //     if (!there) std::cout << "there is none\n";
  //     shop.close();

  // Opens a directory. The database is false, and not open, when it is not there (NOT_FOUND, modes
  // EXISTING and READ_ONLY) or is there already (EXISTS, mode NEW).
  [[nodiscard]] static Database open(std::string_view path, const Options& options = {}) {
    const stele_options made = detail::c_options(options);
    stele_db* db = nullptr;
    detail::call(stele_open, path.data(), path.size(), &made, &db);
    return Database(db);
  }
  // A new database in memory.
  [[nodiscard]] static Database memory(const Options& options = {}) {
    return open(":memory:", options);
  }

  // Closes the database and tells, unlike the destructor, when the log's end could not be marked.
  void close() {
    if (*this) detail::call(stele_close, get());
  }

  // Brings every commit so far to stable storage.
  void sync() const { detail::call(stele_sync, get()); }
  void set_test_clock(std::int64_t time) const { detail::call(stele_test_clock_set, get(), time); }

  // The position of the last visible event; 0 in an empty database.
  [[nodiscard]] std::uint64_t head() const { return number(stele_head); }
  // Draws pages as text; stele_inspect() says what can be asked for. Empty: no checkpoint yet.
  [[nodiscard]] std::string inspect(std::string_view what = "") const {
    std::string text;
    for (size_t used = 0;; text.resize(used)) {
      const Status status =
          stele_inspect(get(), what.data(), what.size(), text.data(), text.size(), &used, nullptr);
      if (status == STELE_BUFFER_TOO_SMALL) continue;
      detail::call(stele_inspect, get(), what.data(), what.size(), text.data(), text.size(), &used);
      text.resize(used);
      return text;
    }
  }
  void checkpoint() { detail::call(stele_checkpoint, get()); }
  [[nodiscard]] stele_stats stats() const {
    stele_stats stats;
    stele_stats_init(&stats);
    detail::call(stele_stats_get, get(), &stats);
    return stats;
  }

  // ---- Appending and committing --------------------------------------------------------------
  //
  // Example:
  //
  //     db.append({.type = "BookSold", .data = R"({"price": 12})", .tags = {"book:dune"}});
  //     stele::Batch batch = db.batch();
  //     batch.add({.type = "Opened", .entity = "account-7"}).expect("account-7", 0);
  //     if (stele::Outcome outcome = db.commit(batch); !outcome) std::cout << outcome.message;

  [[nodiscard]] Batch batch() const {
    stele_batch* batch = nullptr;
    detail::call(stele_batch_create, get(), &batch);
    return Batch(batch);
  }

  // Commits one event, or several together, without a guard. What can become of that but OK is
  // EXISTS, for an id of the caller's.
  Outcome append(const NewEvent& event) const { return append(std::span(&event, 1)); }
  Outcome append(std::initializer_list<NewEvent> events) const {
    return append(std::span(events.begin(), events.size()));
  }
  Outcome append(std::span<const NewEvent> events) const {
    Batch made = batch();
    for (const NewEvent& event : events) made.add(event);
    return commit(made);
  }

  // Commits the batch, all of it or nothing. On OK it is emptied; otherwise it is as it was.
  [[nodiscard]] Outcome commit(Batch& batch) const { return commit_with(stele_commit, batch); }
  // Tells what commit() would answer now.
  [[nodiscard]] Outcome check(Batch& batch) const { return commit_with(stele_commit_check, batch); }
  [[nodiscard]] Ticket commit_async(Batch& batch) const {
    stele_ticket* ticket = nullptr;
    detail::call(stele_commit_async, get(), batch.get(), &ticket);
    return Ticket(ticket);
  }

  // The recorded position of a source; nothing: it has none.
  [[nodiscard]] std::optional<std::uint64_t> tracked(std::string_view source) const {
    std::uint64_t position = 0;
    const Status status =
        detail::call(stele_tracked, get(), source.data(), source.size(), &position);
    return status == STELE_OK ? std::optional(position) : std::nullopt;
  }

  // ---- Reading -------------------------------------------------------------------------------
  //
  // Example:
  //
  //     for (const stele::Event& event : db.read({.from = 10, .limit = 5})) show(event);
  //     for (const stele::Event& event : db.read_stream("account-7")) apply(event);
  //     if (auto newest = db.latest("account-7")) std::cout << newest->sequence() << '\n';

  [[nodiscard]] Cursor read(const Query& query, const ReadOptions& options = {}) const {
    return cursor(stele_read, query.get(), options);
  }
  [[nodiscard]] Cursor read(const ReadOptions& options = {}) const {
    return cursor(stele_read, nullptr, options);
  }

  // The events of an entity; options.from is a sequence.
  [[nodiscard]] Cursor read_stream(std::string_view entity, const ReadOptions& options = {}) const {
    const stele_read_options made = detail::c_options(options);
    stele_cursor* cursor = nullptr;
    detail::call(stele_stream_read, get(), entity.data(), entity.size(), &made, &cursor);
    return Cursor(cursor);
  }
  // Nothing: the entity has no event.
  [[nodiscard]] std::optional<stele_stream_info> stream(std::string_view entity) const {
    auto info = detail::sized<stele_stream_info>();
    const Status status =
        detail::call(stele_stream_get, get(), entity.data(), entity.size(), &info);
    return status == STELE_OK ? std::optional(info) : std::nullopt;
  }

  // One event: the one at a position, the one with an id, the newest of an entity.
  [[nodiscard]] std::optional<EventCopy> get(std::uint64_t position) const {
    return single(stele_get, position);
  }
  [[nodiscard]] std::optional<EventCopy> get_by_id(const Id& id) const {
    return single(stele_get_by_id, id.data());
  }
  [[nodiscard]] std::optional<EventCopy> latest(std::string_view entity) const {
    return single(stele_latest, entity.data(), entity.size());
  }
  using Handle::get;  // The handle for the C API.

  // Copies a range of an event's data. Nothing: there is no such event.
  std::optional<DataPart> read_data(std::uint64_t position, std::uint64_t offset,
                                    std::span<std::uint8_t> buffer) const {
    DataPart part;
    const Status status = detail::call(stele_data_read, get(), position, offset, buffer.data(),
                                       buffer.size(), &part.used, &part.total);
    return status == STELE_OK ? std::optional(part) : std::nullopt;
  }

  // From the event at `position` to others; nothing: there is none.
  [[nodiscard]] std::optional<Cursor> walk(std::uint64_t position, stele_walk_kind kind) const {
    stele_cursor* cursor = nullptr;
    const Status status = detail::call(stele_walk, get(), position, kind, &cursor);
    return status == STELE_OK ? std::optional<Cursor>(Cursor(cursor)) : std::nullopt;
  }

  // ---- Questions -----------------------------------------------------------------------------
  //
  // Example:
  //
  //     bool taken = db.exists(stele::Query({.tags = {"name:ada"}}));
  //     std::uint64_t yesterday = db.position_at(midnight);
  //     for (const stele::Term& type : db.terms(STELE_TERM_TYPE)) std::cout << type.text << '\n';

  [[nodiscard]] bool exists(const Query& query) const {
    return detail::call(stele_exists, get(), query.get()) == STELE_OK;
  }
  [[nodiscard]] std::uint64_t count(const Query& query) const {
    return number(stele_count, query.get());
  }
  [[nodiscard]] std::uint64_t count() const { return number(stele_count, nullptr); }

  // The position of the last match of each item of a query with `items` items; 0: it has none.
  [[nodiscard]] std::vector<std::uint64_t> last(const Query& query, std::size_t items) const {
    std::vector<std::uint64_t> positions(items);
    detail::call(stele_last, get(), query.get(), positions.data(), positions.size());
    return positions;
  }
  // The last match of a query with one item.
  [[nodiscard]] std::uint64_t last(const Query& query) const { return last(query, 1)[0]; }

  // The position of the last event that was recorded at `time` or before; 0: none.
  [[nodiscard]] std::uint64_t position_at(std::int64_t time) const {
    return number(stele_position_at, time);
  }

  [[nodiscard]] Terms terms(stele_term_kind kind, std::string_view prefix = {}) const {
    stele_terms* terms = nullptr;
    detail::call(stele_terms_open, get(), kind, prefix.data(), prefix.size(), &terms);
    return Terms(terms);
  }

  // ---- Tables --------------------------------------------------------------------------------
  //
  // Example:
  //
  //     db.create_table("accounts", {.history = STELE_HISTORY_ALL});
  //     if (std::optional<stele::Table> accounts = db.table("accounts"))
  //       batch.put(*accounts, "ada", "100");
  //     for (const stele::TableInfo& info : db.tables()) std::cout << info.name << '\n';

  // False: there is one of that name.
  bool create_table(const TableName& name, const TableOptions& options = {}) const {
    const stele_table_options made = detail::c_options(options);
    return detail::call(stele_table_create, get(), name.schema.data(), name.schema.size(),
                        name.name.data(), name.name.size(), &made) == STELE_OK;
  }
  // False: there is none of that name.
  bool drop_table(const TableName& name) const {
    return detail::call(stele_table_drop, get(), name.schema.data(), name.schema.size(),
                        name.name.data(), name.name.size()) == STELE_OK;
  }
  // OK, NOT_FOUND, or EXISTS: the new name is not free.
  Status rename_table(const TableName& from, const TableName& to) const {
    return detail::call(stele_table_rename, get(), from.schema.data(), from.schema.size(),
                        from.name.data(), from.name.size(), to.schema.data(), to.schema.size(),
                        to.name.data(), to.name.size());
  }
  // All tables, by schema and name in bytewise order.
  [[nodiscard]] std::vector<TableInfo> tables() const {
    std::vector<TableInfo> all;
    auto info = detail::sized<stele_table_info>();
    while (detail::call(stele_table_next, get(), info.schema, std::strlen(info.schema), info.name,
                        std::strlen(info.name), &info) == STELE_OK) {
      all.push_back(detail::info_of(info));
    }
    return all;
  }
  // Opens a table. Nothing: there is none of that name.
  [[nodiscard]] std::optional<Table> table(const TableName& name) const {
    stele_table* table = nullptr;
    const Status status =
        detail::call(stele_table_open, get(), name.schema.data(), name.schema.size(),
                     name.name.data(), name.name.size(), &table);
    return status == STELE_OK ? std::optional<Table>(Table(table)) : std::nullopt;
  }

  // ---- Transactions --------------------------------------------------------------------------
  //
  // Example, at most one of two seats may be given up:
  //
  //     stele::Outcome outcome = db.transact([&](stele::Transaction& t) {
  //       std::optional<stele::RowCopy> other = t.get(seats, "12B");
  //       if (other) t.delete_row(seats, "12A");
  //     });
  //     if (!outcome) std::cout << "too many are at it: " << outcome.message << '\n';

  [[nodiscard]] Transaction begin(const TransactionOptions& options = {}) const {
    auto made = detail::sized<stele_txn_options>();
    made.isolation = options.isolation;
    stele_txn* txn = nullptr;
    detail::call(stele_txn_begin, get(), &made, &txn);
    return Transaction(txn);
  }

  // Runs body(transaction) and commits, and begins again on a conflict, at most options.tries
  // times: at once at first, from the tenth time on after a short pause. The last outcome is
  // returned. What the body throws ends the transaction without a commit and goes on to the caller.
  //
  // The body may be run many times, so that what it does besides has to bear that, and it reads all
  // that it decides by through the transaction. It does not commit, nor close the transaction.
  template <typename Body>
  Outcome transact(Body&& body, const TransactionOptions& options = {}) const {
    for (unsigned tries = 1;; ++tries) {
      Transaction transaction = begin(options);
      body(transaction);
      Outcome outcome = transaction.commit();
      if (!outcome.conflict() || tries >= options.tries) return outcome;
      transaction.close();
      detail::pause_behind(tries);
    }
  }

  // ---- Projections ---------------------------------------------------------------------------
  //
  // Example:
  //
  //     stele::Projection projection = db.projection("balances", query, {.rebuild = true});
  //     if (projection.switch_over() == STELE_NOT_YET) std::cout << "there are events left\n";
  //     if (db.wait_applied("balances", position, 100ms)) std::cout << "the rows are there\n";

  // Opens a projection, which begins behind what is tracked under its name; without a query it
  // follows all events.
  [[nodiscard]] Projection projection(std::string_view name, const Query& query,
                                      const ProjectionOptions& options = {}) const {
    return start_projection(name, query.get(), options);
  }
  [[nodiscard]] Projection projection(std::string_view name,
                                      const ProjectionOptions& options = {}) const {
    return start_projection(name, nullptr, options);
  }
  // All projections that have a table, and rebuilds under way, by name in bytewise order.
  [[nodiscard]] std::vector<ProjectionState> projections() const {
    std::vector<ProjectionState> all;
    auto state = detail::sized<stele_projection_state>();
    while (detail::call(stele_projections_next, get(), state.name, std::strlen(state.name),
                        &state) == STELE_OK) {
      all.push_back({.name = state.name,
                     .tables = state.tables,
                     .progress = {.applied = state.applied,
                                  .head = state.head,
                                  .lag = std::chrono::microseconds(state.lag_us)}});
    }
    return all;
  }
  // Drops a projection, or a rebuild under way, with its tables and how far it has come. OK;
  // NOT_FOUND: there is none; CONFLICT: it moves on too fast.
  Status drop_projection(std::string_view name) const {
    return detail::call(stele_projection_drop, get(), name.data(), name.size());
  }
  // Waits until a projection has come to a position. False: not in time.
  [[nodiscard]] bool wait_applied(std::string_view name, std::uint64_t position,
                                  Milliseconds timeout = kForever) const {
    return detail::call(stele_wait_applied, get(), name.data(), name.size(), position,
                        timeout.count()) == STELE_OK;
  }

  // ---- Following -----------------------------------------------------------------------------
  //
  // Example:
  //
  //     stele::Subscription news = db.subscribe({.new_only = true});
  //     while (std::optional<stele::Event> event = news.next()) show(*event);

  [[nodiscard]] Subscription subscribe(const Query& query,
                                       const SubscribeOptions& options = {}) const {
    return start_subscription(query.get(), options);
  }
  [[nodiscard]] Subscription subscribe(const SubscribeOptions& options = {}) const {
    return start_subscription(nullptr, options);
  }

  // ---- Proof ---------------------------------------------------------------------------------
  //
  // Example:
  //
  //     stele::VerifyProgress sound = db.verify([](const stele::VerifyProgress& progress) {
  //       std::cout << progress.bytes_done << " of " << progress.bytes_total << '\n';
  //     });

  [[nodiscard]] Backup start_backup(std::string_view path) const {
    stele_backup* backup = nullptr;
    detail::call(stele_backup_open, get(), path.data(), path.size(), &backup);
    return Backup(backup);
  }
  // Copies everything committed so far into the directory `path` and returns what that was.
  BackupProgress backup(std::string_view path) const {
    Backup backup = start_backup(path);
    while (backup.step()) {
    }
    return backup.progress();
  }

  [[nodiscard]] Compact start_compact() const {
    stele_compact* compact = nullptr;
    detail::call(stele_compact_open, get(), &compact);
    return Compact(compact);
  }
  // Makes the file of pages as small as what is in it.
  CompactProgress compact() const {
    Compact compact = start_compact();
    while (compact.step()) {
    }
    return compact.progress();
  }

  [[nodiscard]] Verify start_verify() const {
    stele_verify* verify = nullptr;
    detail::call(stele_verify_open, get(), &verify);
    return Verify(verify);
  }
  // Checks everything committed so far and returns how much that was. Calls `tell` after each piece
  // except the last; it may throw, which ends the check. Throws CORRUPT at the first fault.
  template <typename Tell>
  VerifyProgress verify(Tell&& tell) const {
    Verify verify = start_verify();
    while (verify.step()) tell(verify.progress());
    return verify.progress();
  }
  VerifyProgress verify() const {
    return verify([](const VerifyProgress&) {});
  }

  [[nodiscard]] Receipt receipt(std::uint64_t position) const {
    Receipt made;
    made.status = filled(made.bytes, stele_receipt, position);
    return made;
  }
  // Checks that the database holds what a receipt says: OK, or NOT_FOUND when it ends before.
  // Throws CORRUPT when it holds something else.
  [[nodiscard]] Status check_receipt(Bytes receipt) const {
    return detail::call(stele_receipt_check, get(), receipt.data(), receipt.size());
  }

 private:
  using Handle::Handle;

  // Functions with a number as their result, which comes last.
  template <typename Function, typename... Values>
  std::uint64_t number(Function function, Values... values) const {
    std::uint64_t result = 0;
    detail::call(function, get(), values..., &result);
    return result;
  }
  // Functions that fill a buffer.
  template <typename Function, typename... Values>
  Status filled(std::vector<std::uint8_t>& bytes, Function function, Values... values) const {
    return detail::fill(
        bytes, [&](std::uint8_t* data, std::size_t size, std::size_t* used, stele_error* error) {
          return function(get(), values..., data, size, used, error);
        });
  }
  template <typename Function, typename... Values>
  std::optional<EventCopy> single(Function function, Values... values) const {
    std::vector<std::uint8_t> record;
    if (filled(record, function, values...) != STELE_OK) return std::nullopt;
    return EventCopy(std::move(record));
  }
  template <typename Function>
  Cursor cursor(Function function, const stele_query* query, const ReadOptions& options) const {
    const stele_read_options made = detail::c_options(options);
    stele_cursor* cursor = nullptr;
    detail::call(function, get(), query, &made, &cursor);
    return Cursor(cursor);
  }
  template <typename Function>
  Outcome commit_with(Function function, const Batch& batch) const {
    return detail::outcome_of([&](CommitResult* result, stele_error* error) {
      return function(get(), batch.get(), result, error);
    });
  }
  Projection start_projection(std::string_view name, const stele_query* query,
                              const ProjectionOptions& options) const {
    const std::uint32_t flags = options.rebuild ? STELE_PROJECTION_REBUILD : 0;
    stele_projection* projection = nullptr;
    detail::call(stele_projection_open, get(), name.data(), name.size(), query, flags, &projection);
    return Projection(projection);
  }
  Subscription start_subscription(const stele_query* query, const SubscribeOptions& options) const {
    stele_subscribe_options made;
    stele_subscribe_options_init(&made);
    made.flags = options.new_only ? STELE_SUBSCRIBE_NEW : 0;
    made.after = options.after;
    made.token = options.token.data();
    made.token_size = options.token.size();
    stele_subscription* subscription = nullptr;
    detail::call(stele_subscribe, get(), query, &made, &subscription);
    return Subscription(subscription);
  }
};

}  // namespace stele::inline v0
