// Work on whole databases, and receipts.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Xunit;

namespace Stele.Tests
{
    public class MaintenanceTests
    {
        [Fact]
        public void Verify_checks_everything_in_steps()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = Filled(scratch["shop"]))
            {
                using (VerifyWork work = db.StartVerify())
                {
                    while (work.Step()) Assert.True(work.Progress.BytesDone <= work.Progress.BytesTotal);
                    Assert.Equal(200, work.Progress.Events);
                }
                VerifyProgress done = db.Verify();
                Assert.Equal(20, done.Commits);
                Assert.Equal(32, done.Root.Length);
                CancellationToken cancelled = new CancellationToken(true);
                Assert.Throws<OperationCanceledException>(() => db.Verify(null, cancelled));
            }
        }

        [Fact]
        public void A_repair_names_the_tables_that_it_leaves_out()
        {
            using (Scratch scratch = new Scratch())
            {
                using (SteleDb db = SteleDb.Open(scratch["shop"]))
                {
                    db.CreateTable("first");
                    db.CreateTable("second");
                    Make.Append(db, "A");
                    Make.Append(db, "B");
                }
                // The third commit is lost, which may have written to both.
                string log = Path.Combine(scratch["shop"], "wal", "00000001.wal");
                byte[] bytes = File.ReadAllBytes(log);
                int frame = 4096;
                for (int i = 0; i < 2; ++i) frame += (BitConverter.ToInt32(bytes, frame + 8) + 7) / 8 * 8;
                bytes[frame + 60] ^= 1;
                File.WriteAllBytes(log, bytes);

                RepairProgress done = SteleDb.Repair(scratch["shop"], scratch["new"], Lost.Replace);
                Assert.Equal(
                    new[] { "root.first", "root.second" },
                    done.LeftOut.Select(table => table.Name.ToString()));
                Assert.Empty(default(RepairProgress).LeftOut);
            }
        }

        [Fact]
        public void Damage_is_named_by_verify_and_left_behind_by_a_repair()
        {
            using (Scratch scratch = new Scratch())
            {
                using (SteleDb db = Filled(scratch["shop"])) db.Sync();
                string log = Directory.GetFiles(Path.Combine(scratch["shop"], "wal"), "*.wal").Single();
                byte[] bytes = File.ReadAllBytes(log);
                bytes[bytes.Length / 4] ^= 0xff;
                File.WriteAllBytes(log, bytes);

                SteleException fault = Make.Fails(Status.Corrupt, () =>
                {
                    using (SteleDb db = SteleDb.Open(scratch["shop"])) db.Verify();
                });
                Assert.NotEqual("", fault.Message);
                Make.Fails(
                    Status.Corrupt,
                    () => SteleDb.Repair(scratch["shop"], scratch["refused"], Lost.Refuse));
                RepairProgress done = SteleDb.Repair(scratch["shop"], scratch["cut"], Lost.Cut);
                Assert.True(done.Events < 200);
                Assert.True(done.CommitsLost + done.LogDamaged + done.PagesDamaged > 0);
                using (SteleDb db = SteleDb.Open(scratch["cut"]))
                {
                    Assert.Equal(done.Events, db.Verify().Events);
                }
                Make.Fails(
                    Status.NotFound, () => SteleDb.Repair(scratch["none"], scratch["x"], Lost.Cut));
                Make.Fails(
                    Status.Exists, () => SteleDb.StartRepair(scratch["shop"], scratch["cut"], Lost.Cut));
            }
        }

        [Fact]
        public void A_backup_is_a_database_and_tells_how_far_it_is()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = Filled(scratch["shop"]))
            {
                List<long> told = new List<long>();
                BackupProgress done = db.Backup(scratch["copy"], new Told<BackupProgress>(
                    progress => told.Add(progress.BytesDone)));
                Assert.Equal(200, done.Head);
                Assert.Equal(20, done.Tsn);
                Assert.Equal(done.BytesTotal, done.BytesDone);
                using (SteleDb copy = SteleDb.Open(scratch["copy"]))
                {
                    Assert.Equal(200, copy.Head);
                    Assert.Equal(db.GetStats().Uuid, copy.GetStats().Uuid);
                }
                SteleException fault = Make.Fails(Status.Exists, () => db.StartBackup(scratch["copy"]));
                Assert.Contains("copy", fault.Message);
            }
        }

        [Fact]
        public void A_backup_of_a_database_in_memory_is_on_disk()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A");
                using (BackupWork work = db.StartBackup(scratch["copy"]))
                {
                    while (work.Step()) continue;
                }
                using (SteleDb copy = SteleDb.Open(scratch["copy"])) Assert.Equal(1, copy.Head);
            }
        }

        [Fact]
        public void Compacting_ends()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = Filled(scratch["shop"]))
            {
                db.Checkpoint();
                CompactProgress done = db.Compact();
                Assert.True(done.BytesNow >= done.BytesLive);
                Assert.True(done.BytesNow <= done.BytesBefore);
                Assert.Equal(200, db.Count());
            }
        }

        [Fact]
        public void Pages_are_drawn_once_there_are_some()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = Filled(scratch["shop"]))
            {
                Assert.Null(db.Inspect());
                db.Checkpoint();
                Assert.Contains("events", db.Inspect());
                Assert.NotEmpty(db.Inspect("path events 1"));
                Make.Fails(Status.Invalid, () => db.Inspect("nonsense"));
                Assert.Equal(200, db.GetStats().Head);
                Assert.True(db.GetStats().PageSize > 0);
            }
        }

        [Fact]
        public void A_receipt_proves_an_event_without_its_database()
        {
            Receipt receipt;
            Event proven;
            Event other;
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A", "B");
                Assert.Equal(Status.Ok, db.TryGetReceipt(2, out receipt));
                Receipt none;
                Assert.Equal(Status.NotFound, db.TryGetReceipt(3, out none));
                Assert.Null(none);
                Assert.True(db.CheckReceipt(receipt));
                proven = db.Get(2);
                other = db.Get(1);
                Assert.True(receipt.Bytes.Length <= SteleLimits.ReceiptMax);
                Assert.Equal(db.GetStats().Uuid, receipt.Verify().Uuid);
                Assert.Equal(db.Verify().Root.ToArray(), receipt.Verify().ChainedRoot.ToArray());
                using (SteleDb another = SteleDb.OpenInMemory())
                {
                    Make.Fails(Status.Invalid, () => another.CheckReceipt(receipt));
                }
            }
            ReceiptInfo info = new Receipt(receipt.Bytes.Span).Verify(proven);
            Assert.Equal(2, info.Position);
            Assert.Equal(2, info.Tsn);
            Assert.Equal(proven.Recorded, info.Recorded);
            Assert.Equal(proven.Hash.ToArray(), info.EventHash.ToArray());
            Make.Fails(Status.Corrupt, () => receipt.Verify(other));
            Make.Fails(Status.Corrupt, () => new Receipt(new byte[100]).Verify());
        }

        private sealed class Told<T> : IProgress<T>
        {
            private readonly Action<T> _tell;

            public Told(Action<T> tell)
            {
                _tell = tell;
            }

            public void Report(T value)
            {
                _tell(value);
            }
        }

        private static SteleDb Filled(string path)
        {
            SteleDb db = SteleDb.Open(path, new SteleOptions { SegmentSize = 65536, TestSeed = 1 });
            for (int i = 0; i < 20; ++i)
            {
                db.Append(Enumerable.Range(0, 10).Select(n => new NewEvent("A") { Data = new byte[100] }));
            }
            return db;
        }
    }
}
