/*
 * handing.h: how events are handed to the library. There are two ways, and a driver of each, which
 * must print the same: hand_events.c takes C structs, hand_records.c encoded records, as bindings
 * do.
 */
#ifndef SCENARIO_HANDING_H
#define SCENARIO_HANDING_H

#include <stele/stele.h>

/* Adds an event to a batch. */
stele_status hand_over(stele_batch* batch, const stele_new_event* event, stele_error* error);

/* Commits one event in a batch of its own. */
stele_status hand_alone(stele_db* db, const stele_new_event* event, stele_commit_result* result,
                        stele_error* error);

/* Closes what was kept for later. */
void close_hands(void);

#endif /* SCENARIO_HANDING_H */
