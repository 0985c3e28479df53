// Taking views from readers, and figures about them.
#include "engine/held_view.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace stele::engine {

HeldView::HeldView(const Views& views, int64_t age_us, std::function<void()> let_go)
    : views_(views), age_us_(age_us), let_go_(std::move(let_go)) {
  renew();
  views_.readers().add(*this);
}

HeldView::HeldView(const HeldView& other, int64_t age_us)
    : views_(other.views_),
      age_us_(age_us),
      view_(other.view_),
      since_(views_.readers().clock_.steady_us()) {
  views_.readers().add(*this);
}

HeldView::~HeldView() {
  views_.readers().remove(*this);
}

void HeldView::renew() {
  ViewPtr newest = views_.current();
  const std::lock_guard lock(mutex_);
  view_.swap(newest);
  since_ = views_.readers().clock_.steady_us();
  state_.store(State::kReads, std::memory_order_relaxed);
}

std::unexpected<Error> too_old(const char* who) {
  return fail(Code::kTooOld, cat(who, " has rested for longer than max_reader_age, and the trees ",
                                 "that it was reading were given up"));
}

void ReaderRegistry::add(HeldView& reader) {
  const std::lock_guard lock(mutex_);
  reader.behind_ = first_;
  if (first_ != nullptr) first_->before_ = &reader;
  first_ = &reader;
}

void ReaderRegistry::remove(HeldView& reader) {
  const std::lock_guard lock(mutex_);
  (reader.before_ == nullptr ? first_ : reader.before_->behind_) = reader.behind_;
  if (reader.behind_ != nullptr) reader.behind_->before_ = reader.before_;
}

void ReaderRegistry::take_old(const ViewPtr& newest) {
  const std::lock_guard lock(mutex_);
  const int64_t now = clock_.steady_us();
  for (HeldView* reader = first_; reader != nullptr; reader = reader->behind_) {
    const std::lock_guard his(reader->mutex_);
    if (reader->view_ == nullptr || reader->view_ == newest) continue;
    if (now - reader->since_ < reader->age_us_) continue;
    auto rests = HeldView::State::kRests;
    if (!reader->state_.compare_exchange_strong(rests, HeldView::State::kTaking,
                                                std::memory_order_acquire)) {
      continue;
    }
    if (reader->let_go_) reader->let_go_();
    reader->view_.reset();
    reader->state_.store(HeldView::State::kTaken, std::memory_order_release);
  }
}

ReaderStats ReaderRegistry::stats(const View& newest) const {
  ReaderStats stats = {};
  std::set<const Chunk*> seen;
  for (const auto& chunk : newest.chunks) seen.insert(chunk.get());
  const std::lock_guard lock(mutex_);
  const int64_t now = clock_.steady_us();
  for (HeldView* reader = first_; reader != nullptr; reader = reader->behind_) {
    const std::lock_guard his(reader->mutex_);
    const ViewPtr& view = reader->view_;
    // Chunks that commits are added to come and go with a checkpoint, as trees do.
    if (view == nullptr || view->trees == newest.trees) continue;
    ++stats.count;
    stats.age_us = std::max(stats.age_us, now - reader->since_);
    for (const auto& chunk : view->chunks) {
      if (seen.insert(chunk.get()).second) stats.tail_bytes += chunk->bytes();
    }
  }
  return stats;
}

}  // namespace stele::engine
