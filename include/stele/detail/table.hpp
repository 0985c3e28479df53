// Tables, their rows, scans, and the moments they are read as of. Include <stele/stele.hpp>.
#pragma once

#include <stele/table.h>

#include <stele/detail/base.hpp>

namespace stele::inline v0 {

// What a table is found by; made of a name alone, it is one of the schema "root". Borrowed.
struct TableName {
  TableName(const char* only) : name(only) {}         // NOLINT(google-explicit-constructor)
  TableName(std::string_view only) : name(only) {}    // NOLINT(google-explicit-constructor)
  TableName(const std::string& only) : name(only) {}  // NOLINT(google-explicit-constructor)
  TableName(std::string_view first, std::string_view second) : schema(first), name(second) {}

  std::string_view schema = {};  // Empty: "root".
  std::string_view name;
};

struct TableOptions {
  stele_history history = STELE_HISTORY_NONE;
  std::uint64_t amount = 0;  // Of STELE_HISTORY_COMMITS and STELE_HISTORY_TIME.
};

struct TableInfo {
  std::string schema;
  std::string name;
  std::uint32_t id = 0;
  stele_history history = STELE_HISTORY_NONE;
  std::uint64_t history_amount = 0;  // Of STELE_HISTORY_COMMITS and STELE_HISTORY_TIME.
  std::uint64_t created_tsn = 0;
  std::string projection;  // Whose table it is; empty: no projection's.
};

// The moment that a read is of; the default is now.
//
// Example:
//
//     std::optional<stele::RowCopy> before = seats.get("12A", stele::AsOf::tsn(7));
//     before = seats.get("12A", stele::AsOf::position(event.position()));
//     for (const stele::Row& row : seats.scan({.as_of = stele::AsOf::time(midnight)})) use(row);
class AsOf {
 public:
  AsOf() = default;
  static AsOf now() { return {}; }
  // Behind that commit.
  static AsOf tsn(std::uint64_t tsn) { return {STELE_AS_OF_TSN, static_cast<std::int64_t>(tsn)}; }
  // What follows from events up to that position.
  static AsOf position(std::uint64_t position) {
    return {STELE_AS_OF_POSITION, static_cast<std::int64_t>(position)};
  }
  // Behind the last commit recorded at that time, in microseconds, or before.
  static AsOf time(std::int64_t time) { return {STELE_AS_OF_TIME, time}; }

  [[nodiscard]] stele_as_of c_as_of() const {
    auto made = detail::sized<stele_as_of>();
    made.kind = kind_;
    made.at = at_;
    return made;
  }

 private:
  AsOf(stele_as_of_kind kind, std::int64_t at) : kind_(kind), at_(at) {}

  stele_as_of_kind kind_ = STELE_AS_OF_NOW;
  std::int64_t at_ = 0;
};

// A row that was read, in somebody else's memory.
struct Row {
  Bytes key;
  Bytes value;
  std::uint64_t tsn = 0;       // The commit that wrote it.
  std::uint64_t position = 0;  // The event that it follows from.
};

// A row that owns its bytes.
struct RowCopy {
  RowCopy() = default;
  explicit RowCopy(const Row& row)
      : key(row.key.begin(), row.key.end()),
        value(row.value.begin(), row.value.end()),
        tsn(row.tsn),
        position(row.position) {}

  std::vector<std::uint8_t> key;
  std::vector<std::uint8_t> value;
  std::uint64_t tsn = 0;
  std::uint64_t position = 0;
};

// What a row became by one commit, until its next version. In somebody else's memory.
struct RowVersion {
  std::optional<Bytes> value;  // Nothing: it was deleted, by itself or with a range.
  std::uint64_t tsn = 0;       // The commit that did it.
  std::uint64_t position = 0;  // The event that it follows from.
  std::int64_t recorded = 0;   // When the commit was recorded, in microseconds.
};

namespace detail {

inline constexpr std::size_t kUsualRow = 256;  // So that most rows take one call.

inline Row row_of(const stele_row& row) {
  return {.key = row.key, .value = row.value, .tsn = row.tsn, .position = row.position};
}

// The end of a range, for which the C API takes NULL for none.
inline stele_bytes end_of(const std::optional<Bytes>& high) {
  if (!high) return {nullptr, 0};
  static constexpr std::uint8_t kNothing = 0;
  return high->empty() ? stele_bytes{&kNothing, 0} : high->c_bytes();
}

inline stele_table_options c_options(const TableOptions& options) {
  auto made = sized<stele_table_options>();
  made.history = options.history;
  made.history_amount = options.amount;
  return made;
}

inline TableInfo info_of(const stele_table_info& info) {
  return {.schema = info.schema,
          .name = info.name,
          .id = info.id,
          .history = static_cast<stele_history>(info.history),
          .history_amount = info.history_amount,
          .created_tsn = info.created_tsn,
          .projection = info.projection};
}

}  // namespace detail

struct ScanOptions {
  bool backward = false;
  Bytes low = {};                  // The first key.
  std::optional<Bytes> high = {};  // The first key that is not part of it; without: to the end.
  AsOf as_of = {};
};

namespace detail {

inline stele_scan_options c_options(const ScanOptions& options) {
  auto made = sized<stele_scan_options>();
  made.flags = options.backward ? STELE_SCAN_BACKWARD : 0;
  made.low = options.low.c_bytes();
  made.high = end_of(options.high);
  made.as_of = options.as_of.c_as_of();
  return made;
}

}  // namespace detail

// Rows one after the other, as of one moment: an input range. A Row lives until the next one is
// asked for. END is the end of the range; errors are thrown from ++ and next().
//
// A scan is false, and has no rows, where it could not begin: status() is NOT_FOUND, for the table
// was dropped, or NOT_YET, for the moment is not there yet.
//
// Example:
//
//     stele::Scan scan = seats.scan({.backward = true, .high = "13"});
//     while (std::optional<stele::Row> row = scan.next()) use(*row);
class Scan : public detail::Handle<stele_scan, stele_scan_close> {
 public:
  using value_type = Row;

