// The catalog: which tables there are, by name and by number.
//
//     tree `catalog`:  'n' schema 00 name      -> number of the table
//                      't' number              -> what it is
//                      'd' number              -> nothing: dropped, its rows are being removed
//                      'x'                     -> the lowest number that was never given
//
//     section := change, change ...
//     change  := kind u8, history u8, schema size u16, name size u16, owner size u16, table u32,
//                zeros u32, amount u64, schema, name, owner, zeros up to a multiple of 8
//
//     kind    1 create     2 drop: without names     3 rename: to these names
//             4 adopt: rename, and give to this owner
//
// Threads: one writer (the sequencer, or recovery); readers at the newest snapshot or ahead of it.
// On disk: docs/format.md, "Catalog section", "Tree catalog".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch.h"
#include "tables/limits.h"

namespace stele::tables {

// What a table keeps of rows that were replaced or deleted. Values are on disk and in the C API.
enum class History : uint8_t {
  kNone = 0,     // What snapshots that are held can see.
  kAll = 1,      // Everything.
  kCommits = 2,  // What was there in the last `amount` commits.
  kTime = 3,     // What was there in the last `amount` microseconds.
};

struct TableName {
  std::string schema;
  std::string name;
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

// Returns "root.accounts", for messages.
[[nodiscard]] std::string shown(const TableName& name);
// INVALID: a name that no table can have.
[[nodiscard]] Status check_table_name(const TableName& name);
// Whether a name ends in ~ and a number: those of projections that are rebuilt, and of their new
// tables until these take the place of the old ones.
[[nodiscard]] bool is_rebuild_name(std::string_view name);
// The same as check_table_name(), of a name that is to be given. INVALID: also that of a rebuild.
[[nodiscard]] Status check_free_name(const TableName& name);

struct TableInfo {
  TableId id = 0;
  TableName name;
  History history = History::kNone;
  uint64_t amount = 0;
  uint64_t created_tsn = 0;
  std::string owner = {};  // The projection whose events its rows follow from; may be none.
};

inline constexpr size_t kChangeHeaderSize = 24;  // Of a change in the section.

enum class CatalogChangeKind : uint8_t { kCreate = 1, kDrop = 2, kRename = 3, kAdopt = 4 };

struct CatalogChange {
  CatalogChangeKind kind = CatalogChangeKind::kCreate;
  TableId table = 0;
  TableName name = {};  // But of a drop.
  History history = History::kNone;
  uint64_t amount = 0;
  std::string owner = {};  // Of a creation or an adoption.
};

// What the commits of one chunk did to the catalog.
class CatalogTail final : public engine::TailPart {
 public:
  [[nodiscard]] static CatalogTail& of(const engine::Chunk& chunk) {
    return chunk.part<CatalogTail>(engine::SectionKind::kCatalog);
  }

  // The state of a name or of a table behind a commit; not set: it is free, or dropped.
  template <typename T>
  struct Change {
    uint64_t tsn;
    std::optional<T> now;
  };
  // Returns what the newest commit <= tsn that changed it has made of it, if one did.
  [[nodiscard]] std::optional<Change<TableId>> find(const TableName& name, uint64_t tsn) const;
  [[nodiscard]] std::optional<Change<TableInfo>> find(TableId table, uint64_t tsn) const;

  // Applies a change. `before` is the table as it was; not used by a creation.
  void apply(const CatalogChange& change, const TableInfo& before, uint64_t tsn);

  // What is left of everything in the end, in order. Requires: nobody writes.
  using Names = std::map<TableName, std::vector<Change<TableId>>>;
  using Tables = std::map<TableId, std::vector<Change<TableInfo>>>;
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] const Tables& tables() const { return tables_; }
  // The same of names, for who reads while others write: calls visit(name, table) for those >=
  // `from` that a commit <= tsn changed, until it returns false; 0: the name is free.
  void for_each_name(const TableName& from, uint64_t tsn,
                     const std::function<bool(const TableName&, TableId)>& visit) const;

  [[nodiscard]] bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  [[nodiscard]] uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }

 private:
  mutable std::mutex mutex_;
  Names names_;
  Tables tables_;
  std::atomic<uint64_t> count_ = 0;
  std::atomic<uint64_t> bytes_ = 0;
};

// Returns the table of a name, or of a number, behind commit `tsn` of a view; nothing: there is
// none.
[[nodiscard]] Result<std::optional<TableInfo>> find_table(const engine::View& view,
                                                          const TableName& name, uint64_t tsn);
[[nodiscard]] Result<std::optional<TableInfo>> find_table(const engine::View& view, TableId table,
                                                          uint64_t tsn);
// Returns the first table whose name is above `name`, in the order of schemas and names.
[[nodiscard]] Result<std::optional<TableInfo>> next_table(const engine::View& view,
                                                          const TableName& name, uint64_t tsn);
// Returns the lowest commit that created one of the tables that keep history and are there behind
// commit `tsn`; UINT64_MAX: there is no such table.
[[nodiscard]] Result<uint64_t> history_since(const engine::View& view, uint64_t tsn);
// The same as the first of what is in trees alone.
[[nodiscard]] Result<std::optional<TableInfo>> table_in_trees(const engine::Trees& trees,
                                                              TableId table);

// Calls visit(change) for each change of a section, until one returns an error. CORRUPT: the
// section is damaged.
[[nodiscard]] Status for_each_change(const engine::Stamp& stamp, uint32_t count, ByteView section,
                                     const std::function<Status(const CatalogChange&)>& visit);

}  // namespace stele::tables
