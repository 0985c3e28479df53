// Checkpoints: bring what is in the tail into trees, so that the log can be short and memory small.
//
//     freeze      commits go on in a new chunk; the one before does not change any more
//     sync        everything in it is durable in the log
//     apply       each participant merges its part of the chunk into its trees
//     commit      one superblock switches to the new trees, and to the TSN they stand at
//     replace     the view goes on with the new trees, and without the chunk
//     release     segments of the log that both superblocks are beyond are recycled
//
// What fails before `commit` has changed nothing: the chunk stays, and the next checkpoint begins
// with it. FULL is passing; another error ends writing.
//
// The floor of the log is the TSN of the older superblock, so that a newest one that is lost costs
// a replay and no commit. When there is nothing to apply, and the older superblock is behind, the
// newest roots are written once more, over it: then a log that nobody adds to is not held.
//
// Threads: any; one checkpoint at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/pipeline.h"
#include "engine/view.h"
#include "os/environment.h"
#include "page/page_cache.h"
#include "page/page_file.h"
#include "wal/recovery.h"

namespace stele::engine {

struct CheckpointStats {
  uint64_t checkpoints;
  uint64_t us;      // They took in all.
  uint64_t us_max;  // The slowest.
};

class Checkpointer {
 public:
  struct Options {
    std::string path;  // Of the page file.
    page::PageFileOptions file;
    bool writes = true;
    os::ScratchPtr scratch = nullptr;  // For who reads in the trees.
  };

  // All of them must outlive it.
  Checkpointer(const os::Environment& environment, Options options, page::PageCache& cache,
               Pipeline& pipeline, std::vector<Participant*> participants);

  // Opens the page file if there is one, and lets the pipeline begin behind what is in it. Stores
  // in `start` from where on the log is needed.
  Status open(wal::LogStart& start);

  // Makes a checkpoint of everything committed so far. CLOSED, READ_ONLY, FULL, IO, CORRUPT.
  Status run();
  // Returns the trees that a generation of the same content has.
  using Rewrite = std::function<Result<page::Roots>(page::PageWriter&, const page::State&)>;
  // Makes such a generation, as one step of a compaction. NOT_FOUND: there was no checkpoint yet.
  Status rewrite(const Rewrite& rewrite);
  // Waits for one that is being made, and lets no other begin.
  void close();
  // The page file, null before the first checkpoint.
  [[nodiscard]] std::shared_ptr<page::PageFile> file() const;

  [[nodiscard]] CheckpointStats stats() const;

 private:
  Status make_file();
  Result<Roots> apply(page::PageWriter& writer, const View& view);
  Status checkpoint(const ViewPtr& view);
  Status renew();
  Status make_again(const page::State& state, const Rewrite& rewrite);

  os::Environment environment_;
  Options options_;
  page::PageCache& cache_;
  Pipeline& pipeline_;
  std::vector<Participant*> participants_;

  mutable std::mutex mutex_;  // Held through a checkpoint; taken before the pipeline's.
  bool closed_ = false;
  std::shared_ptr<page::PageFile> file_;  // Null: there was no checkpoint yet.
  std::atomic<uint64_t> checkpoints_ = 0;
  std::atomic<uint64_t> us_ = 0;
  std::atomic<uint64_t> us_max_ = 0;
};

}  // namespace stele::engine
