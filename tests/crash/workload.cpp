// Makes batches of all shapes.
#include "crash/workload.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "events/new_event.h"

namespace stele::crash {

namespace {

constexpr std::array<const char*, 3> kTypes = {"Opened", "Changed", "Closed"};
constexpr std::array<const char*, 5> kEntities = {"", "e:1", "e:2", "e:3", "e:4"};
constexpr std::array<const char*, 6> kTags = {"t:1", "t:2", "t:3", "t:4", "t:5", "t:6"};

}  // namespace

uint64_t Workload::event_size() {
  const uint64_t kind = dice_.between(0, 99);
  uint64_t size = dice_.between(0, 64);
  if (kind >= 60) size = dice_.between(200, 3000);
  if (kind >= 85) size = dice_.between(8'000, 30'000);
  if (kind >= 98) size = dice_.between(66'000, 90'000);  // Longer than a segment.
  return std::clamp(size, size_min_, size_max_);
}

SubmissionPointer Workload::begin(uint64_t caller) {
  auto submission = std::make_shared<Submission>();
  submission->number = ++number_;
  submission->caller = caller;
  submission->level = dice_.chance(40) ? engine::Durability::kSync : engine::Durability::kOs;
  submission->async = dice_.chance(25);
  return submission;
}

void Workload::add_event(Submission& submission, const std::vector<std::string>& tags) {
  std::array<uint8_t, events::kIdSize> id = {};
  store_le(id.data(), submission.number);
  store_le(id.data() + 8, static_cast<uint32_t>(submission.records.size()));
  id[15] = 1;
  std::vector<uint8_t> data(event_size());
  for (size_t at = 0; at < data.size(); at += 8) {
    const uint64_t bits = dice_.next();
    copy_bytes(&data[at],
               {reinterpret_cast<const uint8_t*>(&bits), std::min<size_t>(8, data.size() - at)});
  }
  const std::string value = cat("value ", dice_.next());
  events::NewEvent event = {.type = dice_.pick(kTypes),
                            .entity = dice_.pick(kEntities),
                            .scope = dice_.chance(30) ? "s" : "",
                            .data = data,
                            .tags = {tags.begin(), tags.end()},
                            .metadata = {},
                            .id = id.data(),
                            .correlation_id = dice_.chance(20) ? id.data() : nullptr,
                            .causation_id = dice_.chance(20) ? id.data() : nullptr,
                            .has_time = dice_.chance(30),
                            .time = static_cast<int64_t>(dice_.next())};
  if (dice_.chance(20)) event.metadata.push_back({"key", as_bytes(value)});
  for (uint64_t left = dice_.between(0, 2); left > 0; --left) {
    event.tags.emplace_back(dice_.pick(kTags));
  }
  std::vector<uint8_t> record;
  const Status encoded = events::append_record(event, record);
  STELE_CHECK(encoded.has_value());
  submission.records.push_back(std::move(record));
}

void Workload::add_guard(Submission& submission) {
  events::Query query = {{{.types = {dice_.pick(kTypes)}, .tags = {dice_.pick(kTags)}}}};
  if (dice_.chance(30)) query.items.push_back({.tags = {dice_.pick(kTags), dice_.pick(kTags)}});
  const uint64_t last = ledger_.last_match(query);
  const uint64_t after = dice_.between(last, ledger_.head() + 1);
  submission.guards.push_back({std::move(query), after});
}

void Workload::add_failing_guard(Submission& submission) {
  for (const char* tag : kTags) {
    events::Query query = {{{.tags = {tag}}}};
    const uint64_t last = ledger_.last_match(query);
    if (last == 0) continue;
    submission.guards.push_back({std::move(query), dice_.between(0, last - 1)});
    submission.must_fail = true;
    return;
  }
}

void Workload::add_tracking(Submission& submission, bool fails) {
  events::TrackingRequest request = {.source = source(), .previous = 0, .position = 0};
  const uint64_t now = ledger_.tracked(request.source);
  request.previous = dice_.chance(50) ? now : events::kPreviousAny;
  request.position = now + dice_.between(1, 9);
  if (fails && now > 0 && dice_.chance(50)) {
    request.previous = events::kPreviousAny;
    request.position = dice_.between(1, now);
    submission.must_fail = true;
  } else if (fails) {
    request.previous = now + 1;
    submission.must_fail = true;
  }
  submission.tracking = request;
}

SubmissionPointer Workload::next(uint64_t caller) {
  SubmissionPointer submission = begin(caller);
  const uint64_t shape = dice_.between(0, 99);
  if (shape >= 5) {
    for (uint64_t left = shape < 60 ? 1 : dice_.between(1, events_max_); left > 0; --left) {
      add_event(*submission, {});
    }
  }
  if (dice_.chance(30)) add_guard(*submission);
  if (dice_.chance(12)) add_failing_guard(*submission);
  if (shape < 5 || dice_.chance(15)) add_tracking(*submission, dice_.chance(25));
  return submission;
}

std::vector<SubmissionPointer> Workload::burst(size_t callers) {
  std::vector<SubmissionPointer> all;
  const std::string wanted = cat("wanted:", number_);
  const size_t rivals = dice_.chance(60) && callers >= 3 ? dice_.between(2, 3) : 0;
  const bool rivals_track = dice_.chance(30);
  for (size_t i = 0; i < callers; ++i) {
    SubmissionPointer submission = begin(2 + i);
    if (i < rivals) {
      submission->may_fail = true;
      add_event(*submission, {wanted});
      if (rivals_track) {
        const uint64_t now = ledger_.tracked("orders");
        submission->tracking = {.source = "orders", .previous = now, .position = now + 1 + i};
      } else {
        submission->guards.push_back({{{{.tags = {wanted}}}}, ledger_.head()});
      }
    } else if (i == rivals && dice_.chance(30)) {
      const uint64_t now = ledger_.tracked("mail");
      submission->tracking = {.source = "mail", .previous = now, .position = now + 1};
      if (dice_.chance(50)) add_event(*submission, {});
    } else {
      for (uint64_t left = dice_.between(1, 3); left > 0; --left) add_event(*submission, {});
    }
    all.push_back(std::move(submission));
  }
  return all;
}

}  // namespace stele::crash
