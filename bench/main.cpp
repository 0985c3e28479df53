// stele_bench: measures Stele beside the hardware floor and its peers.
//   stele_bench NAME [--json] [--short]
//   stele_bench events --large [--events N] [--peer-events N] [--scattered] [--json] [--short]
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>

#include "commit.h"
#include "events.h"
#include "large.h"
#include "report.h"
#include "tables.h"
#include "tree.h"

namespace {

int usage() {
  std::fputs(
      "usage: stele_bench NAME [--json] [--short]\n"
      "  commit   durable commits against pwrite + fdatasync of the same bytes\n"
      "  tree     trees in page files, beside LMDB and SQLite\n"
      "  tables   rows, warm, cold, old and new, beside LMDB, SQLite and RocksDB\n"
      "  events   guarded commits, guards, reads and subscriptions, beside SQLite\n"
      "       stele_bench events --large [--events N] [--peer-events N] [--scattered] ...\n"
      "           a history of N events (10,000,000) on disk, beside SQLite with as many or "
      "fewer;\n"
      "           the names of orders ascend or are scattered as random ids are\n"
      "--short ends within about 30 seconds, with --large within 4, for it makes 10,000 events.\n"
      "$TMPDIR says where the files go.\n",
      stderr);
  return 2;
}

struct Command {
  std::string_view name;
  bool json = false;
  bool large = false;
  stele::bench::Settings settings;
  stele::bench::LargeSettings history;
};

// Reads a number of events that a history can have.
bool read_events(std::string_view text, uint64_t& events) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), events);
  return error == std::errc() && end == text.data() + text.size() && events != 0 &&
         events % stele::bench::LargeHistory::kStep == 0;
}

// Returns where the number of an option goes; null: it has none.
uint64_t* number_of(std::string_view option, stele::bench::LargeSettings& history) {
  if (option == "--events") return &history.events;
  return option == "--peer-events" ? &history.peer_events : nullptr;
}

// Returns false: it makes no sense.
bool read_command(int count, char** arguments, Command& command) {
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const std::string_view value = i + 1 < count ? arguments[i + 1] : "";
    if (argument == "--json") {
      command.json = true;
    } else if (argument == "--short") {
      command.settings.round_seconds = 0.12;
      command.settings.brief = true;
    } else if (argument == "--large") {
      command.large = true;
    } else if (argument == "--scattered") {
      command.history.names = stele::bench::OrderNames::kScattered;
    } else if (uint64_t* const events = number_of(argument, command.history)) {
      if (!read_events(value, *events)) return false;
      ++i;
    } else if (command.name.empty() && !argument.starts_with("-")) {
      command.name = argument;
    } else {
      return false;
    }
  }
  return command.name == "events" ||
         (!command.large &&
          (command.name == "commit" || command.name == "tree" || command.name == "tables"));
}

void run(const Command& command) {
  stele::bench::Report report(command.json);
  if (command.large) {
    stele::bench::run_large(command.settings, command.history, report);
  } else if (command.name == "commit") {
    stele::bench::run_commit(command.settings, report);
  } else if (command.name == "tree") {
    stele::bench::run_tree(command.settings, report);
  } else if (command.name == "tables") {
    stele::bench::run_tables(command.settings, report);
  } else {
    stele::bench::run_events(command.settings, report);
  }
}

}  // namespace

int main(int count, char** arguments) {
  Command command;
  if (!read_command(count, arguments, command)) return usage();
  try {
    run(command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stele_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
