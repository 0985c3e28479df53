#include "cli/expectation.h"

#include <fmt/format.h>
#include <stele/stele.h>

#include <charconv>

#include "cli/failure.h"

namespace stele::cli {

Expectation parse_expectation(std::string_view text, std::string_view option) {
  const auto fail = [&](std::string_view reason) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", option, reason));
  };
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) {
    fail("expected ENTITY=SEQUENCE, such as account-7=12");
  }
  Expectation expected{.entity = text.substr(0, equals)};
  const std::string_view sequence = text.substr(equals + 1);
  if (sequence == "some") {
    expected.sequence = STELE_SEQUENCE_SOME;
    return expected;
  }
  const char* const end = sequence.data() + sequence.size();
  const auto [stop, code] = std::from_chars(sequence.data(), end, expected.sequence);
  // The largest number is the one that says "some" to the library, and no entity gets there.
  if (code != std::errc() || stop != end || expected.sequence == STELE_SEQUENCE_SOME) {
    fail(fmt::format("'{}' is neither a sequence nor 'some'", sequence));
  }
  return expected;
}

}  // namespace stele::cli
