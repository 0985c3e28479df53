/*
 * stele_core.i: the C API as methods of opaque handles, the same for every language.
 *
 * CONVENTIONS  A border that is crossed with numbers alone is cheap, and nothing can go wrong with
 *   their ownership. So there are only these kinds of parameters:
 *
 *   (const uint8_t* DATA, size_t SIZE)   bytes that are read: text as UTF-8, records and queries as
 *                                        docs/format.md has them, structs as in the header
 *   (uint8_t* BUFFER, size_t CAPACITY)   bytes that are written
 *   uint8_t* REPLY                       a stele_reply, always the last one: error and figures
 *   numbers                              int32_t, int64_t, uint64_t
 *   handles
 *
 *   A method returns a stele_status as int32_t, or a handle, NULL where reply.error.status says why.
 *   It fills reply.error unless it returns OK, and reply.values as its line says: [0], [1] ...
 *
 * QUERIES  are bytes ("Query" in docs/format.md), decoded anew by each call: none, of size 0, is the
 *   query of all events. No language has to close one.
 *
 * STRUCTS  cross as their bytes in C, little-endian; tests compare sizes and offsets with the header.
 *
 * LIFETIME  Handles are tickets, as the header says: closing twice, in any order, from any thread and
 *   using what is closed are safe. No proxy owns anything: generated classes have no finalizers.
 */
%{
#include <stele/stele.h>
#include <string.h>

/* Names of their own, so that SWIG's functions do not collide with those of the API. */
typedef stele_db NativeDb;
typedef stele_batch NativeBatch;
typedef stele_cursor NativeCursor;
typedef stele_ticket NativeTicket;
typedef stele_subscription NativeSubscription;
typedef stele_terms NativeTerms;
typedef stele_verify NativeVerify;
typedef stele_backup NativeBackup;
typedef stele_compact NativeCompact;
typedef stele_repair NativeRepair;

/* What a call says besides its status. */
typedef struct stele_reply {
  stele_error error;
  uint64_t values[6];
} stele_reply;

static stele_reply* reply_at(uint8_t* memory) {
  stele_reply* reply = (stele_reply*)memory;
  reply->error.struct_size = sizeof reply->error;
  return reply;
}

/* Makes the query that `data` says; NULL, for all events, of no bytes. */
static stele_status query_of(const uint8_t* data, size_t size, stele_query** query,
                             stele_reply* reply) {
  *query = NULL;
  return size == 0 ? STELE_OK : stele_query_decode(data, size, query, &reply->error);
}

static stele_read_options read_options(int32_t flags, uint64_t start, uint64_t limit) {
  stele_read_options options;
  stele_read_options_init(&options);
  options.flags = (uint32_t)flags;
  options.start = start;
  options.limit = limit;
  return options;
}

/* Says that memory is not of the size of what it is to hold. */
static int32_t wrong_size(stele_reply* reply, const char* what) {
  static const char text[] = "a struct's size: this binding does not fit the library: ";
  size_t used = sizeof text - 1;
  size_t rest = strlen(what);
  memcpy(reply->error.message, text, used);
  memcpy(reply->error.message + used, what, rest + 1);
  reply->error.status = STELE_INVALID;
  reply->error.os_errno = 0;
  reply->error.guard = STELE_NO_GUARD;
  reply->error.position = 0;
  reply->error.offset = 0;
  reply->error.sequence = 0;
  return STELE_INVALID;
}

/* Says how far a subscription or projection has handed out. */
static int32_t followed(stele_status status, size_t used, uint32_t count,
                        const stele_subscription_info* info, stele_reply* reply) {
  reply->values[0] = used;
  reply->values[1] = count;
  reply->values[2] = info->through;
  reply->values[3] = info->head;
  reply->values[4] = info->caught_up;
  return status;
}

/* The struct in BUFFER, with its struct_size set: NULL for a buffer of size 0. */
#define STRUCT_IN_BUFFER(type, name)                                               \
  type* name = CAPACITY == 0 ? NULL : (type*)BUFFER;                               \
  if (name != NULL) {                                                              \
    if (CAPACITY < sizeof(type)) return wrong_size(reply_at(REPLY), #type); \
    name->struct_size = sizeof(type);                                              \
  }
%}

%nodefaultctor;
%nodefaultdtor;
/* Here, for SWIG writes all methods of a class where the class is: helpers have to come before. */
%include "stele_tables.i"
%include "stele_projections.i"
typedef struct {} NativeDb;
typedef struct {} NativeBatch;
typedef struct {} NativeCursor;
typedef struct {} NativeTicket;
typedef struct {} NativeSubscription;
typedef struct {} NativeTerms;
typedef struct {} NativeVerify;
typedef struct {} NativeBackup;
typedef struct {} NativeCompact;
typedef struct {} NativeRepair;

/* ---- Batches: before databases, whose methods return them ----------------------------------- */

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

/* ---- Cursors, terms ------------------------------------------------------------------------ */

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

/* ---- What is waited for -------------------------------------------------------------------- */

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

/* ---- Work in steps ------------------------------------------------------------------------- */

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
  void close(void) { stele_repair_close($self); }
}

/* ---- Databases ----------------------------------------------------------------------------- */

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

/* ---- What needs no database ---------------------------------------------------------------- */

