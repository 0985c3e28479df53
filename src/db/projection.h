// A projection: events in, rows out, each event exactly once.
//
//     tracked ──► subscription ──► events ──► rows, with the positions they follow from ──► commit:
//                                             rows and how far they go, unless somebody was faster
//
// Its name is the tracking source that says how far it has come; the tables it creates are its own.
// Two instances of one projection may run: the commit of the slower one is a CONFLICT, and it goes
// on where the other has come to.
//
// A rebuild is a projection of its own beside the old one: with another source, and with tables of
// other names, until it has come as far. Then one commit drops the old tables, gives their names
// and their owner to the new ones, and moves the source on.
//
// Threads: one at a time, but for interrupt() and end().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "db/batch.h"
#include "db/progress.h"
#include "db/subscription.h"
#include "db/table.h"

namespace stele::db {

class Projection {
 public:
  // Begins behind what is tracked. `rebuilds`: beside the old one; goes on with an earlier rebuild.
  // INVALID: the name is that of a rebuild, or too long for one.
  static Result<std::unique_ptr<Projection>> open(std::shared_ptr<Database> database,
                                                  const std::string& name,
                                                  const events::Query& query, bool rebuilds);

  // Returns its table of that name, which it creates if it has none. EXISTS: there is such a table,
  // and it is not its own. INVALID: the name of a rebuild's table.
  Result<std::unique_ptr<Table>> table(const tables::TableName& name, tables::History history,
                                       uint64_t amount = 0);

  // For reading events. What was handed out is in the next commit.
  [[nodiscard]] Subscription& events() { return *subscription_; }
  // From any thread: ends a wait for events, or the next one; for good, then it is CLOSED.
  void interrupt();
  void end();

  // Rows of the next commit. INVALID: the table is not its own; the position is not of an event
  // that was handed out, or behind one of the table before it.
  Status put(const Table& table, ByteView key, ByteView row, uint64_t position);
  Status erase(const Table& table, ByteView key, uint64_t position);
  Status erase_range(const Table& table, ByteView first, const ByteView* end, uint64_t position);
  // Commits the rows, and that all events handed out are in them. CONFLICT: another instance has
  // come further. After an error the rows are gone, and events follow from what is tracked.
  Status commit();
  // Forgets the rows since the last commit, and goes on behind that.
  Status restart();

  // Ends a rebuild: its tables are those of the projection from then on. NOT_YET: it has not come
  // as far as the projection it replaces.
  Status switch_over();

  [[nodiscard]] Result<ProjectionLag> lag() const;
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

  Projection(std::shared_ptr<Database> database, std::string name, std::string source,
             events::Query query)
      : database_(std::move(database)),
        name_(std::move(name)),
        source_(std::move(source)),
        query_(std::move(query)),
        batch_(database_) {}

 private:
  [[nodiscard]] bool rebuilds() const { return name_ != source_; }
  [[nodiscard]] tables::TableName own_name(const tables::TableName& name) const;
  Status check(const Table& table, uint64_t position) const;
  // The switch of tables: drops those of the old one, and gives their names to the new ones.
  Status add_tables(Batch& batch) const;

  std::shared_ptr<Database> database_;
  std::string name_;
  std::string source_;  // The name; of a rebuild something else.
  events::Query query_;
  Batch batch_;
  std::map<tables::TableName, tables::TableId> tables_;  // That it has opened, by their own names.
  std::mutex mutex_;  // Held while the subscription is replaced, or ended.
  bool is_ended_ = false;
  std::unique_ptr<Subscription> subscription_;
  uint64_t base_ = 0;  // What is tracked, as far as this instance knows.
  bool is_over_ = false;
};

// Waits until a source is tracked at or behind a position. TIMEOUT, CLOSED.
[[nodiscard]] Status wait_applied(Database& database, const std::string& source, uint64_t position,
                                  const Subscription::Deadline& deadline);

}  // namespace stele::db
