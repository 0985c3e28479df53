// Prints benchmark lines.
#include "report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace stele::bench {

double percentile(std::vector<double> values, double share) {
  const auto at = static_cast<size_t>(std::floor(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

namespace {

// Small figures with the digits that matter.
std::string figure(double value) {
  char text[32] = "";
  (void)std::snprintf(text, sizeof text, value < 100 ? "%.3g" : "%.0f", value);
  return text;
}

}  // namespace

void Report::add(const Line& line) {
  if (json_) {
    add_json(line);
  } else {
    add_text(line);
  }
  std::fflush(stdout);
}

// Names and conditions are ours and hold nothing that JSON would have to escape.
void Report::add_json(const Line& line) const {
  std::printf(R"({"bench":"%s","unit":"%s","stele":%.6g,)", line.bench.c_str(), line.unit.c_str(),
              line.stele);
  if (line.reference != 0) {
    std::printf(R"("reference":%.6g,"reference_name":"%s","ratio":%.4g,)", line.reference,
                line.reference_name.c_str(), line.stele / line.reference);
  }
  if (!line.others.empty()) {
    const char* before = R"("others":{)";
    for (const auto& [name, value] : line.others) {
      std::printf(R"(%s"%s":%.6g)", before, name.c_str(), value);
      before = ",";
    }
    std::printf("},");
  }
  std::printf(R"("better":"%s",)", line.higher_is_better ? "higher" : "lower");
  if (line.target != 0) {
    const bool by_ratio = line.reference != 0 && !line.target_is_absolute;
    std::printf(R"("target":%.6g,"target_of":"%s",)", line.target, by_ratio ? "ratio" : "stele");
  }
  if (line.p50 != 0) std::printf(R"("p50":%.4g,"p99":%.4g,)", line.p50, line.p99);
  std::printf(R"("rounds":%d,"conditions":"%s"})"
              "\n",
              line.rounds, line.conditions.c_str());
}

void Report::add_text(const Line& line) {
  if (!headed_) {
    std::printf("%-29s %12s %12s %8s %10s %9s %9s  %s\n", "bench", "stele", "reference", "ratio",
                "target", "p50 us", "p99 us", "conditions");
    headed_ = true;
  }
  const bool by_ratio = line.reference != 0 && !line.target_is_absolute;
  const double judged = by_ratio ? line.stele / line.reference : line.stele;
  const bool met = line.higher_is_better ? judged >= line.target : judged <= line.target;
  const char* mark = "";
  if (line.target != 0) mark = met ? " ok" : " MISS";
  std::printf("%-29s %12s ", line.bench.c_str(), figure(line.stele).c_str());
  if (line.reference != 0) {
    std::printf("%12s %8.2f ", figure(line.reference).c_str(), line.stele / line.reference);
  } else {
    std::printf("%12s %8s ", "", "");
  }
  char target[32] = "";
  if (line.target != 0) (void)std::snprintf(target, sizeof target, "%.6g%s", line.target, mark);
  std::printf("%10s %9.1f %9.1f  %s; ", target, line.p50, line.p99, line.unit.c_str());
  for (const auto& [name, value] : line.others) {
    std::printf("%s %s; ", name.c_str(), figure(value).c_str());
  }
  std::printf("%s\n", line.conditions.c_str());
}

}  // namespace stele::bench
