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

// What a check looks at: commits up to `now`, of which it is known to hold at `held`. With no
// `held` (TSN 0) trees are read, too.
struct GuardScope {
  const engine::View& view;
  const engine::Snapshot& held;
  const engine::Snapshot& now;
};

// Checks a row.
[[nodiscard]] std::optional<engine::Objection> check_row(const GuardScope& scope,
                                                         const TableInfo& table, ByteView key,
                                                         const RowExpectation& expected);

// Checks that no commit behind `since` has put or deleted a row of the range. `then`: what there
// was at `since`, or null: then a table that does not keep deletions is TOO_OLD.
[[nodiscard]] std::optional<engine::Objection> check_range(const GuardScope& scope,
                                                           const TableInfo& table,
                                                           const RowRange& range, uint64_t since,
                                                           const engine::View* then);

class RowGuard final : public engine::Guard {
 public:
  RowGuard(TableInfo table, ByteView key, RowExpectation expected)
      : table_(std::move(table)), key_(key.begin(), key.end()), expected_(std::move(expected)) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override {
    return check_row({view, held, now}, table_, key_, expected_);
  }

 private:
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
                                         const engine::Snapshot& now) override {
    return check_range({view, held, now}, table_, range_, since_, nullptr);
  }

 private:
  const TableInfo table_;
  const RowRange range_;
  const uint64_t since_;
};

}  // namespace stele::tables
