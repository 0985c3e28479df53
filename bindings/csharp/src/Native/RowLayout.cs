// Where the fields of a row are that stele_scan_next_batch() or stele_table_get_many() has
// copied.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal static class RowLayout
    {
        public const int KeySize = 4;
        public const int Flags = 6;
        public const int Tsn = 8;
        public const int Position = 16;
        public const int Key = 24;
        private const int Alignment = 8;

        // STELE_ROW_MISSING: there is no such row.
        public const int Missing = 1;

        public static bool IsMissing(ReadOnlySpan<byte> row)
        {
            return (BinaryPrimitives.ReadUInt16LittleEndian(row.Slice(Flags)) & Missing) != 0;
        }

        public static Row ToRow(ReadOnlySpan<byte> row)
        {
            return new Row(
                row.Slice(Key, KeySizeOf(row)).ToArray(),
                row.Slice(Key + KeySizeOf(row), ValueSizeOf(row)).ToArray(),
                BinaryPrimitives.ReadUInt64LittleEndian(row.Slice(Tsn)),
                BinaryPrimitives.ReadUInt64LittleEndian(row.Slice(Position)));
        }

        public static int ValueSizeOf(ReadOnlySpan<byte> row)
        {
            return BinaryPrimitives.ReadInt32LittleEndian(row);
        }

        public static int KeySizeOf(ReadOnlySpan<byte> row)
        {
            return BinaryPrimitives.ReadUInt16LittleEndian(row.Slice(KeySize));
        }

        // With the zeros at its end.
        public static int SizeOf(ReadOnlySpan<byte> row)
        {
            return Aligned(Key + KeySizeOf(row) + ValueSizeOf(row));
        }

        public static int Aligned(int size)
        {
            return (size + Alignment - 1) & ~(Alignment - 1);
        }
    }
}
