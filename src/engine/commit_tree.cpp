// Reading and extending the tree of commits.
#include "engine/commit_tree.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tree/key.h"
#include "wal/frame.h"

namespace stele::engine {

namespace {

using Key = std::array<uint8_t, tree::kNumberSize>;

std::unexpected<Error> damaged(const Trees& trees, uint64_t tsn, const char* reason) {
  return fail(Code::kCorrupt,
              cat(trees.file->path(), ": tree ", kCommitTree, ", commit ", tsn, ": ", reason));
}

class CommitChanges final : public tree::ChangeSource {
 public:
  explicit CommitChanges(const Chunk& chunk) : chunk_(chunk), tsn_(chunk.before().tsn) {}

  Result<const tree::Change*> next() override {
    if (!chunk_.holds(++tsn_)) return nullptr;
    STELE_TRY(make_value());
    key_ = tree::key_of(tsn_);
    change_ = {.key = key_, .value = value_};
    return &change_;
  }

 private:
  Status make_value() {
    const uint8_t* payload = chunk_.payload(tsn_);
    value_.assign(payload, payload + kCommitHeaderSize);
    uint32_t sections = 0;
    STELE_TRY(chunk_.commit(tsn_).for_each_section([&](const SectionView& section) -> Status {
      // They have trees of their own, and rows do not stay for ever.
      if (section.kind == SectionKind::kEvents || section.kind == SectionKind::kRows) return {};
      const size_t at = value_.size();
      value_.resize(at + kSectionHeaderSize + align_up(section.bytes.size()), 0);
      encode_section_header(value_.data() + at, section.kind, section.count, section.bytes.size());
      copy_bytes(value_.data() + at + kSectionHeaderSize, section.bytes);
      ++sections;
      return {};
    }));
    store_le(value_.data() + kCommitSectionCountOffset, sections);
    return {};
  }

  const Chunk& chunk_;
  uint64_t tsn_;
  Key key_ = {};
  std::vector<uint8_t> value_;
  tree::Change change_ = {};
};

}  // namespace

Result<CommitInfo> CommitTree::info_of(uint64_t tsn) const {
  tree::Found found;
  const Key key = tree::key_of(tsn);
  const auto there = tree::get(*trees_.file, trees_.root(kCommitTree), key, found);
  if (!there) return fail(there.error());
  if (!*there) return damaged(trees_, tsn, "it is missing");
  std::array<uint8_t, kCommitHeaderSize> header;
  if (found.value.size() < header.size()) return damaged(trees_, tsn, "it is too short");
  STELE_TRY(tree::read_value(*trees_.file, found.value, 0, header));
  const auto commit = CommitView::decode(tsn, header);
  if (!commit) return fail(commit.error());
  return CommitInfo{commit->stamp(), commit->merkle_root(), commit->chained_root()};
}

Result<std::vector<uint8_t>> CommitTree::value_of(uint64_t tsn) const {
  tree::Found found;
  const Key key = tree::key_of(tsn);
  const auto there = tree::get(*trees_.file, trees_.root(kCommitTree), key, found);
  if (!there) return fail(there.error());
  if (!*there) return damaged(trees_, tsn, "it is missing");
  std::vector<uint8_t> value(found.value.size());
  if (value.size() < kCommitHeaderSize) return damaged(trees_, tsn, "it is too short");
  STELE_TRY(tree::read_value(*trees_.file, found.value, 0, value));
  return value;
}

Result<page::Root> add_commits(page::PageWriter& writer, const page::Root& root,
                               const Chunk& chunk) {
  CommitChanges changes(chunk);
  return tree::apply(writer, root, tree::LeafKind::kDense, changes);
}

}  // namespace stele::engine
