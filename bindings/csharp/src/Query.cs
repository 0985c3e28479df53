// Which events a reading, a guard or a subscription is about.
using System;
using System.Buffers.Binary;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// A list of items, which matches an event that any item matches. An item names values for fields of
    /// an event, and matches an event whose type is one of the item's types or in one of its categories,
    /// whose tags include all tags of the item, whose entity is one of the item's or begins with one of
    /// its prefixes, whose scope, correlation id and causation id is one of the item's, and whose time and
    /// position are in the item's ranges. A field of which the item names nothing asks for nothing: so
    /// <see cref="All"/> matches every event.
    /// </summary>
    /// <remarks>
    /// Queries do not change: each method returns a new one, which names more. What the database does not
    /// accept (an empty name, more than 512 bytes of UTF-8, NUL, more than 1,024 values of a field or
    /// items) it says where the query is used, as <see cref="Status.Invalid"/> or
    /// <see cref="Status.TooLarge"/>.
    /// </remarks>
    /// <example><code>
    /// Query about = Query.All.Type("OrderPlaced", "OrderPaid").Tag("customer:7")
    ///     .Or().EntityPrefix("invoice/");
    /// </code></example>
    /// <threadsafety instance="true"/>
    public sealed class Query
    {
        // The encoding: docs/format.md, "Query".
        private const int HeaderSize = 8;
        private const int ItemsAt = 4;
        private const int FieldHeaderSize = 4;
        private const ushort TypeField = 1;
        private const ushort TagField = 2;
        private const ushort EntityField = 3;
        private const ushort CategoryField = 4;
        private const ushort ScopeField = 5;
        private const ushort CorrelationField = 7;
        private const ushort CausationField = 8;
        private const ushort EntityPrefixField = 16;
        private const ushort TimeField = 17;
        private const ushort PositionsField = 18;

        private readonly int _lastItem;  // Where it starts; 0: there is none.

        private Query(byte[] bytes, int lastItem)
        {
            Bytes = bytes;
            _lastItem = lastItem;
        }

        /// <summary>The query of all events, and the beginning of every other one.</summary>
        public static Query All { get; } = new Query(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 0);

        // As they cross the border.
        internal byte[] Bytes { get; }

        internal int ItemCount
        {
            get { return BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(ItemsAt)); }
        }

        /// <summary>Adds types to the last item.</summary>
        /// <param name="types">Whole types; an event has one of them.</param>
        public Query Type(params string[] types)
        {
            return WithTexts(TypeField, types, "the event type");
        }

        /// <summary>Adds tags to the last item.</summary>
        /// <param name="tags">Whole tags; an event has all of them.</param>
        public Query Tag(params string[] tags)
        {
            return WithTexts(TagField, tags, "a tag");
        }

        /// <summary>Adds entities to the last item.</summary>
        /// <param name="entities">Whole entities; an event belongs to one of them.</param>
        public Query Entity(params string[] entities)
        {
            return WithTexts(EntityField, entities, "the entity");
        }

        /// <summary>Adds beginnings of entities to the last item.</summary>
        /// <param name="prefixes">The entity of an event begins with one of them.</param>
        public Query EntityPrefix(params string[] prefixes)
        {
            return WithTexts(EntityPrefixField, prefixes, "the entity prefix");
        }

        /// <summary>
        /// Adds categories to the last item. The category of a type is what stands before its first '.':
        /// "order" of "order.placed.v2". A type without a '.' is a category of its own.
        /// </summary>
        /// <param name="categories">The type of an event is in one of them.</param>
        public Query Category(params string[] categories)
        {
            return WithTexts(CategoryField, categories, "the category");
        }

        /// <summary>Adds scopes to the last item.</summary>
        /// <param name="scopes">Whole scopes; an event has one of them.</param>
        public Query Scope(params string[] scopes)
        {
            return WithTexts(ScopeField, scopes, "the scope");
        }

        /// <summary>Adds a correlation id to the last item; an event has one of them.</summary>
        /// <param name="id">The id.</param>
        public Query Correlation(Guid id)
        {
            return WithField(CorrelationField, Uuid.Bytes(id));
        }

        /// <summary>Adds a causation id to the last item; an event has one of them.</summary>
        /// <param name="id">The id of the event that caused others.</param>
        public Query Causation(Guid id)
        {
            return WithField(CausationField, Uuid.Bytes(id));
        }

        /// <summary>
        /// Asks the last item for events of a range of time, in place of an earlier range. The time is that
        /// of the event; for the time of its commit, see
        /// <see cref="SteleDb.PositionAt(DateTimeOffset)"/>.
        /// </summary>
        /// <param name="from">The first time that counts.</param>
        /// <param name="to">The first time that does not count any more.</param>
        public Query Time(DateTimeOffset from, DateTimeOffset to)
        {
            // What is between two microseconds is not before `from`, and is before `to`.
            return TimeMicroseconds(Micros.UpTo(from), Micros.UpTo(to));
        }

        /// <summary>As <see cref="Time"/>, in microseconds since 1970-01-01T00:00:00Z.</summary>
        /// <param name="from">The first time that counts.</param>
        /// <param name="to">The first time that does not count any more.</param>
        public Query TimeMicroseconds(long from, long to)
        {
            return WithField(TimeField, Range(from, to));
        }

        /// <summary>
        /// Asks the last item for events of a range of positions, in place of an earlier range.
        /// </summary>
        /// <param name="from">The first position that counts; not negative.</param>
        /// <param name="to">The first position that does not count any more; not negative.</param>
        public Query Positions(long from, long to)
        {
            Argument.NotNegative(from, nameof(from));
            Argument.NotNegative(to, nameof(to));
            return WithField(PositionsField, Range(from, to));
        }

        /// <summary>
        /// Begins the next item: what is named from now on is for other events. An item that names nothing
        /// matches every event.
        /// </summary>
        public Query Or()
        {
            int start = Bytes.Length;
            return new Query(WithItem(start + sizeof(uint)), start);
        }

        private static byte[] Range(long from, long to)
        {
            byte[] range = new byte[16];
            BinaryPrimitives.WriteInt64LittleEndian(range, from);
            BinaryPrimitives.WriteInt64LittleEndian(range.AsSpan(8), to);
            return range;
        }

        private Query WithTexts(ushort kind, string[] texts, string what)
        {
            if (texts == null) throw new ArgumentNullException(nameof(texts));
            Query query = this;
            foreach (string text in texts)
            {
                if (text == null) throw new ArgumentNullException(nameof(texts), what + " is null.");
                query = query.WithField(kind, Utf8.Encode(text, "query: " + what));
            }
            return query;
        }

        private Query WithField(ushort kind, byte[] value)
        {
            if (value.Length > ushort.MaxValue)
            {
                throw new SteleException(
                    Status.Invalid,
                    "query: a name has " + value.Length + " bytes, at most 512 are allowed");
            }
            int item = _lastItem != 0 ? _lastItem : HeaderSize;
            int at = _lastItem != 0 ? Bytes.Length : HeaderSize + sizeof(uint);
            int size = at + FieldHeaderSize + value.Length;
            byte[] bytes = _lastItem != 0 ? Copy(size) : WithItem(size);
            uint fields = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(item));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(item), fields + 1);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), kind);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + 2), (ushort)value.Length);
            value.CopyTo(bytes, at + FieldHeaderSize);
            return new Query(bytes, item);
        }

        private byte[] Copy(int size)
        {
            byte[] bytes = new byte[size];
            Bytes.CopyTo(bytes, 0);
            return bytes;
        }

        // A copy with one item more, which is empty and starts where the bytes ended.
        private byte[] WithItem(int size)
        {
            byte[] bytes = Copy(size);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ItemsAt), ItemCount + 1);
            return bytes;
        }
    }
}
