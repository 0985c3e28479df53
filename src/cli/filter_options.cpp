#include "cli/filter_options.h"

#include "cli/failure.h"
#include "cli/options.h"

namespace stele::cli {

void add_filter_options(CLI::App& command, FilterOptions& options) {
  QueryItem& item = options.item;
  add_texts(command, "--type", item.types, "Events of this type; repeated: or of that");
  add_texts(command, "--category", item.categories,
            "Or of a type in this category: what stands before the first '.' of a type");
  add_texts(command, "--tag", item.tags, "Events with this tag; repeated: and with that");
  add_texts(command, "--entity", item.entities, "Events of this entity; repeated: or of that");
  add_texts(command, "--entity-prefix", item.entity_prefixes,
            "Or of an entity that begins with this");
  add_texts(command, "--scope", item.scopes, "Events of this scope; repeated: or of that");
  add_uuids(command, "--correlation", item.correlations, "Events with this correlation id");
  add_uuids(command, "--causation", item.causations, "Events with this causation id");
  add_time(command, "--since", item.ranges.since,
           "Only events at this time or later: RFC 3339, or microseconds since 1970");
  add_time(command, "--until", item.ranges.until, "Only events before this time");
  add_number(command, "--to", item.ranges.to, "Only events before this position");
  add_texts(command, "--item", options.items,
            "Or events that match {\"types\":[..],\"categories\":[..],\"tags\":[..],"
            "\"entities\":[..],\"entity_prefixes\":[..],\"scopes\":[..],\"correlations\":[..],"
            "\"causations\":[..],\"since\":..,\"until\":..,\"from\":..,\"to\":..}, any of these; "
            "may be repeated")
      ->type_name("JSON");
}

std::vector<QueryItem> items_of(const FilterOptions& options) {
  const QueryRanges& ranges = options.item.ranges;
  if (ranges.since && ranges.until && *ranges.since > *ranges.until) {
    throw Failure(ExitStatus::kUsage, "--since: is later than --until");
  }
  return collect_items(options.item, options.items, "--item");
}

}  // namespace stele::cli
