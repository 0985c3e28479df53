// The ways from one event to others.
namespace Stele
{
    /// <summary>The ways from one event to others.</summary>
    public enum WalkKind
    {
        /// <summary>
        /// The event, the one before it of its entity, and so on to the first. Each must have the hash that
        /// the one behind it is bound to; <see cref="Status.Corrupt"/> names the first that has not.
        /// </summary>
        Ancestors = 1,

        /// <summary>The event, the one it was caused by, and so on.</summary>
        Causes = 2,

        /// <summary>
        /// The event, and all that were caused by it or by its effects: each behind its cause, and by
        /// position otherwise.
        /// </summary>
        Effects = 3,

        /// <summary>
        /// All events of its correlation id, by position; without one, the event alone.
        /// </summary>
        Correlation = 4,
    }
}
