// Proofs that an event was committed, for who has no database.
using System;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Says: this event, with this content, stood at this position in the commit whose chained root is this
    /// one. It can be checked without the database, and years later. What it proves depends on the root:
    /// something against a root that was kept elsewhere (<see cref="VerifyProgress.Root"/>), or against a
    /// receipt that was given away.
    /// </summary>
    /// <threadsafety instance="true"/>
    public sealed class Receipt
    {
        private readonly byte[] _bytes;

        /// <summary>Makes a receipt of its bytes, which are copied. They are not checked yet.</summary>
        /// <param name="bytes">What <see cref="Bytes"/> gave.</param>
        public Receipt(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes.ToArray();
        }

        /// <summary>The bytes (docs/format.md, "Receipt"): to be stored, or given away.</summary>
        public ReadOnlyMemory<byte> Bytes
        {
            get { return _bytes; }
        }

        /// <summary>Checks that the receipt is sound in itself. Needs no database.</summary>
        /// <exception cref="SteleException"><see cref="Status.Corrupt"/>: it does not hold; the message says
        /// why. <see cref="Status.Unsupported"/>: it is of a newer version.</exception>
        public ReceiptInfo Verify()
        {
            return Verify(ReadOnlySpan<byte>.Empty);
        }

        /// <summary>Checks the receipt, and that it is that of an event. Needs no database.</summary>
        /// <param name="read">The event.</param>
        /// <exception cref="SteleException">As <see cref="Verify()"/>; <see cref="Status.Corrupt"/>, too,
        /// where it is not that of the event.</exception>
        public ReceiptInfo Verify(Event read)
        {
            if (read == null) throw new ArgumentNullException(nameof(read));
            return Verify(read.Record.Span);
        }

        /// <summary>Checks the receipt, and that it is that of an event. Needs no database.</summary>
        /// <param name="record">The event as encoded, <see cref="Event.Record"/>. Empty: the receipt alone is
        /// checked.</param>
        /// <exception cref="SteleException">As <see cref="Verify(Event)"/>.</exception>
        public unsafe ReceiptInfo Verify(ReadOnlySpan<byte> record)
        {
            Library.Load();
            Reply reply;
            ReceiptInfoStruct info;
            fixed (byte* receipt = _bytes)
            fixed (byte* bytes = record)
            {
                Call.Ok(
                    NativeCalls.check_receipt(
                        receipt, (ulong)_bytes.Length, bytes, (ulong)record.Length, (byte*)&info,
                        (ulong)sizeof(ReceiptInfoStruct), (byte*)&reply),
                    &reply);
            }
            return new ReceiptInfo(&info);
        }
    }

    /// <summary>What a receipt says.</summary>
    /// <threadsafety instance="true"/>
    public sealed class ReceiptInfo
    {
        internal unsafe ReceiptInfo(ReceiptInfoStruct* info)
        {
            Uuid = Native.Uuid.Read(new ReadOnlySpan<byte>(info->Uuid, Native.Uuid.Size));
            Tsn = (long)info->Tsn;
            Position = (long)info->Position;
            RecordedMicroseconds = info->Recorded;
            EventHash = new ReadOnlySpan<byte>(info->EventHash, RecordLayout.HashSize).ToArray();
            ChainedRoot = new ReadOnlySpan<byte>(info->ChainedRoot, RecordLayout.HashSize).ToArray();
        }

        /// <summary>The uuid of the database.</summary>
        public Guid Uuid { get; }

        /// <summary>The commit.</summary>
        public long Tsn { get; }

        /// <summary>The event.</summary>
        public long Position { get; }

        /// <summary>When it was committed, in UTC.</summary>
        public DateTimeOffset Recorded
        {
            get { return Micros.ToTime(RecordedMicroseconds); }
        }

        /// <summary><see cref="Recorded"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long RecordedMicroseconds { get; }

        /// <summary>32 bytes that bind the event, and those of its entity before it.</summary>
        public ReadOnlyMemory<byte> EventHash { get; }

        /// <summary>32 bytes that bind the commit, and all before it.</summary>
        public ReadOnlyMemory<byte> ChainedRoot { get; }
    }
}
