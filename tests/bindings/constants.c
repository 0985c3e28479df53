/*
 * constants.c: prints the enumerators, numbers, sizes and offsets of the C header, which
 * constants.tsv keeps for the tests of the bindings; constants.py checks that none is missing.
 * Fields between tabs:
 *
 *     enum      type    enumerator  value
 *     number    macro   value
 *     sizeof    struct  bytes
 *     offsetof  struct  field       offset  bytes
 */
#include <inttypes.h>
#include <stdio.h>
#include <stele/stele.h>

#define ENUMERATOR(type, name) \
  printf("enum\t%s\t%s\t%" PRId64 "\n", #type, #name, (int64_t)(type)name)
#define NUMBER(name) printf("number\t%s\t%" PRIu64 "\n", #name, (uint64_t)(name))
#define NEGATIVE(name) printf("number\t%s\t%" PRId64 "\n", #name, (int64_t)(name))
#define SIZE(type) printf("sizeof\t%s\t%zu\n", #type, sizeof(type))
#define FIELD(type, name)                                                    \
  printf("offsetof\t%s\t%s\t%zu\t%zu\n", #type, #name, offsetof(type, name), \
         sizeof(((const type*)NULL)->name))

static void print_base(void) {
  ENUMERATOR(stele_status, STELE_OK);
  ENUMERATOR(stele_status, STELE_CONFLICT);
  ENUMERATOR(stele_status, STELE_NOT_FOUND);
  ENUMERATOR(stele_status, STELE_END);
  ENUMERATOR(stele_status, STELE_TIMEOUT);
  ENUMERATOR(stele_status, STELE_EXISTS);
  ENUMERATOR(stele_status, STELE_KEY_REUSED);
  ENUMERATOR(stele_status, STELE_NOT_YET);
  ENUMERATOR(stele_status, STELE_BUFFER_TOO_SMALL);
  ENUMERATOR(stele_status, STELE_INVALID);
  ENUMERATOR(stele_status, STELE_IO);
  ENUMERATOR(stele_status, STELE_FULL);
  ENUMERATOR(stele_status, STELE_CORRUPT);
  ENUMERATOR(stele_status, STELE_BUSY);
  ENUMERATOR(stele_status, STELE_READ_ONLY);
  ENUMERATOR(stele_status, STELE_TOO_OLD);
  ENUMERATOR(stele_status, STELE_TOO_LARGE);
  ENUMERATOR(stele_status, STELE_UNSUPPORTED);
  ENUMERATOR(stele_status, STELE_OUTCOME_UNKNOWN);
  ENUMERATOR(stele_status, STELE_NO_MEMORY);
  ENUMERATOR(stele_status, STELE_CLOSED);
  ENUMERATOR(stele_status, STELE_INTERNAL);

  SIZE(stele_error);
  FIELD(stele_error, struct_size);
  FIELD(stele_error, status);
  FIELD(stele_error, os_errno);
  FIELD(stele_error, guard);
  FIELD(stele_error, position);
  FIELD(stele_error, offset);
  FIELD(stele_error, sequence);
  FIELD(stele_error, message);

  SIZE(stele_text);
  FIELD(stele_text, data);
  FIELD(stele_text, size);

  SIZE(stele_bytes);
  FIELD(stele_bytes, data);
  FIELD(stele_bytes, size);

  SIZE(stele_metadata);
  FIELD(stele_metadata, key);
  FIELD(stele_metadata, value);
  NUMBER(STELE_VERSION_MAJOR);
  NUMBER(STELE_VERSION_MINOR);
  NUMBER(STELE_VERSION_PATCH);
  NUMBER(STELE_VERSION_NUMBER);
  NUMBER(STELE_NO_GUARD);
  NEGATIVE(STELE_FOREVER);
}

static void print_database(void) {
  ENUMERATOR(stele_open_mode, STELE_OPEN_CREATE);
  ENUMERATOR(stele_open_mode, STELE_OPEN_EXISTING);
  ENUMERATOR(stele_open_mode, STELE_OPEN_NEW);
  ENUMERATOR(stele_open_mode, STELE_OPEN_READ_ONLY);

  ENUMERATOR(stele_durability, STELE_DURABILITY_DEFAULT);
  ENUMERATOR(stele_durability, STELE_DURABILITY_OS);
  ENUMERATOR(stele_durability, STELE_DURABILITY_INTERVAL);
  ENUMERATOR(stele_durability, STELE_DURABILITY_SYNC);

  SIZE(stele_options);
  FIELD(stele_options, struct_size);
  FIELD(stele_options, mode);
  FIELD(stele_options, segment_size);
  FIELD(stele_options, durability);
  FIELD(stele_options, interval_ms);
  FIELD(stele_options, buffer_max);
  FIELD(stele_options, tail_max);
  FIELD(stele_options, max_clock_jump);
  FIELD(stele_options, keep_wal);
  FIELD(stele_options, test_clock);
  FIELD(stele_options, test_time);
  FIELD(stele_options, test_seed);
  FIELD(stele_options, strict_after);
  FIELD(stele_options, reserved);
  FIELD(stele_options, memory_budget);
  FIELD(stele_options, checkpoint_log);
  FIELD(stele_options, max_reader_age);

  SIZE(stele_stats);
  FIELD(stele_stats, struct_size);
  FIELD(stele_stats, format_version);
  FIELD(stele_stats, uuid);
  FIELD(stele_stats, tsn);
  FIELD(stele_stats, head);
  FIELD(stele_stats, tail_events);
  FIELD(stele_stats, tail_bytes);
  FIELD(stele_stats, terms);
  FIELD(stele_stats, wal_segments);
  FIELD(stele_stats, wal_bytes);
  FIELD(stele_stats, commits);
  FIELD(stele_stats, commits_rejected);
  FIELD(stele_stats, groups);
  FIELD(stele_stats, syncs);
  FIELD(stele_stats, wal_written);
  FIELD(stele_stats, recovered_commits);
  FIELD(stele_stats, recovered_cut);
  FIELD(stele_stats, last_recorded);
  FIELD(stele_stats, durable_tsn);
  FIELD(stele_stats, commits_repeated);
  FIELD(stele_stats, group_max);
  FIELD(stele_stats, queue);
  FIELD(stele_stats, sync_us);
  FIELD(stele_stats, sync_us_max);
  FIELD(stele_stats, clock_behind_us);
  FIELD(stele_stats, applied_tsn);
  FIELD(stele_stats, checkpoints);
  FIELD(stele_stats, checkpoint_us);
  FIELD(stele_stats, checkpoint_us_max);
  FIELD(stele_stats, page_size);
  FIELD(stele_stats, pages);
  FIELD(stele_stats, pages_free);
  FIELD(stele_stats, pages_waiting);
  FIELD(stele_stats, pages_written);
  FIELD(stele_stats, pages_read);
  FIELD(stele_stats, readers);
  FIELD(stele_stats, cache_bytes);
  FIELD(stele_stats, cache_budget);
  FIELD(stele_stats, cache_hits);
  FIELD(stele_stats, cache_misses);
  FIELD(stele_stats, reader_age_us);
  FIELD(stele_stats, reader_bytes);
  FIELD(stele_stats, commit_bytes);
}

static void print_event(void) {
  SIZE(stele_new_event);
  FIELD(stele_new_event, struct_size);
  FIELD(stele_new_event, has_time);
  FIELD(stele_new_event, time);
  FIELD(stele_new_event, event_type);
  FIELD(stele_new_event, entity);
  FIELD(stele_new_event, scope);
  FIELD(stele_new_event, data);
  FIELD(stele_new_event, tags);
  FIELD(stele_new_event, tag_count);
  FIELD(stele_new_event, metadata);
  FIELD(stele_new_event, metadata_count);
  FIELD(stele_new_event, id);
  FIELD(stele_new_event, correlation_id);
  FIELD(stele_new_event, causation_id);

  SIZE(stele_event);
  FIELD(stele_event, struct_size);
  FIELD(stele_event, tag_count);
  FIELD(stele_event, metadata_count);
  FIELD(stele_event, key_id);
  FIELD(stele_event, position);
  FIELD(stele_event, tsn);
  FIELD(stele_event, recorded);
  FIELD(stele_event, time);
  FIELD(stele_event, sequence);
  FIELD(stele_event, id);
  FIELD(stele_event, correlation_id);
  FIELD(stele_event, causation_id);
  FIELD(stele_event, hash);
  FIELD(stele_event, event_type);
  FIELD(stele_event, entity);
  FIELD(stele_event, scope);
  FIELD(stele_event, data);
  FIELD(stele_event, record);
  NUMBER(STELE_TERM_MAX);
  NUMBER(STELE_TAGS_MAX);
  NUMBER(STELE_METADATA_MAX);
  NUMBER(STELE_DATA_MAX);
  NUMBER(STELE_BATCH_MAX);
  NUMBER(STELE_SOURCE_MAX);
}

static void print_read(void) {
  ENUMERATOR(stele_read_flags, STELE_READ_BACKWARD);
  ENUMERATOR(stele_read_flags, STELE_READ_FROM);

  SIZE(stele_read_options);
  FIELD(stele_read_options, struct_size);
  FIELD(stele_read_options, flags);
  FIELD(stele_read_options, start);
  FIELD(stele_read_options, limit);

  SIZE(stele_cursor_info);
  FIELD(stele_cursor_info, struct_size);
  FIELD(stele_cursor_info, reserved);
  FIELD(stele_cursor_info, tsn);
  FIELD(stele_cursor_info, store_head);
  FIELD(stele_cursor_info, last_returned);

  SIZE(stele_stream_info);
  FIELD(stele_stream_info, struct_size);
  FIELD(stele_stream_info, reserved);
  FIELD(stele_stream_info, sequence);
  FIELD(stele_stream_info, first_position);
  FIELD(stele_stream_info, last_position);
  FIELD(stele_stream_info, hash);

  ENUMERATOR(stele_walk_kind, STELE_WALK_ANCESTORS);
  ENUMERATOR(stele_walk_kind, STELE_WALK_CAUSES);
  ENUMERATOR(stele_walk_kind, STELE_WALK_EFFECTS);
  ENUMERATOR(stele_walk_kind, STELE_WALK_CORRELATION);

  ENUMERATOR(stele_term_kind, STELE_TERM_TYPE);
  ENUMERATOR(stele_term_kind, STELE_TERM_TAG);
  ENUMERATOR(stele_term_kind, STELE_TERM_ENTITY);
  ENUMERATOR(stele_term_kind, STELE_TERM_CATEGORY);
  ENUMERATOR(stele_term_kind, STELE_TERM_SCOPE);

  SIZE(stele_term);
  FIELD(stele_term, struct_size);
  FIELD(stele_term, kind);
  FIELD(stele_term, count);
  FIELD(stele_term, first_position);
  FIELD(stele_term, last_position);
  FIELD(stele_term, text);
  NUMBER(STELE_NO_LIMIT);
}

static void print_commit(void) {
  SIZE(stele_commit_result);
  FIELD(stele_commit_result, struct_size);
  FIELD(stele_commit_result, event_count);
  FIELD(stele_commit_result, tsn);
  FIELD(stele_commit_result, first_position);
  FIELD(stele_commit_result, last_position);
  FIELD(stele_commit_result, recorded);
  FIELD(stele_commit_result, repeated);
  FIELD(stele_commit_result, reserved);
  NUMBER(STELE_SEQUENCE_SOME);
  NUMBER(STELE_PREVIOUS_ANY);
  NUMBER(STELE_KEY_MAX);
}

static void print_subscription(void) {
  ENUMERATOR(stele_subscribe_flags, STELE_SUBSCRIBE_NEW);

  SIZE(stele_subscribe_options);
  FIELD(stele_subscribe_options, struct_size);
  FIELD(stele_subscribe_options, flags);
  FIELD(stele_subscribe_options, after);
  FIELD(stele_subscribe_options, token);
  FIELD(stele_subscribe_options, token_size);

  SIZE(stele_subscription_info);
  FIELD(stele_subscription_info, struct_size);
  FIELD(stele_subscription_info, caught_up);
  FIELD(stele_subscription_info, through);
  FIELD(stele_subscription_info, head);
  NUMBER(STELE_TOKEN_SIZE);
}

static void print_maintenance(void) {
  SIZE(stele_verify_progress);
  FIELD(stele_verify_progress, struct_size);
  FIELD(stele_verify_progress, reserved);
  FIELD(stele_verify_progress, bytes_done);
  FIELD(stele_verify_progress, bytes_total);
  FIELD(stele_verify_progress, commits);
  FIELD(stele_verify_progress, events);
  FIELD(stele_verify_progress, root);

  SIZE(stele_backup_progress);
  FIELD(stele_backup_progress, struct_size);
  FIELD(stele_backup_progress, reserved);
  FIELD(stele_backup_progress, bytes_done);
  FIELD(stele_backup_progress, bytes_total);
  FIELD(stele_backup_progress, tsn);
  FIELD(stele_backup_progress, head);

  SIZE(stele_compact_progress);
  FIELD(stele_compact_progress, struct_size);
  FIELD(stele_compact_progress, reserved);
  FIELD(stele_compact_progress, bytes_before);
  FIELD(stele_compact_progress, bytes_now);
  FIELD(stele_compact_progress, bytes_live);
  FIELD(stele_compact_progress, pages_moved);

  ENUMERATOR(stele_lost, STELE_LOST_REFUSE);
  ENUMERATOR(stele_lost, STELE_LOST_CUT);
  ENUMERATOR(stele_lost, STELE_LOST_REPLACE);

  SIZE(stele_repair_progress);
  FIELD(stele_repair_progress, struct_size);
  FIELD(stele_repair_progress, tables_left_out);
  FIELD(stele_repair_progress, bytes_done);
  FIELD(stele_repair_progress, bytes_total);
  FIELD(stele_repair_progress, commits);
  FIELD(stele_repair_progress, events);
  FIELD(stele_repair_progress, commits_rebuilt);
  FIELD(stele_repair_progress, commits_lost);
  FIELD(stele_repair_progress, events_lost);
  FIELD(stele_repair_progress, first_lost);
  FIELD(stele_repair_progress, pages_damaged);
  FIELD(stele_repair_progress, log_damaged);
}

static void print_receipt(void) {
  SIZE(stele_receipt_info);
  FIELD(stele_receipt_info, struct_size);
  FIELD(stele_receipt_info, reserved);
  FIELD(stele_receipt_info, uuid);
  FIELD(stele_receipt_info, tsn);
  FIELD(stele_receipt_info, position);
  FIELD(stele_receipt_info, recorded);
  FIELD(stele_receipt_info, event_hash);
  FIELD(stele_receipt_info, chained_root);
  NUMBER(STELE_RECEIPT_MAX);
}

static void print_key(void) {
  ENUMERATOR(stele_key_kind, STELE_KEY_NULL);
  ENUMERATOR(stele_key_kind, STELE_KEY_BOOL);
  ENUMERATOR(stele_key_kind, STELE_KEY_INTEGER);
  ENUMERATOR(stele_key_kind, STELE_KEY_UNSIGNED);
  ENUMERATOR(stele_key_kind, STELE_KEY_REAL);
  ENUMERATOR(stele_key_kind, STELE_KEY_BIG_INTEGER);
  ENUMERATOR(stele_key_kind, STELE_KEY_DECIMAL);
  ENUMERATOR(stele_key_kind, STELE_KEY_TEXT);
  ENUMERATOR(stele_key_kind, STELE_KEY_BYTES);
  ENUMERATOR(stele_key_kind, STELE_KEY_DATE);
  ENUMERATOR(stele_key_kind, STELE_KEY_TIME);
  ENUMERATOR(stele_key_kind, STELE_KEY_TIMESTAMP);
  ENUMERATOR(stele_key_kind, STELE_KEY_TIMESTAMPTZ);
  ENUMERATOR(stele_key_kind, STELE_KEY_INTERVAL);
  ENUMERATOR(stele_key_kind, STELE_KEY_UUID);
  ENUMERATOR(stele_key_kind, STELE_KEY_INET);
  ENUMERATOR(stele_key_kind, STELE_KEY_MACADDR);
  ENUMERATOR(stele_key_kind, STELE_KEY_JSON);
  ENUMERATOR(stele_key_kind, STELE_KEY_ARRAY);
  ENUMERATOR(stele_key_kind, STELE_KEY_TUPLE);
  ENUMERATOR(stele_key_kind, STELE_KEY_RANGE);
  ENUMERATOR(stele_key_kind, STELE_KEY_ENUM);
  ENUMERATOR(stele_key_kind, STELE_KEY_COMPOSITE);
  ENUMERATOR(stele_key_kind, STELE_KEY_DOMAIN);
  ENUMERATOR(stele_key_kind, STELE_KEY_VECTOR);
  ENUMERATOR(stele_key_kind, STELE_KEY_CUSTOM);
  ENUMERATOR(stele_key_kind, STELE_KEY_NULL_LAST);

  ENUMERATOR(stele_key_flags, STELE_KEY_DESCENDING);

  SIZE(stele_key_part);
  FIELD(stele_key_part, kind);
  FIELD(stele_key_part, flags);
  FIELD(stele_key_part, integer);
  FIELD(stele_key_part, natural);
  FIELD(stele_key_part, real);
  FIELD(stele_key_part, data);
  FIELD(stele_key_part, size);
  NUMBER(STELE_TABLE_KEY_MAX);
}

static void print_table(void) {
  ENUMERATOR(stele_history, STELE_HISTORY_NONE);
  ENUMERATOR(stele_history, STELE_HISTORY_ALL);
  ENUMERATOR(stele_history, STELE_HISTORY_COMMITS);
  ENUMERATOR(stele_history, STELE_HISTORY_TIME);

  ENUMERATOR(stele_as_of_kind, STELE_AS_OF_NOW);
  ENUMERATOR(stele_as_of_kind, STELE_AS_OF_TSN);
  ENUMERATOR(stele_as_of_kind, STELE_AS_OF_POSITION);
  ENUMERATOR(stele_as_of_kind, STELE_AS_OF_TIME);

  SIZE(stele_table_options);
  FIELD(stele_table_options, struct_size);
  FIELD(stele_table_options, history);
  FIELD(stele_table_options, history_amount);

  SIZE(stele_table_info);
  FIELD(stele_table_info, struct_size);
  FIELD(stele_table_info, id);
  FIELD(stele_table_info, history);
  FIELD(stele_table_info, reserved);
  FIELD(stele_table_info, history_amount);
  FIELD(stele_table_info, created_tsn);
  FIELD(stele_table_info, schema);
  FIELD(stele_table_info, name);
  FIELD(stele_table_info, projection);

  SIZE(stele_as_of);
  FIELD(stele_as_of, struct_size);
  FIELD(stele_as_of, kind);
  FIELD(stele_as_of, at);

  SIZE(stele_row);
  FIELD(stele_row, struct_size);
  FIELD(stele_row, flags);
  FIELD(stele_row, key);
  FIELD(stele_row, value);
  FIELD(stele_row, tsn);
  FIELD(stele_row, position);

  SIZE(stele_row_version);
  FIELD(stele_row_version, struct_size);
  FIELD(stele_row_version, flags);
  FIELD(stele_row_version, value);
  FIELD(stele_row_version, tsn);
  FIELD(stele_row_version, position);
  FIELD(stele_row_version, recorded);

  SIZE(stele_row_history_options);
  FIELD(stele_row_history_options, struct_size);
  FIELD(stele_row_history_options, flags);
  FIELD(stele_row_history_options, since);
  FIELD(stele_row_history_options, until);

  SIZE(stele_scan_options);
  FIELD(stele_scan_options, struct_size);
  FIELD(stele_scan_options, flags);
  FIELD(stele_scan_options, low);
  FIELD(stele_scan_options, high);
  FIELD(stele_scan_options, as_of);

  NUMBER(STELE_ROW_MAX);
  NUMBER(STELE_SCAN_BACKWARD);
  NUMBER(STELE_ROW_MISSING);
  NUMBER(STELE_ROW_DELETED);
  NUMBER(STELE_ROW_HISTORY_OLDEST_FIRST);
}

static void print_projection(void) {
  ENUMERATOR(stele_projection_flags, STELE_PROJECTION_REBUILD);

  SIZE(stele_projection_info);
  FIELD(stele_projection_info, struct_size);
  FIELD(stele_projection_info, reserved);
  FIELD(stele_projection_info, applied);
  FIELD(stele_projection_info, head);
  FIELD(stele_projection_info, lag_us);

  SIZE(stele_projection_state);
  FIELD(stele_projection_state, struct_size);
  FIELD(stele_projection_state, tables);
  FIELD(stele_projection_state, applied);
  FIELD(stele_projection_state, head);
  FIELD(stele_projection_state, lag_us);
  FIELD(stele_projection_state, name);
}

static void print_txn(void) {
  ENUMERATOR(stele_isolation, STELE_ISOLATION_SERIALIZABLE);
  ENUMERATOR(stele_isolation, STELE_ISOLATION_SNAPSHOT);

  SIZE(stele_txn_options);
  FIELD(stele_txn_options, struct_size);
  FIELD(stele_txn_options, isolation);
}

int main(void) {
  print_base();
  print_database();
  print_event();
  print_read();
  print_commit();
  print_subscription();
  print_maintenance();
  print_receipt();
  print_key();
  print_table();
  print_projection();
  print_txn();
  return ferror(stdout);
}
