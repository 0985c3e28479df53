// How long the benchmarks measure.
#pragma once

namespace stele::bench {

struct Settings {
  int rounds = 9;
  double round_seconds = 0.5;
  bool brief = false;  // Smaller histories, too.
};

}  // namespace stele::bench
