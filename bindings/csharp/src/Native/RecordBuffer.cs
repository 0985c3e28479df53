// A buffer of records that the library filled, and the place in it: what cursors and subscriptions
// read from.
//
// The memory is lent by a pool of the process and goes back when the owner is disposed. A view that
// somebody kept beyond that sees other bytes then, but always bytes of an array.
using System;
using System.Buffers;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal sealed class RecordBuffer
    {
        private const int Small = 64 * 1024;

        private static readonly byte[] Nothing = new byte[0];

        private readonly TermCache _terms = new TermCache();
        private int _next;
        private int _end;

        // To be filled from its start on.
        public byte[] Memory { get; private set; } = Nothing;

        // Where the record starts at which it stands.
        public int At { get; private set; }

        // Whether it stands at a record.
        public bool IsAtRecord { get; private set; }

        public bool IsEmpty
        {
            get { return _next >= _end; }
        }

        public EventView View
        {
            get { return new EventView(Memory.AsSpan(At, _next - At), _terms); }
        }

        // Sees that there is memory, and so much of it at least.
        public void Reserve(ulong size)
        {
            if ((ulong)Memory.Length >= Math.Max(size, Small)) return;
            byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Max(size, Small)));
            Release();
            Memory = larger;
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
            At = _next;
            IsAtRecord = _next < _end;
            if (!IsAtRecord) return false;
            _next += BinaryPrimitives.ReadInt32LittleEndian(Memory.AsSpan(At));
            return true;
        }

        // Gives the memory back. Records are gone.
        public void Release()
        {
            byte[] lent = Memory;
            Memory = Nothing;
            Filled(0);
            if (lent.Length > 0) ArrayPool<byte>.Shared.Return(lent);
        }
    }
}
