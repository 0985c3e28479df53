/*
 * stele_following.i: what is waited for, tickets and subscriptions, under the conventions of
 * stele_core.i.
 */
%extend NativeTicket {
  /* BUFFER: a stele_commit_result. */
  int32_t wait_for(int64_t timeout_ms, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_commit_result, out)
    return stele_ticket_wait($self, timeout_ms, out, &reply_at(REPLY)->error);
  }
  int32_t interrupt(uint8_t* REPLY) { return stele_interrupt($self, &reply_at(REPLY)->error); }
  void close(void) { stele_ticket_close($self); }
  /* The handle as a number, for wait_any(). */
  uint64_t number(void) { return (uint64_t)(uintptr_t)$self; }
}

%extend NativeSubscription {
  /* BUFFER: records. [0] bytes used, or needed; [1] events; on OK and TIMEOUT [2] through, [3] head,
     [4] caught up. */
  int32_t next_batch(int64_t timeout_ms, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_subscription_info info;
    size_t used = 0;
    uint32_t count = 0;
    stele_status status;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    status = stele_subscription_next_batch($self, timeout_ms, BUFFER, CAPACITY, &used, &count,
                                           &info, &reply->error);
    return followed(status, used, count, &info, reply);
  }
  /* BUFFER: STELE_TOKEN_SIZE bytes. */
  int32_t token(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    if (CAPACITY < STELE_TOKEN_SIZE) return wrong_size(reply_at(REPLY), "a token");
    return stele_subscription_token($self, BUFFER, &reply_at(REPLY)->error);
  }
  int32_t interrupt(uint8_t* REPLY) { return stele_interrupt($self, &reply_at(REPLY)->error); }
  void close(void) { stele_subscription_close($self); }
  /* The handle as a number, for wait_any(). */
  uint64_t number(void) { return (uint64_t)(uintptr_t)$self; }
}

%extend NativeDb {
  /* DATA: a query. DATA2: a token, or nothing. */
  NativeSubscription* subscribe(const uint8_t* DATA, size_t SIZE, int32_t flags,
                                       uint64_t after, const uint8_t* DATA2, size_t SIZE2,
                                       uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_subscription* subscription = NULL;
    stele_query* query;
    stele_subscribe_options options;
    stele_subscribe_options_init(&options);
    options.flags = (uint32_t)flags;
    options.after = after;
    options.token = SIZE2 == 0 ? NULL : DATA2;
    options.token_size = SIZE2;
    if (query_of(DATA, SIZE, &query, reply) == STELE_OK)
      stele_subscribe($self, query, &options, &subscription, &reply->error);
    stele_query_close(query);
    return subscription;
  }
}
