// One source for each kind of walk.
#include "events/walk.h"

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "base/text.h"
#include "events/digest.h"
#include "events/reader.h"

namespace stele::events {

namespace {

// From an event back to the first of its entity. The hash of each is computed again from its
// content and the hash of the one before.
class Ancestors final : public EventSource {
 public:
  Ancestors(const Tail& tail, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(tail, snapshot, kNoLimit), at_(position) {}

 private:
  Result<uint64_t> next_position() override {
    if (at_ == 0) return 0;
    const RecordView record = tail().record(at_);
    const uint64_t before = previous_of(record);
    const uint8_t* bound_to = before == 0 ? kNoHash.data() : tail().record(before).hash();
    Digest digest;
    header_digests({&record, 1}, {&digest, 1});
    const Digest hash = event_hash(digest, bound_to);
    if (!std::ranges::equal(hash, ByteView(record.hash(), hash.size()))) {
      return fail(Error(Code::kCorrupt, cat("walk: event ", at_,
                                            " has not the hash that its content and the event "
                                            "before it of its entity give"))
                      .with_position(at_));
    }
    const uint64_t found = at_;
    at_ = before;
    return found;
  }

  [[nodiscard]] uint64_t previous_of(const RecordView& record) const {
    if (record.entity().empty()) return 0;
    return tail().terms().find(TermKind::kEntity, record.entity())->before(record.position());
  }

  uint64_t at_;
};

// From an event to the one whose id is its causation id, and so on.
class Causes final : public EventSource {
 public:
  Causes(const Tail& tail, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(tail, snapshot, kNoLimit), at_(position) {}

 private:
  Result<uint64_t> next_position() override {
    // Whoever makes up ids can make events each other's cause.
    if (at_ == 0 || !seen_.insert(at_).second) return 0;
    const uint64_t found = at_;
    const uint8_t* cause = tail().record(at_).causation_id();
    at_ = cause == nullptr ? 0 : tail().position_of(cause, id_hash(cause), snapshot().head);
    return found;
  }

  uint64_t at_;
  std::unordered_set<uint64_t> seen_;
};

// An event, those that name its id as their cause, those that name one of theirs, and so on: the
// nearest position next.
class Effects final : public EventSource {
 public:
  Effects(const Tail& tail, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(tail, snapshot, kNoLimit) {
    add(position);
  }

 private:
  void add(uint64_t position) {
    if (seen_.insert(position).second) found_.push(position);
  }
  Result<uint64_t> next_position() override {
    if (found_.empty()) return 0;
    const uint64_t next = found_.top();
    found_.pop();
    const std::string_view id = as_text({tail().record(next).id(), kIdSize});
    if (const Postings* effects = tail().terms().find(TermKind::kCausation, id)) {
      const uint64_t count = effects->count_to(snapshot().head);
      const uint64_t* list = effects->view().list;
      for (uint64_t i = 0; i < count; ++i) add(list[i]);
    }
    return next;
  }

  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> found_;
  std::unordered_set<uint64_t> seen_;
};

std::unique_ptr<EventSource> correlated(const Tail& tail, const engine::Snapshot& snapshot,
                                        uint64_t position) {
  QueryItem item;
  if (const uint8_t* id = tail.record(position).correlation_id()) {
    std::copy_n(id, kIdSize, item.correlations.emplace_back().begin());
  } else {
    item.positions = {.from = position, .to = position + 1};
  }
  return std::make_unique<Reader>(tail, Query{{item}}, ReadOptions(), snapshot);
}

}  // namespace

std::unique_ptr<EventSource> start_walk(const Tail& tail, const engine::Snapshot& snapshot,
                                        uint64_t position, WalkKind kind) {
  switch (kind) {
    case WalkKind::kAncestors:
      return std::make_unique<Ancestors>(tail, snapshot, position);
    case WalkKind::kCauses:
      return std::make_unique<Causes>(tail, snapshot, position);
    case WalkKind::kEffects:
      return std::make_unique<Effects>(tail, snapshot, position);
    case WalkKind::kCorrelation:
      return correlated(tail, snapshot, position);
  }
  return nullptr;
}

}  // namespace stele::events
