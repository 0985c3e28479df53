// stele_bench: measures Stele beside the hardware floor and its peers.
//   stele_bench NAME [--json] [--short]
#include <cstdio>
#include <exception>
#include <string_view>

#include "commit.h"
#include "events.h"
#include "report.h"

namespace {

int usage() {
  std::fputs(
      "usage: stele_bench NAME [--json] [--short]\n"
      "  commit   durable commits against pwrite + fdatasync of the same bytes\n"
      "  events   guarded commits, guards, reads and subscriptions, beside SQLite\n"
      "--short ends within about 30 seconds. $TMPDIR says where the files go.\n",
      stderr);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  std::string_view name;
  bool json = false;
  stele::bench::Settings settings;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--json") {
      json = true;
    } else if (argument == "--short") {
      settings.round_seconds = 0.12;
      settings.brief = true;
    } else if (name.empty() && !argument.starts_with("-")) {
      name = argument;
    } else {
      return usage();
    }
  }
  if (name != "commit" && name != "events") return usage();
  try {
    stele::bench::Report report(json);
    if (name == "commit") {
      stele::bench::run_commit(settings, report);
    } else {
      stele::bench::run_events(settings, report);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stele_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
