// Where the fields of a version of a row are that stele_row_history_next_batch() has copied.
using System;
using System.Buffers.Binary;

namespace Stele.Native
{
    internal static class VersionLayout
    {
        public const int Tsn = 8;
        public const int Position = 16;
        public const int Recorded = 24;
        public const int Value = 32;
        private const int Flags = 4;

        // STELE_ROW_DELETED: the row was deleted.
        public const int Deleted = 1;

        public static int ValueSizeOf(ReadOnlySpan<byte> version)
        {
            return BinaryPrimitives.ReadInt32LittleEndian(version);
        }

        public static bool IsDeleted(ReadOnlySpan<byte> version)
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(version.Slice(Flags)) & Deleted) != 0;
        }

        // With the zeros at its end.
        public static int SizeOf(ReadOnlySpan<byte> version)
        {
            return RowLayout.Aligned(Value + ValueSizeOf(version));
        }
    }
}
