// stele_bench: measures Stele beside the hardware floor and its peers.
//   stele_bench NAME [--json] [--short]
#include <cstdio>
#include <exception>
#include <string_view>

#include "commit.h"
#include "report.h"

namespace {

int usage() {
  std::fputs(
      "usage: stele_bench NAME [--json] [--short]\n"
      "  commit   durable commits against pwrite + fdatasync of the same bytes\n"
      "--short ends within 25 seconds. $TMPDIR says where the files go.\n",
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
    } else if (name.empty() && !argument.starts_with("-")) {
      name = argument;
    } else {
      return usage();
    }
  }
  if (name != "commit") return usage();
  try {
    stele::bench::Report report(json);
    stele::bench::run_commit(settings, report);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stele_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
