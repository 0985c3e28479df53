// The data of an event as a stream.
using System;
using System.IO;

namespace Stele
{
    // Reads from the database what is asked for, and keeps nothing but a place.
    internal sealed class DataStream : Stream
    {
        private readonly SteleDb _db;
        private readonly long _event;
        private readonly long _length;
        private long _at;

        public DataStream(SteleDb db, long position, long length)
        {
            _db = db;
            _event = position;
            _length = length;
        }

        public override bool CanRead
        {
            get { return true; }
        }

        public override bool CanSeek
        {
            get { return true; }
        }

        public override bool CanWrite
        {
            get { return false; }
        }

        public override long Length
        {
            get { return _length; }
        }

        public override long Position
        {
            get { return _at; }
            set { Seek(value, SeekOrigin.Begin); }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (buffer == null) throw new ArgumentNullException(nameof(buffer));
            return Read(buffer.AsSpan(offset, count));
        }

        public override int Read(Span<byte> buffer)
        {
            int read;
            long total;
            // Events stay for ever: the one that was there when the stream was opened is there.
            _db.TryReadData(_event, _at, buffer, out read, out total);
            _at += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            long from = origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? _at : _length;
            if (from + offset < 0) throw new IOException("A place before the start was sought.");
            _at = from + offset;
            return _at;
        }

        public override void Flush()
        {
        }

        public override void SetLength(long value)
        {
            throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            throw new NotSupportedException();
        }
    }
}
