#include "cli/cause_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace stele::cli {

namespace {

// Of a line's indentation; a chain may be as long as a history.
constexpr size_t kLevelsShown = 32;

}  // namespace

// One drawing: what was drawn already, and the branches that are still open.
struct CauseTree::Drawing {
  struct Branch {
    std::vector<uint64_t> effects;  // In the order of their positions ...
    size_t next = 0;                // ... the next one to draw.
  };

  const CauseTree& tree;
  const std::function<void(const std::string&)>& print;
  std::set<uint64_t> drawn;
  std::vector<Branch> open;

  // Draws a root and everything below it. A stack of branches and not recursion: see kLevelsShown.
  void draw_from(const TreeEvent& root, const std::string& note) {
    line(root, note);
    while (!open.empty()) {
      Branch& branch = open.back();
      if (branch.next == branch.effects.size()) {
        open.pop_back();
        continue;
      }
      const TreeEvent& event = tree.events_.at(branch.effects[branch.next++]);
      if (drawn.contains(event.position)) {
        print(indentation() + fmt::format("{}  (a cycle: see above)", event.position));
      } else {
        line(event, "");
      }
    }
  }

  // Prints the line of an event and opens the branch of its effects.
  void line(const TreeEvent& event, const std::string& note) {
    print(indentation() + event.text + note);
    drawn.insert(event.position);
    const auto effects = tree.effects_.find(event.id);
    open.push_back({effects == tree.effects_.end() ? std::vector<uint64_t>() : effects->second});
  }

  // The branches in front of a line, the innermost of which ends in it.
  [[nodiscard]] std::string indentation() const {
    std::string text;
    const size_t first = open.size() > kLevelsShown ? open.size() - kLevelsShown : 0;
    if (first > 0) text = fmt::format("\u2026{}\u2026 ", first);
    for (size_t level = first; level < open.size(); ++level) {
      const bool more = open[level].next < open[level].effects.size();
      const bool innermost = level + 1 == open.size();
      if (innermost) {
        text += more ? "\u251c\u2500 " : "\u2514\u2500 ";
      } else {
        text += more ? "\u2502  " : "   ";
      }
    }
    return text;
  }
};

void CauseTree::add(TreeEvent event) {
  const uint64_t position = event.position;
  if (events_.contains(position)) return;
  positions_[event.id] = position;
  if (event.cause) {
    std::vector<uint64_t>& effects = effects_[*event.cause];
    effects.insert(std::ranges::upper_bound(effects, position), position);
  }
  events_.emplace(position, std::move(event));
}

const TreeEvent* CauseTree::cause_of(const TreeEvent& event) const {
  if (!event.cause) return nullptr;
  const auto found = positions_.find(*event.cause);
  return found == positions_.end() ? nullptr : &events_.at(found->second);
}

void CauseTree::draw(const std::function<void(const std::string&)>& print,
                     const std::function<std::string(const Uuid&)>& note_of_missing) const {
  Drawing drawing{*this, print, {}, {}};
  for (const auto& [position, event] : events_) {
    if (cause_of(event) != nullptr) continue;
    const std::string note = event.cause ? "  (" + note_of_missing(*event.cause) + ")" : "";
    drawing.draw_from(event, note);
  }
  // What no root leads to is caused by itself, in a circle of one or more.
  for (const auto& [position, event] : events_) {
    if (drawing.drawn.contains(position)) continue;
    drawing.draw_from(event, fmt::format("  (a cycle: caused by {})", cause_of(event)->position));
  }
}

}  // namespace stele::cli
