// A page file: copy-on-write pages and two superblocks, of which each names a whole generation.
//
//    byte 0      slot 0: superblock of the even generations
//    byte 4,096  slot 1: superblock of the odd generations
//    then        pages, from the first whole page behind byte 8,192 on; page n is at n * page size
//
// A generation is what one checkpoint leaves: trees by name, the free pages, the TSN up to which
// everything is in them. Generation g is written to slot g % 2 when all its pages are synced, and
// synced; so each slot always names a whole generation, and the newest good superblock counts.
//
//    I1  A page written by generation b and freed by generation g (reachable from b to g - 1) is
//        written again only when both slots are durable at >= g, and nobody holds the State of a
//        generation of b to g - 1.
//        (page/free_space.h says what that means for who builds generation n.)
//    I2  Everything that changes is inside the slots. The file grows before a superblock counts the
//        new pages, and its size is synced with them.
//    I3  One good superblock is on the disk at any time, and its generation is whole. A slot is
//        written only when this process has brought the other one to the disk: what an earlier
//        process has left may be there to be seen only, since its sync had failed. So the first
//        commit writes the newest superblock once more, in its own slot, before it writes the other
//        one; and a slot that was found torn is cleared before any page is written. Nor are pages
//        written, until then, that the generation two before the newest reaches: it may be what
//        that slot holds.
//    I4  No superblock names a TSN that is not durable in the log: who writes sees to it.
//
// Threads: reading any; one PageWriter at a time.
// On disk: docs/format.md, "Page file".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/environment.h"
#include "page/free_list.h"
#include "page/free_space.h"
#include "page/page.h"
#include "page/page_cache.h"
#include "page/state.h"
#include "page/state_registry.h"
#include "page/superblock.h"

namespace stele::page {

struct PageFileOptions {
  Uuid uuid = {};                         // Of the database.
  uint64_t file_id = 0;                   // Within the database; both seed the checksums.
  uint32_t page_size = kPageSizeDefault;  // Of a new file: a power of two, 4 to 64 KiB.
};

struct PageFileStats {
  uint64_t generation;
  uint64_t page_count;
  uint64_t free_pages;     // That can be used now.
  uint64_t waiting_pages;  // Freed, but a slot or a reader may still need them.
  uint64_t pages_written;  // Through this handle; superblocks not counted.
  uint64_t pages_read;
  uint64_t file_bytes;
  uint64_t readers;            // Generations held, other than the newest.
  uint64_t oldest_generation;  // That somebody holds.
  uint64_t held_pages;         // That wait for nothing but readers.
};

class PageWriter;

class PageFile : public std::enable_shared_from_this<PageFile> {
 public:
  // Makes a file with an empty first generation: under a temporary name, both slots, synced, then
  // renamed, then the directory synced. `cache` must outlive it.
  static Result<std::shared_ptr<PageFile>> create(const os::Environment& environment,
                                                  const std::string& path,
                                                  const PageFileOptions& options, PageCache& cache);
  // Opens a file and picks the newest generation whose superblock is good. For writing, what is in
  // the file is synced first: a killed process may have left superblocks that can be seen but are
  // not there to stay. CORRUPT: no superblock is good, or the file is another's (uuid, file id).
  static Result<std::shared_ptr<PageFile>> open(const os::Environment& environment,
                                                const std::string& path,
                                                const PageFileOptions& options, PageCache& cache,
                                                bool for_writing);
  // Opens a file of which nothing may be left but pages, for who takes it apart: where no
  // superblock is good, there are no trees, and the size of pages is found by trying. CORRUPT: not
  // even one page is good.
  static Result<std::shared_ptr<PageFile>> open_damaged(const os::Environment& environment,
                                                        const std::string& path,
                                                        const PageFileOptions& options,
                                                        PageCache& cache);
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;
  ~PageFile();

  // Returns the newest generation; its pages stay while the pointer is held.
  [[nodiscard]] std::shared_ptr<const State> state() const;
  // The TSN in the slot that is not the newest: what a log must still be able to replay from,
  // should the newest slot be lost. 0 if that slot is not good; and, in a file that was opened for
  // writing, until the first commit, for what can be seen until then need not be on the disk (I3).
  [[nodiscard]] uint64_t older_applied_tsn() const;
  // What is wrong with the slot that is not the newest, if it is not a good superblock of the
  // generation before; found when the file was opened. The next commit writes that slot.
  [[nodiscard]] const std::optional<Error>& slot_damage() const { return slot_damage_; }

