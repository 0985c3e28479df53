/*
 * stele_tables.i: the tables of the C API, under the conventions of stele_core.i.
 *
 * TEXTS    A schema of size 0 is "root". Several texts of one call that are more than two are one DATA,
 *          one behind the other, and a size of each but the last.
 * RANGES   are from DATA on, up to but without DATA2; where `bounded` is 0, DATA2 is nothing and the
 *          range goes to the end.
 * MOMENTS  of a read are two numbers: a stele_as_of_kind and what it is of.
 * KEYS     of one call are one DATA, one behind the other, and DATA2: their sizes, 32 bits each as the
 *          machine has them.
 */
%{
#include <stdlib.h>

typedef stele_table NativeTable;
typedef stele_scan NativeScan;
typedef stele_row_history NativeRowHistory;

static stele_table_options table_options(int32_t history, int64_t amount) {
  stele_table_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.history = history;
  options.history_amount = (uint64_t)amount;
  return options;
}

static stele_as_of as_of(int32_t kind, int64_t at) {
  stele_as_of moment;
  memset(&moment, 0, sizeof moment);
  moment.struct_size = sizeof moment;
  moment.kind = kind;
  moment.at = at;
  return moment;
}

/* The end of a range: the C API takes NULL for none, and memory of size 0 may be at NULL here. */
static const uint8_t* end_of(const uint8_t* data, size_t size, int32_t bounded) {
  if (!bounded) return NULL;
  return size == 0 ? (const uint8_t*)"" : data;
}

static stele_scan_options scan_options(int32_t flags, const uint8_t* low, size_t low_size,
                                       const uint8_t* high, size_t high_size, stele_as_of moment) {
  stele_scan_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.flags = (uint32_t)flags;
  options.low.data = low;
  options.low.size = low_size;
  options.high.data = high;
  options.high.size = high_size;
  options.as_of = moment;
  return options;
}

/* Makes KEYS into what the C API takes, to be freed. NULL: there is no memory for that. */
static stele_bytes* keys_of(const uint8_t* data, const uint8_t* sizes, size_t count) {
  stele_bytes* keys = (stele_bytes*)malloc((count + 1) * sizeof *keys);
  size_t i;
  for (i = 0; keys != NULL && i < count; ++i) {
    uint32_t size;
    memcpy(&size, sizes + i * sizeof size, sizeof size);
    keys[i].data = data;
    keys[i].size = size;
    data += size;
  }
  return keys;
}
%}

typedef struct {} NativeTable;
typedef struct {} NativeScan;
typedef struct {} NativeRowHistory;

%extend NativeBatch {
  /* DATA: a key. DATA2: a row. */
  int32_t put(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
              size_t SIZE2, uint8_t* REPLY) {
    return stele_batch_put($self, table, DATA, SIZE, DATA2, SIZE2, &reply_at(REPLY)->error);
  }
  /* DATA: a key. */
  int32_t delete_row(NativeTable* table, const uint8_t* DATA, size_t SIZE, uint8_t* REPLY) {
    return stele_batch_delete($self, table, DATA, SIZE, &reply_at(REPLY)->error);
  }
  /* DATA, DATA2: a range. */
  int32_t delete_range(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                       size_t SIZE2, int32_t bounded, uint8_t* REPLY) {
    return stele_batch_delete_range($self, table, DATA, SIZE, end_of(DATA2, SIZE2, bounded), SIZE2,
                                    &reply_at(REPLY)->error);
  }
  /* DATA: a schema. DATA2: a name. */
  int32_t create_table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                       int32_t history, int64_t amount, uint8_t* REPLY) {
    const stele_table_options options = table_options(history, amount);
    return stele_batch_table_create($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2,
                                    &options, &reply_at(REPLY)->error);
  }
  int32_t drop_table(NativeTable* table, uint8_t* REPLY) {
    return stele_batch_table_drop($self, table, &reply_at(REPLY)->error);
  }
  /* DATA: a schema. DATA2: a name. */
  int32_t rename_table(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                       size_t SIZE2, uint8_t* REPLY) {
    return stele_batch_table_rename($self, table, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2,
                                    &reply_at(REPLY)->error);
  }
  /* DATA: a key. */
  int32_t expect_row(NativeTable* table, const uint8_t* DATA, size_t SIZE, uint64_t tsn,
                     uint8_t* REPLY) {
    return stele_batch_expect_row($self, table, DATA, SIZE, tsn, &reply_at(REPLY)->error);
  }
  /* DATA: a key. DATA2: a row. */
  int32_t expect_value(NativeTable* table, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                       size_t SIZE2, uint8_t* REPLY) {
    return stele_batch_expect_value($self, table, DATA, SIZE, DATA2, SIZE2,
                                    &reply_at(REPLY)->error);
  }
  /* DATA, DATA2: a range. */
  int32_t expect_unchanged(NativeTable* table, const uint8_t* DATA, size_t SIZE,
                           const uint8_t* DATA2, size_t SIZE2, int32_t bounded, uint64_t since,
                           uint8_t* REPLY) {
    return stele_batch_expect_unchanged($self, table, DATA, SIZE, end_of(DATA2, SIZE2, bounded),
                                        SIZE2, since, &reply_at(REPLY)->error);
  }
}

