/* print.h: what a driver prints: statuses, values and events. */
#ifndef SCENARIO_PRINT_H
#define SCENARIO_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stele/stele.h>

/*
 * Prints the line of a status that is not OK and returns false; of OK it prints nothing and returns
 * true: what is printed then, with its values, is the command's own.
 */
bool succeeded(stele_status status, const stele_error* error);

/* Prints the line of a command that has no values. */
void print_status(stele_status status, const stele_error* error);

/* Prints hexadecimal digits. */
void print_digits(const uint8_t* bytes, size_t size);

/* Prints a text as it is. */
void print_text(stele_text text);

/* Prints a tab and the size, the hash and the first bytes of data. */
void print_data(stele_bytes data);

/* Prints a tab and the fields of an event, without the end of the line. */
void print_event_fields(const stele_event* event);

/* Prints what the cursor has, line by line, and then END, or what went wrong; closes the cursor.
   `status` and `error` are those of the call that made it. */
void print_events(stele_status status, stele_cursor* cursor, stele_error* error);
void print_positions(stele_status status, stele_cursor* cursor, stele_error* error);

/* Prints the line of a commit's outcome. */
void print_commit(stele_status status, const stele_commit_result* result, const stele_error* error);

#endif /* SCENARIO_PRINT_H */
