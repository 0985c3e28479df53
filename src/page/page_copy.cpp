// Reads, compares and writes runs of pages.
#include "page/page_copy.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace stele::page {

namespace {

// The memory of a copy is twice this.
constexpr uint64_t kRunBytes = uint64_t{64} << 10;

}  // namespace

Result<std::unique_ptr<PageCopy>> PageCopy::start(std::shared_ptr<PageFile> from,
                                                  std::shared_ptr<const State> state,
                                                  std::unique_ptr<os::File> to) {
  std::unique_ptr<PageCopy> copy(new PageCopy(std::move(from), std::move(state), std::move(to)));
  STELE_TRY(copy->leave_out_free());
  const uint64_t size = copy->state_->page_count * copy->from_->page_size();
  STELE_TRY(copy->to_->resize(size));  // What an earlier copy had more of goes.
  // Room first: a disk that is too small says so now.
  STELE_TRY(copy->to_->allocate(size));
  return copy;
}

Status PageCopy::leave_out_free() {
  is_free_.resize(state_->page_count);
  next_ = first_page(from_->page_size());
  pages_total_ = state_->page_count - next_;
  return from_->for_each_free(
      *state_,
      [&](const FreeExtent& extent) -> Status {
        for (uint64_t i = 0; i < extent.count; ++i) {
          const uint64_t number = extent.first + i;
          if (number < next_ || number >= is_free_.size() || is_free_[number]) {
            return corruption(from_->path(), number * from_->page_size(),
                              cat("page ", number, " cannot be on the free list"));
          }
          is_free_[number] = true;
          --pages_total_;
        }
        return {};
      },
      [](uint64_t) -> Status { return {}; });
}

Result<bool> PageCopy::step(uint64_t bytes) {
  for (uint64_t copied = 0; copied == 0 || copied < bytes;) {
    while (next_ < is_free_.size() && is_free_[next_]) ++next_;
    if (next_ == is_free_.size()) return false;
    const uint64_t most = std::max<uint64_t>(kRunBytes / from_->page_size(), 1);
    uint64_t count = 1;
    while (count < most && next_ + count < is_free_.size() && !is_free_[next_ + count]) ++count;
    STELE_TRY(copy(next_, count));
    next_ += count;
    pages_done_ += count;
    copied += count * from_->page_size();
  }
  return true;
}

Status PageCopy::copy(uint64_t first, uint64_t count) {
  const size_t size = from_->page_size();
  piece_.resize(count * size);
  there_.resize(count * size);
  for (uint64_t i = 0; i < count; ++i) {
    STELE_TRY(from_->read_raw(first + i, ByteSpan(piece_).subspan(i * size, size)));
  }
  const auto got = to_->read_at(first * size, there_);
  if (!got) return fail(got.error());
  if (*got == there_.size() && there_ == piece_) return {};
  const ByteView bytes = piece_;
  STELE_TRY(to_->write_at(first * size, {&bytes, 1}));
  to_->write_back();
  return {};
}

Status PageCopy::finish(const Note& note, os::SyncSite site) {
  STELE_CHECK(next_ == is_free_.size());
  State state = *state_;
  state.note = note;
  for (int i = 0; i < 2; ++i, ++state.generation) {
    const SlotBytes slot = from_->encode(state);
    const ByteView bytes = slot;
    STELE_TRY(to_->write_at(slot_of(state.generation) * kSlotSize, {&bytes, 1}));
  }
  return to_->sync(site);
}

}  // namespace stele::page
