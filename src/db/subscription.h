// A subscription: the durable events that match a query, in order, and then those that come.
//
//     scanned_to_     every match up to here was handed out, or is `found_`
//     seen_.head      the last durable event when last looked
//
// It holds no snapshot and no pin: between two calls it is a position.
//
// Threads: one at a time, but for interrupt() and end().
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "db/database.h"
#include "db/interrupt.h"
#include "events/matcher.h"

namespace stele::db {

inline constexpr size_t kTokenSize = 32;

class Subscription {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  using Token = std::array<uint8_t, kTokenSize>;

  // Begins behind a position. INVALID: nothing durable is there.
  static Result<std::unique_ptr<Subscription>> after(std::shared_ptr<Database> database,
                                                     const events::Query& query, uint64_t position);
  // Begins where the token was made. INVALID: this is not the history that it was made of.
  static Result<std::unique_ptr<Subscription>> resume(std::shared_ptr<Database> database,
                                                      const events::Query& query, ByteView token);
  // Begins behind the last durable event.
  static std::unique_ptr<Subscription> from_now(std::shared_ptr<Database> database,
                                                const events::Query& query);

  // Returns the next match without handing it out, nothing if none is there.
  // What is returned lives until the next call.
  Result<std::optional<events::RecordView>> peek();
  // Hands out what peek() returned. Requires: it returned something.
  void advance();

  // Waits until there may be another match. TIMEOUT: none in time, or interrupted; CLOSED.
  Status wait(const Deadline& deadline);

  // For who waits for several things: tells the listener when there may be a match, or when
  // interrupted. Returns whether that is so already.
  bool listen(engine::Listener& listener);
  void unlisten(engine::Listener& listener);
  // Returns whether the wait has been ended from outside, once for each time.
  bool take_interrupt() { return interrupt_.take(); }

  // Until the next call, nobody uses what was returned: no trees and no pages are held by it.
  void rest() {
    matcher_.reset();
    history_.reset();
  }
  // The same, but for the event that was returned last, and a few pages in memory.
  void rest_behind_last() {
    if (history_) history_->rest(scanned_to_);
  }

  // Ends a wait, from any thread; end() for good.
  void interrupt() { interrupt_.set(); }
  void end() {
    ended_ = true;
    interrupt_.set();
  }
  [[nodiscard]] Status check_open() const;

  // Every match up to here was handed out.
  [[nodiscard]] uint64_t through() const { return found_ != 0 ? found_ - 1 : scanned_to_; }
  [[nodiscard]] uint64_t head() const { return seen_.head; }
  [[nodiscard]] bool caught_up() const { return through() == seen_.head; }
  [[nodiscard]] Result<Token> token() const;

  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

  Subscription(std::shared_ptr<Database> database, const events::Query& query, uint64_t position);

 private:
  // Looks for the first match behind scanned_to_, up to seen_.head.
  [[nodiscard]] uint64_t next_match();
  [[nodiscard]] events::History& history();

  std::shared_ptr<Database> database_;
  events::Query query_;
  // Both there only while there is something to hand out: a subscriber that waits holds nothing. By
  // pointer, for they are large, and subscribers may be many.
  std::unique_ptr<events::History> history_;
  std::optional<events::Matcher> matcher_;  // For a long way to seen_.head.
  engine::Snapshot seen_;                   // Durable.
  uint64_t scanned_to_;
  uint64_t found_ = 0;  // The match that peek() returned; 0: none.
  engine::Listener listener_;
  Interrupt interrupt_;
  std::atomic<bool> ended_ = false;
};

}  // namespace stele::db
