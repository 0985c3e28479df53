// From source to source.
#include "events/positions.h"

#include <algorithm>

namespace stele::events {

Positions::Positions(History& history, TermKind kind, std::string_view text, Direction direction)
    : history_(&history) {
  if (history.has_trees()) {
    tree_ = positions_in_trees(*history.view().trees, kind, text, direction);
  }
  if (tree_ != nullptr) {
    const auto count = tree_->count_at_most();
    if (!count) {
      history.note(count.error());
    } else {
      count_ = *count;
    }
    if (count_ == 0) tree_.reset();
  }
  for (const auto& chunk : history.chunks()) {
    const Postings* postings = Tail::of(*chunk).terms().find(kind, text);
    if (postings == nullptr) continue;
    chunks_.emplace_back(postings, direction);
    count_ += chunks_.back().count();
  }
  if (direction == Direction::kBackward) std::ranges::reverse(chunks_);
}

uint64_t Positions::at_or_after(uint64_t from) {
  if (tree_ != nullptr) {
    if (from <= history_->view().trees->applied.head) {
      const auto found = tree_->at_or_after(from);
      if (!found) {
        history_->note(found.error());
        return kNoPosition;
      }
      if (*found != kNoPosition) return *found;
    }
    tree_.reset();
  }
  for (; at_ < chunks_.size(); ++at_) {
    const uint64_t found = chunks_[at_].at_or_after(from);
    if (found != kNoPosition) return found;
  }
  return kNoPosition;
}

uint64_t Positions::at_or_before(uint64_t from) {
  for (; at_ < chunks_.size(); ++at_) {
    const uint64_t found = chunks_[at_].at_or_before(from);
    if (found != 0) return found;
  }
  if (tree_ == nullptr) return 0;
  const auto found = tree_->at_or_before(from);
  if (!found) {
    history_->note(found.error());
    return 0;
  }
  if (*found == 0) tree_.reset();
  return *found;
}

uint64_t newest_position(History& history, TermKind kind, std::string_view text, uint64_t last) {
  const auto chunks = history.chunks();
  for (size_t i = chunks.size(); i-- > 0;) {
    const Postings* postings = Tail::of(*chunks[i]).terms().find(kind, text);
    if (postings == nullptr) continue;
    const uint64_t count = postings->count_to(last);
    if (count > 0) return postings->view().list[count - 1];
  }
  if (!history.has_trees()) return 0;
  const auto tree = positions_in_trees(*history.view().trees, kind, text, Direction::kBackward);
  const auto found = tree == nullptr ? Result<uint64_t>(0) : tree->at_or_before(last);
  if (found) return *found;
  history.note(found.error());
  return 0;
}

Result<TermSummary> summary_of(History& history, TermKind kind, std::string_view text,
                               uint64_t last) {
  TermSummary summary;
  if (history.has_trees()) {
    const auto trees = summary_in_trees(*history.view().trees, kind, text, last);
    if (!trees) return fail(trees.error());
    summary = *trees;
  }
  for (const auto& chunk : history.chunks()) {
    const Postings* postings = Tail::of(*chunk).terms().find(kind, text);
    const uint64_t count = postings == nullptr ? 0 : postings->count_to(last);
    if (count == 0) continue;
    const uint64_t* list = postings->view().list;
    if (summary.count == 0) summary.first_position = list[0];
    summary.count += count;
    summary.last_position = list[count - 1];
  }
  return summary;
}

}  // namespace stele::events
