// Follows the durable end of the database.
#include "db/subscription.h"

#include <algorithm>

#include "base/text.h"
#include "events/record_match.h"

namespace stele::db {

namespace {

constexpr size_t kTokenPosition = 16;
constexpr size_t kTokenRoot = 24;
constexpr size_t kTokenRootSize = 8;

// So many new events are sooner compared than the terms of a query looked up.
constexpr uint64_t kCompared = 32;

// Returns the root that stands for the history up to a position. Requires: it is visible.
Result<Digest> root_at(const Database& database, uint64_t position) {
  if (position == 0) return engine::genesis_root(database.meta().uuid);
  events::History history(database.views());
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  const auto info = engine::commit_info(history.view(), record->tsn());
  if (!info) return fail(info.error());
  return info->chained_root;
}

}  // namespace

Subscription::Subscription(std::shared_ptr<Database> database, const events::Query& query,
                           uint64_t position)
    : database_(std::move(database)),
      query_(query),
      seen_(database_->pipeline().durable()),
      scanned_to_(position) {}

Result<std::unique_ptr<Subscription>> Subscription::after(std::shared_ptr<Database> database,
                                                          const events::Query& query,
                                                          uint64_t position) {
  const uint64_t head = database->pipeline().durable().head;
  if (position > head) {
    return fail(Error(Code::kInvalid, cat("subscribe: position ", position,
                                          " is beyond the last durable event, ", head))
                    .with_position(head));
  }
  return std::make_unique<Subscription>(std::move(database), query, position);
}

Result<std::unique_ptr<Subscription>> Subscription::resume(std::shared_ptr<Database> database,
                                                           const events::Query& query,
                                                           ByteView token) {
  if (token.size() != kTokenSize) {
    return fail(Code::kInvalid,
                cat("subscribe: the token has ", token.size(), " bytes, not ", kTokenSize));
  }
  if (!std::ranges::equal(token.first(kTokenPosition), database->meta().uuid)) {
    return fail(Code::kInvalid, "subscribe: the token is of another database");
  }
  const auto position = load_le<uint64_t>(token.data() + kTokenPosition);
  const uint64_t head = database->pipeline().durable().head;
  if (position > head) {
    return fail(
        Error(Code::kInvalid, cat("subscribe: the token is of position ", position,
                                  ", and the history ends at ", head, ": was a backup restored?"))
            .with_position(head));
  }
  const auto root = root_at(*database, position);
  if (!root) return fail(Error(root.error()).during("subscribe"));
  if (!std::ranges::equal(token.subspan(kTokenRoot), ByteView(*root).first(kTokenRootSize))) {
    return fail(Error(Code::kInvalid, cat("subscribe: the token is of another history up to ",
                                          position, ": was a backup restored?"))
                    .with_position(position));
  }
  return std::make_unique<Subscription>(std::move(database), query, position);
}

std::unique_ptr<Subscription> Subscription::from_now(std::shared_ptr<Database> database,
                                                     const events::Query& query) {
  const uint64_t head = database->pipeline().durable().head;
  return std::make_unique<Subscription>(std::move(database), query, head);
}

Result<Subscription::Token> Subscription::token() const {
  Token token;
  std::ranges::copy(database_->meta().uuid, token.begin());
  store_le(token.data() + kTokenPosition, through());
  const auto root = root_at(*database_, through());
  if (!root) return fail(Error(root.error()).during("subscription"));
  std::copy_n(root->begin(), kTokenRootSize, token.begin() + kTokenRoot);
  return token;
}

events::History& Subscription::history() {
  if (!history_) {
    history_ = std::make_unique<events::History>(database_->views());
  } else if (history_->refresh() && matcher_) {
    matcher_->look_up_again();
  }
  return *history_;
}

uint64_t Subscription::next_match() {
  uint64_t from = scanned_to_ + 1;
  events::History& history = this->history();
  if (!matcher_ && seen_.head - scanned_to_ > kCompared) {
    matcher_.emplace(query_, history, events::Direction::kForward);
  }
  if (matcher_) {
    const uint64_t match = matcher_->at_or_after(from, seen_.head);
    return match == events::kNoPosition ? 0 : match;
  }
  for (; from <= seen_.head; ++from) {
    const auto record = history.record(from);
    if (!record) return 0;
    if (matches(query_, *record)) return from;
  }
  return 0;
}

Result<std::optional<events::RecordView>> Subscription::peek() {
  while (found_ == 0) {
    if (scanned_to_ >= seen_.head) {
      matcher_.reset();
      history_.reset();
      seen_ = database_->pipeline().durable();
      if (scanned_to_ >= seen_.head) return std::nullopt;
    }
    found_ = next_match();
    if (!history_->status()) return fail(Error(history_->status().error()).during("subscription"));
    if (found_ == 0) scanned_to_ = seen_.head;
  }
  const auto record = history().record(found_);
  if (!record) return fail(Error(history_->status().error()).during("subscription"));
  return record;
}

void Subscription::advance() {
  scanned_to_ = found_;
  found_ = 0;
}

Status Subscription::check_open() const {
  if (ended_) return fail(Code::kClosed, "subscription: it was closed");
  if (database_->closed()) return fail(Code::kClosed, "subscription: the database is closed");
  return {};
}

bool Subscription::listen(engine::Listener& listener) {
  interrupt_.listen(&listener);
  return database_->pipeline().watch(seen_.tsn, listener);
}

void Subscription::unlisten(engine::Listener& listener) {
  database_->pipeline().unwatch(listener);
  interrupt_.listen(nullptr);
}

Status Subscription::wait(const Deadline& deadline) {
  for (;;) {
    STELE_TRY(check_open());
    const bool there = listen(listener_);
    if (!there) listener_.wait(deadline);
    unlisten(listener_);
    STELE_TRY(check_open());
    if (take_interrupt()) return fail(Code::kTimeout, "subscription: interrupted");
    if (database_->pipeline().durable_tsn() > seen_.tsn) return {};
    // Else somebody was told late, of what has been seen by now.
    if (deadline && *deadline <= std::chrono::steady_clock::now()) {
      return fail(Code::kTimeout, "subscription: nothing has come in time");
    }
  }
}

}  // namespace stele::db
