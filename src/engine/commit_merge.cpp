// Entries of commits, as a checkpoint makes them.
#include "engine/commit_merge.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/varint.h"
#include "engine/commit_tree.h"
#include "tree/apply.h"
#include "tree/cursor.h"
#include "tree/key.h"

namespace stele::engine {

namespace {

// Stores what the trees keep of a commit: all but its events, which have a tree of their own, and
// its rows, which do not stay for ever.
Status make_value(const Chunk& chunk, uint64_t tsn, std::vector<uint8_t>& value) {
  const uint8_t* payload = chunk.payload(tsn);
  value.insert(value.end(), payload, payload + kCommitHeaderSize);
  const size_t header = value.size() - kCommitHeaderSize;
  uint32_t sections = 0;
  STELE_TRY(chunk.commit(tsn).for_each_section([&](const SectionView& section) -> Status {
    if (section.kind == SectionKind::kEvents || section.kind == SectionKind::kRows) return {};
    const size_t at = value.size();
    value.resize(at + kSectionHeaderSize + align_up(section.bytes.size()), 0);
    encode_section_header(value.data() + at, section.kind, section.count, section.bytes.size());
    copy_bytes(value.data() + at + kSectionHeaderSize, section.bytes);
    ++sections;
    return {};
  }));
  store_le(value.data() + header + kCommitSectionCountOffset, sections);
  return {};
}

Result<bool> has_rows_alone(const Chunk& chunk, uint64_t tsn) {
  if (chunk.stamp_of(tsn).event_count != 0) return false;
  bool others = false;
  STELE_TRY(chunk.commit(tsn).for_each_section([&](const SectionView& section) -> Status {
    others |= section.kind != SectionKind::kRows;
    return {};
  }));
  return !others;
}

// Whether two neighbours in the chunk could be merged.
Result<bool> can_merge(const Chunk& chunk) {
  bool before = false;
  for (uint64_t tsn = chunk.before().tsn + 1; chunk.holds(tsn); ++tsn) {
    const auto alone = has_rows_alone(chunk, tsn);
    if (!alone) return fail(alone.error());
    if (before && *alone) return true;
    before = *alone;
  }
  return false;
}

// One entry for each commit.
class DenseChanges final : public tree::ChangeSource {
 public:
  explicit DenseChanges(const Chunk& chunk) : chunk_(chunk), tsn_(chunk.before().tsn) {}

  Result<const tree::Change*> next() override {
    if (!chunk_.holds(++tsn_)) return nullptr;
    value_.clear();
    STELE_TRY(make_value(chunk_, tsn_, value_));
    key_ = tree::key_of(tsn_);
    change_ = {.key = key_, .value = value_};
    return &change_;
  }

 private:
  const Chunk& chunk_;
  uint64_t tsn_;
  std::array<uint8_t, tree::kNumberSize> key_ = {};
  std::vector<uint8_t> value_;
  tree::Change change_ = {};
};

// As few entries as possible. The last one of the tree may go on.
class MergedChanges final : public tree::ChangeSource {
 public:
  MergedChanges(const Chunk& chunk, uint64_t timed)
      : chunk_(chunk), timed_(timed), tsn_(chunk.before().tsn + 1) {}

  // Takes the last entry of the tree into account. To be called before all others.
  Status begin_behind(const CommitEntry& last) {
    if (!last.has_rows_alone() || (last.is_merged() && last.has_times())) return {};
    if (!is_untimed(last.stamp_of(last.last())) || !chunk_.holds(tsn_)) return {};
    const auto alone = has_rows_alone(chunk_, tsn_);
    if (!alone) return fail(alone.error());
    if (!*alone || !is_untimed(chunk_.stamp_of(tsn_))) return {};
    before_ = last.count();
    erases_ = true;
    return {};
  }

  Result<const tree::Change*> next() override {
    if (std::exchange(erases_, false)) {
      key_ = merged_key(chunk_.before().tsn);
      change_ = {.key = key_, .is_erase = true};
      return &change_;
    }
    if (!chunk_.holds(tsn_)) return nullptr;
    uint64_t count = 1 + std::exchange(before_, 0);
    const auto alone = has_rows_alone(chunk_, tsn_);
    if (!alone) return fail(alone.error());
    times_.clear();
    if (*alone) STELE_TRY(extend(count));
    value_.resize(kVarintSizeMax);
    value_.resize(put_varint(count, value_.data()));
    STELE_TRY(make_value(chunk_, tsn_, value_));
    value_.insert(value_.end(), times_.begin(), times_.end());
    key_ = merged_key(tsn_++);
    change_ = {.key = key_, .value = value_};
    return &change_;
  }

 private:
  // Nobody asks for the time, and no root binds it: there is no event before.
  [[nodiscard]] bool is_untimed(const Stamp& stamp) const {
    return stamp.first_position == 1 && stamp.tsn < timed_;
  }

  // Goes on to the last commit that belongs to the entry that begins at `tsn_`.
  Status extend(uint64_t& count) {
    Stamp stamp = chunk_.stamp_of(tsn_);
    const bool untimed = is_untimed(stamp);
    while (chunk_.holds(tsn_ + 1) && times_.size() < kTimesMax) {
      const Stamp following = chunk_.stamp_of(tsn_ + 1);
      const auto alone = has_rows_alone(chunk_, tsn_ + 1);
      if (!alone) return fail(alone.error());
      if (!*alone || is_untimed(following) != untimed) return {};
      if (!untimed) {
        std::array<uint8_t, kVarintSizeMax> bytes;
        const auto difference =
            static_cast<uint64_t>(following.recorded) - static_cast<uint64_t>(stamp.recorded);
        const size_t size = put_varint(difference, bytes.data());
        times_.insert(times_.end(), bytes.data(), bytes.data() + size);
      }
      stamp = following;
      ++tsn_;
      ++count;
    }
    return {};
  }

  const Chunk& chunk_;
  const uint64_t timed_;
  uint64_t tsn_;         // The next commit.
  uint64_t before_ = 0;  // Commits of the tree's last entry, which go on.
  bool erases_ = false;
  MergedKey key_ = {};
  std::vector<uint8_t> value_;
  std::vector<uint8_t> times_;
  tree::Change change_ = {};
};

}  // namespace

Status add_commits(page::PageWriter& writer, const View& view, uint64_t timed, Roots& roots) {
  const Chunk& chunk = *view.chunks.front();
  const page::Root merged = view.trees->root(kMergedTree);
  bool merges = merged.entries > 0;
  if (!merges) {
    const auto can = can_merge(chunk);
    if (!can) return fail(can.error());
    merges = *can;
  }
  if (!merges) {
    DenseChanges changes(chunk);
    const auto root =
        tree::apply(writer, view.trees->root(kCommitTree), tree::LeafKind::kDense, changes);
    if (!root) return fail(root.error());
    roots[std::string(kCommitTree)] = *root;
    return {};
  }
  MergedChanges changes(chunk, timed);
  if (merged.entries > 0) {
    const auto last = CommitTree(*view.trees).entry_of(chunk.before().tsn);
    if (!last) return fail(last.error());
    STELE_TRY(changes.begin_behind(*last));
  }
  const auto root = tree::apply(writer, merged, tree::LeafKind::kSlotted, changes);
  if (!root) return fail(root.error());
  roots[std::string(kMergedTree)] = *root;
  return {};
}

}  // namespace stele::engine
