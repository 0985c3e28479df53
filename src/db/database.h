// A database: puts events, tracking, keys and tables on the commit pipeline, and owns opening,
// closing and figures.
//
// Threads: everything may be called by any thread. Children (batches, readers, verifications) hold
// the database by shared pointer, so that its memory outlives a close; they ask closed()
// themselves.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "db/meta.h"
#include "engine/checkpointer.h"
#include "engine/held_view.h"
#include "engine/pipeline.h"
#include "events/event_part.h"
#include "events/ids.h"
#include "events/keys.h"
#include "events/tracking.h"
#include "os/environment.h"
#include "tables/catalog_part.h"
#include "tables/row_part.h"

namespace stele::db {

enum class OpenMode : uint8_t { kCreate, kExisting, kNew, kReadOnly };

inline constexpr uint64_t kSegmentSizeMin = uint64_t{64} << 10;
inline constexpr uint64_t kSegmentSizeMax = uint64_t{1} << 30;
inline constexpr uint64_t kSegmentSizeDefault = uint64_t{64} << 20;
inline constexpr uint64_t kMemoryBudgetMin = uint64_t{1} << 20;
inline constexpr uint64_t kMemoryBudgetDefault = uint64_t{256} << 20;

struct OpenOptions {
  OpenMode mode = OpenMode::kCreate;
  uint64_t segment_size = 0;   // 0: that of the database, or the default for a new one.
  bool keep_segments = false;  // Of the log, when nobody needs them any more.
  bool fill_segments = true;   // With zeros, ahead: good for disks.
  uint64_t memory_budget = kMemoryBudgetDefault;  // For pages, the tail and buffers.
  // A close makes a checkpoint when so many bytes of the log are in no tree.
  uint64_t checkpoint_close = uint64_t{1} << 20;
  // Who rests longer between two steps of a backup or a verification, and holds old trees, is told
  // TOO_OLD.
  int64_t reader_age_us = engine::HeldView::kForEver;
  bool strict_after = false;  // A guard's `after` beyond the head is a mistake.
  engine::PipelineOptions pipeline = {};
  std::shared_ptr<void> owned = {};  // Kept until the end: what the environment points to.
};

struct DatabaseStats {
  engine::Snapshot visible;
  int64_t last_recorded;
  uint64_t terms;
  uint64_t recovered_commits;
  uint64_t recovered_cut;
  engine::PipelineStats pipeline;
  engine::CheckpointStats checkpoints;
  page::PageCacheStats cache;
  std::optional<page::PageFileStats> pages;  // Once there are trees.
  uint32_t page_size;                        // The same; 0 before.
  engine::Snapshot applied;                  // What is in the trees.
  engine::ReaderStats readers;               // Who holds older ones.
};

class ContentPool;

class Database {
 public:
  static Result<std::shared_ptr<Database>> open(const os::Environment& environment,
                                                const std::string& path,
                                                const OpenOptions& options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Brings all commits made so far to stable storage.
  Status sync();
  // Brings all commits made so far into trees, and recycles the log that nobody needs then.
  Status checkpoint();

  // One step of a compaction.
  Status rewrite_trees(const engine::Checkpointer::Rewrite& rewrite) {
    return checkpointer_.rewrite(rewrite);
  }

  // Waits for commits in progress, marks the log's end and gives the directory back. Once.
  Status close();
  [[nodiscard]] bool closed() const { return closed_.load(std::memory_order_acquire); }

  [[nodiscard]] engine::Snapshot snapshot() const { return pipeline_.snapshot(); }
  // Returns what the newest durable commit recorded of the source.
  [[nodiscard]] Result<uint64_t> tracked(const std::string& source) const;
  [[nodiscard]] Result<DatabaseStats> stats() const;

  [[nodiscard]] const Meta& meta() const { return meta_; }
  // The segment in which the log begins, if there is any.
  [[nodiscard]] uint64_t first_segment() const { return first_segment_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const os::Environment& environment() const { return environment_; }
  [[nodiscard]] engine::Pipeline& pipeline() { return pipeline_; }
  [[nodiscard]] const engine::Checkpointer& checkpointer() const { return checkpointer_; }
  [[nodiscard]] const engine::Views& views() const { return pipeline_.views(); }
  [[nodiscard]] int64_t reader_age_us() const { return reader_age_us_; }
  [[nodiscard]] bool strict_after() const { return strict_after_; }
  // Memory for what is too large for the budget.
  [[nodiscard]] const os::ScratchPtr& scratch() const { return scratch_; }
  [[nodiscard]] ContentPool& contents() { return *contents_; }
  [[nodiscard]] events::IdClock& id_clock() { return id_clock_; }
  [[nodiscard]] tables::CatalogState& catalog() { return catalog_.state(); }
  // Differs from os::process_generation() in a child of the process that opened the database.
  [[nodiscard]] uint64_t process_generation() const { return process_generation_; }

 private:
  Database(const os::Environment& environment, std::string path, const Meta& meta,
           const OpenOptions& options, std::unique_ptr<os::DirectoryLock> lock);
  Status recover(const OpenOptions& options);

  std::shared_ptr<void> owned_;
  os::Environment environment_;
  std::string path_;
  Meta meta_;
  uint64_t process_generation_;
  bool strict_after_;
  int64_t reader_age_us_;
  std::mutex lock_mutex_;
  std::unique_ptr<os::DirectoryLock> lock_;
  events::IdClock id_clock_;
  events::EventParticipant events_{&id_clock_};
  events::TrackingParticipant tracking_;
  events::KeyParticipant keys_;
  tables::CatalogParticipant catalog_;
  tables::RowParticipant rows_;
  os::ScratchPtr scratch_;
  page::PageCache cache_;                  // Behind the views, which hold its pages.
  std::unique_ptr<ContentPool> contents_;  // Behind the pipeline, whose commits come back to it.
  engine::Pipeline pipeline_;
  engine::Checkpointer checkpointer_;
  uint64_t checkpoint_close_;
  uint64_t recovered_commits_ = 0;
  uint64_t recovered_cut_ = 0;
  uint64_t recovered_segments_ = 0;
  uint64_t first_segment_ = 1;
  uint64_t recovered_bytes_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace stele::db
