package io.stele;

/**
 * Where the fields of the C structs are, in bytes: "offsetof(stele_options, mode)" is OPTIONS_MODE,
 * and "sizeof(stele_options)" is OPTIONS_SIZE. A test compares them with the header. Structs cross
 * the border as their bytes, little-endian.
 */
final class Layout {
  private Layout() {}

  static final int ERROR_STRUCT_SIZE = 0;
  static final int ERROR_STATUS = 4;
  static final int ERROR_OS_ERRNO = 8;
  static final int ERROR_GUARD = 12;
  static final int ERROR_POSITION = 16;
  static final int ERROR_OFFSET = 24;
  static final int ERROR_SEQUENCE = 32;
  static final int ERROR_MESSAGE = 40;
  static final int ERROR_SIZE = 528;

  static final int COMMIT_RESULT_STRUCT_SIZE = 0;
  static final int COMMIT_RESULT_EVENT_COUNT = 4;
  static final int COMMIT_RESULT_TSN = 8;
  static final int COMMIT_RESULT_FIRST_POSITION = 16;
  static final int COMMIT_RESULT_LAST_POSITION = 24;
  static final int COMMIT_RESULT_RECORDED = 32;
  static final int COMMIT_RESULT_REPEATED = 40;
  static final int COMMIT_RESULT_RESERVED = 44;
  static final int COMMIT_RESULT_SIZE = 48;

  static final int OPTIONS_STRUCT_SIZE = 0;
  static final int OPTIONS_MODE = 4;
  static final int OPTIONS_SEGMENT_SIZE = 8;
  static final int OPTIONS_DURABILITY = 16;
  static final int OPTIONS_INTERVAL_MS = 20;
  static final int OPTIONS_BUFFER_MAX = 24;
  static final int OPTIONS_TAIL_MAX = 32;
  static final int OPTIONS_MAX_CLOCK_JUMP = 40;
  static final int OPTIONS_KEEP_WAL = 48;
  static final int OPTIONS_TEST_CLOCK = 52;
  static final int OPTIONS_TEST_TIME = 56;
  static final int OPTIONS_TEST_SEED = 64;
  static final int OPTIONS_STRICT_AFTER = 72;
  static final int OPTIONS_RESERVED = 76;
  static final int OPTIONS_MEMORY_BUDGET = 80;
  static final int OPTIONS_CHECKPOINT_LOG = 88;
  static final int OPTIONS_MAX_READER_AGE = 96;
  static final int OPTIONS_SIZE = 104;

  static final int CURSOR_INFO_STRUCT_SIZE = 0;
  static final int CURSOR_INFO_RESERVED = 4;
  static final int CURSOR_INFO_TSN = 8;
  static final int CURSOR_INFO_STORE_HEAD = 16;
  static final int CURSOR_INFO_LAST_RETURNED = 24;
  static final int CURSOR_INFO_SIZE = 32;

  static final int STREAM_INFO_STRUCT_SIZE = 0;
  static final int STREAM_INFO_RESERVED = 4;
  static final int STREAM_INFO_SEQUENCE = 8;
  static final int STREAM_INFO_FIRST_POSITION = 16;
  static final int STREAM_INFO_LAST_POSITION = 24;
  static final int STREAM_INFO_HASH = 32;
  static final int STREAM_INFO_SIZE = 64;

  static final int VERIFY_PROGRESS_STRUCT_SIZE = 0;
  static final int VERIFY_PROGRESS_RESERVED = 4;
  static final int VERIFY_PROGRESS_BYTES_DONE = 8;
  static final int VERIFY_PROGRESS_BYTES_TOTAL = 16;
  static final int VERIFY_PROGRESS_COMMITS = 24;
  static final int VERIFY_PROGRESS_EVENTS = 32;
  static final int VERIFY_PROGRESS_ROOT = 40;
  static final int VERIFY_PROGRESS_SIZE = 72;

  static final int BACKUP_PROGRESS_STRUCT_SIZE = 0;
  static final int BACKUP_PROGRESS_RESERVED = 4;
  static final int BACKUP_PROGRESS_BYTES_DONE = 8;
  static final int BACKUP_PROGRESS_BYTES_TOTAL = 16;
  static final int BACKUP_PROGRESS_TSN = 24;
  static final int BACKUP_PROGRESS_HEAD = 32;
  static final int BACKUP_PROGRESS_SIZE = 40;

  static final int COMPACT_PROGRESS_STRUCT_SIZE = 0;
  static final int COMPACT_PROGRESS_RESERVED = 4;
  static final int COMPACT_PROGRESS_BYTES_BEFORE = 8;
  static final int COMPACT_PROGRESS_BYTES_NOW = 16;
  static final int COMPACT_PROGRESS_BYTES_LIVE = 24;
  static final int COMPACT_PROGRESS_PAGES_MOVED = 32;
  static final int COMPACT_PROGRESS_SIZE = 40;

