"""The program as a whole: its usage, its output, and stats."""
import json
import os
import subprocess

from harness import STELE, CliTest, main, read_bytes, write


class Stats(CliTest):
    def test_tells_figures_to_people_and_programs(self):
        self.succeed("create", "shop")
        self.assertIn("last recorded  never", self.succeed("stats", "shop"))
        write("events", [{"type": "A", "tags": ["x"]}] * 1000)
        self.succeed("import", "shop", "events", "--batch", "100")
        text = self.succeed("stats", "shop")
        self.assertRegex(text, r"(?m)^events +1,000$")
        self.assertRegex(text, r"(?m)^commits +10$")
        self.assertRegex(text, r"(?m)^log +\d+\.\d KiB \([\d,]+ bytes\) in \d+ files?$")
        stats = json.loads(self.succeed("stats", "shop", "--json"))
        self.assertEqual((stats["head"], stats["tsn"], stats["format_version"]), (1000, 10, 1))
        self.assertIn(stats["last_recorded"], text)


class Usage(CliTest):
    def test_the_version_and_help_go_to_standard_output(self):
        self.assertRegex(self.succeed("--version"), r"^stele \d+\.\d+\.\d+\n$")
        self.assertIn("Exit status:", self.succeed("--help"))
        for command in ("create", "append", "read", "follow", "entity", "trace", "terms", "tags",
                        "import", "export", "backup", "compact", "verify", "receipt", "stats", "inspect",
                        "table create", "projection list", "put", "get", "delete", "scan", "history"):
            text = self.succeed(*command.split(), "--help")
            self.assertRegex(text, rf"Examples?:\n(.*\n)*.*stele {command} shop")

    def test_a_wrong_command_line_is_status_2_with_a_hint(self):
        for message, hint, *arguments in (
                ("stele: a command is missing", "stele --help"),
                ("stele: unknown command 'remove'", "stele --help", "remove", "shop"),
                ("stele: unknown option '--frob'", "stele --help", "--frob", "shop"),
                ("stele: create: DB is required", "stele create --help", "create"),
                ("stele: read: ", "stele read --help", "read", "shop", "--tpye", "A"),
                ("stele: read: ", "stele read --help", "read", "shop", "more"),
                ("--limit: '1k' is not a number", "stele read --help", "read", "shop", "--limit",
                 "1k"),
                ("--limit: '-1' is not a number", "stele read --help", "read", "shop", "--limit",
                 "-1"),
                ("--as: ", "stele read --help", "read", "shop", "--as", "xml"),
                ("--item: expected a JSON object", "stele read --help", "read", "shop", "--item",
                 "x"),
                ("--batch: must not be 0", "stele import --help", "import", "shop", "-", "--batch",
                 "0")):
            with self.subTest(arguments):
                result = self.fail_with(2, message, *arguments)
                self.assertIn(f"Try '{hint}'.", result.err)
        self.assertEqual(os.listdir("."), [])

    def test_a_directory_may_be_named_like_a_command_or_an_option(self):
        self.succeed("create", "read")
        self.succeed("create", "--", "--help")
        self.assertEqual(sorted(os.listdir(".")), ["--help", "read"])


class Output(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [{"type": "A", "data": "x" * 1000}] * 2000)
        self.succeed("import", "shop", "events")

    def test_a_reader_that_has_enough_is_no_error(self):
        for command in ("export", "read"):
            process = self.start(command, "shop")
            self.assertTrue(process.stdout.readline().endswith(b"\n"))
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(process.wait(), 0)

    def test_a_full_device_is_an_error(self):
        with open("/dev/full", "wb") as full:
            for arguments in (["export", "shop"], ["read", "shop", "--limit", "1"],
                              ["stats", "shop"], ["verify", "shop"]):
                done = subprocess.run([STELE, *arguments], stdout=full, stderr=subprocess.PIPE,
                                      check=False)
                self.assertEqual(done.returncode, 3)
                self.assertEqual(done.stderr.decode(), f"stele: {arguments[0]}: cannot write "
                                 "standard output: No space left on device\n")

    def test_an_export_file_appears_only_when_it_is_complete(self):
        write("old", "what was there")
        self.succeed("export", "shop", "-o", "old")
        self.assertEqual(read_bytes("old").decode(), self.succeed("export", "shop"))
        write("old", "what was there")
        self.fail_with(1, "there is no nope", "export", "nope", "-o", "old")
        self.assertEqual(read_bytes("old"), b"what was there")
        self.fail_with(3, "cannot create nowhere/file: No such file", "export", "shop", "-o",
                       "nowhere/file")
        self.succeed("export", "shop", "-o", "/dev/null")
        self.assertEqual(sorted(os.listdir(".")), ["events", "old", "shop"])

    def test_an_export_starts_where_it_is_told(self):
        lines = self.succeed("export", "shop").splitlines()
        last = self.succeed("export", "shop", "--from", "1999").splitlines()
        self.assertEqual(last, lines[1998:])
        self.assertEqual(self.succeed("export", "shop", "--from", "2001"), "")


if __name__ == "__main__":
    main()
