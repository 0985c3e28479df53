// Idempotency keys: guard, section and recovery.
#include "events/keys.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "engine/commit_tree.h"
#include "tree/apply.h"

namespace stele::events {

namespace {

// Returns "commit 7, events 10 to 12".
std::string place_of(const engine::Stamp& stamp) {
  const std::string commit = cat("commit ", stamp.tsn);
  if (stamp.event_count == 0) return cat(commit, ", without events");
  if (stamp.event_count == 1) return cat(commit, ", event ", stamp.first_position);
  return cat(commit, ", events ", stamp.first_position, " to ", stamp.last_position());
}

// Returns the size of the key, or 0 when this is no key section.
size_t sound_key_size(uint32_t count, ByteView section) {
  if (count != 1 || section.size() < kKeyBytesOffset) return 0;
  const size_t size = load_le<uint16_t>(section.data() + kKeySizeOffset);
  if (size > kKeySizeMax || section.size() != kKeyBytesOffset + align_up(size)) return 0;
  const bool zeros = is_zero(section.subspan(kKeySizeOffset + 2, kKeyDigestOffset - 2)) &&
                     is_zero(section.subspan(kKeyBytesOffset + size));
  return zeros ? size : 0;
}

constexpr size_t kTreeTsnOffset = 0;
constexpr size_t kTreeDigestOffset = kTreeTsnOffset + 8;
constexpr size_t kTreeValueSize = kTreeDigestOffset + sizeof(Digest);
static_assert(kTreeValueSize == 40);

Result<std::optional<Keys::Entry>> find_in_trees(const engine::Trees& trees, std::string_view key) {
  tree::Found found;
  const auto there = tree::get(*trees.file, trees.root(kKeyTree), as_bytes(key), found);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  const ByteView value = found.value.bytes;
  const bool sized = !found.value.is_large && value.size() == kTreeValueSize;
  const auto tsn = sized ? load_le<uint64_t>(value.data() + kTreeTsnOffset) : 0;
  if (tsn == 0 || tsn > trees.applied.tsn) {
    return fail(Code::kCorrupt, cat(trees.file->path(), ": tree ", kKeyTree, ", key ", quoted(key),
                                    ": its value is impossible"));
  }
  Keys::Entry entry = {};
  std::copy_n(value.data() + kTreeDigestOffset, entry.batch.size(), entry.batch.begin());
  const auto info = engine::CommitTree(trees).info_of(tsn);
  if (!info) return fail(info.error());
  entry.stamp = info->stamp;
  return entry;
}

class KeyChanges final : public tree::ChangeSource {
 public:
  explicit KeyChanges(const Keys& keys)
      : next_(keys.entries().begin()), end_(keys.entries().end()) {}

  Result<const tree::Change*> next() override {
    if (next_ == end_) return nullptr;
    const auto& [key, entry] = *next_++;
    store_le(value_.data() + kTreeTsnOffset, entry.stamp.tsn);
    std::ranges::copy(entry.batch, value_.data() + kTreeDigestOffset);
    change_ = {.key = as_bytes(key), .value = value_};
    return &change_;
  }

 private:
  Keys::Entries::const_iterator next_;
  Keys::Entries::const_iterator end_;
  std::array<uint8_t, kTreeValueSize> value_ = {};
  tree::Change change_ = {};
};

}  // namespace

std::optional<Keys::Entry> Keys::find(std::string_view key, uint64_t tsn) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.stamp.tsn > tsn) return std::nullopt;
  return found->second;
}

bool Keys::add(std::string_view key, const Entry& entry) {
  constexpr uint64_t kNode = 128;  // About what a node of the map takes, apart from a long key.
  const std::lock_guard lock(mutex_);
  if (!entries_.emplace(key, entry).second) return false;
  bytes_.fetch_add(kNode + key.size(), std::memory_order_relaxed);
  return true;
}

Result<std::optional<Keys::Entry>> find_key(const engine::View& view, std::string_view key,
                                            uint64_t from, uint64_t tsn) {
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const bool is_last = i + 1 == view.chunks.size();
    if (!is_last && view.chunks[i + 1]->before().tsn <= from) return std::nullopt;
    if (auto entry = Keys::of(*view.chunks[i]).find(key, tsn)) return entry;
  }
  if (view.trees->file == nullptr || view.trees->applied.tsn <= from) return std::nullopt;
  return find_in_trees(*view.trees, key);
}

std::optional<engine::Objection> KeyGuard::check(const engine::View& view,
                                                 const engine::Snapshot& held,
                                                 const engine::Snapshot& now) {
  const auto found = find_key(view, use_.key, held.tsn, now.tsn);
  if (!found) return engine::objection(found.error());
  if (!*found) return std::nullopt;
  const auto& entry = *found;
  const engine::Stamp& stamp = entry->stamp;
  if (entry->batch == use_.batch) return engine::Objection{.tsn = stamp.tsn, .earlier = stamp};
  return engine::Objection{
      .code = Code::kKeyReused,
      .position = stamp.event_count == 0 ? 0 : stamp.first_position,
      .tsn = stamp.tsn,
      .message = cat("key ", quoted(use_.key), " was used for another batch: ", place_of(stamp))};
}

void KeyPart::encode(const engine::Stamp& /*stamp*/, ByteSpan into) {
  std::ranges::fill(into, uint8_t{0});
  store_le(into.data() + kKeySizeOffset, static_cast<uint16_t>(use_.key.size()));
  copy_bytes(into.data() + kKeyDigestOffset, use_.batch);
  copy_bytes(into.data() + kKeyBytesOffset, as_bytes(use_.key));
}

void KeyPart::apply_to_tail(const engine::View& view, const engine::Stamp& stamp,
                            ByteSpan /*section*/, uint64_t /*visible*/) {
  const bool is_new = Keys::of(view.active()).add(use_.key, {.stamp = stamp, .batch = use_.batch});
  STELE_CHECK(is_new);
}

Result<KeyUse> decode_key_section(const engine::Stamp& stamp, uint32_t count, ByteView section) {
  const size_t size = sound_key_size(count, section);
  if (size == 0) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its key section is damaged"));
  }
  KeyUse use = {.key = std::string(as_text(section.subspan(kKeyBytesOffset, size))), .batch = {}};
  std::copy_n(section.data() + kKeyDigestOffset, use.batch.size(), use.batch.begin());
  return use;
}

Status KeyParticipant::replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                              ByteView section) {
  const auto use = decode_key_section(stamp, count, section);
  if (!use) return fail(use.error());
  const std::string& key = use->key;
  const Keys::Entry entry = {.stamp = stamp, .batch = use->batch};
  const auto before = find_key(view, key, 0, stamp.tsn);
  if (!before) return fail(before.error());
  if (*before || !Keys::of(view.active()).add(key, entry)) {
    return fail(Code::kCorrupt,
                cat("commit ", stamp.tsn, ": its key ", quoted(key), " was used before"));
  }
  return {};
}

Status KeyParticipant::checkpoint(page::PageWriter& writer, const engine::View& view,
                                  engine::Roots& roots) {
  KeyChanges changes(Keys::of(*view.chunks.front()));
  const auto keys =
      tree::apply(writer, view.trees->root(kKeyTree), tree::LeafKind::kSlotted, changes);
  if (!keys) return fail(keys.error());
  roots[std::string(kKeyTree)] = *keys;
  return {};
}

}  // namespace stele::events
