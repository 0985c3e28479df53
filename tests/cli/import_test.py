"""import: what lines it takes, how it resumes, and what it says when it cannot go on."""
import os
import re
import signal
import time

from harness import CliTest, main, read_bytes, write

A, B, C, D = ('{"type":"%s"}\n' % name for name in "ABCD")


class Lines(CliTest):
    def test_makes_a_missing_database_and_sums_up(self):
        write("events", A + B)
        out = self.succeed("import", "shop", "events")
        self.assertRegex(out, r"^imported 2 events in \d+\.\d\d s \([\d,]+ events/s\), "
                              r"positions 1 to 2\n$")
        self.assertEqual(self.types("shop"), ["A", "B"])

    def test_takes_any_line_ends_and_empty_lines(self):
        for number, content in enumerate((
                A + B + C.strip(), A + B + C, "\r\n".join((A + B + C).split()) + "\r\n",
                "\n \t\n" + A + "\n\r\n" + B + " " + C + "\n", "\ufeff" + A + B + C)):
            with self.subTest(content):
                write("events", content)
                self.succeed("import", f"shop{number}", "events")
                self.assertEqual(self.types(f"shop{number}"), ["A", "B", "C"])

    def test_takes_lines_of_many_mebibytes(self):
        data = "é" * 4_000_000
        write("events", [{"type": "A"}, {"type": "L", "data": data}, {"type": "B"}])
        self.succeed("import", "shop", "events")
        events = self.read("shop")
        self.assertEqual([event["tsn"] for event in events], [1, 2, 3])
        self.assertEqual(events[1]["data"], data)

    def test_commits_batches_of_the_size_given(self):
        write("events", A * 5)
        self.succeed("import", "shop", "events", "--batch", "2")
        self.assertEqual([event["tsn"] for event in self.read("shop")], [1, 1, 2, 2, 3])

    def test_reads_standard_input(self):
        self.assertIn("imported 2 events", self.succeed("import", "shop", "-", stdin=A + B))
        self.assertIn("imported 2 events", self.succeed("import", "shop", "-", stdin=A + B))
        self.assertEqual(self.types("shop"), ["A", "B", "A", "B"])

    def test_a_file_without_events_is_no_error(self):
        for content in ("", "\n\n"):
            write("empty", content)
            self.assertEqual(self.succeed("import", "shop", "empty"),
                             "nothing to do: empty holds no events\n")

    def test_a_missing_file_makes_no_database(self):
        self.fail_with(3, "stele: import: cannot open nowhere: No such file or directory",
                       "import", "shop", "nowhere")
        os.mkdir("directory")
        self.fail_with(3, "stele: import: cannot read directory: Is a directory",
                       "import", "shop", "directory")
        self.assertEqual(os.listdir("."), ["directory"])


class BadLines(CliTest):
    def test_are_named_by_number_and_byte(self):
        for line, message in (
                ('{"type":"A"', "line 4, byte 12: expected ',' or '}', but the text ends"),
                ("BookSold", "line 4, byte 1: expected a value"),
                ('{"type":"A","typ":1}', "line 4, byte 13: unknown field 'typ'"),
                ('{"tags":[]}', "line 4, byte 1: 'type' is missing"),
                ('{"type":""}', "line 4: "),
                ('{"type":"A","tags":[""]}', "line 4: "),
                ('{"type":"A","metadata":{"a":"","a":""}}', "line 4, byte 32: the metadata key"),
                ('{"type":"A","time":"2026-11-21T11:32:35.1234567Z"}', "line 4, byte 20: 'time'"),
                (b'{"type":"\xff"}', "line 4, byte 10: invalid UTF-8"),
                ('{"type":"A\0"}', "line 4, byte 11: a control character")):
            with self.subTest(line):
                bad = line if isinstance(line, bytes) else line.encode()
                write("events", A.encode() + b"\r\n" + B.encode() + bad + b"\n" + C.encode())
                result = self.fail_with(3, "stele: import: events: " + message, "import", "shop",
                                        "events")
                self.assertIn("This run has imported nothing.", result.err)
        self.assertEqual(self.head("shop"), 0)

    def test_stop_their_batch_and_keep_the_ones_before(self):
        write("events", A * 10 + "?\n" + B * 5)
        result = self.fail_with(3, "line 11, byte 1", "import", "shop", "events", "--batch", "4")
        self.assertIn("This run has imported 8 events, up to line 8.", result.err)
        self.assertEqual(self.head("shop"), 8)

    def test_once_corrected_the_command_in_the_message_continues(self):
        os.mkdir("it's here")
        write("it's here/events", A * 3 + "?\n" + B)
        result = self.fail_with(3, "line 4", "import", "shop", "it's here/events", "--batch", "2")
        # As an editor does it: under a new inode, where the default source would start anew.
        write("corrected", A * 3 + C + B)
        os.rename("corrected", "it's here/events")
        command = result.err.splitlines()[-1].strip()
        self.assertTrue(command.startswith("stele import 'shop' 'it'\\''s here/events' --source "))
        source = re.search(r"--source '(.*)'$", command)[1].replace("'\\''", "'")
        self.succeed("import", "shop", "it's here/events", "--source", source)
        self.assertEqual(self.types("shop"), ["A", "A", "A", "C", "B"])

    def test_have_their_number_in_the_file_after_resuming_too(self):
        write("events", A * 10)
        self.succeed("import", "shop", "events")
        with open("events", "a", encoding="utf-8") as file:
            file.write("\n" + B + "?\n")
        self.fail_with(3, "events: line 13, byte 1", "import", "shop", "events")
        self.assertEqual(self.head("shop"), 10)

    def test_without_a_source_the_message_warns_of_repetition(self):
        result = self.fail_with(3, "standard input: line 3", "import", "shop", "-", "--batch", "2",
                                stdin=A + B + "?")
        self.assertIn("imported 2 events, up to line 2. They would be imported again", result.err)


