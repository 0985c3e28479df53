// Commands that open databases and commit batches; player_read.cpp has those that read.
#include "golden/player.h"

#include <filesystem>
#include <utility>

namespace golden {

namespace fs = std::filesystem;

Player::Player(std::string directory) : directory_(std::move(directory)) {}

Player::~Player() {
  close();
}

bool Player::ok(stele_status status) {
  if (status == STELE_OK) return true;
  std::string line = stele_status_name(status);
  if (error_.guard != STELE_NO_GUARD) line += " guard " + std::to_string(error_.guard);
  if (error_.position != 0) line += " position " + std::to_string(error_.position);
  if (error_.sequence != 0) line += " sequence " + std::to_string(error_.sequence);
  if (error_.offset != 0) line += " offset " + std::to_string(error_.offset);
  say(error_.message[0] == '\0' ? line : line + ": " + error_.message);
  return false;
}

stele_query* Player::query(Words& words) {
  query_ = std::make_unique<QueryHandle>();
  const stele_status status = take_query(words, *query_, &error_);
  words.done();
  if (!ok(status)) throw std::string();
  return query_->query;
}

std::string Player::play(const std::string& line) {
  output_.clear();
  error_ = STELE_ERROR_INIT;
  Words words(line);
  const std::string name = words.take("a command");
  try {
    if (name == "open") {
      open(words);
    } else if (db_ == nullptr) {
      throw std::string("no database is open");
    } else if (!play_batch(name, words) && !play_read(name, words) &&
               !play_subscription(name, words) && !play_database(name, words)) {
      throw "no such command: " + name;
    }
  } catch (const std::string& wrong) {
    if (!wrong.empty()) throw;  // An empty one says that a status was printed.
  }
  return output_;
}

// ---- The database -------------------------------------------------------------------------------

void Player::open(Words& words) {
  if (db_ != nullptr) close();
  stele_options options;
  stele_options_init(&options);
  options.test_clock = 1;
  options.test_time = signed_number_of(words.option("time").value_or("1000"));
  options.test_seed = number_of(words.option("seed").value_or("1"));
  options.strict_after = words.flag("strict-after") ? 1 : 0;
  options.mode = words.flag("read-only") ? STELE_OPEN_READ_ONLY : STELE_OPEN_CREATE;
  const std::string where = words.take_or("memory");
  path_ = where == "memory" ? ":memory:" : directory_ + "/" + where;
  words.done();
  if (!ok(stele_open(path_.data(), path_.size(), &options, &db_, &error_))) return;
  (void)ok(stele_batch_create(db_, &batch_, &error_));
}

void Player::close() {
  for (const auto& [name, cursor] : cursors_) stele_cursor_close(cursor);
  for (const auto& [name, one] : subscriptions_) stele_subscription_close(one);
  cursors_.clear();
  subscriptions_.clear();
  query_.reset();
  stele_batch_close(std::exchange(batch_, nullptr));
  (void)ok(stele_close(std::exchange(db_, nullptr), &error_));
}

// A backup is made and restored while the database is closed.
void Player::keep_files(bool save) {
  close();
  const std::string backup = path_ + ".backup";
  const auto& [from, to] = save ? std::pair(path_, backup) : std::pair(backup, path_);
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

bool Player::play_database(const std::string& name, Words& words) {
  if (name == "close") {
    close();
  } else if (name == "backup" || name == "restore") {
    keep_files(name == "backup");
  } else if (name == "clock") {
    const int64_t time = signed_number_of(words.take("a time"));
    (void)ok(stele_test_clock_set(db_, time, &error_));
  } else if (name == "figures") {
    stele_stats stats;
    stele_stats_init(&stats);
    if (!ok(stele_stats_get(db_, &stats, &error_))) return true;
    say("tsn " + std::to_string(stats.tsn) + ", head " + std::to_string(stats.head) +
        ", committed " + std::to_string(stats.commits) + ", rejected " +
        std::to_string(stats.commits_rejected) + ", repeated " +
        std::to_string(stats.commits_repeated));
  } else if (name == "show") {
    full_ = words.take("what to show") == "everything";
  } else {
    return false;
  }
  words.done();
  return true;
}

// ---- Batches ------------------------------------------------------------------------------------

void Player::guard(Words& words) {
  const std::string after = words.option("after").value_or("0");
  stele_query* what = query(words);
  (void)ok(stele_batch_guard(batch_, what, number_of(after), &error_));
}

void Player::commit(bool check_only) {
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  const auto call = check_only ? stele_commit_check : stele_commit;
  if (!ok(call(db_, batch_, &result, &error_))) return;
  std::string line = result.repeated != 0 ? "repeated: " : "";
  line += "tsn " + std::to_string(result.tsn);
  if (result.first_position == 0) {
    line += ", no position";
  } else if (result.event_count == 1) {
    line += ", position " + std::to_string(result.first_position);
  } else {
    line += ", positions " + std::to_string(result.first_position) + " to " +
            std::to_string(result.last_position);
  }
  say(check_only && result.repeated == 0 ? "would be committed" : line);
}

// An event and its commit, in a batch of its own: as somebody else would.
void Player::append(Words& words) {
  stele_batch* mine = batch_;
  if (ok(stele_batch_create(db_, &batch_, &error_)) && ok(take_event(words, batch_, &error_))) {
    commit(/*check_only=*/false);
  }
  stele_batch_close(std::exchange(batch_, mine));
}

void Player::read_for_decision(Words& words) {
  const stele_read_options options = take_read_options(words);
  stele_query* what = query(words);
  stele_cursor* cursor = nullptr;
  if (ok(stele_batch_read(batch_, what, &options, &cursor, &error_))) {
    print_all(cursor, /*positions_only=*/false);
  }
  stele_cursor_close(cursor);
}

bool Player::play_batch(const std::string& name, Words& words) {
  if (name == "append") {
    append(words);
  } else if (name == "event") {
    (void)ok(take_event(words, batch_, &error_));
  } else if (name == "guard") {
    guard(words);
  } else if (name == "expect") {
    const std::string entity = words.take("an entity");
    const std::string sequence = words.take("a sequence, none or some");
    const uint64_t expected = sequence == "some"   ? STELE_SEQUENCE_SOME
                              : sequence == "none" ? 0
                                                   : number_of(sequence);
    (void)ok(stele_batch_expect(batch_, entity.data(), entity.size(), expected, &error_));
  } else if (name == "track") {
    const std::string source = words.take("a source");
    const uint64_t position = number_of(words.take("a position"));
    const uint64_t previous = number_of(words.option("previous").value_or("max"));
    (void)ok(stele_batch_track(batch_, source.data(), source.size(), previous, position, &error_));
  } else if (name == "tracked") {
    const std::string source = words.take("a source");
    uint64_t position = 0;
    if (ok(stele_tracked(db_, source.data(), source.size(), &position, &error_))) {
      say(std::to_string(position));
    }
  } else if (name == "key") {
    const std::string key = words.take("a key");
    (void)ok(stele_batch_key(batch_, key.data(), key.size(), &error_));
  } else if (name == "decide") {
    read_for_decision(words);
  } else if (name == "conflicts") {
    const auto number = static_cast<uint32_t>(number_of(words.take("the number of a guard")));
    stele_cursor* cursor = nullptr;
    if (ok(stele_batch_conflicts(batch_, number, &cursor, &error_))) {
      print_all(cursor, /*positions_only=*/false);
    }
    stele_cursor_close(cursor);
  } else if (name == "commit" || name == "check") {
    commit(name == "check");
  } else if (name == "clear") {
    (void)ok(stele_batch_clear(batch_, &error_));
  } else {
    return false;
  }
  words.done();
  return true;
}

}  // namespace golden
