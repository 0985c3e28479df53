// The program `stele`: understands the command line, runs one command, reports how it ended.
#include <fmt/format.h>
#include <stele/stele.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/options.h"

namespace {

using stele::cli::Action;
using stele::cli::ExitStatus;
using stele::cli::Failure;
using stele::cli::OutputClosed;

constexpr const char* kFooter =
    "`stele COMMAND --help` tells more, with examples.\n\n"
    "Exit status:\n"
    "  0    done\n"
    "  1    not done for a reason that a correct script expects: a conflict, not found, there "
    "already\n"
    "  2    the command line could not be understood\n"
    "  3    an error: bad input, damage, the operating system\n"
    "  130  interrupted (143: terminated), after finishing what was begun";

int report(const std::string& command, ExitStatus status, const std::string& message) {
  const std::string where = command.empty() ? "stele" : "stele: " + command;
  std::string text = where + ": " + message + "\n";
  if (status == ExitStatus::kUsage) {
    text += fmt::format("Try 'stele {}--help'.\n", command.empty() ? "" : command + " ");
  }
  std::fputs(text.c_str(), stderr);
  return static_cast<int>(status);
}

// Runs what the command line asks for. Everything that goes wrong comes out as a Failure.
void run(const Action& action) {
  try {
    action();
  } catch (const OutputClosed&) {
    return;  // Who read our output has had enough of it: nothing to report.
  } catch (const std::bad_alloc&) {
    throw Failure(ExitStatus::kError, "out of memory");
  }
}

std::vector<CLI::App*> all_commands(CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// Returns the command of that name, also one of a group such as `table`; null when there is none.
CLI::App* find_command(CLI::App& group, const std::string& name) {
  const auto commands = all_commands(group);
  const auto found = std::ranges::find_if(
      commands, [&](const CLI::App* command) { return command->get_name() == name; });
  return found == commands.end() ? nullptr : *found;
}

// Reports a command that is missing or unknown, in words that CLI11 does not have. Returns nothing
// when there is one.
std::optional<int> report_no_command(CLI::App& app, const std::vector<std::string>& arguments) {
  CLI::App* group = &app;
  std::string where;
  for (const std::string& argument : arguments) {
    const bool version = argument == "--version" && group == &app;
    if (argument == "-h" || argument == "--help" || version) return std::nullopt;
    group = find_command(*group, argument);
    if (group == nullptr) {
      const char* const kind = argument.starts_with('-') ? "option" : "command";
      return report(where, ExitStatus::kUsage, fmt::format("unknown {} '{}'", kind, argument));
    }
    if (all_commands(*group).empty()) return std::nullopt;
    where += where.empty() ? argument : " " + argument;
  }
  return report(where, ExitStatus::kUsage, "a command is missing");
}

// Returns "table create" for a command of a group.
std::string name_of_command(const CLI::App& app) {
  std::string name;
  for (auto commands = app.get_subcommands(); !commands.empty();
       commands = commands.front()->get_subcommands()) {
    name += (name.empty() ? "" : " ") + commands.front()->get_name();
  }
  return name;
}

// Returns "append: ..." without the name, which CLI11 and the library put in front of some
// messages.
std::string message_of(const std::exception& error, const std::string& command) {
  const std::string message = error.what();
  const std::string prefix = command + ": ";
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

int parse_and_run(const std::vector<std::string>& arguments) {
  Action action;
  CLI::App app("Stele, an embedded event-sourcing database", "stele");
  app.set_version_flag("--version", [] { return fmt::format("stele {}", stele_version()); });
  app.require_subcommand(1);
  app.footer(kFooter);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND DB ...");
  stele::cli::add_create(app, action);
  stele::cli::add_append(app, action);
  stele::cli::add_read(app, action);
  stele::cli::add_follow(app, action);
  stele::cli::add_entity(app, action);
  stele::cli::add_trace(app, action);
  stele::cli::add_terms(app, action);
  stele::cli::add_tags(app, action);
  stele::cli::add_table(app, action);
  stele::cli::add_projection(app, action);
  stele::cli::add_put(app, action);
  stele::cli::add_get(app, action);
  stele::cli::add_delete(app, action);
  stele::cli::add_scan(app, action);
  stele::cli::add_history(app, action);
  stele::cli::add_import(app, action);
  stele::cli::add_export(app, action);
  stele::cli::add_backup(app, action);
  stele::cli::add_compact(app, action);
  stele::cli::add_verify(app, action);
  stele::cli::add_repair(app, action);
  stele::cli::add_receipt(app, action);
  stele::cli::add_verify_receipt(app, action);
  stele::cli::add_stats(app, action);
  stele::cli::add_inspect(app, action);
  for (CLI::App* const command : all_commands(app)) command->group("Commands");

  if (const auto reported = report_no_command(app, arguments)) return *reported;
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    const std::string command = name_of_command(app);
    return report(command, ExitStatus::kUsage, message_of(error, command));
  }

  const std::string command = name_of_command(app);
  try {
    run(action);
  } catch (const Failure& failure) {
    return report(command, failure.status(), message_of(failure, command));
  }
  return static_cast<int>(ExitStatus::kOk);
}

}  // namespace

int main(int count, char** values) {
  // A closed pipe is then an error of write(), and the database is closed as usual.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  try {
    const std::span<char*> arguments(values, static_cast<size_t>(count));
    return parse_and_run(
        stele::cli::split_empty_values({arguments.begin() + (count > 0 ? 1 : 0), arguments.end()}));
  } catch (const std::exception& error) {
    return report("", ExitStatus::kError, error.what());
  }
}
