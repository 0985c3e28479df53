/*
 * stele_batches.i: batches of events and what they are committed under, and their commits, under the
 * conventions of stele_core.i. What batches do with rows is in stele_tables.i.
 */
%extend NativeBatch {
  /* DATA: event records, one behind the other. */
  int32_t events(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    return stele_batch_events($self, DATA, SIZE, &reply_at(REPLY)->error);
  }
  /* DATA: a query. */
  int32_t guard(const uint8_t* DATA, size_t SIZE, uint64_t after, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_query* query;
    stele_status status = query_of(DATA, SIZE, &query, reply);
    if (status == STELE_OK) status = stele_batch_guard($self, query, after, &reply->error);
    stele_query_close(query);
    return status;
  }
  /* DATA: an entity. */
  int32_t expect(const uint8_t* DATA, size_t SIZE, uint64_t sequence, uint8_t* REPLY) {
    return stele_batch_expect($self, (const char*)DATA, SIZE, sequence, &reply_at(REPLY)->error);
  }
  /* DATA: a query. Returns a cursor, and the batch has the guard that belongs to it. */
  NativeCursor* read(const uint8_t* DATA, size_t SIZE, int32_t flags, uint64_t start,
                            uint64_t limit, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    const stele_read_options options = read_options(flags, start, limit);
    stele_cursor* cursor = NULL;
    stele_query* query;
    if (query_of(DATA, SIZE, &query, reply) == STELE_OK)
      stele_batch_read($self, query, &options, &cursor, &reply->error);
    stele_query_close(query);
    return cursor;
  }
  /* Returns a cursor over what stands in the way of a guard. */
  NativeCursor* conflicts(uint64_t guard_index, uint8_t* REPLY) {
    stele_cursor* cursor = NULL;
    stele_batch_conflicts($self, (uint32_t)guard_index, &cursor, &reply_at(REPLY)->error);
    return cursor;
  }
  /* DATA: the name of a source. */
  int32_t track(const uint8_t* DATA, size_t SIZE, uint64_t previous, uint64_t position,
                uint8_t* REPLY) {
    return stele_batch_track($self, (const char*)DATA, SIZE, previous, position,
                             &reply_at(REPLY)->error);
  }
  /* DATA: an idempotency key. */
  int32_t key(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    return stele_batch_key($self, (const char*)DATA, SIZE, &reply_at(REPLY)->error);
  }
  int32_t durability(int32_t level, uint8_t* REPLY) {
    return stele_batch_durability($self, level, &reply_at(REPLY)->error);
  }
  int32_t clear(uint8_t* REPLY) { return stele_batch_clear($self, &reply_at(REPLY)->error); }
  void close(void) { stele_batch_close($self); }
}

%extend NativeDb {
  NativeBatch* batch(uint8_t* REPLY) {
    stele_batch* batch = NULL;
    stele_batch_create($self, &batch, &reply_at(REPLY)->error);
    return batch;
  }
  /* BUFFER: a stele_commit_result. */
  int32_t commit(NativeBatch* batch, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_commit_result, out)
    return stele_commit($self, batch, out, &reply_at(REPLY)->error);
  }
  /* Adds records to the batch and commits it, all in one call; a batch that refused a record, or was
     not committed, is empty then.
     DATA: records. BUFFER: a stele_commit_result. */
  int32_t append(NativeBatch* batch, const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER,
                 size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_commit_result, out)
    stele_reply* reply = reply_at(REPLY);
    stele_status status = stele_batch_events(batch, DATA, SIZE, &reply->error);
    if (status == STELE_OK) status = stele_commit($self, batch, out, &reply->error);
    if (status != STELE_OK) stele_batch_clear(batch, NULL);
    return status;
  }
  /* BUFFER: a stele_commit_result. */
  int32_t commit_check(NativeBatch* batch, uint8_t* BUFFER, size_t CAPACITY,
                       uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_commit_result, out)
    return stele_commit_check($self, batch, out, &reply_at(REPLY)->error);
  }
  NativeTicket* commit_async(NativeBatch* batch, uint8_t* REPLY) {
    stele_ticket* ticket = NULL;
    stele_commit_async($self, batch, &ticket, &reply_at(REPLY)->error);
    return ticket;
  }
  /* DATA: the name of a source. [0] the position. */
  int32_t tracked(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    return stele_tracked($self, (const char*)DATA, SIZE, &reply->values[0], &reply->error);
  }
}
