// Reading and extending the tree of events.
#include "events/event_tree.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "events/tail.h"
#include "tree/key.h"
#include "wal/frame.h"

namespace stele::events {

namespace {

using Key = std::array<uint8_t, tree::kNumberSize>;

class EventChanges final : public tree::ChangeSource {
 public:
  explicit EventChanges(const Tail& tail) : tail_(tail), position_(tail.before()) {}

  Result<const tree::Change*> next() override {
    if (position_ == tail_.before() + tail_.size()) return nullptr;
    key_ = tree::key_of(++position_);
    change_ = {.key = key_, .value = tail_.record(position_).bytes()};
    return &change_;
  }

 private:
  const Tail& tail_;
  uint64_t position_;
  Key key_ = {};
  tree::Change change_ = {};
};

}  // namespace

EventTreeReader::EventTreeReader(const engine::Trees& trees)
    : trees_(trees),
      values_(*trees.file, trees.root(kEventTree)),
      whole_(os::ScratchAllocator<uint8_t>(trees.scratch)) {}

std::unexpected<Error> EventTreeReader::damaged(uint64_t position,
                                                const std::string& reason) const {
  return fail(Error(Code::kCorrupt, cat(trees_.file->path(), ": tree ", kEventTree, ", event ",
                                        position, ": ", reason))
                  .with_position(position));
}

Status EventTreeReader::find(uint64_t position, tree::Value& value) {
  const auto is_there = values_.find(position, value);
  if (!is_there) return fail(is_there.error());
  if (!*is_there) return damaged(position, "it is missing");
  // No record is longer than a frame, whatever a page may say.
  if (value.is_large && value.size() > wal::kFrameLengthMax) {
    return damaged(position, "its size is impossible");
  }
  return {};
}

Result<RecordView> EventTreeReader::record(uint64_t position) {
  tree::Value value;
  STELE_TRY(find(position, value));
  ByteView bytes = value.bytes;
  if (value.is_large) {
    whole_.resize(value.size());
    STELE_TRY(tree::read_value(*trees_.file, value, 0, whole_));
    bytes = whole_;
  } else if (!whole_.empty()) {
    whole_.clear();  // It may be large, and most are not.
    whole_.shrink_to_fit();
  }
  const auto record = RecordView::decode(bytes);
  if (!record) return damaged(position, record.error().message());
  if (record->size() != bytes.size()) return damaged(position, "there are bytes behind it");
  if (record->position() != position) {
    return damaged(position, cat("event ", record->position(), " stands in its place"));
  }
  return *record;
}

Result<DataPart> EventTreeReader::data(uint64_t position, uint64_t offset, ByteSpan into) {
  tree::Value value;
  STELE_TRY(find(position, value));
  if (!value.is_large) {
    const auto whole = record(position);
    if (!whole) return fail(whole.error());
    return copy_data(*whole, offset, into);
  }
  std::array<uint8_t, kFixedSize> fixed = {};
  if (value.size() < fixed.size()) return damaged(position, "it is shorter than its fixed fields");
  STELE_TRY(tree::read_value(*trees_.file, value, 0, fixed));
  const RecordView record = RecordView::trusted(fixed.data());
  const uint64_t total = load_le<uint32_t>(fixed.data() + kDataSizeOffset);
  const uint64_t start = load_le<uint32_t>(fixed.data() + kPayloadOffset);
  if (record.position() != position || record.size() != value.size() || start > value.size() ||
      total > value.size() - start) {
    return damaged(position, "its fixed fields are not those of such an event");
  }
  DataPart part = {.total = total, .size = 0};
  if (offset >= total) return part;
  part.size = std::min<uint64_t>(into.size(), total - offset);
  STELE_TRY(tree::read_value(*trees_.file, value, start + offset, into.first(part.size)));
  return part;
}

Result<page::Root> add_events(page::PageWriter& writer, const page::Root& root,
                              const engine::Chunk& chunk) {
  EventChanges changes(Tail::of(chunk));
  return tree::apply(writer, root, tree::LeafKind::kDense, changes);
}

}  // namespace stele::events
