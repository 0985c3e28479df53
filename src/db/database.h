// A database: puts events, tracking and keys on the commit pipeline, and owns opening, closing and
// figures.
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
#include "engine/pipeline.h"
#include "events/ids.h"
#include "events/keys.h"
#include "events/tail.h"
#include "events/tracking.h"
#include "os/environment.h"

namespace stele::db {

enum class OpenMode : uint8_t { kCreate, kExisting, kNew, kReadOnly };

inline constexpr uint64_t kSegmentSizeMin = uint64_t{64} << 10;
inline constexpr uint64_t kSegmentSizeMax = uint64_t{1} << 30;
inline constexpr uint64_t kSegmentSizeDefault = uint64_t{64} << 20;

struct OpenOptions {
  OpenMode mode = OpenMode::kCreate;
  uint64_t segment_size = 0;   // 0: that of the database, or the default for a new one.
  bool keep_segments = false;  // Of the log, when nobody needs them any more.
  bool fill_segments = true;   // With zeros, ahead: good for disks.
  bool strict_after = false;   // A guard's `after` beyond the head is a mistake.
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

  // Waits for commits in progress, marks the log's end and gives the directory back. Once.
  Status close();
  [[nodiscard]] bool closed() const { return closed_.load(std::memory_order_acquire); }

  [[nodiscard]] engine::Snapshot snapshot() const { return pipeline_.snapshot(); }
  // Returns what the newest durable commit recorded of the source.
  [[nodiscard]] uint64_t tracked(const std::string& source) const;
  [[nodiscard]] Result<DatabaseStats> stats() const;

  [[nodiscard]] const Meta& meta() const { return meta_; }
  // The segment in which the log begins, if there is any.
  [[nodiscard]] uint64_t first_segment() const { return first_segment_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const os::Environment& environment() const { return environment_; }
  [[nodiscard]] engine::Pipeline& pipeline() { return pipeline_; }
  [[nodiscard]] events::Tail& tail() { return tail_; }
  [[nodiscard]] events::Tracking& tracking() { return tracking_; }
  [[nodiscard]] events::Keys& keys() { return keys_; }
  [[nodiscard]] bool strict_after() const { return strict_after_; }
  [[nodiscard]] ContentPool& contents() { return *contents_; }
  [[nodiscard]] events::IdClock& id_clock() { return id_clock_; }
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
  std::mutex lock_mutex_;
  std::unique_ptr<os::DirectoryLock> lock_;
  events::Tail tail_;
  events::Tracking tracking_;
  events::Keys keys_;
  events::IdClock id_clock_;
  std::unique_ptr<ContentPool> contents_;  // Behind the pipeline, whose commits come back to it.
  engine::Pipeline pipeline_;
  uint64_t recovered_commits_ = 0;
  uint64_t recovered_cut_ = 0;
  uint64_t recovered_segments_ = 0;
  uint64_t first_segment_ = 1;
  uint64_t recovered_bytes_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace stele::db
