// The scan of a page file, and what it has found.
#include "db/page_salvage.h"

#include <algorithm>

#include "base/bytes.h"
#include "engine/commit_frame.h"
#include "events/event_tree.h"
#include "wal/frame.h"

namespace stele::db {

// ---- Ranges. ----

void PageSalvage::Ranges::add(const Range& range) {
  ranges_.push_back(range);
  count_max_ = std::max<uint64_t>(count_max_, range.count);
}

void PageSalvage::Ranges::sort() {
  std::ranges::sort(ranges_, [](const Range& a, const Range& b) {
    return a.first != b.first ? a.first < b.first : a.generation > b.generation;
  });
}

template <typename Try>
bool PageSalvage::Ranges::find(uint64_t number, const Try& try_page) const {
  auto at = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
  while (at != ranges_.begin()) {
    --at;
    if (number - at->first >= count_max_) return false;
    if (number - at->first < at->count && try_page(*at)) return true;
  }
  return false;
}

bool PageSalvage::Ranges::holds(uint64_t number) const {
  return find(number, [](const Range&) { return true; });
}

uint64_t PageSalvage::Ranges::next(uint64_t from) const {
  if (holds(from)) return from;
  const auto at = std::ranges::lower_bound(ranges_, from, {}, &Range::first);
  return at == ranges_.end() ? 0 : at->first;
}

// ---- The scan. ----

std::unique_ptr<PageSalvage> PageSalvage::open(const os::Environment& environment,
                                               const std::string& path,
                                               const page::PageFileOptions& options,
                                               page::PageCache& cache) {
  auto salvage = std::make_unique<PageSalvage>();
  const auto kind = environment.files->kind(path);
  if (kind && *kind == os::FileKind::kMissing) return salvage;
  auto file = page::PageFile::open_damaged(environment, path, options, cache);
  if (!file) {
    salvage->damage_ = std::move(file).error();
    return salvage;
  }
  salvage->file_ = *std::move(file);
  const uint32_t size = salvage->file_->page_size();
  salvage->page_.resize(size);
  salvage->next_page_ = page::first_page(size);
  salvage->page_count_ = salvage->file_->stats().file_bytes / size;
  salvage->applied_tsn_ = salvage->file_->state()->applied_tsn;
  return salvage;
}

bool PageSalvage::scan(uint64_t count) {
  if (next_page_ >= page_count_) return false;
  for (; count > 0 && next_page_ < page_count_; --count) look_at(next_page_++);
  if (next_page_ < page_count_) return true;
  events_.sort();
  commits_.sort();
  merged_.sort();
  return false;
}

void PageSalvage::look_at(uint64_t number) {
  page_number_ = 0;
  if (!file_->read_raw(number, page_)) {
    const bool is_empty = std::ranges::all_of(page_, [](uint8_t byte) { return byte == 0; });
    if (!is_empty) ++pages_damaged_;
    return;
  }
  const page::PageHeader header = {page_.data()};
  if (header.type() == page::PageType::kDenseLeaf) look_at_dense(number);
  if (header.type() == page::PageType::kLeaf) look_at_slotted(number);
}

void PageSalvage::look_at_dense(uint64_t number) {
  if (leaf_.open(page_.data(), file_->page_size()) != nullptr) return;
  page_number_ = number;
  const Ranges::Range range = {.first = leaf_.first(),
                               .page = number,
                               .generation = page::PageHeader{page_.data()}.generation(),
                               .count = leaf_.count()};
  // Which tree it is of, its values tell; a large one need not be whole any more.
  for (uint64_t at = range.first; at < range.first + range.count; ++at) {
    if (!load(range, at)) continue;
    const auto record = events::RecordView::decode(value_);
    if (record && record->position() == at && record->size() == value_.size()) {
      applied_tsn_ = std::max(applied_tsn_, record->tsn());
      events_.add(range);
    } else if (engine::CommitView::decode(at, value_)) {
      applied_tsn_ = std::max(applied_tsn_, range.first + range.count - 1);
      commits_.add(range);
    }
    return;
  }
}

// Which tree it is of, its keys tell.
void PageSalvage::look_at_slotted(uint64_t number) {
  if (merged_leaf_.open(page_.data(), file_->page_size()) != nullptr) return;
  page_number_ = number;
  uint64_t first = 0;
  uint64_t last = 0;
  for (size_t i = 0; i < merged_leaf_.count(); ++i) {
    const uint64_t tsn = load_merged(i);
    if (tsn == 0) continue;
    const auto entry = engine::CommitEntry::decode(tsn, value_);
    if (first == 0) first = entry ? entry->first() : tsn;
    last = tsn;
  }
  if (last == 0) return;
  applied_tsn_ = std::max(applied_tsn_, last);
  merged_.add({.first = first,
               .page = number,
               .generation = page::PageHeader{page_.data()}.generation(),
               .count = last - first + 1});
}

bool PageSalvage::read_page(const Ranges::Range& range, page::PageType type) {
  if (page_number_ == range.page) return true;
  page_number_ = 0;
  if (!file_->read_raw(range.page, page_)) return false;
  if (page::PageHeader{page_.data()}.type() != type) return false;
  const char* fault = type == page::PageType::kLeaf
                          ? merged_leaf_.open(page_.data(), file_->page_size())
                          : leaf_.open(page_.data(), file_->page_size());
  if (fault != nullptr) return false;
  page_number_ = range.page;
  return true;
}

bool PageSalvage::load(const Ranges::Range& range, uint64_t number) {
  if (!read_page(range, page::PageType::kDenseLeaf)) return false;
  tree::Value value;
  return leaf_.value(number - range.first, value) && take(value);
}

uint64_t PageSalvage::load_merged(size_t index) {
  tree::Cell cell;
  if (index >= merged_leaf_.count() || !merged_leaf_.cell(index, cell)) return 0;
  const ByteView prefix = merged_leaf_.prefix();
  if (prefix.size() + cell.suffix.size() != engine::kMergedKeySize) return 0;
  engine::MergedKey key;
  copy_bytes(key.data(), prefix);
  copy_bytes(key.data() + prefix.size(), cell.suffix);
  const uint64_t tsn = engine::decode_merged_key(key);
  if (tsn == 0) return 0;
  if (!take(cell.value)) value_.clear();
  return tsn;
}

bool PageSalvage::take(const tree::Value& value) {
  if (value.size() > wal::kFrameLengthMax) return false;
  value_.resize(value.size());
  return tree::read_value(*file_, value, 0, value_).has_value();
}

engine::Snapshot PageSalvage::applied() const {
  if (file_ == nullptr) return {};
  const auto state = file_->state();
  return {state->applied_tsn, state->root(events::kEventTree).entries};
}

engine::Trees PageSalvage::trees() const {
  if (file_ == nullptr) return {};
  return {.file = file_, .state = file_->state(), .applied = applied()};
}

std::optional<events::RecordView> PageSalvage::event(uint64_t position) {
  std::optional<events::RecordView> found;
  events_.find(position, [&](const Ranges::Range& range) {
    if (!load(range, position)) return false;
    const auto record = events::RecordView::decode(value_);
    if (!record || record->position() != position || record->size() != value_.size()) return false;
    found = *record;
    return true;
  });
  return found;
}

std::optional<std::vector<uint8_t>> PageSalvage::commit(uint64_t tsn) {
  std::optional<std::vector<uint8_t>> found;
  commits_.find(tsn, [&](const Ranges::Range& range) {
    if (!load(range, tsn) || !engine::CommitView::decode(tsn, value_)) return false;
    found = value_;
    return true;
  });
  if (found) return found;
  if (const auto entry = merged(tsn)) return entry->commit_of(tsn);
  return std::nullopt;
}

std::optional<engine::CommitEntry> PageSalvage::merged(uint64_t tsn) {
  std::optional<engine::CommitEntry> found;
  merged_.find(tsn, [&](const Ranges::Range& range) {
    if (!read_page(range, page::PageType::kLeaf)) return false;
    const uint64_t last = load_merged(merged_leaf_.search(engine::merged_key(tsn)).index);
    if (last == 0) return false;
    auto entry = engine::CommitEntry::decode(last, value_);
    if (!entry || !entry->holds(tsn)) return false;
    // The longest there is: of those without times, only the last has its root.
    if (!found || found->last() < entry->last()) found = std::move(entry);
    return !found->is_merged() || found->has_times();
  });
  return found;
}

}  // namespace stele::db
