/* A command handler that may be asked twice: the command's id is the key of the batch, so that a
   command which is sent again, because nobody knows what became of it, is carried out once. Here
   the handler is killed after the commit and before it can answer.
     commands [DIRECTORY]    without one, in "commands.db" */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static stele_error error = STELE_ERROR_INIT;

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error.message);
  exit(1);
}

/* Carries the command "ship an order" out, or finds what it gave when it was carried out. */
static stele_status ship(stele_db* db, const char* command_id, const char* order,
                         stele_commit_result* result) {
  stele_new_event shipped = {.struct_size = sizeof shipped, .event_type = STELE_TEXT("Shipped")};
  stele_batch* batch;
  shipped.entity = (stele_text){order, strlen(order)};
  must(stele_batch_create(db, &batch, &error));
  must(stele_batch_event(batch, &shipped, &error));
  must(stele_batch_expect(batch, order, strlen(order), 0, &error)); /* An order is shipped once. */
  must(stele_batch_key(batch, command_id, strlen(command_id), &error));
  stele_status status = must(stele_commit(db, batch, result, &error));
  stele_batch_close(batch);
  return status;
}

static void tell(const char* what, stele_status status, const stele_commit_result* result) {
  printf("%s: %s", what, stele_status_name(status));
  if (status == STELE_OK)
    printf(" at %" PRIu64 "%s", result->first_position, result->repeated ? ", as before" : "");
  printf("\n");
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "commands.db";
  stele_commit_result result = {.struct_size = sizeof result};
  int died = 0;
  stele_db* db;

  const pid_t handler = fork();
  if (handler == 0) {
    must(stele_open(path, strlen(path), NULL, &db, &error));
    must(ship(db, "command-1", "order-1", &result));
    raise(SIGKILL);
  }
  if (handler < 0 || waitpid(handler, &died, 0) < 0 || !WIFSIGNALED(died)) return 1;
  printf("command-1: the handler died, and nobody knows whether order-1 is shipped\n");

  must(stele_open(path, strlen(path), NULL, &db, &error));
  tell("command-1, sent again", ship(db, "command-1", "order-1", &result), &result);
  tell("command-1, for another order", ship(db, "command-1", "order-2", &result), &result);
  tell("command-2, for order-2", ship(db, "command-2", "order-2", &result), &result);
  tell("command-3, for order-2", ship(db, "command-3", "order-2", &result), &result);
  must(stele_close(db, &error));
  return 0;
}
