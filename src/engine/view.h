// A view: where everything committed is to be found at one moment. Immutable, and replaced as a
// whole.
//
//     trees (one generation of the page file)  +  chunks of the tail, oldest first
//
// The trees hold the commits up to their applied TSN, the chunks those behind it, without overlap.
// Commits are added to the last chunk; who took a view sees them in it. Who holds a view keeps its
// pages and its chunks.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/chunk.h"
#include "engine/snapshot.h"
#include "os/environment.h"
#include "os/scratch.h"
#include "page/page_file.h"

namespace stele::engine {

// The trees of one checkpoint.
struct Trees {
  std::shared_ptr<page::PageFile> file = {};      // Null before the first checkpoint.
  std::shared_ptr<const page::State> state = {};  // Keeps its pages; null as `file`.
  Snapshot applied = {};                          // What is in them.
  os::ScratchPtr scratch = {};                    // For values that are too large for memory.

  [[nodiscard]] page::Root root(std::string_view name) const {
    return state == nullptr ? page::Root() : state->root(name);
  }
};

struct View {
  std::shared_ptr<const Trees> trees;          // Never null.
  std::vector<std::shared_ptr<Chunk>> chunks;  // Oldest first; commits are added to the last.

  [[nodiscard]] Chunk& active() const { return *chunks.back(); }
  // Returns the chunk that holds a commit, null: it is in the trees. Requires: it was sequenced.
  [[nodiscard]] const Chunk* chunk_of(uint64_t tsn) const {
    for (size_t i = chunks.size(); i-- > 0;) {
      if (tsn > chunks[i]->before().tsn) return chunks[i].get();
    }
    return nullptr;
  }
  // The same for an event's position.
  [[nodiscard]] const Chunk* chunk_at(uint64_t position) const {
    for (size_t i = chunks.size(); i-- > 0;) {
      if (position > chunks[i]->before().head) return chunks[i].get();
    }
    return nullptr;
  }
};

using ViewPtr = std::shared_ptr<const View>;

// Returns what is known of a commit. Requires: 1 <= tsn <= a visible TSN.
[[nodiscard]] Result<CommitInfo> commit_info(const View& view, uint64_t tsn);

// Returns the last commit <= `last` that was recorded at `time` or before, 0 for none.
[[nodiscard]] Result<uint64_t> commit_at(const View& view, int64_t time, uint64_t last);

class ReaderRegistry;

// The newest view, and who reads in it or in older ones.
class Views {
 public:
  Views(ViewPtr first, os::Clock& clock);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  [[nodiscard]] ViewPtr current() const {
    const std::lock_guard lock(mutex_);
    return view_;
  }
  [[nodiscard]] ReaderRegistry& readers() const { return *readers_; }
  // Changes when current() does.
  [[nodiscard]] uint64_t version() const { return version_.load(std::memory_order_acquire); }
  void replace(ViewPtr view) {
    {
      const std::lock_guard lock(mutex_);
      view_.swap(view);
    }
    version_.fetch_add(1, std::memory_order_release);
  }

 private:
  std::unique_ptr<ReaderRegistry> readers_;
  mutable std::mutex mutex_;  // Taken behind all others.
  ViewPtr view_;
  std::atomic<uint64_t> version_ = 1;
};

}  // namespace stele::engine