  // Returns the page, checked against its reference when it comes from the file. CORRUPT names
  // file, page and byte. Requires: somebody holds a State from which `ref` can be reached, or the
  // writer has written it.
  [[nodiscard]] Result<PagePin> read(const PageRef& ref, PageUse use = PageUse::kAgain) const;
  // Returns the page if it is in memory, else an empty pin. Requires: as read().
  [[nodiscard]] PagePin find(const PageRef& ref, PageUse use = PageUse::kAgain) const {
    return cache_.find(cache_id_, ref, use);
  }
  // Tells the system that a page is read soon which is not in memory: it is not read by this, nor
  // counted, and takes no room in the cache.
  void will_need(const PageRef& ref) const;
  // See PageCache.
  void prefetch_entry(const PageRef& ref) const { cache_.prefetch_entry(cache_id_, ref); }
  bool prefetch_page(const PageRef& ref) const { return cache_.prefetch_page(cache_id_, ref); }
  // Reads a page by its number alone, for who takes a file apart: it is checked against itself
  // only, and past the cache. `into` has page_size() bytes.
  [[nodiscard]] Status read_raw(uint64_t number, ByteSpan into) const;

  // Starts the next generation. Requires: opened for writing, no other writer alive.
  [[nodiscard]] Result<std::unique_ptr<PageWriter>> begin();

  [[nodiscard]] uint32_t page_size() const { return page_size_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] PageFileStats stats() const;

  // Calls visit_extent for each run on the free list of a state, in ascending order of pages, and
  // visit_list_page for each page that the list itself takes. Either may end it by an error.
  // (For verification and for drawing.)
  [[nodiscard]] Status for_each_free(const State& state, const VisitExtent& visit_extent,
                                     const VisitPage& visit_list_page) const;

 private:
  friend class PageWriter;
  friend class PageCopy;

  // Pages that a writer has written and that are not in the file yet: neighbours, to be written in
  // one piece.
  struct Pending {
    std::mutex mutex;
    std::vector<uint8_t> bytes;
    uint64_t first = 0;  // The number of the first of them.
  };

  PageFile(const os::Environment& environment, const PageFileOptions& options, PageCache& cache,
           std::unique_ptr<os::File> file);

  // Picks the newest good superblock.
  Status pick(const PageFileOptions& options);
  // Finds a size of pages with which one of the first pages is good.
  Status guess();
  // Decodes one slot and compares it with what the file should be.
  Result<Superblock> decode_slot(ByteView slots, size_t slot, const PageFileOptions& options,
                                 uint64_t file_bytes) const;
  Status prepare_for_writing();
  Status load_free_list();

  Result<PagePin> read_missing(const PageRef& ref, PageUse use) const;
  // Fills `into` from the file, or from what is pending, and checks it.
  Status load(const PageRef& ref, ByteSpan into) const;
  // Whether there can be a page of this number.
  [[nodiscard]] bool is_page(uint64_t number) const {
    return number >= first_page(page_size_) && number < (uint64_t{1} << 62) / page_size_;
  }
  bool copy_pending(const PageRef& ref, ByteSpan into) const;
  Status read_at(uint64_t number, ByteSpan into) const;

  [[nodiscard]] PagePlace place() const { return {path_, seed_}; }
  [[nodiscard]] SlotBytes encode(const State& state) const;
  // What generations up to this one have freed is reached from neither slot while `generation` is
  // built.
  [[nodiscard]] uint64_t releasable(uint64_t generation) const;
  // For the writer: from now on `state` is the newest. Its superblock is durable.
  void adopt(State state, FreeSpace free, Extents list_pages);
  // For the writer: no further write. Returns the error as one that says so.
  Error refuse_from_now_on(const Error& first);
  [[nodiscard]] Error refusal_for(const Error& first) const;
  Status clear_damaged_slot();

  os::Environment environment_;
  PageCache& cache_;
  uint32_t cache_id_;
  std::unique_ptr<os::File> file_;
  std::string path_;
  Uuid uuid_;
  uint64_t file_id_;
  uint32_t page_size_ = 0;
  uint64_t seed_;
  bool for_writing_ = false;
  std::optional<Error> slot_damage_;

  StateRegistry states_;
  mutable std::mutex mutex_;  // Over what follows.
  std::shared_ptr<const State> newest_;
  uint64_t older_applied_tsn_ = 0;
  // These two are changed only by who writes, who may read them without the lock.
  FreeSpace free_;
  Extents list_pages_;            // Of the newest generation's free list.
  bool is_confirmed_ = false;     // This process has made the newest superblock durable itself.
  std::optional<Error> refusal_;  // Why nothing can be written any more.
  bool must_clear_slot_ = false;  // The slot that is not the newest is damaged.
  bool has_writer_ = false;

  std::atomic<uint64_t> file_bytes_ = 0;
  std::atomic<uint64_t> pages_written_ = 0;
  mutable std::atomic<uint64_t> pages_read_ = 0;
  mutable Pending pending_;
};

inline Result<PagePin> PageFile::read(const PageRef& ref, PageUse use) const {
  if (PagePin pin = find(ref, use)) return pin;
  return read_missing(ref, use);
}

}  // namespace stele::page
