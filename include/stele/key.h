/*
 * key.h: order-preserving keys: values of any kinds as one byte string that compares as they do.
 */
#ifndef STELE_KEY_H
#define STELE_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <stele/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Keys ---------------------------------------------------------------------------------- */

/*
 * A key is made of parts. Of two keys that are compared with memcmp(), the shorter first where one
 * begins the other, the first part in which they differ decides. docs/format.md, "Keys", has the
 * bytes, which are frozen. Needs no database.
 *
 * ORDER     NULL, then false, true, numbers, text, bytes, dates, times, timestamps, timestamps of
 *           UTC, UUIDs, NULL_LAST: as the numbers of the kinds below ascend. Within a kind:
 *
 *           numbers  -infinity, then all numbers by their value, +infinity, NaN. It does not matter
 *                    of which kind they are: 1 and 1.0 are one key, so are 0.0 and -0.0, and
 *                    all NaN. No number is rounded: 2^53 + 1 is above 2^53 and below 2^53 + 2.
 *           text     by its bytes, which for UTF-8 is the order of the code points.
 *           bytes, UUIDs  bytewise.
 *           the others    by the time they name.
 *
 *           A part with STELE_KEY_DESCENDING has the opposite order, kinds included: NULL comes
 *           last there, and NULL_LAST first. Descending parts are behind all ascending ones; what
 *           is compared with each other should have the same direction in the same place.
 *
 * PREFIXES  A key begins those keys that have further parts behind the same ones, and no others.
 *           So does a key that ends in TEXT or BYTES, without its last two bytes, with those that
 *           go on from there: "ab" without them begins "ab" and "abc".
 *
 * Example, all orders of a region from a day on, the newest first within a day:
 *
 *     stele_key_part parts[] = {
 *         {.kind = STELE_KEY_TEXT, .data = (const uint8_t*)"north", .size = 5},
 *         {.kind = STELE_KEY_DATE, .integer = 20000},
 *         {.kind = STELE_KEY_INTEGER, .flags = STELE_KEY_DESCENDING, .integer = 7}};
 *     uint8_t key[STELE_TABLE_KEY_MAX], after[STELE_TABLE_KEY_MAX];
 *     size_t key_size, after_size;
 *     stele_key_encode(parts, 2, key, sizeof key, &key_size, &error);
 *     status = stele_key_encode(parts, 1, after, sizeof after, &after_size, &error);
 *     if (status == STELE_OK)
 *       stele_key_prefix_end(after, after_size, after, sizeof after, &after_size, &error);
 */
#define STELE_TABLE_KEY_MAX 1024u /* Bytes of an encoded key. */

typedef enum stele_key_kind {
  STELE_KEY_NULL = 0x01,     /* No value; before all others. */
  STELE_KEY_BOOL = 0x02,     /* integer: 0 or 1. */
  STELE_KEY_INTEGER = 0x10,  /* integer. */
  STELE_KEY_UNSIGNED = 0x11, /* natural. */
  STELE_KEY_REAL = 0x12,     /* real. */
  STELE_KEY_BIG_INTEGER = 0x13,
  STELE_KEY_DECIMAL = 0x14,
  STELE_KEY_TEXT = 0x20,        /* data, size: UTF-8, which may have zero bytes. */
  STELE_KEY_BYTES = 0x21,       /* data, size. */
  STELE_KEY_DATE = 0x30,        /* integer: days since 1970-01-01, of 32 bits. */
  STELE_KEY_TIME = 0x31,        /* integer: microseconds since midnight, to 86,400,000,000. */
  STELE_KEY_TIMESTAMP = 0x32,   /* integer: microseconds since 1970-01-01T00:00 there. */
  STELE_KEY_TIMESTAMPTZ = 0x33, /* integer: microseconds since 1970-01-01T00:00:00Z. */
  STELE_KEY_INTERVAL = 0x34,
  STELE_KEY_UUID = 0x40, /* data, size: 16 bytes. */
  STELE_KEY_INET = 0x41,
  STELE_KEY_MACADDR = 0x42,
  STELE_KEY_JSON = 0x50,
  STELE_KEY_ARRAY = 0x60,
  STELE_KEY_TUPLE = 0x61,
  STELE_KEY_RANGE = 0x62,
  STELE_KEY_ENUM = 0x63,
  STELE_KEY_COMPOSITE = 0x64,
  STELE_KEY_DOMAIN = 0x65,
  STELE_KEY_VECTOR = 0x70,
  STELE_KEY_CUSTOM = 0x71,
  STELE_KEY_NULL_LAST = 0x7e /* No value; behind all others. */
} stele_key_kind;

