// How a database is opened.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>What must be true of a directory when a database is opened in it.</summary>
    public enum OpenMode
    {
        /// <summary>The database is created if the directory is missing or empty.</summary>
        Create = 0,

        /// <summary>The database must exist.</summary>
        Existing = 1,

        /// <summary>The database must not exist.</summary>
        New = 2,

        /// <summary>
        /// The database must exist; nothing is ever written to its directory. Several may read at once, but
        /// not beside a writer. Commits are <see cref="Status.ReadOnly"/>.
        /// </summary>
        ReadOnly = 3,
    }

    /// <summary>
    /// What a commit waits for. A database has a level, and a batch may ask for a stronger one. At every
    /// level a power failure loses the newest commits only, and what is left has no holes.
    /// </summary>
    public enum Durability
    {
        /// <summary>Of a database: <see cref="Sync"/>. Of a batch: that of the database.</summary>
        Default = 0,

        /// <summary>
        /// A commit survives the end of the process; a power failure only after
        /// <see cref="SteleDb.Sync"/>, or about 50 ms of idleness.
        /// </summary>
        Os = 1,

        /// <summary>
        /// As <see cref="Os"/>, and after <see cref="SteleOptions.Interval"/> a power failure, too.
        /// </summary>
        Interval = 2,

        /// <summary>A commit survives a power failure.</summary>
        Sync = 3,
    }

    /// <summary>
    /// How a database is opened. Every property has its default as long as it is not set; sizes are bytes.
    /// </summary>
    /// <threadsafety instance="false"/>
    public sealed class SteleOptions
    {
        /// <summary>What must be true of the directory.</summary>
        public OpenMode Mode { get; set; }

        /// <summary>What commits wait for.</summary>
        public Durability Durability { get; set; }

        /// <summary>
        /// Of <see cref="Stele.Durability.Interval"/>: how old an unsynced commit gets. By default 100 ms;
        /// whole milliseconds, 1 ms to 2^32 - 1 ms.
        /// </summary>
        public TimeSpan? Interval { get; set; }

        /// <summary>
        /// The size of a log segment: 64 KiB to 1 GiB. By default as the database was made, or 64 MiB.
        /// </summary>
        public long SegmentSize { get; set; }

        /// <summary>
        /// How many bytes of commits may wait to be written; beyond it callers wait, too. By default 64 MiB.
        /// </summary>
        public long BufferMax { get; set; }

        /// <summary>
        /// How many bytes of commits to hold in memory; beyond it a commit is
        /// <see cref="Status.NoMemory"/>. By default as many as there is memory for.
        /// </summary>
        public long TailMax { get; set; }

        /// <summary>
        /// How far the system clock may leap ahead between two commits; beyond it a commit is
        /// <see cref="Status.Io"/>, and no time far in the future is recorded. By default a day;
        /// <see cref="TimeSpan.MaxValue"/>: any.
        /// </summary>
        public TimeSpan? MaxClockJump { get; set; }

        /// <summary>
        /// Log segments that are not needed any more keep their bytes under the name NUMBER.kept, and are
        /// the caller's to move or remove.
        /// </summary>
        public bool KeepWal { get; set; }

        /// <summary>
        /// For tests: the clock stands still here until
        /// <see cref="SteleDb.SetTestClock(DateTimeOffset)"/>, and leaps are not
        /// judged. Without it: the system's clock.
        /// </summary>
        public DateTimeOffset? TestTime
        {
            get { return Micros.ToTime(TestMicroseconds); }
            set { TestMicroseconds = Micros.Of(value); }
        }

        /// <summary>
        /// <see cref="TestTime"/> in microseconds since 1970-01-01T00:00:00Z, of which every value is valid.
        /// </summary>
        public long? TestMicroseconds { get; set; }

        /// <summary>
        /// For tests. Not 0: ids are made from this number, not from chance: the same calls make the same
        /// ones.
        /// </summary>
        public long TestSeed { get; set; }

        /// <summary>
        /// A guard that looks behind a position beyond the head makes its commit
        /// <see cref="Status.Invalid"/>. Otherwise it holds, for nothing can be behind it yet.
        /// </summary>
        public bool StrictAfter { get; set; }

        /// <summary>
        /// Memory for cached pages, the newest commits and buffers, from 1 MiB on. By default 256 MiB.
        /// </summary>
        public long MemoryBudget { get; set; }

        /// <summary>
        /// A checkpoint is made when so many bytes of the log are in no tree: that is about what an open
        /// after a crash has to read. By default 64 MiB, or a quarter of the budget if that is less.
        /// </summary>
        public long CheckpointLog { get; set; }

        /// <summary>
        /// A backup or verification that holds an old state of the trees for longer is
        /// <see cref="Status.TooOld"/> at its next step. Whole milliseconds; by default for ever.
        /// </summary>
        public TimeSpan? MaxReaderAge { get; set; }

        internal unsafe OptionsStruct ToStruct()
        {
            return new OptionsStruct
            {
                StructSize = (uint)sizeof(OptionsStruct),
                Mode = (int)Mode,
                SegmentSize = Size(SegmentSize, nameof(SegmentSize)),
                Durability = (int)Durability,
                IntervalMs = (uint)Milliseconds(Interval, uint.MaxValue, nameof(Interval)),
                BufferMax = Size(BufferMax, nameof(BufferMax)),
                TailMax = Size(TailMax, nameof(TailMax)),
                MaxClockJump = Jump(),
                KeepWal = KeepWal ? 1u : 0u,
                TestClock = TestMicroseconds.HasValue ? 1u : 0u,
                TestTime = TestMicroseconds ?? 0,
                TestSeed = (ulong)TestSeed,
                StrictAfter = StrictAfter ? 1u : 0u,
                MemoryBudget = Size(MemoryBudget, nameof(MemoryBudget)),
                CheckpointLog = Size(CheckpointLog, nameof(CheckpointLog)),
                MaxReaderAge = Milliseconds(MaxReaderAge, long.MaxValue, nameof(MaxReaderAge)),
            };
        }

        private static ulong Size(long size, string name)
        {
            if (size < 0) throw new ArgumentOutOfRangeException(name, size, "A size is not negative.");
            return (ulong)size;
        }

        private static ulong Milliseconds(TimeSpan? time, long most, string name)
        {
            if (!time.HasValue) return 0;
            long milliseconds = time.Value.Ticks / TimeSpan.TicksPerMillisecond;
            if (milliseconds < 1 || milliseconds > most)
            {
                throw new ArgumentOutOfRangeException(name, time, "Allowed are 1 to " + most + " ms.");
            }
            return (ulong)milliseconds;
        }

        private ulong Jump()
        {
            if (!MaxClockJump.HasValue) return 0;
            if (MaxClockJump.Value == TimeSpan.MaxValue) return ulong.MaxValue;
            long micros = MaxClockJump.Value.Ticks / Micros.TicksPerMicrosecond;
            if (micros < 1)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(MaxClockJump), MaxClockJump, "Allowed are a microsecond and more.");
            }
            return (ulong)micros;
        }
    }
}
