// The dependency graph of a history of transactions, and the cycles that tell what went wrong.
//
//     ww   one replaced a version of the other
//     wr   one read a version of the other
//     rw   one read a version that the other replaced
//
// A history is serializable if the graph has no cycle. Under snapshot isolation every cycle has two
// rw edges in a row.
//
//     Adya, Liskov, O'Neil, "Generalized isolation level definitions" (ICDE 2000).
//     Fekete et al., "Making snapshot isolation serializable" (TODS 2005), theorem 2.1.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stele::test {

// A transaction that has committed.
struct DoneTransaction {
  uint64_t tsn;                           // Its commit; versions are in this order.
  std::map<std::string, uint64_t> reads;  // By key: whose version, by TSN; 0: nobody's.
  std::vector<std::string> writes;        // Keys, once each.
};

class DependencyGraph {
 public:
  explicit DependencyGraph(const std::vector<DoneTransaction>& history) {
    std::map<std::string, std::vector<std::pair<uint64_t, size_t>>> versions;
    for (size_t i = 0; i < history.size(); ++i) {
      for (const auto& key : history[i].writes) versions[key].emplace_back(history[i].tsn, i);
    }
    edges_.resize(history.size());
    for (auto& [key, list] : versions) {
      std::ranges::sort(list);
      for (size_t i = 1; i < list.size(); ++i) add(list[i - 1].second, list[i].second, false);
    }
    for (size_t i = 0; i < history.size(); ++i) {
      for (const auto& [key, tsn] : history[i].reads) {
        const auto& list = versions[key];
        const auto next = std::ranges::upper_bound(list, std::pair(tsn, SIZE_MAX));
        if (tsn != 0 && next != list.begin()) add(std::prev(next)->second, i, false);
        if (next != list.end()) add(i, next->second, true);
      }
    }
  }

  [[nodiscard]] bool has_cycle() const { return search(/*any=*/true); }
  // Whether there is one without two rw edges in a row.
  [[nodiscard]] bool has_worse_cycle() const { return search(/*any=*/false); }

 private:
  struct Edge {
    size_t to;
    bool is_rw;
  };
  void add(size_t from, size_t to, bool is_rw) {
    if (from != to) edges_[from].push_back({to, is_rw});
  }
  // Depth first over places: a transaction, and whether an rw edge led to it. A cycle of places
  // without rw edges behind places that one led to is a cycle without two in a row.
  [[nodiscard]] bool search(bool any) const {
    enum : uint8_t { kNew, kOnPath, kDone };
    std::vector<uint8_t> state(2 * edges_.size(), kNew);
    struct Step {
      size_t place;
      size_t edge;
    };
    for (size_t start = 0; start < state.size(); ++start) {
      if (state[start] != kNew) continue;
      std::vector<Step> path = {{start, 0}};
      state[start] = kOnPath;
      while (!path.empty()) {
        auto& [place, next] = path.back();
        const auto& edges = edges_[place / 2];
        if (next == edges.size()) {
          state[place] = kDone;
          path.pop_back();
          continue;
        }
        const Edge& edge = edges[next++];
        if (!any && place % 2 == 1 && edge.is_rw) continue;
        const size_t to = 2 * edge.to + (!any && edge.is_rw ? 1 : 0);
        if (state[to] == kOnPath) return true;
        if (state[to] == kDone) continue;
        state[to] = kOnPath;
        path.push_back({to, 0});
      }
    }
    return false;
  }

  std::vector<std::vector<Edge>> edges_;
};

}  // namespace stele::test
