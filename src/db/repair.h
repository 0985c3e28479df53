// Makes a new database of what can still be read of a damaged one, which is not changed.
//
//     scan    every page and every frame that is whole, reached from anywhere or not
//     survey  the trees of tables: which of those are whole
//     build   commit after commit: checked as a verification does, replayed as a recovery does, and
//             brought into new trees by checkpoints; terms, entities and ids come out of the
//             events; behind the commit at which they were found, tables are copied
//             (db/table_repair.h)
//     finish  the directory becomes a database
//
// Where something is lost, the caller has said what becomes of what is behind it:
//
//     kRefuse    nothing: the repair ends with CORRUPT, which says what is lost
//     kCut       it is left away: the result is a part of the same history, to its last byte
//     kReplace   it stays in its place, and events of the type stele.lost take that of lost ones:
//                from there on the hashes are other ones, so that receipts and tokens of later
//                positions are refused
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/repaired_tables.h"
#include "db/salvage.h"
#include "db/table_repair.h"
#include "db/unfinished.h"
#include "engine/checkpointer.h"
#include "engine/pipeline.h"
#include "events/chain_check.h"
#include "events/event_part.h"

namespace stele::db {

enum class Lost : uint8_t { kRefuse, kCut, kReplace };

struct RepairStats {
  uint64_t commits;          // In the new database so far, ...
  uint64_t events;           // ... and events.
  uint64_t commits_rebuilt;  // Of them: from their events alone.
  uint64_t commits_lost;     // Replaced, or left away and known to have been there.
  uint64_t events_lost;      // Replaced.
  uint64_t first_lost;       // The position of the first event that is lost or behind it; 0: none.
  uint64_t pages_damaged;
  uint64_t log_damaged;      // Stretches and segments of the log.
  uint32_t tables_left_out;  // That were there; known at the end.
};

class Repair {
 public:
  // Begins, or begins again, in the directory `to`. NOT_FOUND: `from` is no directory; BUSY:
  // somebody has it open for writing; CORRUPT: no file says whose database it was; and what
  // UnfinishedDirectory::begin() says of `to`.
  static Result<std::unique_ptr<Repair>> start(const os::Environment& environment,
                                               const std::string& from, const std::string& to,
                                               Lost lost);
  Repair(const Repair&) = delete;
  Repair& operator=(const Repair&) = delete;
  ~Repair();

  // Does about a mebibyte. Returns false when the new database is there, durably. After an error it
  // cannot be finished.
  Result<bool> step();

  [[nodiscard]] uint64_t bytes_done() const;
  [[nodiscard]] uint64_t bytes_total() const;
  [[nodiscard]] RepairStats stats() const;
  // The tables that were there and are not in the new database, by number; known at the end. One
  // that nothing tells the name of has none.
  [[nodiscard]] const std::vector<tables::TableInfo>& left_out() const { return left_out_; }

 private:
  enum class Phase : uint8_t { kScan, kSurvey, kBuild, kDone };

  Repair(const os::Environment& environment, const std::string& from, const std::string& to,
         const Meta& meta, Lost lost);
  Result<bool> make_step();
  // Adds the next commits, of about `budget` bytes. Returns false when there are no more.
  Result<bool> build(uint64_t budget);
  Result<bool> add_next(uint64_t& size);
  Result<bool> replace_lost(uint64_t tsn, uint64_t& size);
  Status add(Salvage::Found found);
  // Adds the next one of `untimed_`.
  Status add_untimed(uint64_t& size);
  Status replay(uint64_t tsn, ByteView payload, TableRepair::Commit is_there);
  Status seal(Salvage::Found& found);
  Error loss(uint64_t tsn) const;
  Status finish();

  os::Environment environment_;
  std::string from_;
  std::string to_;
  Meta meta_;
  Lost lost_;
  std::unique_ptr<os::DirectoryLock> from_lock_;
  Salvage salvage_;
  Phase phase_ = Phase::kScan;
  std::unique_ptr<UnfinishedDirectory> directory_;
  events::ChainCheck chain_;
  int64_t recorded_ = 0;     // Of the last commit.
  bool is_changed_ = false;  // Hashes are not those that they were.
  // Commits without times that are being added, and which of them is next.
  std::optional<engine::CommitEntry> untimed_;
  uint64_t next_untimed_ = 0;
  RepairStats stats_ = {};

  // The new database.
  events::EventParticipant events_;
  events::TrackingParticipant tracking_;
  events::KeyParticipant keys_;
  RepairedCatalog catalog_;
  RepairedRows rows_{catalog_};
  page::PageCache cache_;
  engine::Pipeline pipeline_;
  engine::Checkpointer checkpointer_;
  TableRepair tables_;
  std::vector<tables::TableInfo> left_out_;
  std::optional<Error> failure_;  // Of an earlier step.
};

}  // namespace stele::db
