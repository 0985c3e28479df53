// A wait in pieces, so that a cancellation is seen by calls that nothing can interrupt.
using System;
using System.Diagnostics;
using System.Threading;

namespace Stele.Native
{
    internal sealed class Slices
    {
        // How often a wait looks whether it was cancelled.
        private const long Longest = 200;

        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly long _timeout;
        private readonly CancellationToken _cancellation;

        // Of so many milliseconds; -1: for ever.
        public Slices(long timeout, CancellationToken cancellation)
        {
            _timeout = timeout;
            _cancellation = cancellation;
        }

        // Whether the piece that Next() has said was the last one.
        public bool AreOver { get; private set; }

        // Returns how many milliseconds to wait now. Throws when it was cancelled.
        public long Next()
        {
            _cancellation.ThrowIfCancellationRequested();
            if (_timeout < 0) return _cancellation.CanBeCanceled ? Longest : -1;
            long left = Math.Max(0, _timeout - _watch.ElapsedMilliseconds);
            bool isPart = _cancellation.CanBeCanceled && left > Longest;
            AreOver = !isPart;
            return isPart ? Longest : left;
        }
    }
}
