// Walks through the tables for their owners.
#include "db/projection_list.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "db/batch.h"

namespace stele::db {

namespace {

// Calls visit(table) for each table that a projection owns.
template <typename Visit>
Status for_each_owned(const engine::View& view, uint64_t tsn, const Visit& visit) {
  tables::TableName name;
  for (;;) {
    const auto next = tables::next_table(view, name, tsn);
    if (!next) return fail(next.error());
    if (!*next) return {};
    if (!(*next)->owner.empty()) STELE_TRY(visit(**next));
    name = (*next)->name;
  }
}

bool is_rebuild_of(const std::string& source, const std::string& name) {
  return source.size() > name.size() && source.starts_with(name) && source[name.size()] == '~' &&
         source.find('~', name.size() + 1) == std::string::npos && tables::is_rebuild_name(source);
}

// Adds to a batch what drops a projection, as it stands at one moment, which the guards hold on to.
class Dropping {
 public:
  Dropping(const std::shared_ptr<Database>& database, std::string name)
      : name_(std::move(name)), batch_(database) {
    auto [now, view] = database->pipeline().look();
    tsn_ = now.tsn;
    view_ = std::move(view);
  }

  // CONFLICT and NOT_FOUND, with something in the batch: somebody was faster.
  Status run() {
    STELE_TRY(add_tables());
    if (const auto own = add_mark(name_); !own) return fail(own.error());
    // Rebuilds are numbered from 1 on, and all but the last one are over.
    bool goes_on = !tables::is_rebuild_name(name_);
    for (uint64_t number = 1; goes_on; ++number) {
      const std::string source = cat(name_, "~", number);
      if (source.size() > events::kSourceSizeMax) break;
      const auto had = add_mark(source);
      if (!had) return fail(had.error());
      goes_on = *had;
    }
    if (is_empty_) return fail(Code::kNotFound, cat("there is no projection ", quoted(name_)));
    const auto committed = batch_.commit();
    return committed ? Status() : fail(committed.error());
  }
  [[nodiscard]] bool is_empty() const { return is_empty_; }

 private:
  Status add_tables() {
    return for_each_owned(*view_, tsn_, [&](const tables::TableInfo& table) -> Status {
      if (table.owner != name_ && !is_rebuild_of(table.owner, name_)) return {};
      is_empty_ = false;
      return batch_.catalog().drop(table.id);
    });
  }

  // Forgets the mark of a source, and has the commit fail when that is another one by then. Returns
  // whether there is one.
  Result<bool> add_mark(const std::string& source) {
    const auto mark = events::find_mark(*view_, source, 0, tsn_);
    if (!mark) return fail(mark.error());
    if (mark->tsn > tsn_) {
      is_empty_ = false;
      return fail(Code::kConflict, cat("source ", quoted(source), " was tracked meanwhile"));
    }
    if (mark->position == kOver && source == name_) return false;  // The next one counts on it.
    if (mark->position != kOver) {
      STELE_TRY(batch_.add_guard(std::make_unique<MarkGuard>(source, mark->position)));
    }
    if (mark->position == 0) return false;
    is_empty_ = false;
    batch_.forget_tracking(source);
    return true;
  }

  std::string name_;
  Batch batch_;
  uint64_t tsn_ = 0;
  engine::ViewPtr view_;
  bool is_empty_ = true;
};

}  // namespace

Result<ProjectionState> next_projection(Database& database, const std::string& name) {
  ProjectionState state;
  const auto [now, view] = database.pipeline().look();
  STELE_TRY(for_each_owned(*view, now.tsn, [&](const tables::TableInfo& table) -> Status {
    if (table.owner <= name) return {};
    if (state.tables == 0 || table.owner < state.name) {
      state = {.name = table.owner, .tables = 1};
    } else if (table.owner == state.name) {
      ++state.tables;
    }
    return {};
  }));
  if (state.tables == 0) return fail(Code::kNotFound, "there is no further projection");
  const auto lag = lag_of(database, state.name);
  if (!lag) return fail(lag.error());
  state.lag = *lag;
  return state;
}

Status drop_projection(const std::shared_ptr<Database>& database, const std::string& name) {
  STELE_TRY(events::check_name("the name", name, events::kSourceSizeMax));
  constexpr int kTries = 100;
  for (int left = kTries;; --left) {
    Dropping dropping(database, name);
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    Status dropped = dropping.run();
    if (dropped || dropping.is_empty() || left == 0) return dropped;
    const Code code = dropped.error().code();
    if (code != Code::kConflict && code != Code::kNotFound) return dropped;
  }
}

}  // namespace stele::db
