// Rows on their way from a chunk into trees.
#include "tables/row_changes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "tables/catalog_tree.h"
#include "tables/row_part.h"

namespace stele::tables {

namespace {

// What is copied rather than read piece by piece while it is written.
constexpr size_t kCopiedMax = 4096;
// Rows of dropped tables that one checkpoint removes from a tree.
constexpr uint64_t kSweptMax = 20'000;
// Old versions that one checkpoint looks at.
constexpr uint64_t kVacuumMax = 20'000;

std::unexpected<Error> damaged_row(const page::PageFile& file) {
  return corruption(file.path(), 0, "a row in the tables' trees is damaged");
}

// Erases the first rows of a table.
class Sweep final : public tree::ChangeSource {
 public:
  Sweep(const page::PageFile& file, const page::Root& root, TableId table, uint64_t most)
      : cursor_(file, root, page::PageUse::kOnce), table_(table), most_(most) {}

  Result<const tree::Change*> next() override {
    if (count_ == most_) return nullptr;
    const auto prefix = table_prefix(table_);
    const auto there = count_ == 0 ? cursor_.seek(prefix) : cursor_.next();
    if (!there) return fail(there.error());
    if (!*there || table_of(cursor_.key()) != table_) return nullptr;
    ++count_;
    key_.assign(cursor_.key());
    change_ = {.key = key_.view(), .is_erase = true};
    return &change_;
  }
  [[nodiscard]] uint64_t count() const { return count_; }

