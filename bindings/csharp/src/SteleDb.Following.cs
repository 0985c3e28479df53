// A database: subscriptions, and what is waited for without a thread of the caller's.
using System.Threading;
using System.Threading.Tasks;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        // stele_subscribe_flags
        internal const int NewFlag = 1;

        // stele_projection_flags
        internal const int RebuildFlag = 1;

        private readonly Dispatcher _dispatcher = new Dispatcher();

        /// <summary>Starts a subscription to the events that match a query.</summary>
        /// <param name="query">Null: all events.</param>
        /// <param name="options">Where it begins. Null: with the first event.</param>
        /// <exception cref="SteleException"><see cref="Status.Invalid"/>: the query; the token is of another
        /// database, or of a history that this one does not have (it was restored from an older backup); the
        /// position is beyond the last durable event; more than one beginning is set.
        /// <see cref="Status.TooLarge"/>: the query. <see cref="Status.Closed"/>.</exception>
        public Subscription Subscribe(Query query = null, SubscribeOptions options = null)
        {
            SubscribeOptions from = options ?? new SubscribeOptions();
            int flags = from.NewOnly ? NewFlag : 0;
            return new Subscription(
                this, BeginSubscription(query ?? Query.All, flags, from.After, from.Token));
        }

        internal unsafe NativeSubscription BeginSubscription(
            Query query, int flags, long after, byte[] token)
        {
            ulong position = Argument.NotNegative(after, nameof(SubscribeOptions.After));
            ulong tokenSize = token == null ? 0 : (ulong)token.Length;
            Reply reply;
            fixed (byte* bytes = query.Bytes)
            fixed (byte* from = token)
            {
                return Call.Made(
                    Native.subscribe(
                        bytes, (ulong)query.Bytes.Length, flags, position, from, tokenSize,
                        (byte*)&reply),
                    &reply);
            }
        }

        internal unsafe Task<CommitOutcome> BeginCommit(NativeBatch batch)
        {
            Reply reply;
            return _dispatcher.Add(Call.Made(Native.commit_async(batch, (byte*)&reply), &reply));
        }

        // Returns a task that is done when the subscription may have something; see Dispatcher.
        internal Task Await(NativeSubscription subscription, CancellationToken cancellation)
        {
            return _dispatcher.Add(subscription, cancellation);
        }

        internal void WakeDispatcher()
        {
            _dispatcher.Wake();
        }
    }
}
