// What is done with rows is called in one way, whether a batch or a projection does it: checks, pins, and
// throws what goes wrong.
using System;

namespace Stele.Native
{
    // What changes rows. `position` is of the event that a row follows from, where there is one.
    internal unsafe interface IRowTarget
    {
        int Put(
            NativeTable table, byte* key, ulong keySize, byte* row, ulong rowSize, ulong position,
            byte* reply);

        int Delete(NativeTable table, byte* key, ulong keySize, ulong position, byte* reply);

        int DeleteRange(
            NativeTable table, byte* low, ulong lowSize, byte* high, ulong highSize, int bounded,
            ulong position, byte* reply);
    }

    internal unsafe partial class NativeBatch : IRowTarget
    {
        int IRowTarget.Put(
            NativeTable table, byte* key, ulong keySize, byte* row, ulong rowSize, ulong position,
            byte* reply)
        {
            return put(table, key, keySize, row, rowSize, reply);
        }

        int IRowTarget.Delete(
            NativeTable table, byte* key, ulong keySize, ulong position, byte* reply)
        {
            return delete_row(table, key, keySize, reply);
        }

        int IRowTarget.DeleteRange(
            NativeTable table, byte* low, ulong lowSize, byte* high, ulong highSize, int bounded,
            ulong position, byte* reply)
        {
            return delete_range(table, low, lowSize, high, highSize, bounded, reply);
        }
    }

    internal unsafe partial class NativeProjection : IRowTarget
    {
        int IRowTarget.Put(
            NativeTable table, byte* key, ulong keySize, byte* row, ulong rowSize, ulong position,
            byte* reply)
        {
            return put(table, key, keySize, row, rowSize, position, reply);
        }

        int IRowTarget.Delete(
            NativeTable table, byte* key, ulong keySize, ulong position, byte* reply)
        {
            return delete_row(table, key, keySize, position, reply);
        }

        int IRowTarget.DeleteRange(
            NativeTable table, byte* low, ulong lowSize, byte* high, ulong highSize, int bounded,
            ulong position, byte* reply)
        {
            return delete_range(table, low, lowSize, high, highSize, bounded, position, reply);
        }
    }

    internal static unsafe class RowCalls
    {
        public static readonly byte[] NoBytes = new byte[0];

        public static NativeTable Of(Table table)
        {
            if (table == null) throw new ArgumentNullException(nameof(table));
            return table.Native;
        }

        // Whether a range has an end.
        public static int Bounded(byte[] high)
        {
            return high == null ? 0 : 1;
        }

        public static void Put(
            IRowTarget target, Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row,
            ulong position)
        {
            Reply reply;
            fixed (byte* at = key)
            fixed (byte* value = row)
            {
                Call.Ok(
                    target.Put(
                        Of(table), at, (ulong)key.Length, value, (ulong)row.Length, position,
                        (byte*)&reply),
                    &reply);
            }
        }

        public static void Delete(
            IRowTarget target, Table table, ReadOnlySpan<byte> key, ulong position)
        {
            Reply reply;
            fixed (byte* at = key)
            {
                Call.Ok(
                    target.Delete(Of(table), at, (ulong)key.Length, position, (byte*)&reply), &reply);
            }
        }

        public static void DeleteRange(
            IRowTarget target, Table table, byte[] low, byte[] high, ulong position)
        {
            byte[] first = low ?? NoBytes;
            byte[] end = high ?? NoBytes;
            Reply reply;
            fixed (byte* from = first)
            fixed (byte* to = end)
            {
                Call.Ok(
                    target.DeleteRange(
                        Of(table), from, (ulong)first.Length, to, (ulong)end.Length, Bounded(high),
                        position, (byte*)&reply),
                    &reply);
            }
        }
    }
}
