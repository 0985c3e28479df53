// Events of a subscription, one by one or many at a time.
#include "capi/follow.h"

#include "capi/event_view.h"

namespace stele::capi {

namespace {

// Tells how far the subscription is, and remembers having said that it has caught up.
void tell(const Following& following, stele_subscription_info* info) {
  const db::Subscription& subscription = following.subscription;
  following.announced = subscription.caught_up();
  if (info == nullptr) return;
  stele_subscription_info filled = {};
  filled.caught_up = subscription.caught_up() ? 1 : 0;
  filled.through = subscription.through();
  filled.head = subscription.head();
  write_struct(filled, info);
}

// Copies what is there. Returns without events when nothing is.
Status copy_matches(db::Subscription& subscription, RecordBuffer& copies) {
  for (;;) {
    const auto record = subscription.peek();
    if (!record) return copies.empty() ? Status(fail(record.error())) : Status();
    if (!*record) return {};
    const auto added = copies.add(**record);
    if (!added) return fail(added.error());
    if (!*added) return {};
    subscription.advance();
  }
}

}  // namespace

Status follow_batch(const Following& following, int64_t timeout_ms, RecordBuffer& copies,
                    stele_subscription_info* info) {
  STELE_TRY(copies.start());
  if (info != nullptr) STELE_TRY(check_out_struct(info, "info"));
  const auto deadline = deadline_of(timeout_ms);
  if (!deadline) return fail(deadline.error());
  db::Subscription& subscription = following.subscription;
  for (;;) {
    STELE_TRY(subscription.check_open());
    // The analyzer loses an Error's detail on its way out of a std::expected.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    const Status copied = copy_matches(subscription, copies);
    subscription.rest();
    STELE_TRY(copied);
    if (!copies.empty() || !following.announced) {
      tell(following, info);
      return {};
    }
    const Status waited = subscription.wait(*deadline);
    if (!waited) {
      if (waited.error().code() == Code::kTimeout) tell(following, info);
      return waited;
    }
  }
}

Status follow(const Following& following, int64_t timeout_ms, stele_event* view,
              stele_subscription_info* info) {
  STELE_TRY(check_out_struct(view, "view"));
  if (info != nullptr) STELE_TRY(check_out_struct(info, "info"));
  const auto deadline = deadline_of(timeout_ms);
  if (!deadline) return fail(deadline.error());
  db::Subscription& subscription = following.subscription;
  for (;;) {
    STELE_TRY(subscription.check_open());
    const auto record = subscription.peek();
    if (!record) {
      subscription.rest();
      return fail(record.error());
    }
    if (*record) {
      fill_event(**record, view);
      subscription.advance();
      subscription.rest_behind_last();
      tell(following, info);
      return {};
    }
    const Status waited = subscription.wait(*deadline);
    if (!waited) {
      if (waited.error().code() == Code::kTimeout) tell(following, info);
      return waited;
    }
  }
}

}  // namespace stele::capi