%extend NativeTable {
  /* BUFFER: a stele_table_info. */
  int32_t describe(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_table_info, out)
    return stele_table_describe($self, out, &reply_at(REPLY)->error);
  }
  /* DATA: a key. BUFFER: the row. [0] its bytes, or those needed; [1] TSN; [2] position. */
  int32_t get(int32_t kind, int64_t at, const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER,
              size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    const stele_as_of moment = as_of(kind, at);
    stele_row row;
    size_t size = 0;
    stele_status status;
    memset(&row, 0, sizeof row);
    row.struct_size = sizeof row;
    status = stele_table_get($self, &moment, DATA, SIZE, BUFFER, CAPACITY, &size, &row,
                             &reply->error);
    reply->values[0] = size;
    reply->values[1] = row.tsn;
    reply->values[2] = row.position;
    return status;
  }
  /* DATA, DATA2: keys. BUFFER: rows, as stele_table_get_many() has them. [0] bytes used, or needed. */
  int32_t get_many(int32_t kind, int64_t at, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                   size_t SIZE2, uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    const stele_as_of moment = as_of(kind, at);
    const size_t count = SIZE2 / sizeof(uint32_t);
    stele_bytes* keys = keys_of(DATA, DATA2, count);
    size_t used = 0;
    stele_status status;
    (void)SIZE;
    if (keys == NULL) {
      reply->error.status = STELE_NO_MEMORY;
      strcpy(reply->error.message, "get rows: there is no memory for the keys");
      return STELE_NO_MEMORY;
    }
    status = stele_table_get_many($self, &moment, keys, count, BUFFER, CAPACITY, &used,
                                  &reply->error);
    free(keys);
    reply->values[0] = used;
    return status;
  }
  /* DATA: a key. The moments from which on and up to which; `bounded` 0: from the oldest on. */
  NativeRowHistory* history(int32_t flags, const uint8_t* DATA, size_t SIZE, int32_t bounded,
                            int32_t since_kind, int64_t since, int32_t until_kind, int64_t until,
                            uint8_t* REPLY) {
    stele_row_history* history = NULL;
    stele_row_history_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.flags = (uint32_t)flags;
    if (bounded) options.since = as_of(since_kind, since);
    options.until = as_of(until_kind, until);
    stele_row_history_open($self, DATA, SIZE, &options, &history, &reply_at(REPLY)->error);
    return history;
  }
  /* DATA, DATA2: a range. */
  NativeScan* scan(int32_t flags, const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                   size_t SIZE2, int32_t bounded, int32_t kind, int64_t at, uint8_t* REPLY) {
    stele_scan* scan = NULL;
    const stele_scan_options options =
        scan_options(flags, DATA, SIZE, end_of(DATA2, SIZE2, bounded), SIZE2, as_of(kind, at));
    stele_scan_open($self, &options, &scan, &reply_at(REPLY)->error);
    return scan;
  }
  void close(void) { stele_table_close($self); }
}

%extend NativeScan {
  /* BUFFER: rows, as stele_scan_next_batch() has them. [0] bytes used, or needed; [1] rows. */
  int32_t next_batch(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    uint32_t count = 0;
    stele_status status =
        stele_scan_next_batch($self, BUFFER, CAPACITY, &used, &count, &reply->error);
    reply->values[0] = used;
    reply->values[1] = count;
    return status;
  }
  void close(void) { stele_scan_close($self); }
}

%extend NativeRowHistory {
  /* BUFFER: versions, as stele_row_history_next_batch() has them. [0] bytes used, or needed;
     [1] versions. */
  int32_t next_batch(uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    stele_reply* reply = reply_at(REPLY);
    size_t used = 0;
    uint32_t count = 0;
    stele_status status =
        stele_row_history_next_batch($self, BUFFER, CAPACITY, &used, &count, &reply->error);
    reply->values[0] = used;
    reply->values[1] = count;
    return status;
  }
  void close(void) { stele_row_history_close($self); }
}

%extend NativeDb {
  /* DATA: a schema. DATA2: a name. */
  int32_t create_table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                       int32_t history, int64_t amount, uint8_t* REPLY) {
    const stele_table_options options = table_options(history, amount);
    return stele_table_create($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2, &options,
                              &reply_at(REPLY)->error);
  }
  /* DATA: a schema. DATA2: a name. */
  int32_t drop_table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                     uint8_t* REPLY) {
    return stele_table_drop($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2,
                            &reply_at(REPLY)->error);
  }
  /* DATA: four texts: schema and name, the new schema and the new name. */
  int32_t rename_table(const uint8_t* DATA, size_t SIZE, int32_t schema_size, int32_t name_size,
                       int32_t new_schema_size, uint8_t* REPLY) {
    const char* schema = (const char*)DATA;
    const char* name = schema + schema_size;
    const char* new_schema = name + name_size;
    const char* new_name = new_schema + new_schema_size;
    return stele_table_rename($self, schema, (size_t)schema_size, name, (size_t)name_size, new_schema,
                              (size_t)new_schema_size, new_name, SIZE - (size_t)(new_name - schema),
                              &reply_at(REPLY)->error);
  }
  /* DATA: a schema. DATA2: a name. BUFFER: the stele_table_info of the table behind them. */
  int32_t next_table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                     uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
    STRUCT_IN_BUFFER(stele_table_info, out)
    return stele_table_next($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2, out,
                            &reply_at(REPLY)->error);
  }
  /* DATA: a schema. DATA2: a name. */
  NativeTable* table(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                     uint8_t* REPLY) {
    stele_table* table = NULL;
    stele_table_open($self, (const char*)DATA, SIZE, (const char*)DATA2, SIZE2, &table,
                     &reply_at(REPLY)->error);
    return table;
  }
}
