// What a database should answer, by the plainest definition there is: a list of commits, and loops
// over it. Nothing of the library's own code judges here.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "events/query.h"
#include "events/tracking.h"
#include "support/drafts.h"

namespace stele::crash {

struct QueryGuard {
  events::Query query;
  uint64_t after;
};
struct VersionGuard {
  std::string entity;
  uint64_t sequence;  // UINT64_MAX: any but 0.
};
using AnyGuard = std::variant<QueryGuard, VersionGuard, events::TrackingRequest>;

struct HistoryEvent {
  test::Draft draft;
  bool has_id = false;  // Otherwise the library makes one.
};

// What somebody wants committed.
struct Wanted {
  std::vector<HistoryEvent> events = {};
  std::vector<AnyGuard> guards = {};  // With what is tracked, in the order of the calls.
  std::string key = {};               // Empty: without.
};

// What is said of it.
struct Answer {
  Code code = Code::kConflict;
  bool ok = false;
  bool repeated = false;
  uint64_t tsn = 0;    // Of a success ...
  uint64_t first = 0;  // ... if it holds events.
  uint64_t count = 0;
  uint32_t guard = UINT32_MAX;  // Of a failure.
  uint64_t position = 0;
  uint64_t sequence = 0;
  bool operator==(const Answer&) const = default;
};

class DcbModel {
 public:
  struct Stored {
    HistoryEvent event;
    uint64_t tsn;
    int64_t time;
  };

  [[nodiscard]] uint64_t head() const { return events_.size(); }
  [[nodiscard]] uint64_t tsn() const { return commits_.size(); }

  // Returns what a commit is answered now.
  [[nodiscard]] Answer judge(const Wanted& wanted) const {
    if (wanted.events.empty() && tracked_by(wanted).empty()) return failure(Code::kInvalid);
    if (has_id_twice(wanted)) return failure(Code::kInvalid);
    if (auto answer = judge_key(wanted)) return *answer;
    for (size_t i = 0; i < wanted.guards.size(); ++i) {
      uint64_t since = 0;
      auto answer =
          std::visit([&](const auto& g) { return judge_guard(g, since); }, wanted.guards[i]);
      if (!answer) continue;
      if (since != 0 && is_repetition(wanted, commits_[since - 1])) return success(since, true);
      answer->guard = static_cast<uint32_t>(i);
      return *answer;
    }
    for (const HistoryEvent& event : wanted.events) {
      if (!event.has_id) continue;
      if (const uint64_t position = position_of(event.draft.id)) {
        return failure(Code::kExists, position);
      }
    }
    return {.ok = true,
            .tsn = tsn() + 1,
            .first = wanted.events.empty() ? 0 : head() + 1,
            .count = wanted.events.size()};
  }

  // Notes that it was committed at `recorded`.
  void add(const Wanted& wanted, int64_t recorded) {
    commits_.push_back(wanted);
    firsts_.push_back(head() + 1);
    for (const HistoryEvent& event : wanted.events) {
      events_.push_back({event, tsn(), event.draft.time.value_or(recorded)});
    }
  }

  [[nodiscard]] bool matches(const events::Query& query, uint64_t position) const {
    return query.items.empty() ||
           std::ranges::any_of(query.items, [&](const auto& i) { return matches(i, position); });
  }
  [[nodiscard]] std::vector<uint64_t> matches(const events::Query& query) const {
    std::vector<uint64_t> found;
    for (uint64_t at = 1; at <= head(); ++at) {
      if (matches(query, at)) found.push_back(at);
    }
    return found;
  }
  [[nodiscard]] std::vector<uint64_t> stream(const std::string& entity) const {
    std::vector<uint64_t> found;
    for (uint64_t at = 1; at <= head(); ++at) {
      if (events_[at - 1].event.draft.entity == entity) found.push_back(at);
    }
    return found;
  }
  [[nodiscard]] uint64_t tracked(const std::string& source) const { return mark(source).first; }
  [[nodiscard]] const Stored& event(uint64_t position) const { return events_[position - 1]; }
  [[nodiscard]] uint64_t position_of(const test::Id& id) const {
    for (uint64_t at = 1; at <= head(); ++at) {
      if (event(at).event.has_id && event(at).event.draft.id == id) return at;
    }
    return 0;
  }
  [[nodiscard]] const std::vector<Wanted>& commits() const { return commits_; }

 private:
  using Marks = std::vector<std::pair<std::string, uint64_t>>;

  static Answer failure(Code code, uint64_t position = 0) {
    return {.code = code, .position = position};
  }
  [[nodiscard]] Answer success(uint64_t tsn, bool repeated) const {
    const uint64_t count = commits_[tsn - 1].events.size();
    return {.ok = true,
            .repeated = repeated,
            .tsn = tsn,
            .first = count == 0 ? 0 : firsts_[tsn - 1],
            .count = count};
  }

  static Marks tracked_by(const Wanted& wanted) {
    Marks marks;
    for (const AnyGuard& guard : wanted.guards) {
      if (const auto* request = std::get_if<events::TrackingRequest>(&guard)) {
        marks.emplace_back(request->source, request->position);
      }
    }
    return marks;
  }
  static bool has_id_twice(const Wanted& wanted) {
    std::set<test::Id> ids;
    return std::ranges::any_of(wanted.events, [&](const HistoryEvent& event) {
      return event.has_id && !ids.insert(event.draft.id).second;
    });
  }

