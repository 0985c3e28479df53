/*
 * words.h: the fields of a scenario's line, and the values that they stand for.
 *
 * A field that makes no sense ends the program with a message that names the line.
 */
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stele/stele.h>

typedef struct words {
  char** fields;
  size_t count;
  size_t next; /* The first that nobody has taken. */
} words;

/* Ends the program: the scenario is wrong. */
_Noreturn void nonsense(const char* what, const char* field);

/* Splits the line, which is number `number` and changed by that, at its tabs. */
words split_line(char* line, size_t number);

/* Frees the fields, and every value that was taken from this line. */
void forget_line(words* from);

/* Returns memory that forget_line() frees. */
void* borrow(size_t size);

/* Returns the next field as it is, NULL behind the last. */
const char* peek_word(const words* from);

/* Takes the next field if it is `word`. */
bool take_word(words* from, const char* word);

/* Takes the next field as it is: a word or a name. Such are their own values. */
const char* take_name(words* from);

/* Takes the next field as bytes or text: see README.txt. They live until forget_line(). */
stele_bytes take_bytes(words* from);
stele_text take_text(words* from);

/* Takes the next field as the 16 bytes of an id. */
const uint8_t* take_id(words* from);

/* Takes the next field as a number. */
uint64_t take_number(words* from);
int64_t take_time(words* from);

/* Takes what a table keeps, if it is said: "all", "commits" and a number, "time" and microseconds.
 */
stele_table_options take_table_options(words* from);

/* Takes the next field, one of `count` words, and returns which. */
size_t take_choice(words* from, const char* const* choices, size_t count);

/* Ends the program if a field is left. */
void expect_end(const words* from);

#endif /* SCENARIO_WORDS_H */
