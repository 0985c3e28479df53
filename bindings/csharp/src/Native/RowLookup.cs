// Looking up a row, the same for a table and for a transaction.
using System;
using System.Buffers;

namespace Stele.Native
{
    // Copies the row of a key. Replies as NativeTable.get() does.
    internal unsafe interface IRowSource
    {
        int Get(byte* key, ulong keySize, byte* buffer, ulong capacity, byte* reply);
    }

    internal static unsafe class RowLookup
    {
        // Enough for most rows, so that a lookup is one call.
        public const int UsualSize = 4096;

        // The row of a key; null: there is none.
        public static Row Get<T>(T source, ReadOnlySpan<byte> key)
            where T : struct, IRowSource
        {
            byte[] lent = ArrayPool<byte>.Shared.Rent(UsualSize);
            try
            {
                for (;;)
                {
                    Reply reply;
                    Status status = Read(source, key, lent, &reply);
                    ulong size = reply.Values[0];
                    if (status == Status.BufferTooSmall)
                    {
                        byte[] larger = ArrayPool<byte>.Shared.Rent((int)size);
                        ArrayPool<byte>.Shared.Return(lent);
                        lent = larger;
                        continue;
                    }
                    if (status == Status.NotFound) return null;
                    Call.Ok((int)status, &reply);
                    return new Row(
                        key.ToArray(), lent.AsSpan(0, (int)size).ToArray(), reply.Values[1],
                        reply.Values[2]);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(lent);
            }
        }

        // Copies the row into memory that is there, and says how large it is.
        public static Status TryGet<T>(
            T source, ReadOnlySpan<byte> key, Span<byte> destination, out int size)
            where T : struct, IRowSource
        {
            Reply reply;
            Status status = Read(source, key, destination, &reply);
            size = (int)reply.Values[0];
            return status;
        }

        private static Status Read<T>(
            T source, ReadOnlySpan<byte> key, Span<byte> destination, Reply* reply)
            where T : struct, IRowSource
        {
            fixed (byte* at = key)
            fixed (byte* buffer = destination)
            {
                int status = source.Get(
                    at, (ulong)key.Length, buffer, (ulong)destination.Length, (byte*)reply);
                return Call.Outcome(status, reply);
            }
        }
    }
}
