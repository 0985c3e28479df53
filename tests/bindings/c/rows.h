/* rows.h: what commands of rows take and print, of tables and of transactions. */
#ifndef SCENARIO_ROWS_H
#define SCENARIO_ROWS_H

#include <stele/stele.h>

#include "words.h"

/* A range of keys; `high.data` is NULL where it goes to the end. */
typedef struct key_range {
  stele_bytes low;
  stele_bytes high;
} key_range;

key_range take_range(words* from);

/* Takes what says how to scan: the rest of the line. */
stele_scan_options take_scan_options(words* from);

/* Prints the line of a row that was looked up. */
void print_found_row(stele_status status, const stele_row* row, const stele_error* error);

/* Prints the rows that the scan has, line by line, and then END, or what went wrong; closes it.
   `status` and `error` are those of the call that made it. */
void print_scan(stele_status status, stele_scan* scan, stele_error* error);

#endif /* SCENARIO_ROWS_H */
