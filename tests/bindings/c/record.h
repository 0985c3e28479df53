/*
 * record.h: encodes events as docs/format.md, "Event", has it, for stele_batch_events(): what every
 * binding does in its own language, here in C, for the tests and for a fair benchmark.
 */
#ifndef SCENARIO_RECORD_H
#define SCENARIO_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <stele/stele.h>

/*
 * Returns the bytes that the record of an event takes, and stores where its data begins in it;
 * 0 when a part is larger than its size has room for, or than is allowed.
 */
size_t record_size(const stele_new_event* event, size_t* payload);

/* Writes the record, which takes record_size() bytes, to `to`. Needs no zeros there. */
void record_write(const stele_new_event* event, size_t size, size_t payload, uint8_t* to);

#endif /* SCENARIO_RECORD_H */
