// Building a generation, and switching to it.
#include "page/page_writer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace stele::page {

namespace {

// What is gathered before it is written: much less than a cache that is to be small.
constexpr uint64_t kGatherMax = uint64_t{128} << 10;
constexpr uint64_t kGatherShare = 16;

// What a file grows by: its size while that is small, then 1 MiB, and a sixteenth once that is
// more.
constexpr uint64_t kGrowthMin = uint64_t{64} << 10;
constexpr uint64_t kGrowth = uint64_t{1} << 20;
constexpr uint64_t growth_of(uint64_t bytes) {
  return std::max(std::clamp(bytes, kGrowthMin, kGrowth), bytes / 16);
}

}  // namespace

PageWriter::PageWriter(std::shared_ptr<PageFile> file, std::shared_ptr<const State> base)
    : file_(std::move(file)),
      base_(std::move(base)),
      generation_(base_->generation + 1),
      page_count_(base_->page_count),
      held_(file_->states_.held()),
      freed_(held_.size()) {}

PageWriter::~PageWriter() {
  {
    const std::lock_guard guard(file_->pending_.mutex);
    file_->pending_.bytes = {};
  }
  const std::lock_guard guard(file_->mutex_);
  file_->has_writer_ = false;
}

// ---- Places. ----

uint64_t PageWriter::next_page() const {
  const Extents& usable = file_->free_.usable();
  uint64_t next = page_count_;
  if (position_.run < usable.size()) next = usable[position_.run].first + position_.used;
  return own_.empty() ? next : std::min(next, own_.front());
}

bool PageWriter::was_taken(uint64_t number) const {
  if (number >= page_count_) return false;  // It is not there.
  if (number >= base_->page_count) return true;
  const Extents& usable = file_->free_.usable();
  const auto behind = std::ranges::upper_bound(usable, number, {}, &Extent::first);
  if (behind == usable.begin()) return false;
  const auto run = static_cast<size_t>(behind - usable.begin()) - 1;
  const uint64_t at = number - usable[run].first;
  if (at >= usable[run].count) return false;
  return run < position_.run || (run == position_.run && at < position_.used);
}

Status PageWriter::grow(uint64_t page_count) {
  const uint64_t needed = page_count * file_->page_size();
  const uint64_t now = file_->file_bytes_.load(std::memory_order_relaxed);
  if (needed <= now) return {};
  // Whole pages, from wherever the file ends.
  const uint64_t wanted = (now + growth_of(now)) / file_->page_size() * file_->page_size();
  uint64_t size = std::max(needed, wanted);
  Status grown = file_->file_->allocate(size);
  if (!grown && grown.error().code() == Code::kFull && size > needed) {
    size = needed;
    grown = file_->file_->allocate(size);
  }
  STELE_TRY(std::move(grown));
  file_->file_bytes_.store(size, std::memory_order_relaxed);
  return {};
}

Result<uint64_t> PageWriter::take_page() {
  const uint64_t number = next_page();
  if (!own_.empty() && own_.front() == number) {
    std::ranges::pop_heap(own_, std::greater());
    own_.pop_back();
    if (own_.empty() || own_.front() != number) return number;
    return corruption(file_->path(), number * file_->page_size(),
                      cat("page ", number, " is freed twice"));
  }
  const Extents& usable = file_->free_.usable();
  if (position_.run < usable.size()) {
    if (++position_.used == usable[position_.run].count) position_ = {position_.run + 1, 0};
    return number;
  }
  STELE_TRY(grow(page_count_ + 1));
  ++page_count_;
  return number;
}

// ---- Pages. ----

Status PageWriter::flush() {
  PageFile::Pending& pending = file_->pending_;
  // Only this thread changes it, so that it may be read without the lock.
  if (pending.bytes.empty()) return {};
  const ByteView piece = pending.bytes;
  STELE_TRY(file_->file_->write_at(pending.first * file_->page_size(), {&piece, 1}));
  const std::lock_guard guard(pending.mutex);
  pending.bytes.clear();
  return {};
}

