// A buffer of records that the library filled, and the place in it: what cursors and subscriptions
// read from, and, with rows or versions of one in place of records, scans and histories.
//
// The memory is lent by a pool of the process and goes back when the owner is disposed of; a view that
// somebody kept beyond that sees other bytes then, but always bytes of an array. It does not go back
// where another thread used it last, which may be in the middle of a record, or of a call that fills the
// memory: then the collector does that, and the thread finds out by its next call.
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Threading;

namespace Stele.Native
{
    internal sealed class RecordBuffer
    {
        private const int Small = 64 * 1024;

        // What _owner may be besides a thread's number.
        private const int Nobody = 0;
        private const int Released = -1;

        // A call that fills memory with what comes next.
        public unsafe delegate int Source(byte* memory, ulong capacity, byte* reply);

        private static readonly byte[] Nothing = new byte[0];

        private readonly TermCache _terms = new TermCache();
        private int _next;
        private int _end;
        private int _owner;

        // To be filled from its start on, by its owner.
        public byte[] Memory { get; private set; } = Nothing;

        // Where the record starts at which it stands.
        public int At { get; private set; }

        // Whether it stands at a record.
        public bool IsAtRecord { get; private set; }

        public bool IsEmpty
        {
            get { return _next >= _end || Volatile.Read(ref _owner) == Released; }
        }

        public EventView View
        {
            get { return new EventView(Memory.AsSpan(At, _next - At), _terms); }
        }

        // Makes this thread the one that uses it; false: it was released.
        public bool Own()
        {
            int thread = Environment.CurrentManagedThreadId;
            for (;;)
            {
                int owner = Volatile.Read(ref _owner);
                if (owner == thread) return true;
                if (owner == Released) return false;
                if (Interlocked.CompareExchange(ref _owner, thread, owner) == owner) return true;
            }
        }

        // Sees that there is memory, and so much of it at least; but not when it was released, for then the
        // library will say so.
        public void Reserve(ulong size)
        {
            if ((ulong)Memory.Length >= Math.Max(size, Small)) return;
            if (Volatile.Read(ref _owner) == Released) return;
            byte[] before = Memory;
            Memory = ArrayPool<byte>.Shared.Rent(checked((int)Math.Max(size, Small)));
            if (before.Length > 0) ArrayPool<byte>.Shared.Return(before);
        }

        // Says that the first `size` bytes hold records now.
        public void Filled(ulong size)
        {
            At = 0;
            _next = 0;
            _end = (int)size;
            IsAtRecord = false;
        }

        // Goes to the next record; false: all were passed.
        public bool MoveNext()
        {
            if (!Stand()) return false;
            _next += BinaryPrimitives.ReadInt32LittleEndian(Memory.AsSpan(At));
            return true;
        }

        // The same where the memory holds rows of a table.
        public bool MoveNextRow()
        {
            if (!Stand()) return false;
            _next += RowLayout.SizeOf(Memory.AsSpan(At));
            return true;
        }

        // The same where it holds versions of a row.
        public bool MoveNextVersion()
        {
            if (!Stand()) return false;
            _next += VersionLayout.SizeOf(Memory.AsSpan(At));
            return true;
        }

        // Has `read` fill the memory, which gets as large as that takes; false: there is no more.
        public unsafe bool Fill(Source read)
        {
            Own();
            Reply reply;
            for (ulong needed = 0;; needed = reply.Values[0])
            {
                Reserve(needed);
                byte[] buffer = Memory;
                Status status;
                fixed (byte* memory = buffer)
                {
                    status =
                        Call.Outcome(read(memory, (ulong)buffer.Length, (byte*)&reply), &reply);
                }
                if (status == Status.BufferTooSmall) continue;
                Filled(status == Status.Ok ? reply.Values[0] : 0);
                return status == Status.Ok;
            }
        }

        // Gives the memory back, for good. Records are gone.
        public void Release()
        {
            int owner = Interlocked.Exchange(ref _owner, Released);
            if (owner != Nobody && owner != Environment.CurrentManagedThreadId) return;
            byte[] lent = Memory;
            Memory = Nothing;
            Filled(0);
            if (lent.Length > 0) ArrayPool<byte>.Shared.Return(lent);
        }

        // Stands at what is next; false: there is nothing.
        private bool Stand()
        {
            if (!Own()) return false;
            At = _next;
            IsAtRecord = _next < _end;
            return IsAtRecord;
        }
    }
}
