// Guards over rows: what a row must be, and that nothing in a range has changed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/batch.h"
#include "tables/catalog.h"
#include "tables/row_reader.h"

namespace stele::tables {

// What is expected of a row.
struct RowExpectation {
  enum class Kind : uint8_t { kTsn, kValue };
  Kind kind = Kind::kTsn;
  uint64_t tsn = 0;                 // The commit that wrote it; 0: it is not there.
  std::vector<uint8_t> value = {};  // What it must hold.
};

class RowGuard final : public engine::Guard {
 public:
  RowGuard(TableInfo table, ByteView key, RowExpectation expected)
      : table_(std::move(table)), key_(key.begin(), key.end()), expected_(std::move(expected)) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  [[nodiscard]] std::optional<engine::Objection> judge(const engine::View& view, const Row* row,
                                                       uint64_t tsn) const;
  const TableInfo table_;
  const std::vector<uint8_t> key_;
  const RowExpectation expected_;
};

// No commit behind `since` has put or deleted a row of the range.
class RangeGuard final : public engine::Guard {
 public:
  RangeGuard(TableInfo table, RowRange range, uint64_t since)
      : table_(std::move(table)), range_(std::move(range)), since_(since) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  // Returns a commit in (from, to] that has changed something, 0: there is none.
  [[nodiscard]] uint64_t change_in(const RowTail& tail, uint64_t from, uint64_t to) const;
  [[nodiscard]] Result<uint64_t> change_in_trees(const engine::View& view) const;
  [[nodiscard]] engine::Objection changed_by(uint64_t tsn) const;
  const TableInfo table_;
  const RowRange range_;
  const uint64_t since_;
};

}  // namespace stele::tables
