// The union of the searches of a query's items.
#include "events/matcher.h"

#include <algorithm>

#include "base/check.h"

namespace stele::events {

namespace {

bool asks_for_nothing(const QueryItem& item) {
  return item.types.empty() && item.categories.empty() && item.tags.empty() &&
         item.entities.empty() && item.prefixes.empty() && item.scopes.empty() &&
         item.correlations.empty() && item.causations.empty() && !item.time && !item.positions;
}

}  // namespace

Matcher::Matcher(const Query& query, History& history, Direction direction)
    : query_(query),
      history_(history),
      direction_(direction),
      matches_all_(query.items.empty() || std::ranges::any_of(query.items, asks_for_nothing)) {
  look_up_again();
}

void Matcher::look_up_again() {
  items_.clear();
  if (matches_all_) return;
  items_.reserve(query_.items.size());
  for (const QueryItem& item : query_.items) items_.push_back({{item, history_, direction_}});
}

bool Matcher::reads_records() const {
  return std::ranges::any_of(items_, [](const Item& item) { return item.search.reads_records(); });
}

uint64_t Matcher::at_or_after(uint64_t from, uint64_t last) {
  STELE_DCHECK(direction_ == Direction::kForward);
  from = std::max<uint64_t>(from, 1);
  if (from > last) return kNoPosition;
  if (matches_all_) return from;
  uint64_t nearest = kNoPosition;
  for (Item& item : items_) {
    if (!item.searched || item.next < from) {
      item.next = item.search.at_or_after(from, last);
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
      item.next = item.search.at_or_before(from);
      item.searched = true;
    }
    nearest = std::max(nearest, item.next);
  }
  return nearest;
}

}  // namespace stele::events
