// Lines come with their numbers and with the offset behind them, whatever ends them.
#include "cli/line_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace stele::cli {
namespace {

struct Read {
  std::string text;
  uint64_t number;
  uint64_t end;

  bool operator==(const Read&) const = default;
};

void PrintTo(const Read& read, std::ostream* out) {
  *out << read.number << ": '" << read.text << "' ends at " << read.end;
}

// A file without a name that holds `bytes`, to be read from its start.
class Bytes {
 public:
  explicit Bytes(const std::string& bytes) : file_(std::tmpfile(), std::fclose) {
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file_.get()), bytes.size());
    std::rewind(file_.get());
  }

  [[nodiscard]] int descriptor() const { return fileno(file_.get()); }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

std::vector<Read> read_all(LineSource& source) {
  std::vector<Read> all;
  Line line;
  while (source.next(line) == LineSource::Outcome::kLine) {
    all.push_back({std::string(line.text), line.number, line.end});
  }
  return all;
}

std::vector<Read> read_all(const std::string& bytes) {
  const Bytes file(bytes);
  LineSource source(file.descriptor(), "test");
  return read_all(source);
}

using Expected = std::vector<Read>;

TEST(LineSource, ALineEndsWithLfOrCrLfOrTheInput) {
  EXPECT_EQ(read_all(""), Expected{});
  EXPECT_EQ(read_all("a"), (Expected{{"a", 1, 1}}));
  EXPECT_EQ(read_all("a\nbc\r\nd"), (Expected{{"a", 1, 2}, {"bc", 2, 6}, {"d", 3, 7}}));
  EXPECT_EQ(read_all("\n\r\n \n"), (Expected{{"", 1, 1}, {"", 2, 3}, {" ", 3, 5}}));
  EXPECT_EQ(read_all("a\rb\r\r\n"), (Expected{{"a\rb\r", 1, 6}}));
}

TEST(LineSource, AByteOrderMarkIsLeftOutAtTheStartOnly) {
  EXPECT_EQ(read_all("\xEF\xBB\xBFx\n\xEF\xBB\xBFy"),
            (Expected{{"x", 1, 5}, {"\xEF\xBB\xBFy", 2, 9}}));
}

TEST(LineSource, AnyBytesAreKept) {
  const std::string odd("\0\xFF\x80", 3);
  EXPECT_EQ(read_all(odd + "\nb"), (Expected{{odd, 1, 4}, {"b", 2, 5}}));
}

TEST(LineSource, LinesMayBeLongerThanTheBuffer) {
  const std::string first(3'000'000, 'x');
  const std::string second(262'143, 'y');
  EXPECT_EQ(read_all(first + "\r\n" + second + "\nz"),
            (Expected{{first, 1, 3'000'002}, {second, 2, 3'262'146}, {"z", 3, 3'262'147}}));
}

TEST(LineSource, SkippingCountsTheLines) {
  const Bytes file("a\nbc\nd\n");
  LineSource source(file.descriptor(), "test");
  EXPECT_EQ(source.skip_to(5), 5U);
  EXPECT_EQ(read_all(source), (Expected{{"d", 3, 7}}));
}

TEST(LineSource, SkippingMayEndInsideOfALine) {
  const Bytes file(
      "\xEF\xBB\xBF"
      "a\nbc");
  LineSource source(file.descriptor(), "test");
  EXPECT_EQ(source.skip_to(6), 6U);
  EXPECT_EQ(read_all(source), (Expected{{"c", 2, 7}}));
}

TEST(LineSource, SkippingSaysWhereTheInputEnds) {
  const Bytes file("a\nb");
  LineSource source(file.descriptor(), "test");
  EXPECT_EQ(source.skip_to(4), 3U);
  EXPECT_EQ(read_all(source), Expected{});
}

TEST(LineSource, APipeIsReadAsAFileIs) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "a\nb", 3), 3);
  LineSource source(ends[0], "test");
  Line line;
  ASSERT_EQ(source.next(line), LineSource::Outcome::kLine);
  EXPECT_EQ(line.text, "a");
  ASSERT_EQ(write(ends[1], "c\n", 2), 2);
  close(ends[1]);
  ASSERT_EQ(source.next(line), LineSource::Outcome::kLine);
  EXPECT_EQ(line.text, "bc");
  EXPECT_EQ(source.next(line), LineSource::Outcome::kEnd);
  close(ends[0]);
}

}  // namespace
}  // namespace stele::cli
