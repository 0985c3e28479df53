// Two imports of one source cannot both commit the same lines.
#include "cli/importer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "cli/failure.h"

namespace stele::cli {
namespace {

// A new directory, removed with all that is in it.
class Directory {
 public:
  Directory() : path_(std::filesystem::path(testing::TempDir()) / "stele_importer_XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~Directory() { std::filesystem::remove_all(path_); }

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  [[nodiscard]] std::string path(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Imports four lines from the offset `from` under the source "feed", two in a commit.
ImportReport import_from(const Database& database, uint64_t from) {
  std::FILE* const file = std::tmpfile();
  for (int i = 0; i < 4; ++i) std::fputs("{\"type\":\"A\"}\n", file);
  std::rewind(file);
  ProgressBar progress("import", from, 0);
  LineSource lines(fileno(file), "events");
  EXPECT_EQ(lines.skip_to(from), from);
  const ImportPlan plan{.input = "events",
                        .source = "feed",
                        .rerun = "stele import shop events --source feed",
                        .offset = from,
                        .batch_events = 2};
  try {
    const ImportReport report = Importer(database, plan, progress).run(lines);
    static_cast<void>(std::fclose(file));
    return report;
  } catch (const Failure&) {
    static_cast<void>(std::fclose(file));
    throw;
  }
}

uint64_t head_of(const Database& database) {
  uint64_t head = 0;
  stele_error error = STELE_ERROR_INIT;
  check(stele_head(database.get(), &head, &error), error);
  return head;
}

TEST(Importer, StopsWhenAnotherImportHasMovedOn) {
  const Directory directory;
  Database database(directory.path("shop"), STELE_OPEN_NEW);
  EXPECT_EQ(import_from(database, 0).events, 4U);
  // This one still believes what was recorded before the other began.
  try {
    import_from(database, 0);
    ADD_FAILURE() << "imported the same lines twice";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status(), ExitStatus::kOutcome);
    EXPECT_STREQ(failure.what(),
                 "another import of this source has moved on to byte 52\n"
                 "This run has imported nothing. To continue:\n"
                 "  stele import shop events --source feed");
  }
  EXPECT_EQ(head_of(database), 4U);
  database.close();
}

TEST(Importer, GoesOnFromTheRecordedOffset) {
  const Directory directory;
  Database database(directory.path("shop"), STELE_OPEN_NEW);
  import_from(database, 0);
  const ImportReport report = import_from(database, 52);
  EXPECT_EQ(report.events, 0U);
  EXPECT_EQ(report.first_position, 0U);
  EXPECT_EQ(head_of(database), 4U);
  database.close();
}

}  // namespace
}  // namespace stele::cli
