// Projections: read models that follow the events, each event once. Include <stele/stele.hpp>.
#pragma once

#include <stele/projection.h>

#include <stele/detail/subscription.hpp>

namespace stele::inline v0 {

struct ProjectionOptions {
  bool rebuild = false;  // Builds new tables beside the old ones; switch_over() ends it.
};

struct ProjectionInfo {
  std::uint64_t applied = 0;           // The last event that is in its tables.
  std::uint64_t head = 0;              // The last durable event.
  std::chrono::microseconds lag = {};  // How long the first event that is not in them is there.
};

// A projection, or a rebuild of one, as its tables tell of it.
struct ProjectionState {
  std::string name;
  std::uint32_t tables = 0;
  ProjectionInfo progress;
};

// Reads events in the order of their positions and puts what follows from them into tables of its
// own. Rows, and how far they go, are one commit. Several instances may run: one of them commits,
// the others are told CONFLICT and go on behind it.
//
// Example:
//
//     stele::Projection projection = db.projection("balances", query);
//     std::optional<stele::Table> balances = projection.table("balances");
//     while (std::optional<stele::Event> event = projection.next()) {
//       projection.put(*balances, event->entity(), amount, event->position());
//       if (projection.caught_up() && projection.commit() == STELE_CONFLICT)
//         std::cout << "another instance was faster\n";
//     }
class Projection : public detail::Handle<stele_projection, stele_projection_close> {
 public:
  using Handle::Handle;

  // Opens a table of its own, which it creates the first time; in a rebuild it is the new one.
  // Nothing: there is one of that name, and it is not its own.
  [[nodiscard]] std::optional<Table> table(const TableName& name,
                                           const TableOptions& options = {}) const {
    const stele_table_options made = detail::c_options(options);
    stele_table* table = nullptr;
    const Status status =
        detail::call(stele_projection_table, get(), name.schema.data(), name.schema.size(),
                     name.name.data(), name.name.size(), &made, &table);
    return status == STELE_OK ? std::optional<Table>(Table(table)) : std::nullopt;
  }

  // The next event, which lives until the next call of next() or commit(). Nothing: none came in
  // time, or the wait was interrupted. Throws CLOSED when another thread closes the projection or
  // the database.
  [[nodiscard]] std::optional<Event> next(Milliseconds timeout = kForever) {
    auto view = detail::sized<stele_event>();
    const Status status =
        detail::call(stele_projection_next, get(), timeout.count(), &view, &info_);
    return status == STELE_OK ? std::optional<Event>(Event(view)) : std::nullopt;
  }

  // Ends the wait of another thread, or else the next one.
  void interrupt() const { detail::call(stele_interrupt, get()); }

  // As of the last next(): nothing durable was left; up to where every match was handed out; the
  // last durable event.
  [[nodiscard]] bool caught_up() const { return info_.caught_up != 0; }
  [[nodiscard]] std::uint64_t through() const { return info_.through; }
  [[nodiscard]] std::uint64_t head() const { return info_.head; }

  // Rows of the next commit, and the event that they follow from: one that was handed out since the
  // last commit, not before that of a row of the same table. A range is as in a Batch.
  Projection& put(const Table& table, Bytes key, Bytes row, std::uint64_t position) {
    return with(stele_projection_put, table.get(), key.data(), key.size(), row.data(), row.size(),
                position);
  }
  Projection& delete_row(const Table& table, Bytes key, std::uint64_t position) {
    return with(stele_projection_delete, table.get(), key.data(), key.size(), position);
  }
  Projection& delete_range(const Table& table, Bytes low, const std::optional<Bytes>& high,
                           std::uint64_t position) {
    const stele_bytes end = detail::end_of(high);
    return with(stele_projection_delete_range, table.get(), low.data(), low.size(), end.data,
                end.size, position);
  }

  // Commits the rows since the last commit, and that every event which was handed out is in them.
  // OK; CONFLICT: another instance has come further; NOT_FOUND: a table was dropped, or replaced by
  // a rebuild. After everything but OK the rows are gone, and next() goes on behind what is tracked
  // by then.
  [[nodiscard]] Status commit() { return detail::call(stele_projection_commit, get()); }

  // Ends a rebuild: its tables are those of the projection from then on, and this object is of no
  // use any more. OK; NOT_YET: it has not come as far as the projection; CONFLICT: that has moved
  // on meanwhile; NOT_FOUND: as in commit().
  [[nodiscard]] Status switch_over() { return detail::call(stele_projection_switch, get()); }

  // How far it is behind.
  [[nodiscard]] ProjectionInfo describe() const {
    auto info = detail::sized<stele_projection_info>();
    detail::call(stele_projection_describe, get(), &info);
    return {
        .applied = info.applied, .head = info.head, .lag = std::chrono::microseconds(info.lag_us)};
  }

 private:
  template <typename Function, typename... Values>
  Projection& with(Function function, Values... values) {
    detail::call(function, get(), values...);
    return *this;
  }

  stele_subscription_info info_ = detail::sized<stele_subscription_info>();
};

inline Waitable::Waitable(const Projection& projection) : handle_(projection.get()) {}

}  // namespace stele::inline v0
