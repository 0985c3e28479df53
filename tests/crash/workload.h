// Random batches: what callers of a database may ask for, including what it has to refuse.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crash/ledger.h"
#include "crash/submission.h"
#include "sim/dice.h"

namespace stele::crash {

class Workload {
 public:
  // `size_max` bounds what one event holds; batches are numbered from behind `number` on.
  // `ledger` must outlive the workload.
  Workload(uint64_t seed, const Ledger& ledger, uint64_t size_max, uint64_t number = 0)
      : dice_(seed, 0x776f726b), ledger_(ledger), size_max_(size_max), number_(number) {}

  // From now on no event holds less, and no batch has more.
  void set_shape(uint64_t size_min, uint64_t events_max) {
    size_min_ = size_min;
    events_max_ = events_max;
  }

  // Returns the next batch of `caller`. Its guards hold, or one of them cannot, by what the ledger
  // has learned; so nothing else may be under way.
  SubmissionPointer next(uint64_t caller = 1);

  // Returns batches for as many callers, to be submitted at the same time. Some want the same thing
  // under a guard, so that exactly one of those (`may_fail`) is to succeed.
  std::vector<SubmissionPointer> burst(size_t callers);

  sim::Dice& dice() { return dice_; }

 private:
  SubmissionPointer begin(uint64_t caller);
  void add_event(Submission& submission, const std::vector<std::string>& tags);
  uint64_t event_size();
  void add_guard(Submission& submission);
  void add_failing_guard(Submission& submission);
  void add_tracking(Submission& submission, bool fails);
  std::string source() { return dice_.chance(50) ? "orders" : "mail"; }

  sim::Dice dice_;
  const Ledger& ledger_;
  uint64_t size_max_;
  uint64_t size_min_ = 0;
  uint64_t events_max_ = 20;
  uint64_t number_;
};

}  // namespace stele::crash
