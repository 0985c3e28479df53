// A directory has one owner, or readers: who comes second is told who that is, and the lock dies
// with its holder.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/text.h"
#include "os/posix_file.h"
#include "support/results.h"
#include "support/temp_directory.h"

namespace stele::os {
namespace {

using test::failed;
using test::succeeded;

// Two processes that take turns over a pair of pipes.
class Turns {
 public:
  Turns() {
    EXPECT_EQ(::pipe(there_.data()), 0);
    EXPECT_EQ(::pipe(back_.data()), 0);
  }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  ~Turns() {
    for (const int end : {there_[0], there_[1], back_[0], back_[1]}) ::close(end);
  }
  void tell_parent(char what) { EXPECT_EQ(::write(there_[1], &what, 1), 1); }
  void tell_child() { EXPECT_EQ(::write(back_[1], "x", 1), 1); }
  char wait_for_child() { return wait(there_[0]); }
  void wait_for_parent() { wait(back_[0]); }

 private:
  static char wait(int end) {
    char what = 0;
    EXPECT_EQ(::read(end, &what, 1), 1);
    return what;
  }
  std::array<int, 2> there_ = {};
  std::array<int, 2> back_ = {};
};

void expect_exit(pid_t child) {
  int state = 0;
  EXPECT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0);
}

class LockTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  std::string path_ = directory_.path("lock");
  FileSystem& files_ = posix_file_system();
};

TEST_F(LockTest, ASecondHandleOfTheProcessIsRefusedUntilTheFirstIsGone) {
  auto first = files_.lock(path_);
  ASSERT_TRUE(succeeded(first));
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, path_));
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, "another handle of this process"));
  first->reset();
  EXPECT_TRUE(succeeded(files_.lock(path_)));
}

// A plain POSIX lock is lost when any descriptor of the file is closed; this one is not.
TEST_F(LockTest, ReadingTheLockFileDoesNotReleaseIt) {
  const auto lock = files_.lock(path_);
  ASSERT_TRUE(succeeded(lock));
  EXPECT_EQ(as_text(read_file(files_, path_, 100).value()), cat(::getpid(), "\n"));
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy));
}

TEST_F(LockTest, AnotherProcessIsRefusedAndToldWhoHoldsIt) {
  const auto lock = files_.lock(path_);
  ASSERT_TRUE(succeeded(lock));
  const pid_t holder = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refused = files_.lock(path_);
    ::_exit(failed(refused, Code::kBusy, cat("process ", holder)) ? 0 : 1);
  }
  expect_exit(child);
}

// What a killed process has written into the lock file does not matter, only the lock does.
TEST_F(LockTest, TheDeathOfItsProcessReleasesTheLock) {
  Turns turns;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = files_.lock(path_);
    turns.tell_parent(lock ? 'y' : 'n');
    turns.wait_for_parent();  // For ever: it is killed here.
    ::_exit(1);
  }
  ASSERT_EQ(turns.wait_for_child(), 'y');
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, cat("process ", child)));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(succeeded(files_.lock(path_)));
}

// A process that forks a worker shares the open lock file with it. When it closes its database, the
// directory is free, however long the worker lives.
TEST_F(LockTest, AForkedChildDoesNotKeepTheLockThatItsParentGivesBack) {
  auto lock = files_.lock(path_);
  ASSERT_TRUE(succeeded(lock));
  Turns turns;
  const pid_t child = ::fork();
  if (child == 0) {
    turns.wait_for_parent();
    ::_exit(0);
  }
  lock->reset();
  EXPECT_TRUE(succeeded(files_.lock(path_)));
  turns.tell_child();
  expect_exit(child);
}

// The other way round: a child that drops the handle it inherited takes nothing from its parent.
TEST_F(LockTest, AForkedChildDoesNotReleaseItsParentsLock) {
  auto lock = files_.lock(path_);
  ASSERT_TRUE(succeeded(lock));
  const pid_t child = ::fork();
  if (child == 0) {
    lock->reset();
    ::_exit(0);
  }
  expect_exit(child);
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy));
}

