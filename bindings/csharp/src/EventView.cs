// An event in the buffer that it was read into: fields are decoded when they are asked for.
using System;
using System.Buffers.Binary;
using Stele.Native;

namespace Stele
{
    /// <summary>
    /// An event in the buffer of the cursor or subscription that read it. Nothing is copied or decoded
    /// before it is asked for. Its memory is used again by the next step of its owner: what is to live
    /// longer is taken with <see cref="ToEvent"/>.
    /// </summary>
    public readonly ref struct EventView
    {
        private readonly ReadOnlySpan<byte> _record;
        private readonly TermCache _terms;

        // Requires: `record` is a whole record that the library wrote.
        internal EventView(ReadOnlySpan<byte> record, TermCache terms)
        {
            _record = record;
            _terms = terms;
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
            get { return Uuid.Read(_record.Slice(RecordLayout.Id)); }
        }

        /// <summary>What it belongs together with, or null.</summary>
        public Guid? CorrelationId
        {
            get
            {
                if ((Flags & RecordLayout.HasCorrelation) == 0) return null;
                return Uuid.Read(_record.Slice(RecordLayout.FixedSize));
            }
        }

        /// <summary>The id of the event that caused it, or null.</summary>
        public Guid? CausationId
        {
            get
            {
                if ((Flags & RecordLayout.HasCausation) == 0) return null;
                return Uuid.Read(_record.Slice(TypeOffset - Uuid.Size));
            }
        }

        /// <summary>32 bytes that bind the event and the one before it of its entity.</summary>
        public ReadOnlySpan<byte> Hash
        {
            get { return _record.Slice(RecordLayout.Hash, RecordLayout.HashSize); }
        }

        /// <summary>0: the data is not encrypted.</summary>
        public long KeyId
        {
            get { return BinaryPrimitives.ReadUInt32LittleEndian(_record.Slice(RecordLayout.KeyId)); }
        }

        /// <summary>What happened.</summary>
        public string Type
        {
            get { return Decode(TypeUtf8); }
        }

        /// <summary>Whose stream it belongs to, or null.</summary>
        public string Entity
        {
            get { return EntitySize == 0 ? null : Decode(EntityUtf8); }
        }

        /// <summary>A further attribute, such as a tenant, or null.</summary>
        public string Scope
        {
            get { return ScopeSize == 0 ? null : Decode(ScopeUtf8); }
        }

        /// <summary>What happened, as UTF-8.</summary>
        public ReadOnlySpan<byte> TypeUtf8
        {
            get { return _record.Slice(TypeOffset, TypeSize); }
        }

        /// <summary>Whose stream it belongs to, as UTF-8; empty: nobody's.</summary>
        public ReadOnlySpan<byte> EntityUtf8
        {
            get { return _record.Slice(TypeOffset + TypeSize, EntitySize); }
        }

        /// <summary>A further attribute, as UTF-8; empty: none.</summary>
        public ReadOnlySpan<byte> ScopeUtf8
        {
            get { return _record.Slice(TypeOffset + TypeSize + EntitySize, ScopeSize); }
        }

        /// <summary>How many tags it has.</summary>
        public int TagCount
        {
            get { return Small(RecordLayout.TagCount); }
        }

        /// <summary>Its tags as UTF-8, in bytewise order, for foreach.</summary>
        public TagEnumerator Tags
        {
            get
            {
                int start = TypeOffset + TypeSize + EntitySize + ScopeSize;
                return new TagEnumerator(_record.Slice(start, PayloadOffset - start));
            }
        }

        /// <summary>The payload.</summary>
        public ReadOnlySpan<byte> Data
        {
            get { return _record.Slice(PayloadOffset, DataSize); }
        }

        /// <summary>The size of the payload in bytes.</summary>
        public int DataSize
        {
            get { return BinaryPrimitives.ReadInt32LittleEndian(_record.Slice(RecordLayout.DataSize)); }
        }

        /// <summary>The payload as text, of which it is the UTF-8.</summary>
        public string Text
        {
            get { return Utf8.Decode(Data); }
        }

        /// <summary>How many metadata pairs it has; <see cref="ToEvent"/> gives them.</summary>
        public int MetadataCount
        {
            get { return Small(RecordLayout.MetadataCount); }
        }

        /// <summary>The whole event as encoded (docs/format.md, "Event").</summary>
        public ReadOnlySpan<byte> Record
        {
            get { return _record; }
        }

        internal int PayloadOffset
        {
            get { return BinaryPrimitives.ReadInt32LittleEndian(_record.Slice(RecordLayout.Payload)); }
        }

        private byte Flags
        {
            get { return _record[RecordLayout.Flags]; }
        }

        private int TypeSize
        {
            get { return Small(RecordLayout.TypeSize); }
        }

        private int EntitySize
        {
            get { return Small(RecordLayout.EntitySize); }
        }

        private int ScopeSize
        {
            get { return Small(RecordLayout.ScopeSize); }
        }

        private int TypeOffset
        {
            get
            {
                int flags = Flags;
                int ids = (flags & RecordLayout.HasCorrelation) + ((flags & RecordLayout.HasCausation) >> 1);
                return RecordLayout.FixedSize + ids * Uuid.Size;
            }
        }

        /// <summary>Returns a copy that may be kept.</summary>
        public Event ToEvent()
        {
            return new Event(_record.ToArray(), _terms);
        }

        private string Decode(ReadOnlySpan<byte> name)
        {
            return _terms == null ? Utf8.Decode(name) : _terms.Get(name);
        }

        private long Number(int at)
        {
            return BinaryPrimitives.ReadInt64LittleEndian(_record.Slice(at));
        }

        private int Small(int at)
        {
            return BinaryPrimitives.ReadUInt16LittleEndian(_record.Slice(at));
        }
    }

    /// <summary>The tags of an <see cref="EventView"/>, for foreach.</summary>
    public ref struct TagEnumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal TagEnumerator(ReadOnlySpan<byte> tags)
        {
            _rest = tags;
            Current = default(ReadOnlySpan<byte>);
        }

        /// <summary>The tag at which it stands, as UTF-8.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Returns itself.</summary>
        public TagEnumerator GetEnumerator()
        {
            return this;
        }

        /// <summary>Goes to the next tag; false: there is none.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            int size = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
            Current = _rest.Slice(2, size);
            _rest = _rest.Slice(2 + size);
            return true;
        }
    }
}
