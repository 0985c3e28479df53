// What a checkpoint writes into the trees `rows` and `history`.
//
// Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tables/row_merge.h"
#include "tree/apply.h"

namespace stele::tables {

// Returns the table as it is behind the oldest chunk of a view, nothing: it is not there.
[[nodiscard]] Result<std::optional<TableInfo>> table_of_chunk(const engine::View& view,
                                                              TableId table);

// Takes a value of `rows` (with a time) or of `history` (whose keys have it) apart.
[[nodiscard]] Status stored_version(const page::PageFile& file, const tree::Value& value,
                                    bool has_time, MergedVersion& into);

// A value that is made of a header and a row, wherever that is.
class RowSource final : public tree::ValueSource {
 public:
  RowSource() = default;
  void start(const page::PageFile& file, ByteView header, const MergedVersion& version);
  [[nodiscard]] uint64_t size() const override;
  [[nodiscard]] Status read(ByteSpan into) override;

 private:
  const page::PageFile* file_ = nullptr;
  ByteView header_;
  MergedVersion version_;
  uint64_t at_ = 0;
};

// Changes of one of the two trees.
class RowChanges final : public tree::ChangeSource {
 public:
  enum class Tree : uint8_t { kRows, kHistory };
  RowChanges(const engine::View& view, const page::PageFile& file, Tree which)
      : merge_(view), file_(file), which_(which) {}
  [[nodiscard]] Result<const tree::Change*> next() override;
  // Whether a table that keeps history was among them.
  [[nodiscard]] bool has_history() const { return has_history_; }

 private:
  void set_value(ByteView header, const MergedVersion& version);
  void set_row();
  void set_old(const MergedVersion& version);

  RowMerge merge_;
  const page::PageFile& file_;
  Tree which_;
  bool has_history_ = false;
  size_t left_ = 0;  // Of the row's versions, those that are to go into history.
  tree::KeyBuffer history_key_;
  std::array<uint8_t, kRowHeaderSizeMax> header_ = {};
  std::vector<uint8_t> value_;
  RowSource source_;
  tree::Change change_ = {};
};

// Removes rows of a table that was dropped from one of the trees, at most so many; adds to `count`
// how many it were.
[[nodiscard]] Result<page::Root> sweep_table(page::PageWriter& writer, const page::Root& root,
                                             TableId table, uint64_t most, uint64_t& count);

}  // namespace stele::tables