  // Tags are a set; an id that the library makes is no part of what is wanted.
  static bool same(const HistoryEvent& one, const HistoryEvent& other) {
    const test::Draft& a = one.draft;
    const test::Draft& b = other.draft;
    const auto set = [](const std::vector<std::string>& tags) {
      return std::set<std::string>(tags.begin(), tags.end());
    };
    return a.type == b.type && a.entity == b.entity && a.scope == b.scope && a.data == b.data &&
           set(a.tags) == set(b.tags) && a.metadata == b.metadata && a.time == b.time &&
           a.correlation_id == b.correlation_id && a.causation_id == b.causation_id &&
           one.has_id == other.has_id && (!one.has_id || a.id == b.id);
  }
  static bool same(const Wanted& one, const Wanted& other) {
    return std::ranges::equal(one.events, other.events,
                              [](const auto& a, const auto& b) { return same(a, b); }) &&
           tracked_by(one) == tracked_by(other);
  }
  static bool is_repetition(const Wanted& wanted, const Wanted& commit) {
    return !wanted.events.empty() && same(wanted, commit) &&
           std::ranges::all_of(wanted.events, &HistoryEvent::has_id);
  }

  [[nodiscard]] std::optional<Answer> judge_key(const Wanted& wanted) const {
    if (wanted.key.empty()) return std::nullopt;
    for (uint64_t tsn = 1; tsn <= commits_.size(); ++tsn) {
      if (commits_[tsn - 1].key != wanted.key) continue;
      if (same(wanted, commits_[tsn - 1])) return success(tsn, true);
      return failure(Code::kKeyReused, success(tsn, true).first);
    }
    return std::nullopt;
  }

  std::optional<Answer> judge_guard(const QueryGuard& guard, uint64_t& since) const {
    for (uint64_t at = 1; at <= head(); ++at) {
      if (at <= guard.after || !matches(guard.query, at)) continue;
      since = event(at).tsn;
      return failure(Code::kConflict, at);
    }
    return std::nullopt;
  }
  std::optional<Answer> judge_guard(const VersionGuard& guard, uint64_t& since) const {
    const std::vector<uint64_t> events = stream(guard.entity);
    const bool some = guard.sequence == UINT64_MAX;
    if (some ? !events.empty() : events.size() == guard.sequence) return std::nullopt;
    Answer answer = failure(Code::kConflict, events.empty() ? 0 : events.back());
    answer.sequence = events.size();
    if (events.size() > guard.sequence) since = event(events[guard.sequence]).tsn;
    return answer;
  }
  std::optional<Answer> judge_guard(const events::TrackingRequest& request, uint64_t& since) const {
    const auto [position, tsn] = mark(request.source);
    const bool expected = request.previous == UINT64_MAX || request.previous == position;
    if (expected && request.position > position) return std::nullopt;
    since = tsn;
    return failure(Code::kConflict, position);
  }

  // The recorded position of a source, and the commit that recorded it.
  [[nodiscard]] std::pair<uint64_t, uint64_t> mark(const std::string& source) const {
    std::pair<uint64_t, uint64_t> newest = {0, 0};
    for (uint64_t tsn = 1; tsn <= commits_.size(); ++tsn) {
      for (const auto& [name, position] : tracked_by(commits_[tsn - 1])) {
        if (name == source) newest = {position, tsn};
      }
    }
    return newest;
  }

  [[nodiscard]] bool matches(const events::QueryItem& item, uint64_t position) const {
    const test::Draft& draft = event(position).event.draft;
    const auto has = [](const auto& values, const auto& value) {
      return std::ranges::find(values, value) != values.end();
    };
    const auto has_or_any = [&](const auto& values, const auto& value) {
      return values.empty() || has(values, value);
    };
    const std::string category = draft.type.substr(0, draft.type.find('.'));
    const bool any_type = item.types.empty() && item.categories.empty();
    const bool any_entity = item.entities.empty() && item.prefixes.empty();
    const bool prefixed = std::ranges::any_of(
        item.prefixes, [&](const auto& prefix) { return draft.entity.starts_with(prefix); });
    const int64_t time = event(position).time;
    return (any_type || has(item.types, draft.type) || has(item.categories, category)) &&
           std::ranges::all_of(item.tags, [&](const auto& t) { return has(draft.tags, t); }) &&
           (any_entity || has(item.entities, draft.entity) || prefixed) &&
           has_or_any(item.scopes, draft.scope) &&
           (item.correlations.empty() ||
            (draft.correlation_id && has(item.correlations, *draft.correlation_id))) &&
           (item.causations.empty() ||
            (draft.causation_id && has(item.causations, *draft.causation_id))) &&
           (!item.time || (item.time->from <= time && time < item.time->to)) &&
           (!item.positions || (item.positions->from <= position && position < item.positions->to));
  }

  std::vector<Wanted> commits_;
  std::vector<uint64_t> firsts_;  // The position at which each commit began.
  std::vector<Stored> events_;
};

}  // namespace stele::crash
