// The search of an item over the postings of its terms.
#include "events/item_search.h"

#include <algorithm>

#include "events/record_match.h"

namespace stele::events {

namespace {

// Entities of a prefix whose lists are merged. Beyond them, looking at every record that the other
// lists leave is cheaper than a heap of that size.
constexpr size_t kPrefixLists = 4096;

std::string_view text_of(const std::string& text) {
  return text;
}
std::string_view text_of(const Uuid& id) {
  return as_text(id);
}

}  // namespace

Positions ItemSearch::find(TermKind kind, std::string_view text) {
  return {history_, kind, text, direction_};
}

bool ItemSearch::record_matches(uint64_t position) {
  if (!asks_record_) return true;
  const auto record = history_.record(position);
  return record && matches(item_, *record);
}

void ItemSearch::add(AnyOf group) {
  groups_.push_back(std::move(group));
}

void ItemSearch::look_up_types() {
  if (item_.types.empty() && item_.categories.empty()) return;
  AnyOf group(direction_);
  for (const std::string& type : item_.types) group.add(find(TermKind::kType, type));
  for (const std::string& category : item_.categories) {
    group.add(find(TermKind::kCategory, category));
    // And the type of that name, which is a category of its own if it has no '.'.
    if (!category.contains('.')) group.add(find(TermKind::kType, category));
  }
  add(std::move(group));
}

void ItemSearch::look_up_entities() {
  if (item_.entities.empty() && item_.prefixes.empty()) return;
  AnyOf group(direction_);
  for (const std::string& entity : item_.entities) group.add(find(TermKind::kEntity, entity));
  for (const std::string& prefix : item_.prefixes) {
    const auto entities = history_.with_prefix(TermKind::kEntity, prefix, {}, kPrefixLists + 1);
    if (entities.size() > kPrefixLists) {
      asks_record_ = true;
      return;
    }
    for (const std::string& entity : entities) group.add(find(TermKind::kEntity, entity));
  }
  add(std::move(group));
}

ItemSearch::ItemSearch(const QueryItem& item, History& history, Direction direction)
    : item_(item), history_(history), direction_(direction), asks_record_(item.time.has_value()) {
  look_up_types();
  look_up_entities();
  for (const std::string& tag : item.tags) {
    AnyOf group(direction_);
    group.add(find(TermKind::kTag, tag));
    add(std::move(group));
  }
  const auto add_any = [&](TermKind kind, const auto& values) {
    if (values.empty()) return;
    AnyOf group(direction_);
    for (const auto& value : values) group.add(find(kind, text_of(value)));
    add(std::move(group));
  };
  add_any(TermKind::kScope, item.scopes);
  add_any(TermKind::kCorrelation, item.correlations);
  add_any(TermKind::kCausation, item.causations);
  std::ranges::sort(groups_, {}, &AnyOf::count);
}

uint64_t ItemSearch::agree_forward(uint64_t from, uint64_t last) {
  uint64_t candidate = from;
  for (size_t agreed = 0, i = 0; agreed < groups_.size();) {
    const uint64_t next = groups_[i].at_or_after(candidate);
    if (next > last) return kNoPosition;
    agreed = next == candidate ? agreed + 1 : 1;
    candidate = next;
    if (++i == groups_.size()) i = 0;
  }
  return candidate;
}

uint64_t ItemSearch::agree_backward(uint64_t from) {
  uint64_t candidate = from;
  for (size_t agreed = 0, i = 0; agreed < groups_.size();) {
    const uint64_t next = groups_[i].at_or_before(candidate);
    if (next == 0) return 0;
    agreed = next == candidate ? agreed + 1 : 1;
    candidate = next;
    if (++i == groups_.size()) i = 0;
  }
  return candidate;
}

uint64_t ItemSearch::at_or_after(uint64_t from, uint64_t last) {
  if (item_.positions) {
    from = std::max(from, item_.positions->from);
    if (item_.positions->to == 0) return kNoPosition;
    last = std::min(last, item_.positions->to - 1);
  }
  for (; from <= last; ++from) {
    from = agree_forward(from, last);
    if (from > last) return kNoPosition;
    if (record_matches(from)) return from;
    if (!history_.status()) return kNoPosition;
  }
  return kNoPosition;
}

uint64_t ItemSearch::at_or_before(uint64_t from) {
  uint64_t first = 1;
  if (item_.positions) {
    if (item_.positions->to == 0) return 0;
    from = std::min(from, item_.positions->to - 1);
    first = std::max(first, item_.positions->from);
  }
  for (; from >= first; --from) {
    from = agree_backward(from);
    if (from < first) return 0;
    if (record_matches(from)) return from;
    if (!history_.status()) return 0;
  }
  return 0;
}

}  // namespace stele::events
