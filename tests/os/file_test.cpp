// Files and directories do what the interface promises, and say what failed, on what, and why.
#include "os/file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/text.h"
#include "os/posix_file.h"
#include "support/results.h"
#include "support/temp_directory.h"

namespace stele::os {
namespace {

using test::failed;
using test::succeeded;

class FileTest : public testing::Test {
 protected:
  std::unique_ptr<File> open(const std::string& name, OpenFor purpose) {
    auto file = files_.open(directory_.path(name), purpose);
    EXPECT_TRUE(succeeded(file));
    return file ? *std::move(file) : nullptr;
  }
  // Makes a file that holds `text`.
  std::string make(const std::string& name, std::string_view text) {
    test::write_bytes(directory_.path(name), as_bytes(text));
    return directory_.path(name);
  }
  std::string content(const std::string& name) {
    return std::string(as_text(test::read_bytes(directory_.path(name))));
  }

  test::TempDirectory directory_;
  FileSystem& files_ = posix_file_system();
};

// One system call takes at most 64 pieces here; empty ones must neither be lost count of nor stop
// the loop.
TEST_F(FileTest, AWriteTakesAnyNumberOfPieces) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  for (const size_t count : {0, 1, 2, 63, 64, 65, 128, 129, 1000}) {
    for (const size_t empty_every : {0, 1, 2, 3, 64}) {
      SCOPED_TRACE(testing::Message() << count << " pieces, empty every " << empty_every);
      std::string expected = "--";
      std::vector<ByteView> pieces;
      for (size_t i = 0; i < count; ++i) {
        const bool empty = empty_every != 0 && i % empty_every == 0;
        const auto piece = std::string_view(letters).substr(i % 26, empty ? 0 : i % 7 + 1);
        pieces.push_back(empty && i % 2 == 0 ? ByteView() : as_bytes(piece));
        expected += piece;
      }
      make("f", "--");
      const auto file = open("f", OpenFor::kWriting);
      ASSERT_TRUE(succeeded(file->write_at(2, pieces)));
      EXPECT_EQ(content("f"), expected);
    }
  }
}

TEST_F(FileTest, AWriteBehindTheEndLeavesZerosInBetween) {
  const auto file = open("f", OpenFor::kCreating);
  const ByteView piece = as_bytes("xyz");
  ASSERT_TRUE(succeeded(file->write_at(5, {&piece, 1})));
  EXPECT_EQ(content("f"), std::string("\0\0\0\0\0xyz", 8));
  EXPECT_EQ(file->size().value(), 8U);
  ASSERT_TRUE(succeeded(file->resize(6)));
  EXPECT_EQ(content("f"), std::string("\0\0\0\0\0x", 6));
  ASSERT_TRUE(succeeded(file->resize(7)));
  EXPECT_EQ(content("f"), std::string("\0\0\0\0\0x\0", 7));
  EXPECT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
}

TEST_F(FileTest, AnAllocationMakesAFileLongerButNeverShorter) {
  make("f", "ab");
  const auto file = open("f", OpenFor::kWriting);
  ASSERT_TRUE(succeeded(file->allocate(5)));
  EXPECT_EQ(content("f"), std::string("ab\0\0\0", 5));
  for (const uint64_t size : {0, 1, 5}) {
    ASSERT_TRUE(succeeded(file->allocate(size)));
    EXPECT_EQ(content("f"), std::string("ab\0\0\0", 5));
  }
  const auto empty = open("empty", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(empty->allocate(0)));
  EXPECT_EQ(empty->size().value(), 0U);
}

// Also where the file is long enough already, but only by a resize, which takes no room.
TEST_F(FileTest, AnAllocationTakesRoomForEveryByte) {
  constexpr uint64_t kSize = 1 << 20;
  const auto file = open("f", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(file->resize(kSize)));
  ASSERT_TRUE(succeeded(file->allocate(kSize)));
  struct stat about = {};
  ASSERT_EQ(::stat(directory_.path("f").c_str(), &about), 0);
  EXPECT_GE(static_cast<uint64_t>(about.st_blocks) * 512, kSize);
}

// In a child with a limit, so that no file system tries for long, whatever room it has.
TEST_F(FileTest, AnAllocationThatDoesNotFitIsFull) {
  make("f", "kept");
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
    if (::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) ::_exit(2);
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    const auto file = files_.open(directory_.path("f"), OpenFor::kWriting);
    if (!file) ::_exit(3);
    const Status status = (*file)->allocate(uint64_t{1} << 60);
    ::_exit(failed(status, Code::kFull, directory_.path("f")) ? 0 : 1);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
  EXPECT_EQ(content("f").substr(0, 4), "kept");
}

TEST_F(FileTest, AnAllocationNeedsAFileThatIsOpenForWriting) {
  make("f", "ab");
  const Status status = open("f", OpenFor::kReading)->allocate(5);
  EXPECT_TRUE(failed(status, Code::kIo, directory_.path("f")));
  EXPECT_EQ(content("f"), "ab");
}

TEST_F(FileTest, WritingBackBesideAWriterChangesNothing) {
  const auto file = open("f", OpenFor::kCreating);
  std::string expected;
  std::jthread flusher([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) file->write_back();
  });
  for (uint64_t i = 0; i < 100; ++i) {
    const std::string text = cat(i, " ");
    const ByteView piece = as_bytes(text);
    ASSERT_TRUE(succeeded(file->write_at(expected.size(), {&piece, 1})));
    expected += text;
  }
  flusher.request_stop();
  flusher.join();
  EXPECT_EQ(content("f"), expected);
}

