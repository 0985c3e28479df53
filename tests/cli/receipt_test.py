"""receipt and verify-receipt: what is given out holds, with the database and without, and by the
word of docs/format.md alone.
"""
import json
import shutil
import sys
from pathlib import Path

from harness import CliTest, main, read_bytes, write

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "format"))
from read_log import digest, i64, u  # noqa: E402


def merkle_root(event_hash, index, count, siblings):
    """Follows docs/format.md, "Receipt"."""
    node, siblings = event_hash, list(siblings)
    while count > 1:
        if index ^ 1 < count:
            sibling = siblings.pop(0)
            node = digest("node", sibling + node if index % 2 else node + sibling)
        index, count = index // 2, (count + 1) // 2
    assert not siblings, "no sibling is left over"
    return node


def follow(receipt):
    """Checks a receipt by the documentation, without the library. Returns what it says."""
    assert receipt[:8] == b"STELERCT" and u(receipt, 8, 4) == 1
    assert receipt[-32:] == digest("receipt", receipt[:-32])
    count, tsn, position, first = (u(receipt, *field) for field in
                                   ((12, 4), (32, 8), (40, 8), (48, 8)))
    event_hash, previous, previous_root, chained_root = (
        receipt[at:at + 32] for at in (64, 96, 128, 160))
    siblings = [receipt[at:at + 32] for at in range(192, len(receipt) - 32, 32)]
    merkle = merkle_root(event_hash, position - first, count, siblings)
    stamp = receipt[32:40] + receipt[48:56] + count.to_bytes(8, "little") + receipt[56:64]
    assert chained_root == digest("frame root", stamp + merkle + previous_root)
    if tsn == 1:
        assert previous_root == digest("genesis", receipt[16:32])
    return {"position": position, "tsn": tsn, "recorded": i64(receipt, 56),
            "uuid": receipt[16:32].hex(), "event_hash": event_hash.hex(),
            "previous": previous, "chained_root": chained_root.hex()}


class Receipt(CliTest):
    def setUp(self):
        super().setUp()
        write("events", [{"type": "A", "entity": f"e{n % 3}", "data": n} for n in range(19)])
        self.succeed("import", "shop", "events", "--batch", "5")

    def receipt(self, position):
        return bytes.fromhex(self.succeed("receipt", "shop", str(position)))

    def test_holds_by_the_documentation_alone(self):
        hashes, before = {}, {}
        for event in self.read("shop"):
            said = follow(self.receipt(event["position"]))
            self.assertEqual((said["position"], said["tsn"]), (event["position"], event["tsn"]))
            self.assertEqual(said["event_hash"], event["hash"])
            self.assertEqual(said["previous"], before.get(event["entity"], bytes(32)))
            before[event["entity"]] = bytes.fromhex(event["hash"])
            hashes[event["tsn"]] = said["chained_root"]
        self.assertEqual(len(hashes), 4)
        self.assertIn(f"root:  {hashes[4]}\n", self.succeed("verify", "shop"))

    def test_is_a_line_that_can_be_checked_without_the_database(self):
        self.succeed("receipt", "shop", "7", "-o", "sale.receipt")
        self.assertRegex(read_bytes("sale.receipt").decode(), r"^[0-9a-f]+\n$")
        self.assertEqual(self.succeed("receipt", "shop", "--check", "sale.receipt"),
                         "held: event 7 of commit 2\n")
        event = self.read("shop", "--from", "7", "--limit", "1")[0]
        uuid = json.loads(self.succeed("stats", "shop", "--json"))["uuid"]
        said = follow(self.receipt(7))
        shutil.rmtree("shop")
        expected = {"uuid": uuid, "tsn": 2, "position": 7, "recorded": event["recorded"],
                    "event_hash": event["hash"], "chained_root": said["chained_root"]}
        text = self.succeed("verify-receipt", "sale.receipt")
        self.assertEqual(list(json.loads(text).items()), list(expected.items()))
        upper = read_bytes("sale.receipt").upper().strip()
        self.assertEqual(self.succeed("verify-receipt", "-", stdin=b"\r\n " + upper), text)

    def test_holds_after_the_database_has_gone_on(self):
        self.succeed("receipt", "shop", "19", "-o", "last")
        self.succeed("append", "shop", "--type", "B")
        self.assertEqual(self.succeed("receipt", "shop", "--check", "last"),
                         "held: event 19 of commit 4\n")

    def test_there_is_none_of_an_event_that_is_not_there(self):
        for position in ("0", "20"):
            self.fail_with(1, f"receipt: there is no event at position {position}, the newest is "
                           "at 19", "receipt", "shop", position, "-o", "file")
        self.fail_with(1, "there is no nope", "receipt", "nope", "1", "-o", "file")
        self.assertFalse(Path("file").exists())

    def test_a_changed_receipt_is_damaged(self):
        text = self.succeed("receipt", "shop", "7")
        for at in (40, 100, 200, 300, 400, len(text) - 2):
            write("bad", text[:at] + format(int(text[at], 16) ^ 1, "x") + text[at + 1:])
            self.fail_with(3, "damaged: verify receipt: receipt, byte ", "verify-receipt", "bad")
            self.fail_with(3, "damaged: verify receipt: receipt, byte ", "receipt", "shop",
                           "--check", "bad")
        for content in ("", "\n", "abc", "a receipt", text + text, text[:-3]):
            write("bad", content)
            self.assertEqual(self.stele("verify-receipt", "bad").status, 3, content)
        write("bad", "no digits")
        self.fail_with(3, "bad holds no receipt: expected a line of hexadecimal digits",
                       "verify-receipt", "bad")
        self.fail_with(3, "cannot open nope: No such file", "verify-receipt", "nope")

    def test_another_database_or_history_does_not_hold_it(self):
        self.succeed("create", "other")
        self.succeed("append", "other", "--type", "A")
        self.succeed("receipt", "shop", "1", "-o", "one")
        self.fail_with(3, "check receipt: the receipt is of another database", "receipt", "other",
                       "--check", "one")
        shutil.copytree("shop", "copy")
        self.succeed("append", "shop", "--type", "B")
        self.succeed("receipt", "shop", "20", "-o", "twenty")
        self.fail_with(1, "the receipt is of commit 5, the database ends with commit 4", "receipt",
                       "copy", "--check", "twenty")
        self.succeed("append", "copy", "--type", "B")
        self.fail_with(3, "damaged: check receipt: the chained root of commit 5 is not that of",
                       "receipt", "copy", "--check", "twenty")

    def test_a_wrong_command_line_is_refused(self):
        for message, *arguments in (
                ("stele: receipt: POSITION or --check is required", "receipt", "shop"),
                ("stele: receipt: ", "receipt", "shop", "1", "--check", "file"),
                ("stele: receipt: ", "receipt", "shop", "--check", "file", "-o", "file"),
                ("POSITION: '-1' is not a number", "receipt", "shop", "--", "-1"),
                ("stele: verify-receipt: FILE is required", "verify-receipt")):
            with self.subTest(arguments):
                self.fail_with(2, message, *arguments)


if __name__ == "__main__":
    main()
