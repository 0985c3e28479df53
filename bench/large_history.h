// The events of a large history: orders, each with two or three events, of 10,000 customers.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "sample.h"

namespace stele::bench {

// How orders are called. Numbers that ascend have their neighbours close in any index that is in
// the order of texts; names without an order, as random ids are, fall everywhere.
enum class OrderNames : uint8_t { kAscending, kScattered };

class LargeHistory {
 public:
  static constexpr uint64_t kRare = 1000;  // Events that have the rare tag, spread evenly.

  static constexpr uint64_t kStep = 10 * kRare;  // Sizes are multiples: it is measured in tenths.

  // Requires: events is a multiple of kStep, and not 0.
  LargeHistory(uint64_t events, OrderNames names) : events_(events), names_(names) {}
  [[nodiscard]] uint64_t size() const { return events_; }

  // Replaces `batch` by `count` events from number `first` on. Numbers beyond size() go on, without
  // the rare tag.
  void make(uint64_t first, uint64_t count, std::vector<Sample>& batch) const {
    batch.clear();
    for (uint64_t i = first; i < first + count; ++i) {
      batch.push_back(sample(i, {order_tag(order_of(i)), customer_tag(i), {}}));
    }
  }

  [[nodiscard]] static std::string rare_tag() { return "customer:rare"; }
  // A tag that no event has, between those of two orders, others for other numbers.
  [[nodiscard]] std::string unseen_tag(uint64_t number) const {
    return order_tag(mixed(number) % (events_ * 2 / 5)) + "x";
  }

  // What the caller gives to be kept: data, type and tags, without ids, times and positions.
  [[nodiscard]] static uint64_t logical_bytes(const Sample& event) {
    uint64_t bytes = event.data.size() + std::strlen(kSampleType);
    for (const std::string& tag : event.tags) bytes += tag.size();
    return bytes;
  }

 private:
  static constexpr uint64_t kCustomers = 10'000;
  static constexpr uint64_t kOpenOrders = 1000;

  // Spreads numbers over all 64 bits, one to one: the finalizer of MurmurHash3.
  [[nodiscard]] static uint64_t mixed(uint64_t number) {
    number = (number ^ (number >> 33)) * 0xff51afd7ed558ccdULL;
    number = (number ^ (number >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return number ^ (number >> 33);
  }

  // An order begins with every 2.5th event, and the next ones belong to any of the newest.
  [[nodiscard]] static uint64_t order_of(uint64_t number) {
    const uint64_t newest = number * 2 / 5;
    const uint64_t age = mixed(number) % kOpenOrders;
    return newest < age ? newest : newest - age;
  }
  [[nodiscard]] std::string order_tag(uint64_t order) const {
    if (names_ == OrderNames::kAscending) return "order:" + std::to_string(order);
    char text[32] = "";
    (void)std::snprintf(text, sizeof text, "order:%016" PRIx64, mixed(order));
    return text;
  }
  [[nodiscard]] std::string customer_tag(uint64_t number) const {
    if (number < events_ && number % (events_ / kRare) == 0) return rare_tag();
    return "customer:" + std::to_string(mixed(number + 1) % kCustomers);
  }

  uint64_t events_;
  OrderNames names_;
};

}  // namespace stele::bench
