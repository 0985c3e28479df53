"""repair: a sound database of what is left of a damaged one."""
import os

from harness import CliTest, main, read_bytes, write


class Repair(CliTest):
    def fill(self, count):
        write("events", "".join('{"type":"A","tags":["n:%d"],"data":"%s"}\n' % (i, "x" * 300)
                                for i in range(count)))
        self.succeed("import", "shop", "events")
        self.succeed("export", "shop", "-o", "before")

    def damage(self, name, at, size=1):
        content = bytearray(read_bytes(name))
        for i in range(at, at + size):
            content[i] ^= 0x20
        with open(name, "wb") as file:
            file.write(content)

    def test_everything_is_there_without_superblocks_and_meta(self):
        self.fill(20_000)
        self.damage("shop/stele.meta", 20, 8)
        self.damage("shop/events.pages", 0, 8192)
        self.fail_with(3, "", "stats", "shop")
        shown = self.succeed("repair", "shop", "repaired")
        self.assertIn("repaired: 20,000 events", shown)
        self.succeed("export", "repaired", "-o", "after")
        self.assertEqual(read_bytes("before"), read_bytes("after"))
        self.assertIn("sound: 20,000 events", self.succeed("verify", "repaired"))
        self.fail_with(1, "there is a database in repaired already", "repair", "shop", "repaired")

    def test_what_is_lost_is_said_and_what_is_behind_can_be_kept(self):
        self.fill(1500)
        name = "shop/wal/00000001.wal"
        self.damage(name, 200_000)
        self.fail_with(3, "--replace keeps what is behind it", "repair", "shop", "repaired")
        self.fail_with(3, "was not finished", "stats", "repaired")
        shown = self.succeed("repair", "shop", "repaired", "--replace")
        self.assertIn("lost: ", shown)
        self.assertIn("sound: 1,500 events", self.succeed("verify", "repaired"))
        shown = self.succeed("repair", "shop", "cut", "--cut")
        self.assertIn("lost: ", shown)
        self.succeed("verify", "cut")

    def test_tables_come_back_or_are_named(self):
        self.succeed("create", "shop")
        self.succeed("table", "create", "shop", "plain")
        self.succeed("put", "shop", "plain", "key", "row")
        self.fill(100)
        shown = self.succeed("repair", "shop", "repaired")
        self.assertNotIn("left out", shown)
        self.assertIn("row", self.succeed("get", "repaired", "plain", "key"))
        write("more", '{"type":"B"}\n')
        self.succeed("import", "shop", "more")
        # The first events, which are behind the table.
        name, at = self.find_in_log(b"n:50")
        self.damage(name, at)
        shown = self.succeed("repair", "shop", "replaced", "--replace")
        self.assertIn("left out: 1 table\n  root.plain\n", shown)
        self.fail_with(1, "", "get", "replaced", "plain", "key")
        shown = self.succeed("repair", "shop", "cut", "--cut")
        self.assertNotIn("left out", shown)
        self.assertIn("row", self.succeed("get", "cut", "plain", "key"))

    def find_in_log(self, text):
        for name in sorted(os.listdir("shop/wal")):
            at = read_bytes(f"shop/wal/{name}").find(text)
            if name.endswith(".wal") and at > 0:
                return f"shop/wal/{name}", at
        self.fail("it is not in the log")

    def test_bad_arguments_are_named(self):
        self.fill(1)
        self.fail_with(2, "excludes", "repair", "shop", "repaired", "--cut", "--replace")
        self.fail_with(1, "there is no nothing", "repair", "nothing", "repaired")
        os.mkdir("empty")
        self.fail_with(1, "", "repair", "empty", "repaired")


main()
