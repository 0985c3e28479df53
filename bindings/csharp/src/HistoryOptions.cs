// Which versions of a row are read.
namespace Stele
{
    /// <summary>Which versions of a row are read, and in which order.</summary>
    /// <threadsafety instance="false"/>
    public sealed class HistoryOptions
    {
        // STELE_ROW_HISTORY_OLDEST_FIRST
        internal const int OldestFirstFlag = 1;

        /// <summary>In the order in which they came about; without, the newest one first.</summary>
        public bool OldestFirst { get; set; }

        /// <summary>The first moment: what was there then is the first version. Null: as far back as the
        /// table keeps what was there.</summary>
        public AsOf? Since { get; set; }

        /// <summary>The last moment: now, unless it is set.</summary>
        public AsOf Until { get; set; }
    }
}
