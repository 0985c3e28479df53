/* Commands of subscriptions and their tokens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

static void play_subscribe(words* from) {
  stele_db* db = take_db(from);
  thing* made = take_new_thing(from, THING_SUBSCRIPTION);
  stele_subscription* subscription = NULL;
  stele_query* query = NULL;
  stele_subscribe_options options;
  stele_subscribe_options_init(&options);
  while (peek_word(from) != NULL && !take_word(from, "query")) {
    const char* name = take_name(from);
    if (strcmp(name, "after") == 0) {
      options.after = take_number(from);
    } else if (strcmp(name, "token") == 0) {
      const thing* token = take_thing(from, THING_TOKEN);
      options.token = token->bytes;
      options.token_size = token->size;
    } else if (strcmp(name, "new") == 0) {
      options.flags |= STELE_SUBSCRIBE_NEW;
    } else {
      nonsense("no option of a subscription", name);
    }
  }
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  const stele_status status = stele_subscribe(db, query, &options, &subscription, error);
  made->handle = subscription;
  print_status(status, error);
  stele_query_close(query);
}

static void play_pull(words* from) {
  stele_error* error = fresh_error();
  stele_subscription* subscription = take_thing(from, THING_SUBSCRIPTION)->handle;
  const uint64_t max = take_number(from);
  uint64_t count = 0;
  stele_subscription_info info = {.struct_size = sizeof info};
  stele_event event = {.struct_size = sizeof event};
  stele_status status = STELE_OK;
  while ((status = stele_subscription_next(subscription, 0, &event, &info, error)) == STELE_OK) {
    if (++count > max) nonsense("there are more events than the scenario says", NULL);
    fputs("event", stdout);
    print_event_fields(&event);
    putchar('\n');
  }
  if (count > 0 && status == STELE_TIMEOUT) {
    printf("OK\t%" PRIu64 "\t%" PRIu64 "\n", info.through, info.head);
  } else {
    succeeded(status, error);
  }
}

static void play_token(words* from) {
  stele_error* error = fresh_error();
  stele_subscription* subscription = take_thing(from, THING_SUBSCRIPTION)->handle;
  thing* made = take_new_thing(from, THING_TOKEN);
  made->size = STELE_TOKEN_SIZE;
  if (!succeeded(stele_subscription_token(subscription, made->bytes, error), error)) return;
  fputs("OK\tx:", stdout);
  print_digits(made->bytes, made->size);
  putchar('\n');
}

static void play_unsubscribe(words* from) {
  stele_subscription_close(take_thing(from, THING_SUBSCRIPTION)->handle);
  puts("OK");
}

const command subscription_commands[] = {
    {"subscribe", play_subscribe},     {"pull", play_pull}, {"token", play_token},
    {"unsubscribe", play_unsubscribe}, {NULL, NULL},
};
