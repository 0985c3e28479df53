#include "cli/line_format.h"

#include "cli/cloud_event.h"
#include "cli/line_decode.h"

namespace stele::cli {

void add_line_format(CLI::App& command, LineFormat& format) {
  const auto parse = [&format](const std::string& name) {
    if (name != "stele" && name != "cloudevents") {
      throw CLI::ValidationError("--format", "'" + name + "' is neither stele nor cloudevents");
    }
    format = name == "stele" ? LineFormat::kStele : LineFormat::kCloudEvents;
  };
  command
      .add_option_function<std::string>("--format", parse,
                                        "stele (the default) or cloudevents, version 1.0")
      ->type_name("FORMAT");
}

void decode(LineFormat format, std::string_view line, EventDraft& draft) {
  if (format == LineFormat::kCloudEvents) {
    decode_cloud_event(line, draft);
  } else {
    decode_line(line, draft);
  }
}

}  // namespace stele::cli