typedef enum stele_key_flags {
  STELE_KEY_DESCENDING = 1 /* The opposite order. */
} stele_key_flags;

/*
 * A part of a key. Fields that its kind does not name are not looked at, and are zero in what
 * stele_key_decode() fills. As an element of arrays, it never grows.
 */
typedef struct stele_key_part {
  uint32_t kind;       /* stele_key_kind. Those above that name no field: UNSUPPORTED so far. */
  uint32_t flags;      /* stele_key_flags. */
  int64_t integer;     /* BOOL, INTEGER, DATE, TIME, TIMESTAMP, TIMESTAMPTZ. */
  uint64_t natural;    /* UNSIGNED. */
  double real;         /* REAL. */
  const uint8_t* data; /* TEXT, BYTES, UUID. */
  size_t size;
} stele_key_part;

/*
 * Writes the key of `count` parts into the caller's buffer and its size into *size. Without parts
 * it is empty.
 *
 * BUFFER_TOO_SMALL: nothing is written, *size is the size it needs.
 * Errors: INVALID (no such kind or flag, a value out of its range, TEXT that is not UTF-8; the
 * message says which part), UNSUPPORTED (a kind that cannot be encoded yet), TOO_LARGE (above
 * STELE_TABLE_KEY_MAX).
 */
STELE_API stele_status stele_key_encode(const stele_key_part* parts, size_t count, uint8_t* buffer,
                                        size_t capacity, size_t* size, stele_error* error);

/*
 * Takes a key apart: fills `parts` and stores how many there are in *count. What TEXT, BYTES and
 * UUID hold is copied into `buffer`, where the parts point to, and the bytes it takes are stored in
 * *used: never more than the key has.
 *
 * A number comes as INTEGER if it is a whole number that fits, else as UNSIGNED if it is one that
 * fits there, else as REAL; of which kind it was made, a key does not say.
 *
 * BUFFER_TOO_SMALL: no part and no byte is written; *count and *used are what is needed.
 * Errors: CORRUPT (not a key; error.offset is the first byte that cannot be, or key_size where the
 * key ends too early), UNSUPPORTED (it has a part of a kind that cannot be decoded yet, at
 * error.offset). *count and *used are 0 then.
 *
 * Example:
 *
 *     static const uint8_t key[] = {0x20, 'a', 'b', 0x00, 0x00, 0x12};
 *     stele_key_part parts[2];
 *     size_t count;
 *     status = stele_key_decode(key, sizeof key, parts, 2, &count, buffer, sizeof buffer, &used,
 *                               &error);
 *     if (status == STELE_OK) printf("%.*s\n", (int)parts[0].size, (const char*)parts[0].data);
 */
STELE_API stele_status stele_key_decode(const uint8_t* key, size_t key_size, stele_key_part* parts,
                                        size_t parts_capacity, size_t* count, uint8_t* buffer,
                                        size_t capacity, size_t* used, stele_error* error);

/*
 * Writes the end of a range: the smallest byte string above every one that begins with `prefix`,
 * which may be a key or a part of one. Its size, which is stored in *size, is at most prefix_size.
 * `buffer` may be `prefix` itself.
 *
 * END: there is none; the range goes on to the last key (`prefix` is empty, or all its bytes are
 * 0xFF, which no key is).
 * BUFFER_TOO_SMALL: nothing is written, *size is the size it needs.
 */
STELE_API stele_status stele_key_prefix_end(const uint8_t* prefix, size_t prefix_size,
                                            uint8_t* buffer, size_t capacity, size_t* size,
                                            stele_error* error);

#ifdef __cplusplus
}
#endif

#endif /* STELE_KEY_H */
