// Pages in memory, shared by all page files of a database, within one budget of bytes.
//
// Pages are immutable once written, so that a reader needs only a pin: a page that is pinned stays.
// A hit is a look-up in a table of atomics and one addition; a miss reads the file and checks the
// page once. Eviction is SIEVE with a small counter instead of one bit, in which inner pages of
// trees start higher, so that they go last: Zhang et al., "SIEVE is simpler than LRU" (NSDI 2024).
// (A hand that goes back to the oldest page earlier, so that new pages have a whole lap to be hit
// in, lost 6 to 11 hits in a hundred on skewed reads, and won as many only where the skew kept
// moving.)
//
//     table   {tag, frame, where the bytes are} by (file, page): atomics, read without a lock. The
//             last of them is a hint for the processor alone, so that frame and bytes come at once
//     frame   pins, key, checksum, where the bytes are: never given back, so that whoever has found
//             one in the table may touch it, and sees whether it is still the page it looked for
//     shard   a part of the table, a queue of its pages, a lock for whoever changes them
//
//    I1  A frame is closed while it changes hands. Who adds a pin to a closed frame takes it back
//    and
//        has found nothing; who has added one to an open frame may read all of it: a frame is
//        closed only while it has no pins.
//    I2  A frame that is loose is in no table: whoever takes the last pin away gives it back.
//    I3  A page is found only by its checksum: numbers are used again.
//
// When everything is pinned a page is read into memory beyond the budget, which goes with its pin.
//
// Threads: any. It outlives all files and pins.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "os/memory.h"
#include "page/page.h"
#include "page/page_memory.h"

namespace stele::page {

class PageCache;

// Why a page is read: what is read once in passing leaves no trace that pushes others out.
enum class PageUse : uint8_t { kAgain, kOnce };

// A frame: what a pin points to. Fields that are not atomic change only while it is closed, or
// under the lock of its shard (those of the queue).
class alignas(64) CachedPage {
 private:
  friend class PagePin;
  friend class PageCache;
  static constexpr uint32_t kClosed = uint32_t{1} << 31;
  static constexpr uint32_t kLoose = uint32_t{1} << 30;
  static constexpr uint32_t kPins = kLoose - 1;

  explicit CachedPage(PageCache* cache) : cache_(cache) {}
  inline void unpin();
  [[nodiscard]] uint8_t* bytes() const { return bytes_; }

  std::atomic<uint32_t> pins_ = kClosed;
  std::atomic<uint8_t> visits_ = 0;
  uint8_t visits_max_ = 0;
  bool once_ = false;    // In the queue of pages that are read once.
  bool beyond_ = false;  // Of the budget.
  uint32_t file_ = 0;
  uint32_t size_ = 0;
  uint64_t number_ = 0;
  uint64_t checksum_ = 0;
  uint8_t* bytes_ = nullptr;
  PageCache* cache_;
  uint32_t older_ = 0;  // The neighbours in the queue, as index + 1; 0: none.
  uint32_t newer_ = 0;
  std::atomic<uint32_t> hits_ = 0;  // Counted without a lock: near enough.
};
static_assert(sizeof(CachedPage) == 64);

// Keeps a page in memory while it lives. Movable; empty after a move. Who holds one also holds the
// State under which the page is reachable, or the number could be given to another page.
class PagePin {
 public:
  PagePin() = default;
  PagePin(PagePin&& other) noexcept
      : page_(std::exchange(other.page_, nullptr)), bytes_(std::exchange(other.bytes_, nullptr)) {}
  PagePin& operator=(PagePin&& other) noexcept {
    if (this != &other) {
      reset();
      page_ = std::exchange(other.page_, nullptr);
      bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
  }
  PagePin(const PagePin&) = delete;
  PagePin& operator=(const PagePin&) = delete;
  ~PagePin() { reset(); }

  void reset() {
    if (page_ == nullptr) return;
    std::exchange(page_, nullptr)->unpin();
    bytes_ = nullptr;
  }
  [[nodiscard]] explicit operator bool() const { return page_ != nullptr; }
  [[nodiscard]] const uint8_t* bytes() const { return bytes_; }
  [[nodiscard]] PageHeader header() const { return {bytes_}; }

 private:
  friend class PageCache;
  explicit PagePin(CachedPage* page) : page_(page), bytes_(page->bytes()) {}
  CachedPage* page_ = nullptr;
  const uint8_t* bytes_ = nullptr;
};

struct PageCacheStats {
  uint64_t hits;  // Where many threads hit one page at once, a few are not counted.
  uint64_t misses;
  uint64_t evictions;
  uint64_t bytes;         // In use now: pages, and what is kept about them.
  uint64_t bytes_budget;  // At most, unless everything is pinned.
  uint64_t bytes_beyond;  // Of the budget, the most there ever was.
};

class PageCache {
 public:
  explicit PageCache(uint64_t budget_bytes);
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;
  [[nodiscard]] PageCacheStats stats() const;
  [[nodiscard]] uint64_t budget() const { return budget_; }

