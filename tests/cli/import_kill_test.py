"""import killed at random moments, or run twice at once: each line becomes one event, in order."""
import os
import signal
import subprocess
import time

from harness import CliTest, main, read_bytes, seeded, write

COUNT = 3000


def line(number):
    return ('{"type":"Sold","id":"00000000-0000-0000-0000-%012d","time":%d,"entity":"book-%d",'
            '"tags":["book:%d"],"data":%d}\n' % (number, number, number % 50, number % 50, number))


class Killed(CliTest):
    def setUp(self):
        super().setUp()
        write("events", "".join(line(number) for number in range(COUNT)))
        self.succeed("import", "whole", "events")
        self.succeed("export", "whole", "-o", "whole.jsonl")

    def assert_complete(self, database):
        self.succeed("export", database, "-o", "killed.jsonl")
        self.assertEqual(read_bytes("killed.jsonl"), read_bytes("whole.jsonl"))
        self.assertIn(f"sound: {COUNT:,} events", self.succeed("verify", database))

    def test_repeatedly_until_it_is_complete(self):
        random = seeded(self)
        kills, part = 0, 0
        started = time.monotonic()
        self.succeed("import", "timed", "events", "--batch", "5")
        whole_run = time.monotonic() - started
        while True:
            # Some runs die while they open, most while they commit; the last one is in time.
            process = self.start("import", "shop", "events", "--batch", "5")
            patience = random.uniform(0, whole_run / 8) if kills < 40 else 600
            try:
                process.communicate(timeout=patience)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
            if os.path.exists("shop/stele.meta"):
                before, part = part, self.head("shop")
                self.assertGreaterEqual(part, before)
        self.assertEqual(process.returncode, 0)
        print(f"{kills} kills", flush=True)
        self.assertGreater(kills, 3)
        self.assert_complete("shop")

    def test_two_imports_of_one_file_at_once(self):
        for attempt in range(5):
            database = f"shop{attempt}"
            processes = [self.start("import", database, "events", "--batch", "100")
                         for _ in range(2)]
            for process in processes:
                _, err = process.communicate(timeout=300)
                # Whoever comes second finds the database open, or the work done.
                if process.returncode != 0:
                    self.assertEqual(process.returncode, 3, err)
                    self.assertIn(b"stele: import: open: ", err)
            self.assertIn(0, [process.returncode for process in processes])
            self.assertIn("nothing to do", self.succeed("import", database, "events"))
            self.assert_complete(database)


if __name__ == "__main__":
    main()
