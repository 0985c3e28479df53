// Takes the words of a line apart.
#include "golden/words.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace golden {

namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::pair<std::string, std::string> halves(const std::string& text, char at) {
  const size_t middle = text.find(at);
  if (middle == std::string::npos) return {text, ""};
  return {text.substr(0, middle), text.substr(middle + 1)};
}

template <typename T>
T parse(std::string_view text) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stop != end) throw "no number: " + std::string(text);
  return value;
}

stele_text text_of(const std::string& from) {
  return {from.data(), from.size()};
}
stele_bytes bytes_of(const std::string& from) {
  return {reinterpret_cast<const uint8_t*>(from.data()), from.size()};
}

}  // namespace

Id id_of(uint64_t number) {
  Id id = {};
  for (size_t i = 16; i > 8; number >>= 8) id[--i] = static_cast<uint8_t>(number);
  return id;
}

std::string id_text(const uint8_t* id) {
  if (id == nullptr) return "-";
  if (std::all_of(id, id + 14, [](uint8_t byte) { return byte == 0; })) {
    return std::to_string(id[14] * 256 + id[15]);
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < 16; ++i) text += {kDigits[id[i] / 16], kDigits[id[i] % 16]};
  return text;
}

uint64_t number_of(std::string_view text) {
  return text == "max" ? UINT64_MAX : parse<uint64_t>(text);
}
int64_t signed_number_of(std::string_view text) {
  return parse<int64_t>(text);
}

// ---- Words --------------------------------------------------------------------------------------

Words::Words(std::string_view line) {
  for (size_t at = 0; at < line.size();) {
    if (line[at] == ' ') {
      ++at;
      continue;
    }
    std::string word;
    bool quoted = false;
    for (bool inside = false; at < line.size() && (inside || line[at] != ' '); ++at) {
      if (line[at] == '"') {
        inside = !inside;
        quoted = true;
      } else {
        word += line[at];
      }
    }
    const size_t equals = word.find('=');
    if (!quoted && equals != std::string::npos && equals > 0) {
      options_[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      words_.push_back(word);
    }
  }
}

std::string Words::take(const char* what) {
  if (words_.empty()) throw std::string(what) + " is missing";
  std::string word = words_.front();
  words_.erase(words_.begin());
  return word;
}

std::string Words::take_or(const std::string& otherwise) {
  return words_.empty() ? otherwise : take("");
}

std::optional<std::string> Words::option(const std::string& name) {
  const auto found = options_.find(name);
  if (found == options_.end()) return std::nullopt;
  std::string value = found->second;
  options_.erase(found);
  return value;
}

bool Words::flag(const std::string& name) {
  const auto found = std::ranges::find(words_, name);
  if (found == words_.end()) return false;
  words_.erase(found);
  return true;
}

void Words::done() const {
  if (!words_.empty()) throw "not understood: " + words_.front();
  if (!options_.empty()) throw "not understood: " + options_.begin()->first + "=";
}

// ---- Queries ------------------------------------------------------------------------------------

namespace {

stele_status add_range(stele_query* query, const std::string& field, const std::string& value,
                       stele_error* error) {
  const size_t dots = value.find("..");
  if (dots == std::string::npos) throw "no range: " + value;
  const std::string from = value.substr(0, dots);
  const std::string to = value.substr(dots + 2);
  if (field == "time") {
    return stele_query_time(query, signed_number_of(from), signed_number_of(to), error);
  }
  return stele_query_positions(query, number_of(from), number_of(to), error);
}

stele_status add_field(stele_query* query, const std::string& word, stele_error* error) {
  using AddText = stele_status (*)(stele_query*, const char*, size_t, stele_error*);
  static constexpr std::pair<const char*, AddText> kTexts[] = {
      {"type", stele_query_type},     {"tag", stele_query_tag},
      {"entity", stele_query_entity}, {"prefix", stele_query_entity_prefix},
      {"scope", stele_query_scope},   {"category", stele_query_category},
  };
  const auto [field, value] = halves(word, ':');
  for (const auto& [name, add] : kTexts) {
    if (field == name) return add(query, value.data(), value.size(), error);
  }
  if (field == "correlation") {
    return stele_query_correlation(query, id_of(number_of(value)).data(), error);
  }
  if (field == "causation") {
    return stele_query_causation(query, id_of(number_of(value)).data(), error);
  }
  if (field == "time" || field == "position") return add_range(query, field, value, error);
  throw "not a field of a query: " + word;
}

}  // namespace

stele_status take_query(Words& words, QueryHandle& query, stele_error* error) {
  if (words.flag("all")) return STELE_OK;
  stele_status status = stele_query_create(&query.query, error);
  if (words.flag("none")) return status;
  if (words.words().empty()) throw std::string("a query is missing");
  while (status == STELE_OK && !words.words().empty()) {
    const std::string word = words.take("a field");
    status = word == "or" || word == "item" ? stele_query_item(query.query, error)
                                            : add_field(query.query, word, error);
  }
  return status;
}

stele_read_options take_read_options(Words& words) {
  stele_read_options options;
  stele_read_options_init(&options);
  if (words.flag("backward")) options.flags |= STELE_READ_BACKWARD;
  if (const auto start = words.option("start")) {
    options.flags |= STELE_READ_FROM;
    options.start = number_of(*start);
  }
  if (const auto limit = words.option("limit")) options.limit = number_of(*limit);
  return options;
}

// ---- Events -------------------------------------------------------------------------------------

stele_status take_event(Words& words, stele_batch* batch, stele_error* error) {
  const auto [type, braces] = halves(words.take("the type of the event"), '{');
  const std::vector<std::string> tags =
      split(std::string_view(braces).substr(0, braces.find('}')), ',');
  const std::string data = words.take_or("");
  const std::string entity = words.option("entity").value_or("");
  const std::string scope = words.option("scope").value_or("");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& pair : split(words.option("meta").value_or(""), ',')) {
    pairs.push_back(halves(pair, ':'));
  }
  stele_new_event event = {};
  event.struct_size = sizeof event;
  event.event_type = text_of(type);
  event.entity = text_of(entity);
  event.scope = text_of(scope);
  event.data = bytes_of(data);
  std::vector<stele_text> tag_views;
  for (const std::string& tag : tags) tag_views.push_back(text_of(tag));
  event.tags = tag_views.data();
  event.tag_count = tag_views.size();
  std::vector<stele_metadata> metadata;
  for (const auto& [key, value] : pairs) metadata.push_back({text_of(key), bytes_of(value)});
  event.metadata = metadata.data();
  event.metadata_count = metadata.size();
  if (const auto time = words.option("time")) {
    event.has_time = 1;
    event.time = signed_number_of(*time);
  }
  std::array<Id, 3> ids;
  const std::pair<const char*, const uint8_t**> fields[] = {
      {"id", &event.id},
      {"correlation", &event.correlation_id},
      {"causation", &event.causation_id},
  };
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto given = words.option(fields[i].first);
    if (!given) continue;
    ids[i] = id_of(number_of(*given));
    *fields[i].second = ids[i].data();
  }
  words.done();
  return stele_batch_event(batch, &event, error);
}

}  // namespace golden
