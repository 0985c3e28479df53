// A database: questions that have a number as their answer, streams and terms.
using System;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        /// <summary>Returns whether an event matches a query.</summary>
        /// <param name="query">Null: any event.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>, <see cref="Status.TooLarge"/>: the
        /// query; <see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public unsafe bool Exists(Query query = null)
        {
            byte[] what = (query ?? Query.All).Bytes;
            Reply reply;
            fixed (byte* bytes = what)
            {
                return Call.Found(Native.exists(bytes, (ulong)what.Length, (byte*)&reply), &reply);
            }
        }

        /// <summary>
        /// Returns how many events match a query. Takes time linear in that number, or in the history where
        /// the query has ranges or prefixes only.
        /// </summary>
        /// <param name="query">Null: all events.</param>
        /// <exception cref="SteleException">As <see cref="Exists"/>.</exception>
        public unsafe long Count(Query query = null)
        {
            byte[] what = (query ?? Query.All).Bytes;
            Reply reply;
            fixed (byte* bytes = what)
            {
                Call.Ok(Native.count(bytes, (ulong)what.Length, (byte*)&reply), &reply);
            }
            return (long)reply.Values[0];
        }

        /// <summary>
        /// Returns the position of the last event that matches a query; 0: there is none. Of a query with
        /// several items, see <see cref="LastOfEach"/>.
        /// </summary>
        /// <param name="query">Null: any event.</param>
        /// <exception cref="SteleException">As <see cref="Exists"/>.</exception>
        public long Last(Query query = null)
        {
            long last = 0;
            foreach (long position in LastOfEach(query ?? Query.All)) last = Math.Max(last, position);
            return last;
        }

        /// <summary>
        /// Returns for each item of a query the position of the last event that matches it, 0 for none, all
        /// as of the same moment. A query without items counts as one item.
        /// </summary>
        /// <param name="query">The query.</param>
        /// <exception cref="SteleException">As <see cref="Exists"/>.</exception>
        public unsafe long[] LastOfEach(Query query)
        {
            if (query == null) throw new ArgumentNullException(nameof(query));
            long[] positions = new long[Math.Max(1, query.ItemCount)];
            Reply reply;
            fixed (byte* bytes = query.Bytes)
            fixed (long* filled = positions)
            {
                Call.Ok(
                    Native.last(
                        bytes, (ulong)query.Bytes.Length, (byte*)filled,
                        (ulong)positions.Length * sizeof(long), (byte*)&reply),
                    &reply);
            }
            return positions;
        }

        /// <summary>
        /// Returns the position of the last event that was recorded at a time or before; 0: none.
        /// </summary>
        /// <param name="time">The time of commits, not that of events.</param>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public long PositionAt(DateTimeOffset time)
        {
            return PositionAt(Micros.Of(time));
        }

        /// <summary>As <see cref="PositionAt(DateTimeOffset)"/>.</summary>
        /// <param name="microseconds">Since 1970-01-01T00:00:00Z; every value is valid.</param>
        /// <exception cref="SteleException">As <see cref="PositionAt(DateTimeOffset)"/>.</exception>
        public unsafe long PositionAt(long microseconds)
        {
            Reply reply;
            Call.Ok(Native.position_at(microseconds, (byte*)&reply), &reply);
            return (long)reply.Values[0];
        }

        /// <summary>Tells how the stream of an entity stands; null: the entity has no event.</summary>
        /// <param name="entity">The entity.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the entity;
        /// <see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>, <see cref="Status.Io"/>.</exception>
        public unsafe StreamInfo GetStream(string entity)
        {
            byte[] name = Argument.Text(entity, nameof(entity), "stream: the entity");
            Reply reply;
            StreamInfoStruct info;
            fixed (byte* bytes = name)
            {
                int status = Native.stream_get(
                    bytes, (ulong)name.Length, (byte*)&info, (ulong)sizeof(StreamInfoStruct),
                    (byte*)&reply);
                return Call.Found(status, &reply) ? new StreamInfo(&info) : null;
            }
        }

        /// <summary>
        /// Lists the terms of a kind that begin with a prefix, in bytewise order, as of the moment when the
        /// foreach begins.
        /// </summary>
        /// <param name="kind">Of what.</param>
        /// <param name="prefix">Null and "": all.</param>
        public IEnumerable<Term> Terms(TermKind kind, string prefix = null)
        {
            byte[] begins = Utf8.Encode(prefix ?? "", "terms: the prefix");
            return new TermSequence(() => OpenTerms(kind, begins));
        }

        /// <summary>Returns figures of this moment.</summary>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>.</exception>
        public unsafe SteleStats GetStats()
        {
            Reply reply;
            StatsStruct figures;
            Call.Ok(
                Native.stats((byte*)&figures, (ulong)sizeof(StatsStruct), (byte*)&reply), &reply);
            return new SteleStats(in figures);
        }

        private unsafe NativeTerms OpenTerms(TermKind kind, byte[] prefix)
        {
            Reply reply;
            fixed (byte* bytes = prefix)
            {
                return Call.Made(
                    Native.terms((int)kind, bytes, (ulong)prefix.Length, (byte*)&reply), &reply);
            }
        }
    }
}
