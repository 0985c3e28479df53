/* records.h: the record of a single event, in a buffer that is made as large as it has to be. */
#ifndef SCENARIO_RECORDS_H
#define SCENARIO_RECORDS_H

#include <stele/stele.h>

#include "words.h"

/* How a record is found: by exactly one of these, the first that is not 0 or NULL. */
typedef struct sought {
  const uint8_t* id;
  stele_text entity;
  uint64_t position;
} sought;

/* Copies the record of an event into borrowed memory. */
stele_status copy_record(stele_db* db, const sought* which, stele_bytes* record,
                         stele_error* error);

#endif /* SCENARIO_RECORDS_H */
