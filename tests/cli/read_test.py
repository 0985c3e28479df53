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


SALE = "00000000-0000-4000-8000-000000000001"
CAUSE = "00000000-0000-4000-8000-000000000002"


class Filters(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [
            {"type": "order.placed", "entity": "customer-1", "scope": "north",
             "time": "2026-01-01T00:00:00Z", "correlation_id": SALE},
            {"type": "order.paid", "entity": "customer-2", "scope": "south",
             "time": "2026-01-02T00:00:00Z", "correlation_id": SALE, "causation_id": CAUSE},
            {"type": "order", "entity": "invoice-1", "time": "2026-01-03T00:00:00Z"},
            {"type": "parcel.sent", "scope": "north", "time": "2026-01-04T00:00:00Z",
             "causation_id": CAUSE},
        ])
        self.succeed("import", "shop", "events")

    def check(self, positions, *options):
        """The events are the same however they are asked for."""
        self.assertEqual([event["position"] for event in self.read("shop", *options)], positions)
        self.assertEqual(self.succeed("read", "shop", "--count", *options), f"{len(positions)}\n")

    def test_every_field_has_an_option(self):
        self.check([1, 2, 3], "--category", "order")
        self.check([1, 2, 3, 4], "--category", "order", "--type", "parcel.sent")
        self.check([1, 3], "--entity", "customer-1", "--entity", "invoice-1")
        self.check([1, 2], "--entity-prefix", "customer-")
        self.check([1, 2, 3], "--entity-prefix", "customer-", "--entity", "invoice-1")
        self.check([1, 4], "--scope", "north")
        self.check([1, 2], "--correlation", SALE)
        self.check([2, 4], "--causation", CAUSE.upper())
        self.check([2], "--causation", CAUSE, "--correlation", SALE, "--category", "order")
        self.check([], "--scope", "west")

    def test_times_and_positions_are_half_open(self):
        self.check([2, 3], "--since", "2026-01-02T00:00:00Z", "--until", "2026-01-04T00:00:00Z")
        self.check([2, 3, 4], "--since", "2026-01-02T01:00:00+01:00")
        self.check([1], "--until", "1767312000000000")
        self.check([], "--since", "1767312000000000", "--until", "1767312000000000")
        self.check([2, 3], "--from", "2", "--to", "4")
        self.check([1, 2], "--to", "3")
        self.check([], "--from", "3", "--to", "2")

    def test_an_item_has_every_field_too(self):
        for positions, item in (
                ([1, 2, 3], '{"categories":["order"]}'), ([3], '{"entities":["invoice-1"]}'),
                ([1, 2], '{"entity_prefixes":["customer-"]}'), ([1, 4], '{"scopes":["north"]}'),
                ([1, 2], '{"correlations":["%s"]}' % SALE), ([2, 4], '{"causations":["%s"]}' % CAUSE),
                ([2, 3], '{"since":"2026-01-02T00:00:00Z","until":1767484800000000}'),
                ([2, 3], '{"from":2,"to":4}'), ([4], '{"from":3,"scopes":["north"]}')):
            self.check(positions, "--item", item)

    def test_ranges_hold_for_every_item(self):
        both = ["--type", "order", "--item", '{"scopes":["north"]}']
        self.check([1, 3, 4], *both)
        self.check([3, 4], *both, "--since", "2026-01-02T00:00:00Z")
        self.check([1, 3], *both, "--to", "4")
        self.check([4], "--item", '{"scopes":["north"],"from":1}', "--from", "2")

    def test_turns_down_what_cannot_be_read(self):
        for message, *options in (
                ("--correlation: 'x' is not a UUID", "--correlation", "x"),
                ("--causation: '' is not a UUID", "--causation", ""),
                ("--since: expected a time", "--since", "today"),
                ("--until: there is no such day", "--until", "2026-02-30T00:00:00Z"),
                ("--since: is later than --until", "--since", "2", "--until", "1"),
                ("--to: '-1' is not a number", "--to=-1"),
                ("--item: 'x' of 'causations' is not a UUID", "--item", '{"causations":["x"]}'),
                ("--item: 'since': expected a time", "--item", '{"since":""}'),
                ("--item: 'until': a number of microseconds", "--item", '{"until":1.5}'),
                ("--item: 'from' must be a position", "--item", '{"from":-1}'),
                ("--item: 'from' is beyond 'to'", "--item", '{"from":3,"to":2}'),
                ("--item: 'since' is later than 'until'", "--item", '{"since":3,"until":2}'),
                ("--item: expected an array of strings as 'scopes'", "--item", '{"scopes":[1]}'),
                ("--item: expected a JSON object", "--item", "{"),
                ("--limit: does not go with --count", "--count", "--limit", "1"),
                ("--backward: does not go with --count", "--count", "--backward"),
                ("--as: does not go with --count", "--count", "--as", "table")):
            with self.subTest(options):
                self.fail_with(2, message, "read", "shop", *options)


if __name__ == "__main__":
    main()
