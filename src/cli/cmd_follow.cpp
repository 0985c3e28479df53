// stele follow: prints the events that match a query as they come.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/follower.h"
#include "cli/interrupt.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr uint64_t kInterval = 200;
constexpr uint64_t kWaitMax = uint64_t{1} << 40;  // Milliseconds: longer is for ever.

struct FollowOptions {
  FollowPlan plan;
  std::optional<uint64_t> after;
  std::optional<uint64_t> limit;
  std::optional<uint64_t> timeout;   // Seconds
  std::optional<uint64_t> interval;  // Milliseconds
};

class Follow {
 public:
  explicit Follow(const FollowOptions& options) : options_(options), follower_(options.plan) {}

  void run() {
    while (left() > 0) {
      if (interrupted() != 0) throw interruption();
      if (look()) continue;
      if (timed_out()) return end_of_time();
      wait();
    }
  }

 private:
  [[nodiscard]] uint64_t left() const { return options_.limit.value_or(STELE_NO_LIMIT) - printed_; }

  // Prints what is new. Returns true when there is more already.
  bool look() {
    if (!follower_.may_have_news()) return false;
    try {
      const Follower::Look seen = follower_.look(left());
      busy_.reset();
      if (seen.events == 0) return false;
      output_.write(seen.lines);
      output_.flush();
      printed_ += seen.events;
      last_ = Clock::now();
      return seen.more;
    } catch (const Busy& busy) {
      busy_ = busy;
      return false;
    }
  }

  [[nodiscard]] bool timed_out() const {
    if (!options_.timeout) return false;
    const uint64_t seconds = std::min(*options_.timeout, kWaitMax / 1000);
    return Clock::now() - last_ >= milliseconds(static_cast<int64_t>(seconds * 1000));
  }

  void end_of_time() const {
    if (busy_) throw *busy_;
    if (!options_.limit) return;
    throw Failure(ExitStatus::kOutcome,
                  fmt::format("nothing has come for {}; printed {} of {}",
                              format_counted(*options_.timeout, "second"), printed_,
                              format_counted(*options_.limit, "event")));
  }

  // Waits for the interval, the timeout, or a signal: in slices, for a signal may come just before
  // the thread sleeps.
  void wait() const {
    constexpr milliseconds kSlice{20};
    const uint64_t interval = std::min(options_.interval.value_or(kInterval), kWaitMax);
    const auto until = Clock::now() + milliseconds(static_cast<int64_t>(interval));
    while (Clock::now() < until && interrupted() == 0 && !timed_out()) {
      std::this_thread::sleep_for(std::min<Clock::duration>(kSlice, until - Clock::now()));
    }
  }

  const FollowOptions& options_;
  Follower follower_;
  Output output_;
  uint64_t printed_ = 0;
  Clock::time_point last_ = Clock::now();  // When something came.
  std::optional<Busy> busy_;               // Why the last look saw nothing.
};

void run(const FollowOptions& options) {
  if (options.interval == 0) throw Failure(ExitStatus::kUsage, "--interval: must not be 0");
  watch_interrupts();
  Follow(options).run();
}

}  // namespace

void add_follow(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("follow", "Print events as they come");
  const auto options = std::make_shared<FollowOptions>();
  add_database(command, options->plan.database);
  add_filter_options(command, options->plan.filter);
  CLI::Option* const after =
      add_number(command, "--after", options->after, "Begin behind this position; 0: at the start");
  CLI::Option* const from_now = command.add_flag(
      "--new", options->plan.from_now, "Begin behind the last event there is at the first look");
  add_number(command, "--limit", options->limit, "End after so many events");
  add_number(command, "--timeout", options->timeout,
             "End when nothing has come for so many seconds; 0: at once when all is printed");
  add_number(command, "--interval", options->interval, "Milliseconds between two looks (200)");
  command.footer(
      "Prints JSON lines as `stele read` does: first the events that are there, then, without "
      "end,\n"
      "those that come.\n\n"
      "A database has one writer process, and nobody can read it beside a writer. So follow\n"
      "waits while a process has the database open for writing, and looks when it has closed it:\n"
      "events appear then, not while a writer that stays runs. A look opens the database for\n"
      "reading, which takes time in proportion to its size, but only when a file in it has\n"
      "changed; a writer that comes at that moment is told that the database is busy. Each\n"
      "event is printed once and none is left out. If the directory holds another history\n"
      "than the one that was printed, such as an older backup, follow ends with an error.\n\n"
      "Ends with 0 at --limit, or at --timeout without a limit; with 1 at --timeout before the\n"
      "limit; with 130 or 143 on SIGINT or SIGTERM; with 3 when a writer was there until the\n"
      "--timeout.\n\n"
      "Examples:\n"
      "  stele follow shop --type BookSold --new\n"
      "  stele follow shop --after 41 --timeout 0\n"
      "  stele follow shop --entity order-7 --type parcel.sent --limit 1 --timeout 60");
  command.callback([&action, options, after, from_now] {
    if (after->count() > 0 && from_now->count() > 0) {
      throw CLI::ValidationError("--after", "does not go with --new");
    }
    options->plan.after = options->after.value_or(0);
    action = [options] { run(*options); };
  });
}

}  // namespace stele::cli
