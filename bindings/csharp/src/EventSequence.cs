// A reading that has not begun.
using System;
using System.Collections;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// Events to be read: a foreach reads them, as of the moment when it begins, in batches, and ends the
    /// reading when it is left. Each foreach reads anew. For views and single steps, <see cref="Open"/>.
    /// </summary>
    /// <example><code>
    /// foreach (Event sold in db.Read(Query.All.Type("BookSold"))) Console.WriteLine(sold.Position);
    /// </code></example>
    /// <threadsafety instance="true"/>
    public sealed class EventSequence : IEnumerable<Event>
    {
        private readonly Func<Cursor> _begin;

        // `begin` returns null where there is nothing to begin with.
        internal EventSequence(Func<Cursor> begin)
        {
            _begin = begin;
        }

        /// <summary>Begins to read, as of now.</summary>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>, <see cref="Status.TooLarge"/>: the
        /// query; <see cref="Status.Closed"/>: the database; <see cref="Status.NotFound"/>: a walk has no
        /// event to begin with.</exception>
        public Cursor Open()
        {
            Cursor cursor = _begin();
            if (cursor != null) return cursor;
            throw new SteleException(Status.NotFound, "walk: there is no event to begin with");
        }

        /// <summary>As <see cref="Open"/>; false: a walk has no event to begin with.</summary>
        /// <param name="cursor">The cursor, or null.</param>
        public bool TryOpen(out Cursor cursor)
        {
            cursor = _begin();
            return cursor != null;
        }

        /// <summary>Begins to read, as of now. A walk without a beginning has no events.</summary>
        public IEnumerator<Event> GetEnumerator()
        {
            Cursor cursor;
            return TryOpen(out cursor) ? cursor.GetEnumerator() : Nothing();
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        private static IEnumerator<Event> Nothing()
        {
            yield break;
        }
    }
}