class Resuming(CliTest):
    def test_a_second_run_has_nothing_to_do(self):
        write("events", A + B + "\n")
        self.succeed("import", "shop", "events")
        self.assertRegex(self.succeed("import", "shop", "events"),
                         r"^nothing to do: events is imported already \(\d+ B\)\n$")
        self.assertEqual(self.types("shop"), ["A", "B"])

    def test_lines_added_since_are_imported(self):
        write("events", A + B.strip())
        self.succeed("import", "shop", "events")
        with open("events", "a", encoding="utf-8") as file:
            file.write("\n" + C)
        self.assertIn("positions 3 to 3", self.succeed("import", "shop", "./events"))
        self.assertEqual(self.types("shop"), ["A", "B", "C"])

    def test_another_file_under_the_same_path_is_imported_whole(self):
        write("events", A + B)
        self.succeed("import", "shop", "events")
        write("events", C + B)
        self.assertIn("imported 2 events", self.succeed("import", "shop", "events"))

    def test_a_source_makes_standard_input_resume(self):
        self.succeed("import", "shop", "-", "--source", "feed", stdin=A + B)
        self.succeed("import", "shop", "-", "--source", "feed", stdin=A + B + C)
        self.succeed("import", "shop", "-", "--source", "other", stdin=D)
        self.assertEqual(self.types("shop"), ["A", "B", "C", "D"])

    def test_an_input_shorter_than_what_was_imported_is_an_error(self):
        write("events", A + B)
        self.succeed("import", "shop", "events", "--source", "s")
        write("events", A)
        self.fail_with(3, "events ends at byte 13, but its first 26 bytes were imported before",
                       "import", "shop", "events", "--source", "s")
        self.assertEqual(self.head("shop"), 2)

    def test_a_source_must_fit(self):
        write("events", A)
        for source in ("s" * 256, b"\xff"):
            self.fail_with(3, "stele: import: ", "import", "shop", "events", "--source", source)
        self.assertEqual(self.head("shop"), 0)
        self.fail_with(2, "--source: must not be empty", "import", "shop", "events", "--source", "")

    def test_a_path_of_any_length_and_bytes_has_a_source(self):
        path = b"d" * 200 + b"/" + b"\xff" * 200
        os.mkdir(b"d" * 200)
        write(path, A + B)
        self.succeed("import", "shop", path)
        self.assertIn("nothing to do", self.succeed("import", "shop", path))
        self.assertEqual(self.types("shop"), ["A", "B"])


class Interrupting(CliTest):
    def wait_for_events(self, database):
        """Waits until an import that runs has committed something."""
        segment = os.path.join(database, "wal", "00000001.wal")
        deadline = time.monotonic() + 60
        while not os.path.exists(segment) or not any(read_bytes(segment)[4096:]):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_a_signal_stops_after_the_batch_and_the_next_run_continues(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            shop = f"shop{status}"
            process = self.start("import", shop, "-", "--source", "feed", "--batch", "10",
                                 stdin=-1)
            process.stdin.write(A.encode() * 15)
            process.stdin.flush()
            self.wait_for_events(shop)
            process.send_signal(number)
            # Its input stays open: at the end of it, it would be done and not interrupted.
            self.assertEqual(process.wait(timeout=60), status)
            err = process.stderr.read()
            self.assertRegex(err.decode(), "^stele: import: interrupted\nThis run has imported "
                             r"(\d+) events, up to line \1\. To continue:\n  stele import ")
            self.assertIn(self.head(shop), range(10, 16))
            self.succeed("import", shop, "-", "--source", "feed", stdin=A * 15 + B)
            self.assertEqual(self.types(shop), ["A"] * 15 + ["B"])

    def test_a_signal_in_a_long_file_leaves_a_whole_part_of_it(self):
        write("events", "".join('{"type":"A","data":%d}\n' % n for n in range(20000)))
        process = self.start("import", "shop", "events", "--batch", "1")
        self.wait_for_events("shop")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertLess(self.head("shop"), 20000)
        self.succeed("import", "shop", "events")
        self.assertEqual([event["data"] for event in self.read("shop")], list(range(20000)))


if __name__ == "__main__":
    main()
