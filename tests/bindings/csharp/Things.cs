// What a scenario has made, under the names that it gave.
using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Stele.Scenarios
{
    internal sealed class Things
    {
        private readonly Dictionary<string, SteleDb> _databases = new Dictionary<string, SteleDb>();
        private readonly Dictionary<string, Batch> _batches = new Dictionary<string, Batch>();
        private readonly Dictionary<string, Table> _tables = new Dictionary<string, Table>();
        private readonly Dictionary<string, Transaction> _transactions =
            new Dictionary<string, Transaction>();
        private readonly Dictionary<string, Scan> _scans = new Dictionary<string, Scan>();
        private readonly Dictionary<string, Subscription> _subscriptions =
            new Dictionary<string, Subscription>();
        private readonly Dictionary<string, Projection> _projections =
            new Dictionary<string, Projection>();
        private readonly Dictionary<string, Task<CommitOutcome>> _tickets =
            new Dictionary<string, Task<CommitOutcome>>();
        private readonly Dictionary<string, byte[]> _tokens = new Dictionary<string, byte[]>();
        private readonly Dictionary<string, Receipt> _receipts = new Dictionary<string, Receipt>();

        public SteleDb Db(Fields fields)
        {
            return Get(_databases, fields.Name());
        }

        public Batch Batch(Fields fields)
        {
            return Get(_batches, fields.Name());
        }

        public Table Table(Fields fields)
        {
            return Get(_tables, fields.Name());
        }

        public Transaction Transaction(Fields fields)
        {
            return Get(_transactions, fields.Name());
        }

        public Scan Scan(Fields fields)
        {
            return Get(_scans, fields.Name());
        }

        public Subscription Subscription(Fields fields)
        {
            return Get(_subscriptions, fields.Name());
        }

        public Projection Projection(Fields fields)
        {
            return Get(_projections, fields.Name());
        }

        public Task<CommitOutcome> Ticket(Fields fields)
        {
            return Get(_tickets, fields.Name());
        }

        public byte[] Token(Fields fields)
        {
            return Get(_tokens, fields.Name());
        }

        public Receipt Receipt(Fields fields)
        {
            return Get(_receipts, fields.Name());
        }

        // What the name stood for before is closed before the new thing is made.
        public void Make(string name, Func<SteleDb> make)
        {
            Replace(_databases, name, make);
        }

        public void Make(string name, Func<Batch> make)
        {
            Replace(_batches, name, make);
        }

        public void Make(string name, Func<Table> make)
        {
            Replace(_tables, name, make);
        }

        public void Make(string name, Func<Transaction> make)
        {
            Replace(_transactions, name, make);
        }

        public void Make(string name, Func<Scan> make)
        {
            Replace(_scans, name, make);
        }

        public void Make(string name, Func<Subscription> make)
        {
            Replace(_subscriptions, name, make);
        }

        public void Make(string name, Func<Projection> make)
        {
            Replace(_projections, name, make);
        }

        public void Keep(string name, Task<CommitOutcome> ticket)
        {
            _tickets[name] = ticket;
        }

        public void Keep(string name, byte[] token)
        {
            _tokens[name] = token;
        }

        public void Keep(string name, Receipt receipt)
        {
            _receipts[name] = receipt;
        }

        public void Close()
        {
            foreach (Subscription subscription in _subscriptions.Values)
            {
                if (subscription != null) subscription.Dispose();
            }
            foreach (Projection projection in _projections.Values)
            {
                if (projection != null) projection.Dispose();
            }
            foreach (Batch batch in _batches.Values)
            {
                if (batch != null) batch.Dispose();
            }
            foreach (Scan scan in _scans.Values)
            {
                if (scan != null) scan.Dispose();
            }
            foreach (Transaction transaction in _transactions.Values)
            {
                if (transaction != null) transaction.Dispose();
            }
            foreach (Table table in _tables.Values)
            {
                if (table != null) table.Dispose();
            }
            foreach (SteleDb db in _databases.Values)
            {
                if (db != null) db.Dispose();
            }
            foreach (Task<CommitOutcome> ticket in _tickets.Values)
            {
                // Its outcome is nobody's any more; that it is there means that nothing is open for it.
                try
                {
                    ticket.Wait();
                }
                catch (AggregateException)
                {
                }
            }
        }

        // A thing that could not be made has a name, too; it is as if it were closed.
        private static T Get<T>(Dictionary<string, T> things, string name)
            where T : class
        {
            T thing;
            if (!things.TryGetValue(name, out thing))
            {
                throw new NonsenseException("nothing was made under the name " + name);
            }
            if (thing == null) throw new SteleException(Status.Closed, "it could not be made");
            return thing;
        }

        private static void Replace<T>(Dictionary<string, T> things, string name, Func<T> make)
            where T : class, IDisposable
        {
            T before;
            if (things.TryGetValue(name, out before) && before != null) before.Dispose();
            things[name] = null;
            things[name] = make();
        }
    }
}
