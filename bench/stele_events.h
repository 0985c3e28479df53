// Stele's side of a comparison, with the calls that the peer has.
//
// Threads: one at a time, but any number of these on one Store.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sample.h"
#include "store.h"

namespace stele::bench {

// A query for the events that have all of the tags.
class TagQuery {
 public:
  explicit TagQuery(std::span<const std::string> tags);
  TagQuery(const TagQuery&) = delete;
  TagQuery& operator=(const TagQuery&) = delete;
  ~TagQuery() { stele_query_close(query_); }
  [[nodiscard]] const stele_query* get() const { return query_; }

 private:
  stele_query* query_ = nullptr;
};

class SteleEvents {
 public:
  explicit SteleEvents(const Store& store);
  SteleEvents(const SteleEvents&) = delete;
  SteleEvents& operator=(const SteleEvents&) = delete;
  ~SteleEvents() {
    stele_ticket_close(under_way_);
    stele_batch_close(batch_);
  }

  // Appends the events in one commit, unless one behind `after` has `guard` (empty: no guard).
  // Returns the position of the last one.
  uint64_t append(std::span<const Sample> events, std::string_view guard, uint64_t after);

  // The same, but waits for the commit begun before it: one is always under way. Returns the last
  // position of that one, 0 for none.
  uint64_t append_behind(std::span<const Sample> events, std::string_view guard, uint64_t after);
  // Waits for the commit under way; returns as append_behind().
  uint64_t finish();

  // Brings everything into the trees, durably.
  void checkpoint() const;
  // The position of the last event; 0 if there is none.
  [[nodiscard]] uint64_t head() const;

  // Reads all events as copies of their records, a buffer full at a time.
  Seen scan_copies();
  // Reads the events that match (null: all), one by one, where they lie.
  Seen scan_views(const stele_query* query);

 private:
  void add(const Sample& event);
  void add_all(std::span<const Sample> events, std::string_view guard, uint64_t after);

  const Store& store_;
  stele_batch* batch_ = nullptr;
  stele_ticket* under_way_ = nullptr;
  std::vector<uint8_t> buffer_;
};

}  // namespace stele::bench
