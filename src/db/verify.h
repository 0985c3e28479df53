// Verification: reads the log back from disk, piece by piece, and recomputes everything in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "db/database.h"
#include "events/chain_check.h"
#include "wal/reader.h"

namespace stele::db {

// Threads: one at a time; appends may go on meanwhile.
class Verify {
 public:
  // Checks what is visible now.
  static Result<std::unique_ptr<Verify>> start(std::shared_ptr<Database> database);

  // Checks about a mebibyte. Returns false when everything is checked and sound.
  Result<bool> step();

  [[nodiscard]] uint64_t bytes_done() const;
  [[nodiscard]] uint64_t bytes_total() const { return bytes_total_; }
  [[nodiscard]] const events::ChainCheck& chain() const { return chain_; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  Verify(std::shared_ptr<Database> database, uint64_t bytes_total);
  // Returns the error with what was being done, and with an event where one must be named.
  [[nodiscard]] std::unexpected<Error> failure(Error error) const;
  // Opens the next segment, behind the one being read.
  Status enter_next_segment();
  // Checks the next frame; moves to the next segment where this one ends.
  Status check_frame();
  // Checks that no event before has the id of one of these. Requires: a sound commit.
  [[nodiscard]] Status check_ids(const engine::CommitView& commit) const;

  std::shared_ptr<Database> database_;
  uint64_t last_tsn_;  // The last commit to check.
  uint64_t bytes_total_;
  uint64_t bytes_before_ = 0;  // In the segments already read.
  bool done_ = false;
  events::ChainCheck chain_;
  std::optional<wal::SegmentReader> reader_;  // None before the first step.
  uint64_t number_;                           // Of the segment being read, or before the first.
  uint64_t end_ = 0;                          // Bytes of it that count.
};

}  // namespace stele::db
