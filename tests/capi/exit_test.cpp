// How a program may end: with its databases open, or closing them in a static destructor, which
// runs after those of what the library needed first.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

// Closes its database at the end of the program.
struct AtExit {
  AtExit() = default;
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() {
    // What was committed is there, and there may be more.
    stele_batch* batch = nullptr;
    stele_error error = STELE_ERROR_INIT;
    bool fine = stele_batch_create(db, &batch, &error) == STELE_OK;
    fine = fine && add(batch, "Last") == STELE_OK;
    fine = fine && stele_commit(db, batch, nullptr, &error) == STELE_OK;
    stele_batch_close(batch);
    fine = stele_close(db, &error) == STELE_OK && fine;
    if (!fine) std::fprintf(stderr, "at exit: %s\n", error.message);
    if (!fine) std::_Exit(3);
  }
  stele_db* db = nullptr;
};

// The process of its own that these tests need has used the library for nothing else before.
[[noreturn]] void end_with_open_database(const std::string& path, bool closes) {
  static std::optional<AtExit> at_exit;
  if (closes) at_exit.emplace();
  stele_db* db = nullptr;
  stele_batch* batch = nullptr;
  bool fine = stele_open(path.data(), path.size(), nullptr, &db, nullptr) == STELE_OK &&
              stele_batch_create(db, &batch, nullptr) == STELE_OK;
  for (int i = 0; fine && i < 50; ++i) {
    fine = add(batch, "A") == STELE_OK;
    stele_ticket* ticket = nullptr;
    fine = fine && stele_commit_async(db, batch, &ticket, nullptr) == STELE_OK;
  }
  if (closes) at_exit->db = db;
  std::exit(fine ? 0 : 2);
}

struct Exit : ::testing::TestWithParam<const char*> {
  Exit() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  [[nodiscard]] std::string path() const {
    return std::string(GetParam()) == ":memory:" ? GetParam() : directory.path(GetParam());
  }
  TempDirectory directory;
};

TEST_P(Exit, MayComeBeforeTheClose) {
  EXPECT_EXIT(end_with_open_database(path(), /*closes=*/false), ::testing::ExitedWithCode(0), "");
}

// The objects behind the clock and the files were destroyed before, and this was a call of nothing.
TEST_P(Exit, MayBeWhenTheDatabaseIsClosed) {
  EXPECT_EXIT(end_with_open_database(path(), /*closes=*/true), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(OnAllFiles, Exit, ::testing::Values(":memory:", "db"));

}  // namespace
