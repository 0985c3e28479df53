// Where the fields of a row are that stele_scan_next_batch() has copied.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal static class RowLayout
    {
        public const int KeySize = 4;
        public const int Tsn = 8;
        public const int Position = 16;
        public const int Key = 24;
        private const int Alignment = 8;

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
            int size = Key + KeySizeOf(row) + ValueSizeOf(row);
            return (size + Alignment - 1) & ~(Alignment - 1);
        }
    }
}