  static final int REPAIR_PROGRESS_STRUCT_SIZE = 0;
  static final int REPAIR_PROGRESS_TABLES_LEFT_OUT = 4;
  static final int REPAIR_PROGRESS_BYTES_DONE = 8;
  static final int REPAIR_PROGRESS_BYTES_TOTAL = 16;
  static final int REPAIR_PROGRESS_COMMITS = 24;
  static final int REPAIR_PROGRESS_EVENTS = 32;
  static final int REPAIR_PROGRESS_COMMITS_REBUILT = 40;
  static final int REPAIR_PROGRESS_COMMITS_LOST = 48;
  static final int REPAIR_PROGRESS_EVENTS_LOST = 56;
  static final int REPAIR_PROGRESS_FIRST_LOST = 64;
  static final int REPAIR_PROGRESS_PAGES_DAMAGED = 72;
  static final int REPAIR_PROGRESS_LOG_DAMAGED = 80;
  static final int REPAIR_PROGRESS_SIZE = 88;

  static final int RECEIPT_INFO_STRUCT_SIZE = 0;
  static final int RECEIPT_INFO_RESERVED = 4;
  static final int RECEIPT_INFO_UUID = 8;
  static final int RECEIPT_INFO_TSN = 24;
  static final int RECEIPT_INFO_POSITION = 32;
  static final int RECEIPT_INFO_RECORDED = 40;
  static final int RECEIPT_INFO_EVENT_HASH = 48;
  static final int RECEIPT_INFO_CHAINED_ROOT = 80;
  static final int RECEIPT_INFO_SIZE = 112;

  static final int KEY_PART_KIND = 0;
  static final int KEY_PART_FLAGS = 4;
  static final int KEY_PART_INTEGER = 8;
  static final int KEY_PART_NATURAL = 16;
  static final int KEY_PART_REAL = 24;
  static final int KEY_PART_DATA = 32;

  static final int TABLE_INFO_STRUCT_SIZE = 0;
  static final int TABLE_INFO_ID = 4;
  static final int TABLE_INFO_HISTORY = 8;
  static final int TABLE_INFO_RESERVED = 12;
  static final int TABLE_INFO_HISTORY_AMOUNT = 16;
  static final int TABLE_INFO_CREATED_TSN = 24;
  static final int TABLE_INFO_SCHEMA = 32;
  static final int TABLE_INFO_NAME = 288;
  static final int TABLE_INFO_PROJECTION = 544;
  static final int TABLE_INFO_SIZE = 800;

  static final int PROJECTION_INFO_STRUCT_SIZE = 0;
  static final int PROJECTION_INFO_RESERVED = 4;
  static final int PROJECTION_INFO_APPLIED = 8;
  static final int PROJECTION_INFO_HEAD = 16;
  static final int PROJECTION_INFO_LAG_US = 24;
  static final int PROJECTION_INFO_SIZE = 32;

  static final int PROJECTION_STATE_STRUCT_SIZE = 0;
  static final int PROJECTION_STATE_TABLES = 4;
  static final int PROJECTION_STATE_APPLIED = 8;
  static final int PROJECTION_STATE_HEAD = 16;
  static final int PROJECTION_STATE_LAG_US = 24;
  static final int PROJECTION_STATE_NAME = 32;
  static final int PROJECTION_STATE_SIZE = 288;

  static final int STATS_STRUCT_SIZE = 0;
  static final int STATS_FORMAT_VERSION = 4;
  static final int STATS_UUID = 8;
  static final int STATS_TSN = 24;
  static final int STATS_HEAD = 32;
  static final int STATS_TAIL_EVENTS = 40;
  static final int STATS_TAIL_BYTES = 48;
  static final int STATS_TERMS = 56;
  static final int STATS_WAL_SEGMENTS = 64;
  static final int STATS_WAL_BYTES = 72;
  static final int STATS_COMMITS = 80;
  static final int STATS_COMMITS_REJECTED = 88;
  static final int STATS_GROUPS = 96;
  static final int STATS_SYNCS = 104;
  static final int STATS_WAL_WRITTEN = 112;
  static final int STATS_RECOVERED_COMMITS = 120;
  static final int STATS_RECOVERED_CUT = 128;
  static final int STATS_LAST_RECORDED = 136;
  static final int STATS_DURABLE_TSN = 144;
  static final int STATS_COMMITS_REPEATED = 152;
  static final int STATS_GROUP_MAX = 160;
  static final int STATS_QUEUE = 168;
  static final int STATS_SYNC_US = 176;
  static final int STATS_SYNC_US_MAX = 184;
  static final int STATS_CLOCK_BEHIND_US = 192;
  static final int STATS_APPLIED_TSN = 200;
  static final int STATS_CHECKPOINTS = 208;
  static final int STATS_CHECKPOINT_US = 216;
  static final int STATS_CHECKPOINT_US_MAX = 224;
  static final int STATS_PAGE_SIZE = 232;
  static final int STATS_PAGES = 240;
  static final int STATS_PAGES_FREE = 248;
  static final int STATS_PAGES_WAITING = 256;
  static final int STATS_PAGES_WRITTEN = 264;
  static final int STATS_PAGES_READ = 272;
  static final int STATS_READERS = 280;
  static final int STATS_CACHE_BYTES = 288;
  static final int STATS_CACHE_BUDGET = 296;
  static final int STATS_CACHE_HITS = 304;
  static final int STATS_CACHE_MISSES = 312;
  static final int STATS_READER_AGE_US = 320;
  static final int STATS_READER_BYTES = 328;
  static final int STATS_COMMIT_BYTES = 336;
  static final int STATS_SIZE = 344;
}
