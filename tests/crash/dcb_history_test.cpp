// Random histories, step by step against a model: guards of every kind, ids, keys, repetitions and
// reads, with reopenings and deaths in between. Results, positions and errors are the model's.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "crash/dcb_model.h"
#include "db/batch.h"
#include "db/database.h"
#include "db/verify.h"
#include "events/lookup.h"
#include "events/reader.h"
#include "sim/sim_environment.h"
#include "support/scale.h"

namespace stele::crash {

void PrintTo(const Answer& answer, std::ostream* to) {
  if (answer.ok) {
    *to << (answer.repeated ? "repeated " : "") << "tsn " << answer.tsn << ", " << answer.count
        << " events from " << answer.first;
  } else {
    *to << "code " << static_cast<int>(answer.code) << ", guard " << answer.guard << ", position "
        << answer.position << ", sequence " << answer.sequence;
  }
}

namespace {

using sim::Death;
using test::id_of;

// Names and numbers are few, so that they meet.
class Chance {
 public:
  explicit Chance(uint64_t seed) : dice(seed, 0x646362) {}

  Wanted wanted(const DcbModel& model) {
    if (model.tsn() > 0 && dice.chance(25)) return again(model);
    Wanted wanted;
    for (uint64_t left = dice.between(dice.chance(10) ? 0 : 1, 3); left > 0; --left) {
      wanted.events.push_back(event());
    }
    for (uint64_t left = dice.between(0, 3); left > 0; --left) add_guard(model, wanted);
    if (dice.chance(20)) wanted.key = cat("key ", dice.between(1, 12));
    return wanted;
  }

  events::Query query(uint64_t head) {
    events::Query query;
    for (uint64_t left = dice.between(0, 3); left > 0; --left) query.items.push_back(item(head));
    return query;
  }

  sim::Dice dice;

 private:
  std::string type() {
    static const std::string kTypes[] = {"k.a", "k.b", "k", "m.a", "m.a.b", "plain"};
    return dice.pick(kTypes);
  }
  std::string tag() { return cat("tag", dice.between(0, 4)); }
  std::string entity() {
    static const std::string kEntities[] = {"e/1", "e/2", "e", "f/1", "f/11"};
    return dice.pick(kEntities);
  }
  std::string scope() { return cat("s", dice.between(0, 2)); }
  test::Id id(uint64_t from, uint64_t to) { return id_of(dice.between(from, to)); }

  HistoryEvent event() {
    HistoryEvent event;
    test::Draft& draft = event.draft;
    draft.type = type();
    if (dice.chance(60)) draft.entity = entity();
    if (dice.chance(40)) draft.scope = scope();
    for (uint64_t left = dice.between(0, 3); left > 0; --left) draft.tags.push_back(tag());
    draft.data = std::string(dice.between(0, 3), 'd');
    if (dice.chance(20)) draft.metadata.emplace_back("key", "value");
    if (dice.chance(30)) draft.correlation_id = id(500, 503);
    if (dice.chance(30)) draft.causation_id = id(1, 80);
    if (dice.chance(30)) draft.time = static_cast<int64_t>(dice.between(0, 20)) - 10;
    event.has_id = dice.chance(70);
    draft.id = id(1, 300);
    return event;
  }

  events::QueryItem item(uint64_t head) {
    events::QueryItem item;
    if (dice.chance(40)) item.types.push_back(type());
    if (dice.chance(10)) item.types.push_back(type());
    if (dice.chance(20)) item.categories.emplace_back(dice.chance(50) ? "k" : "m");
    if (dice.chance(40)) item.tags.push_back(tag());
    if (dice.chance(20)) item.tags.push_back(tag());
    if (dice.chance(20)) item.entities.push_back(entity());
    if (dice.chance(20)) item.prefixes.emplace_back(dice.chance(50) ? "e/" : "f/1");
    if (dice.chance(15)) item.scopes.push_back(scope());
    if (dice.chance(15)) item.correlations.push_back(id(500, 503));
    if (dice.chance(10)) item.causations.push_back(id(1, 80));
    if (dice.chance(10)) {
      const auto from = static_cast<int64_t>(dice.between(0, 20)) - 10;
      item.time = {.from = from, .to = dice.chance(20) ? INT64_MAX : from + 8};
    }
    if (dice.chance(10)) {
      const uint64_t from = dice.between(0, head + 1);
      item.positions = {.from = from, .to = dice.chance(20) ? UINT64_MAX : from + 10};
    }
    return item;
  }

