// Verification: reads trees and log back from disk, piece by piece, and recomputes everything in
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "db/database.h"
#include "db/tree_check.h"
#include "engine/held_view.h"
#include "events/chain_check.h"
#include "wal/reader.h"

namespace stele::db {

// Threads: one at a time; appends may go on meanwhile.
class Verify {
 public:
  // Checks what is visible now.
  static Result<std::unique_ptr<Verify>> start(std::shared_ptr<Database> database);

  // Checks about a mebibyte. Returns false when everything is checked and sound. TOO_OLD: it has
  // rested, and what it checks was given up.
  Result<bool> step();

  // As of the last step. From one to the next the trees may be given up, and nothing asks them.
  [[nodiscard]] uint64_t bytes_done() const { return bytes_done_; }
  [[nodiscard]] uint64_t bytes_total() const { return bytes_total_; }
  [[nodiscard]] const events::ChainCheck& chain() const { return chain_; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  Verify(std::shared_ptr<Database> database, uint64_t log_bytes);
  // Returns the error with what was being done, and with an event where one must be named.
  [[nodiscard]] std::unexpected<Error> failure(Error error) const;
  Result<bool> make_step();
  // Counts what is done. Requires: the view is held.
  void note_progress();
  // Opens the segment in which the log goes on behind the trees.
  Status enter_first_segment();
  // Opens the next segment, behind the one being read.
  Status enter_next_segment();
  // Finds out how many bytes of the segment count.
  Status find_end();
  // Checks the next frame; moves to the next segment where this one ends.
  Status check_frame();
  // Checks that no event before has the id of one of these. Requires: a sound commit.
  [[nodiscard]] Status check_ids(const engine::CommitView& commit);

  std::shared_ptr<Database> database_;
  engine::Pipeline::LogHold hold_;  // Before the view is taken.
  engine::Snapshot now_;            // The same.
  engine::HeldView held_;
  events::History history_;
  uint64_t last_tsn_;   // The last commit to check, ...
  uint64_t head_;       // ... and the last event.
  uint64_t log_bytes_;  // Of the log, to check.
  uint64_t bytes_total_ = 0;
  uint64_t bytes_done_ = 0;
  uint64_t bytes_before_ = 0;  // In the segments already read.
  bool done_ = false;
  events::ChainCheck chain_;
  TreeCheck trees_;
  std::optional<wal::SegmentReader> reader_;  // None before the first step.
  uint64_t number_ = 0;                       // Of the segment being read.
  uint64_t end_ = 0;                          // Bytes of it that count.
};

}  // namespace stele::db