// An empty or foreign lock file only makes the message vaguer.
TEST_F(LockTest, TheContentOfTheLockFileIsForTheMessageOnly) {
  const auto lock = files_.lock(path_);
  ASSERT_TRUE(succeeded(lock));
  for (const std::string text : {"", "\n", "nonsense", "-5\n", "99999999999999999999999999999\n"}) {
    test::write_bytes(path_, as_bytes(text));
    EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, "locked by ")) << text;
  }
  test::write_bytes(path_, as_bytes("nonsense"));
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, "another process"));
}

TEST_F(LockTest, ReadersShareTheLockAndKeepAWriterOut) {
  files_.lock(path_)->reset();  // Makes the file.
  auto first = files_.lock_for_reading(path_);
  ASSERT_TRUE(succeeded(first));
  auto second = files_.lock_for_reading(path_);
  ASSERT_TRUE(succeeded(second));
  first->reset();
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, path_));
  second->reset();
  EXPECT_TRUE(succeeded(files_.lock(path_)));
}

TEST_F(LockTest, AWriterKeepsReadersOut) {
  auto writer = files_.lock(path_);
  ASSERT_TRUE(succeeded(writer));
  EXPECT_TRUE(failed(files_.lock_for_reading(path_), Code::kBusy, path_));
  EXPECT_TRUE(
      failed(files_.lock_for_reading(path_), Code::kBusy, "another handle of this process"));
  const pid_t holder = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refused = files_.lock_for_reading(path_);
    ::_exit(failed(refused, Code::kBusy, cat("process ", holder)) ? 0 : 1);
  }
  expect_exit(child);
  writer->reset();
  EXPECT_TRUE(succeeded(files_.lock_for_reading(path_)));
}

// The file names the last owner, who is gone. To name that one would be a lie.
TEST_F(LockTest, AWriterIsToldThatAReaderIsInItsWay) {
  files_.lock(path_)->reset();
  const auto reader = files_.lock_for_reading(path_);
  ASSERT_TRUE(succeeded(reader));
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy, "is locked by a reader"));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto shared = files_.lock_for_reading(path_);
    const auto refused = files_.lock(path_);
    ::_exit(shared && failed(refused, Code::kBusy, "is locked by a reader") ? 0 : 1);
  }
  expect_exit(child);
}

// A database on read-only media may have been copied without it.
TEST_F(LockTest, WithoutALockFileAReaderHoldsNothingAndMakesNone) {
  const auto reader = files_.lock_for_reading(path_);
  ASSERT_TRUE(succeeded(reader));
  EXPECT_NE(*reader, nullptr);
  EXPECT_EQ(files_.kind(path_).value(), FileKind::kMissing);
  EXPECT_TRUE(succeeded(files_.lock(path_)));
}

TEST_F(LockTest, AReaderLeavesTheLockFileAsItIs) {
  test::write_bytes(path_, as_bytes("12345\n"));
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  EXPECT_TRUE(succeeded(files_.lock_for_reading(path_)));
  EXPECT_EQ(as_text(test::read_bytes(path_)), "12345\n");
}

// As with the exclusive lock: the child has the handle, but the lock is its parent's.
TEST_F(LockTest, AForkedChildNeitherKeepsNorReleasesAReadersLock) {
  files_.lock(path_)->reset();
  auto reader = files_.lock_for_reading(path_);
  ASSERT_TRUE(succeeded(reader));
  Turns turns;
  const pid_t child = ::fork();
  if (child == 0) {
    const int inherited = ::fork();
    if (inherited == 0) {
      reader->reset();
      ::_exit(0);
    }
    expect_exit(inherited);
    turns.tell_parent('x');
    turns.wait_for_parent();
    ::_exit(0);
  }
  turns.wait_for_child();
  EXPECT_TRUE(failed(files_.lock(path_), Code::kBusy));
  reader->reset();
  EXPECT_TRUE(succeeded(files_.lock(path_)));
  turns.tell_child();
  expect_exit(child);
}

}  // namespace
}  // namespace stele::os
