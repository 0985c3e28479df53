"""The progress bar: on a terminal only, with speed and time left, and gone in the end."""
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from fcntl import ioctl

from harness import STELE, CliTest, main, write


def run_on_terminal(*arguments, columns=100, during=None):
    """Runs the program with standard error on a terminal. Returns status, output, terminal."""
    controller, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([STELE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=terminal) as process:
        os.close(terminal)
        if during:
            during(process)
        process.stdin.close()
        shown = b""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if select.select([controller], [], [], 0.1)[0]:
                try:
                    piece = os.read(controller, 65536)
                except OSError:  # The other side was closed.
                    break
                shown += piece
        out = process.stdout.read().decode()
        process.wait()
    os.close(controller)
    return process.returncode, out, shown.decode()


class Progress(CliTest):
    def setUp(self):
        super().setUp()
        write("events", "".join('{"type":"A","data":%d}\n' % number for number in range(1000)))

    def test_shows_share_speed_and_time_left_of_an_import(self):
        status, out, shown = run_on_terminal("import", "shop", "events", "--batch", "1")
        self.assertEqual(status, 0, shown)
        self.assertIn("imported 1,000 events", out)
        self.assertRegex(shown, r"\rimport \[#*-*\] +\d+%  [\d.]+ \w+ / [\d.]+ KiB  "
                                r"[\d,]+ events/s  \d+:\d\d left\x1b\[K")
        self.assertTrue(shown.endswith("\r\x1b[K"), repr(shown[-50:]))
        self.assertNotIn("\n", shown)

    def test_fits_a_narrow_terminal(self):
        _, _, shown = run_on_terminal("import", "shop", "events", "--batch", "1", columns=40)
        lines = re.findall(r"\r([^\r\x1b]*)\x1b\[K", shown)
        self.assertGreater(len(lines), 1)
        self.assertLess(max(map(len, lines)), 40)

    def test_shows_no_share_of_an_input_without_an_end(self):
        def feed(process):
            for _ in range(5):
                process.stdin.write(b'{"type":"A"}\n' * 10)
                process.stdin.flush()
                time.sleep(0.15)

        status, _, shown = run_on_terminal("import", "shop", "-", during=feed)
        self.assertEqual(status, 0, shown)
        self.assertRegex(shown, r"\rimport  \d+ B  [\d,]+ events/s\x1b\[K")
        self.assertNotIn("%", shown)

    def test_makes_room_for_a_message(self):
        write("events", '{"type":"A"}\n?\n')
        status, out, shown = run_on_terminal("import", "shop", "events")
        self.assertEqual((status, out), (3, ""))
        self.assertRegex(shown, r"\r\x1b\[Kstele: import: events: line 2, byte 1: ")

    def test_is_not_shown_elsewhere(self):
        result = self.stele("import", "shop", "events")
        self.assertEqual(result.err, "")
        self.assertRegex(result.out, r"^imported 1,000 events in [^\n]*\n$")
        self.assertEqual(self.stele("verify", "shop").err, "")

    def test_shows_how_far_verify_is(self):
        write("large", "".join('{"type":"A","data":"%s"}\n' % ("x" * 1_000_000)
                               for _ in range(20)))
        self.succeed("import", "shop", "large")
        status, out, shown = run_on_terminal("verify", "shop")
        self.assertEqual(status, 0, shown)
        self.assertTrue(out.startswith("sound: 20 events"))
        self.assertRegex(shown, r"\rverify \[#*-*\] +\d+%  [\d.]+ \w+ / \d\d\.\d MiB  ")


if __name__ == "__main__":
    main()
