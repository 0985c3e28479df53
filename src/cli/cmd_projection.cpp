// stele projection: lists, describes and drops projections.
#include <memory>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/projection_print.h"

namespace stele::cli {

namespace {

struct ProjectionOptions {
  std::string database;
  std::string name;
  std::string format = "table";
  bool json = false;
};

void list_projections(const ProjectionOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  Output output;
  print_projections(database, options.format == "json", output);
  database.close();
  output.finish();
}

void describe_projection(const ProjectionOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const Projection projection = find_projection(database, options.name);
  database.close();
  Output output;
  output.write(options.json ? projection_line(projection) : projection_figures(projection));
  output.finish();
}

void drop_projection(const ProjectionOptions& options) {
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_error error = STELE_ERROR_INIT;
  check(stele_projection_drop(database.get(), options.name.data(), options.name.size(), &error),
        error);
  database.close();
}

// A command of the group: its database, and what it does.
CLI::App& add_projection_command(CLI::App& group, const char* name, const char* help,
                                 const std::shared_ptr<ProjectionOptions>& options, Action& action,
                                 void (*act)(const ProjectionOptions&)) {
  CLI::App& command = *group.add_subcommand(name, help);
  add_database(command, options->database);
  command.callback([&action, options, act] { action = [options, act] { act(*options); }; });
  return command;
}

}  // namespace

void add_projection(CLI::App& app, Action& action) {
  CLI::App& group = *app.add_subcommand(
      "projection", "List, describe or drop projections: tables that follow from the events");
  group.require_subcommand(1);
  const auto options = std::make_shared<ProjectionOptions>();

  CLI::App& list = add_projection_command(group, "list", "List the projections", options, action,
                                          list_projections);
  list.add_option("--as", options->format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
  list.footer(
      "POSITION is the last event that is in a projection's tables; EVENTS is how many are not, "
      "and\n"
      "TIME for how long the first of those has been there. A rebuild under way is NAME~1 or "
      "so.\n\n"
      "Examples:\n"
      "  stele projection list shop\n"
      "  stele projection list shop --as json");

  CLI::App& describe =
      add_projection_command(group, "describe", "Print how far a projection is, and its tables",
                             options, action, describe_projection);
  describe.add_option("NAME", options->name, "The projection")->required();
  describe.add_flag("--json", options->json, "Print a JSON object");
  describe.footer("Examples:\n  stele projection describe shop balances --json");

  CLI::App& drop =
      add_projection_command(group, "drop", "Drop a projection with its tables and its rebuilds",
                             options, action, drop_projection);
  drop.add_option("NAME", options->name, "The projection, or a rebuild of one")->required();
  drop.footer(
      "One of that name begins with the first event again. The name of a rebuild drops that "
      "alone.\n\n"
      "Examples:\n"
      "  stele projection drop shop balances\n"
      "  stele projection drop shop balances~1");

  for (CLI::App* const command : group.get_subcommands([](const CLI::App*) { return true; })) {
    command->group("Commands");
  }
  group.footer(
      "Programs make them (stele_projection_open); `stele get` and `scan` read their tables.\n\n"
      "Examples:\n"
      "  stele projection list shop\n"
      "  stele projection describe shop balances");
}

}  // namespace stele::cli
