// The structs of the C API that cross the border as their bytes. A test compares them with the header.
using System.Runtime.InteropServices;

namespace Stele.Native
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ErrorStruct
    {
        public const int MessageSize = 488;
        public const uint NoGuard = uint.MaxValue;

        public uint StructSize;
        public int Status;
        public int OsErrno;
        public uint Guard;
        public ulong Position;
        public ulong Offset;
        public ulong Sequence;
        public fixed byte Message[MessageSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OptionsStruct
    {
        public uint StructSize;
        public int Mode;
        public ulong SegmentSize;
        public int Durability;
        public uint IntervalMs;
        public ulong BufferMax;
        public ulong TailMax;
        public ulong MaxClockJump;
        public uint KeepWal;
        public uint TestClock;
        public long TestTime;
        public ulong TestSeed;
        public uint StrictAfter;
        public uint Reserved;
        public ulong MemoryBudget;
        public ulong CheckpointLog;
        public ulong MaxReaderAge;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct StatsStruct
    {
        public uint StructSize;
        public uint FormatVersion;
        public fixed byte Uuid[16];
        public ulong Tsn;
        public ulong Head;
        public ulong TailEvents;
        public ulong TailBytes;
        public ulong Terms;
        public ulong WalSegments;
        public ulong WalBytes;
        public ulong Commits;
        public ulong CommitsRejected;
        public ulong Groups;
        public ulong Syncs;
        public ulong WalWritten;
        public ulong RecoveredCommits;
        public ulong RecoveredCut;
        public long LastRecorded;
        public ulong DurableTsn;
        public ulong CommitsRepeated;
        public ulong GroupMax;
        public ulong Queue;
        public ulong SyncUs;
        public ulong SyncUsMax;
        public long ClockBehindUs;
        public ulong AppliedTsn;
        public ulong Checkpoints;
        public ulong CheckpointUs;
        public ulong CheckpointUsMax;
        public ulong PageSize;
        public ulong Pages;
        public ulong PagesFree;
        public ulong PagesWaiting;
        public ulong PagesWritten;
        public ulong PagesRead;
        public ulong Readers;
        public ulong CacheBytes;
        public ulong CacheBudget;
        public ulong CacheHits;
        public ulong CacheMisses;
        public ulong ReaderAgeUs;
        public ulong ReaderBytes;
        public ulong CommitBytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CursorInfoStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong Tsn;
        public ulong StoreHead;
        public ulong LastReturned;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct StreamInfoStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong Sequence;
        public ulong FirstPosition;
        public ulong LastPosition;
        public fixed byte Hash[32];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CommitResultStruct
    {
        public uint StructSize;
        public uint EventCount;
        public ulong Tsn;
        public ulong FirstPosition;
        public ulong LastPosition;
        public long Recorded;
        public uint Repeated;
        public uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct VerifyProgressStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong BytesDone;
        public ulong BytesTotal;
        public ulong Commits;
        public ulong Events;
        public fixed byte Root[32];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct BackupProgressStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong BytesDone;
        public ulong BytesTotal;
        public ulong Tsn;
        public ulong Head;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CompactProgressStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong BytesBefore;
        public ulong BytesNow;
        public ulong BytesLive;
        public ulong PagesMoved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct RepairProgressStruct
    {
        public uint StructSize;
        public uint TablesLeftOut;
        public ulong BytesDone;
        public ulong BytesTotal;
        public ulong Commits;
        public ulong Events;
        public ulong CommitsRebuilt;
        public ulong CommitsLost;
        public ulong EventsLost;
        public ulong FirstLost;
        public ulong PagesDamaged;
        public ulong LogDamaged;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ReceiptInfoStruct
    {
        public uint StructSize;
        public uint Reserved;
        public fixed byte Uuid[16];
        public ulong Tsn;
        public ulong Position;
        public long Recorded;
        public fixed byte EventHash[32];
        public fixed byte ChainedRoot[32];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct TableInfoStruct
    {
        // Of each of the texts, which are NUL-terminated.
        public const int TextSize = 256;

        public uint StructSize;
        public uint Id;
        public int History;
        public uint Reserved;
        public ulong HistoryAmount;
        public ulong CreatedTsn;
        public fixed byte Schema[TextSize];
        public fixed byte Name[TextSize];
        public fixed byte Projection[TextSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProjectionInfoStruct
    {
        public uint StructSize;
        public uint Reserved;
        public ulong Applied;
        public ulong Head;
        public ulong LagUs;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ProjectionStateStruct
    {
        public uint StructSize;
        public uint Tables;
        public ulong Applied;
        public ulong Head;
        public ulong LagUs;
        public fixed byte Name[TableInfoStruct.TextSize];
    }

    // Data is an offset in the bytes beside it, where C has a pointer.
    [StructLayout(LayoutKind.Sequential)]
    internal struct KeyPartStruct
    {
        public uint Kind;
        public uint Flags;
        public long Integer;
        public ulong Natural;
        public double Real;
        public ulong Data;
        public ulong Size;
    }
}
