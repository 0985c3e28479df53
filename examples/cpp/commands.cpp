// A command handler that may be asked twice: the command's id is the key of the batch, so that a
// command which is sent again, because nobody knows what became of it, is carried out once. Here
// the handler is killed after the commit and before it can answer.
//   commands [DIRECTORY]    without one, in "commands.db"
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <stele/stele.hpp>
#include <string_view>

namespace {

// Carries the command "ship an order" out, or finds what it gave when it was carried out.
stele::Outcome ship(const stele::Database& db, std::string_view command_id,
                    std::string_view order) {
  stele::Batch batch = db.batch();
  batch.add({.type = "Shipped", .entity = order})
      .expect(order, 0)  // An order is shipped once.
      .key(command_id);
  return db.commit(batch);
}

void tell(const char* what, const stele::Outcome& outcome) {
  std::cout << what << ": " << outcome.name();
  if (outcome) {
    std::cout << " at " << outcome.result.first_position
              << (outcome.result.repeated != 0 ? ", as before" : "");
  }
  std::cout << '\n';
}

// Ships in a process that dies before it can answer.
bool ship_and_die(const char* path) {
  const pid_t handler = fork();
  if (handler == 0) {
    const stele::Database db = stele::Database::open(path);
    ship(db, "command-1", "order-1");
    std::raise(SIGKILL);
  }
  int died = 0;
  return handler > 0 && waitpid(handler, &died, 0) > 0 && WIFSIGNALED(died);
}

int run(const char* path) {
  if (!ship_and_die(path)) return 1;
  std::cout << "command-1: the handler died, and nobody knows whether order-1 is shipped\n";
  stele::Database db = stele::Database::open(path);
  tell("command-1, sent again", ship(db, "command-1", "order-1"));
  tell("command-1, for another order", ship(db, "command-1", "order-2"));
  tell("command-2, for order-2", ship(db, "command-2", "order-2"));
  tell("command-3, for order-2", ship(db, "command-3", "order-2"));
  db.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "commands.db");
  } catch (const stele::Error& error) {
    std::cerr << error.name() << ": " << error.what() << '\n';
    return 1;
  }
}
