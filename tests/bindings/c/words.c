/* Splits lines and reads values. */
#include "words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The values of a line are chained, so that they are freed with it. */
typedef union value_memory {
  union value_memory* older;
  max_align_t aligned;
} value_memory;

static value_memory* borrowed;
static size_t line_number;

void nonsense(const char* what, const char* field) {
  fflush(stdout);
  fprintf(stderr, "line %zu: %s: '%s'\n", line_number, what, field == NULL ? "" : field);
  exit(2);
}

void* borrow(size_t size) {
  value_memory* memory = malloc(sizeof(value_memory) + size);
  if (memory == NULL) nonsense("no memory", NULL);
  memory->older = borrowed;
  borrowed = memory;
  return memory + 1;
}

words split_line(char* line, size_t number) {
  words made = {NULL, 1, 0};
  char* at = line;
  line_number = number;
  for (at = strchr(line, '\t'); at != NULL; at = strchr(at + 1, '\t')) ++made.count;
  made.fields = borrow(made.count * sizeof *made.fields);
  at = line;
  for (size_t i = 0; i < made.count; ++i) {
    made.fields[i] = at;
    at += strcspn(at, "\t");
    *at++ = '\0';
  }
  return made;
}

void forget_line(words* from) {
  while (borrowed != NULL) {
    value_memory* older = borrowed->older;
    free(borrowed);
    borrowed = older;
  }
  from->fields = NULL;
  from->count = 0;
}

const char* peek_word(const words* from) {
  return from->next < from->count ? from->fields[from->next] : NULL;
}

bool take_word(words* from, const char* word) {
  const char* next = peek_word(from);
  if (next == NULL || strcmp(next, word) != 0) return false;
  ++from->next;
  return true;
}

const char* take_name(words* from) {
  if (from->next == from->count) nonsense("a field is missing", from->fields[0]);
  return from->fields[from->next++];
}

/* Returns the value of a hexadecimal digit in lower case, -1 of anything else. */
static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/* Reads "x:" and digits, `copies` times. */
static stele_bytes bytes_of_digits(const char* field, const char* digits, size_t copies) {
  const size_t size = strlen(digits) / 2;
  uint8_t* bytes = borrow(size * copies);
  for (size_t i = 0; i < size; ++i) {
    const int high = digit_of(digits[2 * i]);
    const int low = digit_of(digits[2 * i + 1]);
    if (high < 0 || low < 0) nonsense("not hexadecimal digits", field);
    bytes[i] = (uint8_t)(16 * high + low);
  }
  if (digits[2 * size] != '\0') nonsense("half a byte", field);
  for (size_t i = 1; i < copies; ++i) memcpy(bytes + i * size, bytes, size);
  return (stele_bytes){bytes, size * copies};
}

stele_bytes take_bytes(words* from) {
  const char* field = take_name(from);
  char* end = NULL;
  if (strcmp(field, "-") == 0) return (stele_bytes){(const uint8_t*)field, 0};
  if (strncmp(field, "x:", 2) == 0) return bytes_of_digits(field, field + 2, 1);
  if (*field >= '0' && *field <= '9') {
    const unsigned long copies = strtoul(field, &end, 10);
    if (strncmp(end, "*x:", 3) == 0) return bytes_of_digits(field, end + 3, copies);
  }
  return (stele_bytes){(const uint8_t*)field, strlen(field)};
}

/* Says whether bytes can be text in every language: some have no strings of anything else. */
static bool is_utf8(stele_bytes bytes) {
  size_t more = 0;
  for (size_t i = 0; i < bytes.size; ++i) {
    const uint8_t byte = bytes.data[i];
    if ((byte & 0xc0) == 0x80) {
      if (more-- == 0) return false;
    } else if (more > 0) {
      return false;
    } else if (byte >= 0x80) {
      more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
      if (more == 0 || byte > 0xf4) return false;
    }
  }
  return more == 0;
}

stele_text take_text(words* from) {
  const stele_bytes bytes = take_bytes(from);
  if (!is_utf8(bytes)) nonsense("not UTF-8", from->fields[from->next - 1]);
  return (stele_text){(const char*)bytes.data, bytes.size};
}

const uint8_t* take_id(words* from) {
  const stele_bytes bytes = take_bytes(from);
  if (bytes.size != 16) nonsense("not the 16 bytes of an id", from->fields[from->next - 1]);
  return bytes.data;
}

uint64_t take_number(words* from) {
  const char* field = take_name(from);
  char* end = NULL;
  errno = 0;
  const uintmax_t number = strtoumax(field, &end, 10);
  if (*field < '0' || *field > '9' || *end != '\0' || errno != 0 || number > INT64_MAX)
    nonsense("not a number below 2^63", field);
  return number;
}

int64_t take_time(words* from) {
  const char* field = take_name(from);
  char* end = NULL;
  errno = 0;
  const intmax_t time = strtoimax(field, &end, 10);
  if (end == field || *end != '\0' || errno != 0) nonsense("not a time", field);
  return time;
}

stele_table_options take_table_options(words* from) {
  stele_table_options options = {.struct_size = sizeof options};
  if (take_word(from, "all")) {
    options.history = STELE_HISTORY_ALL;
  } else if (take_word(from, "commits")) {
    options.history = STELE_HISTORY_COMMITS;
    options.history_amount = take_number(from);
  } else if (take_word(from, "time")) {
    options.history = STELE_HISTORY_TIME;
    options.history_amount = take_number(from);
  }
  return options;
}

size_t take_choice(words* from, const char* const* choices, size_t count) {
  const char* field = take_name(from);
  for (size_t i = 0; i < count; ++i)
    if (strcmp(field, choices[i]) == 0) return i;
  nonsense("not one of the words that may stand here", field);
}

void expect_end(const words* from) {
  if (from->next < from->count) nonsense("one field too many", from->fields[from->next]);
}
