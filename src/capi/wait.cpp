// Waiting for the first of several tickets, subscriptions and projections, and ending a wait.
#include <vector>

#include "capi/projection.h"

using stele::fail;
using stele::Status;
using stele::capi::guarded;
using stele::capi::HandleKind;
using stele::capi::ProjectionObject;
using stele::capi::SubscriptionObject;
using stele::capi::TicketObject;

namespace stele::capi {

namespace {

// One of the things that a caller waits for.
class Awaited {
 public:
  static Result<Awaited> pin(const void* handle) {
    HandleKind kind = HandleKind::kNone;
    HandleTable::Fault fault = HandleTable::Fault::kNone;
    HandleTable::Pin pinned = HandleTable::instance().pin_any(handle, kind, fault);
    const bool is_awaited = kind == TicketObject::kKind || kind == SubscriptionObject::kKind ||
                            kind == ProjectionObject::kKind;
    if (fault == HandleTable::Fault::kNone && !is_awaited) fault = HandleTable::Fault::kWrongKind;
    if (fault != HandleTable::Fault::kNone) return fail(handle_error(fault, "it"));
    return Awaited(std::move(pinned), kind);
  }

  [[nodiscard]] Status check() const {
    if (ticket_ != nullptr) return check_can_wait(*ticket_->ticket->database());
    STELE_TRY(check_usable(*events().database()));
    return events().check_open();
  }
  [[nodiscard]] bool is_ready() const {
    if (ticket_ != nullptr) return ticket_->ticket->is_done();
    const auto record = events().peek();
    const bool is_there =
        !record || record->has_value();  // An error is the subscription's to tell.
    events().rest_behind_last();         // Who is told may come for it late, or never.
    return is_there;
  }
  [[nodiscard]] bool take_interrupt() const {
    return ticket_ != nullptr ? ticket_->interrupt.take() : events().take_interrupt();
  }
  // From any thread.
  void interrupt() const {
    if (ticket_ != nullptr) {
      ticket_->interrupt.set();
    } else if (projection_ != nullptr) {
      projection_->projection->interrupt();
    } else {
      subscription_->subscription->interrupt();
    }
  }
  // Returns whether there is something to look at already.
  bool listen(engine::Listener& listener) const {
    if (ticket_ == nullptr) return events().listen(listener);
    ticket_->interrupt.listen(&listener);
    return ticket_->ticket->listen(listener);
  }
  void unlisten(engine::Listener& listener) const {
    if (ticket_ == nullptr) return events().unlisten(listener);
    ticket_->interrupt.listen(nullptr);
    ticket_->ticket->unlisten(listener);
  }

 private:
  Awaited(HandleTable::Pin pin, HandleKind kind) : pin_(std::move(pin)) {
    if (kind == TicketObject::kKind) {
      ticket_ = static_cast<TicketObject*>(pin_.object());
    } else if (kind == ProjectionObject::kKind) {
      projection_ = static_cast<ProjectionObject*>(pin_.object());
    } else {
      subscription_ = static_cast<SubscriptionObject*>(pin_.object());
    }
  }

  // What a subscription or a projection is handed. Requires: it is one of these.
  [[nodiscard]] db::Subscription& events() const {
    return projection_ != nullptr ? projection_->projection->events()
                                  : *subscription_->subscription;
  }

  HandleTable::Pin pin_;
  TicketObject* ticket_ = nullptr;  // One of the three is set.
  SubscriptionObject* subscription_ = nullptr;
  ProjectionObject* projection_ = nullptr;
};

// All of them, and their one listener.
class Waiting {
 public:
  Status add(const void* handle, size_t index) {
    auto awaited = Awaited::pin(handle);
    if (!awaited) return fail(Error(awaited.error()).during(cat("handle ", index)));
    if (auto status = awaited->check(); !status) {
      return fail(std::move(status).error().during(cat("handle ", index)));
    }
    all_.push_back(*std::move(awaited));
    return {};
  }

  // Returns the index of the first that has something, or TIMEOUT.
  Result<size_t> wait(const Deadline& deadline) {
    for (;;) {
      for (size_t i = 0; i < all_.size(); ++i) {
        STELE_TRY(all_[i].check());
        if (all_[i].is_ready()) return i;
      }
      for (const Awaited& awaited : all_) {
        if (awaited.take_interrupt()) return fail(Code::kTimeout, "wait: interrupted");
      }
      if (deadline && *deadline <= std::chrono::steady_clock::now()) {
        return fail(Code::kTimeout, "wait: nothing has come in time");
      }
      listen_and_sleep(deadline);
    }
  }

 private:
  void listen_and_sleep(const Deadline& deadline) {
    engine::Listener listener;
    size_t listening = 0;
    bool there = false;
    try {
      while (!there && listening < all_.size()) there = all_[listening++].listen(listener);
      if (!there) listener.wait(deadline);
    } catch (...) {
      unlisten(listener, listening);
      throw;
    }
    unlisten(listener, listening);
  }
  void unlisten(engine::Listener& listener, size_t count) const {
    for (size_t i = 0; i < count; ++i) all_[i].unlisten(listener);
  }

  std::vector<Awaited> all_;
};

Status wait_any(const void* const* handles, size_t count, int64_t timeout_ms, size_t* index) {
  STELE_TRY(check_pointer(index, "index"));
  *index = 0;
  if (count == 0) return fail(Code::kInvalid, "there is nothing to wait for");
  STELE_TRY(check_pointer(handles, "handles"));
  const auto deadline = deadline_of(timeout_ms);
  if (!deadline) return fail(deadline.error());
  Waiting waiting;
  for (size_t i = 0; i < count; ++i) STELE_TRY(waiting.add(handles[i], i));
  const auto found = waiting.wait(*deadline);
  if (!found) return fail(found.error());
  *index = *found;
  return {};
}

}  // namespace

Result<Deadline> deadline_of(int64_t timeout_ms) {
  if (timeout_ms == STELE_FOREVER) return Deadline();
  if (timeout_ms < 0) {
    return fail(Code::kInvalid, cat("timeout_ms is ", timeout_ms, "; STELE_FOREVER is -1"));
  }
  // Longer than anybody waits, and shorter than what a clock can count.
  constexpr int64_t kLongest = int64_t{1'000} * 60 * 60 * 24 * 365;
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds(timeout_ms < kLongest ? timeout_ms : kLongest);
}

Status check_can_wait(const db::Database& database) {
  return database.closed() ? Status() : check_usable(database);
}

}  // namespace stele::capi

extern "C" {

stele_status stele_wait_any(const void* const* handles, size_t count, int64_t timeout_ms,
                            size_t* index, stele_error* error) {
  return guarded("wait", error,
                 [&] { return stele::capi::wait_any(handles, count, timeout_ms, index); });
}

stele_status stele_interrupt(const void* handle, stele_error* error) {
  return guarded("interrupt", error, [&]() -> Status {
    const auto awaited = stele::capi::Awaited::pin(handle);
    if (!awaited) return fail(awaited.error());
    awaited->interrupt();
    return {};
  });
}

}  // extern "C"
