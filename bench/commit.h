// Benchmarks of the commit pipeline: durable commits against the hardware floor.
#pragma once

#include "report.h"

namespace stele::bench {

struct Settings {
  int rounds = 9;
  double round_seconds = 0.5;
};

void run_commit(const Settings& settings, Report& report);

}  // namespace stele::bench
