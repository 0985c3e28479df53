"""projection list, describe and drop: how far they are, their tables, rebuilds."""
import json
import os
import subprocess

from harness import CliTest, main

PROJECTOR = os.environ.get("STELE_PROJECTOR", "cli_projector")


class Projections(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")
        for kind in ("A", "B", "C"):
            self.succeed("append", "shop", "--type", kind)

    def project(self, name, table, events, *rebuild):
        subprocess.run([PROJECTOR, "shop", name, table, str(events), *rebuild], check=True,
                       timeout=300)

    def listed(self):
        return [json.loads(line) for line in
                self.succeed("projection", "list", "shop", "--as", "json").splitlines()]

    def figures(self):
        return [(one["name"], one["position"], one["lag_events"], one["tables"])
                for one in self.listed()]

    def test_are_listed_with_how_far_they_are(self):
        self.assertEqual(self.listed(), [])
        self.project("sums", "sums", 3)
        self.project("counts", "counts", 1)
        self.project("counts", "more", 0)
        self.project("counts", "counts", 2, "--rebuild")
        self.assertEqual(self.figures(),
                         [("counts", 1, 2, 2), ("counts~1", 2, 1, 1), ("sums", 3, 0, 1)])
        for one in self.listed():
            self.assertEqual(one["head"], 3)
            self.assertEqual(one["lag_us"] > 0, one["lag_events"] > 0)
        lines = self.succeed("projection", "list", "shop").splitlines()
        self.assertEqual(lines[0].split(), ["POSITION", "EVENTS", "TIME", "TABLES", "PROJECTION"])
        self.assertEqual([line.split()[4] for line in lines[1:]], ["counts", "counts~1", "sums"])

    def test_are_described(self):
        self.project("counts", "counts", 1)
        self.project("counts", "a.b", 0)
        text = self.succeed("projection", "describe", "shop", "counts")
        self.assertRegex(text, r"^projection  counts\nposition    1 of 3\n"
                               r"behind      2 events, since \d+:\d\d ago\n"
                               r"table       a\\\.b\ntable       counts\n$")
        self.project("counts", "counts", 2)
        self.assertIn("behind      nothing\n", self.succeed("projection", "describe", "shop", "counts"))
        described = json.loads(self.succeed("projection", "describe", "shop", "counts", "--json"))
        self.assertEqual(described, {"name": "counts", "position": 3, "head": 3, "lag_events": 0,
                                     "lag_us": 0, "tables": ["a\\.b", "counts"]})
        self.assertIn("rows of  projection counts\n",
                      self.succeed("table", "describe", "shop", "counts"))

    def test_are_dropped_with_all_they_have(self):
        self.project("counts", "counts", 3)
        self.project("counts", "counts", 1, "--rebuild")
        self.project("sums", "sums", 1)
        self.assertEqual(self.succeed("projection", "drop", "shop", "counts~1"), "")
        self.assertEqual(self.figures(), [("counts", 3, 0, 1), ("sums", 1, 2, 1)])
        self.project("counts", "counts", 2, "--rebuild")
        self.succeed("projection", "drop", "shop", "counts")
        self.assertEqual(self.figures(), [("sums", 1, 2, 1)])
        self.fail_with(1, 'there is no table "root"."counts"', "scan", "shop", "counts")
        self.succeed("verify", "shop")
        self.project("counts", "counts", 2)
        self.assertEqual(self.figures()[0], ("counts", 2, 1, 1))
        self.succeed("verify", "shop")

    def test_say_what_is_wrong(self):
        self.fail_with(1, 'there is no projection "x"', "projection", "describe", "shop", "x")
        self.fail_with(1, 'there is no projection "x"', "projection", "drop", "shop", "x")
        self.fail_with(1, "stele: projection list: open: there is no nowhere", "projection", "list",
                       "nowhere")
        self.fail_with(2, "stele: projection: a command is missing", "projection")
        self.fail_with(2, "stele: projection drop: NAME is required", "projection", "drop", "shop")
        for command in ("list", "describe", "drop"):
            self.assertIn(f"stele projection {command} shop",
                          self.succeed("projection", command, "--help"))
        self.fail_with(3, "ends in ~ and a number", "table", "create", "shop", "counts~1")


if __name__ == "__main__":
    main()
