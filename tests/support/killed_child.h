// A child of this process that says what it does until it is killed -9.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace stele::test {

// Called in the child, by any of its threads. A word that is said is whole, whoever else says one.
template <typename Word>
void say(int pipe, const Word& word) {
  static_assert(sizeof word <= PIPE_BUF);
  if (::write(pipe, &word, sizeof word) != sizeof word) ::_exit(6);
}

namespace internal {

using Clock = std::chrono::steady_clock;

inline pid_t start_child(const std::function<void(int pipe)>& run, int& pipe) {
  std::array<int, 2> ends = {};
  if (::pipe(ends.data()) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run(ends[1]);
    ::_exit(1);
  }
  ::close(ends[1]);
  pipe = ends[0];
  return child;
}

inline void wait_until_readable(int pipe, Clock::time_point deadline) {
  const std::chrono::nanoseconds left = std::max(deadline - Clock::now(), Clock::duration(0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec time = {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
  pollfd wait = {.fd = pipe, .events = POLLIN, .revents = 0};
  ::ppoll(&wait, 1, &time, nullptr);
}

// Moves whole words from `bytes` to `said`. Returns whether one of them `starts` the time.
template <typename Word>
bool take_words(std::string& bytes, std::vector<Word>& said,
                const std::function<bool(const Word&)>& starts) {
  bool started = false;
  size_t at = 0;
  for (; at + sizeof(Word) <= bytes.size(); at += sizeof(Word)) {
    Word word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    started |= starts(word);
    said.push_back(word);
  }
  bytes.erase(0, at);
  return started;
}

}  // namespace internal

// Calls `run`, which must not return, in a child with a pipe to say words to, and kills it `delay`
// after the first word that `starts` accepts, or when a minute has gone without one. Adds what it
// said to `said`. That the child ends by itself is a fatal failure.
template <typename Word>
void run_and_kill(
    const std::function<void(int pipe)>& run, std::chrono::microseconds delay,
    std::vector<Word>& said,
    const std::function<bool(const Word&)>& starts = [](const Word&) { return true; }) {
  using internal::Clock;
  int pipe = -1;
  const pid_t child = internal::start_child(run, pipe);
  ASSERT_GT(child, 0);
  std::string bytes;
  std::array<char, 65536> piece;
  bool started = false;
  auto deadline = Clock::now() + std::chrono::minutes(1);
  for (;;) {
    internal::wait_until_readable(pipe, deadline);
    if (Clock::now() >= deadline) break;
    const ssize_t got = ::read(pipe, piece.data(), piece.size());
    if (got <= 0) break;
    bytes.append(piece.data(), static_cast<size_t>(got));
    if (!internal::take_words(bytes, said, starts) || started) continue;
    started = true;
    deadline = Clock::now() + delay;
  }
  ::kill(child, SIGKILL);  // Not waited for yet, so that nobody else has its number.
  ssize_t got = 0;
  while ((got = ::read(pipe, piece.data(), piece.size())) > 0) {
    bytes.append(piece.data(), static_cast<size_t>(got));
  }
  ::close(pipe);
  internal::take_words(bytes, said, starts);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
      << "the child ended by itself: " << status;
  ASSERT_TRUE(bytes.empty()) << "half a word";
}

}  // namespace stele::test
