// The survey of tables, and the copy of their rows.
#include "db/table_salvage.h"

#include <algorithm>

#include "base/check.h"
#include "tables/catalog_tree.h"
#include "tables/row_changes.h"

namespace stele::db {

namespace {

using tables::TableId;

// Large values are read so many bytes at a time.
constexpr size_t kPieceSize = size_t{64} << 10;

}  // namespace

TableSalvage::TableSalvage(const PageSalvage& pages) : pages_(pages) {}

page::Root TableSalvage::root(std::string_view tree) const {
  return pages_.file() == nullptr ? page::Root() : pages_.file()->state()->root(tree);
}

const page::PageFile& TableSalvage::file() const {
  STELE_CHECK(pages_.file() != nullptr);
  return *pages_.file();
}

uint64_t TableSalvage::applied_tsn() const {
  return pages_.applied().tsn;
}

uint64_t TableSalvage::applied_head() const {
  return pages_.applied().head;
}

uint64_t TableSalvage::entries_total() const {
  return root(tables::kRowTree).entries + root(tables::kHistoryTree).entries;
}

// ---- The survey. ----

Result<bool> TableSalvage::survey(uint64_t budget) {
  if (pages_.file() == nullptr) phase_ = Phase::kDone;
  while (phase_ != Phase::kDone) {
    if (phase_ == Phase::kCatalog) {
      STELE_TRY(survey_catalog());
      phase_ = Phase::kRows;
      continue;
    }
    const bool is_rows = phase_ == Phase::kRows;
    const auto more = survey_rows(is_rows ? tables::kRowTree : tables::kHistoryTree, budget);
    if (!more) return fail(more.error());
    if (*more) return true;
    phase_ = is_rows ? Phase::kHistory : Phase::kDone;
  }
  if (is_catalog_whole_) remains_.clear();
  std::erase_if(remains_, [this](const auto& remains) {
    return tables_.contains(remains.first) || dropped_.contains(remains.first);
  });
  return false;
}

Status TableSalvage::survey_catalog() {
  const page::Root catalog = root(tables::kCatalogTree);
  tree::Walk walk(file(), catalog);
  for (;;) {
    const auto at = walk.next();
    if (!at) return fail(at.error());
    if (*at == tree::Walk::At::kEnd) break;
    if (*at == tree::Walk::At::kEntry) note_entry(walk.key(), walk.value());
  }
  is_catalog_whole_ &= walk.holes() == 0 && walk.entries() == catalog.entries;
  return {};
}

void TableSalvage::note_entry(ByteView key, const tree::Value& value) {
  const char tag = key.empty() ? '\0' : static_cast<char>(key[0]);
  const ByteView bytes = value.is_large ? ByteView() : value.bytes;
  const auto raise = [this](TableId next) { next_id_ = std::max(next_id_, next); };
  if (tag == tables::kNextTag && bytes.size() == sizeof(TableId)) {
    return raise(load_le<TableId>(bytes.data()));
  }
  if (tag == tables::kNameTag && bytes.size() == sizeof(TableId)) {
    if (auto name = tables::decode_name_key(key); name && tables::check_table_name(*name)) {
      const auto table = load_le<TableId>(bytes.data());
      remains_[table] = *std::move(name);
      return raise(table + 1);
    }
  }
  if (key.size() == 1 + sizeof(TableId)) {
    const auto table = load_be<TableId>(key.data() + 1);
    raise(table + 1);
    if (tag == tables::kDroppedTag) {
      dropped_.insert(table);
      return;
    }
    if (auto info = tables::decode_table(table, bytes); info && tag == tables::kTableTag) {
      tables_[table] = *std::move(info);
      return;
    }
  }
  is_catalog_whole_ = false;
}

Result<bool> TableSalvage::survey_rows(std::string_view tree, uint64_t& budget) {
  const page::Root top = root(tree);
  if (!walk_) {
    walk_.emplace(file(), top);
    seen_ = 0;
  }
  for (;;) {
    const auto at = walk_->next();
    if (!at) return fail(at.error());
    if (*at == tree::Walk::At::kEnd) break;
    uint64_t size = file().page_size();
    if (*at == tree::Walk::At::kHole) {
      note_hole(walk_->hole());
    } else {
      const TableId table = tables::table_of(walk_->key());
      if (table != seen_) remains_.try_emplace(table);
      seen_ = table;
      next_id_ = std::max(next_id_, table + 1);
      const auto sound = is_sound(tree == tables::kHistoryTree, size);
      if (!sound) return fail(sound.error());
      if (!*sound) note_damage(table, table);
    }
    if (size >= budget) return true;
    budget -= size;
  }
  // Nothing but a forgery can be there without holes and be less.
  if (walk_->holes() == 0 && walk_->entries() != top.entries) note_damage(0, UINT32_MAX);
  entries_before_ += walk_->entries();
  walk_.reset();
  return false;
}

Result<bool> TableSalvage::is_sound(bool is_history, uint64_t& size) {
  const tree::Value& value = walk_->value();
  size = walk_->key().size() + value.bytes.size();
  if (value.is_large) {
    if (value.size() > tables::kRowSizeMax + tables::kRowHeaderSizeMax) return false;
    size += value.size();
    for (uint64_t at = 0; at < value.size(); at += buffer_.size()) {
      buffer_.resize(std::min<uint64_t>(kPieceSize, value.size() - at));
      const Status read = tree::read_value(file(), value, at, buffer_);
      if (!read && read.error().code() == Code::kNoMemory) return fail(read.error());
      if (!read) return false;
    }
  }
  tables::MergedVersion version;
  if (!tables::stored_version(file(), value, !is_history, version)) return false;
  if (is_history) {
    tables::HistoryKey key;
    tree::KeyBuffer groups;
    if (!tables::decode_history_key(walk_->key(), key)) return false;
    if (!tables::decode_groups(key.groups, groups)) return false;
    version.time = key.time;
  }
  return version.time.tsn > 0 && version.time.tsn <= applied_tsn();
}

void TableSalvage::note_damage(TableId first, TableId last) {
  if (!damaged_.empty() && damaged_.back().first <= first && damaged_.back().second >= last) return;
  damaged_.emplace_back(first, last);
}

// What begins with the four bytes of a table is of it.
void TableSalvage::note_hole(const tree::KeyRange& range) {
  const TableId first = tree::head_of(range.low);
  if (!range.high) return note_damage(first, UINT32_MAX);
  const TableId end = tree::head_of(*range.high);
  if (range.high->size() > tables::kTableIdSize) return note_damage(first, end);
  if (end > first) note_damage(first, end - 1);
}

bool TableSalvage::is_whole(TableId table) const {
  return std::ranges::none_of(damaged_, [table](const auto& range) {
    return range.first <= table && table <= range.second;
  });
}

std::optional<events::Tracking::Mark> TableSalvage::mark(const std::string& source) const {
  if (pages_.file() == nullptr) return std::nullopt;
  const auto mark = events::mark_in_trees(pages_.trees(), source);
  return mark ? std::optional(*mark) : std::nullopt;
}

// ---- The copy. ----

TableSalvage::Copy::Copy(const TableSalvage& salvage, std::string_view tree, Takes takes)
    : file_(salvage.file()), walk_(file_, salvage.root(tree)), takes_(std::move(takes)) {}

Result<const tree::Change*> TableSalvage::Copy::next() {
  while (budget_ > 0 && !is_done_) {
    const auto at = walk_.next();
    if (!at) return fail(at.error());
    is_done_ = *at == tree::Walk::At::kEnd;
    if (*at != tree::Walk::At::kEntry) continue;
    const TableId table = tables::table_of(walk_.key());
    if (table != table_) is_taken_ = takes_(table);
    table_ = table;
    const tree::Value& value = walk_.value();
    const uint64_t size = walk_.key().size() + (is_taken_ ? value.size() : 0);
    budget_ -= std::min(budget_, size);
    if (!is_taken_) continue;
    change_ = {.key = walk_.key()};
    if (value.is_large) {
      large_.start(file_, value);
      change_.large = &large_;
    } else {
      change_.value = value.bytes;
    }
    return &change_;
  }
  return nullptr;
}

void TableSalvage::Copy::LargeValue::start(const page::PageFile& file, const tree::Value& value) {
  file_ = &file;
  value_ = value;
  at_ = 0;
}

Status TableSalvage::Copy::LargeValue::read(ByteSpan into) {
  at_ += into.size();
  return tree::read_value(*file_, value_, at_ - into.size(), into);
}

}  // namespace stele::db
