// What an event can be found by.
#pragma once

#include <string_view>

#include "events/query.h"
#include "events/record.h"
#include "events/terms.h"

namespace stele::events {

// Calls visit(kind, text) for each term of a record but its id, which has an index of its own.
// Always in the same order.
//
// A type without '.' is its own category and gets no second list: a search for a category looks at
// the type of that name, too.
template <typename Visit>
void for_each_term(const RecordView& record, const Visit& visit) {
  const std::string_view type = record.type();
  visit(TermKind::kType, type);
  const std::string_view category = category_of(type);
  if (category.size() != type.size() && !category.empty()) visit(TermKind::kCategory, category);
  if (!record.entity().empty()) visit(TermKind::kEntity, record.entity());
  if (!record.scope().empty()) visit(TermKind::kScope, record.scope());
  if (const uint8_t* id = record.correlation_id()) {
    visit(TermKind::kCorrelation, as_text({id, kIdSize}));
  }
  if (const uint8_t* id = record.causation_id()) {
    visit(TermKind::kCausation, as_text({id, kIdSize}));
  }
  record.for_each_tag([&](std::string_view tag) { visit(TermKind::kTag, tag); });
}

}  // namespace stele::events
