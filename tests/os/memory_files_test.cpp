// Files in memory do what files on a disk do, and take no more memory than what was written.
#include "os/memory_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "os/posix_file.h"
#include "support/results.h"
#include "support/temp_directory.h"

namespace stele::os {
namespace {

using test::failed;
using test::succeeded;

constexpr uint64_t kChunk = uint64_t{64} << 10;

Status write(File& file, uint64_t offset, std::string_view text) {
  const ByteView piece = as_bytes(text);
  return file.write_at(offset, {&piece, 1});
}

std::string content(File& file) {
  std::vector<uint8_t> bytes(file.size().value() + 1);
  const auto got = file.read_at(0, bytes);
  EXPECT_TRUE(succeeded(got));
  return std::string(as_text(ByteView(bytes).first(got.value_or(0))));
}

// A place for files in memory, and one on the disk.
struct InMemory {
  FileSystem& files() { return memory; }
  [[nodiscard]] std::string path(const std::string& name) const { return root + name; }

  MemoryFiles memory;
  std::string root = "/";
};
struct OnDisk {
  static FileSystem& files() { return posix_file_system(); }
  [[nodiscard]] std::string path(const std::string& name) const { return directory.path(name); }

  test::TempDirectory directory;
};

// What holds of both.
template <typename Place>
class FileSystemTest : public testing::Test {
 protected:
  std::unique_ptr<File> open(const std::string& name, OpenFor purpose) {
    auto file = files().open(path(name), purpose);
    EXPECT_TRUE(succeeded(file)) << name;
    return file ? *std::move(file) : nullptr;
  }
  std::unique_ptr<File> make(const std::string& name, std::string_view text) {
    auto file = open(name, OpenFor::kCreating);
    EXPECT_TRUE(succeeded(write(*file, 0, text)));
    return file;
  }
  std::string content_of(const std::string& name) {
    return content(*open(name, OpenFor::kReading));
  }
  FileSystem& files() { return place_.files(); }
  [[nodiscard]] std::string path(const std::string& name) const { return place_.path(name); }

