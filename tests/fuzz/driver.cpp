// Feeds a fuzz target without libFuzzer: all files of a corpus, then inputs that are mutations of
// them, each known by the seed and its number.
//
//   fuzz_segment CORPUS [--count=N] [--seconds=N] [--seed=N] [--first=N] [--save=FILE]
//
// --count     how many mutations; without end if it is 0
// --seconds   ends after this time, if that is earlier
// --first     number of the first mutation: to see a failure again, with its seed and --count=1
// --save      writes the last input to a file before it is tried
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mutate.h"
#include "fuzz/target.h"
#include "support/scale.h"

namespace stele::fuzz {
namespace {

constexpr unsigned kSecondsPerInput = 30;  // Longer is a hang.

struct Options {
  std::string corpus;
  uint64_t count = 1000;
  uint64_t seconds = UINT64_MAX;
  uint64_t seed = 0;
  uint64_t first = 0;
  std::string save;
};

// What the process was at when it died: read by the signal handler.
std::array<char, 200> now_at;  // NOLINT: a handler has nothing else to look at

void say_where(const std::string& text) {
  const size_t size = std::min(text.size(), now_at.size() - 1);
  std::copy_n(text.data(), size, now_at.data());
  now_at[size] = '\0';
}

extern "C" void die(int number) {
  constexpr std::string_view kHead = "fuzz: died at ";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, kHead.data(), kHead.size());
  written = ::write(STDERR_FILENO, now_at.data(), std::strlen(now_at.data()));
  written = ::write(STDERR_FILENO, "\n", 1);
  ::signal(number, SIG_DFL);
  ::raise(number);
}

void watch_for_death() {
  for (const int number : {SIGABRT, SIGALRM}) ::signal(number, die);
  if (test::kSlowness > 1) return;  // A sanitizer has handlers of its own, and needs much memory.
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::signal(number, die);
  // An input has a few KiB: who wants this much for it has believed a size that it read.
  const rlimit limit = {.rlim_cur = uint64_t{512} << 20, .rlim_max = uint64_t{512} << 20};
  ::setrlimit(RLIMIT_AS, &limit);
}

bool parse(std::string_view argument, Options& options) {
  const auto take = [&](std::string_view name, uint64_t& value) {
    if (!argument.starts_with(name)) return false;
    const std::string_view digits = argument.substr(name.size());
    const char* end = digits.data() + digits.size();
    return std::from_chars(digits.data(), end, value).ptr == end && !digits.empty();
  };
  constexpr std::string_view kSave = "--save=";
  if (argument.starts_with(kSave)) {
    options.save = argument.substr(kSave.size());
    return true;
  }
  if (!argument.starts_with("--") && options.corpus.empty()) {
    options.corpus = argument;
    return true;
  }
  return take("--count=", options.count) || take("--seconds=", options.seconds) ||
         take("--seed=", options.seed) || take("--first=", options.first);
}

std::vector<Input> read_corpus(const std::string& directory) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);  // So that a seed means the same everywhere.
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    say_where(path);
    LLVMFuzzerTestOneInput(inputs.back().data(), inputs.back().size());
  }
  return inputs;
}

void try_mutations(const Options& options, const std::vector<Input>& corpus) {
  const auto start = std::chrono::steady_clock::now();
  uint64_t tried = 0;
  for (uint64_t i = options.first; options.count == 0 || tried < options.count; ++i, ++tried) {
    const auto passed = std::chrono::steady_clock::now() - start;
    if (passed >= std::chrono::seconds(std::min<uint64_t>(options.seconds, 1U << 30))) break;
    say_where("--seed=" + std::to_string(options.seed) + " --first=" + std::to_string(i) +
              " --count=1");
    std::mt19937_64 random(options.seed * 1'000'003 + i);
    const Input input = mutate(corpus, random);
    if (!options.save.empty()) {
      std::ofstream file(options.save, std::ios::binary);
      file.write(reinterpret_cast<const char*>(input.data()),
                 static_cast<std::streamsize>(input.size()));
    }
    ::alarm(kSecondsPerInput);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  ::alarm(0);
  std::cout << tried << " mutations\n";
}

int run(const Options& options) {
  std::cout << "--seed=" << options.seed << '\n' << std::flush;
  watch_for_death();
  const std::vector<Input> corpus = read_corpus(options.corpus);
  require(!corpus.empty(), "the corpus is empty");
  // Seeds are of a real database: what refuses one has another format, and needs another corpus.
  require(accepted() > 0, "no seed of the corpus is accepted");
  const uint64_t seeds = accepted();
  std::cout << corpus.size() << " seeds, accepted: " << seeds << '\n';
  try_mutations(options, corpus);
  std::cout << "accepted: " << accepted() - seeds << '\n';
  return 0;
}

}  // namespace
}  // namespace stele::fuzz

int main(int count, char** arguments) {
  stele::fuzz::Options options;
  const char* seed = std::getenv("STELE_SEED");
  const bool same = std::getenv("STELE_SAME_SEEDS") != nullptr;  // As support/seed.h has it.
  options.seed = seed != nullptr ? std::strtoull(seed, nullptr, 10)
                 : same          ? 1
                                 : std::random_device()();
  for (int i = 1; i < count; ++i) {
    if (!stele::fuzz::parse(arguments[i], options)) {
      std::cerr << "not understood: " << arguments[i] << '\n';
      return 2;
    }
  }
  if (options.corpus.empty()) {
    std::cerr << "which corpus?\n";
    return 2;
  }
  return stele::fuzz::run(options);
}
