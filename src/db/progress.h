// How far projections are: their marks.
//
// Threads: any; a guard by one at a time.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"
#include "engine/batch.h"
#include "events/tracking.h"

namespace stele::db {

// What is said of the source of a rebuild that is over: no position is behind it.
inline constexpr uint64_t kOver = events::kTrackedPositionMax;

// Returns where a source stands for who commits now: also what is not durable yet.
[[nodiscard]] Result<uint64_t> standing(Database& database, const std::string& source);

struct ProjectionLag {
  uint64_t applied = 0;  // The last event that is in its tables.
  uint64_t head = 0;     // The last durable event.
  int64_t us = 0;        // How long ago the first event that is not in its tables was recorded.
};
[[nodiscard]] Result<ProjectionLag> lag_of(Database& database, const std::string& source);

// Holds while a source stands at a position.
class MarkGuard final : public engine::Guard {
 public:
  MarkGuard(std::string source, uint64_t position)
      : source_(std::move(source)), position_(position) {}

  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  std::string source_;
  uint64_t position_;
};

}  // namespace stele::db
