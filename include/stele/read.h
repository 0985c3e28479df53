/*
 * read.h: queries, reading, and the ways to find a single event.
 */
#ifndef STELE_READ_H
#define STELE_READ_H

#include <stele/base.h>
#include <stele/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Queries ------------------------------------------------------------------------------- */

/*
 * A query is a list of items and matches an event that any item matches. An item names values for
 * fields of an event, and matches an event
 *
 *   whose type is one of the item's types, or in one of its categories,
 *   whose tags include all tags of the item,
 *   whose entity is one of the item's entities, or begins with one of its entity prefixes,
 *   whose scope, correlation id and causation id is one of the item's,
 *   whose time and position are in the item's ranges,
 *
 * where a field of which the item names nothing asks for nothing. So an item that names nothing
 * matches every event, and so does a query without items.
 *
 * Example:
 *
 *     stele_query_create(&query, &error);
 *     stele_query_type(query, "OrderPlaced", 11, &error);  // (OrderPlaced or
 *     stele_query_type(query, "OrderPaid", 9, &error);     // OrderPaid) and
 *     stele_query_tag(query, "customer:7", 10, &error);    // the tag customer:7,
 *     stele_query_item(query, &error);                     // or anything of entities in invoice/
 *     stele_query_entity_prefix(query, "invoice/", 8, &error);
 *
 * A new query has no items. The functions below add to the item that stele_query_item() started
 * last, or start the first one themselves.
 */
STELE_API stele_status stele_query_create(stele_query** query, stele_error* error);

/* Starts the next item. Errors: TOO_LARGE (more than 1,024 items). */
STELE_API stele_status stele_query_item(stele_query* query, stele_error* error);

/*
 * Adds a value of a field.
 * Errors: INVALID (empty, > 512 bytes, NUL, not UTF-8), TOO_LARGE (more than 1,024 of a field).
 */
STELE_API stele_status stele_query_type(stele_query* query, const char* event_type,
                                        size_t event_type_size, stele_error* error);
STELE_API stele_status stele_query_tag(stele_query* query, const char* tag, size_t tag_size,
                                       stele_error* error);
STELE_API stele_status stele_query_entity(stele_query* query, const char* entity,
                                          size_t entity_size, stele_error* error);
STELE_API stele_status stele_query_entity_prefix(stele_query* query, const char* entity_prefix,
                                                 size_t entity_prefix_size, stele_error* error);
STELE_API stele_status stele_query_scope(stele_query* query, const char* scope, size_t scope_size,
                                         stele_error* error);

/* The category of a type is what stands before its first '.': "order" of "order.placed.v2". A type
   without a '.' is a category of its own. */
STELE_API stele_status stele_query_category(stele_query* query, const char* category,
                                            size_t category_size, stele_error* error);

/* `id` is the 16 bytes of a UUID. */
STELE_API stele_status stele_query_correlation(stele_query* query, const uint8_t* id,
                                               stele_error* error);
STELE_API stele_status stele_query_causation(stele_query* query, const uint8_t* id,
                                             stele_error* error);

/* Asks for events whose time is >= `from` and < `to`, in place of an earlier range. The time is
   that of the event; for the time of its commit, see stele_position_at(). INVALID: from > to. */
STELE_API stele_status stele_query_time(stele_query* query, int64_t from, int64_t to,
                                        stele_error* error);

/* Asks for positions >= `from` and < `to`, in place of an earlier range. INVALID: from > to. */
STELE_API stele_status stele_query_positions(stele_query* query, uint64_t from, uint64_t to,
                                             stele_error* error);

/*
 * Makes a query of its bytes, for who crosses a language border: docs/format.md, "Query".
 * Errors: INVALID (`offset` says where), TOO_LARGE, as the functions above.
 */
STELE_API stele_status stele_query_decode(const uint8_t* data, size_t size, stele_query** query,
                                          stele_error* error);

/* Writes the bytes of a query. BUFFER_TOO_SMALL: *used is the size it needs. */
STELE_API stele_status stele_query_encode(const stele_query* query, uint8_t* buffer,
                                          size_t capacity, size_t* used, stele_error* error);

/* Closes the query. Cursors and guards made from it hold a copy. NULL and closed: nothing. */
STELE_API void stele_query_close(stele_query* query);

/* ---- Reading ------------------------------------------------------------------------------- */

#define STELE_NO_LIMIT UINT64_MAX

typedef enum stele_read_flags {
  STELE_READ_BACKWARD = 1, /* From high positions to low ones. */
  STELE_READ_FROM = 2      /* `start` counts; without it: the first event, or the last, backward. */
} stele_read_flags;

typedef struct stele_read_options {
  uint32_t struct_size;
  uint32_t flags; /* stele_read_flags, or-ed. */
  uint64_t start; /* The first position looked at, inclusive. Forward, 0 is the first event;
                     backward, 0 returns nothing. A position beyond the head is fine. */
  uint64_t limit; /* At most so many events; STELE_NO_LIMIT by default, 0 returns nothing. */
} stele_read_options;

