/*
 * commands.h: the commands of a scenario. Each takes the fields behind its own and prints.
 */
#ifndef SCENARIO_COMMANDS_H
#define SCENARIO_COMMANDS_H

#include <stdbool.h>

#include "print.h"
#include "things.h"
#include "words.h"

typedef struct command {
  const char* name;
  void (*play)(words* from);
} command;

/* Tables that end with a name of NULL. */
extern const command database_commands[];
extern const command batch_commands[];
extern const command table_commands[];
extern const command row_commands[];
extern const command transaction_commands[];
extern const command read_commands[];
extern const command lookup_commands[];
extern const command subscription_commands[];
extern const command projection_commands[];
extern const command maintenance_commands[];

/* Takes a query, which is NULL for all events. What is wrong with it is printed, and false. */
bool take_query(words* from, stele_query** query);

/* Takes the options of a read. */
stele_read_options take_read_options(words* from);

/* An error that is empty again, for the calls of a command. */
stele_error* fresh_error(void);

#endif /* SCENARIO_COMMANDS_H */