  Place place_;
};
using Places = testing::Types<InMemory, OnDisk>;
TYPED_TEST_SUITE(FileSystemTest, Places);

TYPED_TEST(FileSystemTest, AReadIsShortOnlyAtTheEnd) {
  this->make("f", "0123456789");
  const auto file = this->open("f", OpenFor::kReading);
  struct Case {
    uint64_t offset;
    size_t size;
    std::string_view text;
  };
  const Case cases[] = {
      {0, 10, "0123456789"}, {0, 4, "0123"}, {3, 4, "3456"}, {0, 11, "0123456789"},
      {8, 100, "89"},        {9, 1, "9"},    {10, 1, ""},    {11, 5, ""},
      {1'000'000, 5, ""},    {4, 0, ""},     {10, 0, ""}};
  for (const Case& c : cases) {
    std::vector<uint8_t> into(c.size, 0xee);
    const auto got = file->read_at(c.offset, into);
    ASSERT_TRUE(succeeded(got));
    EXPECT_EQ(as_text(ByteView(into).first(*got)), c.text) << c.offset << " " << c.size;
    for (size_t i = *got; i < into.size(); ++i) EXPECT_EQ(into[i], 0xee);
  }
}

TYPED_TEST(FileSystemTest, AWriteOfManyPiecesPutsOneBehindTheOther) {
  const auto file = this->make("f", "0123456789");
  const std::array<ByteView, 4> pieces = {as_bytes("ab"), ByteView(), as_bytes("cde"),
                                          as_bytes("f")};
  ASSERT_TRUE(succeeded(file->write_at(2, pieces)));
  EXPECT_EQ(content(*file), "01abcdef89");
  ASSERT_TRUE(succeeded(file->write_at(12, {})));
  ASSERT_TRUE(succeeded(write(*file, 12, "")));
  EXPECT_EQ(file->size().value(), 10U) << "of nothing, nothing is written";
}

TYPED_TEST(FileSystemTest, WhatWasNeverWrittenReadsAsZeros) {
  const auto file = this->make("f", "");
  ASSERT_TRUE(succeeded(write(*file, 5, "xyz")));
  EXPECT_EQ(content(*file), std::string("\0\0\0\0\0xyz", 8));
  ASSERT_TRUE(succeeded(file->resize(6)));
  ASSERT_TRUE(succeeded(file->resize(8)));
  EXPECT_EQ(content(*file), std::string("\0\0\0\0\0x\0\0", 8)) << "what was cut off is gone";
  ASSERT_TRUE(succeeded(file->allocate(10)));
  EXPECT_EQ(content(*file), std::string("\0\0\0\0\0x\0\0\0\0", 10));
  ASSERT_TRUE(succeeded(file->allocate(1)));
  EXPECT_EQ(file->size().value(), 10U) << "an allocation never cuts";
  EXPECT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
  file->write_back();
  file->will_need(3, 4);
  file->will_need(uint64_t{1} << 62, uint64_t{1} << 62);
  EXPECT_EQ(content(*file), std::string("\0\0\0\0\0x\0\0\0\0", 10));
}

// Random writes, cuts and growths around the borders of chunks, beside a string that says what
// must be there.
TYPED_TEST(FileSystemTest, AFileOfManyChunksHoldsWhatAStringHolds) {
  std::mt19937_64 random(1);
  const auto file = this->make("f", "");
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const uint64_t border = random() % 4 * kChunk;
    const uint64_t offset = border + random() % 5 - (border == 0 ? 0 : 2);
    const uint64_t what = random() % 10;
    if (what == 0) {
      ASSERT_TRUE(succeeded(file->resize(offset)));
      expected.resize(offset);
    } else if (what == 1) {
      ASSERT_TRUE(succeeded(file->allocate(offset)));
      expected.resize(std::max<uint64_t>(expected.size(), offset));
    } else {
      const std::string text((what < 4 ? kChunk * 2 : 0) + random() % 5 + 1,
                             static_cast<char>('a' + i % 26));
      ASSERT_TRUE(succeeded(write(*file, offset, text)));
      expected.resize(std::max<uint64_t>(expected.size(), offset + text.size()));
      expected.replace(offset, text.size(), text);
    }
    ASSERT_TRUE(content(*file) == expected) << "after change " << i;
  }
}

TYPED_TEST(FileSystemTest, PurposesSayWhatIsNeededAndWhatIsLost) {
  const std::string path = this->path("f");
  EXPECT_TRUE(failed(this->files().open(path, OpenFor::kReading), Code::kNotFound, path));
  EXPECT_TRUE(failed(this->files().open(path, OpenFor::kWriting), Code::kNotFound, path));
  this->make("f", "kept");
  EXPECT_EQ(this->open("f", OpenFor::kWriting)->size().value(), 4U);
  const auto reader = this->open("f", OpenFor::kReading);
  EXPECT_EQ(reader->path(), path);
  EXPECT_TRUE(failed(write(*reader, 0, "x"), Code::kIo, path));
  EXPECT_TRUE(failed(reader->resize(1), Code::kIo, path));
  EXPECT_TRUE(failed(reader->allocate(9), Code::kIo, path));
  EXPECT_EQ(content(*reader), "kept");
  EXPECT_EQ(this->open("f", OpenFor::kCreating)->size().value(), 0U);
  EXPECT_EQ(reader->size().value(), 0U) << "it is the same file";
}

TYPED_TEST(FileSystemTest, NamesAreListedInOrder) {
  FileSystem& files = this->files();
  ASSERT_TRUE(succeeded(files.create_directory(this->path("d"))));
  EXPECT_TRUE(files.list(this->path("d")).value().empty());
  for (const std::string name : {"d/b", "d/.hidden", "d/x y", "d/A"}) this->make(name, "");
  ASSERT_TRUE(succeeded(files.create_directory(this->path("d/inner"))));
  this->make("d/inner/below", "");
  EXPECT_EQ(files.list(this->path("d")).value(),
            std::vector<std::string>({".hidden", "A", "b", "inner", "x y"}));
  EXPECT_TRUE(succeeded(files.sync_directory(this->path("d"), SyncSite::kMetaDirectory)));
}

TYPED_TEST(FileSystemTest, KindsAreToldApart) {
  FileSystem& files = this->files();
  this->make("f", "");
  ASSERT_TRUE(succeeded(files.create_directory(this->path("d"))));
  EXPECT_EQ(files.kind(this->path("f")).value(), FileKind::kFile);
  EXPECT_EQ(files.kind(this->path("d")).value(), FileKind::kDirectory);
  EXPECT_EQ(files.kind(this->path("d/")).value(), FileKind::kDirectory);
  EXPECT_EQ(files.kind(this->path("./d/.")).value(), FileKind::kDirectory);
  EXPECT_EQ(files.kind(this->path("missing")).value(), FileKind::kMissing);
  EXPECT_EQ(files.kind(this->path("missing/below")).value(), FileKind::kMissing);
  EXPECT_EQ(files.kind("/").value(), FileKind::kDirectory);
}

TYPED_TEST(FileSystemTest, OpenFilesOutliveTheirNames) {
  const auto replaced = this->make("a", "old a");
  const auto moved = this->make("b", "b");
  ASSERT_TRUE(succeeded(this->files().rename(this->path("b"), this->path("a"))));
  EXPECT_EQ(this->content_of("a"), "b");
  EXPECT_EQ(content(*replaced), "old a");
  EXPECT_EQ(this->files().kind(this->path("b")).value(), FileKind::kMissing);
  ASSERT_TRUE(succeeded(this->files().remove(this->path("a"))));
  EXPECT_EQ(this->files().kind(this->path("a")).value(), FileKind::kMissing);
  ASSERT_TRUE(succeeded(write(*moved, 1, "!")));
  EXPECT_EQ(content(*moved), "b!");
  this->make("a", "new");
  EXPECT_EQ(content(*moved), "b!");
}

TYPED_TEST(FileSystemTest, ADirectoryMovesWithAllThatIsInIt) {
  FileSystem& files = this->files();
  ASSERT_TRUE(succeeded(files.create_directory(this->path("d"))));
  ASSERT_TRUE(succeeded(files.create_directory(this->path("e"))));
  this->make("d/f", "x");
  ASSERT_TRUE(succeeded(files.rename(this->path("d"), this->path("e")))) << "over an empty one";
  EXPECT_EQ(this->content_of("e/f"), "x");
  ASSERT_TRUE(succeeded(files.rename(this->path("e/f"), this->path("f")))) << "to another one";
  EXPECT_EQ(this->content_of("f"), "x");
  EXPECT_TRUE(files.list(this->path("e")).value().empty());
  ASSERT_TRUE(succeeded(files.rename(this->path("f"), this->path("f")))) << "to where it is";
  EXPECT_EQ(this->content_of("f"), "x");
}

TYPED_TEST(FileSystemTest, ErrorsCarryThePathAndErrno) {
  FileSystem& files = this->files();
  const std::string f = this->path("f");
  const std::string d = this->path("d");
  const std::string missing = this->path("missing");
  this->make("f", "x");
  ASSERT_TRUE(succeeded(files.create_directory(d)));
  this->make("d/full", "");
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
  const std::string below = f + "/x";
  const Case cases[] = {
      {"create below nothing", without_value(files.open(missing + "/f", OpenFor::kCreating)),
       Code::kNotFound, ENOENT, missing + "/f"},
      {"open the nameless", without_value(files.open("", OpenFor::kReading)), Code::kNotFound,
       ENOENT, ""},
      {"open a directory", without_value(files.open(d, OpenFor::kWriting)), Code::kIo, EISDIR, d},
      {"open below a file", without_value(files.open(below, OpenFor::kReading)), Code::kIo, ENOTDIR,
       below},
      {"kind below a file", without_value(files.kind(below)), Code::kIo, ENOTDIR, below},
      {"list", without_value(files.list(missing)), Code::kNotFound, ENOENT, missing},
      {"list a file", without_value(files.list(f)), Code::kIo, ENOTDIR, f},
      {"create", files.create_directory(f), Code::kIo, EEXIST, f},
      {"create in nothing", files.create_directory(missing + "/d"), Code::kNotFound, ENOENT,
       missing + "/d"},
      {"rename", files.rename(missing, f), Code::kNotFound, ENOENT, missing},
      {"rename over a directory", files.rename(f, d), Code::kIo, EISDIR, f},
      {"rename over a file", files.rename(d, f), Code::kIo, ENOTDIR, d},
      {"rename into itself", files.rename(d, d + "/x"), Code::kIo, EINVAL, d},
      {"remove", files.remove(missing), Code::kNotFound, ENOENT, missing},
      {"remove a directory", files.remove(d), Code::kIo, EISDIR, d},
      {"sync", files.sync_directory(missing, SyncSite::kMetaDirectory), Code::kNotFound, ENOENT,
       missing},
      {"sync a file", files.sync_directory(f, SyncSite::kMetaDirectory), Code::kIo, ENOTDIR, f},
      {"lock in nothing", without_value(files.lock(missing + "/lock")), Code::kNotFound, ENOENT,
       missing + "/lock"},
      {"lock below a file", without_value(files.lock_for_reading(below)), Code::kIo, ENOTDIR,
       below},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(failed(c.status, c.code, c.path));
    ASSERT_FALSE(c.status);
    EXPECT_EQ(c.status.error().os_errno(), c.number);
  }
}

TYPED_TEST(FileSystemTest, AFullDirectoryIsNotReplaced) {
  FileSystem& files = this->files();
  ASSERT_TRUE(succeeded(files.create_directory(this->path("d"))));
  ASSERT_TRUE(succeeded(files.create_directory(this->path("e"))));
  this->make("e/f", "x");
  EXPECT_TRUE(failed(files.rename(this->path("d"), this->path("e")), Code::kIo, this->path("d")));
  EXPECT_EQ(this->content_of("e/f"), "x");
}

TYPED_TEST(FileSystemTest, AWriterKeepsAllOthersOutAndReadersKeepWritersOut) {
  FileSystem& files = this->files();
  const std::string path = this->path("lock");
  ASSERT_TRUE(succeeded(files.lock_for_reading(path))) << "without a file there is nothing to hold";
  EXPECT_EQ(files.kind(path).value(), FileKind::kMissing);
  auto writer = files.lock(path);
  ASSERT_TRUE(succeeded(writer));
  EXPECT_EQ(files.kind(path).value(), FileKind::kFile);
  EXPECT_TRUE(failed(files.lock(path), Code::kBusy, "another handle of this process"));
  EXPECT_TRUE(failed(files.lock_for_reading(path), Code::kBusy, "another handle of this process"));
  writer->reset();
  auto first = files.lock_for_reading(path);
  auto second = files.lock_for_reading(path);
  ASSERT_TRUE(succeeded(first));
  ASSERT_TRUE(succeeded(second));
  first->reset();
  EXPECT_TRUE(failed(files.lock(path), Code::kBusy, "a reader"));
  second->reset();
  EXPECT_TRUE(succeeded(files.lock(path)));
}

// ---- What only files in memory promise. ----

TEST(MemoryFiles, AnAllocationTakesNoMemoryUntilItIsWrittenTo) {
  MemoryFiles files;
  auto file = files.open("/f", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(file));
  ASSERT_TRUE(succeeded((*file)->allocate(uint64_t{1} << 40)));
  ASSERT_TRUE(succeeded((*file)->resize(uint64_t{1} << 50)));
  EXPECT_EQ((*file)->size().value(), uint64_t{1} << 50);
  EXPECT_EQ(files.memory_used(), 0U);
  ASSERT_TRUE(succeeded(write(**file, (uint64_t{1} << 41) - 1, "ab")));
  EXPECT_EQ(files.memory_used(), 2 * kChunk);
  std::array<uint8_t, 4> bytes = {9, 9, 9, 9};
  ASSERT_TRUE(succeeded((*file)->read_at((uint64_t{1} << 41) - 2, bytes)));
  EXPECT_EQ(as_text(bytes), std::string_view("\0ab\0", 4));
  ASSERT_TRUE(succeeded((*file)->resize(uint64_t{1} << 41)));
  EXPECT_EQ(files.memory_used(), kChunk) << "a cut gives back what it cuts off";
}

TEST(MemoryFiles, ARemovedFileGivesItsMemoryBackWhenItIsClosed) {
  MemoryFiles files;
  auto kept = files.open("/kept", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(kept));
  ASSERT_TRUE(succeeded(write(**kept, 0, "x")));
  auto removed = files.open("/removed", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(removed));
  ASSERT_TRUE(succeeded(write(**removed, 0, std::string(3 * kChunk, 'x'))));
  ASSERT_TRUE(succeeded(files.remove("/removed")));
  EXPECT_EQ(files.memory_used(), 4 * kChunk);
  removed->reset();
  EXPECT_EQ(files.memory_used(), kChunk);
  kept->reset();
  EXPECT_EQ(files.memory_used(), kChunk) << "a closed file that has a name stays";
}

TEST(MemoryFiles, PathsStartAtTheRootHoweverTheyAreWritten) {
  MemoryFiles files;
  EXPECT_TRUE(files.list("/").value().empty());
  EXPECT_TRUE(files.list(".").value().empty());
  ASSERT_TRUE(succeeded(files.create_directory("d")));
  ASSERT_TRUE(succeeded(files.open("d/f", OpenFor::kCreating)));
  for (const std::string path : {"/d/f", "d//f", "./d/./f", "//d/f"}) {
    EXPECT_EQ(files.kind(path).value(), FileKind::kFile) << path;
  }
  EXPECT_TRUE(failed(files.create_directory("/"), Code::kIo));
  EXPECT_TRUE(failed(files.remove("/"), Code::kIo));
  EXPECT_TRUE(failed(files.rename("/", "/e"), Code::kIo));
  EXPECT_TRUE(failed(files.rename("/d", "/"), Code::kIo));
}

TEST(MemoryFiles, TwoFileSystemsShareNothing) {
  MemoryFiles one;
  MemoryFiles other;
  ASSERT_TRUE(succeeded(one.open("/f", OpenFor::kCreating)));
  EXPECT_EQ(other.kind("/f").value(), FileKind::kMissing);
}

TEST(MemoryFiles, FilesAndLocksMayOutliveTheFileSystem) {
  auto files = std::make_unique<MemoryFiles>();
  const auto file = files->open("/f", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(file));
  const auto lock = files->lock("/lock");
  ASSERT_TRUE(succeeded(lock));
  files.reset();
  ASSERT_TRUE(succeeded(write(**file, 0, "x")));
  EXPECT_EQ(content(**file), "x");
}

TEST(MemoryFiles, NoFileIsLongerThanAnOffsetCanSay) {
  MemoryFiles files;
  const auto file = files.open("/f", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(file));
  EXPECT_TRUE(failed(write(**file, INT64_MAX, "x"), Code::kFull, "/f"));
  EXPECT_TRUE(failed(write(**file, UINT64_MAX, "x"), Code::kFull, "/f"));
  EXPECT_TRUE(failed((*file)->resize(UINT64_MAX), Code::kFull, "/f"));
  EXPECT_TRUE(failed((*file)->allocate(UINT64_MAX), Code::kFull, "/f"));
  EXPECT_EQ((*file)->size().value(), 0U);
}

// A write covers two chunks, so a reader that saw half of it would see two letters.
TEST(MemoryFiles, AReaderSeesAConcurrentWriteWholeOrNotAtAll) {
  MemoryFiles files;
  const auto file = files.open("/f", OpenFor::kCreating);
  ASSERT_TRUE(succeeded(file));
  ASSERT_TRUE(succeeded(write(**file, kChunk - 50, std::string(100, 'a'))));
  std::atomic<bool> torn = false;
  {
    std::vector<std::jthread> readers;
    readers.reserve(2);
    for (int i = 0; i < 2; ++i) {
      readers.emplace_back([&](const std::stop_token& stop) {
        std::array<uint8_t, 100> bytes = {};
        while (!stop.stop_requested()) {
          const auto got = (*file)->read_at(kChunk - 50, bytes);
          if (!got || *got != 100 || bytes.front() != bytes.back()) torn = true;
        }
      });
    }
    for (int i = 0; i < 2000; ++i) {
      const std::string text(100, static_cast<char>('a' + i % 26));
      ASSERT_TRUE(succeeded(write(**file, kChunk - 50, text)));
    }
  }
  EXPECT_FALSE(torn);
}

}  // namespace
}  // namespace stele::os
