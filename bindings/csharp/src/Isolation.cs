// What the commit of a transaction must not find changed.
namespace Stele
{
    /// <summary>What the commit of a <see cref="Transaction"/> must not find changed.</summary>
    public enum Isolation
    {
        /// <summary>What was read, rows that were not there included, and what is written: all transactions
        /// come to what they would have come to one after the other.</summary>
        Serializable = 0,

        /// <summary>Only what is written. Two transactions that read the same and write different rows can
        /// both commit.</summary>
        Snapshot = 1,
    }
}
