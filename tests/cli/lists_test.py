"""terms, tags and entity: what there is in a database, and the stream of one entity."""
import json

from harness import CliTest, main, write


class Terms(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [
            {"type": "order.placed", "tags": ["book:1", "gift"], "entity": "e-1", "scope": "north"},
            {"type": "order.paid", "tags": ["book:1"], "entity": "e-2"},
            {"type": "sent", "tags": ["book:2"], "entity": "e-1", "scope": "south"},
            {"type": "order.placed", "tags": ["b\u00fccher\t"]},
        ])
        self.succeed("import", "shop", "events")

    def listed(self, *arguments):
        return [tuple(json.loads(line).values())
                for line in self.succeed(*arguments, "--as", "json").splitlines()]

    def test_lists_every_kind(self):
        self.assertEqual(self.listed("terms", "shop", "--kind", "type"),
                         [("order.paid", 1, 2, 2), ("order.placed", 2, 1, 4), ("sent", 1, 3, 3)])
        self.assertEqual(self.listed("terms", "shop", "--kind", "category"), [("order", 3, 1, 4)])
        self.assertEqual(self.listed("terms", "shop", "--kind", "entity"),
                         [("e-1", 2, 1, 3), ("e-2", 1, 2, 2)])
        self.assertEqual(self.listed("terms", "shop", "--kind", "scope"),
                         [("north", 1, 1, 1), ("south", 1, 3, 3)])
        tags = [("book:1", 2, 1, 2), ("book:2", 1, 3, 3), ("b\u00fccher\t", 1, 4, 4),
                ("gift", 1, 1, 1)]
        self.assertEqual(self.listed("terms", "shop", "--kind", "tag"), tags)
        self.assertEqual(self.listed("tags", "shop"), tags)

    def test_takes_a_prefix(self):
        self.assertEqual([row[0] for row in self.listed("tags", "shop", "book:")],
                         ["book:1", "book:2"])
        self.assertEqual(self.listed("terms", "shop", "none", "--kind", "entity"), [])

    def test_a_line_names_its_fields(self):
        line = self.succeed("tags", "shop", "gift", "--as", "json")
        self.assertEqual(line, '{"tag":"gift","count":1,"first_position":1,"last_position":1}\n')

    def test_a_table_is_for_people(self):
        lines = self.succeed("tags", "shop").splitlines()
        self.assertEqual(lines[0].split(), ["EVENTS", "FIRST", "LAST", "TAG"])
        self.assertEqual(lines[1].split(), ["2", "1", "2", "book:1"])
        self.assertEqual(lines[3].split(), ["1", "4", "4", "b\u00fccher\\u0009"])
        self.assertEqual(len(lines), 5)

    def test_turns_down_what_cannot_be_read(self):
        self.fail_with(2, "--kind is required", "terms", "shop")
        self.fail_with(2, "--kind: 'colour' is none of type, tag", "terms", "shop", "--kind",
                       "colour")
        self.fail_with(2, "--as: xml not in", "tags", "shop", "--as", "xml")
        self.fail_with(1, "stele: tags: open: ", "tags", "nowhere")


class Entity(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [{"type": kind, "entity": entity} for kind, entity in
                         (("A", "x"), ("B", "y"), ("C", "x"), ("D", "x"))])
        self.succeed("import", "shop", "events")

    def entity(self, *arguments):
        stream, *events = map(json.loads, self.succeed("entity", "shop", *arguments, "--as",
                                                       "json").splitlines())
        return stream, events

    def test_prints_the_stream_and_its_events(self):
        stream, events = self.entity("x")
        self.assertEqual(stream, {"entity": "x", "version": 3, "first_position": 1,
                                  "last_position": 4, "hash": events[-1]["hash"]})
        self.assertEqual([(event["sequence"], event["type"]) for event in events],
                         [(1, "A"), (2, "C"), (3, "D")])
        self.assertEqual(events, self.read("shop", "--entity", "x"))

    def test_starts_at_a_sequence_in_both_directions(self):
        def types(*options):
            return "".join(event["type"] for event in self.entity("x", *options)[1])
        self.assertEqual(types("--from-sequence", "2"), "CD")
        self.assertEqual(types("--limit", "1"), "A")
        self.assertEqual(types("--backward"), "DCA")
        self.assertEqual(types("--backward", "--from-sequence", "2", "--limit", "1"), "C")
        self.assertEqual(types("--from-sequence", "4"), "")

    def test_a_table_is_for_people(self):
        lines = self.succeed("entity", "shop", "x").splitlines()
        self.assertEqual(lines[:4], ["entity   x", "version  3", "first    position 1",
                                     "last     position 4"])
        self.assertEqual(lines[6].split()[0], "POSITION")
        self.assertEqual(len(lines), 10)

    def test_says_what_is_wrong(self):
        self.fail_with(1, "stele: entity: z has no events\n", "entity", "shop", "z")
        self.fail_with(2, "ENTITY is required", "entity", "shop")
        self.fail_with(2, "--from-sequence: 'x' is not a number", "entity", "shop", "x",
                       "--from-sequence", "x")
        self.fail_with(3, "empty", "entity", "shop", "")


if __name__ == "__main__":
    main()
