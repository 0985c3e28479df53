// Sorting new terms in, and walking a prefix.
#include "events/term_order.h"

#include <algorithm>
#include <iterator>

namespace stele::events {

namespace {

bool less(const Term* a, const Term* b) {
  return a->view() < b->view();
}

// Returns where the terms that begin with `prefix` and are behind `behind` start.
std::vector<const Term*>::const_iterator first_of(const std::vector<const Term*>& terms,
                                                  std::string_view prefix,
                                                  std::string_view behind) {
  const auto text = [](const Term* term) { return term->view(); };
  const auto first = std::ranges::lower_bound(terms, prefix, {}, text);
  return behind.empty() ? first
                        : std::max(first, std::ranges::upper_bound(terms, behind, {}, text));
}

}  // namespace

void TermOrder::catch_up() const {
  const uint64_t size = appeared_.size();
  if (size == seen_) return;
  Terms fresh;
  fresh.reserve(size - seen_);
  for (uint64_t i = seen_; i < size; ++i) fresh.push_back(appeared_[i]);
  std::ranges::sort(fresh, less);
  Terms recent;
  recent.reserve(recent_.size() + fresh.size());
  std::ranges::merge(recent_, fresh, std::back_inserter(recent), less);
  constexpr size_t kSmall = 256;
  if (recent.size() > std::max(sorted_.size() / 8, kSmall)) {
    Terms sorted;
    sorted.reserve(sorted_.size() + recent.size());
    std::ranges::merge(sorted_, recent, std::back_inserter(sorted), less);
    sorted_ = std::move(sorted);
    recent.clear();
  }
  recent_ = std::move(recent);
  seen_ = size;
}

std::vector<const Term*> TermOrder::with_prefix(std::string_view prefix, std::string_view behind,
                                                size_t max) const {
  const std::lock_guard lock(mutex_);
  catch_up();
  Terms found;
  auto a = first_of(sorted_, prefix, behind);
  auto b = first_of(recent_, prefix, behind);
  const auto begins = [&](const Term* term) { return term->view().starts_with(prefix); };
  while (found.size() < max) {
    const bool has_a = a != sorted_.end() && begins(*a);
    const bool has_b = b != recent_.end() && begins(*b);
    if (!has_a && !has_b) break;
    const bool from_a = has_a && (!has_b || less(*a, *b));
    found.push_back(from_a ? *a++ : *b++);
  }
  return found;
}

}  // namespace stele::events
