"""table, put, get, delete and scan: rows now and as they were, conditions, what is turned down."""
import json

from harness import CliTest, main, read_bytes, write

LONG_KEY = "k" * 1025


class RowsTest(CliTest):
    """A database with the table `stock`, which keeps its history."""

    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")
        self.succeed("table", "create", "shop", "stock", "--history", "all")

    def put(self, *arguments, **options):
        """Returns the commit."""
        return int(self.succeed("put", "shop", "stock", *arguments, **options))

    def get(self, *arguments):
        return self.succeed("get", "shop", "stock", *arguments)

    def scan(self, *arguments):
        return [json.loads(line) for line in
                self.succeed("scan", "shop", "stock", "--as", "json", *arguments).splitlines()]

    def keys(self, *arguments):
        return [row["key"] for row in self.scan(*arguments)]


class Tables(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")

    def listed(self):
        return [json.loads(line) for line in
                self.succeed("table", "list", "shop", "--as", "json").splitlines()]

    def names(self):
        return [(table["schema"], table["name"]) for table in self.listed()]

    def test_are_made_renamed_and_dropped(self):
        self.assertEqual(self.names(), [])
        self.assertEqual(self.succeed("table", "create", "shop", "stock", "--history", "all"), "")
        self.succeed("table", "create", "shop", "sales.prices")
        self.assertEqual(self.listed(), [
            {"schema": "root", "name": "stock", "id": 1, "history": "all", "created_tsn": 1},
            {"schema": "sales", "name": "prices", "id": 2, "history": "none", "created_tsn": 2}])
        self.succeed("put", "shop", "stock", "k", "v")
        self.assertEqual(self.succeed("table", "rename", "shop", "stock", "old.stock"), "")
        self.assertEqual(self.names(), [("old", "stock"), ("sales", "prices")])
        self.assertEqual(self.succeed("get", "shop", "old.stock", "k"), "v\n")
        self.assertEqual(self.succeed("table", "drop", "shop", "old.stock"), "")
        self.assertEqual(self.names(), [("sales", "prices")])

    def test_a_backslash_makes_a_dot_one_of_the_name(self):
        self.succeed("table", "create", "shop", r"a\.b.c\\d")
        self.succeed("table", "create", "shop", r"root.e\.f")
        self.assertEqual(self.names(), [("a.b", "c\\d"), ("root", "e.f")])
        lines = self.succeed("table", "list", "shop").splitlines()
        self.assertEqual(lines[0].split(), ["ID", "HISTORY", "CREATED", "TABLE"])
        for name in [line.split()[3] for line in lines[1:]]:
            self.succeed("table", "drop", "shop", name)
        self.assertEqual(self.names(), [])

    def test_are_described(self):
        self.succeed("table", "create", "shop", "stock")
        self.assertEqual(self.succeed("table", "describe", "shop", "root.stock"),
                         "table    stock\nschema   root\nid       1\nhistory  none\n"
                         "created  by commit 1\n")
        self.assertEqual(json.loads(self.succeed("table", "describe", "shop", "stock", "--json")),
                         self.listed()[0])

    def test_keep_as_much_history_as_they_are_told(self):
        kept = ["none", "all", "commits:2", "time:36h", "time:7d"]
        for number, history in enumerate(kept):
            self.succeed("table", "create", "shop", f"t{number}", "--history", history)
        self.assertEqual([table["history"] for table in self.listed()], kept)
        for number in range(4):
            self.succeed("put", "shop", "t2", "k", str(number))
        commits = len(kept) + 4
        self.assertEqual(self.succeed("get", "shop", "t2", "k", "--at", f"tsn:{commits - 1}"), "2\n")
        self.fail_with(3, "keeps what was there behind commit 8 and later", "get", "shop", "t2", "k",
                       "--at", f"tsn:{commits - 2}")
        for wrong in ["some", "commits:0", "time:1w"]:
            self.fail_with(2, "--history: ", "table", "create", "shop", "x", "--history", wrong)

    def test_say_what_is_wrong(self):
        self.succeed("table", "create", "shop", "stock")
        self.succeed("table", "create", "shop", "prices")
        self.fail_with(1, 'there is a table "root"."stock" already', "table", "create", "shop",
                       "stock")
        self.fail_with(1, 'there is a table "root"."stock" already', "table", "rename", "shop",
                       "prices", "stock")
        for arguments in (["drop", "shop", "x"], ["describe", "shop", "x"],
                          ["rename", "shop", "x", "y"]):
            self.fail_with(1, 'there is no table "root"."x"', "table", *arguments)
        self.fail_with(3, "stele: table create: ", "table", "create", "shop", "n" * 256)
        self.fail_with(1, "stele: table list: open: there is no nowhere", "table", "list",
                       "nowhere")
        for name in ("", ".x", "x.", "a.b.c"):
            self.fail_with(2, "is neither NAME nor SCHEMA.NAME", "table", "create", "shop", name)
        self.assertEqual(self.names(), [("root", "prices"), ("root", "stock")])

    def test_commands_of_the_group_are_told_apart(self):
        result = self.fail_with(2, "stele: table: a command is missing", "table")
        self.assertIn("Try 'stele table --help'.", result.err)
        self.fail_with(2, "stele: table: unknown command 'make'", "table", "make", "shop")
        result = self.fail_with(2, "stele: table drop: TABLE is required", "table", "drop", "shop")
        self.assertIn("Try 'stele table drop --help'.", result.err)
        for command in ("create", "drop", "rename", "list", "describe"):
            self.assertIn(f"stele table {command} shop", self.succeed("table", command, "--help"))


class OneRow(RowsTest):
    def test_comes_back_as_it_was_put(self):
        self.assertEqual(self.put("book:dune", "12"), 2)
        self.assertEqual(self.get("book:dune"), "12\n")
        self.assertEqual(self.get("book:dune", "--raw"), "12")
        self.assertEqual(self.get("book:dune", "--hex"), "3132\n")
        self.succeed("append", "shop", "--type", "Sold")
        self.assertEqual(self.put("book:dune", "\u00fc\n"), 4)
        self.assertEqual(json.loads(self.get("book:dune", "--json")),
                         {"key": "book:dune", "tsn": 4, "position": 1, "value": "\u00fc\n"})

    def test_may_be_of_any_bytes(self):
        write("bytes", b"\0\xff\n" * 5000)
        self.put("a", "--file", "bytes")
        self.put("b", "--file", "-", stdin=b"\0\xff")
        self.put("c", "--hex", "00FF")
        self.put("--keys", "hex", "ff00", "")
        self.succeed("get", "shop", "stock", "a", "--raw")
        self.assertEqual(bytes.fromhex(self.get("a", "--hex")), read_bytes("bytes"))
        self.assertEqual(self.scan("--from", "b"), [
            {"key": "b", "tsn": 3, "position": 0, "value_base64": "AP8="},
            {"key": "c", "tsn": 4, "position": 0, "value_base64": "AP8="},
            {"key_base64": "/wA=", "tsn": 5, "position": 0, "value": ""}])
        self.assertEqual(self.get("--keys", "hex", "FF00"), "\n")

    def test_what_begins_with_a_hyphen_goes_behind_two(self):
        self.put("--", "-x", "--y")
        self.assertEqual(self.get("--", "-x"), "--y\n")

    def test_the_outcome_as_json(self):
        out = json.loads(self.succeed("put", "shop", "stock", "k", "v", "--json"))
        self.assertEqual((list(out), out["tsn"]), (["tsn", "recorded"], 2))
        out = json.loads(self.succeed("delete", "shop", "stock", "k", "--json"))
        self.assertEqual(out["tsn"], 3)

    def test_must_be_as_expected(self):
        put = ["put", "shop", "stock", "seat", "Ada"]
        self.fail_with(1, "stele: put: conflict: there is no such row; nothing was put\n", *put,
                       "--expect-tsn", "1")
        self.assertEqual(self.succeed(*put, "--expect-absent"), "2\n")
        self.fail_with(1, "stele: put: conflict: the row was written by commit 2; nothing was "
                       "put\n", *put, "--expect-absent")
        self.fail_with(1, "the row was written by commit 2", *put, "--expect-tsn", "0")
        self.assertEqual(self.succeed(*put, "--expect-tsn", "2"), "3\n")
        result = self.stele(*put, "--expect-tsn", "2", "--json")
        self.assertEqual((result.status, json.loads(result.out)), (1, {"conflict": {"tsn": 3}}))
        delete = ["delete", "shop", "stock", "seat", "--expect-tsn"]
        self.fail_with(1, "commit 3; nothing was deleted", *delete, "2")
        self.assertEqual(self.succeed(*delete, "3"), "4\n")
        self.assertEqual(self.succeed(*put, "--expect-absent"), "5\n")

    def test_a_missing_one_is_status_1(self):
        self.fail_with(1, 'stele: get: get row: table "root"."stock" has no such row\n', "get",
                       "shop", "stock", "k")
        self.assertEqual(self.succeed("delete", "shop", "stock", "k"), "2\n")

    def test_turns_down_what_cannot_be_read(self):
        for message, *arguments in (
                ("KEY is required, or --jsonl", "put", "shop", "stock"),
                ("give one of VALUE, --file", "put", "shop", "stock", "k"),
                ("give one of VALUE, --file", "put", "shop", "stock", "k", "v", "--hex", "00"),
                ("--hex: expected pairs", "put", "shop", "stock", "k", "--hex", "0"),
                ("KEY: expected pairs", "put", "shop", "stock", "--keys", "hex", "0", "v"),
                ("--keys: 'base64' is none of", "put", "shop", "stock", "--keys", "base64", "0",
                 "v"),
                ("--expect-absent: does not go with", "put", "shop", "stock", "k", "v",
                 "--expect-absent", "--expect-tsn", "1"),
                ("--expect-tsn: 'x' is not a number", "put", "shop", "stock", "k", "v",
                 "--expect-tsn", "x"),
                ("--batch: goes with", "put", "shop", "stock", "k", "v", "--batch", "1"),
                ("--batch: must not be 0", "put", "shop", "stock", "--tsv", "x", "--batch", "0"),
                ("goes with neither a key nor", "put", "shop", "stock", "k", "--tsv", "x"),
                ("only for one row", "put", "shop", "stock", "--tsv", "x", "--expect-absent"),
                ("--jsonl: does not go with --tsv", "put", "shop", "stock", "--tsv", "x", "--jsonl",
                 "y"),
                ("give one of KEY, a range", "delete", "shop", "stock"),
                ("give one of KEY, a range", "delete", "shop", "stock", "k", "--all"),
                ("--expect-tsn: only for one row", "delete", "shop", "stock", "--all",
                 "--expect-tsn", "1"),
                ("--prefix: goes with neither", "scan", "shop", "stock", "--prefix", "a", "--to",
                 "b"),
                ("--at: expected tsn:N", "get", "shop", "stock", "k", "--at", "now"),
                ("--at: expected tsn:N", "scan", "shop", "stock", "--at", "tsn"),
                ("--at: '-1' is not a number", "get", "shop", "stock", "k", "--at", "tsn:-1"),
                ("--at: '' is not a number", "get", "shop", "stock", "k", "--at", "position:"),
                ("--at: expected a time", "get", "shop", "stock", "k", "--at", "time:yesterday")):
            with self.subTest(arguments):
                self.fail_with(2, message, *arguments)

    def test_turns_down_what_the_database_does(self):
        too_long = "has 1025 bytes, at most 1024 are allowed"
        self.fail_with(3, too_long, "put", "shop", "stock", LONG_KEY, "v")
        self.fail_with(3, too_long, "get", "shop", "stock", LONG_KEY)
        self.fail_with(3, too_long, "delete", "shop", "stock", LONG_KEY)
        self.fail_with(3, too_long, "scan", "shop", "stock", "--to", LONG_KEY)
        self.fail_with(3, "ends before it begins", "delete", "shop", "stock", "--from", "b", "--to",
                       "a")
        for arguments in (["put", "shop", "x", "k", "v"], ["get", "shop", "x", "k"],
                          ["delete", "shop", "x", "k"], ["scan", "shop", "x"]):
            self.fail_with(1, f'stele: {arguments[0]}: open table: there is no table "root"."x"\n',
                           *arguments)
        write("large", b"x" * ((16 << 20) + 1))
        self.fail_with(3, "stele: put: put row: ", "put", "shop", "stock", "k", "--file", "large")
        self.assertEqual(self.scan(), [])


class AsOf(RowsTest):
    def setUp(self):
        super().setUp()
        self.put("a", "1")
        self.succeed("append", "shop", "--type", "Sold")
        self.put("a", "2")
        self.put("b", "2")
        self.succeed("delete", "shop", "stock", "a")

    def test_a_commit_a_position_and_a_time(self):
        self.assertEqual(self.get("a", "--at", "tsn:2"), "1\n")
        self.assertEqual(self.get("a", "--at", "tsn:4"), "2\n")
        self.assertEqual(self.get("a", "--at", "position:0"), "1\n")
        self.fail_with(1, "no such row", "get", "shop", "stock", "a", "--at", "position:1")
        self.assertEqual(self.keys("--at", "tsn:5"), ["a", "b"])
        self.assertEqual(self.keys("--at", "time:2100-01-01T00:00:00Z"), ["b"])
        recorded = self.read("shop")[0]["recorded"]
        self.assertEqual(self.get("a", "--at", "time:" + recorded), "1\n")

    def test_a_moment_that_is_not_there(self):
        self.fail_with(1, "there is no commit 7 yet", "get", "shop", "stock", "a", "--at", "tsn:7")
        self.fail_with(1, "there is no event 2 yet", "scan", "shop", "stock", "--at", "position:2")
        self.fail_with(3, "was created by commit 1, behind commit 0", "scan", "shop", "stock",
                       "--at", "time:2020-01-01T00:00:00Z")
        self.succeed("table", "create", "shop", "now")
        self.succeed("put", "shop", "now", "k", "v")
        self.fail_with(3, "keeps no history", "get", "shop", "now", "k", "--at", "tsn:7")
        self.assertEqual(self.succeed("get", "shop", "now", "k", "--at", "tsn:8"), "v\n")


class SeveralRows(RowsTest):
    def test_come_in_the_order_of_their_keys(self):
        self.put("a", "1")
        self.put("b", "x" * 100_000)
        self.put("c", "3")
        self.assertEqual(self.get("c", "a", "c"), "3\n1\n3\n")
        self.assertEqual(self.get("c", "b", "--raw"), "3" + "x" * 100_000)
        self.assertEqual(self.get("c", "a", "--hex", "--at", "tsn:4"), "33\n31\n")
        self.assertEqual([json.loads(line) for line in self.get("a", "c", "--json").splitlines()],
                         [{"key": "a", "tsn": 2, "position": 0, "value": "1"},
                          {"key": "c", "tsn": 4, "position": 0, "value": "3"}])
        self.assertEqual(self.get("--keys", "hex", "61", "63"), "1\n3\n")

    def test_of_which_one_is_missing_are_printed_and_the_first_is_named(self):
        self.put("a", "1")
        self.put("c", "3")
        result = self.stele("get", "shop", "stock", "a", "b", "c", "d")
        self.assertEqual((result.status, result.out, result.err),
                         (1, "1\n3\n", "stele: get: there is no row of key b\n"))
        self.fail_with(3, "key 1: the key has 1025 bytes", "get", "shop", "stock", "a", LONG_KEY)


class History(RowsTest):
    def setUp(self):
        super().setUp()
        self.put("k", "1")
        self.succeed("append", "shop", "--type", "Sold")
        self.put("k", "2")
        self.succeed("delete", "shop", "stock", "k")
        self.put("k", "\u00fc")

    def versions(self, *arguments):
        return [json.loads(line) for line in self.succeed(
            "history", "shop", "stock", "k", "--as", "json", *arguments).splitlines()]

    def values(self, *arguments):
        return [version.get("value", "-") for version in self.versions(*arguments)]

    def test_has_every_version(self):
        self.assertEqual(self.values(), ["\u00fc", "-", "2", "1"])
        self.assertEqual(self.values("--oldest-first"), ["1", "2", "-", "\u00fc"])
        self.assertEqual(self.values("--limit", "2"), ["\u00fc", "-"])
        self.assertEqual(self.values("--limit", "0"), [])
        deleted = self.versions()[1]
        self.assertEqual((deleted["tsn"], deleted["position"], deleted["deleted"]), (5, 1, True))
        self.assertEqual(self.values("--until", "time:" + deleted["recorded"]), ["-", "2", "1"])
        self.assertEqual(self.succeed("history", "shop", "stock", "x", "--as", "json"), "")

    def test_goes_from_one_moment_to_another(self):
        self.assertEqual(self.values("--since", "tsn:4"), ["\u00fc", "-", "2"])
        self.assertEqual(self.values("--until", "position:0"), ["1"])
        self.assertEqual(self.values("--since", "tsn:2", "--until", "tsn:3"), ["1"])
        self.fail_with(3, "history ends before it begins", "history", "shop", "stock", "k", "--since",
                       "tsn:4", "--until", "tsn:3")
        self.fail_with(1, "there is no commit 9 yet", "history", "shop", "stock", "k", "--until",
                       "tsn:9")
        self.fail_with(2, "--since: expected tsn:N", "history", "shop", "stock", "k", "--since", "9")

    def test_a_table_is_for_people(self):
        self.put("z", "\x1b[2J")
        lines = self.succeed("history", "shop", "stock", "k").splitlines()
        self.assertEqual(lines[0].split(), ["TSN", "POSITION", "RECORDED", "ROW", "VALUE"])
        self.assertEqual([line.split()[3:] for line in lines[1:]],
                         [["put", "\u00fc"], ["deleted"], ["put", "2"], ["put", "1"]])
        lines = self.succeed("history", "shop", "stock", "z").splitlines()
        self.assertEqual(lines[1].split()[3:], ["put", "\\u001b[2J"])

    def test_of_a_table_without_history_is_the_present(self):
        self.succeed("table", "create", "shop", "now")
        self.succeed("put", "shop", "now", "k", "1")
        self.succeed("put", "shop", "now", "k", "2")
        lines = self.succeed("history", "shop", "now", "k").splitlines()
        self.assertEqual([line.split()[4] for line in lines[1:]], ["2"])
        self.fail_with(3, "keeps no history", "history", "shop", "now", "k", "--since", "tsn:8")
        self.fail_with(1, 'there is no table "root"."x"', "history", "shop", "x", "k")
        self.fail_with(3, "the key has 1025 bytes", "history", "shop", "now", LONG_KEY)


class Ranges(RowsTest):
    def setUp(self):
        super().setUp()
        for key in ("a", "ab", "abc", "b", "c"):
            self.put(key, key.upper())

    def test_are_scanned_both_ways(self):
        self.assertEqual(self.keys(), ["a", "ab", "abc", "b", "c"])
        self.assertEqual(self.keys("--from", "ab", "--to", "c"), ["ab", "abc", "b"])
        self.assertEqual(self.keys("--prefix", "ab"), ["ab", "abc"])
        self.assertEqual(self.keys("--prefix", ""), ["a", "ab", "abc", "b", "c"])
        self.assertEqual(self.keys("--backward", "--limit", "2"), ["c", "b"])
        self.assertEqual(self.keys("--reverse", "--to", "b"), ["abc", "ab", "a"])
        self.assertEqual(self.keys("--limit", "0"), [])

    def test_a_table_is_for_people(self):
        self.put("z", "\x1b[2J")
        lines = self.succeed("scan", "shop", "stock", "--from", "c").splitlines()
        self.assertEqual([line.split() for line in lines],
                         [["TSN", "POSITION", "KEY", "VALUE"], ["6", "0", "c", "C"],
                          ["7", "0", "z", "\\u001b[2J"]])

    def test_are_deleted(self):
        self.succeed("delete", "shop", "stock", "--from", "ab", "--to", "abc")
        self.assertEqual(self.keys(), ["a", "abc", "b", "c"])
        self.succeed("delete", "shop", "stock", "--prefix", "a")
        self.assertEqual(self.keys(), ["b", "c"])
        self.assertEqual(self.keys("--at", "tsn:6"), ["a", "ab", "abc", "b", "c"])
        self.succeed("delete", "shop", "stock", "--all")
        self.assertEqual(self.keys(), [])


if __name__ == "__main__":
    main()
