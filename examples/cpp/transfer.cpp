// Money moves between two accounts, all or nothing: both events are one commit, and each account
// must still have the version that the decision was made at.
//   transfer [DIRECTORY]    without one, the database is in memory
#include <iostream>
#include <stele/stele.hpp>
#include <string>

namespace {

struct Account {
  std::string name;
  long balance = 0;
  std::uint64_t version = 0;
};

Account load(const stele::Database& db, const std::string& name) {
  Account account{name};
  for (const stele::Event& event : db.read_stream(name)) {
    account.balance += std::stol(std::string(event.text()));
    account.version = event.sequence();
  }
  return account;
}

// Adds to the batch what an account loses or gets, and the version that it must have for that.
void add(stele::Batch& batch, const Account& to, const char* type, long amount) {
  batch.add({.type = type, .entity = to.name, .data = std::to_string(amount)})
      .expect(to.name, to.version);
}

// Commits a transfer that was decided with these accounts; a conflict when one has changed since.
stele::Outcome commit_transfer(const stele::Database& db, const Account& from, const Account& to,
                               long amount) {
  stele::Batch batch = db.batch();
  add(batch, from, "Withdrawn", -amount);
  add(batch, to, "Deposited", amount);
  return db.commit(batch);
}

// Returns "too little" when there is too little to transfer.
const char* transfer(const stele::Database& db, const char* from_name, const char* to_name,
                     long amount) {
  for (;;) {
    const Account from = load(db, from_name);
    const Account to = load(db, to_name);
    if (from.balance < amount) return "too little";
    if (commit_transfer(db, from, to, amount)) return "done";
  }
}

void show(const stele::Database& db) {
  std::cout << "ada has " << load(db, "ada").balance << ", bob has " << load(db, "bob").balance
            << '\n';
}

void run(const char* path) {
  stele::Database db = stele::Database::open(path);
  db.append({{.type = "Deposited", .entity = "ada", .data = "100"},
             {.type = "Deposited", .entity = "bob", .data = "10"}});
  show(db);
  std::cout << "70 from ada to bob: " << transfer(db, "ada", "bob", 70) << '\n';
  std::cout << "70 from ada to bob: " << transfer(db, "ada", "bob", 70) << '\n';
  show(db);

  // Two clerks read the same accounts; the second one to commit has to look again.
  const Account ada = load(db, "ada");
  const Account bob = load(db, "bob");
  std::cout << "first clerk: " << commit_transfer(db, bob, ada, 50).name() << '\n';
  const stele::Outcome second = commit_transfer(db, bob, ada, 50);
  std::cout << "second clerk: " << second.name() << ", guard " << second.guard << " found version "
            << second.sequence << '\n';
  std::cout << "second clerk again: " << transfer(db, "bob", "ada", 50) << '\n';
  show(db);
  db.close();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : ":memory:");
  } catch (const stele::Error& error) {
    std::cerr << error.name() << ": " << error.what() << '\n';
    return 1;
  }
}
