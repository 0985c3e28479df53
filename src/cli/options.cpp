#include "cli/options.h"

#include <charconv>

#include "cli/timestamp.h"

namespace stele::cli {

void add_database(CLI::App& command, std::string& path) {
  command.add_option("DB", path, "The database's directory")->required();
}

CLI::Option* add_text(CLI::App& command, const std::string& name, std::optional<std::string>& text,
                      const std::string& help) {
  const auto store = [&text](const std::string& value) { text = value; };
  return command.add_option_function<std::string>(name, store, help)->type_name("TEXT");
}

CLI::Option* add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& texts,
                       const std::string& help) {
  return command.add_option(name, texts, help)->allow_extra_args(false);
}

CLI::Option* add_number(CLI::App& command, const std::string& name, std::optional<uint64_t>& number,
                        const std::string& help) {
  const auto parse = [name, &number](const std::string& text) {
    uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc() || stop != end) {
      throw CLI::ValidationError(name, "'" + text + "' is not a number from 0 to 2^64 - 1");
    }
    number = value;
  };
  return command.add_option_function<std::string>(name, parse, help)->type_name("N");
}

CLI::Option* add_uuids(CLI::App& command, const std::string& name, std::vector<Uuid>& uuids,
                       const std::string& help) {
  const auto parse = [name, &uuids](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const auto uuid = parse_uuid(text);
      if (!uuid) {
        throw CLI::ValidationError(
            name, "'" + text + "' is not a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91");
      }
      uuids.push_back(*uuid);
    }
  };
  return command.add_option_function<std::vector<std::string>>(name, parse, help)
      ->allow_extra_args(false)
      ->type_name("UUID");
}

CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<int64_t>& time,
                      const std::string& help) {
  const auto parse = [name, &time](const std::string& text) {
    const auto parsed = parse_time(text);
    if (!parsed) throw CLI::ValidationError(name, parsed.error());
    time = *parsed;
  };
  return command.add_option_function<std::string>(name, parse, help)->type_name("TIME");
}

std::vector<std::string> split_empty_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> split;
  bool only_positionals = false;
  for (const std::string& argument : arguments) {
    if (argument == "--") only_positionals = true;
    const bool empty_value = argument.size() > 3 && argument.starts_with("--") &&
                             argument.find('=') == argument.size() - 1;
    if (empty_value && !only_positionals) {
      split.push_back(argument.substr(0, argument.size() - 1));
      split.emplace_back();
    } else {
      split.push_back(argument);
    }
  }
  return split;
}

}  // namespace stele::cli
