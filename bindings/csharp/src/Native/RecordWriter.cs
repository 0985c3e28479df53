// Encodes new events, one record behind the other, into a buffer that is used again and again.
//
// What a record must hold for the library to take it is checked there. Checked here is only what the
// encoding itself could not say: sizes beyond its fields, and text that is not Unicode.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Stele.Native
{
    internal sealed class RecordWriter
    {
        private const int KeptMax = 1024 * 1024;
        private const int TextMax = ushort.MaxValue;

        private byte[] _buffer = new byte[1024];
        private int _used;

        public byte[] Buffer
        {
            get { return _buffer; }
        }

        public int Used
        {
            get { return _used; }
        }

        // Forgets what was written; keeps the buffer, unless an unusual event has made it large.
        public void Clear()
        {
            _used = 0;
            if (_buffer.Length > KeptMax) _buffer = new byte[1024];
        }

        // Appends a record. One that is refused leaves nothing behind.
        public void Add(NewEvent added)
        {
            if (added == null) throw new ArgumentNullException(nameof(added));
            int start = _used;
            try
            {
                Reserve(Bound(added));
                int payload = WriteHead(added, start);
                added.Data.Span.CopyTo(_buffer.AsSpan(_used));
                _used += added.Data.Length;
                int metadata = WriteMetadata(added.MetadataOrNull);
                _used = (_used + 7) & ~7;
                WriteFixed(added, start, payload, metadata);
            }
            catch
            {
                _used = start;
                throw;
            }
        }

        // The most bytes that the record can take.
        private static int Bound(NewEvent added)
        {
            long bound = RecordLayout.FixedSize + 2 * Uuid.Size + 7;
            bound += 3L * added.Type.Length + added.Data.Length;
            if (added.Entity != null) bound += 3L * added.Entity.Length;
            if (added.Scope != null) bound += 3L * added.Scope.Length;
            IList<string> tags = added.TagsOrNull;
            if (tags != null)
            {
                CheckSize(tags.Count, TextMax, "the event's number of tags");
                for (int i = 0; i < tags.Count; ++i) bound += 2 + 3L * NotNull(tags[i], "A tag").Length;
            }
            MetadataList metadata = added.MetadataOrNull;
            if (metadata != null)
            {
                CheckSize(metadata.Count, TextMax, "the event's number of metadata pairs");
                for (int i = 0; i < metadata.Count; ++i)
                {
                    bound += 4 + 3L * metadata[i].Key.Length + metadata[i].Value.Length;
                }
            }
            CheckSize(bound, SteleLimits.BatchMax, "the event's size in bytes");
            return (int)bound;
        }

        private void Reserve(int bound)
        {
            long needed = (long)_used + bound;
            if (needed <= _buffer.Length) return;
            // What a batch may hold fits into an array, but what a caller tries may not.
            CheckSize(needed, int.MaxValue - 64, "the events' size in bytes");
            long doubled = Math.Min(2L * _buffer.Length, int.MaxValue - 64);
            Array.Resize(ref _buffer, (int)Math.Max(needed, doubled));
        }

        // Writes what stands between the fixed part and the data, and returns where the data starts,
        // counted from the start of the record.
        private int WriteHead(NewEvent added, int start)
        {
            _used = start + RecordLayout.FixedSize;
            if (added.CorrelationId.HasValue) WriteId(added.CorrelationId.Value);
            if (added.CausationId.HasValue) WriteId(added.CausationId.Value);
            WriteSize(start + RecordLayout.TypeSize, WriteText(added.Type, "the event type"));
            WriteSize(start + RecordLayout.EntitySize, WriteOptional(added.Entity, "the entity"));
            WriteSize(start + RecordLayout.ScopeSize, WriteOptional(added.Scope, "the scope"));
            IList<string> tags = added.TagsOrNull;
            int count = tags == null ? 0 : tags.Count;
            WriteSize(start + RecordLayout.TagCount, count);
            for (int i = 0; i < count; ++i)
            {
                int at = _used;
                _used += 2;
                WriteSize(at, WriteText(tags[i], "a tag"));
            }
            return _used - start;
        }

        // Returns the bytes that the pairs take.
        private int WriteMetadata(MetadataList metadata)
        {
            int start = _used;
            int count = metadata == null ? 0 : metadata.Count;
            for (int i = 0; i < count; ++i)
            {
                ReadOnlySpan<byte> value = metadata[i].Value.Span;
                CheckSize(value.Length, TextMax, "the size of a metadata value in bytes");
                int at = _used;
                _used += 4;
                WriteSize(at, WriteText(metadata[i].Key, "a metadata key"));
                WriteSize(at + 2, value.Length);
                value.CopyTo(_buffer.AsSpan(_used));
                _used += value.Length;
            }
            return _used - start;
        }

        // What the commit fills in is left as it is, which nobody reads. The sizes of the names and the
        // number of tags are there already.
        private void WriteFixed(NewEvent added, int start, int payload, int metadata)
        {
            Span<byte> record = _buffer.AsSpan(start, _used - start);
            int flags = added.TimeMicroseconds.HasValue ? 0 : RecordLayout.TimeIsRecorded;
            if (added.CorrelationId.HasValue) flags |= RecordLayout.HasCorrelation;
            if (added.CausationId.HasValue) flags |= RecordLayout.HasCausation;
            MetadataList pairs = added.MetadataOrNull;
            BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record.Slice(RecordLayout.Payload), payload);
            record[RecordLayout.Version] = RecordLayout.CurrentVersion;
            record[RecordLayout.Flags] = (byte)flags;
            WriteSize(start + RecordLayout.MetadataCount, pairs == null ? 0 : pairs.Count);
            BinaryPrimitives.WriteInt32LittleEndian(
                record.Slice(RecordLayout.DataSize), added.Data.Length);
            BinaryPrimitives.WriteInt32LittleEndian(
                record.Slice(RecordLayout.MetadataSize), metadata);
            BinaryPrimitives.WriteInt32LittleEndian(record.Slice(RecordLayout.KeyId), 0);
            BinaryPrimitives.WriteInt64LittleEndian(
                record.Slice(RecordLayout.Time), added.TimeMicroseconds ?? 0);
            Uuid.Write(added.Id ?? Guid.Empty, record.Slice(RecordLayout.Id));
        }

        private void WriteId(Guid id)
        {
            Uuid.Write(id, _buffer.AsSpan(_used));
            _used += Uuid.Size;
        }

        private void WriteSize(int at, int size)
        {
            _buffer[at] = (byte)size;
            _buffer[at + 1] = (byte)(size >> 8);
        }

        private int WriteOptional(string text, string what)
        {
            return string.IsNullOrEmpty(text) ? 0 : WriteText(text, what);
        }

        // Returns the bytes that the text takes.
        private int WriteText(string text, string what)
        {
            // The library would say so of the record, and not of the name.
            if (text.Length == 0) throw new SteleException(Status.Invalid, "append: " + what + " is empty");
            int size;
            try
            {
                size = Utf8.Strict.GetBytes(text, 0, text.Length, _buffer, _used);
            }
            catch (EncoderFallbackException fault)
            {
                throw Utf8.LoneSurrogate("append: " + what, fault);
            }
            if (size > TextMax) CheckSize(size, TextMax, what + "'s size in bytes");
            _used += size;
            return size;
        }

        private static string NotNull(string text, string what)
        {
            if (text == null) throw new ArgumentNullException(nameof(text), what + " is null.");
            return text;
        }

        private static void CheckSize(long size, int most, string what)
        {
            if (size <= most) return;
            throw new SteleException(
                Status.TooLarge,
                "append: " + what + " is " + size + ", which is more than a record can say");
        }
    }
}
