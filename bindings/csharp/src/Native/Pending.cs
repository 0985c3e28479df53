// What a dispatcher waits for: the outcome of a commit, and events of a subscription.
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Stele.Native
{
    internal sealed class PendingCommit
    {
        private readonly TaskCompletionSource<CommitOutcome> _outcome =
            new TaskCompletionSource<CommitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);

        public PendingCommit(NativeTicket ticket)
        {
            Ticket = ticket;
        }

        public NativeTicket Ticket { get; }

        public Task<CommitOutcome> Task
        {
            get { return _outcome.Task; }
        }

        public unsafe void Interrupt()
        {
            Reply reply;
            Ticket.interrupt((byte*)&reply);
        }

        // Looks whether the outcome is there. If so, closes the ticket and gives the outcome to the task.
        public unsafe bool TryFinish()
        {
            Reply reply;
            CommitResultStruct result;
            int status = Ticket.wait_for(
                0, (byte*)&result, (ulong)sizeof(CommitResultStruct), (byte*)&reply);
            if (status == (int)Status.Timeout) return false;
            Ticket.Dispose();
            try
            {
                _outcome.SetResult(CommitOutcome.Of(status, &result, &reply));
            }
            catch (SteleException fault)
            {
                _outcome.SetException(fault);
            }
            return true;
        }
    }

    internal sealed class PendingWait
    {
        private readonly TaskCompletionSource<bool> _done =
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        public PendingWait(NativeSubscription subscription, CancellationToken cancellation)
        {
            Subscription = subscription;
            Cancellation = cancellation;
        }

        public NativeSubscription Subscription { get; }

        public CancellationToken Cancellation { get; }

        public Task Task
        {
            get { return _done.Task; }
        }

        public unsafe void Interrupt()
        {
            Reply reply;
            Subscription.interrupt((byte*)&reply);
        }

        // Unless it may have something, looks only whether the wait was cancelled.
        public unsafe bool IsDone(bool mayHaveSomething)
        {
            if (Cancellation.IsCancellationRequested) return true;
            if (!mayHaveSomething) return false;
            Reply reply;
            ulong number = Subscription.number();
            return NativeCalls.wait_any((byte*)&number, sizeof(ulong), 0, (byte*)&reply) !=
                (int)Status.Timeout;
        }

        // Lets the waiter go on. What there is, an error too, it is told by the subscription.
        public void Finish()
        {
            if (Cancellation.IsCancellationRequested)
            {
                _done.TrySetCanceled();
            }
            else
            {
                _done.TrySetResult(true);
            }
        }
    }
}
