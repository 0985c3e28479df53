/*
 * stele_reading.i: reading events and terms, and questions about them, under the conventions of
 * stele_core.i.
 */
%extend NativeCursor {
  /* BUFFER: records. [0] bytes used, or needed; [1] events. */
  int32_t next_batch(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    uint32_t count = 0;
    stele_status status =
        stele_cursor_next_batch($self, BUFFER, CAPACITY, &used, &count, &reply->error);
    reply->values[0] = used;
    reply->values[1] = count;
    return status;
  }
  /* BUFFER: a stele_cursor_info. */
  int32_t info(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_cursor_info, out)
    return stele_cursor_info_get($self, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_cursor_close($self); }
}

%extend NativeTerms {
  /* BUFFER: the text of the next term. [0] its bytes; [1] count; [2] first, [3] last position. */
  int32_t next(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_term term;
    stele_status status;
    if (CAPACITY < STELE_TERM_MAX) return wrong_size(reply, "a term's text");
    memset(&term, 0, sizeof term);
    term.struct_size = sizeof term;
    status = stele_terms_next($self, &term, &reply->error);
    if (status != STELE_OK) return status;
    if (term.text.size > 0) memcpy(BUFFER, term.text.data, term.text.size);
    reply->values[0] = term.text.size;
    reply->values[1] = term.count;
    reply->values[2] = term.first_position;
    reply->values[3] = term.last_position;
    return STELE_OK;
  }
  void close(void) { stele_terms_close($self); }
}

%extend NativeDb {
  /* DATA: a query. */
  NativeCursor* read(const uint8_t* DATA, size_t SIZE, int32_t flags, uint64_t start,
                            uint64_t limit, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    const stele_read_options options = read_options(flags, start, limit);
    stele_cursor* cursor = NULL;
    stele_query* query;
    if (query_of(DATA, SIZE, &query, reply) == STELE_OK)
      stele_read($self, query, &options, &cursor, &reply->error);
    stele_query_close(query);
    return cursor;
  }
  /* DATA: an entity. */
  NativeCursor* stream_read(const uint8_t* DATA, size_t SIZE, int32_t flags, uint64_t start,
                                   uint64_t limit, uint8_t* REPLY) {
    const stele_read_options options = read_options(flags, start, limit);
    stele_cursor* cursor = NULL;
    stele_stream_read($self, (const char*)DATA, SIZE, &options, &cursor, &reply_at(REPLY)->error);
    return cursor;
  }
  NativeCursor* walk(uint64_t position, int32_t kind, uint8_t* REPLY) {
    stele_cursor* cursor = NULL;
    stele_walk($self, position, kind, &cursor, &reply_at(REPLY)->error);
    return cursor;
  }
  /* BUFFER: the record. [0] its bytes, or those needed. So the two below. */
  int32_t get(uint64_t position, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status = stele_get($self, position, BUFFER, CAPACITY, &used, &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* DATA: the 16 bytes of an id. */
  int32_t get_by_id(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                    uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status;
    if (SIZE != 16) return wrong_size(reply, "an id");
    status = stele_get_by_id($self, DATA, BUFFER, CAPACITY, &used, &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* DATA: an entity. */
  int32_t latest(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                 uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status = stele_latest($self, (const char*)DATA, SIZE, BUFFER, CAPACITY, &used,
                                       &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* BUFFER: a part of the event's data. [0] bytes read; [1] bytes in all. */
  int32_t data_read(uint64_t position, uint64_t offset, uint8_t* BUFFER, size_t CAPACITY,
                    uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status = stele_data_read($self, position, offset, BUFFER, CAPACITY, &used,
                                          &reply->values[1], &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* DATA: a query. */
  int32_t exists(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_query* query;
    stele_status status = query_of(DATA, SIZE, &query, reply);
    if (status == STELE_OK) status = stele_exists($self, query, &reply->error);
    stele_query_close(query);
    return status;
  }
  /* DATA: a query. [0] the count. */
  int32_t count(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_query* query;
    stele_status status = query_of(DATA, SIZE, &query, reply);
    if (status == STELE_OK) status = stele_count($self, query, &reply->values[0], &reply->error);
    stele_query_close(query);
    return status;
  }
  /* DATA: a query. BUFFER: a uint64_t for each of its items. */
  int32_t last(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
               uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_query* query;
    stele_status status = query_of(DATA, SIZE, &query, reply);
    if (status == STELE_OK)
      status = stele_last($self, query, (uint64_t*)BUFFER, CAPACITY / 8, &reply->error);
    stele_query_close(query);
    return status;
  }
  /* [0] the position. */
  int32_t position_at(int64_t time, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    return stele_position_at($self, time, &reply->values[0], &reply->error);
  }
  /* DATA: an entity. BUFFER: a stele_stream_info. */
  int32_t stream_get(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                     uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_stream_info, out)
    return stele_stream_get($self, (const char*)DATA, SIZE, out, &reply_at(REPLY)->error);
  }
  /* DATA: a prefix. */
  NativeTerms* terms(int32_t kind, const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    stele_terms* terms = NULL;
    stele_terms_open($self, kind, (const char*)DATA, SIZE, &terms, &reply_at(REPLY)->error);
    return terms;
  }
}
