/*
 * stele_transactions.i: the transactions of the C API, under the conventions of stele_core.i and
 * stele_tables.i.
 */
%{
typedef stele_txn NativeTransaction;
%}

typedef struct {} NativeTransaction;

%extend NativeTransaction {
  /* Returns the batch of the transaction, which closes it: its owner here does not. */
  NativeBatch* batch(uint8_t* REPLY) {
    stele_batch* batch = NULL;
    stele_txn_batch($self, &batch, &reply_at(REPLY)->error);
    return batch;
  }
  /* DATA: a key. BUFFER: the row. Replies as NativeTable.get() does. */
  int32_t get(NativeTable* table, const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER,
              size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    stele_row row;
    size_t size = 0;
    stele_status status;
    memset(&row, 0, sizeof row);
    row.struct_size = sizeof row;
    status =
        stele_txn_get($self, table, DATA, SIZE, BUFFER, CAPACITY, &size, &row, &reply->error);
    reply->values[0] = size;
    reply->values[1] = row.tsn;
    reply->values[2] = row.position;
    return status;
  }
  /* DATA, DATA2: a range. The moment is for the library to refuse, unless it is now. */
  NativeScan* scan(NativeTable* table, int32_t flags, const uint8_t* DATA, size_t SIZE,
                   const uint8_t* DATA2, size_t SIZE2, int32_t bounded, int32_t kind, int64_t at,
                   uint8_t* REPLY) {
    stele_scan* scan = NULL;
    const stele_scan_options options =
        scan_options(flags, DATA, SIZE, end_of(DATA2, SIZE2, bounded), SIZE2, as_of(kind, at));
    stele_txn_scan($self, table, &options, &scan, &reply_at(REPLY)->error);
    return scan;
  }
  /* DATA: a query. */
  NativeCursor* read(const uint8_t* DATA, size_t SIZE, int32_t flags, uint64_t start,
                     uint64_t limit, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    const stele_read_options options = read_options(flags, start, limit);
    stele_cursor* cursor = NULL;
    stele_query* query;
    if (query_of(DATA, SIZE, &query, reply) == STELE_OK)
      stele_txn_read($self, query, &options, &cursor, &reply->error);
    stele_query_close(query);
    return cursor;
  }
  /* BUFFER: a stele_commit_result. */
  int32_t commit(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_commit_result, out)
    return stele_txn_commit($self, out, &reply_at(REPLY)->error);
  }
  void close(void) { stele_txn_close($self); }
}

%extend NativeDb {
  NativeTransaction* begin(int32_t isolation, uint8_t* REPLY) {
    stele_txn* txn = NULL;
    stele_txn_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.isolation = isolation;
    stele_txn_begin($self, &options, &txn, &reply_at(REPLY)->error);
    return txn;
  }
}
