// A term: something that an event can be found by, with the positions at which it occurs.
#pragma once

#include <cstdint>
#include <string_view>

#include "events/postings.h"

namespace stele::events {

// Values are those of the C API and of encoded queries.
enum class TermKind : uint8_t {
  kType = 1,
  kTag = 2,
  kEntity = 3,
  kCategory = 4,
  kScope = 5,
  kId = 6,           // In an index of its own: id_index.h.
  kCorrelation = 7,  // The text is the 16 bytes of the id. The same for kCausation.
  kCausation = 8,
};
inline constexpr size_t kTermKinds = 9;  // Above every one.

// In memory of the TermTable, its text right behind it.
struct Term {
  TermKind kind;
  uint32_t text_size;
  Postings postings;

  [[nodiscard]] char* text() { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(this + 1), text_size};
  }
};

}  // namespace stele::events
