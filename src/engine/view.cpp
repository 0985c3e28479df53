// Commits, wherever they are.
#include "engine/view.h"

#include "engine/commit_tree.h"
#include "engine/held_view.h"

namespace stele::engine {

Views::Views(ViewPtr first, os::Clock& clock)
    : readers_(std::make_unique<ReaderRegistry>(clock)), view_(std::move(first)) {}

Views::~Views() = default;

Result<CommitInfo> commit_info(const View& view, uint64_t tsn) {
  if (const Chunk* chunk = view.chunk_of(tsn)) return chunk->info_of(tsn);
  return CommitTree(*view.trees).info_of(tsn);
}

Result<uint64_t> commit_at(const View& view, int64_t time, uint64_t last) {
  uint64_t low = 0;          // Recorded in time, if there is such a commit ...
  uint64_t high = last + 1;  // ... and too late.
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    const auto info = commit_info(view, middle);
    if (!info) return fail(info.error());
    (info->stamp.recorded <= time ? low : high) = middle;
  }
  return low;
}

}  // namespace stele::engine
