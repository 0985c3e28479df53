// stele_subscription: following the events that match a query.
#include "capi/boundary.h"
#include "capi/follow.h"

using stele::Status;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::SubscriptionObject;

namespace stele::capi {

namespace {

using BegunSubscription = Result<std::unique_ptr<db::Subscription>>;

BegunSubscription begin(std::shared_ptr<db::Database> database, const events::Query& query,
                        const stele_subscribe_options* given) {
  if (given == nullptr) return db::Subscription::after(std::move(database), query, 0);
  const auto options = read_struct(given, "options");
  if (!options) return fail(options.error());
  if ((options->flags & ~uint32_t{STELE_SUBSCRIBE_NEW}) != 0) {
    return fail(Code::kInvalid, cat("options.flags ", options->flags, " has unknown bits"));
  }
  const bool from_now = (options->flags & STELE_SUBSCRIBE_NEW) != 0;
  const bool has_token = options->token_size > 0;
  if (int{from_now} + int{has_token} + int{options->after != 0} > 1) {
    return fail(Code::kInvalid, "options say more than one place to begin at");
  }
  if (from_now) return db::Subscription::from_now(std::move(database), query);
  if (!has_token) return db::Subscription::after(std::move(database), query, options->after);
  const auto token = bytes_of(options->token, options->token_size, "options.token");
  if (!token) return fail(token.error());
  return db::Subscription::resume(std::move(database), query, *token);
}

Status subscribe(stele_db* db, const stele_query* query, const stele_subscribe_options* options,
                 stele_subscription** subscription) {
  STELE_TRY(check_pointer(subscription, "subscription"));
  *subscription = nullptr;
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  auto begun = begin((*object)->database, *what, options);
  if (!begun) return fail(std::move(begun).error());
  publish(std::make_unique<SubscriptionObject>(*std::move(begun)), subscription);
  return {};
}

Result<Pinned<SubscriptionObject>> usable_subscription(stele_subscription* subscription) {
  auto object = pin<SubscriptionObject>(subscription, "subscription");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->subscription->database()));
  return object;
}

Status next_batch(stele_subscription* handle, int64_t timeout_ms, RecordBuffer copies,
                  stele_subscription_info* info) {
  const auto object = usable_subscription(handle);
  if (!object) return fail(object.error());
  return follow_batch({*(*object)->subscription, (*object)->announced}, timeout_ms, copies, info);
}

Status next(stele_subscription* handle, int64_t timeout_ms, stele_event* view,
            stele_subscription_info* info) {
  const auto object = usable_subscription(handle);
  if (!object) return fail(object.error());
  return follow({*(*object)->subscription, (*object)->announced}, timeout_ms, view, info);
}

}  // namespace

}  // namespace stele::capi

extern "C" {

void stele_subscribe_options_init(stele_subscribe_options* options) {
  if (options == nullptr) return;
  *options = {};
  options->struct_size = sizeof *options;
}

stele_status stele_subscribe(stele_db* db, const stele_query* query,
                             const stele_subscribe_options* options,
                             stele_subscription** subscription, stele_error* error) {
  return guarded("subscribe", error,
                 [&] { return stele::capi::subscribe(db, query, options, subscription); });
}

// A buffer is two parameters in C, and what it holds two more.
// NOLINTNEXTLINE(readability-function-size)
stele_status stele_subscription_next_batch(stele_subscription* subscription, int64_t timeout_ms,
                                           uint8_t* buffer, size_t capacity, size_t* used,
                                           uint32_t* count, stele_subscription_info* info,
                                           stele_error* error) {
  return guarded("subscription", error, [&] {
    return stele::capi::next_batch(subscription, timeout_ms, {buffer, capacity, used, count}, info);
  });
}

stele_status stele_subscription_next(stele_subscription* subscription, int64_t timeout_ms,
                                     stele_event* view, stele_subscription_info* info,
                                     stele_error* error) {
  return guarded("subscription", error,
                 [&] { return stele::capi::next(subscription, timeout_ms, view, info); });
}

stele_status stele_subscription_token(stele_subscription* subscription, uint8_t* token,
                                      stele_error* error) {
  return guarded("subscription", error, [&]() -> Status {
    STELE_TRY(check_pointer(token, "token"));
    const auto object = stele::capi::usable_subscription(subscription);
    if (!object) return fail(object.error());
    const auto made = (*object)->subscription->token();
    if (!made) return fail(made.error());
    stele::copy_bytes(token, *made);
    return {};
  });
}

void stele_subscription_close(stele_subscription* subscription) {
  HandleTable::instance().close(subscription, SubscriptionObject::kKind);
}

}  // extern "C"
