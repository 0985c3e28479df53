"""follow: events as they come, each once, from writers that come and go."""
import json
import os
import shutil
import signal
import subprocess
import time

from harness import CliTest, STELE, main, seeded, write


class Follow(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")

    def append(self, *types, database="shop"):
        for kind in types:
            while True:
                result = self.stele("append", database, "--type", kind)
                if result.status == 0:
                    break
                # The follower looks at this moment.
                self.assertIn("open", result.err)
                time.sleep(0.01)

    def follow(self, *options):
        return self.start("follow", "shop", "--interval", "10", *options)

    def next_type(self, process):
        return json.loads(process.stdout.readline())["type"]

    def ended(self, process, status, message=""):
        """Waits for the end, and returns the types that were left to read."""
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, err)
        self.assertEqual(err.decode(), message)
        return [json.loads(line)["type"] for line in out.decode().splitlines()]

    def hold(self):
        """Starts a writer that has the database until its input ends."""
        while True:
            writer = subprocess.Popen([STELE, "append", "shop", "-"], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.addCleanup(writer.kill)
            # It fails when it comes while stats looks; then the next one is started.
            while writer.poll() is None:
                if self.stele("stats", "shop").status == 3:
                    return writer
            writer.communicate()

    def now(self, *options):
        """The types there are now."""
        out = self.succeed("follow", "shop", "--timeout", "0", *options)
        return [json.loads(line)["type"] for line in out.splitlines()]

    def test_prints_what_is_there_and_what_comes(self):
        self.append("A", "B")
        process = self.follow("--limit", "5")
        self.assertEqual([self.next_type(process), self.next_type(process)], ["A", "B"])
        self.append("C")
        self.assertEqual(self.next_type(process), "C")
        time.sleep(1.3)  # Long enough for the files to count as at rest.
        self.append("D", "E")
        self.assertEqual(self.ended(process, 0), ["D", "E"])

    def test_its_lines_are_those_of_read(self):
        self.append("A")
        self.assertEqual(self.succeed("follow", "shop", "--limit", "1"),
                         self.succeed("read", "shop"))

    def test_begins_where_it_is_told(self):
        self.append("A", "B", "C")
        self.assertEqual(self.now(), ["A", "B", "C"])
        self.assertEqual(self.now("--after", "0"), ["A", "B", "C"])
        self.assertEqual(self.now("--after", "2"), ["C"])
        self.assertEqual(self.now("--after", "3"), [])
        self.assertEqual(self.now("--limit", "0"), [])
        self.assertEqual(self.now("--new"), [])
        process = self.follow("--new", "--limit", "1")
        time.sleep(1)
        self.append("D")
        self.assertEqual(self.ended(process, 0), ["D"])

    def test_takes_filters(self):
        self.append("A", "B", "A", "C")
        self.assertEqual(self.now("--type", "A"), ["A", "A"])
        self.assertEqual(self.now("--item", '{"types":["C"]}', "--type", "B", "--to", "4"), ["B"])
        process = self.follow("--type", "D", "--limit", "1")
        self.append("A", "D", "A")
        self.assertEqual(self.ended(process, 0), ["D"])

    def test_waits_while_a_writer_is_there(self):
        self.append("A")
        writer = self.hold()
        self.fail_with(3, "stele: follow: open: ", "follow", "shop", "--timeout", "0")
        process = self.follow("--limit", "2")
        time.sleep(0.3)
        writer.communicate(b'{"type":"B"}\n', timeout=60)
        self.assertEqual(self.ended(process, 0), ["A", "B"])

    def test_the_timeout(self):
        self.append("A")
        self.assertEqual(self.ended(self.follow("--timeout", "1"), 0), ["A"])
        message = "stele: follow: nothing has come for 1 second; printed 1 of 2 events\n"
        self.assertEqual(self.ended(self.follow("--timeout", "1", "--limit", "2"), 1, message),
                         ["A"])

    def test_ends_on_a_signal(self):
        self.append("A")
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.follow()
            self.assertEqual(self.next_type(process), "A")
            process.send_signal(number)
            self.assertEqual(self.ended(process, status, "stele: follow: interrupted\n"), [])

    def test_ends_when_nobody_reads(self):
        process = self.follow()
        process.stdout.close()
        self.append("A")
        self.assertEqual(process.wait(timeout=60), 0)

    def test_another_history_is_an_error(self):
        self.append("A")
        shutil.copytree("shop", "backup")
        self.append("B")
        self.succeed("create", "other")
        self.append("C", "D", "E", database="other")
        for other, message in (("backup", "was a backup restored?"),
                               ("other", "the token is of another database")):
            os.symlink("shop", "live")
            process = self.start("follow", "live", "--interval", "10")
            self.assertEqual([self.next_type(process), self.next_type(process)], ["A", "B"])
            # In one step: in between there would be no database.
            os.symlink(other, "next")
            os.replace("next", "live")
            out, err = process.communicate(timeout=60)
            self.assertEqual((process.returncode, out), (3, b""), err)
            self.assertIn(message, err.decode())
            os.remove("live")

    def test_prints_each_event_once_whatever_the_writers_do(self):
        random = seeded(self)
        process = self.follow("--limit", "200")
        number = 0
        while number < 200:
            count = min(random.randint(1, 20), 200 - number)
            write("lines", [{"type": f"t{number + at}"} for at in range(count)])
            while self.stele("append", "shop", "--jsonl", "lines").status != 0:
                time.sleep(0.005)
            number += count
            time.sleep(random.choice([0, 0.002, 0.03]))
        self.assertEqual(self.ended(process, 0), [f"t{at}" for at in range(200)])

    def test_says_what_is_wrong(self):
        self.append("A")
        for status, message, *options in (
                (2, "--after: does not go with --new", "--after", "1", "--new"),
                (2, "--interval: must not be 0", "--interval", "0"),
                (2, "--timeout: 'x' is not a number", "--timeout", "x"),
                (2, "--limit: '-1' is not a number", "--limit=-1"),
                (2, "--item: unknown field 'x'", "--item", '{"x":1}'),
                (3, "position 2 is beyond the last durable event, 1", "--after", "2")):
            self.fail_with(status, message, "follow", "shop", *options)
        self.fail_with(1, "stele: follow: open: ", "follow", "nowhere")


if __name__ == "__main__":
    main()
