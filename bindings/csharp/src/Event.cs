// An event that was read, as an object of its own.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// An event that was read: it owns its bytes and may be kept. For millions of them that are only
    /// looked at, see <see cref="EventView"/>.
    /// </summary>
    /// <threadsafety instance="true"/>
    public sealed class Event
    {
        private static readonly string[] NoTags = new string[0];
        private static readonly MetadataPair[] NoMetadata = new MetadataPair[0];

        private readonly byte[] _record;
        private MetadataPair[] _metadata;

        // Requires: `record` is a whole record that the library wrote. It is not copied.
        internal Event(byte[] record, TermCache terms)
        {
            _record = record;
            EventView view = new EventView(record, terms);
            Type = view.Type;
            Entity = view.Entity;
            Scope = view.Scope;
            Tags = TagsOf(view, terms);
        }

        /// <summary>Its place in the global order: 1, 2, 3 ... without gaps.</summary>
        public long Position
        {
            get { return Number(RecordLayout.Position); }
        }

        /// <summary>The transaction sequence number of the commit it came with.</summary>
        public long Tsn
        {
            get { return Number(RecordLayout.Tsn); }
        }

        /// <summary>When it was committed, in UTC; strictly increasing from commit to commit.</summary>
        public DateTimeOffset Recorded
        {
            get { return Micros.ToTime(RecordedMicroseconds); }
        }

        /// <summary><see cref="Recorded"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long RecordedMicroseconds
        {
            get { return Number(RecordLayout.Recorded); }
        }

        /// <summary>
        /// The caller's time in UTC, or <see cref="Recorded"/> when none was given. A time beyond the years
        /// 1 to 9999 is the first or last that there is; <see cref="TimeMicroseconds"/> has it as it is.
        /// </summary>
        public DateTimeOffset Time
        {
            get { return Micros.ToTime(TimeMicroseconds); }
        }

        /// <summary><see cref="Time"/> in microseconds since 1970-01-01T00:00:00Z.</summary>
        public long TimeMicroseconds
        {
            get { return Number(RecordLayout.Time); }
        }

        /// <summary>Its place in the stream of its entity: 1, 2, 3 ...; 0 without an entity.</summary>
        public long Sequence
        {
            get { return Number(RecordLayout.Sequence); }
        }

        /// <summary>Its id.</summary>
        public Guid Id
        {
            get { return View.Id; }
        }

        /// <summary>What it belongs together with, or null.</summary>
        public Guid? CorrelationId
        {
            get { return View.CorrelationId; }
        }

        /// <summary>The id of the event that caused it, or null.</summary>
        public Guid? CausationId
        {
            get { return View.CausationId; }
        }

        /// <summary>32 bytes that bind the event and the one before it of its entity.</summary>
        public ReadOnlyMemory<byte> Hash
        {
            get { return new ReadOnlyMemory<byte>(_record, RecordLayout.Hash, RecordLayout.HashSize); }
        }

        /// <summary>0: the data is not encrypted.</summary>
        public long KeyId
        {
            get { return View.KeyId; }
        }

        /// <summary>What happened.</summary>
        public string Type { get; }

        /// <summary>Whose stream it belongs to, or null.</summary>
        public string Entity { get; }

        /// <summary>A further attribute, such as a tenant, or null.</summary>
        public string Scope { get; }

        /// <summary>Its tags, in bytewise order.</summary>
        public IReadOnlyList<string> Tags { get; }

        /// <summary>The payload.</summary>
        public ReadOnlyMemory<byte> Data
        {
            get
            {
                EventView view = View;
                return new ReadOnlyMemory<byte>(_record, view.PayloadOffset, view.DataSize);
            }
        }

        /// <summary>The payload as text, of which it is the UTF-8.</summary>
        public string Text
        {
            get { return Utf8.Decode(View.Data); }
        }

        /// <summary>Its metadata, in the caller's order.</summary>
        public IReadOnlyList<MetadataPair> Metadata
        {
            get { return _metadata ?? (_metadata = ReadMetadata()); }
        }

        /// <summary>
        /// The whole event as encoded (docs/format.md, "Event"): what a receipt is checked against.
        /// </summary>
        public ReadOnlyMemory<byte> Record
        {
            get { return _record; }
        }

        /// <summary>A view of this event.</summary>
        public EventView View
        {
            get { return new EventView(_record, null); }
        }

        /// <summary>Returns whether the event has a tag.</summary>
        /// <param name="tag">The whole tag.</param>
        public bool HasTag(string tag)
        {
            foreach (string mine in Tags)
            {
                if (mine == tag) return true;
            }
            return false;
        }

        /// <summary>Returns position and type, for people.</summary>
        public override string ToString()
        {
            return Position + " " + Type;
        }

        private static string[] TagsOf(EventView view, TermCache terms)
        {
            int count = view.TagCount;
            if (count == 0) return NoTags;
            string[] tags = new string[count];
            int filled = 0;
            foreach (ReadOnlySpan<byte> tag in view.Tags)
            {
                tags[filled++] = terms == null ? Utf8.Decode(tag) : terms.Get(tag);
            }
            return tags;
        }

        private long Number(int at)
        {
            return BinaryPrimitives.ReadInt64LittleEndian(_record.AsSpan(at));
        }

        private MetadataPair[] ReadMetadata()
        {
            EventView view = View;
            if (view.MetadataCount == 0) return NoMetadata;
            MetadataPair[] pairs = new MetadataPair[view.MetadataCount];
            int at = view.PayloadOffset + view.DataSize;
            for (int i = 0; i < pairs.Length; ++i)
            {
                int keySize = BinaryPrimitives.ReadUInt16LittleEndian(_record.AsSpan(at));
                int valueSize = BinaryPrimitives.ReadUInt16LittleEndian(_record.AsSpan(at + 2));
                at += 4;
                pairs[i] = new MetadataPair(
                    Utf8.Decode(_record.AsSpan(at, keySize)),
                    new ReadOnlyMemory<byte>(_record, at + keySize, valueSize));
                at += keySize + valueSize;
            }
            return pairs;
        }
    }
}
