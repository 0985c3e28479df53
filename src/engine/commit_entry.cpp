// Reading entries of merged commits.
#include "engine/commit_entry.h"

#include <algorithm>
#include <utility>

namespace stele::engine {

namespace {

constexpr size_t kZeros = 4;

bool has_rows_alone_in(const std::vector<uint8_t>& commit) {
  return stamp_at(1, commit.data()).event_count == 0 && commit.size() == kCommitHeaderSize &&
         load_le<uint32_t>(commit.data() + kCommitSectionCountOffset) == 0;
}

}  // namespace

MergedKey merged_key(uint64_t tsn) {
  MergedKey key = {};
  store_be(key.data() + kZeros, tsn);
  return key;
}

uint64_t decode_merged_key(ByteView key) {
  if (key.size() != kMergedKeySize || !is_zero(key.first(kZeros))) return 0;
  return load_be<uint64_t>(key.data() + kZeros);
}

CommitEntry CommitEntry::single(uint64_t tsn, std::vector<uint8_t> value) {
  return {tsn, 1, std::move(value)};
}

std::optional<CommitEntry> CommitEntry::decode(uint64_t last, ByteView value) {
  uint64_t count = 0;
  if (!take_varint(value, count) || count == 0 || count > last) return std::nullopt;
  if (value.size() < kCommitHeaderSize) return std::nullopt;
  const ByteView commit = count == 1 ? value : value.first(kCommitHeaderSize);
  CommitEntry entry(last, count, {commit.begin(), commit.end()});
  if (count == 1) return entry;
  const ByteView times = value.subspan(kCommitHeaderSize);
  entry.times_.assign(times.begin(), times.end());
  if (!has_rows_alone_in(entry.commit_) || !entry.are_times_sound()) return std::nullopt;
  return entry;
}

bool CommitEntry::has_rows_alone() const {
  return has_rows_alone_in(commit_);
}

// Times ascend, and none is before the first that there can be.
bool CommitEntry::are_times_sound() const {
  if (times_.empty()) return true;
  const int64_t newest = stamp_at(last_, commit_.data()).recorded;
  uint64_t left = static_cast<uint64_t>(newest) - static_cast<uint64_t>(INT64_MIN);
  uint64_t count = 1;
  for (ByteView rest = times_; !rest.empty(); ++count) {
    uint64_t difference = 0;
    if (!take_varint(rest, difference) || difference == 0 || difference > left) return false;
    left -= difference;
  }
  return count == count_;
}

Stamp CommitEntry::stamp_of(uint64_t tsn) const {
  Stamp stamp = stamp_at(tsn, commit_.data());
  uint64_t behind = 0;  // From the commit's time to that of the last.
  uint64_t at = first();
  for (ByteView rest = times_; !rest.empty(); ++at) {
    uint64_t difference = 0;
    if (!take_varint(rest, difference)) break;
    if (at >= tsn) behind += difference;
  }
  stamp.recorded = static_cast<int64_t>(static_cast<uint64_t>(stamp.recorded) - behind);
  return stamp;
}

std::vector<uint8_t> CommitEntry::commit_of(uint64_t tsn) const {
  if (tsn == last_) return commit_;
  std::vector<uint8_t> commit(kCommitHeaderSize);
  encode_commit_header(commit.data(), stamp_of(tsn), 0);
  return commit;
}

}  // namespace stele::engine
