// The events that Stele and SQLite both write: 256 bytes of data, and tags of every frequency.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stele::bench {

inline constexpr size_t kSampleDataSize = 256;
inline constexpr const char* kSampleType = "StudentEnrolled";

// What a scan has seen; given back so that no compiler leaves it out.
struct Seen {
  uint64_t events = 0;
  uint64_t bytes = 0;
};

// Cheap to make, for that is measured, too.
struct Sample {
  std::array<uint8_t, 16> id = {};
  std::array<std::string, 3> tags;  // Those that are not empty.
  std::span<const uint8_t, kSampleDataSize> data;
};

// The tags of the event of a number: one event in 1,000 has the same course, one in 10 the same
// shift, and no other the same student.
[[nodiscard]] inline std::string course_tag(uint64_t number) {
  return "course:" + std::to_string(number % 1000);
}
[[nodiscard]] inline std::string shift_tag(uint64_t number) {
  return "shift:" + std::to_string(number % 10);
}
[[nodiscard]] inline std::string student_tag(uint64_t number) {
  return "student:" + std::to_string(number);
}

// Returns the event of a number with the tags that are given.
[[nodiscard]] inline Sample sample(uint64_t number, std::array<std::string, 3> tags) {
  static constexpr std::array<uint8_t, kSampleDataSize> kData = {1, 2, 3};
  Sample made = {.id = {}, .tags = std::move(tags), .data = kData};
  std::memcpy(made.id.data(), &number, sizeof number);
  return made;
}

// Replaces `events` by `count` others from `first` on, with a course and a student each.
inline void make_samples(uint64_t first, uint64_t count, std::vector<Sample>& events) {
  events.clear();
  for (uint64_t i = first; i < first + count; ++i) {
    events.push_back(sample(i, {course_tag(i), student_tag(i), {}}));
  }
}

}  // namespace stele::bench
