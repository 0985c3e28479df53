// A backup: a directory that becomes a database with everything that was committed when it began,
// copied while the original goes on.
//
//     mark        backup.unfinished is there: until it is gone, the directory is no database
//     checkpoint  everything committed so far is in the trees, whose generation is held
//     pages       are copied, a mebibyte a step
//     log         an empty one; of a database that is only read, a copy of its segments
//     meta        stele.meta, the same uuid: it is the same history
//     unmark      and the names are durable: now it is a database
//
// Killed at any point, it is begun again in the same directory: pages that are there already are
// not written again. A database opened for reading only makes no checkpoint, so its log is copied,
// too.
//
// Threads: one at a time; commits and checkpoints go on meanwhile. The pages of the generation are
// not reused until it is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/unfinished.h"
#include "engine/held_view.h"
#include "page/page_copy.h"

namespace stele::db {

class Backup {
 public:
  // Begins, or begins again, in the directory `path` of `files`, which is made if it is missing.
  // EXISTS: there is a database; INVALID: there are other files, or an unfinished backup of another
  // database; BUSY: somebody else is at work there.
  static Result<std::unique_ptr<Backup>> start(std::shared_ptr<Database> database,
                                               os::FileSystem& files, const std::string& path);
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;
  ~Backup();

  // Copies about a mebibyte. Returns false when the backup is a database, durably. TOO_OLD: it has
  // rested, and what it copies was given up. After an error it cannot be finished.
  Result<bool> step();

  // As of the last step: from one to the next the pages may be given up.
  [[nodiscard]] uint64_t bytes_done() const { return bytes_done_; }
  [[nodiscard]] uint64_t bytes_total() const { return bytes_total_; }
  // What is in it: everything up to this commit.
  [[nodiscard]] engine::Snapshot content() const { return content_; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  // A segment of the log that is copied.
  struct Segment {
    std::string name;
    uint64_t size;
    uint64_t done;
  };

  Backup(std::shared_ptr<Database> database, os::FileSystem& files, std::string path)
      : database_(std::move(database)), files_(files), path_(std::move(path)) {}

  [[nodiscard]] const engine::View& view() const { return *held_->view(); }
  void read();
  Status begin_pages();
  Status list_segments();
  Status make_step();
  // Counts what is done. Requires: the view is held, or all is done.
  void note_progress();
  Status copy_piece(Segment& segment);
  Status finish();
  [[nodiscard]] bool copies_log() const { return !database_->pipeline().writes(); }

  std::shared_ptr<Database> database_;
  os::FileSystem& files_;
  std::string path_;
  std::unique_ptr<UnfinishedDirectory> directory_;
  std::optional<engine::HeldView> held_;  // Keeps the generation.
  engine::Snapshot content_;
  std::unique_ptr<page::PageCopy> pages_;  // Null: there is no page file.
  std::vector<Segment> segments_;
  size_t segment_ = 0;  // The one being copied.
  uint64_t bytes_total_ = 0;
  uint64_t bytes_done_ = 0;
  bool are_pages_done_ = false;
  bool done_ = false;
  std::optional<Error> failure_;  // Of an earlier step.
};

}  // namespace stele::db
