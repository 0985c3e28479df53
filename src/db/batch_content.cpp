// Collects the parts and guards of a commit.
#include "db/batch_content.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "events/batch_digest.h"
#include "events/entity_guard.h"
#include "events/event_guard.h"
#include "events/reader.h"

namespace stele::db {

namespace {

constexpr size_t kGuardsMax = 1024;

}  // namespace

BatchContent::BatchContent(Database& database)
    : database_(database),
      events_(events::IdSource(database.id_clock(), *database.environment().random),
              database.scratch()),
      catalog_(database.catalog()) {}

Status BatchContent::add(std::unique_ptr<engine::Guard> guard) {
  if (guards_.size() == kGuardsMax) {
    return fail(Code::kTooLarge, cat("guard: a batch has at most ", kGuardsMax, " guards"));
  }
  guards_.push_back(std::move(guard));
  return {};
}

Status BatchContent::add_guard(const events::Query& query, uint64_t after) {
  return add(std::make_unique<events::EventGuard>(query, after, database_.strict_after()));
}

Status BatchContent::add_expectation(std::string_view entity, uint64_t sequence) {
  if (auto status = events::check_name("the entity", entity, events::kTermSizeMax); !status) {
    return fail(std::move(status).error().during("expect"));
  }
  return add(std::make_unique<events::EntityGuard>(entity, sequence));
}

Status BatchContent::add_row_guard(const tables::TableInfo& table, ByteView key,
                                   tables::RowExpectation expected) {
  guarded_.insert(table.id);
  return add(std::make_unique<tables::RowGuard>(table, key, std::move(expected)));
}

Status BatchContent::add_range_guard(const tables::TableInfo& table, tables::RowRange range,
                                     uint64_t since) {
  guarded_.insert(table.id);
  return add(std::make_unique<tables::RangeGuard>(table, std::move(range), since));
}

Result<std::unique_ptr<events::EventSource>> BatchContent::conflicts(
    uint32_t guard, const engine::Snapshot& now) const {
  if (guard >= guards_.size()) {
    return fail(Code::kNotFound,
                cat("conflicts: the batch has ", guards_.size(), " guards, and no guard ", guard));
  }
  const auto read_behind = [&](const events::Query& query, uint64_t after) {
    events::ReadOptions options;
    options.start = after + (after == UINT64_MAX ? 0 : 1);
    return std::make_unique<events::Reader>(database_.views(), query, options, now);
  };
  const engine::Guard* found = guards_[guard].get();
  if (const auto* events = dynamic_cast<const events::EventGuard*>(found)) {
    return read_behind(events->query(), events->after());
  }
  if (const auto* entity = dynamic_cast<const events::EntityGuard*>(found)) {
    events::ReadOptions behind;
    behind.start = entity->sequence() + (entity->sequence() == events::kSequenceSome ? 0 : 1);
    const auto options = events::stream_options(database_.views(), now, entity->entity(), behind);
    if (!options) return fail(options.error());
    const events::Query query = {{{.entities = {entity->entity()}}}};
    return std::make_unique<events::Reader>(database_.views(), query, *options, now);
  }
  const bool is_tracking = dynamic_cast<const events::TrackingGuard*>(found) != nullptr;
  const char* what = is_tracking ? "a tracked source" : "about rows";
  return fail(Code::kNotFound,
              cat("conflicts: guard ", guard, " is ", what, ", which no event contradicts"));
}

Status BatchContent::add_tracking(const events::TrackingRequest& request) {
  if (auto status = events::check_name("the source", request.source, events::kSourceSizeMax);
      !status) {
    return fail(std::move(status).error().during("track"));
  }
  if (request.position == 0 || request.position > events::kTrackedPositionMax) {
    return fail(Code::kInvalid, cat("track: the position of source ", quoted(request.source),
                                    " is ", request.position, ", allowed are 1 to 2^63 - 1"));
  }
  if (tracking_.holds(request.source)) {
    return fail(Code::kInvalid,
                cat("track: source ", quoted(request.source), " is in the batch already"));
  }
  if (guards_.size() == kGuardsMax) {
    return fail(Code::kTooLarge, cat("track: a batch has at most ", kGuardsMax, " guards"));
  }
  // Room first: a mark without its guard, or the other way round, must not be left behind.
  auto guard = std::make_unique<events::TrackingGuard>(request);
  if (guards_.size() == guards_.capacity()) guards_.reserve(2 * guards_.size() + 4);
  tracking_.add(request);
  guards_.push_back(std::move(guard));
  return {};
}

void BatchContent::forget_tracking(const std::string& source) {
  tracking_.add({.source = source, .previous = events::kPreviousAny, .position = 0});
}

Status BatchContent::set_key(std::string_view key) {
  if (auto status = events::check_name("the key", key, events::kKeySizeMax); !status) {
    return fail(std::move(status).error().during("key"));
  }
  key_ = key;
  return {};
}

void BatchContent::clear() {
  events_.clear();
  tracking_.clear();
  catalog_.clear();
  rows_.clear();
  guarded_.clear();
  key_.clear();
  reads_ = nullptr;
  guards_.clear();
}

void BatchContent::add_tables(engine::Batch& batch) {
  if (catalog_.empty() && rows_.empty() && guarded_.empty() && reads_ == nullptr) return;
  std::set<tables::TableId> used = guarded_;
  if (reads_ != nullptr) reads_->for_each_table([&](tables::TableId table) { used.insert(table); });
  rows_.for_each_table([&](tables::TableId table) { used.insert(table); });
  batch.tables = &catalog_guard_.emplace(catalog_, std::move(used));
  // Tables before their rows: so recovery knows them.
  if (!catalog_.empty()) batch.parts.push_back(&catalog_);
  if (rows_.empty()) return;
  rows_.prepare();
  batch.parts.push_back(&rows_);
}

Digest BatchContent::digest() const {
  const Digest events = events::batch_digest(events_, tracking_);
  if (catalog_.empty() && rows_.empty()) return events;
  // Counts first: so no bytes can be those of changes in one batch and those of rows in another.
  std::array<uint8_t, 2 * sizeof(uint64_t)> counts;
  store_le(counts.data(), uint64_t{catalog_.count()});
  store_le(counts.data() + sizeof(uint64_t), uint64_t{rows_.count()});
  const std::vector<uint8_t> changes = catalog_.content();
  std::vector<ByteView> pieces = {events, counts, changes};
  const std::vector<ByteView> rows = rows_.pieces();
  pieces.insert(pieces.end(), rows.begin(), rows.end());
  return hash_padded(HashDomain::kBatch, pieces);
}

Result<engine::Batch> BatchContent::assemble() {
  engine::Batch batch;
  if (events_.count() > 0) {
    STELE_TRY(events_.prepare());
    batch.unique = &id_guard_.emplace(events_);
    batch.event_count = events_.count();
    batch.parts.push_back(&events_);
  }
  if (tracking_.count() > 0) batch.parts.push_back(&tracking_);
  add_tables(batch);
  if (batch.parts.empty()) return fail(Code::kInvalid, "commit: the batch is empty");
  if (!key_.empty()) {
    const events::KeyUse use = {.key = key_, .batch = digest()};
    batch.key = &key_guard_.emplace(use);
    batch.parts.push_back(&key_part_.emplace(use));
  }
  batch.guards.reserve(guards_.size());
  for (const auto& guard : guards_) batch.guards.push_back(guard.get());
  batch.reads = reads_;
  return batch;
}

std::unique_ptr<BatchContent> ContentPool::take(Database& database) {
  {
    const std::lock_guard lock(mutex_);
    if (!unused_.empty()) {
      std::unique_ptr<BatchContent> content = std::move(unused_.back());
      unused_.pop_back();
      return content;
    }
  }
  return std::make_unique<BatchContent>(database);
}

void ContentPool::give_back(std::unique_ptr<BatchContent> content) noexcept {
  content->clear();
  const std::lock_guard lock(mutex_);
  if (unused_.size() < kUnusedMax) unused_.push_back(std::move(content));
}

}  // namespace stele::db
