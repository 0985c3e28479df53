// A consumer whose effects are in the same database: it records how far it is in the commit that
// has the effect, so that each order gets one letter, wherever the consumer is killed, and even if
// two of them run.
//   follow_with_track [DIRECTORY]    without one, the database is in memory
#include <iostream>
#include <optional>
#include <stele/stele.hpp>

namespace {

// Writes the letter for one order, and with it that the orders are worked off up to there.
stele::Outcome write_letter(const stele::Database& db, const stele::Event& order,
                            std::uint64_t previous) {
  stele::Batch batch = db.batch();
  batch.add({.type = "LetterWritten", .entity = order.entity(), .causation_id = order.id()})
      .track("letters", order.position(), previous);
  return db.commit(batch);
}

stele::Subscription subscribe(const stele::Database& db, std::uint64_t after) {
  return db.subscribe(stele::Query({.types = {"OrderPlaced"}}), {.after = after});
}

// Writes the letters that are missing, at most so many: then it "crashes".
void work(const stele::Database& db, const char* who, int letters_max) {
  std::uint64_t done = db.tracked("letters").value_or(0);
  stele::Subscription orders = subscribe(db, done);
  for (int i = 0; i < letters_max; ++i) {
    const std::optional<stele::Event> order = orders.next(stele::kNoWait);
    if (!order) break;
    std::cout << who << ": the letter for " << order->entity() << ": "
              << write_letter(db, *order, done).name() << '\n';
    done = order->position();
  }
}

void run(const char* path) {
  stele::Database db = stele::Database::open(path);
  for (const char* order : {"order-1", "order-2", "order-3"}) {
    db.append({.type = "OrderPlaced", .entity = order});
  }
  work(db, "first", 1);

  // One that began as the second did, but is slower, loses: nothing is written twice.
  const std::uint64_t done = db.tracked("letters").value_or(0);
  stele::Subscription slow = subscribe(db, done);
  const std::optional<stele::Event> order = slow.next(stele::kNoWait);
  work(db, "second", 10);
  std::cout << "slow: the letter for " << order->entity() << ": "
            << write_letter(db, *order, done).name() << '\n';

  std::cout << "worked off up to " << *db.tracked("letters") << '\n';
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