  // ---- For PageFile. ----

  // Room for a page that is not in the cache yet. Given back by the destructor.
  class Room {
   public:
    Room(Room&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    Room& operator=(Room&&) = delete;
    ~Room() {
      if (frame_ != nullptr) frame_->cache_->give_back(frame_);
    }
    [[nodiscard]] ByteSpan bytes() { return {frame_->bytes(), frame_->size_}; }

   private:
    friend class PageCache;
    explicit Room(CachedPage* frame) : frame_(frame) {}
    CachedPage* frame_;
  };

  // Returns a number that tells the pages of one file from those of others.
  [[nodiscard]] uint32_t add_file() { return files_.fetch_add(1, std::memory_order_relaxed); }
  // Forgets the pages of a file. Those that are pinned go with their pins.
  void drop_file(uint32_t file);

  // Returns the page, an empty pin if it is not here.
  [[nodiscard]] PagePin find(uint32_t file, const PageRef& ref, PageUse use);
  // For who will look for pages later, and wants that to be quick: asks for memory in two steps, of
  // which the second finds what the first has asked for. Nothing is read of pages.
  void prefetch_entry(uint32_t file, const PageRef& ref) const {
    const Place place = place_of(hash_of(file, ref.number));
    __builtin_prefetch(&place.table[place.start]);
  }
  // Returns false if the page is not here; true if it most likely is.
  bool prefetch_page(uint32_t file, const PageRef& ref) const;
  void count_miss() { misses_.fetch_add(1, std::memory_order_relaxed); }
  // Makes room for a page of `size` bytes, by evicting others.
  [[nodiscard]] Room make_room(uint32_t file, uint64_t number, uint32_t size);
  // Puts a page that was read or written into the cache. Returns a pin of it, or of what another
  // thread has put there meanwhile. Another page of this number goes.
  PagePin insert(Room room, uint32_t file, const PageRef& ref, PageUse use);

 private:
  friend class CachedPage;
  friend class Room;

  // Pages in the order in which they came: indexes + 1 of frames.
  struct Queue {
    uint32_t oldest = 0;
    uint32_t newest = 0;
    uint32_t count = 0;
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;  // Over all that follows and the shard's part of the table.
    Queue queue;
    Queue once;
    uint32_t hand = 0;  // Where in `queue` the search for a victim goes on; 0: at the oldest.
    uint64_t hits = 0;  // Of pages that are gone.
    uint64_t evictions = 0;
    [[nodiscard]] uint32_t count() const { return queue.count + once.count; }
  };

  // Of the table. `key` is the tag above the frame's index + 1, 0: nothing. `bytes` may be those of
  // another page while entries change.
  struct Entry {
    std::atomic<uint64_t> key = 0;
    std::atomic<const uint8_t*> bytes = nullptr;
  };
  // What whoever finds a page looks at first: header, and of a node fences and slots. It is asked
  // for at once, before it is known where exactly slots begin, or each would be waited for in turn.
  static constexpr size_t kHeadSize = 640;
  static void prefetch_head(const Entry& entry) {
    const uint8_t* const bytes = entry.bytes.load(std::memory_order_relaxed);
    for (size_t at = 0; at < kHeadSize; at += 64) __builtin_prefetch(bytes + at);
  }

