"""backup: a copy that is a database when it is whole, and an unfinished backup before."""
import os
import signal
import subprocess
import time

from harness import STELE, CliTest, main, read_bytes, write


class Backup(CliTest):
    def fill(self, count, size=10):
        write("events", "".join('{"type":"A","tags":["n:%d"],"data":"%s"}\n' % (i, "x" * size)
                                for i in range(count)))
        self.succeed("import", "shop", "events")

    def test_the_copy_is_the_database(self):
        self.fill(2000)
        self.assertIn("copied: 2,000 events", self.succeed("backup", "shop", "copy"))
        self.succeed("export", "shop", "-o", "first")
        self.succeed("export", "copy", "-o", "second")
        self.assertEqual(read_bytes("first"), read_bytes("second"))
        self.assertIn("sound: 2,000 events", self.succeed("verify", "copy"))

    def test_a_database_is_not_written_over(self):
        self.fill(1)
        self.succeed("backup", "shop", "copy")
        self.fail_with(1, "there is a database in copy already", "backup", "shop", "copy")
        self.fail_with(1, "already", "backup", "shop", "shop")
        self.fail_with(1, "there is no nothing", "backup", "nothing", "other")
        os.mkdir("full")
        write("full/letter", "dear")
        self.fail_with(3, "holds files that are no unfinished backup", "backup", "shop",
                       "full")

    def test_a_killed_one_is_begun_again(self):
        self.fill(4000, 20_000)
        for wait in (0.0, 0.02, 0.05, 0.1):
            process = subprocess.Popen([STELE, "backup", "shop", "copy"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            if process.wait() == 0:
                break
            if os.path.exists("copy/backup.unfinished"):
                self.fail_with(3, "holds a backup that was not finished", "stats", "copy")
        if process.returncode != 0:
            self.succeed("backup", "shop", "copy")
        self.assertIn("sound: 4,000 events", self.succeed("verify", "copy"))


main()
