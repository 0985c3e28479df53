"""create and append: events with all their fields, batches of lines, and guards."""
import json

from harness import CliTest, main, write

ID = "0190163d-8694-739b-aea5-966c26f8ad91"


class Create(CliTest):
    def test_makes_an_empty_database_once(self):
        self.assertEqual(self.succeed("create", "shop"), "")
        self.assertEqual(self.head("shop"), 0)
        self.fail_with(1, "stele: create: open: there is a database in shop already",
                       "create", "shop")
        self.assertEqual(self.head("shop"), 0)


class AppendOne(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")

    def test_prints_the_position(self):
        self.assertEqual(self.succeed("append", "shop", "--type", "A"), "1\n")
        self.assertEqual(self.succeed("append", "shop", "--type", "A"), "2\n")

    def test_keeps_every_field(self):
        self.succeed("append", "shop", "--type", "BookSold", "--tag", "b", "--tag", "a", "--tag",
                     "b", "--entity", "book-7", "--scope", "north", "--data", ' {"a" : 1e999} ',
                     "--metadata", "z=1=2", "--metadata", "y=", "--id", ID.upper(),
                     "--correlation-id", ID[:-1] + "2", "--causation-id", ID[:-1] + "3",
                     "--time", "2026-11-21T13:32:35.5+02:00")
        line = self.succeed("export", "shop")
        self.assertEqual(line, (
            '{"type":"BookSold","id":"' + ID + '","time":"2026-11-21T11:32:35.500000Z",'
            '"entity":"book-7","scope":"north","tags":["a","b"],"data":{"a" : 1e999},'
            '"metadata":{"z":"1=2","y":""},"correlation_id":"' + ID[:-1] + '2",'
            '"causation_id":"' + ID[:-1] + '3"}\n'))

    def test_counts_the_stream_of_an_entity(self):
        for entity in ("x", "y", "x"):
            self.succeed("append", "shop", "--type", "A", "--entity", entity)
        self.assertEqual([event["sequence"] for event in self.read("shop")], [1, 1, 2])

    def test_takes_data_of_any_bytes(self):
        write("bytes", b"\0\xff\n")
        self.succeed("append", "shop", "--type", "A", "--data-file", "bytes")
        self.succeed("append", "shop", "--type", "A", "--data-file", "-", stdin=b"\0\xff\n")
        self.succeed("append", "shop", "--type", "A", "--data-base64", "AP8K")
        self.assertEqual([event["data_base64"] for event in self.read("shop")], ["AP8K"] * 3)

    def test_takes_times_before_and_beyond_the_calendar(self):
        for time in ("-62135596800000001", "0", "9223372036854775807"):
            self.succeed("append", "shop", "--type", "A", "--time", time)
        self.assertEqual([event["time"] for event in self.read("shop")],
                         [-62135596800000001, "1970-01-01T00:00:00.000000Z", 9223372036854775807])

    def test_turns_down_what_cannot_be_read(self):
        cases = [
            ("--data: byte 2 of the JSON: expected a key in quotes", "--data", "{'a':1}"),
            ("--data-base64: expected base64", "--data-base64", "?"),
            ("--data: goes with neither --data-file", "--data", "1", "--data-file", "x"),
            ("--id: expected a UUID", "--id", "7"),
            ("--time: expected a time", "--time", "yesterday"),
            ("--time: there is no such day", "--time", "2026-02-30T00:00:00Z"),
            ("--time: beyond 64 bits", "--time", "9223372036854775808"),
            ("--metadata: expected KEY=VALUE", "--metadata", "key"),
            ("--entity: must not be empty", "--entity", ""),
            ("--scope: must not be empty", "--scope="),
            ("--after: 'x' is not a number", "--after", "x"),
            ("--unless: expected a JSON object", "--unless", "[]"),
            ("--unless: unknown field 'tag'", "--unless", '{"tag":["x"]}'),
            ("--unless: expected an array of strings", "--unless", '{"tags":"x"}'),
            ("JSON lines", "-"),
        ]
        for message, *options in cases:
            with self.subTest(options):
                result = self.fail_with(2, message, "append", "shop", "--type", "A", *options)
                self.assertIn("Try 'stele append --help'.", result.err)
        self.fail_with(2, "give --type for one event", "append", "shop")
        self.fail_with(3, "cannot open nowhere: No such file", "append", "shop", "--type", "A",
                       "--data-file", "nowhere")
        self.assertEqual(self.head("shop"), 0)

    def test_turns_down_what_the_database_does(self):
        for options in (["--type", ""], ["--type", "A" * 513], ["--type", b"\xff"],
                        ["--type", "A", "--tag", ""], ["--type", "A", "--tag", b"\xc3"],
                        ["--type", "A", "--metadata", "k=1", "--metadata", "k=2"],
                        ["--type", "A", "--metadata", "=1"]):
            with self.subTest(options):
                self.fail_with(3, "stele: append: ", "append", "shop", *options)
        self.assertEqual(self.head("shop"), 0)


class AppendLines(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")

    def test_commits_all_lines_as_one_batch(self):
        write("lines", [{"type": "A"}, {"type": "B"}, {"type": "C"}])
        self.assertEqual(self.succeed("append", "shop", "--jsonl", "lines"), "1..3\n")
        self.assertEqual(self.succeed("append", "shop", "-", stdin='\n{"type":"D"}'), "4\n")
        self.assertEqual([event["tsn"] for event in self.read("shop")], [1, 1, 1, 2])

    def test_commits_nothing_when_one_line_is_wrong(self):
        lines = '{"type":"A"}\n\n{"type":"B",}\n'
        self.fail_with(3, "standard input: line 3, byte 13: expected a key in quotes",
                       "append", "shop", "-", stdin=lines)
        self.fail_with(3, "standard input: line 2: ", "append", "shop", "-",
                       stdin='{"type":"A"}\n{"type":""}\n')
        self.fail_with(3, "standard input holds no events", "append", "shop", "-", stdin=" \n")
        self.assertEqual(self.head("shop"), 0)

    def test_a_batch_of_lines_may_have_a_guard(self):
        self.succeed("append", "shop", "-", "--unless-type", "A", stdin='{"type":"A"}\n' * 2)
        self.fail_with(1, "position 2", "append", "shop", "-", "--unless-type", "A", "--after", "1",
                       stdin='{"type":"A"}\n')


class Guards(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")
        self.succeed("append", "shop", "--type", "Sold", "--tag", "book:1", "--tag", "shop:n")
        self.succeed("append", "shop", "--type", "Returned", "--tag", "book:1")

    def conflict(self, position, *options):
        self.fail_with(1, f"stele: append: conflict: the event at position {position} stands in the"
                       " way; nothing was appended\n", "append", "shop", "--type", "New", *options)

    def test_names_the_event_in_the_way(self):
        self.conflict(1, "--unless-type", "Sold")
        self.conflict(1, "--unless-tag", "book:1", "--unless-tag", "shop:n")
        self.conflict(2, "--unless-type", "Returned", "--unless-tag", "book:1")
        self.conflict(1, "--unless", '{"types":["X"]}', "--unless", '{"tags":["shop:n"]}')
        self.conflict(2, "--after", "1")
        self.assertEqual(self.head("shop"), 2)

    def test_holds_when_nothing_matches(self):
        for number, options in enumerate((
                ["--unless-type", "Sold", "--unless-tag", "book:2"],
                ["--unless-tag", "book:1", "--after", "2"],
                ["--unless", '{"types":["Sold"],"tags":["book:2"]}'],
                ["--after", "5"], ["--after", "18446744073709551615"])):
            self.assertEqual(self.succeed("append", "shop", "--type", "New", *options),
                             f"{number + 3}\n")

    def test_the_outcome_as_json(self):
        out = json.loads(self.succeed("append", "shop", "--type", "A", "--json"))
        self.assertEqual((out["first_position"], out["last_position"], out["tsn"]), (3, 3, 3))
        result = self.stele("append", "shop", "--type", "A", "--unless-type", "Sold", "--json")
        self.assertEqual(result.status, 1)
        self.assertEqual(json.loads(result.out), {"conflict": {"position": 1}})

    def test_items_have_every_field(self):
        self.succeed("append", "shop", "--type", "Paid", "--entity", "account-1")
        self.conflict(3, "--unless", '{"entity_prefixes":["account-"]}')
        self.succeed("append", "shop", "--type", "New", "--unless",
                     '{"entity_prefixes":["account-"],"from":4}')

    def test_an_entity_must_be_as_expected(self):
        append = ["append", "shop", "--type", "Paid", "--entity", "a=1", "--expect"]
        self.fail_with(1, "conflict: entity a=1 is at sequence 0, not some", *append, "a=1=some")
        self.assertEqual(self.succeed(*append, "a=1=0"), "3\n")
        self.assertEqual(self.succeed(*append, "a=1=some"), "4\n")
        self.fail_with(1, "stele: append: conflict: entity a=1 is at sequence 2, not 1; nothing was "
                       "appended\n", *append, "a=1=1")
        self.fail_with(1, "entity b is at sequence 0, not 1", *append, "a=1=2", "--expect", "b=1")
        self.conflict(1, "--unless-type", "Sold", "--expect", "a=1=7")
        result = self.stele(*append, "a=1=7", "--unless-type", "None", "--json")
        self.assertEqual(json.loads(result.out), {"conflict": {"position": 4, "entity": "a=1",
                                                               "sequence": 2}})
        for text in ("a", "=1", "a=", "a=-1", "a=x", "a=18446744073709551615"):
            self.fail_with(2, "--expect: ", *append, text)

    def test_a_key_commits_once(self):
        append = ["append", "shop", "--type", "New", "--key", "k"]
        self.assertEqual(self.succeed(*append), "3\n")
        self.assertEqual(self.succeed(*append), "3\n")
        self.assertTrue(json.loads(self.succeed(*append, "--json"))["repeated"])
        self.fail_with(1, 'key "k" was used for another batch', *append, "--tag", "t")
        self.fail_with(3, "the key is empty", "append", "shop", "--type", "New", "--key", "")
        self.assertEqual(self.head("shop"), 3)


if __name__ == "__main__":
    main()
