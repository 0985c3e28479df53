#include "cli/event_print.h"

#include "cli/line_encode.h"
#include "cli/table.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

std::string joined_tags(const stele_event& event) {
  std::string joined;
  for (uint32_t index = 0; index < event.tag_count; ++index) {
    stele_text tag{};
    stele_event_tag(&event, index, &tag);
    if (index > 0) joined += ' ';
    joined += shown(tag);
  }
  return joined;
}

// The start of the data: no terminal shows more, and it may be long.
std::string shown_data(const stele_event& event) {
  constexpr size_t kShown = 4096;
  const std::string_view data(reinterpret_cast<const char*>(event.data.data), event.data.size);
  return printable(data.substr(0, kShown));
}

}  // namespace

std::string shown(stele_text text) {
  return printable(std::string_view{text.data, text.size});
}

std::string short_time(int64_t time) {
  constexpr size_t kSecondsEnd = sizeof("2026-11-21T11:32:35") - 1;
  std::string text;
  if (append_timestamp(text, time)) {
    text.resize(kSecondsEnd);
    text[text.find('T')] = ' ';
  }
  return text;
}

void print_lines(EventStream& events, Output& output) {
  stele_event event{};
  std::string line;
  while (events.next(event)) {
    line.clear();
    append_event_line(line, event, LineStyle::kRead);
    output.write(line);
  }
}

void print_table(EventStream& events, Output& output) {
  Table table(output,
              {{"POSITION", true}, {"TIME (UTC)"}, {"TYPE"}, {"ENTITY"}, {"TAGS"}, {"DATA"}},
              output_columns());
  stele_event event{};
  while (events.next(event)) {
    table.add({std::to_string(event.position), short_time(event.time), shown(event.event_type),
               shown(event.entity), joined_tags(event), shown_data(event)});
  }
  table.flush();
}

}  // namespace stele::cli
