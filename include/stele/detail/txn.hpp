// Transactions, which read as of one moment, their own rows included. Include <stele/stele.hpp>.
#pragma once

#include <stele/txn.h>

#include <stele/detail/commit.hpp>
#include <thread>

namespace stele::inline v0 {

struct TransactionOptions {
  stele_isolation isolation = STELE_ISOLATION_SERIALIZABLE;
  unsigned tries = 100;  // Of Database::transact(): so often its body is run at most.
};

// A batch that can read: as of the moment when it began, with the rows of its batch laid over it.
// Its commit is a conflict when others have meanwhile changed what it has read or written; under
// STELE_ISOLATION_SNAPSHOT, what it has written. Database::transact() begins again then.
//
// Example:
//
//     stele::Transaction t = db.begin();
//     if (std::optional<stele::RowCopy> row = t.get(seats, "12A"); row && row->value.empty())
//       t.put(seats, "12A", "ada");
//     if (stele::Outcome outcome = t.commit(); outcome.conflict())
//       std::cout << "somebody was faster\n";
class Transaction : public detail::Handle<stele_txn, stele_txn_close> {
 public:
  using Handle::Handle;

  // What it is going to commit: for events, guards, tables, tracking and a key. It belongs to the
  // transaction, lives in this object and is closed with it, or by the commit; Database::commit(),
  // check() and commit_async() refuse it, and so does its clear().
  //
  // Example:
  //
  //     stele::Transaction t = db.begin();
  //     t.put(seats, "12A", "ada").batch().add({.type = "SeatReserved", .tags = {"seat:12A"}});
  [[nodiscard]] Batch& batch() {
    if (!batch_) {
      stele_batch* batch = nullptr;
      detail::call(stele_txn_batch, Handle::get(), &batch);
      batch_ = Batch(batch);
    }
    return batch_;
  }

  // Those of the batch.
  Transaction& put(const Table& table, Bytes key, Bytes row) {
    batch().put(table, key, row);
    return *this;
  }
  Transaction& delete_row(const Table& table, Bytes key) {
    batch().delete_row(table, key);
    return *this;
  }
  Transaction& delete_range(const Table& table, Bytes low, const std::optional<Bytes>& high = {}) {
    batch().delete_range(table, low, high);
    return *this;
  }

  // The row of a key; one of the batch has TSN and position 0. Nothing: there is no such row, or
  // the table was not there when the transaction began.
  [[nodiscard]] std::optional<RowCopy> get(const Table& table, Bytes key) const {
    std::vector<std::uint8_t> buffer;
    const std::optional<Row> row = get(table, key, buffer);
    return row ? std::optional<RowCopy>(RowCopy(*row)) : std::nullopt;
  }
  // The same into a buffer of the caller, as Table::get() does it.
  [[nodiscard]] std::optional<Row> get(const Table& table, Bytes key,
                                       std::vector<std::uint8_t>& buffer) const {
    auto row = detail::sized<stele_row>();
    if (buffer.size() < detail::kUsualRow) buffer.resize(detail::kUsualRow);
    const Status status = detail::fill(
        buffer, [&](std::uint8_t* data, std::size_t size, std::size_t* used, stele_error* error) {
          return stele_txn_get(get(), table.get(), key.data(), key.size(), data, size, used, &row,
                               error);
        });
    if (status != STELE_OK) return std::nullopt;
    return Row{.key = key, .value = buffer, .tsn = row.tsn, .position = row.position};
  }
  using Handle::get;  // The handle for the C API.

  // The rows of the moment when it began, with those of the batch as they are at this call; what
  // it gives is over when the transaction is. options.as_of stays as it is.
  [[nodiscard]] Scan scan(const Table& table, const ScanOptions& options = {}) const {
    const stele_scan_options made = detail::c_options(options);
    stele_scan* scan = nullptr;
    const Status status = detail::call(stele_txn_scan, get(), table.get(), &made, &scan);
    return {status, scan};
  }

  // Events of the moment when it began, without those of the batch. Unless it is a snapshot, the
  // batch gets the guard that nobody commits another match.
  //
  // Example:
  //
  //     stele::Transaction t = db.begin();
  //     for (const stele::Event& event : t.read(query)) balance += amount_of(event);
  //     if (balance >= price) t.batch().add({.type = "Withdrawn", .data = amount});
  //     stele::Outcome outcome = t.commit();
  [[nodiscard]] Cursor read(const Query& query, const ReadOptions& options = {}) const {
    return cursor(query.get(), options);
  }
  [[nodiscard]] Cursor read(const ReadOptions& options = {}) const {
    return cursor(nullptr, options);
  }

  // Commits what is in the batch, all of it or nothing; the transaction is over then. An empty one
  // gives a result of zeros. After anything but OK it goes on, and the commit may be tried again,
  // which does not help with a conflict: that is told again.
  [[nodiscard]] Outcome commit() {
    Outcome outcome = detail::outcome_of([&](CommitResult* result, stele_error* error) {
      return stele_txn_commit(get(), result, error);
    });
    if (outcome) batch_ = Batch();
    return outcome;
  }

  // Ends it: what was not committed is gone. Twice is as good as once.
  void close() noexcept {
    batch_ = Batch();
    Handle::close();
  }

 private:
  Cursor cursor(const stele_query* query, const ReadOptions& options) const {
    const stele_read_options made = detail::c_options(options);
    stele_cursor* cursor = nullptr;
    detail::call(stele_txn_read, get(), query, &made, &cursor);
    return Cursor(cursor);
  }

  Batch batch_;  // Empty until it is asked for.
};

namespace detail {

// Waits before a body is run again that has been run so often: not at all at first, then for up to
// 10 ms. The clock is chance enough to part those who are in each other's way.
inline void pause_behind(unsigned tries) {
  constexpr unsigned kTriesAtOnce = 10;
  constexpr std::uint64_t kPauseMax = 10'000;
  if (tries < kTriesAtOnce) return;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const std::uint64_t mixed = (static_cast<std::uint64_t>(now) * 0x9e3779b97f4a7c15) >> 32;
  std::this_thread::sleep_for(std::chrono::microseconds(mixed % kPauseMax));
}

}  // namespace detail

}  // namespace stele::inline v0