TEST_F(FileTest, PurposesSayWhatIsNeededAndWhatIsLost) {
  EXPECT_TRUE(failed(files_.open(directory_.path("f"), OpenFor::kReading), Code::kNotFound));
  EXPECT_TRUE(failed(files_.open(directory_.path("f"), OpenFor::kWriting), Code::kNotFound));
  make("f", "kept");
  EXPECT_EQ(open("f", OpenFor::kWriting)->size().value(), 4U);
  EXPECT_EQ(open("f", OpenFor::kReading)->path(), directory_.path("f"));
  EXPECT_EQ(open("f", OpenFor::kCreating)->size().value(), 0U);
  const auto reader = open("f", OpenFor::kReading);
  const ByteView piece = as_bytes("x");
  const Status written = reader->write_at(0, {&piece, 1});
  EXPECT_TRUE(failed(written, Code::kIo, directory_.path("f")));
}

// A message without the path sends its reader to a debugger.
TEST_F(FileTest, ErrorsCarryThePathAndErrno) {
  const std::string file = make("f", "x");
  const std::string missing = directory_.path("missing");
  std::filesystem::create_directory(directory_.path("d"));
  struct Case {
    std::string name;
    Status status;
    Code code;
    int number;
    std::string path;
  };
  const auto without_value = [](const auto& result) {
    return result ? Status() : Status(fail(result.error()));
  };
  const Case cases[] = {
      {"open", without_value(files_.open(missing, OpenFor::kReading)), Code::kNotFound, ENOENT,
       missing},
      {"open a directory to write",
       without_value(files_.open(directory_.path("d"), OpenFor::kWriting)), Code::kIo, EISDIR,
       directory_.path("d")},
      {"list", without_value(files_.list(missing)), Code::kNotFound, ENOENT, missing},
      {"list a file", without_value(files_.list(file)), Code::kIo, ENOTDIR, file},
      {"kind below a file", without_value(files_.kind(file + "/x")), Code::kIo, ENOTDIR,
       file + "/x"},
      {"create", files_.create_directory(file), Code::kIo, EEXIST, file},
      {"rename", files_.rename(missing, file), Code::kNotFound, ENOENT, missing},
      {"remove", files_.remove(missing), Code::kNotFound, ENOENT, missing},
      {"sync a missing directory", files_.sync_directory(missing, SyncSite::kMetaDirectory),
       Code::kNotFound, ENOENT, missing},
      {"sync a file as a directory", files_.sync_directory(file, SyncSite::kMetaDirectory),
       Code::kIo, ENOTDIR, file},
      {"lock", without_value(files_.lock(missing + "/lock")), Code::kNotFound, ENOENT,
       missing + "/lock"},
      {"lock for reading below a file", without_value(files_.lock_for_reading(file + "/lock")),
       Code::kIo, ENOTDIR, file + "/lock"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(failed(c.status, c.code, c.path));
    ASSERT_FALSE(c.status);
    EXPECT_EQ(c.status.error().os_errno(), c.number);
  }
}

TEST_F(FileTest, AFullDeviceIsFull) {
  auto full = files_.open("/dev/full", OpenFor::kWriting);
  if (!full) GTEST_SKIP() << "no /dev/full here";
  const ByteView piece = as_bytes("x");
  const Status status = (*full)->write_at(0, {&piece, 1});
  EXPECT_TRUE(failed(status, Code::kFull, "/dev/full"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().os_errno(), ENOSPC);
}

TEST_F(FileTest, NamesAreListedInOrderAndComplete) {
  std::vector<std::string> names = {".hidden", "A", "b", "00000010.wal", "00000009.wal", "x y"};
  for (int i = 0; i < 500; ++i) names.push_back(cat("many-", i));
  for (const std::string& name : names) make(name, "");
  std::ranges::sort(names);
  EXPECT_EQ(files_.list(directory_.path()).value(), names);
  std::filesystem::create_directory(directory_.path("empty"));
  EXPECT_TRUE(files_.list(directory_.path("empty"))->empty());
}

TEST_F(FileTest, KindsAreToldApart) {
  make("f", "");
  std::filesystem::create_directory(directory_.path("d"));
  std::filesystem::create_symlink("f", directory_.path("link"));
  std::filesystem::create_symlink("nowhere", directory_.path("dangling"));
  EXPECT_EQ(files_.kind(directory_.path("f")).value(), FileKind::kFile);
  EXPECT_EQ(files_.kind(directory_.path("d")).value(), FileKind::kDirectory);
  EXPECT_EQ(files_.kind(directory_.path("link")).value(), FileKind::kFile);
  EXPECT_EQ(files_.kind(directory_.path("dangling")).value(), FileKind::kMissing);
  EXPECT_EQ(files_.kind(directory_.path("missing")).value(), FileKind::kMissing);
  EXPECT_EQ(files_.kind("/dev/null").value(), FileKind::kOther);
}

TEST_F(FileTest, ARenameReplacesAndARemovalKeepsOpenFiles) {
  make("old", "old");
  make("new", "new");
  ASSERT_TRUE(succeeded(files_.rename(directory_.path("new"), directory_.path("old"))));
  EXPECT_EQ(content("old"), "new");
  EXPECT_EQ(files_.kind(directory_.path("new")).value(), FileKind::kMissing);
  const auto file = open("old", OpenFor::kReading);
  ASSERT_TRUE(succeeded(files_.remove(directory_.path("old"))));
  std::vector<uint8_t> bytes(3);
  EXPECT_EQ(file->read_at(0, bytes).value(), 3U);
  EXPECT_TRUE(succeeded(files_.sync_directory(directory_.path(), SyncSite::kMetaDirectory)));
}

TEST_F(FileTest, AWholeFileIsReadUpToALimit) {
  const std::string path = make("f", "12345");
  EXPECT_EQ(as_text(read_file(files_, path, 5).value()), "12345");
  EXPECT_EQ(as_text(read_file(files_, path, 6).value()), "12345");
  EXPECT_TRUE(failed(read_file(files_, path, 4), Code::kTooLarge, path));
  EXPECT_TRUE(read_file(files_, make("empty", ""), 0)->empty());
  EXPECT_TRUE(failed(read_file(files_, directory_.path("missing"), 4), Code::kNotFound));
}

// "a/" names the same directory as "a".
TEST(ParentOf, IsTheDirectoryPartOfAPath) {
  struct Case {
    std::string path;
    std::string parent;
  };
  const Case cases[] = {{"a", "."},          {"a/", "."},      {"a/b", "a"}, {"a/b/", "a"},
                        {"a//b//", "a/"},    {"/a", "/"},      {"/a/", "/"}, {"//a", "/"},
                        {"/a/b", "/a"},      {"/a//b", "/a/"}, {"/", "/"},   {"//", "/"},
                        {"", "."},           {".", "."},       {"..", "."},  {"../a", ".."},
                        {"./a/./b", "./a/."}};
  for (const Case& c : cases) {
    EXPECT_EQ(parent_of(c.path), c.parent) << c.path;
  }
}

}  // namespace
}  // namespace stele::os
