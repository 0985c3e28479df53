"""What is wrong with a database, its directory or its surroundings: the status, the message, and
that nothing is lost by it."""
import glob
import os
import shutil
import struct
import subprocess
import time

from harness import STELE, CliTest, flip, main, read_bytes, write

COMMANDS = (["append", "shop", "--type", "A"], ["read", "shop"], ["export", "shop"],
            ["verify", "shop"], ["stats", "shop"], ["put", "shop", "stock", "k", "v"],
            ["scan", "shop", "stock"], ["history", "shop", "stock", "k"])


class Missing(CliTest):
    def test_a_missing_database_is_not_found_and_not_made(self):
        for arguments in COMMANDS:
            self.fail_with(1, f"stele: {arguments[0]}: open: there is no shop\n", *arguments)
        self.assertEqual(os.listdir("."), [])

    def test_a_missing_parent_directory_is_named(self):
        write("events", '{"type":"A"}\n')
        for arguments in (["create", "no/shop"], ["import", "no/shop", "events"]):
            self.fail_with(1, f"stele: {arguments[0]}: open: create directory no/shop: "
                           "No such file or directory\n", *arguments)
        self.assertEqual(os.listdir("."), ["events"])

    def test_an_empty_directory_is_no_database_yet(self):
        os.mkdir("shop")
        for arguments in COMMANDS:
            self.fail_with(1, "there is no database in shop", *arguments)
        self.succeed("create", "shop")
        self.assertEqual(self.head("shop"), 0)


class Elsewhere(CliTest):
    def test_a_file_is_no_database(self):
        write("shop", "text")
        write("events", '{"type":"A"}\n')
        for arguments in (["create", "shop"], ["import", "shop", "events"], *COMMANDS):
            self.fail_with(3, f"stele: {arguments[0]}: open: shop is not a directory\n", *arguments)
        self.assertEqual(read_bytes("shop"), b"text")

    def test_a_directory_of_something_else_stays_as_it_is(self):
        os.mkdir("shop")
        write("shop/letter.txt", "dear")
        write("events", '{"type":"A"}\n')
        for arguments in (["create", "shop"], ["import", "shop", "events"], *COMMANDS):
            result = self.stele(*arguments)
            self.assertNotEqual(result.status, 0)
            self.assertIn("shop", result.err)
        self.assertEqual(os.listdir("shop"), ["letter.txt"])

    def test_a_path_must_not_be_empty(self):
        self.fail_with(3, "stele: create: ", "create", "")


