// Finding records and ids in trees and chunks.
#include "events/history.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace stele::events {

History::History(const engine::View& view, uint64_t from) {
  look_at(view, from);
}

History::History(const engine::Views& views) : views_(&views), version_(views.version()) {
  held_.emplace(views, /*age_us=*/0);
  look_at(*held_->view(), 1);
}

History::~History() = default;

void History::look_at(const engine::View& view, uint64_t from) {
  view_ = &view;
  has_trees_ = view.trees->file != nullptr && from <= view.trees->applied.head;
  first_chunk_ = 0;
  while (first_chunk_ + 1 < view.chunks.size() &&
         view.chunks[first_chunk_ + 1]->before().head < from) {
    ++first_chunk_;
  }
}

bool History::refresh() {
  const bool is_there = !rests_ || held_->read();
  rests_ = false;
  out_.reset();
  if (is_there && views_->version() == version_) return false;
  tree_.reset();
  version_ = views_->version();  // First: a view that comes in between is taken the next time.
  held_->renew();
  look_at(*held_->view(), 1);
  return true;
}

void History::rest(uint64_t out) {
  out_.reset();
  if (out == 0) {
    tree_.reset();
  } else {
    for (const auto& chunk : view_->chunks) {
      if (out > chunk->before().head) out_ = chunk;
    }
  }
  rests_ = true;
  held_->rest();
}

std::optional<RecordView> History::record(uint64_t position) {
  if (const engine::Chunk* chunk = view_->chunk_at(position)) {
    return Tail::of(*chunk).record(position);
  }
  if (!tree_) tree_.emplace(*view_->trees);
  const auto record = tree_->record(position);
  if (record) return *record;
  note(record.error());
  return std::nullopt;
}

std::optional<DataPart> History::data(uint64_t position, uint64_t offset, ByteSpan into) {
  if (const engine::Chunk* chunk = view_->chunk_at(position)) {
    return copy_data(Tail::of(*chunk).record(position), offset, into);
  }
  if (!tree_) tree_.emplace(*view_->trees);
  const auto part = tree_->data(position, offset, into);
  if (part) return *part;
  note(part.error());
  return std::nullopt;
}

void History::prefetch(uint64_t position) const {
  if (const engine::Chunk* chunk = view_->chunk_at(position)) Tail::of(*chunk).prefetch(position);
}

void History::expect(std::span<const uint64_t> positions) {
  std::array<uint64_t, kExpectMax> there;
  size_t count = 0;
  for (const uint64_t position : positions) {
    if (view_->chunk_at(position) != nullptr) {
      prefetch(position);
    } else {
      there[count++] = position;
    }
  }
  if (count == 0) return;
  if (!tree_) tree_.emplace(*view_->trees);
  tree_->expect({there.data(), count});
}

uint64_t History::position_of(const uint8_t* id, uint64_t last) {
  return position_of(id, id_hash(id), last);
}

uint64_t History::position_of(const uint8_t* id, uint64_t hash, uint64_t last) {
  // The first that has it, where a log has it twice.
  if (has_trees_) {
    const auto found = id_in_trees(*view_->trees, id, last);
    if (!found) {
      note(found.error());
      return 0;
    }
    if (*found != 0) return *found;
  }
  for (const auto& chunk : chunks()) {
    const uint64_t found = Tail::of(*chunk).position_of(id, hash, last);
    if (found != 0) return found;
  }
  return 0;
}

std::vector<std::string> History::with_prefix(TermKind kind, std::string_view prefix,
                                              std::string_view behind, size_t max) {
  std::vector<std::string> names;
  if (has_trees_) {
    auto listed = terms_in_trees(*view_->trees, kind, prefix, behind, max);
    if (!listed) {
      note(listed.error());
      return {};
    }
    names = *std::move(listed);
  }
  for (const auto& chunk : chunks()) {
    const auto terms = Tail::of(*chunk).terms().with_prefix(kind, prefix, behind, max);
    if (terms.empty()) continue;
    std::vector<std::string> more;
    more.reserve(terms.size());
    for (const Term* term : terms) more.emplace_back(term->view());
    std::vector<std::string> merged;
    merged.reserve(names.size() + more.size());
    std::ranges::set_union(names, more, std::back_inserter(merged));
    names = std::move(merged);
  }
  if (names.size() > max) names.resize(max);
  return names;
}

}  // namespace stele::events
