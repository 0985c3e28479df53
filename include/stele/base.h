/*
 * base.h: what every part of the C API uses: version, status and error, small values, handles.
 * Include <stele/stele.h>, which explains them.
 */
#ifndef STELE_BASE_H
#define STELE_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(SWIG) || !defined(__GNUC__)
#define STELE_API
#else
#define STELE_API __attribute__((visibility("default")))
#endif

/* ---- Version ------------------------------------------------------------------------------- */

#define STELE_VERSION_MAJOR 0
#define STELE_VERSION_MINOR 1
#define STELE_VERSION_PATCH 0
#define STELE_VERSION_NUMBER \
  (STELE_VERSION_MAJOR * 1000000 + STELE_VERSION_MINOR * 1000 + STELE_VERSION_PATCH)

/* Returns the version of the loaded library as "major.minor.patch". Static text. */
STELE_API const char* stele_version(void);

/* Returns the version of the loaded library as STELE_VERSION_NUMBER was when it was built. */
STELE_API uint32_t stele_version_number(void);

/* ---- Status and error ---------------------------------------------------------------------- */

typedef enum stele_status {
  STELE_OK = 0,

  /* Expected outcomes: never an exception in any language. */
  STELE_CONFLICT = 1,         /* A guard of the batch does not hold; nothing was written. */
  STELE_NOT_FOUND = 2,        /* There is no such thing. */
  STELE_END = 3,              /* Nothing more to return. */
  STELE_TIMEOUT = 4,          /* The time given to wait has passed. */
  STELE_EXISTS = 5,           /* It is there already. */
  STELE_KEY_REUSED = 6,       /* The idempotency key was used for a different batch. */
  STELE_NOT_YET = 7,          /* Ahead of what has been applied so far. */
  STELE_BUFFER_TOO_SMALL = 8, /* Call again with a buffer of the size reported. */

  /* Errors. */
  STELE_INVALID = -1,          /* An argument is wrong; the caller must change it. */
  STELE_IO = -2,               /* The operating system failed; os_errno says how. */
  STELE_FULL = -3,             /* No room on the device; try again when there is. */
  STELE_CORRUPT = -4,          /* Stored bytes are damaged. */
  STELE_BUSY = -5,             /* Another process or handle has the database open. */
  STELE_READ_ONLY = -6,        /* This handle cannot write (any more). */
  STELE_TOO_OLD = -7,          /* What is needed has been given up. */
  STELE_TOO_LARGE = -8,        /* Beyond a documented limit. */
  STELE_UNSUPPORTED = -9,      /* Valid, but this library cannot do it. */
  STELE_OUTCOME_UNKNOWN = -10, /* The commit may or may not survive; reopen to find out. */
  STELE_NO_MEMORY = -11,       /* Memory could not be allocated. */
  STELE_CLOSED = -12,          /* The handle, or the database behind it, is closed. */
  STELE_INTERNAL = -13         /* A defect in Stele. Please report it. */
} stele_status;

/* Returns the name of a status without its prefix, "CONFLICT"; "UNKNOWN" for any other number. */
STELE_API const char* stele_status_name(stele_status status);

#define STELE_NO_GUARD UINT32_MAX

/*
 * What went wrong: filled when a status other than STELE_OK is returned, left alone otherwise.
 *
 * Example:
 *
 *     stele_error error = STELE_ERROR_INIT;
 *     stele_status status = stele_commit(db, batch, NULL, &error);
 *     if (status == STELE_CONFLICT)
 *       printf("guard %u does not hold\n", (unsigned)error.guard);
 *     else if (status < 0)
 *       printf("%s: %s\n", stele_status_name(status), error.message);
 */
typedef struct stele_error {
  uint32_t struct_size; /* sizeof(stele_error) */
  int32_t status;       /* The stele_status returned. */
  int32_t os_errno;     /* The operating system's error number, or 0. */
  uint32_t guard;       /* STELE_CONFLICT, and INVALID for a guard's `after`: index of the guard in
                           the batch; else STELE_NO_GUARD. */
  uint64_t position;    /* STELE_CONFLICT: the event, or tracked position, that stands in the way;
                           STELE_EXISTS of an id: the event that has it;
                           STELE_KEY_REUSED: the first event of the commit that used the key;
                           STELE_INVALID for a place beyond the last event: that one;
                           STELE_CORRUPT found by verify: the first bad event; else 0. */
  uint64_t offset;      /* Byte offset in the file or buffer that the message names, or 0. */
  uint64_t sequence;    /* STELE_CONFLICT of an expected version: the one the entity has; else 0. */
  char message[488];    /* NUL-terminated UTF-8: the operation, the object and the reason. */
} stele_error;

#ifdef __cplusplus
#define STELE_ERROR_INIT {sizeof(stele_error), 0, 0, STELE_NO_GUARD, 0, 0, 0, {0}}
#else
#define STELE_ERROR_INIT {.struct_size = sizeof(stele_error), .guard = STELE_NO_GUARD}
#endif

/* ---- Small values -------------------------------------------------------------------------- */

typedef struct stele_text {
  const char* data; /* UTF-8, not NUL-terminated. */
  size_t size;
} stele_text;

typedef struct stele_bytes {
  const uint8_t* data;
  size_t size;
} stele_bytes;

typedef struct stele_metadata {
  stele_text key;    /* 1 to 65,535 bytes of UTF-8 without NUL; unique within an event. */
  stele_bytes value; /* 0 to 65,535 bytes. */
} stele_metadata;

/* A stele_text of a string literal. */
#ifdef __cplusplus
#define STELE_TEXT(literal) (stele_text{(literal), sizeof(literal) - 1})
#else
#define STELE_TEXT(literal) ((stele_text){(literal), sizeof(literal) - 1})
#endif

/* ---- Handles ------------------------------------------------------------------------------- */

typedef struct stele_db stele_db;
typedef struct stele_batch stele_batch;
typedef struct stele_query stele_query;
typedef struct stele_cursor stele_cursor;
typedef struct stele_ticket stele_ticket;
typedef struct stele_subscription stele_subscription;
typedef struct stele_terms stele_terms;
typedef struct stele_table stele_table;
typedef struct stele_scan stele_scan;
typedef struct stele_txn stele_txn;
typedef struct stele_row_history stele_row_history;
typedef struct stele_projection stele_projection;
typedef struct stele_verify stele_verify;
typedef struct stele_backup stele_backup;
typedef struct stele_compact stele_compact;
typedef struct stele_repair stele_repair;

#define STELE_FOREVER (-1) /* As a timeout. */

/* Returns how many handles of this process are open, of every kind and database. For tests. */
STELE_API uint64_t stele_live_handles(void);

#ifdef __cplusplus
}
#endif

#endif /* STELE_BASE_H */
