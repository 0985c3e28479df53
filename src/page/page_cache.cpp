// Making room, eviction, and the table's changes.
#include "page/page_cache.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <utility>

#include "base/check.h"

namespace stele::page {

namespace {

constexpr uint64_t kShardsMax = 64;
constexpr uint64_t kPagesPerShard = 8;
constexpr std::align_val_t kBeyondAlignment{64};

// How often the hand passes a page by before it goes.
constexpr uint8_t kVisitsLeaf = 2;
constexpr uint8_t kVisitsInner = 5;

// Of a shard's part of the table, this much may be in use: probing must end.
constexpr uint32_t most_of(uint32_t table_size) {
  return table_size / 4 * 3;
}

uint64_t cost_of(uint32_t size) {
  return size + sizeof(CachedPage);
}

}  // namespace

PageCache::PageCache(uint64_t budget_bytes)
    : budget_(budget_bytes),
      memory_(budget_bytes),
      shard_count_(std::bit_floor(
          std::clamp<uint64_t>(budget_bytes / kPageSizeDefault / kPagesPerShard, 1, kShardsMax))),
      frames_max_(static_cast<uint32_t>(
          std::min<uint64_t>(budget_bytes / cost_of(kPageSizeMin) + 1, UINT32_MAX / 8))) {
  const uint64_t table_size =
      std::bit_ceil(std::max<uint64_t>(2 * uint64_t{frames_max_} / shard_count_, 16));
  table_mask_ = static_cast<uint32_t>(table_size - 1);
  shards_ = std::make_unique<Shard[]>(shard_count_);
  // Each page that is looked for is at another place of these: in small pages of the system's the
  // processor would have to find that, too.
  const uint64_t entries = shard_count_ * table_size;
  table_.reset(static_cast<Entry*>(os::allocate_large(entries * sizeof(Entry))));
  std::uninitialized_value_construct_n(table_.get(), entries);
  frames_free_.reserve(frames_max_);
  // Touched only as far as frames are used.
  frames_ = static_cast<CachedPage*>(os::allocate_large(sizeof(CachedPage) * size_t{frames_max_}));
  bytes_ = shard_count_ * (table_size * sizeof(table_[0]) + sizeof(Shard));
}

PageCache::~PageCache() {
  for (uint32_t i = 0; i < frames_made_; ++i) {
    STELE_DCHECK((frames_[i].pins_.load() & CachedPage::kPins) == 0);
    memory_.free(frames_[i].bytes(), frames_[i].size_);
    frames_[i].~CachedPage();
  }
  os::free_large(frames_);
}

PageCacheStats PageCache::stats() const {
  PageCacheStats stats = {
      .hits = 0,
      .misses = misses_.load(std::memory_order_relaxed),
      .evictions = 0,
      .bytes = bytes_.load(std::memory_order_relaxed) + beyond_.load(std::memory_order_relaxed),
      .bytes_budget = budget_,
      .bytes_beyond = beyond_most_.load(std::memory_order_relaxed)};
  for (size_t i = 0; i < shard_count_; ++i) {
    const Shard& shard = shards_[i];
    const std::lock_guard guard(shard.mutex);
    stats.hits += shard.hits;
    stats.evictions += shard.evictions;
    for (const Queue& queue : {shard.queue, shard.once}) {
      for (uint32_t at = queue.oldest; at != 0; at = frames_[at - 1].newer_) {
        stats.hits += frames_[at - 1].hits_.load(std::memory_order_relaxed);
      }
    }
  }
  return stats;
}

// ---- The table of a shard. ----

CachedPage* PageCache::find_locked(const Place& place, uint32_t file, uint64_t number) {
  for (uint32_t at = place.start;; at = (at + 1) & table_mask_) {
    const uint64_t entry = place.table[at].key.load(std::memory_order_relaxed);
    if (entry == 0) return nullptr;
    CachedPage& page = frames_[static_cast<uint32_t>(entry) - 1];
    if (page.file_ == file && page.number_ == number) return &page;
  }
}

void PageCache::add_locked(const Place& place, CachedPage& page) {
  uint32_t at = place.start;
  while (place.table[at].key.load(std::memory_order_relaxed) != 0) at = (at + 1) & table_mask_;
  place.table[at].bytes.store(page.bytes(), std::memory_order_relaxed);
  place.table[at].key.store(uint64_t{place.tag} << 32 | (index_of(page) + 1),
                            std::memory_order_release);
}

// Closes the gap that an entry leaves with those behind it that would not be found otherwise. Each
// is in two places before it leaves one, but may be missed by a search that is under way.
void PageCache::erase_from_table(const Place& place, const CachedPage& page) {
  uint32_t gap = place.start;
  while (static_cast<uint32_t>(place.table[gap].key.load(std::memory_order_relaxed)) !=
         index_of(page) + 1) {
    gap = (gap + 1) & table_mask_;
  }
  for (uint32_t at = (gap + 1) & table_mask_;; at = (at + 1) & table_mask_) {
    const uint64_t entry = place.table[at].key.load(std::memory_order_relaxed);
    if (entry == 0) break;
    const CachedPage& other = frames_[static_cast<uint32_t>(entry) - 1];
    const uint32_t start = place_of(hash_of(other.file_, other.number_)).start;
    if (((at - start) & table_mask_) < ((at - gap) & table_mask_)) continue;
    place.table[gap].bytes.store(place.table[at].bytes.load(std::memory_order_relaxed),
                                 std::memory_order_relaxed);
    place.table[gap].key.store(entry, std::memory_order_release);
    gap = at;
  }
  place.table[gap].key.store(0, std::memory_order_release);
}

// ---- The queues of a shard. ----

void PageCache::push(Queue& queue, CachedPage& page) {
  const uint32_t at = index_of(page) + 1;
  page.older_ = queue.newest;
  page.newer_ = 0;
  (queue.newest == 0 ? queue.oldest : frames_[queue.newest - 1].newer_) = at;
  queue.newest = at;
  ++queue.count;
}

void PageCache::unlink(Queue& queue, CachedPage& page) {
  (page.older_ == 0 ? queue.oldest : frames_[page.older_ - 1].newer_) = page.newer_;
  (page.newer_ == 0 ? queue.newest : frames_[page.newer_ - 1].older_) = page.older_;
  --queue.count;
}

void PageCache::remove_locked(Shard& shard, CachedPage& page) {
  if (shard.hand == index_of(page) + 1) shard.hand = page.newer_;
  unlink(page.once_ ? shard.once : shard.queue, page);
  erase_from_table(place_of(hash_of(page.file_, page.number_)), page);
  shard.hits += page.hits_.load(std::memory_order_relaxed);
}

// Returns whether the page had no pins; nobody can get one then.
bool PageCache::close(CachedPage& page) {
  uint32_t none = 0;
  return page.pins_.compare_exchange_strong(none, CachedPage::kClosed, std::memory_order_acquire,
                                            std::memory_order_relaxed);
}

CachedPage* PageCache::evict_once(Shard& shard) {
  for (uint32_t at = shard.once.oldest; at != 0;) {
    CachedPage& page = frames_[at - 1];
    at = page.newer_;
    if (page.visits_.load(std::memory_order_relaxed) != 0) {
      // Somebody else wanted it as well.
      unlink(shard.once, page);
      page.once_ = false;
      push(shard.queue, page);
    } else if (close(page)) {
      return &page;
    }
  }
  return nullptr;
}

CachedPage* PageCache::evict_sieve(Shard& shard) {
  const uint64_t steps = uint64_t{shard.queue.count} * (kVisitsInner + 1);
  for (uint64_t step = 0; step < steps; ++step) {
    if (shard.hand == 0) shard.hand = shard.queue.oldest;
    CachedPage& page = frames_[shard.hand - 1];
    const uint8_t visits = page.visits_.load(std::memory_order_relaxed);
    if (visits != 0) {
      page.visits_.store(visits - 1, std::memory_order_relaxed);
    } else if (close(page)) {
      return &page;
    }
    shard.hand = page.newer_;
  }
  return nullptr;
}

CachedPage* PageCache::evict_locked(Shard& shard) {
  CachedPage* page = evict_once(shard);
  if (page == nullptr) page = evict_sieve(shard);
  if (page == nullptr) return nullptr;
  remove_locked(shard, *page);
  ++shard.evictions;
  return page;
}

void PageCache::let_go(Shard& shard, CachedPage& page) {
  remove_locked(shard, page);
  constexpr uint32_t kBits = CachedPage::kClosed | CachedPage::kLoose;
  const uint32_t before = page.pins_.fetch_or(kBits, std::memory_order_acq_rel);
  if ((before & CachedPage::kPins) == 0) drop_loose(&page);
}

// ---- Frames. ----

void PageCache::drop_loose(CachedPage* page) {
  // Of several who see that there are no pins, one gives the frame back: who has looked a page up
  // that was closed meanwhile takes a pin back, too.
  uint32_t expected = CachedPage::kClosed | CachedPage::kLoose;
  if (page->pins_.compare_exchange_strong(expected, CachedPage::kClosed, std::memory_order_acq_rel,
                                          std::memory_order_relaxed)) {
    give_back(page);
  }
}

void PageCache::give_back(CachedPage* page) {
  const uint64_t cost = cost_of(page->size_);
  uint8_t* const bytes = std::exchange(page->bytes_, nullptr);
  if (page->beyond_) {
    ::operator delete(bytes, kBeyondAlignment);
    delete page;
    beyond_.fetch_sub(cost, std::memory_order_relaxed);
    return;
  }
  memory_.free(bytes, page->size_);
  {
    const std::lock_guard guard(frames_mutex_);
    frames_free_.push_back(index_of(*page));
  }
  // Behind it: who reserves these bytes finds a frame.
  bytes_.fetch_sub(cost, std::memory_order_release);
}

bool PageCache::reserve(uint64_t bytes) {
  uint64_t now = bytes_.load(std::memory_order_relaxed);
  while (now + bytes <= budget_) {
    if (bytes_.compare_exchange_weak(now, now + bytes, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

CachedPage* PageCache::take_frame(uint32_t size) {
  uint8_t* buffer = nullptr;
  try {
    buffer = memory_.allocate(size);
  } catch (...) {
    bytes_.fetch_sub(cost_of(size), std::memory_order_release);
    throw;
  }
  CachedPage* page = nullptr;
  {
    const std::lock_guard guard(frames_mutex_);
    if (frames_free_.empty()) {
      STELE_CHECK(frames_made_ < frames_max_);
      page = new (&frames_[frames_made_++]) CachedPage(this);
    } else {
      page = &frames_[frames_free_.back()];
      frames_free_.pop_back();
    }
  }
  page->bytes_ = buffer;
  page->size_ = size;
  return page;
}

CachedPage* PageCache::make_beyond(uint32_t size) {
  std::unique_ptr<CachedPage> page(new CachedPage(this));
  page->bytes_ = static_cast<uint8_t*>(::operator new(size, kBeyondAlignment));
  page->size_ = size;
  page->beyond_ = true;
  const uint64_t now = beyond_.fetch_add(cost_of(size), std::memory_order_relaxed) + cost_of(size);
  uint64_t most = beyond_most_.load(std::memory_order_relaxed);
  while (now > most && !beyond_most_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return page.release();
}

CachedPage* PageCache::evict_any(Shard& first) {
  const auto start = static_cast<size_t>(&first - shards_.get());
  for (size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[(start + i) & (shard_count_ - 1)];
    const std::lock_guard guard(shard.mutex);
    if (CachedPage* page = evict_locked(shard)) return page;
  }
  return nullptr;
}

PageCache::Room PageCache::make_room(uint32_t file, uint64_t number, uint32_t size) {
  Shard& shard = *place_of(hash_of(file, number)).shard;
  for (;;) {
    if (reserve(cost_of(size))) return Room(take_frame(size));
    CachedPage* victim = evict_any(shard);
    if (victim == nullptr) return Room(make_beyond(size));
    if (victim->size_ == size) return Room(victim);
    give_back(victim);
  }
}

PagePin PageCache::insert(Room room, uint32_t file, const PageRef& ref, PageUse use) {
  const Place place = place_of(hash_of(file, ref.number));
  CachedPage& page = *room.frame_;
  const std::lock_guard guard(place.shard->mutex);
  if (CachedPage* there = find_locked(place, file, ref.number)) {
    if (there->checksum_ == ref.checksum) {
      there->pins_.fetch_add(1, std::memory_order_acquire);
      return PagePin(there);  // The room is given back.
    }
    let_go(*place.shard, *there);
  }
  const bool is_inner = PageHeader{page.bytes()}.type() == PageType::kInner;
  page.file_ = file;
  page.number_ = ref.number;
  page.checksum_ = ref.checksum;
  page.once_ = use == PageUse::kOnce;
  page.visits_max_ = is_inner ? kVisitsInner : kVisitsLeaf;
  page.visits_.store(is_inner && !page.once_ ? kVisitsInner : 0, std::memory_order_relaxed);
  page.hits_.store(0, std::memory_order_relaxed);
  room.frame_ = nullptr;
  if (page.beyond_ || place.shard->count() >= most_of(table_mask_ + 1)) {
    page.pins_.fetch_add(CachedPage::kLoose + 1, std::memory_order_relaxed);  // I2
    return PagePin(&page);
  }
  push(page.once_ ? place.shard->once : place.shard->queue, page);
  page.pins_.fetch_sub(CachedPage::kClosed - 1, std::memory_order_release);  // I1: open, one pin.
  add_locked(place, page);
  return PagePin(&page);
}

void PageCache::drop_file(uint32_t file) {
  for (size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[i];
    const std::lock_guard guard(shard.mutex);
    for (const Queue* queue : {&shard.queue, &shard.once}) {
      for (uint32_t at = queue->oldest; at != 0;) {
        CachedPage& page = frames_[at - 1];
        at = page.newer_;
        if (page.file_ == file) let_go(shard, page);
      }
    }
  }
}

}  // namespace stele::page
