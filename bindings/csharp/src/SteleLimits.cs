// The limits of the data model.
namespace Stele
{
    /// <summary>Limits of events and batches; what is beyond one is <see cref="Status.TooLarge"/>.</summary>
    public static class SteleLimits
    {
        /// <summary>Bytes of a type, tag, entity or scope, as UTF-8.</summary>
        public const int TermMax = 512;

        /// <summary>Tags of an event.</summary>
        public const int TagsMax = 256;

        /// <summary>Metadata pairs of an event; bytes of a key, of a value.</summary>
        public const int MetadataMax = 65535;

        /// <summary>Bytes of an event's data, and of its metadata in all.</summary>
        public const int DataMax = 64 * 1024 * 1024;

        /// <summary>Bytes of a batch, encoded.</summary>
        public const int BatchMax = 256 * 1024 * 1024;

        /// <summary>Bytes of the name of a tracked source.</summary>
        public const int SourceMax = 255;

        /// <summary>Bytes of an idempotency key.</summary>
        public const int KeyMax = 255;

        /// <summary>Bytes of a subscription's token.</summary>
        public const int TokenSize = 32;

        /// <summary>Bytes of a receipt, at the most.</summary>
        public const int ReceiptMax = 2048;

        /// <summary>Bytes of a key of <see cref="Keys"/>.</summary>
        public const int TableKeyMax = 1024;

        /// <summary>Bytes of a row of a <see cref="Table"/>.</summary>
        public const int RowMax = 16 * 1024 * 1024;
    }
}