  // Most guards hold, or else nothing would ever be committed.
  void add_guard(const DcbModel& model, Wanted& wanted) {
    const uint64_t head = model.head();
    const uint64_t kind = dice.between(0, 9);
    if (kind < 6) {
      static constexpr uint64_t kFar[] = {UINT64_MAX, uint64_t{1} << 63};
      const uint64_t after = dice.chance(3)    ? dice.pick(kFar)
                             : dice.chance(60) ? head
                                               : dice.between(0, head + 2);
      wanted.guards.emplace_back(QueryGuard{query(head), after});
    } else if (kind < 8) {
      const std::string name = entity();
      const uint64_t version = model.stream(name).size();
      const uint64_t sequence = dice.chance(15)   ? UINT64_MAX
                                : dice.chance(70) ? version
                                                  : dice.between(0, version + 1);
      wanted.guards.emplace_back(VersionGuard{name, sequence});
    } else {
      events::TrackingRequest request = {cat("source", dice.between(0, 2)), UINT64_MAX, 0};
      for (const AnyGuard& other : wanted.guards) {
        const auto* mark = std::get_if<events::TrackingRequest>(&other);
        if (mark != nullptr && mark->source == request.source) return;
      }
      const uint64_t now = model.tracked(request.source);
      request.position = now + (dice.chance(80) ? 1 : 0) + (now == 0 ? 1 : 0);
      if (dice.chance(50)) request.previous = dice.chance(80) ? now : now + 1;
      wanted.guards.emplace_back(request);
    }
  }

  // What was committed before, as it was or a little different, under other guards or the same.
  Wanted again(const DcbModel& model) {
    Wanted wanted = dice.pick(model.commits());
    if (dice.chance(30) && !wanted.events.empty()) {
      HistoryEvent& changed = wanted.events[dice.between(0, wanted.events.size() - 1)];
      if (dice.chance(50)) changed.draft.data += "!";
      if (dice.chance(20)) changed.has_id = !changed.has_id;
      std::ranges::reverse(changed.draft.tags);
    }
    if (dice.chance(10)) std::ranges::reverse(wanted.events);
    if (dice.chance(10) && wanted.events.size() > 1) wanted.events.pop_back();
    if (dice.chance(10)) wanted.key.clear();
    if (dice.chance(30)) wanted.guards.insert(wanted.guards.begin(), QueryGuard{{}, 0});
    if (dice.chance(20)) add_guard(model, wanted);
    return wanted;
  }
};

// How often what was answered: a code of failure, or one of these.
using Answers = std::map<int32_t, uint64_t>;
constexpr int32_t kCommitted = 0;
constexpr int32_t kRepeated = 1000;

class History {
 public:
  explicit History(uint64_t seed) : machine_(seed), chance_(seed) {
    machine_.disk.furnish("/home");
  }

  void run(uint64_t steps) {
    open();
    for (uint64_t step = 0; step < steps; ++step) {
      if (::testing::Test::HasFailure()) return;
      SCOPED_TRACE(cat("step ", step));
      machine_.clock.advance(static_cast<int64_t>(chance_.dice.between(0, 3000)) - 500);
      const Wanted wanted = chance_.wanted(model_);
      if (chance_.dice.chance(8)) {
        commit_and_die(wanted);
      } else {
        commit(wanted);
      }
      if (chance_.dice.chance(6)) {
        ASSERT_TRUE(database_->checkpoint().has_value());
      }
      if (chance_.dice.chance(5)) reopen();
      if (chance_.dice.chance(5)) die();
      look();
    }
    reopen();
    auto verification = db::Verify::start(database_);
    ASSERT_TRUE(verification.has_value());
    for (Result<bool> more = true; *more;) {
      more = (*verification)->step();
      ASSERT_TRUE(more.has_value()) << more.error().message();
    }
  }
  [[nodiscard]] const Answers& answers() const { return answers_; }
  [[nodiscard]] uint64_t survivors() const { return survivors_; }

