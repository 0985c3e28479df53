// Making, keeping and handing out spare segments.
#include "wal/spares.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace stele::wal {

namespace {

constexpr std::string_view kPrefix = "spare-";
constexpr uint64_t kFillSize = uint64_t{64} << 10;

}  // namespace

std::string spare_name(uint64_t number) {
  return cat(kPrefix, number);
}

uint64_t spare_number(std::string_view name) {
  if (!name.starts_with(kPrefix)) return 0;
  uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == end;
  return whole && spare_name(number) == name ? number : 0;
}

Spares::Spares(os::FileSystem& files, std::string directory, std::vector<uint64_t> found)
    : files_(files),
      directory_(std::move(directory)),
      last_number_(found.empty() ? 0 : std::ranges::max(found)) {
  for (const uint64_t number : found) waiting_.push_back({number, kUnknownSize});
  ready_.reserve(kPlaces);
}

std::string Spares::path_of(uint64_t number) const {
  return cat(directory_, "/", spare_name(number));
}

bool Spares::has(uint64_t size, size_t count) const {
  const std::lock_guard lock(mutex_);
  return fitting(size) >= count;
}

uint64_t Spares::bytes() {
  const std::lock_guard making(making_);
  uint64_t bytes = 0;
  for (Waiting& waiting : waiting_) {
    if (waiting.size == kUnknownSize) {
      const auto file = files_.open(path_of(waiting.number), os::OpenFor::kReading);
      const auto size = file ? (*file)->size() : Result<uint64_t>(0);
      waiting.size = size.value_or(kUnknownSize);
    }
    bytes += waiting.size;
  }
  const std::lock_guard lock(mutex_);
  for (const std::unique_ptr<Spare>& spare : ready_) bytes += spare->size;
  return bytes;
}

size_t Spares::fitting(uint64_t size) const {
  return static_cast<size_t>(
      std::ranges::count_if(ready_, [&](const auto& spare) { return spare->size >= size; }));
}

std::unique_ptr<Spare> Spares::remove(Ready::iterator at) {
  if (at == ready_.end()) return nullptr;
  std::unique_ptr<Spare> taken = std::move(*at);
  ready_.erase(at);
  return taken;
}

std::unique_ptr<Spare> Spares::take(uint64_t size) {
  const std::lock_guard lock(mutex_);
  return remove(std::ranges::find_if(ready_, [&](const auto& s) { return s->size >= size; }));
}

std::unique_ptr<Spare> Spares::take_leaving_one(uint64_t size) {
  const std::lock_guard lock(mutex_);
  return remove(std::ranges::find_if(
      ready_, [&](const auto& s) { return s->size >= size && fitting(s->size) >= 2; }));
}

std::unique_ptr<Spare> Spares::take_smaller(uint64_t size) {
  const std::lock_guard lock(mutex_);
  return remove(std::ranges::find_if(ready_, [&](const auto& s) { return s->size < size; }));
}

void Spares::give_back(std::unique_ptr<Spare> spare) noexcept {
  const std::lock_guard lock(mutex_);
  ready_.insert(ready_.begin(), std::move(spare));  // Where it was taken: no memory is needed.
}

void Spares::add_recycled(uint64_t number, uint64_t size) {
  const std::lock_guard making(making_);
  waiting_.push_back({number, size});
}

Result<std::unique_ptr<Spare>> Spares::open_waiting(size_t index) {
  auto spare = std::make_unique<Spare>();
  spare->path = path_of(waiting_[index].number);
  auto file = files_.open(spare->path, os::OpenFor::kWriting);
  if (!file) return fail(std::move(file).error());
  spare->file = *std::move(file);
  const auto size = spare->file->size();
  if (!size) return fail(size.error());
  // A size that is there to be seen need not have its blocks.
  STELE_TRY(spare->file->allocate(*size));
  spare->size = *size;
  spare->filled = 0;
  spare->reused = true;
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  return spare;
}

Result<std::unique_ptr<Spare>> Spares::create() {
  auto spare = std::make_unique<Spare>();
  spare->path = path_of(new_number());
  auto file = files_.open(spare->path, os::OpenFor::kCreating);
  if (!file) return fail(std::move(file).error());
  spare->file = *std::move(file);
  spare->size = 0;
  spare->filled = 0;
  spare->reused = false;
  return spare;
}

Status Spares::enlarge(Spare& spare, uint64_t size) const {
  if (spare.size >= size) return {};
  STELE_TRY(spare.file->allocate(size));
  spare.size = size;
  return {};
}

// Half of the room is no use to anybody, and may be what somebody else needs.
void Spares::shrink_back(std::unique_ptr<Spare> spare) {
  if (spare->size == 0) {
    spare->file.reset();
    [[maybe_unused]] const Status removed = files_.remove(spare->path);
    return;
  }
  [[maybe_unused]] const Status shrunk = spare->file->resize(spare->size);
  give_back(std::move(spare));
}

bool Spares::fill_piece(uint64_t target) {
  const std::lock_guard making(making_);
  // Out of the list, so that nobody makes it a segment meanwhile; who needs it waits in make().
  std::unique_ptr<Spare> spare = take(0);
  if (spare == nullptr) return false;
  target = std::min(target, spare->size);
  const bool needed = !spare->reused && spare->filled < target;
  if (needed) {
    const std::vector<uint8_t> zeros(std::min(kFillSize, target - spare->filled));
    const ByteView piece = zeros;
    // It has its room, and nothing rests on the zeros.
    [[maybe_unused]] const Status written = spare->file->write_at(spare->filled, {&piece, 1});
    spare->file->write_back();
    spare->filled += zeros.size();
  }
  const bool more = needed && spare->filled < target;
  give_back(std::move(spare));
  return more;
}

Status Spares::make(uint64_t size, size_t count) {
  const std::lock_guard making(making_);
  while (!has(size, count)) STELE_TRY(make_one(size));
  return {};
}

Result<std::unique_ptr<Spare>> Spares::obtain(uint64_t needed, uint64_t size) {
  const std::lock_guard making(making_);
  for (;;) {
    // What was being filled, or made, when there seemed to be none is ready by now.
    if (auto spare = take_leaving_one(needed)) return spare;
    STELE_TRY(make_one(size));
  }
}

Result<std::unique_ptr<Spare>> Spares::pick(uint64_t size) {
  size_t ready_count = 0;
  {
    const std::lock_guard lock(mutex_);
    ready_count = ready_.size();
  }
  if (ready_count < kReadyMax) {
    const auto at =
        std::ranges::find_if(waiting_, [&](const Waiting& w) { return w.size >= size; });
    if (at != waiting_.end()) return open_waiting(static_cast<size_t>(at - waiting_.begin()));
  }
  if (auto spare = take_smaller(size)) return spare;
  return waiting_.empty() ? create() : open_waiting(waiting_.size() - 1);
}

Status Spares::make_one(uint64_t size) {
  // The analyzer loses an Error's detail on its way out of a std::expected.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  auto spare = pick(size);
  if (!spare) return fail(std::move(spare).error().during("prepare a segment"));
  Status enlarged = enlarge(**spare, size);
  if (!enlarged) {
    shrink_back(*std::move(spare));
    return fail(std::move(enlarged).error().during("prepare a segment"));
  }
  const std::lock_guard lock(mutex_);
  ready_.push_back(*std::move(spare));
  return {};
}

}  // namespace stele::wal