  // Where a page is looked for.
  struct Place {
    Shard* shard;
    Entry* table;  // The shard's part.
    uint32_t start;
    uint32_t tag;
  };
  [[nodiscard]] static uint64_t hash_of(uint32_t file, uint64_t number) {
    uint64_t hash = (number + (uint64_t{file} << 40)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
    return hash * 0xd6e8feb86659fd93;
  }
  [[nodiscard]] Place place_of(uint64_t hash) const {
    const uint64_t shard = (hash >> 58) & (shard_count_ - 1);
    return {.shard = &shards_[shard],
            .table = &table_[shard * (table_mask_ + 1)],
            .start = static_cast<uint32_t>(hash >> 26) & table_mask_,
            .tag = static_cast<uint32_t>(hash)};
  }
  [[nodiscard]] uint32_t index_of(const CachedPage& page) const {
    return static_cast<uint32_t>(&page - frames_);
  }

  // All of these need the lock of the shard.
  CachedPage* find_locked(const Place& place, uint32_t file, uint64_t number);
  void add_locked(const Place& place, CachedPage& page);
  void remove_locked(Shard& shard, CachedPage& page);
  void erase_from_table(const Place& place, const CachedPage& page);
  void push(Queue& queue, CachedPage& page);
  void unlink(Queue& queue, CachedPage& page);
  bool close(CachedPage& page);
  CachedPage* evict_locked(Shard& shard);
  CachedPage* evict_once(Shard& shard);
  CachedPage* evict_sieve(Shard& shard);
  // Takes a page out of the table for good; it may be pinned.
  void let_go(Shard& shard, CachedPage& page);

  [[nodiscard]] bool reserve(uint64_t bytes);
  [[nodiscard]] CachedPage* evict_any(Shard& first);
  [[nodiscard]] CachedPage* take_frame(uint32_t size);
  [[nodiscard]] CachedPage* make_beyond(uint32_t size);
  void give_back(CachedPage* page);
  void drop_loose(CachedPage* page);

  uint64_t budget_;
  PageMemory memory_;    // Of pages within the budget.
  size_t shard_count_;   // A power of two.
  uint32_t table_mask_;  // Of a shard's part of the table.
  uint32_t frames_max_;
  std::unique_ptr<Shard[]> shards_;  // NOLINT(modernize-avoid-c-arrays)
  // NOLINTNEXTLINE(modernize-avoid-c-arrays)
  std::unique_ptr<Entry[], os::FreeLarge> table_;
  CachedPage* frames_;  // Constructed up to frames_made_.

  std::atomic<uint64_t> bytes_ = 0;   // Of the budget.
  std::atomic<uint64_t> beyond_ = 0;  // Beyond it, now.
  std::atomic<uint64_t> beyond_most_ = 0;
  std::atomic<uint64_t> misses_ = 0;
  std::atomic<uint32_t> files_ = 1;
  std::mutex frames_mutex_;
  std::vector<uint32_t> frames_free_;  // Guarded by frames_mutex_; has room for all.
  uint32_t frames_made_ = 0;           // Guarded by frames_mutex_.
};

inline void CachedPage::unpin() {
  const uint32_t before = pins_.fetch_sub(1, std::memory_order_release);
  if ((before & kLoose) != 0 && (before & kPins) == 1) cache_->drop_loose(this);  // I2
}

inline PagePin PageCache::find(uint32_t file, const PageRef& ref, PageUse use) {
  const Place place = place_of(hash_of(file, ref.number));
  // The table is never full, but entries may move while they are looked at: a page that is not
  // found is looked for again under the lock.
  for (uint32_t i = 0; i <= table_mask_; ++i) {
    const Entry& entry = place.table[(place.start + i) & table_mask_];
    const uint64_t entry_key = entry.key.load(std::memory_order_acquire);
    if (entry_key == 0) break;
    if (static_cast<uint32_t>(entry_key >> 32) != place.tag) continue;
    prefetch_head(entry);
    CachedPage& page = frames_[static_cast<uint32_t>(entry_key) - 1];
    const uint32_t before = page.pins_.fetch_add(1, std::memory_order_acquire);
    if ((before & CachedPage::kClosed) == 0 && page.number_ == ref.number &&
        page.checksum_ == ref.checksum && page.file_ == file) {  // I1, I3
      page.hits_.store(page.hits_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      const uint8_t visits = page.visits_.load(std::memory_order_relaxed);
      if (use == PageUse::kAgain && visits < page.visits_max_) {
        page.visits_.store(visits + 1, std::memory_order_relaxed);
      }
      return PagePin(&page);
    }
    page.unpin();
  }
  return {};
}

inline bool PageCache::prefetch_page(uint32_t file, const PageRef& ref) const {
  const Place place = place_of(hash_of(file, ref.number));
  for (uint32_t i = 0; i <= table_mask_; ++i) {
    const Entry& entry = place.table[(place.start + i) & table_mask_];
    const uint64_t entry_key = entry.key.load(std::memory_order_acquire);
    if (entry_key == 0) break;
    if (static_cast<uint32_t>(entry_key >> 32) != place.tag) continue;
    __builtin_prefetch(&frames_[static_cast<uint32_t>(entry_key) - 1], 1);
    prefetch_head(entry);
    return true;
  }
  return false;
}

}  // namespace stele::page
