// Subscriptions as asynchronous streams. Left out where the runtime does not know them.
using System.Collections.Generic;
using System.Threading;

namespace Stele
{
    public sealed partial class Subscription : IAsyncEnumerable<Event>
    {
        /// <summary>
        /// Hands out event by event, for ever: <c>await foreach (Event e in subscription)</c>. While it
        /// awaits, no thread of the pool waits. Leaving the loop leaves the subscription as it is, behind
        /// the last event handed out.
        /// </summary>
        /// <param name="cancellationToken">Ends the wait; no event is lost by it.</param>
        /// <exception cref="System.OperationCanceledException">The wait was cancelled.</exception>
        /// <exception cref="SteleException">As <see cref="Next(System.TimeSpan)"/>.</exception>
        public async IAsyncEnumerator<Event> GetAsyncEnumerator(
            CancellationToken cancellationToken = default)
        {
            for (;;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (_buffer.MoveNext())
                {
                    yield return Event;
                    cancellationToken.ThrowIfCancellationRequested();
                }
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
