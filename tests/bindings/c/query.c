/* Queries and the options of reads, from fields. */
#include <string.h>

#include "commands.h"

typedef stele_status (*add_text)(stele_query*, const char*, size_t, stele_error*);

static const struct {
  const char* name;
  add_text add;
} text_fields[] = {
    {"type", stele_query_type},         {"tag", stele_query_tag},
    {"entity", stele_query_entity},     {"prefix", stele_query_entity_prefix},
    {"category", stele_query_category}, {"scope", stele_query_scope},
};

/* Adds a text to the query if the field is named by `name`; sets *known. */
static stele_status add_named_text(words* from, stele_query* query, const char* name, bool* known,
                                   stele_error* error) {
  for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields; ++i) {
    if (strcmp(name, text_fields[i].name) != 0) continue;
    const stele_text text = take_text(from);
    *known = true;
    return text_fields[i].add(query, text.data, text.size, error);
  }
  *known = false;
  return STELE_OK;
}

static stele_status add_field(words* from, stele_query* query, stele_error* error) {
  bool known = false;
  const char* name = take_name(from);
  const stele_status status = add_named_text(from, query, name, &known, error);
  if (known) return status;
  if (strcmp(name, "item") == 0) return stele_query_item(query, error);
  if (strcmp(name, "correlation") == 0) return stele_query_correlation(query, take_id(from), error);
  if (strcmp(name, "causation") == 0) return stele_query_causation(query, take_id(from), error);
  if (strcmp(name, "time") == 0) {
    const int64_t begin = take_time(from);
    return stele_query_time(query, begin, take_time(from), error);
  }
  if (strcmp(name, "positions") == 0) {
    const uint64_t begin = take_number(from);
    return stele_query_positions(query, begin, take_number(from), error);
  }
  nonsense("no field of a query", name);
}

bool take_query(words* from, stele_query** query) {
  stele_error* error = fresh_error();
  *query = NULL;
  if (peek_word(from) == NULL) return true;
  stele_status status = stele_query_create(query, error);
  while (status == STELE_OK && peek_word(from) != NULL) status = add_field(from, *query, error);
  if (succeeded(status, error)) return true;
  from->next = from->count; /* What is behind the field that was refused. */
  stele_query_close(*query);
  return false;
}

stele_read_options take_read_options(words* from) {
  stele_read_options options;
  stele_read_options_init(&options);
  for (;;) {
    if (take_word(from, "start")) {
      options.flags |= STELE_READ_FROM;
      options.start = take_number(from);
    } else if (take_word(from, "limit")) {
      options.limit = take_number(from);
    } else if (take_word(from, "backward")) {
      options.flags |= STELE_READ_BACKWARD;
    } else {
      return options;
    }
  }
}
