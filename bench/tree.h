// Benchmarks of Stele's trees in page files, beside LMDB and SQLite.
#pragma once

#include "report.h"
#include "settings.h"

namespace stele::bench {

// Point reads, scans, sorted loads, and random batches with all their checkpoints.
void run_tree(const Settings& settings, Report& report);

}  // namespace stele::bench
