// The progress bar fits its line and tells speed and time left; numbers read as people write them.
#include "cli/progress.h"

#include <gtest/gtest.h>

#include "cli/figures.h"

namespace stele::cli {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(Progress, TellsShareSpeedAndTimeLeft) {
  const ProgressFigures figures{.bytes_start = 0,
                                .bytes_done = 12 * kMiB,
                                .bytes_total = 24 * kMiB,
                                .events = 50'000,
                                .seconds = 4};
  EXPECT_EQ(render_progress("import", figures, 100),
            "import [##################-------------------]  50%  12.0 MiB / 24.0 MiB  "
            "12,500 events/s  0:04 left");
}

TEST(Progress, TimeLeftCountsOnlyWhatThisRunHasDone) {
  const ProgressFigures figures{.bytes_start = 20 * kMiB,
                                .bytes_done = 22 * kMiB,
                                .bytes_total = 24 * kMiB,
                                .events = 1000,
                                .seconds = 10};
  EXPECT_TRUE(render_progress("import", figures, 100).ends_with("100 events/s  0:10 left"));
}

TEST(Progress, LeavesOutWhatIsNotKnownYet) {
  ProgressFigures figures{.bytes_start = kMiB, .bytes_done = kMiB, .bytes_total = 2 * kMiB};
  EXPECT_TRUE(render_progress("import", figures, 80).ends_with("  0 events/s"));
  figures.bytes_total = 0;
  EXPECT_EQ(render_progress("import", figures, 80), "import  1.0 MiB  0 events/s");
}

TEST(Progress, NeverExceedsTheTerminal) {
  const ProgressFigures figures{
      .bytes_start = 0, .bytes_done = kMiB, .bytes_total = 2 * kMiB, .events = 7, .seconds = 1};
  for (size_t columns = 0; columns < 120; ++columns) {
    EXPECT_LE(render_progress("import", figures, columns).size(), columns);
  }
  EXPECT_EQ(render_progress("import", figures, 60).find('['), std::string::npos);
}

TEST(Progress, AFileThatHasGrownDoesNotOverfillTheBar) {
  const ProgressFigures figures{
      .bytes_start = 0, .bytes_done = 3 * kMiB, .bytes_total = 2 * kMiB, .events = 7, .seconds = 1};
  const std::string line = render_progress("import", figures, 100);
  EXPECT_NE(line.find("#]"), std::string::npos);
  EXPECT_NE(line.find("100%"), std::string::npos);
  EXPECT_TRUE(line.ends_with("0:00 left"));
}

TEST(Figures, CountsHaveSeparators) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
  EXPECT_EQ(format_counted(1, "event"), "1 event");
  EXPECT_EQ(format_counted(0, "event"), "0 events");
}

TEST(Figures, BytesHaveUnits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(kMiB - 1), "1.0 MiB");
  EXPECT_EQ(format_bytes(kMiB * 3 / 2), "1.5 MiB");
  EXPECT_EQ(format_bytes(18'446'744'073'709'551'615U), "16.0 EiB");
}

TEST(Figures, DurationsAreClocks) {
  EXPECT_EQ(format_duration(0), "0:00");
  EXPECT_EQ(format_duration(4.4), "0:04");
  EXPECT_EQ(format_duration(59.6), "1:00");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(-1), "0:00");
  EXPECT_EQ(format_duration(1e300), "100000:00:00");
}

TEST(Figures, NothingPerNoTimeIsNothing) {
  EXPECT_EQ(rate_of(1000, 0), 0U);
  EXPECT_EQ(rate_of(1000, 0.5), 2000U);
}

}  // namespace
}  // namespace stele::cli
