// Passes over the trees of a database.
#include "db/compact.h"

#include <algorithm>
#include <utility>

#include "db/leaf_kind.h"
#include "page/page_writer.h"
#include "tree/relocate.h"

namespace stele::db {

namespace {

constexpr uint64_t kStepBytes = uint64_t{1} << 20;

// Beside the pages that are live, what the free list itself takes, and a few.
constexpr uint64_t kSlack = 8;

// A generation frees pages for the one after the next; so many without a gain prove that somebody
// holds them.
constexpr uint64_t kIdleMax = 3;

}  // namespace

Result<std::unique_ptr<Compact>> Compact::start(std::shared_ptr<Database> database) {
  STELE_TRY(database->checkpoint());
  std::unique_ptr<Compact> compact(new Compact(std::move(database)));
  compact->done_ = compact->database_->checkpointer().file() == nullptr || compact->is_small();
  compact->bytes_before_ = compact->bytes_now();
  if (!compact->done_) compact->begin_pass();
  return compact;
}

uint64_t Compact::bytes_now() const {
  const auto file = database_->checkpointer().file();
  return file == nullptr ? 0 : file->stats().page_count * file->page_size();
}

uint64_t Compact::live_pages() const {
  const auto state = database_->checkpointer().file()->state();
  return state->page_count - state->free_pages;
}

uint64_t Compact::bytes_live() const {
  const auto file = database_->checkpointer().file();
  return file == nullptr ? 0 : live_pages() * file->page_size();
}

bool Compact::is_small() const {
  const uint64_t live = live_pages();
  return database_->checkpointer().file()->stats().page_count <= live + live / 20 + kSlack;
}

void Compact::begin_pass() {
  const uint64_t live = live_pages();
  boundary_ = live + live / 40 + kSlack / 2;
  size_at_pass_ = bytes_now();
  tree_.clear();
  key_.clear();
  is_pass_done_ = false;
}

Result<page::Roots> Compact::move(page::PageWriter& writer, const page::State& state) {
  page::Roots roots = state.roots;
  const uint64_t usable = writer.file().stats().free_pages;
  // What inner nodes take comes on top of what is moved.
  uint64_t left = std::min(kStepBytes / writer.file().page_size(), usable / 2);
  if (left == 0 || writer.next_page() >= boundary_) return roots;
  for (auto place = roots.lower_bound(tree_); place != roots.end() && left > 0;) {
    if (place->first != tree_) key_.clear();
    tree_ = place->first;
    const auto moved =
        tree::relocate(writer, place->second, key_,
                       {.kind = leaf_kind(tree_), .boundary = boundary_, .pages_max = left});
    if (!moved) return fail(moved.error());
    place->second = moved->root;
    pages_moved_ += moved->pages;
    left -= std::min(left, moved->pages);
    key_ = moved->next;
    if (!moved->is_done) continue;
    key_.clear();
    ++place;
    is_pass_done_ = place == roots.end();
    if (!is_pass_done_) tree_ = place->first;
  }
  return roots;
}

Result<bool> Compact::step() {
  if (database_->closed()) return fail(Code::kClosed, "compact: the database is closed");
  if (done_) return false;
  const uint64_t moved_before = pages_moved_;
  const bool was_pass_done = is_pass_done_;
  const uint64_t size_before = bytes_now();
  STELE_TRY(database_->rewrite_trees([this](page::PageWriter& writer, const page::State& state) {
    return is_pass_done_ ? Result<page::Roots>(state.roots) : move(writer, state);
  }));
  const bool has_gained =
      pages_moved_ > moved_before || bytes_now() < size_before || was_pass_done != is_pass_done_;
  idle_generations_ = has_gained ? 0 : idle_generations_ + 1;
  if (is_pass_done_ && is_small()) {
    done_ = true;
  } else if (idle_generations_ > kIdleMax) {
    done_ = !is_pass_done_ || bytes_now() >= size_at_pass_;
    idle_generations_ = 0;
    if (!done_) begin_pass();
  }
  return !done_;
}

}  // namespace stele::db
