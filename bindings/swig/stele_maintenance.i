/*
 * stele_maintenance.i: a database as a whole, and work in steps on it, under the conventions of
 * stele_core.i.
 */
%extend NativeVerify {
  /* BUFFER: a stele_verify_progress. */
  int32_t step(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_verify_progress, out)
    return stele_verify_step($self, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_verify_close($self); }
}

%extend NativeBackup {
  /* BUFFER: a stele_backup_progress. */
  int32_t step(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_backup_progress, out)
    return stele_backup_step($self, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_backup_close($self); }
}

%extend NativeCompact {
  /* BUFFER: a stele_compact_progress. */
  int32_t step(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_compact_progress, out)
    return stele_compact_step($self, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_compact_close($self); }
}

%extend NativeRepair {
  /* BUFFER: a stele_repair_progress. */
  int32_t step(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_repair_progress, out)
    return stele_repair_step($self, out, &reply_at(REPLY)->error);
  }
  /* BUFFER: the stele_table_info of a table that is left out. */
  int32_t left_out(int32_t index, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_table_info, out)
    return stele_repair_left_out($self, (uint32_t)index, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_repair_close($self); }
}

%extend NativeDb {
  int32_t close(uint8_t* REPLY) { return stele_close($self, &reply_at(REPLY)->error); }
  int32_t sync(uint8_t* REPLY) { return stele_sync($self, &reply_at(REPLY)->error); }
  int32_t checkpoint(uint8_t* REPLY) { return stele_checkpoint($self, &reply_at(REPLY)->error); }
  int32_t test_clock_set(int64_t time, uint8_t* REPLY) {
    return stele_test_clock_set($self, time, &reply_at(REPLY)->error);
  }
  /* [0] the position. */
  int32_t head(uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    return stele_head($self, &reply->values[0], &reply->error);
  }
  /* BUFFER: a stele_stats. */
  int32_t stats(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_stats, out)
    return stele_stats_get($self, out, &reply_at(REPLY)->error);
  }

  NativeVerify* verify(uint8_t* REPLY) {
    stele_verify* verify = NULL;
    stele_verify_open($self, &verify, &reply_at(REPLY)->error);
    return verify;
  }
  /* DATA: the path of the copy. */
  NativeBackup* backup(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    stele_backup* backup = NULL;
    stele_backup_open($self, (const char*)DATA, SIZE, &backup, &reply_at(REPLY)->error);
    return backup;
  }
  NativeCompact* compact(uint8_t* REPLY) {
    stele_compact* compact = NULL;
    stele_compact_open($self, &compact, &reply_at(REPLY)->error);
    return compact;
  }
  /* DATA: what. BUFFER: text. [0] its bytes, or those needed. */
  int32_t inspect(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                  uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status = stele_inspect($self, (const char*)DATA, SIZE, (char*)BUFFER, CAPACITY,
                                        &used, &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* BUFFER: the receipt. [0] its bytes, or those needed. */
  int32_t receipt(uint64_t position, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    stele_status status = stele_receipt($self, position, BUFFER, CAPACITY, &used, &reply->error);
    reply->values[0] = used;
    return status;
  }
  /* DATA: a receipt. */
  int32_t receipt_check(const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    return stele_receipt_check($self, DATA, SIZE, &reply_at(REPLY)->error);
  }
}
