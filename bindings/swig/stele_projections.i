/*
 * stele_projections.i: the projections of the C API, under the conventions of stele_core.i and
 * stele_tables.i.
 */
%{
typedef stele_projection NativeProjection;
%}

typedef struct {} NativeProjection;

%extend NativeProjection {
  /* DATA: a schema. DATA2: a name. */
  NativeTable* table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                     int32_t history, int64_t amount, uint8_t* REPLY) {
    const stele_table_options options = table_options(history, amount);
    stele_table* table = NULL;
    stele_projection_table($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2, &options,
                           &table, &reply_at(REPLY)->error);
    return table;
  }
  /* BUFFER: records. Replies as NativeSubscription.next_batch() does. */
  int32_t next_batch(int64_t timeout_ms, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_subscription_info info;
    size_t used = 0;
    uint32_t count = 0;
    stele_status status;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    status = stele_projection_next_batch($self, timeout_ms, BUFFER, CAPACITY, &used, &count, &info,
                                         &reply->error);
    return followed(status, used, count, &info, reply);
  }
  /* DATA: a key. DATA2: a row. */
  int32_t put(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
              size_t SIZE2, uint64_t position, uint8_t* REPLY) {
    return stele_projection_put($self, table, DATA, SIZE, DATA2, SIZE2, position,
                                &reply_at(REPLY)->error);
  }
  /* DATA: a key. */
  int32_t delete_row(NativeTable* table, const uint8_t* DATA, size_t SIZE, uint64_t position,
                     uint8_t* REPLY) {
    return stele_projection_delete($self, table, DATA, SIZE, position, &reply_at(REPLY)->error);
  }
  /* DATA, DATA2: a range. */
  int32_t delete_range(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                       size_t SIZE2, int32_t bounded, uint64_t position, uint8_t* REPLY) {
    return stele_projection_delete_range($self, table, DATA, SIZE, end_of(DATA2, SIZE2, bounded),
                                         SIZE2, position, &reply_at(REPLY)->error);
  }
  int32_t commit(uint8_t* REPLY) {
    return stele_projection_commit($self, &reply_at(REPLY)->error);
  }
  int32_t switch_over(uint8_t* REPLY) {
    return stele_projection_switch($self, &reply_at(REPLY)->error);
  }
  /* BUFFER: a stele_projection_info. */
  int32_t describe(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_projection_info, out)
    return stele_projection_describe($self, out, &reply_at(REPLY)->error);
  }
  int32_t interrupt(uint8_t* REPLY) { return stele_interrupt($self, &reply_at(REPLY)->error); }
  void close(void) { stele_projection_close($self); }
  /* The handle as a number, for wait_any(). */
  uint64_t number(void) { return (uint64_t)(uintptr_t)$self; }
}

%extend NativeDb {
  /* DATA: a name. DATA2: a query. */
  NativeProjection* projection(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                               int32_t flags, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_projection* projection = NULL;
    stele_query* query;
    if (query_of(DATA2, SIZE2, &query, reply) == STELE_OK)
      stele_projection_open($self, (const char*)DATA, SIZE, query, (uint32_t)flags, &projection,
                            &reply->error);
    stele_query_close(query);
    return projection;
  }
  /* DATA: a name. BUFFER: a stele_projection_state. */
  int32_t next_projection(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                          uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_projection_state, out)
    return stele_projections_next($self, (const char*)DATA, SIZE, out, &reply_at(REPLY)->error);
  }
  /* DATA: a name. */
  int32_t drop_projection(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    return stele_projection_drop($self, (const char*)DATA, SIZE, &reply_at(REPLY)->error);
  }
  /* DATA: a name. */
  int32_t wait_applied(const uint8_t* DATA, size_t SIZE, uint64_t position, int64_t timeout_ms,
                       uint8_t* REPLY) {
    return stele_wait_applied($self, (const char*)DATA, SIZE, position, timeout_ms,
                              &reply_at(REPLY)->error);
  }
}
