"""import and export of CloudEvents: what came in goes out, and comes in only once."""
import json
import uuid

from harness import CliTest, main, write

SPACE = uuid.UUID("bb029af4-db24-5ccf-92da-7e3ecfc5d29a")


def cloud_event(number, **more):
    return {"specversion": "1.0", "id": str(number), "source": "/orders", "type": "order.placed",
            **more}


def id_of(source, number):
    return str(uuid.uuid5(SPACE, f"{source}\0{number}"))


class CloudEvents(CliTest):
    def bring_in(self, database, events, *options):
        write("events", events)
        return self.succeed("import", database, "events", "--format", "cloudevents", *options)

    def give_out(self, database):
        out = self.succeed("export", database, "--format", "cloudevents")
        return [json.loads(line) for line in out.splitlines()]

    def test_come_back_as_they_were(self):
        events = [
            cloud_event(1),
            cloud_event(2, subject="Bücher-7", time="2026-11-21T11:32:35Z",
                        datacontenttype="application/json", data={"name": "Grüße \u2028 \U0001f600"}),
            cloud_event(3, time="2026-11-21T11:32:35.123456789+02:00", data="a JSON string"),
            cloud_event(4, data_base64="AP8K", datacontenttype="image/png"),
            cloud_event(5, datacontenttype="text/xml", data="<bücher n=\"1\"/>\n"),
            cloud_event(6, data=None), cloud_event(7, data=[]), cloud_event(8, data=0.1),
            cloud_event("ü", source="urn:ü:1", dataschema="https://example.com/s", region="süd",
                        count=3, urgent=True, empty="", correlationid="sale", causationid="2"),
        ]
        self.bring_in("shop", events)
        self.assertEqual(self.give_out("shop"), events)
        write("again", self.give_out("shop"))
        self.succeed("import", "copy", "again", "--format", "cloudevents")
        self.assertEqual(self.give_out("copy"), events)

    def test_become_events(self):
        self.bring_in("shop", [
            cloud_event(1, subject="order-1", time="2026-11-21T11:32:35Z", data={"n": 1}, tier="x"),
            cloud_event(2, causationid="1", correlationid="sale"),
        ])
        first, second = self.read("shop")
        self.assertEqual(first["id"], id_of("/orders", 1))
        self.assertEqual((first["type"], first["entity"], first["time"], first["data"]),
                         ("order.placed", "order-1", "2026-11-21T11:32:35.000000Z", {"n": 1}))
        self.assertEqual(first["metadata"], {"ce_id": "1", "ce_source": "/orders", "ce_time":
                                             "2026-11-21T11:32:35Z", "ce_tier": "x"})
        self.assertEqual(second["causation_id"], first["id"])
        self.assertEqual(second["correlation_id"], str(uuid.uuid5(SPACE, "sale")))
        self.assertIn("└─ 2", self.succeed("trace", "shop", "1"))

    def test_events_made_here_have_the_database_as_source(self):
        self.succeed("create", "shop")
        self.succeed("append", "shop", "--type", "A", "--entity", "e", "--scope", "s", "--tag", "ü",
                     "--tag", "a", "--data", "[1]", "--time", "2026-11-21T11:32:35Z",
                     "--correlation-id", str(SPACE), "--metadata", "ce_id=x", "--metadata", "k=v")
        self.succeed("append", "shop", "--type", "B", "--data-base64", "AP8K", "--metadata",
                     "ce_Bad=1", "--metadata", "cej_x={}", "--metadata", "ce_type=x")
        source = "stele:" + json.loads(self.succeed("stats", "shop", "--json"))["uuid"]
        ids = [event["id"] for event in self.read("shop")]
        first, second = self.give_out("shop")
        self.assertEqual(first, {
            "specversion": "1.0", "id": ids[0], "source": source, "type": "A", "subject": "e",
            "time": "2026-11-21T11:32:35.000000Z", "datacontenttype": "application/json",
            "correlationid": str(SPACE), "steletags": '["a","ü"]', "stelescope": "s", "data": [1]})
        self.assertEqual(second.pop("time"), self.read("shop")[1]["recorded"])
        self.assertEqual(second, {"specversion": "1.0", "id": ids[1], "source": source, "type": "B",
                                  "datacontenttype": "application/octet-stream",
                                  "data_base64": "AP8K"})
        self.bring_in("copy", self.give_out("shop"))
        self.assertEqual(self.give_out("copy"), self.give_out("shop"))
        copy = self.read("copy")[0]
        self.assertEqual((copy["tags"], copy["scope"], copy["correlation_id"]),
                         (["a", "ü"], "s", str(SPACE)))

    def test_an_event_comes_in_once(self):
        self.bring_in("shop", [cloud_event(1), cloud_event(2)])
        self.assertIn("nothing to do", self.bring_in("shop", [cloud_event(1), cloud_event(2)]))
        write("others", [cloud_event(3), cloud_event(1, source="/else"), cloud_event(2)])
        result = self.fail_with(1, "others: line 3: this event is there already, at position 2, "
                                f"with the id {id_of('/orders', 2)}; nothing of its batch was "
                                "imported\n", "import", "shop", "others", "--format", "cloudevents")
        self.assertIn("--format cloudevents --source", result.err)
        self.assertEqual(self.head("shop"), 2)
        write("twice", [cloud_event(5), cloud_event(6), cloud_event(5)])
        self.fail_with(3, "twice: line 3: line 1 has this event's id, too: ", "import", "shop",
                       "twice", "--format", "cloudevents")

    def test_says_what_is_wrong(self):
        for message, line in (("line 1, byte 1: 'specversion' is missing", '{"type":"A"}'),
                              ("line 1, byte 2: 'my_x' is no name", '{"my_x":"A"}'),
                              ("line 1: ", json.dumps(cloud_event(1, subject="x" * 513)))):
            write("bad", line)
            self.fail_with(3, "bad: " + message, "import", "shop", "bad", "--format", "cloudevents")
        for command in (["import", "shop", "bad"], ["export", "shop"]):
            self.fail_with(2, "--format: 'xml' is neither stele nor cloudevents", *command,
                           "--format", "xml")


if __name__ == "__main__":
    main()
