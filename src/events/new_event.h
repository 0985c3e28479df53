// An event as the caller gives it, checked against the limits and encoded as a record.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/record.h"
#include "os/scratch.h"

namespace stele::events {

struct NewMetadata {
  std::string_view key;
  ByteView value;
};

struct NewEvent {
  std::string_view type;
  std::string_view entity;  // Empty: without. The same for scope.
  std::string_view scope;
  ByteView data;
  std::vector<std::string_view> tags;  // Any order, duplicates allowed.
  std::vector<NewMetadata> metadata;
  const uint8_t* id;  // kIdSize bytes each; null: without. An id is made by the batch.
  const uint8_t* correlation_id;
  const uint8_t* causation_id;
  bool has_time;
  int64_t time;
};

// Checks `event` and appends its record to `to`, with zeros where the commit fills in. Sorts the
// tags and merges equal ones. On failure `to` is as it was. Requires: event.id is not null.
[[nodiscard]] Status append_record(NewEvent& event, std::vector<uint8_t>& to);
[[nodiscard]] Status append_record(NewEvent& event, os::ScratchBytes& to);

// Reads the record that starts at `bytes` as a caller may write it: its place in the log is
// ignored, tags may come in any order. Checks the structure only; append_record() checks the rest.
// An id of zeros is reported as null. Stores the record's size in `size`.
[[nodiscard]] Result<NewEvent> parse_record(ByteView bytes, uint64_t& size);

// Checks a name that the caller gives: 1 to `size_max` bytes of UTF-8 without NUL.
[[nodiscard]] Status check_name(std::string_view what, std::string_view name, size_t size_max);

}  // namespace stele::events