  Scan(Status status, stele_scan* scan) : Handle(scan), status_(status) {}

  // OK, NOT_FOUND or NOT_YET.
  [[nodiscard]] Status status() const { return status_; }

  // Nothing: there is no further row.
  [[nodiscard]] std::optional<Row> next() {
    if (status_ != STELE_OK) return std::nullopt;
    auto row = detail::sized<stele_row>();
    if (detail::call(stele_scan_next, get(), &row) != STELE_OK) return std::nullopt;
    return detail::row_of(row);
  }
  // The next rows that lie together, at most rows.size(), the first ones of `rows`: the quickest
  // way to go through many. Their bytes live until the next call. None: there is no further row.
  //
  // Example:
  //
  //     std::array<stele_row, 128> rows;
  //     std::size_t bytes = 0;
  //     stele::Scan scan = seats.scan();
  //     for (auto run = scan.next_views(rows); !run.empty(); run = scan.next_views(rows)) {
  //       for (const stele_row& row : run) bytes += row.value.size;
  //     }
  [[nodiscard]] std::span<const stele_row> next_views(std::span<stele_row> rows) {
    if (status_ != STELE_OK) return {};
    if (!rows.empty()) rows.front().struct_size = sizeof(stele_row);
    std::size_t count = 0;
    if (detail::call(stele_scan_next_views, get(), rows.data(), rows.size(), &count) != STELE_OK) {
      return {};
    }
    return rows.first(count);
  }
  [[nodiscard]] auto begin() { return detail::NextIterator<Scan>(this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  Status status_;
};

struct HistoryOptions {
  bool oldest_first = false;
  std::optional<AsOf> since = {};  // Without: as far back as the table keeps what was there.
  AsOf until = {};
};

// What a row was between two moments, version by version: an input range. A RowVersion lives until
// the next one is asked for. As a Scan, it is false where it could not begin.
//
// Example:
//
//     for (const stele::RowVersion& version : seats.history("12A", {.oldest_first = true})) {
//       std::cout << version.tsn << (version.value ? " taken\n" : " free again\n");
//     }
class RowHistory : public detail::Handle<stele_row_history, stele_row_history_close> {
 public:
  using value_type = RowVersion;

  RowHistory(Status status, stele_row_history* history) : Handle(history), status_(status) {}

  // OK, NOT_FOUND or NOT_YET.
  [[nodiscard]] Status status() const { return status_; }

  // Nothing: there is no further version.
  [[nodiscard]] std::optional<RowVersion> next() {
    if (status_ != STELE_OK) return std::nullopt;
    auto version = detail::sized<stele_row_version>();
    if (detail::call(stele_row_history_next, get(), &version) != STELE_OK) return std::nullopt;
    RowVersion made;
    if ((version.flags & STELE_ROW_DELETED) == 0) made.value = version.value;
    made.tsn = version.tsn;
    made.position = version.position;
    made.recorded = version.recorded;
    return made;
  }
  [[nodiscard]] auto begin() { return detail::NextIterator<RowHistory>(this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  Status status_;
};

// A table, opened by its name: it stays with the table, whatever that is called. Rows are changed
// in batches. Any number of threads may use it at once.
//
// Example:
//
//     if (std::optional<stele::RowCopy> row = seats.get("12A")) use(row->value);
//     std::vector<std::uint8_t> buffer;  // For any number of rows.
//     if (std::optional<stele::Row> row = seats.get("12B", buffer)) use(*row);
//     for (const stele::Row& row : seats.scan()) use(row);
class Table : public detail::Handle<stele_table, stele_table_close> {
 public:
  using Handle::Handle;

  // What it is now. Nothing: it was dropped.
  [[nodiscard]] std::optional<TableInfo> describe() const {
    auto info = detail::sized<stele_table_info>();
    const Status status = detail::call(stele_table_describe, get(), &info);
    return status == STELE_OK ? std::optional(detail::info_of(info)) : std::nullopt;
  }

  // The row of a key. Nothing: *why, if it is asked for, is NOT_FOUND (there is no such row, or was
  // none at that moment; the table was dropped) or NOT_YET (the moment is not there yet, or the
  // table's projection has not come to that position).
  [[nodiscard]] std::optional<RowCopy> get(Bytes key, const AsOf& as_of = {},
                                           Status* why = nullptr) const {
    std::vector<std::uint8_t> buffer;
    const std::optional<Row> row = get(key, buffer, as_of, why);
    if (!row) return std::nullopt;
    RowCopy copy;
    copy.key.assign(key.begin(), key.end());
    copy.value = std::move(buffer);
    copy.tsn = row->tsn;
    copy.position = row->position;
    return copy;
  }
  // The same into a buffer of the caller, which grows where that is needed and becomes the value.
  // The row has the caller's key.
  [[nodiscard]] std::optional<Row> get(Bytes key, std::vector<std::uint8_t>& buffer,
                                       const AsOf& as_of = {}, Status* why = nullptr) const {
    auto row = detail::sized<stele_row>();
    const stele_as_of moment = as_of.c_as_of();
    if (buffer.size() < detail::kUsualRow) buffer.resize(detail::kUsualRow);
    const Status status = detail::fill(buffer, [&](std::uint8_t* data, std::size_t size,
                                                   std::size_t* used, stele_error* error) {
      return stele_table_get(get(), &moment, key.data(), key.size(), data, size, used, &row, error);
    });
    if (why != nullptr) *why = status;
    if (status != STELE_OK) return std::nullopt;
    return Row{.key = key, .value = buffer, .tsn = row.tsn, .position = row.position};
  }
  using Handle::get;  // The handle for the C API.

  // The rows of many keys, in their order and all as of one moment; nothing where there is no such
  // row. Nothing at all: *why is NOT_FOUND (the table was dropped) or NOT_YET.
  //
  // Example:
  //
  //     if (auto rows = seats.get_many({"12A", "12B"})) {
  //       if (!(*rows)[0] && !(*rows)[1]) std::cout << "both are free\n";
  //     }
  [[nodiscard]] std::optional<std::vector<std::optional<RowCopy>>> get_many(
      const std::vector<Bytes>& keys, const AsOf& as_of = {}, Status* why = nullptr) const {
    std::vector<stele_bytes> wanted;
    wanted.reserve(keys.size());
    for (const Bytes& key : keys) wanted.push_back(key.c_bytes());
    const stele_as_of moment = as_of.c_as_of();
    std::vector<std::uint8_t> buffer(keys.size() * detail::kUsualRow);
    const Status status = detail::fill(
        buffer, [&](std::uint8_t* data, std::size_t size, std::size_t* used, stele_error* error) {
          return stele_table_get_many(get(), &moment, wanted.data(), wanted.size(), data, size,
                                      used, error);
        });
    if (why != nullptr) *why = status;
    if (status != STELE_OK) return std::nullopt;
    std::vector<std::optional<RowCopy>> rows;
    rows.reserve(keys.size());
    auto row = detail::sized<stele_row>();
    std::size_t at = 0;
    while (detail::call(stele_row_next, buffer.data(), buffer.size(), &at, &row) == STELE_OK) {
      rows.emplace_back();
      if ((row.flags & STELE_ROW_MISSING) == 0) rows.back().emplace(detail::row_of(row));
    }
    return rows;
  }

  // What the row of a key was, from one moment to another.
  [[nodiscard]] RowHistory history(Bytes key, const HistoryOptions& options = {}) const {
    auto made = detail::sized<stele_row_history_options>();
    made.flags = options.oldest_first ? STELE_ROW_HISTORY_OLDEST_FIRST : 0;
    if (options.since) made.since = options.since->c_as_of();
    made.until = options.until.c_as_of();
    stele_row_history* history = nullptr;
    const Status status =
        detail::call(stele_row_history_open, get(), key.data(), key.size(), &made, &history);
    return {status, history};
  }

  [[nodiscard]] Scan scan(const ScanOptions& options = {}) const {
    const stele_scan_options made = detail::c_options(options);
    stele_scan* scan = nullptr;
    const Status status = detail::call(stele_scan_open, get(), &made, &scan);
    return {status, scan};
  }
};

}  // namespace stele::inline v0