/* Sets every option to its default: everything, forward. */
STELE_API void stele_read_options_init(stele_read_options* options);

/*
 * Starts reading the events that match `query` (NULL: all), as of now: the cursor sees every commit
 * that returned before this call and none that comes later.
 * options   NULL for the defaults.
 *
 * Example, the ten newest events:
 *
 *     stele_read_options options;
 *     stele_read_options_init(&options);
 *     options.flags = STELE_READ_BACKWARD;
 *     options.limit = 10;
 *     stele_event view = {.struct_size = sizeof view};
 *     stele_read(db, NULL, &options, &cursor, &error);
 *     while (stele_cursor_next(cursor, &view, &error) == STELE_OK) show(&view);
 *     stele_cursor_close(cursor);
 */
STELE_API stele_status stele_read(stele_db* db, const stele_query* query,
                                  const stele_read_options* options, stele_cursor** cursor,
                                  stele_error* error);

/*
 * Copies as many events as fit, one record behind the other, into the caller's buffer. Stores their
 * bytes in *used and their number in *count. Records are decoded by stele_event_decode() or as
 * docs/format.md describes; each is a multiple of 8 bytes long.
 *
 * Returns OK with at least one event; END when there are none left (*used and *count are 0);
 * BUFFER_TOO_SMALL when the next event does not fit (*used is the size it needs, *count 0, and
 * the cursor stays where it is).
 */
STELE_API stele_status stele_cursor_next_batch(stele_cursor* cursor, uint8_t* buffer,
                                               size_t capacity, size_t* used, uint32_t* count,
                                               stele_error* error);

/*
 * Stores the next event in *view (set struct_size before), or returns END. What *view points to
 * lives until the next call on this cursor, its close, or the close of the database.
 */
STELE_API stele_status stele_cursor_next(stele_cursor* cursor, stele_event* view,
                                         stele_error* error);

typedef struct stele_cursor_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t tsn;           /* The commit it reads as of. */
  uint64_t store_head;    /* The position of the last event then, whether it matches or not: what
                             a guard's `after` should be for a decision based on this read. */
  uint64_t last_returned; /* Position of the last event returned; 0 before the first. */
} stele_cursor_info;

/* Fills *info; set struct_size before. */
STELE_API stele_status stele_cursor_info_get(stele_cursor* cursor, stele_cursor_info* info,
                                             stele_error* error);

STELE_API void stele_cursor_close(stele_cursor* cursor);

/* ---- Single events ------------------------------------------------------------------------- */

/*
 * Copies the record of one event into the caller's buffer and stores its size in *used; see
 * stele_event_decode(). Found are the event at a position, the one with an id (16 bytes of a UUID),
 * and the newest of an entity.
 *
 * NOT_FOUND: there is no such event (yet). BUFFER_TOO_SMALL: *used is the size it needs.
 *
 * Example:
 *
 *     stele_event view = {.struct_size = sizeof view};
 *     status = stele_latest(db, "account-7", 9, buffer, sizeof buffer, &used, &error);
 *     if (status == STELE_OK && stele_event_decode(buffer, used, &view, &error) == STELE_OK)
 *       show(&view);
 */
STELE_API stele_status stele_get(stele_db* db, uint64_t position, uint8_t* buffer, size_t capacity,
                                 size_t* used, stele_error* error);
STELE_API stele_status stele_get_by_id(stele_db* db, const uint8_t* id, uint8_t* buffer,
                                       size_t capacity, size_t* used, stele_error* error);
STELE_API stele_status stele_latest(stele_db* db, const char* entity, size_t entity_size,
                                    uint8_t* buffer, size_t capacity, size_t* used,
                                    stele_error* error);

/*
 * Copies a range of an event's data: from `offset` on, as much as there is and fits. Stores the
 * bytes copied in *used (0 at the end of the data and behind it), the size of all data in *total
 * (may be NULL). NOT_FOUND: there is no event at `position`.
 */
STELE_API stele_status stele_data_read(stele_db* db, uint64_t position, uint64_t offset,
                                       uint8_t* buffer, size_t capacity, size_t* used,
                                       uint64_t* total, stele_error* error);

/* Returns OK when an event matches `query` (NULL: any event), NOT_FOUND when none does. */
STELE_API stele_status stele_exists(stele_db* db, const stele_query* query, stele_error* error);

/* Stores how many events match `query` (NULL: all) in *count. Takes time linear in *count, or in
   the history where a query has ranges or prefixes only. */
STELE_API stele_status stele_count(stele_db* db, const stele_query* query, uint64_t* count,
                                   stele_error* error);

/*
 * Stores for each item of `query` the position of the last event that matches it, 0 for none, all
 * as of the same moment. A query without items, and NULL, counts as one item.
 * INVALID: `count`, the length of `positions`, is not that of the items.
 */
