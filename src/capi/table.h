// Handles of tables, scans and histories, and what their functions share.
#pragma once

#include "capi/boundary.h"
#include "db/row_versions.h"
#include "db/table.h"

namespace stele::capi {

struct TableObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kTable;
  explicit TableObject(std::unique_ptr<db::Table> opened) : table(std::move(opened)) {}
  std::unique_ptr<db::Table> table;
};

struct ScanObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kScan;
  explicit ScanObject(std::unique_ptr<db::TableScan> begun) : scan(std::move(begun)) {}
  std::unique_ptr<db::TableScan> scan;
  std::vector<uint8_t> value;  // Of a row that is not in one piece where it lies.
};

struct RowHistoryObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kRowHistory;
  explicit RowHistoryObject(std::unique_ptr<db::RowVersions> begun) : versions(std::move(begun)) {}
  std::unique_ptr<db::RowVersions> versions;
  std::vector<uint8_t> value;  // Of a version that is not in one piece where it lies.
};

// Pins a table whose database can be used.
[[nodiscard]] Result<Pinned<TableObject>> usable_table(stele_table* table);

// The name of a table from a caller's texts; no schema: the default one.
[[nodiscard]] Result<tables::TableName> table_name(const char* schema, size_t schema_size,
                                                   const char* name, size_t name_size);

// Fills a caller's struct. Requires: check_out_struct.
void write_info(const tables::TableInfo& info, stele_table_info* to);

struct HistoryOptions {
  tables::History history = tables::History::kNone;
  uint64_t amount = 0;
};
[[nodiscard]] Result<HistoryOptions> history_options(const stele_table_options* given);

// The moment that a caller's struct names; null: now.
[[nodiscard]] Result<db::AsOf> as_of(const stele_as_of* given);

// Checks what a row is to be copied to, and forgets the size of what was there.
[[nodiscard]] Status check_row_place(const uint8_t* buffer, size_t capacity, size_t* size,
                                     stele_row* row);
// Copies a row that was found; BUFFER_TOO_SMALL.
struct RowPlace {
  uint8_t* buffer;
  size_t capacity;
  size_t* size;
  stele_row* row;  // Or null.
};
[[nodiscard]] Status copy_row(const engine::View& view, const tables::Row& found, ByteView key,
                              const RowPlace& to);

// A key of a caller; TOO_LARGE.
[[nodiscard]] Result<ByteView> row_key_of(const uint8_t* key, size_t key_size);

// What a caller wants to scan; null: everything, as of now.
struct ScanWish {
  tables::RowRange range;
  db::AsOf moment;
};
[[nodiscard]] Result<ScanWish> scan_wish(const stele_scan_options* given);

// A range of keys; no `high`: to the end.
[[nodiscard]] Result<tables::RowRange> range_of(const uint8_t* low, size_t low_size,
                                                const uint8_t* high, size_t high_size);

}  // namespace stele::capi
