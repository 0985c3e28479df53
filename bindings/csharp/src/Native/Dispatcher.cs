// Waits for all asynchronous commits and subscriptions of a database, in one thread.
//
//     commits:  FIFO of tickets. They are decided in about the order of the calls: the first few are
//               waited for, and every other one when these are done.
//     waiters:  subscriptions that somebody awaits. Each is waited for.
//
// The thread waits in the library for these handles. Who adds one interrupts one of the handles that are
// waited for, so that the thread looks at the list again; so does who cancels. Whatever is done becomes
// known by a task whose continuations run elsewhere: no caller's code runs in this thread.
//
// The thread starts with the first thing to wait for and ends when there was none for a while. It holds
// neither the SteleDb nor its handle, so that a database that was dropped is collected.
//
// Threads: all.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Stele.Native
{
    internal sealed class Dispatcher
    {
        private const int TicketsWaitedFor = 16;
        private const int IdleMilliseconds = 2000;

        private readonly object _gate = new object();
        private readonly LinkedList<PendingCommit> _commits = new LinkedList<PendingCommit>();
        private readonly List<PendingWait> _waits = new List<PendingWait>();
        private ulong[] _numbers = new ulong[TicketsWaitedFor];
        private bool _running;

        // What ends the wait that the thread is in, or about to be in; null: it is in none.
        private Action _interrupt;
        private bool _waitsForCommit;

        // Returns what becomes of a ticket, and closes it then.
        public Task<CommitOutcome> Add(NativeTicket ticket)
        {
            PendingCommit pending = new PendingCommit(ticket);
            if (pending.TryFinish()) return pending.Task;
            lock (_gate)
            {
                _commits.AddLast(pending);
                // One that is waited for already is decided sooner, mostly.
                if (!_waitsForCommit) LookAgain();
            }
            return pending.Task;
        }

        // Returns a task that is done when the subscription may have something, is closed, or the wait was
        // cancelled, after which the caller wakes the thread. Until then nobody else uses the subscription.
        public Task Add(NativeSubscription subscription, CancellationToken cancellation)
        {
            PendingWait pending = new PendingWait(subscription, cancellation);
            lock (_gate)
            {
                _waits.Add(pending);
                LookAgain();
            }
            return pending.Task;
        }

        // Makes the thread look at everything again.
        public void Wake()
        {
            lock (_gate)
            {
                if (_running) LookAgain();
            }
        }

        // Requires: the lock is held.
        private void LookAgain()
        {
            if (_interrupt != null)
            {
                _interrupt();
            }
            else if (_running)
            {
                Monitor.Pulse(_gate);
            }
            else
            {
                _running = true;
                Thread thread = new Thread(Run) { IsBackground = true, Name = "Stele dispatcher" };
                thread.Start();
            }
        }

        private void Run()
        {
            while (WaitForWork())
            {
                int count = List();
                bool decided = count == 0 || WaitAny(count);
                lock (_gate)
                {
                    _interrupt = null;
                    _waitsForCommit = false;
                }
                if (decided) FinishCommits();
                FinishWaits(decided);
            }
        }

        // Returns false when there was nothing to wait for, for a while: the thread ends.
        private bool WaitForWork()
        {
            lock (_gate)
            {
                if (_commits.Count > 0 || _waits.Count > 0) return true;
                Monitor.Wait(_gate, IdleMilliseconds);
                if (_commits.Count > 0 || _waits.Count > 0) return true;
                _running = false;
                return false;
            }
        }

        // Lists the handles to wait for, and returns how many they are.
        private int List()
        {
            lock (_gate)
            {
                int count = 0;
                if (_numbers.Length < TicketsWaitedFor + _waits.Count)
                {
                    _numbers = new ulong[2 * (TicketsWaitedFor + _waits.Count)];
                }
                foreach (PendingCommit commit in _commits)
                {
                    if (count == TicketsWaitedFor) break;
                    _numbers[count++] = commit.Ticket.number();
                }
                _waitsForCommit = count > 0;
                foreach (PendingWait wait in _waits)
                {
                    if (wait.Cancellation.IsCancellationRequested) return 0;
                    _numbers[count++] = wait.Subscription.number();
                }
                // Lists are not changed while the thread waits but at their ends: the first stays.
                if (_waitsForCommit)
                {
                    _interrupt = _commits.First.Value.Interrupt;
                }
                else if (count > 0)
                {
                    _interrupt = _waits[0].Interrupt;
                }
                return count;
            }
        }

        // Returns false when the wait was interrupted and nothing is known to have come.
        private unsafe bool WaitAny(int count)
        {
            Reply reply;
            fixed (ulong* numbers = _numbers)
            {
                int status = NativeCalls.wait_any(
                    (byte*)numbers, (ulong)count * sizeof(ulong), -1, (byte*)&reply);
                // An error is that of one of them, which will tell.
                return status != (int)Status.Timeout;
            }
        }

        private void FinishCommits()
        {
            int undecided = 0;
            LinkedListNode<PendingCommit> node = FirstCommit();
            while (node != null && undecided < TicketsWaitedFor)
            {
                bool finished = node.Value.TryFinish();
                lock (_gate)
                {
                    LinkedListNode<PendingCommit> next = node.Next;
                    if (finished) _commits.Remove(node);
                    node = next;
                }
                if (!finished) ++undecided;
            }
        }

        private LinkedListNode<PendingCommit> FirstCommit()
        {
            lock (_gate)
            {
                return _commits.First;
            }
        }

        // Unless something is `decided`, only looks for what was cancelled.
        private void FinishWaits(bool decided)
        {
            for (int i = 0;;)
            {
                PendingWait wait;
                lock (_gate)
                {
                    if (i >= _waits.Count) return;
                    wait = _waits[i];
                }
                if (!wait.IsDone(decided))
                {
                    ++i;
                    continue;
                }
                lock (_gate)
                {
                    _waits.RemoveAt(i);
                }
                wait.Finish();
            }
        }
    }
}
