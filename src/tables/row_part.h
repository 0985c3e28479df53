// The rows section of one batch.
//
// Keeps ops as they will be in the section, in the order in which they were asked for; prepare()
// puts them into the order of the section, and leaves out what another op of the batch makes void.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/byte_arena.h"
#include "engine/batch.h"
#include "tables/row_op.h"
#include "tables/row_tail.h"
#include "tables/vacuum.h"

namespace stele::tables {

// The position of an op that follows from no event in particular: that of the commit's last event,
// or of the last before it.
inline constexpr uint64_t kPositionOfCommit = 0;

class RowPart final : public engine::Part {
 public:
  // Each checks its limits: INVALID, TOO_LARGE. Positions of a table must not descend.
  Status put(TableId table, ByteView key, ByteView row, uint64_t position);
  Status erase(TableId table, ByteView key, uint64_t position);
  // Deletes rows from `first` on, up to but without `end`; null: to the end of the table.
  Status erase_range(TableId table, ByteView first, const ByteView* end, uint64_t position);
  void clear();
  // Has every op from now on added to `overlay`, too, with its number, from 1 on, in the place of a
  // TSN: so a transaction reads what it has written. It must live as long, and is not to be used
  // behind clear(). Requires: the part is empty.
  void copy_to(RowTail* overlay) { overlay_ = overlay; }
  // The number of the last op.
  [[nodiscard]] uint64_t last_number() const { return last_number_; }
  [[nodiscard]] bool empty() const { return ops_.empty(); }
  // Calls visit(table) for each table, ascending.
  template <typename Visit>
  void for_each_table(const Visit& visit) const {
    for (const auto& [table, position] : positions_) visit(table);
  }
  // Calls visit(op) for each op.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const OpView& op : ops_) visit(op);
  }
  // Requires: before the section is used, after the last op.
  void prepare();
  // What is asked for, which is the section. Requires: prepared.
  [[nodiscard]] std::vector<ByteView> pieces() const;

  engine::SectionKind kind() const override { return engine::SectionKind::kRows; }
  uint32_t count() const override { return static_cast<uint32_t>(ops_.size()); }
  uint64_t size() const override { return size_; }
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  Status look_up(const engine::View& /*view*/) override { return {}; }
  void apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                     uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  bool is_stored_as(const engine::View& /*view*/, const engine::Stamp& /*stamp*/,
                    ByteView /*section*/) const override {
    return true;
  }

 private:
  Status check(TableId table, ByteView key, uint64_t position);
  Status add(OpKind kind, bool has_end, TableId table, ByteView key, ByteView value,
             uint64_t position);
  void drop_void();

  ByteArena arena_;  // Of ops, which stay where they are.
  std::vector<OpView> ops_;
  uint64_t size_ = 0;           // Of those that are left.
  RowTail* overlay_ = nullptr;  // Null: nobody reads them before the commit.
  uint64_t last_number_ = 0;
  std::map<TableId, uint64_t> positions_;  // The newest that was given.
};

class RowParticipant final : public engine::Participant {
 public:
  engine::SectionKind kind() const override { return engine::SectionKind::kRows; }
  std::unique_ptr<engine::TailPart> make_tail_part(const engine::Snapshot& before) const override;
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  // The same where tables are missing: those are told, and what was done to them is passed over.
  using PassOver = std::function<void(TableId)>;
  Status replay_present(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                        ByteView section, const PassOver& pass_over);
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override;

 private:
  static Status replay_op(RowTail& tail, const engine::Stamp& stamp, const OpView& op);

  Vacuum vacuum_;
};

}  // namespace stele::tables
