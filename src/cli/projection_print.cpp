#include "cli/projection_print.h"

#include <fmt/format.h>

#include <string_view>

#include "cli/figures.h"
#include "cli/json_text.h"
#include "cli/object_writer.h"
#include "cli/table.h"
#include "cli/table_name.h"
#include "cli/table_print.h"

namespace stele::cli {

namespace {

std::string_view name_of(const stele_projection_state& state) {
  return static_cast<const char*>(state.name);
}

std::string path_of(const stele_table_info& info) {
  return table_path(static_cast<const char*>(info.schema), static_cast<const char*>(info.name));
}

// A commit may come between two looks.
uint64_t events_behind(const stele_projection_state& state) {
  return state.head > state.applied ? state.head - state.applied : 0;
}

std::string time_behind(const stele_projection_state& state) {
  constexpr double kMicros = 1e6;
  return format_duration(static_cast<double>(state.lag_us) / kMicros);
}

// Goes on from the projection that `state` is.
bool next_projection(const Database& database, stele_projection_state& state) {
  stele_error error = STELE_ERROR_INIT;
  stele_projection_state next{};
  next.struct_size = sizeof next;
  const std::string_view name = name_of(state);
  const stele_status status =
      stele_projections_next(database.get(), name.data(), name.size(), &next, &error);
  if (status == STELE_END) return false;
  check(status, error);
  state = next;
  return true;
}

void add_figures(ObjectWriter& line, const stele_projection_state& state) {
  line.string("name", name_of(state));
  line.number("position", state.applied);
  line.number("head", state.head);
  line.number("lag_events", events_behind(state));
  line.number("lag_us", state.lag_us);
}

}  // namespace

void print_projections(const Database& database, bool json, Output& output) {
  Table table(
      output,
      {{"POSITION", true}, {"EVENTS", true}, {"TIME", true}, {"TABLES", true}, {"PROJECTION"}},
      output_columns());
  stele_projection_state state{};
  while (next_projection(database, state)) {
    if (json) {
      std::string out;
      ObjectWriter line(out);
      add_figures(line, state);
      line.number("tables", state.tables);
      line.end();
      output.write(out + "\n");
    } else {
      table.add({std::to_string(state.applied), std::to_string(events_behind(state)),
                 time_behind(state), std::to_string(state.tables), printable(name_of(state))});
    }
  }
  if (!json) table.flush();
}

Projection find_projection(const Database& database, const std::string& name) {
  Projection projection{};
  while (next_projection(database, projection.state)) {
    if (name_of(projection.state) != name) continue;
    stele_table_info info{};
    while (next_table(database, info)) {
      if (name == static_cast<const char*>(info.projection)) projection.tables.push_back(info);
    }
    return projection;
  }
  throw Failure(ExitStatus::kOutcome,
                fmt::format("there is no projection \"{}\" that has a table", printable(name)));
}

std::string projection_line(const Projection& projection) {
  std::string out;
  ObjectWriter line(out);
  add_figures(line, projection.state);
  std::string& tables = line.member("tables");
  tables += '[';
  for (const stele_table_info& info : projection.tables) {
    if (tables.back() != '[') tables += ',';
    append_json_string(tables, path_of(info));
  }
  tables += ']';
  line.end();
  return out + "\n";
}

std::string projection_figures(const Projection& projection) {
  const stele_projection_state& state = projection.state;
  std::string text =
      fmt::format("projection  {}\nposition    {} of {}\nbehind      ", printable(name_of(state)),
                  format_count(state.applied), format_count(state.head));
  if (events_behind(state) == 0) {
    text += "nothing\n";
  } else {
    text += fmt::format("{}, since {} ago\n", format_counted(events_behind(state), "event"),
                        time_behind(state));
  }
  for (const stele_table_info& info : projection.tables) {
    text += fmt::format("table       {}\n", printable(path_of(info)));
  }
  return text;
}

}  // namespace stele::cli
