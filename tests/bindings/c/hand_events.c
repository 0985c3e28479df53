/* Hands over events as structs, each that is alone in a new batch. */
#include "handing.h"

stele_status hand_over(stele_batch* batch, const stele_new_event* event, stele_error* error) {
  return stele_batch_event(batch, event, error);
}

stele_status hand_alone(stele_db* db, const stele_new_event* event, stele_commit_result* result,
                        stele_error* error) {
  stele_batch* batch = NULL;
  stele_status status = stele_batch_create(db, &batch, error);
  if (status == STELE_OK) status = stele_batch_event(batch, event, error);
  if (status == STELE_OK) status = stele_commit(db, batch, result, error);
  stele_batch_close(batch);
  return status;
}

void close_hands(void) {}