STELE_API stele_status stele_last(stele_db* db, const stele_query* query, uint64_t* positions,
                                  size_t count, stele_error* error);

/* Stores the position of the last event that was recorded at `time` or before, 0 for none. */
STELE_API stele_status stele_position_at(stele_db* db, int64_t time, uint64_t* position,
                                         stele_error* error);

/* ---- Streams ------------------------------------------------------------------------------- */

/*
 * The stream of an entity is its events, numbered by their sequence: 1, 2, 3 ...
 *
 * Example:
 *
 *     stele_stream_info stream = {.struct_size = sizeof stream};
 *     stele_event view = {.struct_size = sizeof view};
 *     stele_stream_get(db, "account-7", 9, &stream, &error);
 *     stele_stream_read(db, "account-7", 9, NULL, &cursor, &error);
 *     while (stele_cursor_next(cursor, &view, &error) == STELE_OK) show(&view);
 */
typedef struct stele_stream_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t sequence;       /* Of the newest event: the entity's version. */
  uint64_t first_position; /* Of the first event. */
  uint64_t last_position;  /* Of the newest. */
  uint8_t hash[32];        /* Of the newest event: binds all before it of this entity. */
} stele_stream_info;

/* Fills *info (set struct_size before). NOT_FOUND: the entity has no event, and a version of 0. */
STELE_API stele_status stele_stream_get(stele_db* db, const char* entity, size_t entity_size,
                                        stele_stream_info* info, stele_error* error);

/*
 * Starts reading the events of an entity, like stele_read() but that options->start is a sequence
 * and not a position. An entity without events has nothing to read.
 */
STELE_API stele_status stele_stream_read(stele_db* db, const char* entity, size_t entity_size,
                                         const stele_read_options* options, stele_cursor** cursor,
                                         stele_error* error);

/* ---- Walks --------------------------------------------------------------------------------- */

typedef enum stele_walk_kind {
  STELE_WALK_ANCESTORS = 1,  /* The event, the one before it of its entity, and so on to the first.
                                Each must have the hash that the one behind it is bound to: CORRUPT
                                names the first that has not. */
  STELE_WALK_CAUSES = 2,     /* The event, the one it was caused by (whose id is its causation id),
                                and so on. */
  STELE_WALK_EFFECTS = 3,    /* The event, and all that were caused by it or by its effects: each
                                behind its cause, and by position otherwise. */
  STELE_WALK_CORRELATION = 4 /* All events of its correlation id, by position; without one, the
                                event alone. */
} stele_walk_kind;

/*
 * Starts a walk from the event at `position`. NOT_FOUND: there is none.
 *
 * Example, why an event happened:
 *
 *     stele_event view = {.struct_size = sizeof view};
 *     stele_walk(db, position, STELE_WALK_CAUSES, &cursor, &error);
 *     while (stele_cursor_next(cursor, &view, &error) == STELE_OK) show(&view);
 */
STELE_API stele_status stele_walk(stele_db* db, uint64_t position, int32_t kind,
                                  stele_cursor** cursor, stele_error* error);

/* ---- Terms --------------------------------------------------------------------------------- */

typedef enum stele_term_kind {
  STELE_TERM_TYPE = 1,
  STELE_TERM_TAG = 2,
  STELE_TERM_ENTITY = 3,
  STELE_TERM_CATEGORY = 4, /* Of types with a '.'; see stele_query_category(). */
  STELE_TERM_SCOPE = 5
} stele_term_kind;

typedef struct stele_term {
  uint32_t struct_size;
  int32_t kind;            /* A stele_term_kind. */
  uint64_t count;          /* Events that have it. */
  uint64_t first_position; /* Of the first of them ... */
  uint64_t last_position;  /* ... and of the last. */
  stele_text text;         /* Lives as long as the stele_terms. */
} stele_term;

/*
 * Starts listing the terms of a kind that begin with `prefix` (empty: all), in bytewise order, as
 * of now.
 *
 * Example:
 *
 *     stele_term term = {.struct_size = sizeof term};
 *     stele_terms_open(db, STELE_TERM_TAG, "customer:", 9, &terms, &error);
 *     while (stele_terms_next(terms, &term, &error) == STELE_OK)
 *       printf("%.*s\n", (int)term.text.size, term.text.data);
 *     stele_terms_close(terms);
 */
STELE_API stele_status stele_terms_open(stele_db* db, int32_t kind, const char* prefix,
                                        size_t prefix_size, stele_terms** terms,
                                        stele_error* error);

/* Stores the next term in *term (set struct_size before), or returns END. */
STELE_API stele_status stele_terms_next(stele_terms* terms, stele_term* term, stele_error* error);

STELE_API void stele_terms_close(stele_terms* terms);

#ifdef __cplusplus
}
#endif

#endif /* STELE_READ_H */
