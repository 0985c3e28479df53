package io.stele;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * Figures of a database at a moment. They are read one by one, not as one snapshot.
 *
 * @param formatVersion the version of the files on disk
 * @param uuid made when the database was created
 * @param tsn the number of the last visible commit
 * @param head the position of the last visible event
 * @param tailEvents events held in memory: those behind the last checkpoint
 * @param tailBytes memory that holds their commits
 * @param terms distinct types, categories, tags, entities, scopes, correlation and causation ids
 *     of the events held in memory
 * @param walSegments log files on disk
 * @param walBytes their bytes in use
 * @param commits batches committed through this object ...
 * @param commitsRejected ... and refused by a guard
 * @param groups log writes that carried those commits ...
 * @param syncs ... and the syncs of the log they took
 * @param walWritten bytes of commits written to the log through this object
 * @param recoveredCommits commits found in the log when it was opened ...
 * @param recoveredCut ... and bytes of unacknowledged, incomplete writes cut off
 * @param lastRecorded when the last visible commit was made; null: there is none
 * @param durableTsn the last commit known to be on stable storage
 * @param commitsRepeated batches that an idempotency key recognised
 * @param groupMax commits in the largest log write
 * @param queue commits that wait to be written now
 * @param syncTime the time that the syncs took in all;
 * @param syncTimeMax the slowest of them
 * @param clockBehind how far the system clock is behind the last commit: above a second it has been
 *     set back
 * @param appliedTsn the last commit that is in the trees
 * @param checkpoints made through this object ...
 * @param checkpointTime ... in so much time in all;
 * @param checkpointTimeMax the slowest of them
 * @param pageSize bytes of a page; 0 before the first checkpoint, as what follows
 * @param pages pages in the file of pages ...
 * @param pagesFree ... of these, can be written now ...
 * @param pagesWaiting ... and are free as soon as no reader and no superblock needs them
 * @param pagesWritten through this object: with walWritten, what writing amplifies
 * @param pagesRead from the file, through this object
 * @param readers cursors, backups and verifications that hold an old state of the trees: they keep
 *     pages waiting, and what was in memory then
 * @param cacheBytes memory that pages take now ...
 * @param cacheBudget ... and may take
 * @param cacheHits pages found in memory ...
 * @param cacheMisses ... and not
 * @param readerAge for how long one of the readers has held his, at the most
 * @param readerBytes of pages and memory that only readers hold
 * @param commitBytes of commits made through this object. Write amplification is (walWritten +
 *     pagesWritten * pageSize) / commitBytes
 */
public record Stats(int formatVersion, UUID uuid, long tsn, long head, long tailEvents,
    long tailBytes, long terms, long walSegments, long walBytes, long commits, long commitsRejected,
    long groups, long syncs, long walWritten, long recoveredCommits, long recoveredCut,
    Instant lastRecorded, long durableTsn, long commitsRepeated, long groupMax, long queue,
    Duration syncTime, Duration syncTimeMax, Duration clockBehind, long appliedTsn,
    long checkpoints, Duration checkpointTime, Duration checkpointTimeMax, long pageSize,
    long pages, long pagesFree, long pagesWaiting, long pagesWritten, long pagesRead, long readers,
    long cacheBytes, long cacheBudget, long cacheHits, long cacheMisses, Duration readerAge,
    long readerBytes, long commitBytes) {
  static Stats of(Scratch scratch) {
    Reader from = new Reader(scratch);
    return new Stats(
        scratch.structInt(Layout.STATS_FORMAT_VERSION),
        RecordWriter.id(scratch.fixed, Scratch.STRUCT + Layout.STATS_UUID),
        from.number(Layout.STATS_TSN),
        from.number(Layout.STATS_HEAD),
        from.number(Layout.STATS_TAIL_EVENTS),
        from.number(Layout.STATS_TAIL_BYTES),
        from.number(Layout.STATS_TERMS),
        from.number(Layout.STATS_WAL_SEGMENTS),
        from.number(Layout.STATS_WAL_BYTES),
        from.number(Layout.STATS_COMMITS),
        from.number(Layout.STATS_COMMITS_REJECTED),
        from.number(Layout.STATS_GROUPS),
        from.number(Layout.STATS_SYNCS),
        from.number(Layout.STATS_WAL_WRITTEN),
        from.number(Layout.STATS_RECOVERED_COMMITS),
        from.number(Layout.STATS_RECOVERED_CUT),
        from.number(Layout.STATS_TSN) == 0 ? null : from.time(Layout.STATS_LAST_RECORDED),
        from.number(Layout.STATS_DURABLE_TSN),
        from.number(Layout.STATS_COMMITS_REPEATED),
        from.number(Layout.STATS_GROUP_MAX),
        from.number(Layout.STATS_QUEUE),
        from.duration(Layout.STATS_SYNC_US),
        from.duration(Layout.STATS_SYNC_US_MAX),
        from.duration(Layout.STATS_CLOCK_BEHIND_US),
        from.number(Layout.STATS_APPLIED_TSN),
        from.number(Layout.STATS_CHECKPOINTS),
        from.duration(Layout.STATS_CHECKPOINT_US),
        from.duration(Layout.STATS_CHECKPOINT_US_MAX),
        from.number(Layout.STATS_PAGE_SIZE),
        from.number(Layout.STATS_PAGES),
        from.number(Layout.STATS_PAGES_FREE),
        from.number(Layout.STATS_PAGES_WAITING),
        from.number(Layout.STATS_PAGES_WRITTEN),
        from.number(Layout.STATS_PAGES_READ),
        from.number(Layout.STATS_READERS),
        from.number(Layout.STATS_CACHE_BYTES),
        from.number(Layout.STATS_CACHE_BUDGET),
        from.number(Layout.STATS_CACHE_HITS),
        from.number(Layout.STATS_CACHE_MISSES),
        from.duration(Layout.STATS_READER_AGE_US),
        from.number(Layout.STATS_READER_BYTES),
        from.number(Layout.STATS_COMMIT_BYTES));
  }

  private record Reader(Scratch scratch) {
    long number(int offset) {
      return scratch.structLong(offset);
    }

    Instant time(int offset) {
      return Times.instant(number(offset));
    }

    Duration duration(int offset) {
      return Duration.of(number(offset), ChronoUnit.MICROS);
    }
  }
}