class NotAllowed(CliTest):
    """Root may do everything, so as root these run as another user: a copy of the program, because
    the directory it was built in may be closed to others."""

    def setUp(self):
        super().setUp()
        self.command = [STELE]
        if os.geteuid() != 0:
            return
        os.chmod(".", 0o755)
        os.makedirs("copy/bin")
        os.makedirs("copy/lib")
        shutil.copy(STELE, "copy/bin")
        for library in glob.glob(os.path.join(os.path.dirname(STELE), "..", "lib", "libstele.so*")):
            shutil.copy(library, "copy/lib")
        self.command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                        os.path.abspath("copy/bin/stele")]

    def unprivileged(self, *arguments):
        done = subprocess.run([*self.command, *arguments], capture_output=True, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_closed_parent_directory_is_named(self):
        os.mkdir("closed", 0o555)
        status, out, err = self.unprivileged("create", "closed/shop")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("closed/shop", err)
        self.assertIn("Permission denied", err)
        self.assertEqual(os.listdir("closed"), [])

    def test_a_closed_database_is_named_and_whole(self):
        self.succeed("create", "shop")
        self.succeed("append", "shop", "--type", "A")
        os.chmod("shop", 0o000)
        for arguments in COMMANDS:
            status, out, err = self.unprivileged(*arguments)
            self.assertEqual((status, out), (3, ""))
            self.assertIn(f"stele: {arguments[0]}: ", err)
            self.assertIn("Permission denied", err)
        os.chmod("shop", 0o755)
        self.assertEqual(self.types("shop"), ["A"])

    def test_a_closed_input_makes_no_database(self):
        write("events", '{"type":"A"}\n')
        os.chmod("events", 0o000)
        os.mkdir("open")
        os.chmod("open", 0o777)
        status, _, err = self.unprivileged("import", "open/shop", "events")
        self.assertEqual((status, err),
                         (3, "stele: import: cannot open events: Permission denied\n"))
        self.assertEqual(os.listdir("open"), [])


class SecondProcess(CliTest):
    def test_is_told_that_the_database_is_open(self):
        self.succeed("create", "shop")
        first = self.start("append", "shop", "-", stdin=subprocess.PIPE)
        first.stdin.write(b'{"type":"A"}\n')
        first.stdin.flush()
        self.wait_until_opened_by(first)
        for arguments in COMMANDS:
            self.fail_with(3, f"stele: {arguments[0]}: ", *arguments)
        first.communicate(b'{"type":"B"}\n', timeout=60)
        self.assertEqual(first.returncode, 0)
        self.assertEqual(self.types("shop"), ["A", "B"])

    def wait_until_opened_by(self, process):
        """Waits without opening the database, which would get in the way of the process."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if read_bytes("shop/lock") == b"%d\n" % process.pid:
                return
            time.sleep(0.01)
        self.fail("the first process never opened the database")


class Damage(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")
        for name in "ABC":
            self.succeed("append", "shop", "--type", name)
        self.before = self.succeed("export", "shop")
        shutil.copytree("shop", "kept")

    def restore(self):
        shutil.rmtree("shop")
        shutil.copytree("kept", "shop")

    def test_a_newer_format_is_refused_and_left_alone(self):
        meta = bytearray(read_bytes("shop/stele.meta"))
        meta[8:12] = struct.pack("<I", 9)
        write("shop/stele.meta", bytes(meta))
        for arguments in COMMANDS:
            result = self.fail_with(3, "shop/stele.meta: written in format 9", *arguments)
            self.assertNotIn("damaged", result.err)
        self.assertEqual(read_bytes("shop/stele.meta"), bytes(meta))
        shutil.copy("kept/stele.meta", "shop/stele.meta")
        self.assertEqual(self.succeed("export", "shop"), self.before)

    def test_a_damaged_header_is_named(self):
        segment = "wal/" + sorted(os.listdir("shop/wal"))[0]
        for file, offset in (("stele.meta", 0), ("stele.meta", 20), ("stele.meta", 511),
                             (segment, 0), (segment, 24), (segment, 4095)):
            with self.subTest(f"{file} at {offset}"):
                flip("shop/" + file, offset)
                for arguments in COMMANDS:
                    self.fail_with(3, f"stele: {arguments[0]}: damaged: ", *arguments)
                    self.assertIn(f"shop/{file}", self.stele(*arguments).err)
                self.restore()
        self.assertEqual(self.succeed("export", "shop"), self.before)

    def test_a_cut_meta_file_is_named(self):
        write("shop/stele.meta", read_bytes("shop/stele.meta")[:100])
        self.fail_with(3, "damaged: open: shop/stele.meta", "verify", "shop")

    def test_a_flipped_bit_anywhere_in_the_log_is_found(self):
        """Either opening or verify names file and offset; and no other event appears instead."""
        segments = ["wal/" + name for name in sorted(os.listdir("shop/wal"))]
        first = segments[0]
        content = read_bytes("shop/" + first)
        end = len(content.rstrip(b"\0"))
        self.assertGreater(end, 4096)
        lines = self.before.splitlines(keepends=True)
        for offset in range(4096, end, 7):
            flip("shop/" + first, offset)
            result = self.stele("verify", "shop")
            if result.status == 0:
                # A torn tail looks like this: the unfinished end may go, what is before stays.
                exported = self.succeed("export", "shop").splitlines(keepends=True)
                self.assertEqual(exported, lines[:len(exported)], f"at {offset}")
                self.assertGreater(len(exported), 1, f"at {offset}")
            else:
                self.assertEqual((result.status, result.out), (3, ""), f"at {offset}")
                self.assertRegex(result.err, rf"^stele: verify: damaged: .*{first}.*\d+")
            self.restore()


if __name__ == "__main__":
    main()
