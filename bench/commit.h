// Benchmarks of the commit pipeline: durable commits against the hardware floor.
#pragma once

#include "report.h"
#include "settings.h"

namespace stele::bench {

void run_commit(const Settings& settings, Report& report);

}  // namespace stele::bench
