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
      found_(std::move(found)),
      last_number_(found_.empty() ? 0 : std::ranges::max(found_)) {
  ready_.reserve(kPlaces);
}

std::string Spares::new_path() {
  return cat(directory_, "/", spare_name(last_number_.fetch_add(1) + 1));
}

bool Spares::has(uint64_t size, size_t count) const {
  const std::lock_guard lock(mutex_);
  return fitting(size) >= count;
}

bool Spares::lacks(uint64_t size, size_t count) {
  const std::lock_guard making(making_);
  return !has(size, count);
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

void Spares::add(std::unique_ptr<Spare> spare) {
  const std::lock_guard lock(mutex_);
  ready_.push_back(std::move(spare));
}

Result<std::unique_ptr<Spare>> Spares::open_found() {
  auto spare = std::make_unique<Spare>();
  spare->path = cat(directory_, "/", spare_name(found_.back()));
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
  found_.pop_back();
  return spare;
}

Result<std::unique_ptr<Spare>> Spares::create() {
  auto spare = std::make_unique<Spare>();
  spare->path = new_path();
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

Status Spares::make_one(uint64_t size) {
  // One that is ready, or was found, but is too small grows.
  Result<std::unique_ptr<Spare>> spare = take_smaller(size);
  if (*spare == nullptr) spare = found_.empty() ? create() : open_found();
  if (!spare) return fail(std::move(spare).error().during("prepare a segment"));
  Status enlarged = enlarge(**spare, size);
  if (!enlarged) {
    shrink_back(*std::move(spare));
    return fail(std::move(enlarged).error().during("prepare a segment"));
  }
  add(*std::move(spare));
  return {};
}

}  // namespace stele::wal