%rename(open_database) native_open;
%rename(open_repair) native_repair;
%rename(check_receipt) native_check_receipt;
%rename(encode_key) native_encode_key;
%rename(decode_key) native_decode_key;
%rename(key_prefix_end) native_key_prefix_end;
%rename(wait_any) native_wait_any;
%rename(live_handles) native_live_handles;
%rename(version_number) native_version_number;
%rename(header_version) native_header_version;
%rename(reply_size) native_reply_size;
%rename(values_offset) native_values_offset;
%rename(status_name) native_status_name;
%inline {
/* DATA: a path. DATA2: a stele_options, or nothing. */
NativeDb* native_open(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                             uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_options options;
  stele_db* db = NULL;
  if (SIZE2 > 0) {
    if (SIZE2 != sizeof options) {
      wrong_size(reply, "stele_options");
      return NULL;
    }
    memcpy(&options, DATA2, sizeof options);
    options.struct_size = sizeof options;
  }
  stele_open((const char*)DATA, SIZE, SIZE2 > 0 ? &options : NULL, &db, &reply->error);
  return db;
}

/* DATA: the path of the damaged database. DATA2: that of the new one. */
NativeRepair* native_repair(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                                   size_t SIZE2, int32_t lost, uint8_t* REPLY) {
  stele_repair* repair = NULL;
  stele_repair_open((const char*)DATA, SIZE, (const char*)DATA2, SIZE2, lost, &repair,
                    &reply_at(REPLY)->error);
  return repair;
}

/* DATA: a receipt. DATA2: a record, or nothing. BUFFER: a stele_receipt_info. */
int32_t native_check_receipt(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                             uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
  STRUCT_IN_BUFFER(stele_receipt_info, out)
  return stele_receipt_verify(DATA, SIZE, SIZE2 == 0 ? NULL : DATA2, SIZE2, out,
                              &reply_at(REPLY)->error);
}

/* DATA: stele_key_part, one behind the other; `data` is an offset in DATA2, and not an address.
   BUFFER: the key. [0] its bytes, or those needed. */
int32_t native_encode_key(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                          uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_key_part parts[STELE_TABLE_KEY_MAX + 1]; /* So many are too large for a key. */
  size_t count = SIZE / sizeof(stele_key_part);
  size_t size = 0;
  size_t i;
  stele_status status;
  if (count > STELE_TABLE_KEY_MAX + 1) count = STELE_TABLE_KEY_MAX + 1;
  if (count > 0) memcpy(parts, DATA, count * sizeof(stele_key_part));
  for (i = 0; i < count; ++i) {
    const size_t offset = (size_t)(uintptr_t)parts[i].data;
    if (offset > SIZE2 || parts[i].size > SIZE2 - offset)
      return wrong_size(reply, "stele_key_part");
    parts[i].data = SIZE2 == 0 ? NULL : DATA2 + offset;
  }
  status = stele_key_encode(parts, count, BUFFER, CAPACITY, &size, &reply->error);
  reply->values[0] = size;
  return status;
}

/* DATA: a key. BUFFER: as many stele_key_part as `parts`, then bytes; `data` is an offset in these.
   [0] the parts, [1] the bytes, or those needed. */
int32_t native_decode_key(const uint8_t* DATA, size_t SIZE, int32_t parts, uint8_t* BUFFER,
                          size_t CAPACITY, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_key_part* first = (stele_key_part*)BUFFER;
  const size_t parts_size = (size_t)parts * sizeof(stele_key_part);
  size_t count = 0;
  size_t used = 0;
  size_t i;
  stele_status status;
  if (parts < 0 || parts_size > CAPACITY) return wrong_size(reply, "stele_key_part");
  status = stele_key_decode(DATA, SIZE, first, (size_t)parts, &count, BUFFER + parts_size,
                            CAPACITY - parts_size, &used, &reply->error);
  for (i = 0; status == STELE_OK && i < count; ++i) {
    if (first[i].data == NULL) continue;
    first[i].data = (const uint8_t*)(uintptr_t)(first[i].data - (BUFFER + parts_size));
  }
  reply->values[0] = count;
  reply->values[1] = used;
  return status;
}

/* DATA: a key, or a part of one. BUFFER: the end. [0] its bytes, or those needed. */
int32_t native_key_prefix_end(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                              uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  size_t size = 0;
  stele_status status = stele_key_prefix_end(DATA, SIZE, BUFFER, CAPACITY, &size, &reply->error);
  reply->values[0] = size;
  return status;
}

/* DATA: the numbers of handles, a uint64_t each. [0] the index of the first that has something. */
int32_t native_wait_any(const uint8_t* DATA, size_t SIZE, int64_t timeout_ms, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  size_t index = 0;
  stele_status status = stele_wait_any((const void* const*)DATA, SIZE / sizeof(void*), timeout_ms,
                                       &index, &reply->error);
  reply->values[0] = index;
  return status;
}

uint64_t native_live_handles(void) { return stele_live_handles(); }
/* Of the library that is loaded, and of the header that the binding was compiled with. */
uint64_t native_version_number(void) { return stele_version_number(); }
uint64_t native_header_version(void) { return STELE_VERSION_NUMBER; }
/* The bytes of a REPLY, and where its values begin. */
uint64_t native_reply_size(void) { return sizeof(stele_reply); }
uint64_t native_values_offset(void) { return offsetof(stele_reply, values); }
/* BUFFER: the name. Returns its bytes. */
int32_t native_status_name(int32_t status, uint8_t* BUFFER, size_t CAPACITY) {
  const char* name = stele_status_name((stele_status)status);
  size_t size = strlen(name);
  if (size > CAPACITY) size = CAPACITY;
  memcpy(BUFFER, name, size);
  return (int32_t)size;
}
}
