#include "cli/follower.h"

#include "cli/interrupt.h"
#include "cli/line_encode.h"

namespace stele::cli {

namespace {

// Of lines taken in one look: every further look opens the database again.
constexpr size_t kLookBytes = size_t{64} << 20;

// Adds the next event there is. Returns false when there is none.
bool take(const Subscription& subscription, Follower::Look& look) {
  stele_event event{};
  event.struct_size = sizeof event;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status =
      stele_subscription_next(subscription.get(), 0, &event, nullptr, &error);
  if (status == STELE_TIMEOUT) return false;
  check(status, error);
  append_event_line(look.lines, event, LineStyle::kRead);
  ++look.events;
  return true;
}

}  // namespace

Follower::Follower(FollowPlan plan)
    : plan_(std::move(plan)), query_(make_query(items_of(plan_.filter))) {}

Follower::Look Follower::look(uint64_t limit) {
  // Taken before, so that no change falls between the two.
  const DirectoryMark mark(plan_.database);
  Database database(plan_.database, STELE_OPEN_READ_ONLY);
  Look look;
  {
    const Subscription subscription = subscribe(database);
    bool any = true;
    while (any && look.events < limit && look.lines.size() < kLookBytes && interrupted() == 0) {
      any = take(subscription, look);
    }
    look.more = any;
    stele_error error = STELE_ERROR_INIT;
    check(stele_subscription_token(subscription.get(), token_.emplace().data(), &error), error);
  }
  database.close();
  seen_.reset();
  if (!look.more && mark.is_settled()) seen_ = mark;
  return look;
}

bool Follower::may_have_news() const {
  return !seen_ || DirectoryMark(plan_.database) != *seen_;
}

Subscription Follower::subscribe(const Database& database) const {
  stele_subscribe_options options;
  stele_subscribe_options_init(&options);
  if (token_) {
    options.token = token_->data();
    options.token_size = token_->size();
  } else if (plan_.from_now) {
    options.flags |= STELE_SUBSCRIBE_NEW;
  } else {
    options.after = plan_.after;
  }
  stele_subscription* subscription = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_subscribe(database.get(), query_.get(), &options, &subscription, &error), error);
  return Subscription(subscription);
}

}  // namespace stele::cli
