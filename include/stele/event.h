/*
 * event.h: events, as they are given and as they are read.
 */
#ifndef STELE_EVENT_H
#define STELE_EVENT_H

#include <stele/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Events -------------------------------------------------------------------------------- */

#define STELE_TERM_MAX 512u                  /* Bytes of a type, tag, entity or scope. */
#define STELE_TAGS_MAX 256u                  /* Tags of an event. */
#define STELE_METADATA_MAX 65535u            /* Pairs of an event; bytes of a key, of a value. */
#define STELE_DATA_MAX (64u * 1024 * 1024)   /* Bytes of an event's data. */
#define STELE_BATCH_MAX (256u * 1024 * 1024) /* Bytes of a batch, encoded. */
#define STELE_SOURCE_MAX 255u                /* Bytes of a tracking source's name. */

/*
 * An event to append. Zero means "without" for every field but struct_size and event_type.
 *
 * Example:
 *
 *     const stele_text tags[] = {STELE_TEXT("book:dune"), STELE_TEXT("customer:7")};
 *     stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
 *     sold.entity = STELE_TEXT("order-1");
 *     sold.tags = tags;
 *     sold.tag_count = 2;
 *     sold.data.data = (const uint8_t*)"{\"price\": 12}";
 *     sold.data.size = 13;
 *     stele_batch_event(batch, &sold, &error);
 */
typedef struct stele_new_event {
  uint32_t struct_size;
  uint32_t has_time;      /* Not 0: `time` is set. Otherwise the time is that of the commit. */
  int64_t time;           /* The caller's time, microseconds; any value. */
  stele_text event_type;  /* What happened: 1 to 512 bytes. */
  stele_text entity;      /* Whose stream it belongs to: 1 to 512 bytes. */
  stele_text scope;       /* A further attribute, such as a tenant: 1 to 512 bytes. */
  stele_bytes data;       /* The payload: at most 64 MiB. */
  const stele_text* tags; /* 1 to 512 bytes each. A set: duplicates merge, order is lost. */
  size_t tag_count;       /* At most 256. */
  const stele_metadata* metadata; /* Ordered, keys unique; 64 MiB in all. */
  size_t metadata_count;          /* At most 65,535. */
  const uint8_t* id;              /* 16 bytes of a UUID, or NULL: a version 7 UUID is made. */
  const uint8_t* correlation_id;  /* 16 bytes of a UUID, or NULL. */
  const uint8_t* causation_id;    /* 16 bytes of a UUID, or NULL. */
} stele_new_event;

/*
 * An event read. It points into memory of the cursor or buffer it was read from and lives no longer
 * than that says.
 */
typedef struct stele_event {
  uint32_t struct_size;
  uint32_t tag_count;
  uint32_t metadata_count;
  uint32_t key_id;   /* 0: the data is not encrypted. */
  uint64_t position; /* Its place in the global order: 1, 2, 3 ... without gaps. */
  uint64_t tsn;      /* The commit it came with. */
  int64_t recorded;  /* When it was committed; strictly increasing from commit to commit. */
  int64_t time;      /* The caller's time, or `recorded` when none was given. */
  uint64_t sequence; /* Its place in the stream of its entity: 1, 2, 3 ...; 0 without. */
  const uint8_t* id; /* 16 bytes. */
  const uint8_t* correlation_id; /* 16 bytes, or NULL. */
  const uint8_t* causation_id;   /* 16 bytes, or NULL. */
  const uint8_t* hash; /* 32 bytes: binds the event and the one before it of its entity. */
  stele_text event_type;
  stele_text entity; /* size 0: without. */
  stele_text scope;  /* size 0: without. */
  stele_bytes data;
  stele_bytes record; /* The whole event as encoded; docs/format.md, "Event". */
} stele_event;

/*
 * Decodes the event record that starts at `data`, as stele_cursor_next_batch() stores them one
 * behind the other. Set view->struct_size before; record.size tells where the next one starts.
 * *view points into `data`.
 *
 * Errors: CORRUPT (not an event record; offset says where it fails), UNSUPPORTED (newer version).
 */
STELE_API stele_status stele_event_decode(const uint8_t* data, size_t size, stele_event* view,
                                          stele_error* error);

/*
 * Stores the tag at `index`, counted from 0 in bytewise order. STELE_NOT_FOUND beyond the last one.
 * Requires: *view was filled by this library and what it points into still lives.
 *
 * Example:
 *
 *     stele_text tag;
 *     for (uint32_t i = 0; stele_event_tag(&view, i, &tag) == STELE_OK; ++i)
 *       printf("%.*s\n", (int)tag.size, tag.data);
 */
STELE_API stele_status stele_event_tag(const stele_event* view, uint32_t index, stele_text* tag);

/* Stores the metadata pair at `index`, counted from 0 in the caller's order. As stele_event_tag().
 */
STELE_API stele_status stele_event_metadata(const stele_event* view, uint32_t index,
                                            stele_metadata* metadata);

#ifdef __cplusplus
}
#endif

#endif /* STELE_EVENT_H */
