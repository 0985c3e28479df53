// One source for each kind of walk.
#include "events/walk.h"

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "base/text.h"
#include "events/digest.h"
#include "events/positions.h"
#include "events/reader.h"

namespace stele::events {

namespace {

// From an event back to the first of its entity. The hash of each is computed again from its
// content and the hash of the one before.
class Ancestors final : public EventSource {
 public:
  Ancestors(const engine::Views& views, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(views, snapshot, kNoLimit), at_(position) {}

 private:
  Result<uint64_t> next_position() override {
    if (at_ == 0) return 0;
    const auto record = history().record(at_);
    if (!record) return 0;
    Digest digest;
    header_digests({&*record, 1}, {&digest, 1});
    Digest stored;
    std::copy_n(record->hash(), stored.size(), stored.begin());
    uint64_t before = 0;
    if (!record->entity().empty() && at_ > 1) {
      const std::string entity(record->entity());
      before = newest_position(history(), TermKind::kEntity, entity, at_ - 1);
    }
    // The record is gone when the one before is asked for.
    const auto bound_to = before == 0 ? std::nullopt : history().record(before);
    if (!history().status()) return 0;
    if (event_hash(digest, bound_to ? bound_to->hash() : kNoHash.data()) != stored) {
      return fail(Error(Code::kCorrupt, cat("walk: event ", at_,
                                            " has not the hash that its content and the event "
                                            "before it of its entity give"))
                      .with_position(at_));
    }
    const uint64_t found = at_;
    at_ = before;
    return found;
  }

  uint64_t at_;
};

// From an event to the one whose id is its causation id, and so on.
class Causes final : public EventSource {
 public:
  Causes(const engine::Views& views, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(views, snapshot, kNoLimit), at_(position) {}

 private:
  Result<uint64_t> next_position() override {
    // Whoever makes up ids can make events each other's cause.
    if (at_ == 0 || !seen_.insert(at_).second) return 0;
    const uint64_t found = at_;
    const auto record = history().record(at_);
    if (!record) return 0;
    Uuid cause;
    const uint8_t* id = record->causation_id();
    if (id != nullptr) std::copy_n(id, cause.size(), cause.begin());
    at_ = id == nullptr ? 0 : history().position_of(cause.data(), snapshot().head);
    return found;
  }

  uint64_t at_;
  std::unordered_set<uint64_t> seen_;
};

// An event, those that name its id as their cause, those that name one of theirs, and so on: the
// nearest position next.
class Effects final : public EventSource {
 public:
  Effects(const engine::Views& views, const engine::Snapshot& snapshot, uint64_t position)
      : EventSource(views, snapshot, kNoLimit) {
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
    const auto record = history().record(next);
    if (!record) return 0;
    const std::string id(as_text({record->id(), kIdSize}));
    Positions effects(history(), TermKind::kCausation, id, Direction::kForward);
    for (uint64_t from = 1;; ++from) {
      from = effects.at_or_after(from);
      if (from > snapshot().head) break;
      add(from);
    }
    return next;
  }

  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> found_;
  std::unordered_set<uint64_t> seen_;
};

Result<std::unique_ptr<EventSource>> correlated(const engine::Views& views,
                                                const engine::Snapshot& snapshot,
                                                uint64_t position) {
  History history(views);
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  QueryItem item;
  if (const uint8_t* id = record->correlation_id()) {
    std::copy_n(id, kIdSize, item.correlations.emplace_back().begin());
  } else {
    item.positions = {.from = position, .to = position + 1};
  }
  return std::make_unique<Reader>(views, Query{{item}}, ReadOptions(), snapshot);
}

}  // namespace

Result<std::unique_ptr<EventSource>> start_walk(const engine::Views& views,
                                                const engine::Snapshot& snapshot, uint64_t position,
                                                WalkKind kind) {
  switch (kind) {
    case WalkKind::kAncestors:
      return std::make_unique<Ancestors>(views, snapshot, position);
    case WalkKind::kCauses:
      return std::make_unique<Causes>(views, snapshot, position);
    case WalkKind::kEffects:
      return std::make_unique<Effects>(views, snapshot, position);
    case WalkKind::kCorrelation:
      return correlated(views, snapshot, position);
  }
  return fail(Code::kInvalid, "walk: an unknown kind");
}

}  // namespace stele::events
