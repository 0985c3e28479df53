// Hands batches to the pipeline.
#include "db/batch.h"

namespace stele::db {

void Batch::clear() {
  content_->clear();
  level_ = engine::Durability::kOs;
}

Result<engine::Committed> Batch::commit_and_keep() {
  if (database_->closed()) return fail(Code::kClosed, "commit: the database is closed");
  const auto batch = content_->assemble();
  if (!batch) return fail(batch.error());
  return database_->pipeline().commit(*batch, level_);
}

Result<engine::Committed> Batch::commit() {
  auto committed = commit_and_keep();
  if (committed) clear();
  return committed;
}

Result<engine::Committed> Batch::check() {
  if (database_->closed()) return fail(Code::kClosed, "commit: the database is closed");
  const auto batch = content_->assemble();
  if (!batch) return fail(batch.error());
  return database_->pipeline().check_only(*batch);
}

Result<std::unique_ptr<events::EventSource>> Batch::read(const events::Query& query,
                                                         const events::ReadOptions& options) {
  const engine::Snapshot now = database_->snapshot();
  auto reader = std::make_unique<events::Reader>(database_->views(), query, options, now);
  STELE_TRY(content_->add_guard(query, now.head));
  return reader;
}

namespace {

// A batch's content while the pipeline has it.
struct Lent {
  explicit Lent(ContentPool& to) : pool(to) {}
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
    if (content) pool.give_back(std::move(content));
  }
  ContentPool& pool;
  std::unique_ptr<BatchContent> content;
};

}  // namespace

Result<std::unique_ptr<Ticket>> Batch::commit_async() {
  if (database_->closed()) return fail(Code::kClosed, "commit: the database is closed");
  auto batch = content_->assemble();
  if (!batch) return fail(std::move(batch).error());
  // All that may fail for want of memory comes before the batch is sequenced.
  ContentPool& pool = database_->contents();
  auto fresh = pool.take(*database_);
  auto ticket = std::make_unique<Ticket>(database_, engine::Ticket());
  auto lent = std::make_shared<Lent>(pool);
  lent->content = std::move(content_);
  content_ = std::move(fresh);
  batch->owner = std::move(lent);
  engine::Pipeline& pipeline = database_->pipeline();
  *ticket = Ticket(database_, pipeline.submit(*batch, level_));
  level_ = engine::Durability::kOs;
  ticket->write_soon();
  return ticket;
}

}  // namespace stele::db
