// Projections: following events, committing rows, and taking over from an older one.
#include "db/projection.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "events/new_event.h"

namespace stele::db {

namespace {

// Returns the source of the rebuild that is under way, or of the next one.
Result<std::string> rebuild_source(Database& database, const std::string& name) {
  for (uint64_t number = 1;; ++number) {
    std::string source = cat(name, "~", number);
    if (source.size() > events::kSourceSizeMax) {
      return fail(Code::kInvalid, cat("the name ", quoted(name), " is too long to rebuild it"));
    }
    const auto mark = standing(database, source);
    if (!mark) return fail(mark.error());
    if (*mark != kOver) return source;
  }
}

}  // namespace

Result<std::unique_ptr<Projection>> Projection::open(std::shared_ptr<Database> database,
                                                     const std::string& name,
                                                     const events::Query& query, bool rebuilds) {
  STELE_TRY(events::check_name("the name", name, events::kSourceSizeMax));
  if (tables::is_rebuild_name(name)) {
    return fail(Code::kInvalid, cat("the name ", quoted(name), " is that of a rebuild: it ends in ",
                                    "~ and a number"));
  }
  std::string source = name;
  if (rebuilds) {
    auto found = rebuild_source(*database, name);
    if (!found) return fail(std::move(found).error());
    source = *std::move(found);
  }
  auto projection =
      std::make_unique<Projection>(std::move(database), name, std::move(source), query);
  STELE_TRY(projection->restart());
  return projection;
}

Status Projection::restart() {
  batch_.clear();
  const auto mark = standing(*database_, source_);
  if (!mark) return fail(mark.error());
  if (*mark == kOver) {
    is_over_ = true;
    return fail(Code::kInvalid, cat("the rebuild of ", quoted(name_), " is over"));
  }
  auto begun = Subscription::after(database_, query_, *mark);
  if (!begun) return fail(std::move(begun).error());
  base_ = *mark;
  const std::lock_guard lock(mutex_);
  const bool was_interrupted = subscription_ != nullptr && subscription_->take_interrupt();
  subscription_ = *std::move(begun);
  if (was_interrupted) subscription_->interrupt();
  if (is_ended_) subscription_->end();
  return {};
}

void Projection::interrupt() {
  const std::lock_guard lock(mutex_);
  subscription_->interrupt();
}

void Projection::end() {
  const std::lock_guard lock(mutex_);
  is_ended_ = true;
  subscription_->end();
}

tables::TableName Projection::own_name(const tables::TableName& name) const {
  if (!rebuilds()) return name;
  return {.schema = name.schema, .name = cat(name.name, source_.substr(name_.size()))};
}

Result<std::unique_ptr<Table>> Projection::table(const tables::TableName& name,
                                                 tables::History history, uint64_t amount) {
  STELE_TRY(tables::check_free_name(name));
  const tables::TableName own = own_name(name);
  for (bool is_second = false;; is_second = true) {
    auto table = Table::open(database_, own);
    if (table) {
      if ((*table)->info().owner == source_) {
        tables_[own] = (*table)->id();
        return table;
      }
      return fail(Code::kExists, cat("table ", tables::shown(own), " belongs to ",
                                     (*table)->info().owner.empty()
                                         ? std::string("no projection")
                                         : cat("projection ", quoted((*table)->info().owner))));
    }
    if (table.error().code() != Code::kNotFound || is_second) return table;
    Batch batch(database_);
    const auto created = batch.catalog().create(own, history, amount, source_);
    if (!created) return fail(created.error());
    const auto committed = batch.commit();
    // Another instance may have been faster.
    if (!committed && committed.error().code() != Code::kExists) return fail(committed.error());
  }
}

Status Projection::check(const Table& table, uint64_t position) const {
  if (is_over_) return fail(Code::kInvalid, "the rebuild is over");
  if (table.database() != database_ || table.info().owner != source_) {
    return fail(Code::kInvalid, cat("table ", tables::shown(table.info().name),
                                    " is not one of projection ", quoted(source_)));
  }
  if (position > base_ && position <= subscription_->through()) return {};
  return fail(Code::kInvalid, cat("the position is ", position, ", events behind ", base_,
                                  " up to ", subscription_->through(), " were handed out"));
}

Status Projection::put(const Table& table, ByteView key, ByteView row, uint64_t position) {
  STELE_TRY(check(table, position));
  return batch_.rows().put(table.id(), key, row, position);
}

Status Projection::erase(const Table& table, ByteView key, uint64_t position) {
  STELE_TRY(check(table, position));
  return batch_.rows().erase(table.id(), key, position);
}

Status Projection::erase_range(const Table& table, ByteView first, const ByteView* end,
                               uint64_t position) {
  STELE_TRY(check(table, position));
  return batch_.rows().erase_range(table.id(), first, end, position);
}

Status Projection::commit() {
  const uint64_t through = subscription_->through();
  if (through == base_) return {};
  Status added = batch_.add_tracking({.source = source_, .previous = base_, .position = through});
  if (added) {
    // Also those that get no row by this commit: were they dropped, or replaced by a rebuild, what
    // it tracks would be said of tables that have not seen it.
    for (const auto& [name, table] : tables_) batch_.need_table(table);
    const auto committed = batch_.commit();
    if (committed) {
      base_ = through;
      return {};
    }
    added = fail(committed.error());
  }
  // Whatever it was: what is in tables, and what is not, is told by what is tracked.
  const Status restarted = restart();
  return is_over_ ? restarted : added;
}

// Drops before adoptions: names are free when they are given. A table of the rebuild that somebody
// has renamed keeps that name.
Status Projection::add_tables(Batch& batch) const {
  const auto [now, view] = database_->pipeline().look();
  const std::string_view suffix = std::string_view(source_).substr(name_.size());
  std::vector<tables::TableInfo> adopted;
  tables::TableName name;
  for (;;) {
    auto next = tables::next_table(*view, name, now.tsn);
    if (!next) return fail(std::move(next).error());
    if (!*next) break;
    name = (*next)->name;
    if ((*next)->owner == name_) STELE_TRY(batch.catalog().drop((*next)->id));
    if ((*next)->owner == source_) adopted.push_back(**next);
  }
  if (adopted.empty()) {
    return fail(Code::kInvalid, cat("the rebuild of ", quoted(name_), " has no tables"));
  }
  for (tables::TableInfo& table : adopted) {
    std::string& own = table.name.name;
    if (own.ends_with(suffix)) own.resize(own.size() - suffix.size());
    STELE_TRY(batch.catalog().adopt(table.id, table.name, name_));
  }
  return {};
}

Status Projection::switch_over() {
  if (!rebuilds() || is_over_) {
    return fail(Code::kInvalid, cat("projection ", quoted(name_), " is not being rebuilt"));
  }
  STELE_TRY(commit());
  const auto old = standing(*database_, name_);
  if (!old) return fail(old.error());
  if (*old > base_) {
    return fail(Code::kNotYet, cat("the rebuild of ", quoted(name_), " stands at ", base_,
                                   ", the projection at ", *old));
  }
  Batch batch(database_);
  STELE_TRY(add_tables(batch));
  STELE_TRY(batch.add_guard(std::make_unique<MarkGuard>(name_, *old)));
  if (base_ > *old) {
    STELE_TRY(batch.add_tracking({.source = name_, .previous = *old, .position = base_}));
  }
  STELE_TRY(batch.add_tracking({.source = source_, .previous = base_, .position = kOver}));
  const auto committed = batch.commit();
  if (!committed) return fail(committed.error());
  is_over_ = true;
  return {};
}

Result<ProjectionLag> Projection::lag() const {
  if (is_over_) return fail(Code::kInvalid, cat("the rebuild of ", quoted(name_), " is over"));
  return lag_of(*database_, source_);
}

Status wait_applied(Database& database, const std::string& source, uint64_t position,
                    const Subscription::Deadline& deadline) {
  engine::Listener listener;
  for (;;) {
    if (database.closed()) return fail(Code::kClosed, "the database is closed");
    const uint64_t tsn = database.pipeline().durable_tsn();
    const auto tracked = database.tracked(source);
    if (!tracked) return fail(tracked.error());
    if (*tracked >= position) return {};
    if (deadline && std::chrono::steady_clock::now() >= *deadline) {
      return fail(Code::kTimeout, cat("projection ", quoted(source), " stands at ", *tracked,
                                      ", not yet at ", position));
    }
    if (!database.pipeline().watch(tsn, listener)) listener.wait(deadline);
    database.pipeline().unwatch(listener);
  }
}

}  // namespace stele::db
