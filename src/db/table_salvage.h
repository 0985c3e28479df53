// Which tables of a damaged database are whole, and their rows.
//
// Rows change, and the log forgets them once they are in trees. So it is not every leaf that
// counts, as with events, but those that the newest good superblock leads to: what its catalog,
// `rows` and `history` were behind the commit that it names. A table is whole when no page is
// missing in which anything of it could have been, in either tree, and every large value is there.
//
//     survey    goes through all three trees, around what cannot be read (tree/walk.h)
//     Copy      goes through `rows` or `history` once more, and hands out the rows of some tables
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "db/page_salvage.h"
#include "events/tracking.h"
#include "tables/catalog.h"
#include "tree/apply.h"
#include "tree/walk.h"

namespace stele::db {

class TableSalvage {
 public:
  // `pages` must outlive it.
  explicit TableSalvage(const PageSalvage& pages);

  // Looks at about `budget` more bytes. Returns false when all was looked at. NO_MEMORY.
  Result<bool> survey(uint64_t budget);

  // The commit that the trees stand at, 0: there are none, or nothing leads to them.
  [[nodiscard]] uint64_t applied_tsn() const;
  // The last position then.
  [[nodiscard]] uint64_t applied_head() const;
  // Entries of `rows` and `history` looked at, and of all.
  [[nodiscard]] uint64_t entries_done() const { return entries_before_ + walk_entries(); }
  [[nodiscard]] uint64_t entries_total() const;

  // The rest requires that all was looked at. ---------------------------------------------------

  // The tables of the catalog, as far as it can be read.
  using Tables = std::map<tables::TableId, tables::TableInfo>;
  [[nodiscard]] const Tables& tables() const { return tables_; }
  // Whether that is all of it. Otherwise there may be tables of which no more is left than this, a
  // name or rows.
  [[nodiscard]] bool is_catalog_whole() const { return is_catalog_whole_; }
  using Remains = std::map<tables::TableId, tables::TableName>;
  [[nodiscard]] const Remains& remains() const { return remains_; }
  // A number that no table ever had, as far as is known.
  [[nodiscard]] tables::TableId next_id() const { return next_id_; }
  // Whether nothing is missing of the rows of a table, present and past.
  [[nodiscard]] bool is_whole(tables::TableId table) const;
  // Returns where a source stood, nothing: that cannot be read.
  [[nodiscard]] std::optional<events::Tracking::Mark> mark(const std::string& source) const;

  // Entries of one of the two trees, of tables that `takes` names, as changes of another tree.
  class Copy final : public tree::ChangeSource {
   public:
    using Takes = std::function<bool(tables::TableId)>;
    Copy(const TableSalvage& salvage, std::string_view tree, Takes takes);
    // Lets it hand out about so many bytes more, until it pretends to be at the end.
    void allow(uint64_t budget) { budget_ = budget; }
    [[nodiscard]] bool is_done() const { return is_done_; }
    [[nodiscard]] uint64_t entries() const { return walk_.entries(); }
    Result<const tree::Change*> next() override;

   private:
    class LargeValue final : public tree::ValueSource {
     public:
      void start(const page::PageFile& file, const tree::Value& value);
      [[nodiscard]] uint64_t size() const override { return value_.size(); }
      [[nodiscard]] Status read(ByteSpan into) override;

     private:
      const page::PageFile* file_ = nullptr;
      tree::Value value_;
      uint64_t at_ = 0;
    };

    const page::PageFile& file_;
    tree::Walk walk_;
    Takes takes_;
    tables::TableId table_ = 0;  // That takes_ was asked for last.
    bool is_taken_ = false;
    uint64_t budget_ = 0;
    bool is_done_ = false;
    tree::Change change_;
    LargeValue large_;
  };

 private:
  enum class Phase : uint8_t { kCatalog, kRows, kHistory, kDone };
  [[nodiscard]] page::Root root(std::string_view tree) const;
  // Requires: there is one.
  [[nodiscard]] const page::PageFile& file() const;
  [[nodiscard]] uint64_t walk_entries() const { return walk_ ? walk_->entries() : 0; }
  Status survey_catalog();
  void note_entry(ByteView key, const tree::Value& value);
  // Goes on through the tree of the phase. False: it is through.
  Result<bool> survey_rows(std::string_view tree, uint64_t& budget);
  // Whether the entry that the walk is at is one, to its last byte. `size` is how many it has.
  Result<bool> is_sound(bool is_history, uint64_t& size);
  void note_damage(tables::TableId first, tables::TableId last);
  void note_hole(const tree::KeyRange& range);

  const PageSalvage& pages_;
  Phase phase_ = Phase::kCatalog;
  std::optional<tree::Walk> walk_;  // Through the tree of the phase, once it has begun.
  uint64_t entries_before_ = 0;     // In the trees before it.
  Tables tables_;
  bool is_catalog_whole_ = true;
  Remains remains_;
  std::set<tables::TableId> dropped_;
  tables::TableId next_id_ = 1;
  tables::TableId seen_ = 0;  // The table of the last row.
  // Of tables of which something is missing: the first numbers, and the last ones.
  std::vector<std::pair<tables::TableId, tables::TableId>> damaged_;
  std::vector<uint8_t> buffer_;
};

}  // namespace stele::db
