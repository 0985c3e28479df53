// An event to append.
using System;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// An event to append. It is read when it is added to a batch, and may be changed and added again
    /// after that. Names are UTF-8 without NUL; sizes count its bytes.
    /// </summary>
    /// <example><code>
    /// db.Append(new NewEvent("BookSold")
    /// {
    ///     Entity = "order-1",
    ///     Tags = { "book:dune", "customer:7" },
    ///     Text = "{\"price\": 12}",
    /// });
    /// </code></example>
    /// <threadsafety instance="false"/>
    public sealed class NewEvent
    {
        private string _type;

        /// <summary>Makes an event that has a type and nothing else.</summary>
        /// <param name="type">What happened: 1 to 512 bytes.</param>
        public NewEvent(string type)
        {
            Type = type;
        }

        /// <summary>What happened: 1 to 512 bytes.</summary>
        public string Type
        {
            get { return _type; }
            set { _type = value ?? throw new ArgumentNullException(nameof(value)); }
        }

        /// <summary>Whose stream it belongs to: 1 to 512 bytes. Null and "": nobody's.</summary>
        public string Entity { get; set; }

        /// <summary>A further attribute, such as a tenant: 1 to 512 bytes. Null and "": none.</summary>
        public string Scope { get; set; }

        /// <summary>The payload: at most 64 MiB. Not copied before the event is added to a batch.</summary>
        public ReadOnlyMemory<byte> Data { get; set; }

        /// <summary>The payload as text, of which <see cref="Data"/> is the UTF-8.</summary>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the text has half of a surrogate
        /// pair.</exception>
        public string Text
        {
            get { return Utf8.Decode(Data.Span); }
            set
            {
                if (value == null) throw new ArgumentNullException(nameof(value));
                Data = Utf8.Encode(value, "append: the text");
            }
        }

        /// <summary>
        /// Tags, 1 to 512 bytes each, at most 256. A set: duplicates merge, order is lost. Null: none.
        /// </summary>
        public IList<string> Tags
        {
            get { return TagsOrNull ?? (TagsOrNull = new List<string>()); }
            set { TagsOrNull = value; }
        }

        /// <summary>Metadata, in an order that is kept; keys are unique. 64 MiB in all.</summary>
        public MetadataList Metadata
        {
            get { return MetadataOrNull ?? (MetadataOrNull = new MetadataList()); }
        }

        /// <summary>
        /// The caller's id, unique in the database; a commit with one that is there already is
        /// <see cref="CommitKind.Exists"/>. Null and <see cref="Guid.Empty"/>: a version 7 UUID is made.
        /// </summary>
        public Guid? Id { get; set; }

        /// <summary>What it belongs together with.</summary>
        public Guid? CorrelationId { get; set; }

        /// <summary>The id of the event that caused it.</summary>
        public Guid? CausationId { get; set; }

        /// <summary>
        /// The caller's time; null: that of the commit. What is less than a microsecond is cut off, towards
        /// the past. The offset is not kept: events have UTC.
        /// </summary>
        public DateTimeOffset? Time
        {
            get { return Micros.ToTime(TimeMicroseconds); }
            set { TimeMicroseconds = Micros.Of(value); }
        }

        /// <summary>
        /// <see cref="Time"/> in microseconds since 1970-01-01T00:00:00Z, of which every value is valid.
        /// </summary>
        public long? TimeMicroseconds { get; set; }

        internal IList<string> TagsOrNull { get; private set; }

        internal MetadataList MetadataOrNull { get; private set; }
    }
}
