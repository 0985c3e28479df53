// A database: beginning transactions, and beginning them again.
using System;
using System.Threading;
using Stele.Native;

namespace Stele
{
    public sealed partial class SteleDb
    {
        private const int TriesAtOnce = 10;
        private const int PauseMaxMilliseconds = 10;

        /// <summary>Begins a transaction, as of now.</summary>
        /// <param name="isolation">What its commit must not find changed.</param>
        /// <exception cref="SteleException"><see cref="Status.NoMemory"/>,
        /// <see cref="Status.Closed"/>.</exception>
        public unsafe Transaction Begin(Isolation isolation = Isolation.Serializable)
        {
            Reply reply;
            return new Transaction(this, Call.Made(Native.begin((int)isolation, (byte*)&reply), &reply));
        }

        /// <summary>
        /// Begins a transaction, runs a body in it and commits; on a conflict it begins again, as often as the
        /// options say: at once at first, from the tenth time on after a random pause of up to 10 ms. What the
        /// body throws ends the transaction without a commit and goes on to the caller.
        /// </summary>
        /// <remarks>
        /// The body may be run many times, so that what it does besides has to bear that, and it reads all
        /// that it decides by through the transaction. It does not commit or dispose of it.
        /// </remarks>
        /// <param name="body">What is done.</param>
        /// <param name="options">Null: serializable, and 100 tries.</param>
        /// <returns>What became of the last commit: a conflict when all tries were in vain.</returns>
        /// <exception cref="SteleException">As <see cref="Begin"/> and
        /// <see cref="Transaction.Commit"/>.</exception>
        /// <example><code>
        /// CommitOutcome outcome = db.Transact(t =>
        /// {
        ///     long balance = AmountOf(t.Get(accounts, ada));
        ///     if (balance >= price) t.Put(accounts, ada, BytesOf(balance - price));
        /// });
        /// </code></example>
        public CommitOutcome Transact(Action<Transaction> body, TransactionOptions options = null)
        {
            if (body == null) throw new ArgumentNullException(nameof(body));
            Isolation isolation = options == null ? Isolation.Serializable : options.Isolation;
            int most = (options ?? new TransactionOptions()).Tries;
            Random chance = null;
            for (int tries = 1;; ++tries)
            {
                CommitOutcome outcome;
                using (Transaction transaction = Begin(isolation))
                {
                    body(transaction);
                    outcome = transaction.Commit();
                }
                if (outcome.Kind != CommitKind.Conflict || tries >= most) return outcome;
                if (tries < TriesAtOnce) continue;
                if (chance == null) chance = new Random(Guid.NewGuid().GetHashCode());
                Thread.Sleep(chance.Next(PauseMaxMilliseconds + 1));
            }
        }
    }
}
