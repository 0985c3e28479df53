// Reading the trees of commits.
#include "engine/commit_tree.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tree/cursor.h"
#include "tree/key.h"

namespace stele::engine {

namespace {

using Key = std::array<uint8_t, tree::kNumberSize>;

std::unexpected<Error> damaged(const Trees& trees, std::string_view tree, uint64_t tsn,
                               const char* reason) {
  return fail(Code::kCorrupt,
              cat(trees.file->path(), ": tree ", tree, ", commit ", tsn, ": ", reason));
}

}  // namespace

Result<std::vector<uint8_t>> CommitTree::dense_value(uint64_t tsn, size_t size_max) const {
  tree::Found found;
  const Key key = tree::key_of(tsn);
  const auto there = tree::get(*trees_.file, trees_.root(kCommitTree), key, found);
  if (!there) return fail(there.error());
  if (!*there) return damaged(trees_, kCommitTree, tsn, "it is missing");
  std::vector<uint8_t> value(std::min<uint64_t>(found.value.size(), size_max));
  if (value.size() < kCommitHeaderSize) {
    return damaged(trees_, kCommitTree, tsn, "it is too short");
  }
  STELE_TRY(tree::read_value(*trees_.file, found.value, 0, value));
  return value;
}

Result<CommitEntry> CommitTree::entry_of(uint64_t tsn) const {
  if (tsn <= dense()) {
    auto value = dense_value(tsn, SIZE_MAX);
    if (!value) return fail(std::move(value).error());
    return CommitEntry::single(tsn, *std::move(value));
  }
  tree::Cursor cursor(*trees_.file, trees_.root(kMergedTree));
  const auto there = cursor.seek(merged_key(tsn));
  if (!there) return fail(there.error());
  if (!*there) return damaged(trees_, kMergedTree, tsn, "it is missing");
  const tree::Value value = cursor.value();
  std::vector<uint8_t> bytes(value.size());
  STELE_TRY(tree::read_value(*trees_.file, value, 0, bytes));
  auto entry = CommitEntry::decode(decode_merged_key(cursor.key()), bytes);
  if (!entry) return damaged(trees_, kMergedTree, tsn, "its entry is damaged");
  if (!entry->holds(tsn)) return damaged(trees_, kMergedTree, tsn, "it is missing");
  return *std::move(entry);
}

Result<CommitInfo> CommitTree::info_of(uint64_t tsn) const {
  std::vector<uint8_t> header;
  if (tsn <= dense()) {
    auto value = dense_value(tsn, kCommitHeaderSize);
    if (!value) return fail(std::move(value).error());
    header = *std::move(value);
  } else {
    const auto entry = entry_of(tsn);
    if (!entry) return fail(entry.error());
    header = entry->commit_of(tsn);
  }
  const auto commit = CommitView::decode(tsn, header);
  if (!commit) return fail(commit.error());
  return CommitInfo{commit->stamp(), commit->merkle_root(), commit->chained_root()};
}

Result<std::vector<uint8_t>> CommitTree::value_of(uint64_t tsn) const {
  if (tsn <= dense()) return dense_value(tsn, SIZE_MAX);
  const auto entry = entry_of(tsn);
  if (!entry) return fail(entry.error());
  return entry->commit_of(tsn);
}

}  // namespace stele::engine
