// Commits events without a batch of the caller's: one that is used again and again.
using System;
using System.Threading;

namespace Stele.Native
{
    internal sealed class Appender : IDisposable
    {
        private readonly NativeBatch _batch;

        public Appender(NativeBatch batch)
        {
            _batch = batch;
        }

        public RecordWriter Records { get; } = new RecordWriter();

        public NativeBatch Batch
        {
            get { return _batch; }
        }

        // Commits the `count` records. The batch is empty afterwards, whatever became of them.
        public unsafe CommitOutcome Commit(NativeDb db, int count)
        {
            Reply reply;
            CommitResultStruct result;
            int status;
            fixed (byte* bytes = Records.Buffer)
            {
                status = db.append(
                    _batch, bytes, (ulong)Records.Used, (byte*)&result,
                    (ulong)sizeof(CommitResultStruct), (byte*)&reply);
            }
            if (status < 0) throw Failure(&reply, count);
            return CommitOutcome.Of(status, &result, &reply);
        }

        // Adds the `count` records to the batch, which stays empty if they are refused.
        public unsafe void Add(int count)
        {
            Reply reply;
            fixed (byte* bytes = Records.Buffer)
            {
                int status = _batch.events(bytes, (ulong)Records.Used, (byte*)&reply);
                if (status != 0) throw Failure(&reply, count);
            }
        }

        public void Dispose()
        {
            _batch.Dispose();
        }

        // The library says which record it refused, which of a single one is noise.
        public static unsafe SteleException Failure(Reply* reply, int count)
        {
            const string Before = "append: record 0 at byte 0: ";
            SteleException failure = Call.Failure(reply);
            if (count != 1 || !failure.Message.StartsWith(Before, StringComparison.Ordinal)) return failure;
            return new SteleException(
                failure.Status, "append: " + failure.Message.Substring(Before.Length), failure.Position, 0,
                failure.Guard, failure.Sequence, failure.OsErrno);
        }
    }

    // Appenders that nobody uses now: few, for threads take turns.
    internal sealed class AppenderPool : IDisposable
    {
        private readonly Appender[] _places = new Appender[8];
        private volatile bool _disposed;

        // Null: there is none.
        public Appender Take()
        {
            for (int i = 0; i < _places.Length; ++i)
            {
                if (_places[i] == null) continue;
                Appender taken = Interlocked.Exchange(ref _places[i], null);
                if (taken != null) return taken;
            }
            return null;
        }

        public void Return(Appender returned)
        {
            for (int i = 0; i < _places.Length && !_disposed; ++i)
            {
                if (_places[i] == null &&
                    Interlocked.CompareExchange(ref _places[i], returned, null) == null)
                {
                    // Disposed meanwhile, perhaps behind this place.
                    if (_disposed) Dispose();
                    return;
                }
            }
            returned.Dispose();
        }

        public void Dispose()
        {
            _disposed = true;
            for (Appender left = Take(); left != null; left = Take()) left.Dispose();
        }
    }
}
