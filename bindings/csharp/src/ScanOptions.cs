// Which rows a scan reads.
namespace Stele
{
    /// <summary>Which rows a scan reads, in which direction, and as of when.</summary>
    /// <threadsafety instance="false"/>
    public sealed class ScanOptions
    {
        // STELE_SCAN_BACKWARD
        internal const int BackwardFlag = 1;

        /// <summary>From the highest key down.</summary>
        public bool Backward { get; set; }

        /// <summary>The first key; null: the lowest there is.</summary>
        public byte[] Low { get; set; }

        /// <summary>The first key that is not part of it; null: to the end.</summary>
        public byte[] High { get; set; }

        /// <summary>The moment: now, unless it is set.</summary>
        public AsOf AsOf { get; set; }

        internal int Flags
        {
            get { return Backward ? BackwardFlag : 0; }
        }
    }
}
