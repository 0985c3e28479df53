// A database: reading events, and finding single ones.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        // Enough for most events, so that a lookup is one call.
        private const int LookupSize = 4096;

        // A lookup of one record, into a buffer.
        private unsafe delegate int Lookup(byte* buffer, ulong capacity, Reply* reply);

        /// <summary>
        /// Returns the events that match a query, to be read: a foreach reads them as of the moment when it
        /// begins.
        /// </summary>
        /// <param name="query">Null: all events.</param>
        /// <param name="options">Null: everything, forward.</param>
        public EventSequence Read(Query query = null, ReadOptions options = null)
        {
            byte[] what = (query ?? Query.All).Bytes;
            ReadOptions read = ReadOptions.Copy(options);
            return new EventSequence(() => OpenRead(what, read));
        }

        /// <summary>
        /// Returns the events of an entity, which are numbered by their sequence: 1, 2, 3 ... An entity
        /// without events has none.
        /// </summary>
        /// <param name="entity">The entity: 1 to 512 bytes of UTF-8 without NUL.</param>
        /// <param name="options">What is read of it; its start is a sequence. Null: everything,
        /// forward.</param>
        public EventSequence ReadStream(string entity, ReadOptions options = null)
        {
            byte[] name = Argument.Text(entity, nameof(entity), "stream: the entity");
            ReadOptions read = ReadOptions.Copy(options);
            return new EventSequence(() => OpenStream(name, read));
        }

        /// <summary>
        /// Returns the events that are met on the way from one event to others. Where there is no event at
        /// the position, there are none: <see cref="EventSequence.TryOpen"/> tells the difference.
        /// </summary>
        /// <param name="position">Where the walk begins.</param>
        /// <param name="kind">Which way it goes.</param>
        public EventSequence Walk(long position, WalkKind kind)
        {
            ulong start = Argument.NotNegative(position, nameof(position));
            return new EventSequence(() => OpenWalk(start, kind));
        }

        /// <summary>Returns the event at a position; null: there is none (yet).</summary>
        /// <param name="position">The position; not negative.</param>
        /// <exception cref="SteleException"><see cref="Status.Closed"/>, <see cref="Status.Corrupt"/>,
        /// <see cref="Status.Io"/>.</exception>
        public unsafe Event Get(long position)
        {
            ulong at = Argument.NotNegative(position, nameof(position));
            return One((buffer, capacity, reply) => Native.get(at, buffer, capacity, (byte*)reply));
        }

        /// <summary>Returns the event that has an id; null: there is none.</summary>
        /// <param name="id">The id.</param>
        /// <exception cref="SteleException">As <see cref="Get(long)"/>.</exception>
        public unsafe Event Get(Guid id)
        {
            byte[] bytes = Uuid.Bytes(id);
            return One((buffer, capacity, reply) =>
            {
                fixed (byte* data = bytes)
                {
                    return Native.get_by_id(data, Uuid.Size, buffer, capacity, (byte*)reply);
                }
            });
        }

        /// <summary>Returns the newest event of an entity; null: it has none.</summary>
        /// <param name="entity">The entity.</param>
        /// <exception cref="SteleException">As <see cref="Get(long)"/>, and
        /// <see cref="Status.Invalid"/>.</exception>
        public unsafe Event Latest(string entity)
        {
            byte[] name = Argument.Text(entity, nameof(entity), "latest: the entity");
            return One((buffer, capacity, reply) =>
            {
                fixed (byte* data = name)
                {
                    return Native.latest(data, (ulong)name.Length, buffer, capacity, (byte*)reply);
                }
            });
        }

        /// <summary>
        /// Copies a range of an event's data, as much as there is and fits. Behind the end of the data there
        /// are 0 bytes.
        /// </summary>
        /// <param name="position">The position of the event.</param>
        /// <param name="offset">Where the range starts in the data.</param>
        /// <param name="buffer">Where it is copied to.</param>
        /// <param name="read">How many bytes were copied.</param>
        /// <param name="total">The size of all data of the event.</param>
        /// <returns>False: there is no event at the position.</returns>
        /// <exception cref="SteleException">As <see cref="Get(long)"/>.</exception>
        public unsafe bool TryReadData(
            long position, long offset, Span<byte> buffer, out int read, out long total)
        {
            ulong at = Argument.NotNegative(position, nameof(position));
            ulong start = Argument.NotNegative(offset, nameof(offset));
            Reply reply;
            bool found;
            fixed (byte* memory = buffer)
            {
                found = Call.Found(
                    Native.data_read(at, start, memory, (ulong)buffer.Length, (byte*)&reply), &reply);
            }
            read = found ? (int)reply.Values[0] : 0;
            total = found ? (long)reply.Values[1] : 0;
            return found;
        }

        /// <summary>
        /// Returns an event's data as a stream, which reads piece by piece what is asked of it; null: there
        /// is no event at the position.
        /// </summary>
        /// <param name="position">The position of the event.</param>
        /// <exception cref="SteleException">As <see cref="Get(long)"/>.</exception>
        public Stream OpenData(long position)
        {
            int read;
            long total;
            return TryReadData(position, 0, Span<byte>.Empty, out read, out total)
                ? new DataStream(this, position, total)
                : null;
        }

        private unsafe Cursor OpenRead(byte[] query, ReadOptions options)
        {
            ulong start = options.NativeStart;
            ulong limit = options.NativeLimit;
            Reply reply;
            fixed (byte* bytes = query)
            {
                NativeCursor cursor = Native.read(
                    bytes, (ulong)query.Length, options.Flags, start, limit, (byte*)&reply);
                return new Cursor(Call.Made(cursor, &reply));
            }
        }

        private unsafe Cursor OpenStream(byte[] entity, ReadOptions options)
        {
            ulong start = options.NativeStart;
            ulong limit = options.NativeLimit;
            Reply reply;
            fixed (byte* bytes = entity)
            {
                NativeCursor cursor = Native.stream_read(
                    bytes, (ulong)entity.Length, options.Flags, start, limit, (byte*)&reply);
                return new Cursor(Call.Made(cursor, &reply));
            }
        }

        private unsafe Cursor OpenWalk(ulong position, WalkKind kind)
        {
            Reply reply;
            NativeCursor cursor = Call.MadeUnless(
                Native.walk(position, (int)kind, (byte*)&reply), Status.NotFound, &reply);
            return cursor == null ? null : new Cursor(cursor);
        }

        private static unsafe Event One(Lookup lookup)
        {
            byte[] lent = ArrayPool<byte>.Shared.Rent(LookupSize);
            try
            {
                for (;;)
                {
                    Reply reply;
                    int status;
                    fixed (byte* buffer = lent)
                    {
                        status = lookup(buffer, (ulong)lent.Length, &reply);
                    }
                    if (status == (int)Status.BufferTooSmall)
                    {
                        ArrayPool<byte>.Shared.Return(lent);
                        lent = ArrayPool<byte>.Shared.Rent((int)reply.Values[0]);
                        continue;
                    }
                    if (!Call.Found(status, &reply)) return null;
                    return new Event(lent.AsSpan(0, (int)reply.Values[0]).ToArray(), null);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(lent);
            }
        }
    }
}
