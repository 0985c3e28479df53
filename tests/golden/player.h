// Plays the commands of a script: each is a call or two of the C API, and prints what came of it.
//
// What succeeds and has nothing to tell prints nothing; what fails prints its status, what the
// error names, and the message. README.txt lists the commands.
#pragma once

#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "golden/words.h"

namespace golden {

class Player {
 public:
  explicit Player(std::string directory);
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player();

  // Returns what the command prints, lines that each end with '\n'. Throws a std::string for a
  // command that makes no sense: it is for who wrote the script.
  std::string play(const std::string& line);

 private:
  using Token = std::array<uint8_t, STELE_TOKEN_SIZE>;
  struct Command;

  void open(Words& words);
  void close();
  void keep_files(bool save);
  void guard(Words& words);
  void commit(bool check_only);
  void append(Words& words);
  void read(Words& words, bool positions_only);
  void read_for_decision(Words& words);
  void start_cursor(Words& words);
  void next(Words& words);
  void say_cursor(Words& words);
  void get(Words& words, const std::string& how);
  void data(Words& words);
  void last(Words& words);
  void stream(Words& words);
  void walk(Words& words);
  void terms(Words& words);
  void subscribe(Words& words);
  void pull(Words& words);
  void wait(Words& words);

  bool play_batch(const std::string& name, Words& words);
  bool play_read(const std::string& name, Words& words);
  bool play_subscription(const std::string& name, Words& words);
  bool play_database(const std::string& name, Words& words);

  stele_query* query(Words& words);
  stele_subscription* subscription(Words& words);
  void print_all(stele_cursor* cursor, bool positions_only);
  void print_event(const stele_event& event);
  void say(const std::string& line) { output_ += line + '\n'; }
  // Returns whether it is OK; prints what is not.
  bool ok(stele_status status);

  std::string directory_;
  std::string path_ = ":memory:";
  stele_db* db_ = nullptr;
  stele_batch* batch_ = nullptr;
  std::map<std::string, stele_cursor*> cursors_;
  std::map<std::string, stele_subscription*> subscriptions_;
  std::map<std::string, Token> tokens_;
  std::unique_ptr<QueryHandle> query_;
  bool full_ = false;  // Events with all their fields.
  stele_error error_ = STELE_ERROR_INIT;
  std::string output_;
};

}  // namespace golden