Status PageWriter::append_pending(uint64_t number, ByteView page) {
  PageFile::Pending& pending = file_->pending_;
  const uint64_t most =
      std::max<uint64_t>(std::min(kGatherMax, file_->cache_.budget() / kGatherShare), page.size());
  const uint64_t next = pending.first + pending.bytes.size() / page.size();
  if (number != next || pending.bytes.size() + page.size() > most) STELE_TRY(flush());
  const std::lock_guard guard(pending.mutex);
  if (pending.bytes.empty()) pending.first = number;
  pending.bytes.insert(pending.bytes.end(), page.begin(), page.end());
  ++pages_written_;
  file_->pages_written_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<PageRef> PageWriter::write(ByteSpan bytes) {
  STELE_CHECK(bytes.size() == file_->page_size());
  if (failure_) return fail(*failure_);
  const auto number = take_page();
  if (!number) return fail(failure_.emplace(number.error()));
  const PageRef ref = seal_page(bytes, *number, generation_, file_->seed_);
  if (const Status appended = append_pending(*number, bytes); !appended) {
    return fail(failure_.emplace(appended.error()));
  }
  PageCache& cache = file_->cache_;
  PageCache::Room room = cache.make_room(file_->cache_id_, ref.number, file_->page_size());
  copy_bytes(room.bytes().data(), bytes);
  cache.insert(std::move(room), file_->cache_id_, ref, PageUse::kAgain);
  return ref;
}

// Who held a generation at the beginning can only have let go of it since: so those born between
// two of them can be reached by the same readers now and later.
Extents& PageWriter::freed_of(uint64_t birth) {
  const auto first = std::ranges::lower_bound(held_, birth);
  // The newest is held. A page that says it came later is damaged, or forged: anyone may reach it.
  return freed_[first == held_.end() ? 0 : static_cast<size_t>(first - held_.begin())];
}

void PageWriter::free(uint64_t number, uint64_t birth) {
  if (was_taken(number)) {
    own_.push_back(number);
    std::ranges::push_heap(own_, std::greater());
  } else {
    collect(freed_of(birth), number);
  }
}

Result<PagePin> PageWriter::read(const PageRef& ref, PageUse use) {
  return file_->read(ref, use);
}

// ---- Commit. ----

// Returns what of the usable pages is left, with those that were written and freed again.
Extents PageWriter::usable_left() const {
  const Extents& usable = file_->free_.usable();
  Extents left(usable.begin() + static_cast<ptrdiff_t>(position_.run), usable.end());
  if (!left.empty()) {
    left.front().first += position_.used;
    left.front().count -= position_.used;
  }
  for (const uint64_t number : own_) left.push_back({.first = number, .count = 1});
  sort(left);
  return left;
}

// Takes so many pages for the list that it has room on them, from the front of what is usable;
// fewer are too few. Taking them never makes the list longer (page/free_list.h).
Result<Extents> PageWriter::take_list_pages(FreeSpace& free) {
  Extents left = free.usable();
  Extents taken;
  const uint64_t others = free.run_count() - left.size();
  const size_t room = free_extents_in(file_->page_size());
  size_t gone = 0;  // Of the runs that are left, these at the front.
  for (uint64_t pages = 0; pages * room < others + left.size() - gone; ++pages) {
    if (gone == left.size()) {
      STELE_TRY(grow(page_count_ + 1));
      append(taken, {.first = page_count_++, .count = 1});
      continue;
    }
    Extent& front = left[gone];
    append(taken, {.first = front.first++, .count = 1});
    if (--front.count == 0) ++gone;
  }
  left.erase(left.begin(), left.begin() + static_cast<ptrdiff_t>(gone));
  free.set_usable(std::move(left));
  return taken;
}

// What is free at the end of the file is not part of it any more.
void PageWriter::give_up_end(FreeSpace& free) {
  Extents usable = free.usable();
  while (!usable.empty() && usable.back().end() == page_count_) {
    page_count_ = usable.back().first;
    usable.pop_back();
  }
  free.set_usable(std::move(usable));
}

Status PageWriter::check_free(const std::vector<FreeExtent>& all) const {
  uint64_t end = first_page(file_->page_size());
  for (const FreeExtent& extent : all) {
    if (extent.first < end || extent.end() > page_count_) {
      return corruption(file_->path(), extent.first * file_->page_size(),
                        cat("page ", extent.first, " is not there, or is freed twice"));
    }
    end = extent.end();
  }
  return {};
}

// Writes the list from its last page to its first, since each names the next one's checksum;
// upwards, so that neighbours are written in one piece.
Status PageWriter::write_list(const std::vector<FreeExtent>& all, const Extents& pages,
                              State& state) {
  std::vector<uint8_t> page(file_->page_size());
  const size_t room = free_extents_in(file_->page_size());
  size_t end = all.size();
  uint64_t left = pages_in(pages);
  for (const Extent& run : pages) {
    for (uint64_t number = run.first; number < run.end(); ++number) {
      const size_t begin = std::min<size_t>(--left * room, end);
      encode_free_page(page, std::span(all).subspan(begin, end - begin), state.free_list);
      end = begin;
      state.free_list = seal_page(page, number, generation_, file_->seed_);
      STELE_TRY(append_pending(number, page));
    }
  }
  return {};
}

// Writes the newest superblock as it is, so that the sync of the pages brings it to the disk (I3).
// If the other slot is bad, this one is what a power failure has left, and must not be touched.
Status PageWriter::confirm_newest() {
  if (file_->is_confirmed_ || file_->slot_damage_) return {};
  const SlotBytes bytes = file_->encode(*base_);
  const ByteView piece = bytes;
  return file_->file_->write_at(slot_of(base_->generation) * kSlotSize, {&piece, 1});
}

Status PageWriter::switch_to(const State& state) {
  STELE_TRY(flush());
  STELE_TRY(confirm_newest());
  os::File& file = *file_->file_;
  if (const Status synced = file.sync(os::SyncSite::kPages); !synced) {
    return fail(file_->refuse_from_now_on(synced.error()));
  }
  const SlotBytes bytes = file_->encode(state);
  const ByteView piece = bytes;
  Status switched = file.write_at(slot_of(state.generation) * kSlotSize, {&piece, 1});
  if (switched) switched = file.sync(os::SyncSite::kSuperblock);
  if (switched) return {};
  const Error first = file_->refuse_from_now_on(switched.error());
  return fail(Error(Code::kOutcomeUnknown, cat("generation ", state.generation, " of ",
                                               file_->path(), ": ", first.message()))
                  .with_os_errno(first.os_errno()));
}

// Gives back room behind what both slots count, when it is more than the file would grow by.
void PageWriter::shrink(uint64_t page_count) {
  const uint64_t needed = page_count * file_->page_size();
  const uint64_t now = file_->file_bytes_.load(std::memory_order_relaxed);
  if (now <= needed + growth_of(needed)) return;
  // Nothing rests on it.
  if (file_->file_->resize(needed)) {
    file_->file_bytes_.store(needed, std::memory_order_relaxed);
  }
}

Status PageWriter::commit(const Roots& roots, uint64_t applied_tsn, const Note& note) {
  if (failure_) return fail(*failure_);
  // Whatever happens from here on, this writer has done its work.
  failure_ = Error(Code::kClosed, cat("the writer of ", file_->path(), " is used up"));
  Extents& lists = freed_of(base_->generation);
  lists.insert(lists.end(), file_->list_pages_.begin(), file_->list_pages_.end());
  FreeSpace free = file_->free_;
  free.set_usable(usable_left());
  for (size_t i = 0; i < held_.size(); ++i) {
    sort(freed_[i]);
    free.add_waiting(held_[i], generation_, freed_[i]);
  }
  auto list_pages = take_list_pages(free);
  if (!list_pages) return fail(list_pages.error());
  give_up_end(free);

  State state = {.generation = generation_,
                 .applied_tsn = applied_tsn,
                 .page_count = page_count_,
                 .roots = roots,
                 .note = note};
  const std::vector<FreeExtent> all = free.all();
  STELE_TRY(check_free(all));
  for (const FreeExtent& extent : all) state.free_pages += extent.count;
  STELE_TRY(write_list(all, *list_pages, state));
  STELE_TRY(switch_to(state));
  const uint64_t page_count = std::max(state.page_count, base_->page_count);
  file_->adopt(std::move(state), std::move(free), std::move(*list_pages));
  shrink(page_count);
  return {};
}

}  // namespace stele::page
