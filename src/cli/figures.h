// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace stele::cli {

// "1,234,567"
[[nodiscard]] std::string format_count(uint64_t count);

// "512 B", "1.2 MiB"
[[nodiscard]] std::string format_bytes(uint64_t bytes);

// "0:04", "12:30", "1:02:03"
[[nodiscard]] std::string format_duration(double seconds);

// "1 event", "2 events"; `noun` is the singular.
[[nodiscard]] std::string format_counted(uint64_t count, const char* noun);

// How many per second, as a count; 0 when no time has passed.
[[nodiscard]] uint64_t rate_of(uint64_t count, double seconds);

}  // namespace stele::cli
