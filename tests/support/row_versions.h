// Every version of the rows of a table, as a model keeps them, and what of it a moment shows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tables/row_tail.h"

namespace stele::test {

struct Version {
  uint64_t tsn;
  uint64_t position;
  std::optional<std::string> row;
};
// The newest is last.
using VersionedRows = std::map<std::string, std::vector<Version>>;
using Shown = std::vector<std::pair<std::string, std::string>>;

// What the rows were as of a moment.
inline Shown shown_at(const VersionedRows& rows, uint64_t tsn, uint64_t position) {
  Shown shown;
  for (const auto& [key, versions] : rows) {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (version->tsn > tsn || version->position > position) continue;
      if (version->row) shown.emplace_back(key, *version->row);
      break;
    }
  }
  return shown;
}

// What a row was between two moments: its versions, and the deletions that ended one.
inline std::vector<Version> history_of(const VersionedRows& rows, const std::string& key,
                                       const std::optional<tables::Horizon>& since,
                                       const tables::Horizon& until) {
  std::vector<Version> shown;
  if (!rows.contains(key)) return shown;
  for (const Version& version : rows.at(key)) {
    if (!until.shows({version.tsn, version.position})) break;
    if (since && since->shows({version.tsn, version.position})) shown.clear();
    if (version.row || (!shown.empty() && shown.back().row)) shown.push_back(version);
  }
  return shown;
}

}  // namespace stele::test
