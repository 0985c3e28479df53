// Events that own what they are made of, and the records they encode to.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "events/new_event.h"
#include "events/record.h"
#include "support/results.h"
#include "support/seed.h"

namespace stele::test {

using Id = std::array<uint8_t, 16>;

inline Id id_of(uint64_t number) {
  Id id = {};
  store_le(id.data(), number);
  id[15] = 1;  // Never the zeros that ask for a new one.
  return id;
}

struct Draft {
  std::string type = "Thing";
  std::string entity = {};
  std::string scope = {};
  std::string data = {};
  std::vector<std::string> tags = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};
  Id id = id_of(1);
  std::optional<Id> correlation_id = {};
  std::optional<Id> causation_id = {};
  std::optional<int64_t> time = {};

  // Returns the event as the library takes it. It points into this draft.
  [[nodiscard]] events::NewEvent event() const {
    events::NewEvent event = {
        .type = type,
        .entity = entity,
        .scope = scope,
        .data = as_bytes(data),
        .tags = {tags.begin(), tags.end()},
        .metadata = {},
        .id = id.data(),
        .correlation_id = correlation_id ? correlation_id->data() : nullptr,
        .causation_id = causation_id ? causation_id->data() : nullptr,
        .has_time = time.has_value(),
        .time = time.value_or(0),
    };
    for (const auto& [key, value] : metadata) event.metadata.push_back({key, as_bytes(value)});
    return event;
  }
};

inline std::vector<uint8_t> record_of(const Draft& draft) {
  std::vector<uint8_t> bytes;
  events::NewEvent event = draft.event();
  EXPECT_TRUE(succeeded(events::append_record(event, bytes)));
  return bytes;
}

// Returns 1 to `size_max` bytes of text, some of them in characters of more than one byte.
template <typename Generator>
std::string random_text(Generator& random, size_t size_max) {
  static constexpr const char* kPieces[] = {"a", "B", "7", ":", "/", "é", "漢", "😀"};
  const size_t size = between(random, 1, size_max);
  std::string text;
  while (text.size() < size) {
    const std::string piece = kPieces[between(random, 0, std::size(kPieces) - 1)];
    text += text.size() + piece.size() > size_max ? "x" : piece;
  }
  return text;
}

template <typename Generator>
std::string random_bytes(Generator& random, size_t size_max) {
  std::string bytes(between(random, 0, size_max), '\0');
  for (char& byte : bytes) byte = static_cast<char>(between(random, 0, 255));
  return bytes;
}

// Returns an event in which every field may be there or not.
template <typename Generator>
Draft random_draft(Generator& random) {
  const auto maybe = [&] { return between(random, 0, 1) == 1; };
  Draft draft;
  draft.type = random_text(random, 40);
  if (maybe()) draft.entity = random_text(random, 40);
  if (maybe()) draft.scope = random_text(random, 40);
  draft.data = random_bytes(random, maybe() ? 40 : 3000);
  for (uint64_t left = between(random, 0, 5); left > 0; --left) {
    draft.tags.push_back(random_text(random, 6));  // Short, so that some are equal.
  }
  for (uint64_t i = between(random, 0, 4); i > 0; --i) {
    draft.metadata.emplace_back(std::to_string(i) + random_text(random, 9),
                                random_bytes(random, 20));
  }
  draft.id = id_of(random());
  if (maybe()) draft.correlation_id = id_of(random());
  if (maybe()) draft.causation_id = id_of(random());
  if (maybe()) draft.time = static_cast<int64_t>(random());
  return draft;
}

}  // namespace stele::test
