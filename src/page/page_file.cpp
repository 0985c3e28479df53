// Opening, reading and walking a page file.
#include "page/page_file.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "page/page_writer.h"

namespace stele::page {

namespace {

constexpr size_t kSlotsSize = 2 * kSlotSize;

// Writes both slots and the rest of the first page.
Status write_new(os::File& file, const PageFileOptions& options, const State& state) {
  State before = state;
  before.generation = 0;
  const SlotBytes slots[] = {
      encode_superblock({options.uuid, options.file_id, options.page_size, before}),
      encode_superblock({options.uuid, options.file_id, options.page_size, state})};
  STELE_TRY(file.allocate(state.page_count * options.page_size));
  const ByteView pieces[] = {slots[0], slots[1]};
  STELE_TRY(file.write_at(0, pieces));
  return file.sync(os::SyncSite::kPageFileNew);
}

}  // namespace

PageFile::PageFile(const os::Environment& environment, const PageFileOptions& options,
                   PageCache& cache, std::unique_ptr<os::File> file)
    : environment_(environment),
      cache_(cache),
      cache_id_(cache.add_file()),
      file_(std::move(file)),
      path_(file_->path()),
      uuid_(options.uuid),
      file_id_(options.file_id),
      page_size_(options.page_size),
      seed_(file_seed(options.uuid, options.file_id)) {}

PageFile::~PageFile() {
  cache_.drop_file(cache_id_);
}

Result<std::shared_ptr<PageFile>> PageFile::create(const os::Environment& environment,
                                                   const std::string& path,
                                                   const PageFileOptions& options,
                                                   PageCache& cache) {
  STELE_CHECK(std::has_single_bit(options.page_size));
  STELE_CHECK(options.page_size >= kPageSizeMin && options.page_size <= kPageSizeMax);
  os::FileSystem& files = *environment.files;
  const std::string temporary = path + ".tmp";
  auto made = files.open(temporary, os::OpenFor::kCreating);
  if (!made) return fail(std::move(made).error());
  const State state = {.generation = 1, .page_count = first_page(options.page_size)};
  Status written = write_new(**made, options, state);
  if (!written) {
    // What is left of it counts for nothing, and the next creation empties it.
    [[maybe_unused]] const Status removed = files.remove(temporary);
    return fail(std::move(written).error());
  }
  made->reset();
  STELE_TRY(files.rename(temporary, path));
  STELE_TRY(files.sync_directory(os::parent_of(path), os::SyncSite::kPageFileName));
  auto opened = files.open(path, os::OpenFor::kWriting);
  if (!opened) return fail(std::move(opened).error());
  std::shared_ptr<PageFile> file(new PageFile(environment, options, cache, std::move(*opened)));
  file->for_writing_ = true;
  file->is_confirmed_ = true;
  file->file_bytes_ = state.page_count * options.page_size;
  file->newest_ = file->states_.add(state);
  return file;
}

Result<std::shared_ptr<PageFile>> PageFile::open(const os::Environment& environment,
                                                 const std::string& path,
                                                 const PageFileOptions& options, PageCache& cache,
                                                 bool for_writing) {
  auto opened =
      environment.files->open(path, for_writing ? os::OpenFor::kWriting : os::OpenFor::kReading);
  if (!opened) return fail(std::move(opened).error());
  std::shared_ptr<PageFile> file(new PageFile(environment, options, cache, std::move(*opened)));
  STELE_TRY(file->pick(options));
  if (for_writing) STELE_TRY(file->prepare_for_writing());
  return file;
}

Result<std::shared_ptr<PageFile>> PageFile::open_damaged(const os::Environment& environment,
                                                         const std::string& path,
                                                         const PageFileOptions& options,
                                                         PageCache& cache) {
  auto opened = environment.files->open(path, os::OpenFor::kReading);
  if (!opened) return fail(std::move(opened).error());
  std::shared_ptr<PageFile> file(new PageFile(environment, options, cache, std::move(*opened)));
  const Status picked = file->pick(options);
  if (picked) return file;
  if (picked.error().code() != Code::kCorrupt) return fail(picked.error());
  STELE_TRY(file->guess());
  return file;
}

Status PageFile::guess() {
  constexpr uint64_t kPagesTried = 64;
  for (uint32_t size = kPageSizeMin; size <= kPageSizeMax; size *= 2) {
    page_size_ = size;
    std::vector<uint8_t> page(size);
    const uint64_t count = file_bytes_ / size;
    for (uint64_t number = first_page(size); number < std::min(count, kPagesTried); ++number) {
      if (!read_raw(number, page)) continue;
      newest_ = states_.add({.page_count = count});
      return {};
    }
  }
  return corruption(path_, 0, "no superblock is good, and none of the first pages");
}

Result<Superblock> PageFile::decode_slot(ByteView slots, size_t slot,
                                         const PageFileOptions& options,
                                         uint64_t file_bytes) const {
  const size_t start = std::min(slot * kSlotSize, slots.size());
  const ByteView bytes = slots.subspan(start, std::min(kSlotSize, slots.size() - start));
  auto superblock = decode_superblock(bytes, slot, path_);
  if (!superblock) return superblock;
  if (superblock->uuid != options.uuid) {
    return corruption(path_, slot * kSlotSize, "the page file belongs to another database");
  }
  if (superblock->file_id != options.file_id) {
    return corruption(
        path_, slot * kSlotSize,
        cat("the page file says it is number ", superblock->file_id, ", not ", options.file_id));
  }
  const uint64_t size = superblock->state.page_count * superblock->page_size;
  if (size > file_bytes) {
    return corruption(
        path_, file_bytes,
        cat("the file ends there; slot ", slot, " says that it has ", superblock->state.page_count,
            " pages of ", superblock->page_size, " bytes"));
  }
  return superblock;
}

Status PageFile::pick(const PageFileOptions& options) {
  const auto size = file_->size();
  if (!size) return fail(size.error());
  file_bytes_ = *size;
  std::vector<uint8_t> bytes(kSlotsSize);
  const auto got = file_->read_at(0, bytes);
  if (!got) return fail(got.error());
  bytes.resize(*got);
  Result<Superblock> slots[] = {decode_slot(bytes, 0, options, *size),
                                decode_slot(bytes, 1, options, *size)};
  for (const auto& slot : slots) {
    if (!slot && slot.error().code() == Code::kUnsupported) return fail(slot.error());
  }
  if (!slots[0] && !slots[1]) {
    return corruption(path_, 0,
                      cat("no superblock is good: ", slots[0].error().message(), "; ",
                          slots[1].error().message()));
  }
  const size_t newer =
      !slots[0] || (slots[1] && slots[1]->state.generation > slots[0]->state.generation) ? 1 : 0;
  Superblock& newest = *slots[newer];
  Result<Superblock>& older = slots[1 - newer];
  if (older && older->page_size != newest.page_size) {
    older = corruption(path_, (1 - newer) * kSlotSize, "the slots differ in the size of pages");
  }
  page_size_ = newest.page_size;
  if (!older) {
    slot_damage_ = std::move(older).error();
    must_clear_slot_ = true;
  } else {
    older_applied_tsn_ = older->state.applied_tsn;
    if (older->state.generation + 1 != newest.state.generation) {
      slot_damage_ = corruption(path_, (1 - newer) * kSlotSize,
                                cat("the slots name generations ", older->state.generation, " and ",
                                    newest.state.generation, ": a write was lost"))
                         .error();
      older_applied_tsn_ = 0;
    }
  }
  newest_ = states_.add(std::move(newest.state));
  return {};
}

Status PageFile::prepare_for_writing() {
  // A process that was killed may have left a superblock, or a name, that can be seen and is not on
  // the disk.
  STELE_TRY(file_->sync(os::SyncSite::kPageFileOpened));
  STELE_TRY(
      environment_.files->sync_directory(os::parent_of(path_), os::SyncSite::kPageFileOpened));
  for_writing_ = true;
  older_applied_tsn_ = 0;
  // A file that can be read is not refused because its free pages are not known.
  if (const Status loaded = load_free_list(); !loaded) refusal_ = loaded.error();
  return {};
}

Status PageFile::load_free_list() {
  std::vector<FreeExtent> all;
  STELE_TRY(for_each_free(
      *newest_,
      [&](const FreeExtent& extent) -> Status {
        all.push_back(extent);
        return {};
      },
      [&](uint64_t number) -> Status {
        collect(list_pages_, number);
        return {};
      }));
  free_ = FreeSpace(all);
  return {};
}

std::shared_ptr<const State> PageFile::state() const {
  const std::lock_guard guard(mutex_);
  return newest_;
}

uint64_t PageFile::older_applied_tsn() const {
  const std::lock_guard guard(mutex_);
  return older_applied_tsn_;
}

// ---- Reading. ----

Status PageFile::read_at(uint64_t number, ByteSpan into) const {
  const uint64_t offset = number * page_size_;
  const auto got = file_->read_at(offset, into);
  if (!got) return fail(got.error());
  pages_read_.fetch_add(1, std::memory_order_relaxed);
  if (*got == into.size()) return {};
  return corruption(path_, offset + *got, cat("the file ends inside or before page ", number));
}

bool PageFile::copy_pending(const PageRef& ref, ByteSpan into) const {
  const std::lock_guard guard(pending_.mutex);
  const uint64_t count = pending_.bytes.size() / page_size_;
  if (ref.number < pending_.first || ref.number - pending_.first >= count) return false;
  const uint8_t* page = pending_.bytes.data() + (ref.number - pending_.first) * page_size_;
  if (PageHeader{page}.checksum() != ref.checksum) return false;
  std::copy_n(page, page_size_, into.data());
  return true;
}

Status PageFile::load(const PageRef& ref, ByteSpan into) const {
  // Superblocks are no pages; and the file is never so long that a byte has no number.
  if (!is_page(ref.number)) return corruption(path_, 0, cat("there is no page ", ref.number));
  Status loaded = read_at(ref.number, into);
  if (loaded) loaded = check_page(into, ref, place());
  // Only the writer knows references to what it has not written yet, so that this comes last.
  if (!loaded && copy_pending(ref, into)) return {};
  return loaded;
}

Result<PagePin> PageFile::read_missing(const PageRef& ref, PageUse use) const {
  cache_.count_miss();
  PageCache::Room room = cache_.make_room(cache_id_, ref.number, page_size_);
  STELE_TRY(load(ref, room.bytes()));
  return cache_.insert(std::move(room), cache_id_, ref, use);
}

void PageFile::will_need(const PageRef& ref) const {
  if (is_page(ref.number)) file_->will_need(ref.number * page_size_, page_size_);
}

Status PageFile::read_raw(uint64_t number, ByteSpan into) const {
  STELE_CHECK(into.size() == page_size_);
  if (!is_page(number)) {
    return fail(Code::kInvalid, cat(path_, ": there is no page ", number));
  }
  STELE_TRY(read_at(number, into));
  return check_page(into, number, place());
}

Status PageFile::for_each_free(const State& state, const VisitExtent& visit_extent,
                               const VisitPage& visit_list_page) const {
  std::vector<uint8_t> page(page_size_);
  FreeListReader reader(state, page_size_, path_);
  while (reader.next()) {
    const PageRef at = reader.next();
    STELE_TRY(load(at, page));
    STELE_TRY(visit_list_page(at.number));
    STELE_TRY(reader.take(page, visit_extent));
  }
  return reader.finish();
}

// ---- Writing. ----

SlotBytes PageFile::encode(const State& state) const {
  return encode_superblock({uuid_, file_id_, page_size_, state});
}

uint64_t PageFile::releasable(uint64_t generation) const {
  // Until this process has written the newest superblock itself it may only seem to be there, after
  // a sync that had failed: in its slot there is then the one of two generations before.
  const uint64_t back = is_confirmed_ ? 2 : 3;
  return generation > back ? generation - back : 0;
}

Result<std::unique_ptr<PageWriter>> PageFile::begin() {
  const std::lock_guard guard(mutex_);
  STELE_CHECK(!has_writer_);
  if (!for_writing_) return fail(Code::kReadOnly, cat(path_, ": opened for reading only"));
  if (refusal_) return fail(*refusal_);
  if (newest_->generation == kGenerationMax) {
    return corruption(path_, 0, cat("no generation can follow ", kGenerationMax));
  }
  STELE_TRY(clear_damaged_slot());
  free_.release(releasable(newest_->generation + 1), states_.held());
  std::unique_ptr<PageWriter> writer(new PageWriter(shared_from_this(), newest_));
  has_writer_ = true;
  return writer;
}

// Makes sure that a torn superblock stays one: another write that is torn could complete it by
// chance, when the pages that it names have been given to others.
Status PageFile::clear_damaged_slot() {
  if (!must_clear_slot_) return {};
  const SlotBytes zeros = {};
  const ByteView piece = zeros;
  STELE_TRY(file_->write_at(slot_of(newest_->generation + 1) * kSlotSize, {&piece, 1}));
  if (const Status synced = file_->sync(os::SyncSite::kSlotCleared); !synced) {
    refusal_ = refusal_for(synced.error());
    return synced;
  }
  must_clear_slot_ = false;
  return {};
}

void PageFile::adopt(State state, FreeSpace free, Extents list_pages) {
  std::shared_ptr<const State> before;  // Let go of without the lock.
  auto newest = states_.add(std::move(state));
  const std::lock_guard guard(mutex_);
  before = std::exchange(newest_, std::move(newest));
  older_applied_tsn_ = before->applied_tsn;
  free_ = std::move(free);
  list_pages_ = std::move(list_pages);
  is_confirmed_ = true;
}

Error PageFile::refuse_from_now_on(const Error& first) {
  const std::lock_guard guard(mutex_);
  refusal_ = refusal_for(first);
  return first;
}

Error PageFile::refusal_for(const Error& first) const {
  return Error(Code::kReadOnly,
               cat(path_, " is not written any more, since this failed: ", first.message()))
      .with_os_errno(first.os_errno());
}

PageFileStats PageFile::stats() const {
  const std::lock_guard guard(mutex_);
  const std::vector<uint64_t> held = states_.held();
  return {.generation = newest_->generation,
          .page_count = newest_->page_count,
          .free_pages = pages_in(free_.usable()),
          .waiting_pages = free_.waiting_pages(),
          .pages_written = pages_written_.load(std::memory_order_relaxed),
          .pages_read = pages_read_.load(std::memory_order_relaxed),
          .file_bytes = file_bytes_.load(std::memory_order_relaxed),
          .readers = held.size() - 1,
          .oldest_generation = held.front(),
          .held_pages = free_.held_pages(releasable(newest_->generation + 1), held)};
}

}  // namespace stele::page
