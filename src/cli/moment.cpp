#include "cli/moment.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/timestamp.h"

namespace stele::cli {

namespace {

std::expected<int64_t, std::string> parse_place(std::string_view text) {
  int64_t place = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, place);
  if (code == std::errc() && stop == end && place >= 0) return place;
  return std::unexpected(fmt::format("'{}' is not a number from 0 to 2^63 - 1", text));
}

}  // namespace

std::expected<stele_as_of, std::string> parse_moment(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const bool has_value = colon != std::string_view::npos;
  const std::string_view value = has_value ? text.substr(colon + 1) : std::string_view();
  stele_as_of moment{};
  moment.struct_size = sizeof moment;
  if (has_value && kind == "tsn") {
    moment.kind = STELE_AS_OF_TSN;
  } else if (has_value && kind == "position") {
    moment.kind = STELE_AS_OF_POSITION;
  } else if (has_value && kind == "time") {
    moment.kind = STELE_AS_OF_TIME;
  } else {
    return std::unexpected("expected tsn:N, position:N or time:TIME");
  }
  const auto at = moment.kind == STELE_AS_OF_TIME ? parse_time(value) : parse_place(value);
  if (!at) return std::unexpected(at.error());
  moment.at = *at;
  return moment;
}

void add_moment(CLI::App& command, const std::string& name, std::optional<stele_as_of>& moment,
                const std::string& help) {
  const auto parse = [name, &moment](const std::string& text) {
    const auto parsed = parse_moment(text);
    if (!parsed) throw CLI::ValidationError(name, parsed.error());
    moment = *parsed;
  };
  command.add_option_function<std::string>(name, parse, help)->type_name("MOMENT");
}

void add_moment(CLI::App& command, std::optional<stele_as_of>& moment) {
  add_moment(command, "--at", moment,
             "As of tsn:N (a commit), position:N (an event) or time:TIME; without: now");
}

}  // namespace stele::cli
