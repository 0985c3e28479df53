// A consumer whose state is elsewhere, here in a file: it stores the subscription's token together
// with the state, in one step, and resumes there after a restart. No event is counted twice or left
// out, wherever the consumer is killed.
//   follow_with_token [DIRECTORY]    without one, in "follow.db"; the state is in DIRECTORY.state
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <stele/stele.hpp>
#include <string>

namespace {

// The consumer's state, as it is in the file.
struct State {
  stele::Token token = {};
  bool has_token = false;
  long sold = 0;
};

State load(const std::string& file) {
  State state;
  std::FILE* in = std::fopen(file.c_str(), "rb");
  if (in == nullptr) return state;  // The first start.
  const bool whole = std::fread(&state, sizeof state, 1, in) == 1;
  if (std::fclose(in) != 0 || !whole) throw std::runtime_error(file + " cannot be read");
  return state;
}

// Writes a new file and puts it in the old one's place: it is there as a whole or not at all.
void save(const std::string& file, const State& state) {
  const std::string fresh = file + ".new";
  std::FILE* out = std::fopen(fresh.c_str(), "wb");
  if (out == nullptr) throw std::runtime_error(fresh + " cannot be made");
  const bool written = std::fwrite(&state, sizeof state, 1, out) == 1 && std::fflush(out) == 0 &&
                       fsync(fileno(out)) == 0;
  if (std::fclose(out) != 0 || !written || std::rename(fresh.c_str(), file.c_str()) != 0) {
    throw std::runtime_error(file + " cannot be written");
  }
}

// Counts the sales that are new since the last time. A consumer that runs for ever would wait where
// this one looks only.
void count_sales(const stele::Database& db, const std::string& file) {
  State state = load(file);
  int fresh = 0;
  stele::SubscribeOptions options;
  if (state.has_token) options.token = state.token;
  stele::Subscription sales = db.subscribe(stele::Query({.types = {"BookSold"}}), options);
  while (sales.next(stele::kNoWait)) {
    ++fresh;
    ++state.sold;
    state.has_token = true;
    state.token = sales.token();
    save(file, state);  // The state and the token, in one step.
  }
  std::cout << fresh << " new, " << state.sold << " sold\n";
}

void sell(const stele::Database& db, int copies) {
  for (int i = 0; i < copies; ++i) db.append({.type = "BookSold"});
  db.append({.type = "ShopCleaned"});
}

void run(const std::string& path) {
  for (const int copies : {3, 2, 0}) {  // Each round is a restart.
    stele::Database db = stele::Database::open(path);
    sell(db, copies);
    count_sales(db, path + ".state");
    db.close();
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "follow.db");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
