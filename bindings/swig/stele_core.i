/*
 * stele_core.i: the C API as methods of opaque handles, the same for every language: the conventions,
 * what all of them use, and the files that have the methods, one for each subject.
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
%include "stele_transactions.i"
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

%include "stele_batches.i"
%include "stele_reading.i"
%include "stele_following.i"
%include "stele_maintenance.i"
%include "stele_functions.i"
