// Following the events as they come, and waiting for several things. Include <stele/stele.hpp>.
#pragma once

#include <stele/subscription.h>

#include <stele/detail/commit.hpp>

namespace stele::inline v0 {

using Token = std::array<std::uint8_t, STELE_TOKEN_SIZE>;

struct SubscribeOptions {
  std::uint64_t after = 0;  // Begins behind this position.
  Bytes token = {};         // What Subscription::token() gave: begins there.
  bool new_only = false;    // Begins behind the last durable event.
};

// The events that match a query, first those that are there and then those that come.
//
// Example:
//
//     stele::Subscription mails = db.subscribe(query, {.token = stored_token});
//     while (std::optional<stele::Event> event = mails.next(1000ms)) {
//       send(*event);
//       store(mails.token());
//     }
class Subscription : public detail::Handle<stele_subscription, stele_subscription_close> {
 public:
  using Handle::Handle;

  // The next event, which lives until the next call. Nothing: none came in time, or the wait was
  // interrupted. Throws CLOSED when another thread closes the subscription or the database.
  [[nodiscard]] std::optional<Event> next(Milliseconds timeout = kForever) {
    auto view = detail::sized<stele_event>();
    const Status status =
        detail::call(stele_subscription_next, get(), timeout.count(), &view, &info_);
    return status == STELE_OK ? std::optional<Event>(Event(view)) : std::nullopt;
  }

  // From which a later subscription resumes behind everything that this one has handed out.
  [[nodiscard]] Token token() const {
    Token token;
    detail::call(stele_subscription_token, get(), token.data());
    return token;
  }

  // As of the last next(): nothing durable was left; up to where every match was handed out; the
  // last durable event.
  [[nodiscard]] bool caught_up() const { return info_.caught_up != 0; }
  [[nodiscard]] std::uint64_t through() const { return info_.through; }
  [[nodiscard]] std::uint64_t head() const { return info_.head; }

  // Ends the wait of another thread, or else the next one.
  void interrupt() const { detail::call(stele_interrupt, get()); }

 private:
  stele_subscription_info info_ = detail::sized<stele_subscription_info>();
};

class Projection;

// A ticket, a subscription or a projection.
class Waitable {
 public:
  Waitable(const Ticket& ticket) : handle_(ticket.get()) {}                    // NOLINT
  Waitable(const Subscription& subscription) : handle_(subscription.get()) {}  // NOLINT
  Waitable(const Projection& projection);                                      // NOLINT
  [[nodiscard]] const void* handle() const { return handle_; }

 private:
  const void* handle_;
};

// Waits until one of them has something, and returns its index. Nothing: none has in time, or one
// was interrupted.
//
// Example:
//
//     std::optional<std::size_t> first = stele::wait_any({ticket, subscription}, 100ms);
//     if (first == 1u) show(*subscription.next());
[[nodiscard]] inline std::optional<std::size_t> wait_any(std::span<const Waitable> things,
                                                         Milliseconds timeout = kForever) {
  std::vector<const void*> handles;
  handles.reserve(things.size());
  for (const Waitable& thing : things) handles.push_back(thing.handle());
  std::size_t index = 0;
  const Status status =
      detail::call(stele_wait_any, handles.data(), handles.size(), timeout.count(), &index);
  return status == STELE_OK ? std::optional<std::size_t>(index) : std::nullopt;
}
[[nodiscard]] inline std::optional<std::size_t> wait_any(std::initializer_list<Waitable> things,
                                                         Milliseconds timeout = kForever) {
  return wait_any(std::span<const Waitable>(things.begin(), things.size()), timeout);
}

}  // namespace stele::inline v0
