"""trace: events as a tree by what caused them."""
from harness import CliTest, main, write


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012}"


def event(number, cause=None, sale=None, **more):
    made = {"type": f"t{number}", "id": uuid(number), "time": "2026-01-01T00:00:00Z", **more}
    if cause is not None:
        made["causation_id"] = uuid(cause)
    if sale is not None:
        made["correlation_id"] = uuid(sale)
    return made


class Trace(CliTest):
    def make(self, *events):
        write("events", list(events))
        self.succeed("import", "shop", "events")

    def trace(self, *arguments):
        """The lines without their times."""
        return self.succeed("trace", "shop", *arguments).replace(
            "  2026-01-01 00:00:00", "").splitlines()

    def test_draws_everything_that_the_first_cause_led_to(self):
        self.make(event(1), event(2, 1, entity="e"), event(3), event(4, 1), event(5, 2),
                  event(6, 5), event(7, 2))
        tree = ["1  t1",
                "├─ 2  t2  e",
                "│  ├─ 5  t5",
                "│  │  └─ 6  t6",
                "│  └─ 7  t7",
                "└─ 4  t4"]
        for position, line in ((1, 0), (2, 1), (4, 5), (6, 3)):
            marked = [text + "  <--" if at == line else text for at, text in enumerate(tree)]
            self.assertEqual(self.trace(str(position)), marked)
            self.assertEqual(self.trace("--id", uuid(position)), marked)
        self.assertEqual(self.trace("3"), ["3  t3  <--"])

    def test_a_line_has_the_time(self):
        self.make(event(1, entity="e\n"))
        self.assertEqual(self.succeed("trace", "shop", "1"),
                         "1  2026-01-01 00:00:00  t1  e\\u000a  <--\n")

    def test_a_correlation_may_have_several_roots(self):
        self.make(event(1, sale=9), event(2, sale=9), event(3, 2, sale=9), event(4, sale=8))
        self.assertEqual(self.trace("1"), ["1  t1  <--", "2  t2", "└─ 3  t3"])

    def test_an_effect_may_come_before_its_cause(self):
        self.make(event(1, 3), event(2, 3), event(3))
        self.assertEqual(self.trace("2"), ["3  t3", "├─ 1  t1", "└─ 2  t2  <--"])

    def test_marks_causes_that_are_missing_or_elsewhere(self):
        self.make(event(1, 77, sale=9), event(2, sale=8), event(3, 2, sale=9))
        self.assertEqual(self.trace("1"), [f"1  t1  <--  (its cause {uuid(77)} is missing)",
                                           "3  t3  (caused by 2, which is not of this "
                                           "correlation)"])

    def test_marks_cycles(self):
        self.make(event(1, 3), event(2, 1), event(3, 2), event(4, 2), event(5, 5))
        self.assertEqual(self.trace("4"), ["1  t1  (a cycle: caused by 3)",
                                           "└─ 2  t2",
                                           "   ├─ 3  t3",
                                           "   │  └─ 1  (a cycle: see above)",
                                           "   └─ 4  t4  <--"])
        self.assertEqual(self.trace("5"), ["5  t5  <--  (a cycle: caused by 5)",
                                           "└─ 5  (a cycle: see above)"])

    def test_a_long_chain_stays_within_bounds(self):
        self.make(*[event(number, number - 1 if number > 1 else None)
                    for number in range(1, 3001)])
        lines = self.trace("3000")
        self.assertEqual(len(lines), 3000)
        self.assertLess(max(map(len, lines)), 150)
        self.assertTrue(lines[-1].startswith("…2967… "), lines[-1])

    def test_says_what_is_wrong(self):
        self.make(event(1))
        self.fail_with(1, "stele: trace: there is no event at position 2\n", "trace", "shop", "2")
        self.fail_with(1, "there is no event at position 0", "trace", "shop", "0")
        self.fail_with(1, f"there is no event with the id {uuid(5)}", "trace", "shop", "--id",
                       uuid(5))
        self.fail_with(2, "give a position or an --id", "trace", "shop")
        self.fail_with(2, "give a position or an --id", "trace", "shop", "1", "--id", uuid(1))
        self.fail_with(2, "--id: 'x' is not a UUID", "trace", "shop", "--id", "x")
        self.fail_with(2, "POSITION: 'x' is not a number", "trace", "shop", "x")


if __name__ == "__main__":
    main()