 private:
  tree::Cursor cursor_;
  TableId table_;
  uint64_t most_;
  uint64_t count_ = 0;
  tree::KeyBuffer key_;
  tree::Change change_ = {};
};

}  // namespace

Result<std::optional<TableInfo>> table_of_chunk(const engine::View& view, TableId table) {
  const auto change = CatalogTail::of(*view.chunks.front()).find(table, UINT64_MAX);
  if (change) return change->now;
  return table_in_trees(*view.trees, table);
}

Status stored_version(const page::PageFile& file, const tree::Value& value, bool has_time,
                      MergedVersion& into) {
  std::array<uint8_t, kRowHeaderSizeMax> buffer;
  ByteView bytes = value.bytes;
  if (value.is_large) {
    const size_t size = std::min<uint64_t>(buffer.size(), value.size());
    STELE_TRY(tree::read_value(file, value, 0, ByteSpan(buffer).first(size)));
    bytes = ByteView(buffer).first(size);
  }
  StoredRow row;
  if (has_time) {
    if (!decode_row_header(bytes, row)) return damaged_row(file);
  } else {
    if (bytes.empty() || bytes[0] > kRowDeleted) return damaged_row(file);
    row.is_deleted = bytes[0] == kRowDeleted;
    row.header_size = 1;
  }
  into.time = row.time;
  into.is_deleted = row.is_deleted;
  into.large.is_large = value.is_large;
  if (value.is_large) {
    into.large.bytes = value.bytes;
    into.large_offset = row.header_size;
  } else {
    into.row = bytes.subspan(row.header_size);
  }
  return {};
}

void RowSource::start(const page::PageFile& file, ByteView header, const MergedVersion& version) {
  file_ = &file;
  header_ = header;
  version_ = version;
  at_ = 0;
}

uint64_t RowSource::size() const {
  const uint64_t row =
      version_.is_large() ? version_.large.size() - version_.large_offset : version_.row.size();
  return header_.size() + row;
}

Status RowSource::read(ByteSpan into) {
  if (at_ < header_.size()) {
    const size_t count = std::min<uint64_t>(into.size(), header_.size() - at_);
    copy_bytes(into.data(), header_.subspan(at_, count));
    at_ += count;
    into = into.subspan(count);
  }
  if (into.empty()) return {};
  const uint64_t offset = at_ - header_.size();
  at_ += into.size();
  if (version_.is_large()) {
    return tree::read_value(*file_, version_.large, version_.large_offset + offset, into);
  }
  copy_bytes(into.data(), version_.row.subspan(offset, into.size()));
  return {};
}

void RowChanges::set_value(ByteView header, const MergedVersion& version) {
  source_.start(file_, header, version);
  if (version.is_large() || source_.size() > kCopiedMax) {
    change_.large = &source_;
    return;
  }
  value_.assign(header.begin(), header.end());
  value_.insert(value_.end(), version.row.begin(), version.row.end());
  change_.value = value_;
}

void RowChanges::set_row() {
  const MergedVersion& newest = merge_.versions().back();
  change_ = {.key = merge_.tree_key()};
  if (newest.is_deleted && merge_.table().history == History::kNone) {
    change_.is_erase = true;
    return;
  }
  const size_t size = encode_row_header(newest.time, newest.is_deleted, header_);
  set_value(ByteView(header_).first(size), newest);
}

void RowChanges::set_old(const MergedVersion& version) {
  history_key(merge_.table().id, merge_.key(), version.time, history_key_);
  change_ = {.key = history_key_.view()};
  header_[0] = version.is_deleted ? kRowDeleted : 0;
  set_value(ByteView(header_).first(1), version);
}

Result<const tree::Change*> RowChanges::next() {
  for (;;) {
    if (left_ > 0) {
      set_old(merge_.versions()[--left_]);
      return &change_;
    }
    const auto there = merge_.next();
    if (!there) return fail(there.error());
    if (!*there) return nullptr;
    const bool keeps = merge_.table().history != History::kNone;
    has_history_ |= keeps;
    if (which_ == Tree::kRows) {
      set_row();
      return &change_;
    }
    if (keeps) left_ = merge_.versions().size() - 1;
  }
}

Result<page::Root> sweep_table(page::PageWriter& writer, const page::Root& root, TableId table,
                               uint64_t most, uint64_t& count) {
  Sweep sweep(writer.file(), root, table, most);
  auto swept = tree::apply(writer, root, tree::LeafKind::kSlotted, sweep);
  count += sweep.count();
  return swept;
}

namespace {

// Removes what tables that were dropped have left, as far as one checkpoint goes.
Status sweep_dropped(page::PageWriter& writer, engine::Roots& roots) {
  const auto root = [&](std::string_view name) {
    const auto found = roots.find(name);
    return found == roots.end() ? page::Root() : found->second;
  };
  for (uint64_t count = 0; count < kSweptMax;) {
    const auto table = first_dropped(writer.file(), root(kCatalogTree));
    if (!table) return fail(table.error());
    if (*table == 0) return {};
    const uint64_t before = count;
    for (const std::string_view name : {kRowTree, kHistoryTree}) {
      const auto swept = sweep_table(writer, root(name), *table, kSweptMax - count, count);
      if (!swept) return fail(swept.error());
      roots[std::string(name)] = *swept;
    }
    if (count != before) continue;
    const auto forgotten = forget_dropped(writer, root(kCatalogTree), *table);
    if (!forgotten) return fail(forgotten.error());
    roots[std::string(kCatalogTree)] = *forgotten;
  }
  return {};
}

}  // namespace

Status RowParticipant::checkpoint(page::PageWriter& writer, const engine::View& view,
                                  engine::Roots& roots) {
  if (!RowTail::of(*view.chunks.front()).empty()) {
    RowChanges rows(view, writer.file(), RowChanges::Tree::kRows);
    const auto made =
        tree::apply(writer, view.trees->root(kRowTree), tree::LeafKind::kSlotted, rows);
    if (!made) return fail(made.error());
    roots[std::string(kRowTree)] = *made;
    if (rows.has_history()) {
      RowChanges old(view, writer.file(), RowChanges::Tree::kHistory);
      const auto kept =
          tree::apply(writer, view.trees->root(kHistoryTree), tree::LeafKind::kSlotted, old);
      if (!kept) return fail(kept.error());
      roots[std::string(kHistoryTree)] = *kept;
    }
  }
  if (!roots.contains(kCatalogTree)) return {};
  if (roots.contains(kHistoryTree)) STELE_TRY(vacuum_.run(writer, view, kVacuumMax, roots));
  return sweep_dropped(writer, roots);
}

}  // namespace stele::tables
