/* Course enrolment, where a rule spans several things at once: a course has a name of its own and a
   capacity, and a student takes two courses at most. No rule needs a lock or a table: a decision
   reads the events it depends on, and its commit is refused if another one has come meanwhile.
     enrolment [DIRECTORY]    without one, the database is in memory */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

enum { COURSES_MAX = 2, NAME_MAX_SIZE = 64 };

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status, const stele_error* error) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error->message);
  exit(1);
}

/* A tag as "course:math", and where it is kept. */
typedef struct tag {
  char text[NAME_MAX_SIZE];
  size_t size;
} tag;

static tag make_tag(const char* key, const char* value) {
  tag made;
  made.size = (size_t)snprintf(made.text, sizeof made.text, "%s:%s", key, value);
  return made;
}

static void add_event(stele_batch* batch, const char* type, const tag* first, const tag* second,
                      const char* data) {
  const stele_text tags[] = {{first->text, first->size}, {second->text, second->size}};
  stele_new_event event = {.struct_size = sizeof event, .tags = tags, .tag_count = 2};
  stele_error error = STELE_ERROR_INIT;
  event.event_type = (stele_text){type, strlen(type)};
  event.data = (stele_bytes){(const uint8_t*)data, strlen(data)};
  must(stele_batch_event(batch, &event, &error), &error);
}

/* Defines a course unless there is one of this id or this name: a guard over all of the history. */
static void define(stele_db* db, const char* course, const char* name, const char* capacity) {
  const tag id_tag = make_tag("course", course);
  const tag name_tag = make_tag("name", name);
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch;
  stele_query* taken;
  must(stele_batch_create(db, &batch, &error), &error);
  must(stele_query_create(&taken, &error), &error);
  must(stele_query_type(taken, "CourseDefined", 13, &error), &error);
  must(stele_query_tag(taken, id_tag.text, id_tag.size, &error), &error);
  must(stele_query_item(taken, &error), &error);
  must(stele_query_type(taken, "CourseDefined", 13, &error), &error);
  must(stele_query_tag(taken, name_tag.text, name_tag.size, &error), &error);
  must(stele_batch_guard(batch, taken, 0, &error), &error);
  add_event(batch, "CourseDefined", &id_tag, &name_tag, capacity);
  if (must(stele_commit(db, batch, NULL, &error), &error) == STELE_OK) {
    printf("course %s, \"%s\": defined\n", course, name);
  } else {
    printf("course %s, \"%s\": refused because of event %" PRIu64 "\n", course, name,
           error.position);
  }
  stele_query_close(taken);
  stele_batch_close(batch);
}

/* What a decision to enrol depends on. */
typedef struct state {
  long capacity; /* -1: there is no such course. */
  long students;
  int courses;
  int enrolled;
} state;

static int has_tag(const stele_event* event, const tag* wanted) {
  stele_text found;
  for (uint32_t i = 0; stele_event_tag(event, i, &found) == STELE_OK; ++i) {
    if (found.size == wanted->size && memcmp(found.data, wanted->text, found.size) == 0) return 1;
  }
  return 0;
}

static void apply(state* now, const stele_event* event, const tag* course, const tag* student) {
  if (event->event_type.size == 13) { /* "CourseDefined"; the other type is "Enrolled". */
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)event->data.size, (const char*)event->data.data);
    now->capacity = strtol(text, NULL, 10);
    return;
  }
  const int of_course = has_tag(event, course);
  const int of_student = has_tag(event, student);
  now->students += of_course;
  now->courses += of_student;
  if (of_course && of_student) now->enrolled = 1;
}

/* Reads everything of the course, and the student's enrolments, and binds the batch to it. */
static state decide(stele_batch* batch, const tag* course, const tag* student) {
  state now = {-1, 0, 0, 0};
  stele_event event = {.struct_size = sizeof event};
  stele_error error = STELE_ERROR_INIT;
  stele_query* query;
  stele_cursor* cursor;
  must(stele_query_create(&query, &error), &error);
  must(stele_query_tag(query, course->text, course->size, &error), &error);
  must(stele_query_item(query, &error), &error);
  must(stele_query_type(query, "Enrolled", 8, &error), &error);
  must(stele_query_tag(query, student->text, student->size, &error), &error);
  must(stele_batch_read(batch, query, NULL, &cursor, &error), &error);
  while (must(stele_cursor_next(cursor, &event, &error), &error) == STELE_OK)
    apply(&now, &event, course, student);
  stele_cursor_close(cursor);
  stele_query_close(query);
  return now;
}

/* Returns "enrolled" or why not. */
static const char* enrol(stele_db* db, const char* student_name, const char* course_name) {
  const tag course = make_tag("course", course_name);
  const tag student = make_tag("student", student_name);
  const char* answer = NULL;
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch;
  must(stele_batch_create(db, &batch, &error), &error);
  while (answer == NULL) {
    must(stele_batch_clear(batch, &error), &error);
    const state now = decide(batch, &course, &student);
    if (now.capacity < 0) answer = "no such course";
    if (now.enrolled) answer = "enrolled already";
    if (answer == NULL && now.courses == COURSES_MAX) answer = "no more than two courses";
    if (answer == NULL && now.students >= now.capacity) answer = "full";
    if (answer != NULL) break;
    add_event(batch, "Enrolled", &course, &student, "");
    /* A conflict: somebody was faster, and the decision has to be made anew. */
    if (must(stele_commit(db, batch, NULL, &error), &error) == STELE_OK) answer = "enrolled";
  }
  stele_batch_close(batch);
  return answer;
}

/* What one of two threads does: tries to enrol four students. */
typedef struct rush {
  stele_db* db;
  const char* prefix;
  int enrolled;
  int refused;
} rush;

static void* run_rush(void* argument) {
  rush* mine = argument;
  for (int i = 0; i < 4; ++i) {
    char student[NAME_MAX_SIZE];
    snprintf(student, sizeof student, "%s-%d", mine->prefix, i);
    if (strcmp(enrol(mine->db, student, "chess"), "enrolled") == 0) {
      ++mine->enrolled;
    } else {
      ++mine->refused;
    }
  }
  return NULL;
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_error error = STELE_ERROR_INIT;
  stele_db* db;
  must(stele_open(path, strlen(path), NULL, &db, &error), &error);
  define(db, "math", "Mathematics", "2");
  define(db, "arts", "Arts", "9");
  define(db, "sums", "Mathematics", "9");
  define(db, "chess", "Chess", "5");
  printf("ada, math: %s\n", enrol(db, "ada", "math"));
  printf("ada, math: %s\n", enrol(db, "ada", "math"));
  printf("ada, arts: %s\n", enrol(db, "ada", "arts"));
  printf("ada, chess: %s\n", enrol(db, "ada", "chess"));
  printf("bob, math: %s\n", enrol(db, "bob", "math"));
  printf("cleo, math: %s\n", enrol(db, "cleo", "math"));
  printf("cleo, golf: %s\n", enrol(db, "cleo", "golf"));

  rush rushes[] = {{db, "left", 0, 0}, {db, "right", 0, 0}};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) {
    if (pthread_create(&threads[i], NULL, run_rush, &rushes[i]) != 0) return 1;
  }
  for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
  printf("two threads, eight students, five seats: %d enrolled, %d refused\n",
         rushes[0].enrolled + rushes[1].enrolled, rushes[0].refused + rushes[1].refused);
  must(stele_close(db, &error), &error);
  return 0;
}
