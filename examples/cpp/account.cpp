// An account: reads what happened, decides, appends; and again when somebody was faster.
//   account [DIRECTORY]    without one, the database is in memory
#include <iostream>
#include <optional>
#include <stele/stele.hpp>
#include <string>

namespace {

// Books an amount, below zero for a withdrawal, unless the balance would fall below zero. Returns
// the balance, or nothing when the booking was refused.
std::optional<long> book(const stele::Database& db, long amount) {
  const std::string data = std::to_string(amount);
  for (stele::Batch batch = db.batch();; batch.clear()) {
    long balance = amount;
    for (const stele::Event& event : batch.decide(stele::Query({.entities = {"account-7"}}))) {
      balance += std::stol(std::string(event.text()));
    }
    if (balance < 0) return std::nullopt;
    batch.add({.type = "Booked", .entity = "account-7", .data = data});
    if (!db.commit(batch).conflict()) return balance;
  }
}

void tell(const char* what, std::optional<long> balance) {
  std::cout << what << ": ";
  if (balance) {
    std::cout << "the balance is " << *balance << '\n';
  } else {
    std::cout << "refused\n";
  }
}

void run(const char* path) {
  stele::Database db = stele::Database::open(path);
  tell("deposit 100", book(db, 100));
  tell("withdraw 30", book(db, -30));
  tell("withdraw 80", book(db, -80));
  tell("withdraw 70", book(db, -70));
  std::cout << "account-7 is at version " << db.stream("account-7")->sequence << '\n';
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
