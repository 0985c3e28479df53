// How transactions are begun, and begun again.
using System;

namespace Stele
{
    /// <summary>How a transaction is begun, and how often <see cref="SteleDb.Transact"/> does it.</summary>
    /// <threadsafety instance="false"/>
    public sealed class TransactionOptions
    {
        private int _tries = 100;

        /// <summary>What its commit must not find changed.</summary>
        public Isolation Isolation { get; set; }

        /// <summary>How often a body is run at most: 1 and more; 100, unless it is set.</summary>
        /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
        public int Tries
        {
            get
            {
                return _tries;
            }

            set
            {
                if (value < 1) throw new ArgumentOutOfRangeException(nameof(value), value, "1 and more.");
                _tries = value;
            }
        }
    }
}
