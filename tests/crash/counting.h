// A projection as a program writes one, and the model of what it has to make of the events: how
// many events each entity has, and the last of them, in two tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/projection.h"

namespace stele::crash {

inline constexpr const char* kCounting = "counting";  // The name of the projection.
inline constexpr size_t kCountedEntities = 5;

[[nodiscard]] std::string counted_entity(uint64_t number);
// The tables: the first one with all of its history, the second one without.
[[nodiscard]] tables::TableName counts_name(const std::string& suffix = "");
[[nodiscard]] tables::TableName lasts_name(const std::string& suffix = "");

using CountedRows = std::map<std::string, std::string>;
struct Counted {
  CountedRows counts;
  CountedRows lasts;
  friend bool operator==(const Counted&, const Counted&) = default;
};
// What events up to a position make of the rows, in a version of the projection; entities[0] is the
// entity of event 1.
[[nodiscard]] Counted counted(const std::vector<std::string>& entities, uint64_t position,
                              uint64_t version);

// One instance of the projection, or of its rebuild. An event that is applied twice, or not at all,
// shows in a row for ever: it follows from what the row was before.
class Counting {
 public:
  using DatabasePtr = std::shared_ptr<db::Database>;
  // Each version makes other rows of the same events.
  static Result<std::unique_ptr<Counting>> open(const DatabasePtr& database, uint64_t version,
                                                bool rebuilds);

  // Takes the next event and puts the rows that follow from it. False: there is none.
  Result<bool> take();
  Status commit();
  // Whether something was taken since the last commit.
  [[nodiscard]] bool has_rows() const { return !pending_.empty(); }
  [[nodiscard]] db::Projection& projection() { return *projection_; }
  // Up to here events were taken, committed or not.
  [[nodiscard]] uint64_t through() { return projection_->events().through(); }

 private:
  Counting(std::unique_ptr<db::Projection> projection, std::unique_ptr<db::Table> counts,
           std::unique_ptr<db::Table> lasts, uint64_t version)
      : projection_(std::move(projection)),
        counts_(std::move(counts)),
        lasts_(std::move(lasts)),
        version_(version) {}
  // Returns the count of an entity, with what was put since the last commit.
  Result<uint64_t> count_of(const std::string& entity);
  Status apply(const std::string& entity, uint64_t position);

  std::unique_ptr<db::Projection> projection_;
  std::unique_ptr<db::Table> counts_;
  std::unique_ptr<db::Table> lasts_;
  uint64_t version_;
  std::map<std::string, uint64_t> pending_;
};

// All rows of a table.
[[nodiscard]] Result<CountedRows> rows_of(const db::Table& table, const db::AsOf& as_of = {});

}  // namespace stele::crash
