// Commands that read: queries, cursors, single events, streams, walks, terms, subscriptions.
#include <stdexcept>
#include <vector>

#include "golden/player.h"

namespace golden {

namespace {

constexpr size_t kBuffer = 65536;

std::string text_of(const stele_text& from) {
  return from.size == 0 ? std::string() : std::string(from.data, from.size);
}
std::string text_of(const stele_bytes& from) {
  return from.size == 0 ? std::string()
                        : std::string(reinterpret_cast<const char*>(from.data), from.size);
}

stele_event empty_view() {
  stele_event view = {};
  view.struct_size = sizeof view;
  return view;
}

// Type, tags, entity and its sequence, data: what scripts are about.
std::string brief(const stele_event& event) {
  std::string line = std::to_string(event.position) + " " + text_of(event.event_type);
  for (uint32_t i = 0; i < event.tag_count; ++i) {
    stele_text tag = {};
    (void)stele_event_tag(&event, i, &tag);
    line += (i == 0 ? "{" : ",") + text_of(tag);
  }
  if (event.tag_count > 0) line += "}";
  if (event.entity.size > 0) {
    line += " " + text_of(event.entity) + "#" + std::to_string(event.sequence);
  }
  if (event.data.size > 0) line += " \"" + text_of(event.data) + "\"";
  return line;
}

std::string rest(const stele_event& event) {
  std::string line = " tsn " + std::to_string(event.tsn) + " recorded " +
                     std::to_string(event.recorded) + " time " + std::to_string(event.time);
  line += " id " + id_text(event.id);
  if (event.scope.size > 0) line += " scope " + text_of(event.scope);
  if (event.correlation_id != nullptr) line += " correlation " + id_text(event.correlation_id);
  if (event.causation_id != nullptr) line += " causation " + id_text(event.causation_id);
  for (uint32_t i = 0; i < event.metadata_count; ++i) {
    stele_metadata pair = {};
    (void)stele_event_metadata(&event, i, &pair);
    line += " " + text_of(pair.key) + "=\"" + text_of(pair.value) + "\"";
  }
  return line;
}

template <typename T>
T& named(std::map<std::string, T>& all, const std::string& name) {
  const auto found = all.find(name);
  if (found == all.end()) throw "nothing has the name " + name;
  return found->second;
}

}  // namespace

void Player::print_event(const stele_event& event) {
  say(brief(event) + (full_ ? rest(event) : ""));
}

void Player::print_all(stele_cursor* cursor, bool positions_only) {
  std::string line;
  for (;;) {
    stele_event view = empty_view();
    const stele_status status = stele_cursor_next(cursor, &view, &error_);
    if (status == STELE_END) break;
    if (!ok(status)) return;
    if (positions_only) {
      line += (line.empty() ? "" : " ") + std::to_string(view.position);
    } else {
      print_event(view);
    }
  }
  if (positions_only) say(line.empty() ? "nothing" : line);
}

void Player::read(Words& words, bool positions_only) {
  const stele_read_options options = take_read_options(words);
  stele_query* what = query(words);
  stele_cursor* cursor = nullptr;
  if (ok(stele_read(db_, what, &options, &cursor, &error_))) print_all(cursor, positions_only);
  stele_cursor_close(cursor);
}

void Player::start_cursor(Words& words) {
  const std::string name = words.take("a name");
  const stele_read_options options = take_read_options(words);
  stele_query* what = query(words);
  stele_cursor_close(cursors_[name]);
  (void)ok(stele_read(db_, what, &options, &cursors_[name], &error_));
}

void Player::next(Words& words) {
  stele_cursor* cursor = named(cursors_, words.take("a cursor"));
  stele_event view = empty_view();
  if (ok(stele_cursor_next(cursor, &view, &error_))) print_event(view);
}

void Player::say_cursor(Words& words) {
  stele_cursor_info info = {};
  info.struct_size = sizeof info;
  if (!ok(stele_cursor_info_get(named(cursors_, words.take("a cursor")), &info, &error_))) return;
  say("as of tsn " + std::to_string(info.tsn) + ", head " + std::to_string(info.store_head) +
      ", last returned " + std::to_string(info.last_returned));
}

void Player::get(Words& words, const std::string& how) {
  const std::string which = words.take("which event");
  std::vector<uint8_t> buffer(kBuffer);
  size_t used = 0;
  stele_status status = STELE_OK;
  if (how == "get") {
    status = stele_get(db_, number_of(which), buffer.data(), buffer.size(), &used, &error_);
  } else if (how == "id") {
    status = stele_get_by_id(db_, id_of(number_of(which)).data(), buffer.data(), buffer.size(),
                             &used, &error_);
  } else {
    status =
        stele_latest(db_, which.data(), which.size(), buffer.data(), buffer.size(), &used, &error_);
  }
  stele_event view = empty_view();
  if (ok(status) && ok(stele_event_decode(buffer.data(), used, &view, &error_))) print_event(view);
}

void Player::data(Words& words) {
  const uint64_t position = number_of(words.take("a position"));
  const uint64_t offset = number_of(words.take("an offset"));
  std::vector<uint8_t> buffer(number_of(words.take("a size")));
  size_t used = 0;
  uint64_t total = 0;
  if (ok(stele_data_read(db_, position, offset, buffer.data(), buffer.size(), &used, &total,
                         &error_))) {
    say("\"" + std::string(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(used)) +
        "\" of " + std::to_string(total) + " bytes");
  }
}

void Player::last(Words& words) {
  const size_t count = number_of(words.option("items").value_or("1"));
  std::vector<uint64_t> positions(count);
  stele_query* what = query(words);
  if (!ok(stele_last(db_, what, positions.data(), count, &error_))) return;
  std::string line;
  for (const uint64_t position : positions) line += std::to_string(position) + " ";
  line.pop_back();
  say(line);
}

void Player::stream(Words& words) {
  const std::string entity = words.take("an entity");
  if (words.flag("info")) {
    stele_stream_info info = {};
    info.struct_size = sizeof info;
    if (!ok(stele_stream_get(db_, entity.data(), entity.size(), &info, &error_))) return;
    say("sequence " + std::to_string(info.sequence) + ", positions " +
        std::to_string(info.first_position) + " to " + std::to_string(info.last_position));
    return;
  }
  const stele_read_options options = take_read_options(words);
  stele_cursor* cursor = nullptr;
  if (ok(stele_stream_read(db_, entity.data(), entity.size(), &options, &cursor, &error_))) {
    print_all(cursor, /*positions_only=*/false);
  }
  stele_cursor_close(cursor);
}

void Player::walk(Words& words) {
  static const std::map<std::string, int32_t> kKinds = {
      {"ancestors", STELE_WALK_ANCESTORS},
      {"causes", STELE_WALK_CAUSES},
      {"effects", STELE_WALK_EFFECTS},
      {"correlation", STELE_WALK_CORRELATION},
  };
  const auto kind = kKinds.find(words.take("a kind"));
  if (kind == kKinds.end()) throw std::string("not a kind of walk");
  const uint64_t position = number_of(words.take("a position"));
  stele_cursor* cursor = nullptr;
  if (ok(stele_walk(db_, position, kind->second, &cursor, &error_))) print_all(cursor, false);
  stele_cursor_close(cursor);
}

void Player::terms(Words& words) {
  static const std::map<std::string, int32_t> kKinds = {
      {"type", STELE_TERM_TYPE},   {"tag", STELE_TERM_TAG},           {"entity", STELE_TERM_ENTITY},
      {"scope", STELE_TERM_SCOPE}, {"category", STELE_TERM_CATEGORY},
  };
  const auto kind = kKinds.find(words.take("a kind"));
  if (kind == kKinds.end()) throw std::string("not a kind of terms");
  const std::string prefix = words.take_or("");
  stele_terms* terms = nullptr;
  stele_term term = {};
  term.struct_size = sizeof term;
  stele_status status =
      stele_terms_open(db_, kind->second, prefix.data(), prefix.size(), &terms, &error_);
  if (status == STELE_OK) {
    while ((status = stele_terms_next(terms, &term, &error_)) == STELE_OK) {
      say(text_of(term.text) + ": " + std::to_string(term.count) + ", positions " +
          std::to_string(term.first_position) + " to " + std::to_string(term.last_position));
    }
  }
  if (status != STELE_END) (void)ok(status);
  stele_terms_close(terms);
}

bool Player::play_read(const std::string& name, Words& words) {
  uint64_t number = 0;
  if (name == "read" || name == "positions") {
    read(words, name == "positions");
  } else if (name == "cursor") {
    start_cursor(words);
  } else if (name == "next") {
    next(words);
  } else if (name == "info") {
    say_cursor(words);
  } else if (name == "get" || name == "id" || name == "latest") {
    get(words, name);
  } else if (name == "data") {
    data(words);
  } else if (name == "exists") {
    if (ok(stele_exists(db_, query(words), &error_))) say("yes");
  } else if (name == "count") {
    if (ok(stele_count(db_, query(words), &number, &error_))) say(std::to_string(number));
  } else if (name == "last") {
    last(words);
  } else if (name == "head") {
    if (ok(stele_head(db_, &number, &error_))) say(std::to_string(number));
  } else if (name == "at") {
    const int64_t time = signed_number_of(words.take("a time"));
    if (ok(stele_position_at(db_, time, &number, &error_))) say(std::to_string(number));
  } else if (name == "stream") {
    stream(words);
  } else if (name == "walk") {
    walk(words);
  } else if (name == "terms") {
    terms(words);
  } else {
    return false;
  }
  words.done();
  return true;
}

// ---- Subscriptions ------------------------------------------------------------------------------

stele_subscription* Player::subscription(Words& words) {
  return named(subscriptions_, words.take("a subscription"));
}

void Player::subscribe(Words& words) {
  const std::string name = words.take("a name");
  stele_subscribe_options options;
  stele_subscribe_options_init(&options);
  if (words.flag("new")) options.flags = STELE_SUBSCRIBE_NEW;
  if (const auto after = words.option("after")) options.after = number_of(*after);
  if (const auto token = words.option("token")) {
    options.token = named(tokens_, *token).data();
    options.token_size = STELE_TOKEN_SIZE;
  }
  stele_query* what = query(words);
  stele_subscription_close(subscriptions_[name]);
  (void)ok(stele_subscribe(db_, what, &options, &subscriptions_[name], &error_));
}

// Pulls what is there: `one` event, or as many as there are. Never waits.
void Player::pull(Words& words) {
  stele_subscription* from = subscription(words);
  stele_subscription_info info = {};
  info.struct_size = sizeof info;
  stele_status status = STELE_OK;
  if (words.flag("one")) {
    stele_event view = empty_view();
    status = stele_subscription_next(from, 0, &view, &info, &error_);
    if (ok(status)) print_event(view);
  } else {
    std::vector<uint8_t> buffer(kBuffer);
    size_t used = 0;
    uint32_t count = 0;
    status = stele_subscription_next_batch(from, 0, buffer.data(), buffer.size(), &used, &count,
                                           &info, &error_);
    if (ok(status) && count == 0) say("OK without events");
    for (size_t at = 0; at < used;) {
      stele_event view = empty_view();
      if (!ok(stele_event_decode(&buffer[at], used - at, &view, &error_))) return;
      print_event(view);
      at += view.record.size;
    }
  }
  if (status != STELE_OK && status != STELE_TIMEOUT) return;
  say("through " + std::to_string(info.through) + " of " + std::to_string(info.head) +
      (info.caught_up != 0 ? ", caught up" : ""));
}

void Player::wait(Words& words) {
  std::vector<const void*> handles;
  while (!words.words().empty()) handles.push_back(subscription(words));
  size_t index = 0;
  if (ok(stele_wait_any(handles.data(), handles.size(), 0, &index, &error_))) {
    say("handle " + std::to_string(index));
  }
}

bool Player::play_subscription(const std::string& name, Words& words) {
  if (name == "subscribe") {
    subscribe(words);
  } else if (name == "pull") {
    pull(words);
  } else if (name == "token") {
    const std::string token = words.take("a name");
    (void)ok(stele_subscription_token(subscription(words), tokens_[token].data(), &error_));
  } else if (name == "interrupt") {
    (void)ok(stele_interrupt(subscription(words), &error_));
  } else if (name == "unsubscribe") {
    stele_subscription_close(subscription(words));
  } else if (name == "wait") {
    wait(words);
  } else {
    return false;
  }
  words.done();
  return true;
}

}  // namespace golden
