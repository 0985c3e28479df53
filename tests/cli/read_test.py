"""read: events selected by queries, as lines and as a table."""
from harness import CliTest, main, write


class Read(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [
            {"type": "A", "tags": ["x", "y"], "entity": "e", "data": {"n": 1}},
            {"type": "B", "tags": ["x"]},
            {"type": "A", "tags": ["y"], "entity": "e"},
            {"type": "C"},
        ])
        self.succeed("import", "shop", "events")

    def positions(self, *options):
        return [event["position"] for event in self.read("shop", *options)]

    def test_selects_by_types_and_tags(self):
        self.assertEqual(self.positions(), [1, 2, 3, 4])
        self.assertEqual(self.positions("--type", "A"), [1, 3])
        self.assertEqual(self.positions("--type", "A", "--type", "C"), [1, 3, 4])
        self.assertEqual(self.positions("--tag", "x", "--tag", "y"), [1])
        self.assertEqual(self.positions("--type", "B", "--tag", "x"), [2])
        self.assertEqual(self.positions("--type", "none"), [])

    def test_items_are_alternatives(self):
        self.assertEqual(self.positions("--item", '{"types":["B"]}', "--item", '{"tags":["y"]}'),
                         [1, 2, 3])
        self.assertEqual(self.positions("--type", "C", "--item", '{"types":["A"],"tags":["x"]}'),
                         [1, 4])
        self.assertEqual(self.positions("--item", "{}"), [1, 2, 3, 4])

    def test_goes_in_both_directions_from_a_position_up_to_a_limit(self):
        self.assertEqual(self.positions("--from", "2", "--limit", "2"), [2, 3])
        self.assertEqual(self.positions("--backward"), [4, 3, 2, 1])
        self.assertEqual(self.positions("--backward", "--from", "3", "--limit", "1"), [3])
        self.assertEqual(self.positions("--backward", "--from", "0"), [])
        self.assertEqual(self.positions("--from", "5"), [])
        self.assertEqual(self.positions("--limit", "0"), [])

    def test_a_line_has_the_place_of_the_event_too(self):
        event = self.read("shop", "--limit", "1")[0]
        self.assertEqual(list(event), ["position", "tsn", "recorded", "sequence", "type", "id",
                                       "time", "entity", "tags", "data", "hash"])
        self.assertEqual(len(event["hash"]), 64)
        self.assertEqual(event["time"], event["recorded"])

    def test_a_table_is_for_people(self):
        lines = self.succeed("read", "shop", "--as", "table").splitlines()
        self.assertEqual(lines[0].split(), ["POSITION", "TIME", "(UTC)", "TYPE", "ENTITY", "TAGS",
                                            "DATA"])
        self.assertEqual(lines[1].split()[0:1] + lines[1].split()[3:],
                         ["1", "A", "e", "x", "y", '{"n":', "1}"])
        self.assertEqual(len(lines), 5)

    def test_a_table_hides_nothing_from_a_terminal(self):
        write("odd", [{"type": "\x1b[2J", "tags": ["\n"], "data": "\u009b" * 3000}])
        self.succeed("import", "odd_db", "odd")
        table = self.succeed("read", "odd_db", "--as", "table")
        self.assertIn("\\u001b[2J", table)
        self.assertNotIn("\x1b", table)
        self.assertEqual(table.count("\n"), 2)
        self.assertLessEqual(max(map(len, table.splitlines())), 120)

    def test_its_lines_can_be_imported(self):
        write("copy", self.succeed("read", "shop"))
        self.succeed("import", "copy_db", "copy")
        self.assertEqual(self.succeed("export", "copy_db"), self.succeed("export", "shop"))

    def test_an_event_larger_than_the_buffer_is_read(self):
        data = "x" * 5_000_000
        write("large", [{"type": "L", "data": data}, {"type": "S"}])
        self.succeed("import", "large_db", "large")
        events = self.read("large_db")
        self.assertEqual([event["type"] for event in events], ["L", "S"])
        self.assertEqual(events[0]["data"], data)


if __name__ == "__main__":
    main()