 private:
  void open() {
    auto opened = db::Database::open(
        machine_.environment(), "/home/shop",
        {.segment_size = db::kSegmentSizeMin, .pipeline = {.background_threads = false}});
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    database_ = *std::move(opened);
  }
  void reopen() {
    ASSERT_TRUE(database_->close().has_value());
    database_.reset();
    open();
  }
  Death some_death() { return chance_.dice.chance(50) ? Death::kPowerFailure : Death::kKill; }
  void die() {
    machine_.disk.end_process(some_death());
    database_.reset();
    machine_.disk.reboot();
    open();
  }

  void fill(db::Batch& batch, const Wanted& wanted) {
    for (const HistoryEvent& event : wanted.events) {
      events::NewEvent input = event.draft.event();
      if (!event.has_id) input.id = nullptr;
      EXPECT_TRUE(batch.add_event(input).has_value());
    }
    for (const AnyGuard& guard : wanted.guards) {
      if (const auto* query = std::get_if<QueryGuard>(&guard)) {
        EXPECT_TRUE(batch.add_guard(query->query, query->after).has_value());
      } else if (const auto* version = std::get_if<VersionGuard>(&guard)) {
        EXPECT_TRUE(batch.add_expectation(version->entity, version->sequence).has_value());
      } else {
        EXPECT_TRUE(batch.add_tracking(std::get<events::TrackingRequest>(guard)).has_value());
      }
    }
    EXPECT_TRUE(wanted.key.empty() || batch.set_key(wanted.key).has_value());
  }

  static Answer answer_of(const Result<engine::Committed>& result) {
    if (!result) {
      const Error& error = result.error();
      return {.code = error.code(),
              .guard = error.guard(),
              .position = error.position(),
              .sequence = error.sequence()};
    }
    return {.ok = true,
            .repeated = result->repeated,
            .tsn = result->tsn,
            .first = result->event_count == 0 ? 0 : result->first_position,
            .count = result->event_count};
  }

  // A commit, and before it what the dry run says.
  void commit(const Wanted& wanted) {
    Answer expected = model_.judge(wanted);
    db::Batch batch(database_);
    fill(batch, wanted);
    const auto checked = batch.check();
    if (expected.ok && !expected.repeated) {
      EXPECT_TRUE(checked.has_value());
    } else {
      EXPECT_EQ(answer_of(checked), expected) << "the dry run";
    }
    const auto result = batch.commit();
    ASSERT_EQ(answer_of(result), expected) << (result ? "" : result.error().message());
    if (result && !result->repeated) model_.add(wanted, result->recorded);
    ++answers_[expected.repeated ? kRepeated
               : expected.ok     ? kCommitted
                                 : static_cast<int32_t>(expected.code)];
  }

