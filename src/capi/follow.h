// Handing out the events of a subscription, whoever owns it, and waiting for the first of them.
#pragma once

#include "capi/boundary.h"

namespace stele::capi {

struct Following {
  db::Subscription& subscription;
  bool& announced;  // The last call said that it has caught up.
};

// As many events as there is room for. TIMEOUT, CLOSED, BUFFER_TOO_SMALL.
[[nodiscard]] Status follow_batch(const Following& following, int64_t timeout_ms,
                                  RecordBuffer& copies, stele_subscription_info* info);

// One event, in place until the next call.
[[nodiscard]] Status follow(const Following& following, int64_t timeout_ms, stele_event* view,
                            stele_subscription_info* info);

}  // namespace stele::capi
