// The seed of a random test: a new one each run, printed, and STELE_SEED=n to see a failure again.
// With STELE_SAME_SEEDS each test has its own and keeps it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace stele::test {

class Seed {
 public:
  Seed() {
    const char* given = std::getenv("STELE_SEED");
    value_ = given != nullptr ? std::strtoull(given, nullptr, 10) : unasked();
    std::cout << "[   SEED   ] STELE_SEED=" << value_ << '\n';
  }

  // Returns a generator; `stream` tells those of several threads apart.
  [[nodiscard]] std::mt19937_64 generator(uint64_t stream = 0) const {
    return std::mt19937_64(value_ * 1000003 + stream);
  }
  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  static uint64_t unasked() {
    if (std::getenv("STELE_SAME_SEEDS") == nullptr) return std::random_device()();
    uint64_t hash = 14695981039346656037U;  // FNV-1a.
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    for (const char c : test != nullptr ? std::string(test->name()) : std::string()) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return hash >> 32U;
  }

  uint64_t value_;
};

// The seeds of a search for a run that goes wrong: first one from which it is known to, so that
// what is sure to be found is found at once; then new ones, for when programs have changed since.
class Search {
 public:
  explicit Search(uint64_t known) : known_(known) {}
  [[nodiscard]] uint64_t seed(uint64_t run) const {
    return run == 0 && std::getenv("STELE_SEED") == nullptr ? known_ : seed_.value() + run;
  }

 private:
  uint64_t known_;
  Seed seed_;
};

// Returns a number in [low, high], both included.
template <typename Generator>
[[nodiscard]] uint64_t between(Generator& random, uint64_t low, uint64_t high) {
  return std::uniform_int_distribution<uint64_t>(low, high)(random);
}

}  // namespace stele::test
