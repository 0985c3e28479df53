// Doctors on call: one may go home as long as another one stays, and so many ask at once that each
// sees the others there. A transaction reads the table and writes to it, and its commit is refused
// if what it has read has changed; transact() begins it again then. The row and the event are one
// commit.
//   on_call [DIRECTORY]    without one, the database is in memory
#include <iostream>
#include <stele/stele.hpp>
#include <string>
#include <thread>

namespace {

constexpr int kDoctors = 8;

class Ward {
 public:
  explicit Ward(const char* path) : db_(stele::Database::open(path)) {
    db_.create_table("doctors");  // Or there is one.
    doctors_ = db_.table("doctors").value();
  }

  // How many are on call, as the transaction sees it.
  int count(const stele::Transaction& t) const {
    int found = 0;
    for ([[maybe_unused]] const stele::Row& row : t.scan(doctors_)) ++found;
    return found;
  }
  int count() const { return count(db_.begin()); }

  void come(const std::string& name) const {
    db_.transact([&](stele::Transaction& t) {
      t.put(doctors_, name, name).batch().add({.type = "CameOnCall", .entity = name});
    });
  }
  // False: nobody else is on call.
  bool go(const std::string& name) const {
    bool may_go = false;
    db_.transact([&](stele::Transaction& t) {
      may_go = count(t) > 1;
      if (may_go) leave(t, name);
    });
    return may_go;
  }

  // Both look before one of them has gone.
  void go_together(const char* how, stele_isolation isolation) const {
    stele::Transaction ada = db_.begin({.isolation = isolation});
    stele::Transaction bob = db_.begin({.isolation = isolation});
    if (count(ada) > 1) leave(ada, "ada");
    if (count(bob) > 1) leave(bob, "bob");
    const stele::Outcome first = ada.commit();
    std::cout << how << ": ada " << first.name() << ", bob " << bob.commit().name() << '\n';
  }

 private:
  void leave(stele::Transaction& t, const std::string& name) const {
    t.delete_row(doctors_, name).batch().add({.type = "WentHome", .entity = name});
  }

  stele::Database db_;
  stele::Table doctors_;  // A row for each who is on call.
};

// Sends every second doctor home. Returns how many went.
int send_home(const Ward& ward, int first) {
  int gone = 0;
  for (int i = first; i < kDoctors; i += 2) {
    if (ward.go("doctor-" + std::to_string(i))) ++gone;
  }
  return gone;
}

void run(const char* path) {
  const Ward ward(path);
  ward.come("ada");
  ward.come("bob");
  ward.go_together("serializable", STELE_ISOLATION_SERIALIZABLE);
  std::cout << "bob asks again: " << (ward.go("bob") ? "he may go" : "nobody else is on call")
            << '\n';
  ward.come("ada");
  ward.go_together("snapshot", STELE_ISOLATION_SNAPSHOT);  // Write skew: nobody is left.

  for (int i = 0; i < kDoctors; ++i) ward.come("doctor-" + std::to_string(i));
  int others = 0;
  std::thread thread([&] { others = send_home(ward, 1); });
  const int mine = send_home(ward, 0);
  thread.join();
  std::cout << "two threads, " << kDoctors << " doctors: " << mine + others << " went home\n"
            << "on call in the end: " << ward.count() << '\n';
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
