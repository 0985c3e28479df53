// Brings the tables of a damaged database into the one that a repair makes: each whole, or not at
// all.
//
//     commits    1 ......... base │ base + 1 ..................... end
//     tables     in trees, which  │ what the log says of them
//                are copied here ─┘
//
// `base` is the commit of the newest good superblock. Its trees say nothing of tables before it and
// know nothing behind it, and trees of commits have no rows; so a table is left out
//
//     T1  of which anything in `rows` or `history`, or what the catalog and the commits say of it,
//         cannot be read;
//     T2  when the history ends before `base`, or is not what it was up to there in its positions;
//     T3  that was there when a commit behind `base` was lost, or has come without its rows: it may
//         have changed any of them. What a later commit creates is whole again;
//     T4  of a projection, when its mark may not be what it was at `base`: rows and mark must
//     agree.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/result.h"
#include "db/repaired_tables.h"
#include "db/table_salvage.h"
#include "engine/checkpointer.h"
#include "engine/pipeline.h"

namespace stele::db {

class TableRepair {
 public:
  // What the new database consists of; all must outlive it.
  struct Target {
    RepairedCatalog& catalog;
    RepairedRows& rows;
    engine::Pipeline& pipeline;
    engine::Checkpointer& checkpointer;
  };
  TableRepair(const PageSalvage& pages, const Target& target) : salvage_(pages), to_(target) {}

  // Looks at about `budget` more bytes of the damaged trees, before the first commit is added.
  // Returns false when all was looked at.
  Result<bool> survey(uint64_t budget);

  // How much of a commit there is.
  enum class Commit : uint8_t {
    kWhole,        // All.
    kWithoutRows,  // The other sections.
    kEvents,       // Its events, perhaps.
  };
  // Gets ready for the replay of a commit.
  Status begin(uint64_t tsn, Commit is_there);
  // Commits are there that have no times, up to this one.
  void lack_times_until(uint64_t last) { to_.catalog.lack_times_until(last); }
  [[nodiscard]] bool is_in_trees(uint64_t tsn) const { return tsn <= salvage_.applied_tsn(); }
  // Whether tables are to be brought behind the commit that was replayed last, before another is.
  [[nodiscard]] bool is_due() const;
  // Brings about `budget` bytes. Returns false when all are there.
  Result<bool> bring(uint64_t budget);
  // There are no more commits.
  void end(uint64_t last);

  // Of all entries of tables, which are looked at once and brought once.
  [[nodiscard]] uint64_t entries_done() const;
  [[nodiscard]] uint64_t entries_total() const { return 2 * salvage_.entries_total(); }

 private:
  enum class Phase : uint8_t { kBefore, kRows, kHistory, kCatalog, kDone };
  Status choose();
  [[nodiscard]] bool can_keep(const tables::TableInfo& table) const;
  // Makes the new tree out of itself and the next entries. Returns false behind the last.
  Result<bool> copy(std::string_view tree, uint64_t budget);
  Status add_catalog();
  Status leave_all_out();

  TableSalvage salvage_;
  Target to_;
  Phase phase_ = Phase::kBefore;
  bool are_commits_whole_ = true;  // Up to base, in what they say of the catalog.
  TableSalvage::Tables kept_;
  std::optional<TableSalvage::Copy> copy_;  // Of the phase's tree.
  uint64_t copied_before_ = 0;              // Entries gone through by the copies before it.
};

}  // namespace stele::db
