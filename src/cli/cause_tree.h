// The tree that events make by what caused them, as lines of text.
//
//     3  2026-11-21 11:32:35  order.placed  order-1
//     ├─ 4  2026-11-21 11:32:36  order.paid  order-1
//     │  └─ 6  2026-11-21 11:40:00  parcel.sent  parcel-9
//     └─ 5  2026-11-21 11:33:00  mail.sent
//
// Whoever makes up ids can make events each other's cause, or name a cause that is not there: such
// events start a tree of their own, and a note says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/encoding.h"

namespace stele::cli {

struct TreeEvent {
  uint64_t position = 0;
  Uuid id{};
  std::optional<Uuid> cause;
  std::string text;  // What its line says.
};

class CauseTree {
 public:
  // Adds an event, unless one of its position is there. Positions are unique, and so are ids.
  void add(TreeEvent event);

  [[nodiscard]] bool empty() const { return events_.empty(); }

  // Hands out every line, without its end, the earliest root first. `note_of_missing` says what to
  // note at an event whose cause was not added.
  void draw(const std::function<void(const std::string&)>& print,
            const std::function<std::string(const Uuid&)>& note_of_missing) const;

 private:
  struct Drawing;

  // Returns the event that caused `event`, if it was added.
  [[nodiscard]] const TreeEvent* cause_of(const TreeEvent& event) const;

  std::map<uint64_t, TreeEvent> events_;
  std::map<Uuid, uint64_t> positions_;
  std::map<Uuid, std::vector<uint64_t>> effects_;  // By the cause's id.
};

}  // namespace stele::cli
