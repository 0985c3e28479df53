// An event about to be appended, put together from a JSON line or from options.
#pragma once

#include <stele/stele.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/encoding.h"

namespace stele::cli {

// The views point into what they were made from (the line, the options), or into `kept` where
// bytes had to be made: those live and stay in place until the draft is cleared.
struct EventDraft {
  std::string_view type;
  std::string_view entity;
  std::string_view scope;
  std::string_view data;
  std::vector<stele_text> tags;
  std::vector<stele_metadata> metadata;
  std::optional<int64_t> time;
  std::optional<Uuid> id;
  std::optional<Uuid> correlation_id;
  std::optional<Uuid> causation_id;
  std::deque<std::string> kept;

  // Moves `bytes` into `kept`.
  std::string_view keep(std::string bytes) { return kept.emplace_back(std::move(bytes)); }

  // Empties every field, and keeps the memory of the lists.
  void clear();

  void add_tag(std::string_view tag) { tags.push_back({tag.data(), tag.size()}); }
  void add_metadata(std::string_view key, std::string_view value);

  // Returns the event as the library takes it; it points into this draft.
  [[nodiscard]] stele_new_event event() const;
};

}  // namespace stele::cli
