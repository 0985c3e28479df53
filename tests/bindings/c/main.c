/*
 * Plays a scenario through the C API, as README.txt says, and prints what each command answers.
 *
 *     bindings_driver_c FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "handing.h"

static const command* const tables[] = {
    database_commands,    batch_commands,      table_commands,  row_commands,
    transaction_commands, read_commands,       lookup_commands, subscription_commands,
    projection_commands,  maintenance_commands};

stele_error* fresh_error(void) {
  static stele_error error;
  const stele_error fresh = STELE_ERROR_INIT;
  error = fresh;
  return &error;
}

static void play(words* from) {
  const char* name = take_name(from);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; ++i) {
    for (const command* at = tables[i]; at->name != NULL; ++at) {
      if (strcmp(at->name, name) != 0) continue;
      at->play(from);
      expect_end(from);
      return;
    }
  }
  nonsense("no such command", name);
}

/* Returns the text of a file, to be freed. */
static char* read_file(const char* path) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) nonsense("the scenario cannot be opened", path);
  size_t size = 0;
  char* text = NULL;
  for (size_t room = 4096;; room *= 2) {
    text = realloc(text, room + 1);
    if (text == NULL) nonsense("no memory", path);
    size += fread(text + size, 1, room - size, file);
    if (size < room) break;
  }
  if (ferror(file)) nonsense("the scenario cannot be read", path);
  fclose(file);
  text[size] = '\0';
  return text;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fputs("usage: bindings_driver_c FILE\n", stderr);
    return 2;
  }
  char* const text = read_file(argv[1]);
  char* line = text;
  for (size_t number = 1; line != NULL; ++number) {
    char* const end = strchr(line, '\n');
    if (end != NULL) *end = '\0';
    if (*line != '\0' && *line != '#') {
      words fields = split_line(line, number);
      play(&fields);
      forget_line(&fields);
    }
    line = end == NULL ? NULL : end + 1;
  }
  close_hands();
  close_things();
  free(text);
  return fflush(stdout) == 0 ? 0 : 2;
}
