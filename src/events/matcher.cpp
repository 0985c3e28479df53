// The search of a query over the postings of its terms.
#include "events/matcher.h"

#include <algorithm>

#include "base/check.h"

namespace stele::events {

Matcher::Matcher(const Query& query, const TermTable& terms, Direction direction)
    : terms_(terms), direction_(direction), matches_all_(query.items.empty()) {
  for (const QueryItem& item : query.items) {
    if (item.types.empty() && item.tags.empty()) matches_all_ = true;
    Item solved = {};
    for (const std::string& type : item.types) {
      solved.types.push_back(list_of(TermKind::kType, type));
    }
    for (const std::string& tag : item.tags) solved.tags.push_back(list_of(TermKind::kTag, tag));
    items_.push_back(std::move(solved));
  }
}

uint64_t Matcher::first_hint() const {
  return direction_ == Direction::kForward ? 0 : UINT64_MAX;
}

Matcher::List Matcher::list_of(TermKind kind, const std::string& text) const {
  return {kind, text, terms_.find(kind, text), first_hint()};
}

void Matcher::look_up_again() {
  for (Item& item : items_) {
    item.searched = false;
    for (std::vector<List>* lists : {&item.types, &item.tags}) {
      for (List& list : *lists) {
        if (list.postings == nullptr) list.postings = terms_.find(list.kind, list.text);
      }
    }
  }
}

uint64_t Matcher::item_at_or_after(Item& item, uint64_t from, uint64_t last) {
  uint64_t candidate = from;
  for (;;) {
    const uint64_t before = candidate;
    for (List& tag : item.tags) {
      if (tag.postings == nullptr) return kNoPosition;
      candidate = tag.postings->at_or_after(candidate, tag.hint);
      if (candidate > last) return kNoPosition;
    }
    if (!item.types.empty()) {
      uint64_t nearest = kNoPosition;
      for (List& type : item.types) {
        if (type.postings == nullptr) continue;
        nearest = std::min(nearest, type.postings->at_or_after(candidate, type.hint));
      }
      if (nearest > last) return kNoPosition;
      candidate = nearest;
    }
    // One list alone has no other to agree with.
    if (candidate == before || (item.tags.size() == 1 && item.types.empty())) return candidate;
    if (item.tags.empty()) return candidate;
  }
}

uint64_t Matcher::item_at_or_before(Item& item, uint64_t from) {
  uint64_t candidate = from;
  for (;;) {
    const uint64_t before = candidate;
    for (List& tag : item.tags) {
      if (tag.postings == nullptr) return 0;
      candidate = tag.postings->at_or_before(candidate, tag.hint);
      if (candidate == 0) return 0;
    }
    if (!item.types.empty()) {
      uint64_t nearest = 0;
      for (List& type : item.types) {
        if (type.postings == nullptr) continue;
        nearest = std::max(nearest, type.postings->at_or_before(candidate, type.hint));
      }
      if (nearest == 0) return 0;
      candidate = nearest;
    }
    if (candidate == before || (item.tags.size() == 1 && item.types.empty())) return candidate;
    if (item.tags.empty()) return candidate;
  }
}

uint64_t Matcher::at_or_after(uint64_t from, uint64_t last) {
  STELE_DCHECK(direction_ == Direction::kForward);
  from = std::max<uint64_t>(from, 1);
  if (from > last) return kNoPosition;
  if (matches_all_) return from;
  uint64_t nearest = kNoPosition;
  for (Item& item : items_) {
    if (!item.searched || item.next < from) {
      item.next = item_at_or_after(item, from, last);
      item.searched = true;
    }
    nearest = std::min(nearest, item.next);
  }
  return nearest;
}

uint64_t Matcher::at_or_before(uint64_t from) {
  STELE_DCHECK(direction_ == Direction::kBackward);
  if (matches_all_) return from;
  uint64_t nearest = 0;
  for (Item& item : items_) {
    if (!item.searched || item.next > from) {
      item.next = item_at_or_before(item, from);
      item.searched = true;
    }
    nearest = std::max(nearest, item.next);
  }
  return nearest;
}

}  // namespace stele::events