  // The process ends inside the commit: the commit is there or not, as a whole; then it is sent
  // again.
  void commit_and_die(const Wanted& wanted) {
    static constexpr sim::Op kOps[] = {sim::Op::kWrite, sim::Op::kSync};
    static constexpr sim::Side kSides[] = {sim::Side::kBefore, sim::Side::kInside,
                                           sim::Side::kAfter};
    machine_.disk.end_process_at_next(chance_.dice.pick(kOps), 1, chance_.dice.pick(kSides),
                                      some_death());
    const Answer expected = model_.judge(wanted);
    {
      db::Batch batch(database_);
      fill(batch, wanted);
      const auto result = batch.commit();
      EXPECT_TRUE(!result || answer_of(result) == expected);
      if (result && !result->repeated) model_.add(wanted, result->recorded);
    }
    machine_.disk.let_live();
    if (!machine_.disk.ended()) machine_.disk.end_process(some_death());
    database_.reset();
    machine_.disk.reboot();
    open();
    if (::testing::Test::HasFatalFailure()) return;
    if (database_->snapshot().tsn == model_.tsn() + 1) {
      ASSERT_TRUE(expected.ok && !expected.repeated) << "what was refused is there";
      ++survivors_;
      model_.add(
          wanted,
          engine::commit_info(*database_->views().current(), model_.tsn() + 1)->stamp.recorded);
    }
    commit(wanted);
  }

  // Reads by a random query, and all the ways to find single events.
  void look() {
    const engine::Snapshot now = database_->snapshot();
    ASSERT_EQ(now.tsn, model_.tsn());
    ASSERT_EQ(now.head, model_.head());
    const events::Query query = chance_.query(model_.head());
    std::vector<uint64_t> expected = model_.matches(query);
    events::History history(database_->views());
    EXPECT_EQ(*events::count(history, now, query), expected.size());
    EXPECT_EQ(*events::exists(history, now, query), !expected.empty());
    events::ReadOptions options;
    options.backward = chance_.dice.chance(50);
    if (chance_.dice.chance(50)) options.start = chance_.dice.between(0, model_.head() + 1);
    if (chance_.dice.chance(30)) options.limit = chance_.dice.between(0, 5);
    std::erase_if(expected, [&](uint64_t at) {
      return options.start && (options.backward ? at > *options.start : at < *options.start);
    });
    if (options.backward) std::ranges::reverse(expected);
    if (expected.size() > options.limit) expected.resize(options.limit);
    events::Reader reader(database_->views(), query, options, now);
    std::vector<uint64_t> found;
    while (const auto record = *reader.peek()) {
      found.push_back(record->position());
      EXPECT_EQ(record->type(), model_.event(record->position()).event.draft.type);
      reader.advance();
    }
    ASSERT_EQ(found, expected);
    const test::Id id = id_of(chance_.dice.between(1, 300));
    const auto with_id = *events::event_with_id(history, now, id.data());
    EXPECT_EQ(with_id ? with_id->position() : 0, model_.position_of(id));
    const std::string source = cat("source", chance_.dice.between(0, 2));
    EXPECT_EQ(*database_->tracked(source), model_.tracked(source));
  }

  sim::SimMachine machine_;
  Chance chance_;
  DcbModel model_;
  std::shared_ptr<db::Database> database_;
  Answers answers_;
  uint64_t survivors_ = 0;  // Commits that nobody was told of, and that are there.
};

TEST(DcbHistory, IsThatOfTheModel) {
  const test::Seed seed;
  Answers answers;
  uint64_t survivors = 0;
  for (uint64_t round = 0; round < test::scaled(500); ++round) {
    SCOPED_TRACE(cat("round ", round));
    History history(seed.value() * 1'000'003 + round);
    history.run(60);
    if (HasFailure()) return;
    for (const auto& [answer, times] : history.answers()) answers[answer] += times;
    survivors += history.survivors();
  }
  const auto times = [&](Code code) { return answers[static_cast<int32_t>(code)]; };
  std::cout << "[          ] " << answers[kCommitted] << " commits, " << answers[kRepeated]
            << " repeated, " << times(Code::kConflict) << " conflicts, " << times(Code::kExists)
            << " ids there, " << times(Code::kKeyReused) << " keys reused, " << survivors
            << " survivors\n";
  EXPECT_GT(answers[kRepeated], 0U);
  EXPECT_GT(times(Code::kConflict), 0U);
  EXPECT_GT(times(Code::kExists), 0U);
  EXPECT_GT(times(Code::kKeyReused), 0U);
  EXPECT_GT(survivors, 0U);
}

}  // namespace
}  // namespace stele::crash
