"""put of many rows, as JSON and between tabs; keys of parts; and what scan writes, put back."""
import array
import base64
import fcntl
import json
import random
import signal
import subprocess
import termios
import time

from harness import CliTest, main, seeded, write

PARTS = [
    "null", "bool:false", "bool:true", "int:-9223372036854775808", "int:7", "real:7.5",
    "int:18446744073709551615", "real:inf", "real:nan", "text:", "text:a\\,b\\\\c", "bytes:00ff",
    "date:-2147483648", "date:1969-12-31", "date:2026-11-21", "time:00:00:00.000000",
    "time:86400000000", "timestamp:2026-11-21T11:32:35.123456",
    "timestamptz:2026-11-21T11:32:35.123456Z", "uuid:0190163d-8694-739b-aea5-966c26f8ad91",
    "null_last", "desc:text:b", "desc:text:a",
]


class RowFiles(CliTest):
    def setUp(self):
        super().setUp()
        self.succeed("create", "shop")
        self.succeed("table", "create", "shop", "stock")

    def scan(self, *arguments):
        return [json.loads(line) for line in
                self.succeed("scan", "shop", "stock", "--as", "json", *arguments).splitlines()]


class Lines(RowFiles):
    def test_of_json_have_keys_and_values_of_every_form(self):
        write("rows", [
            {"key": "a\u00fc", "value": "text\n"}, {"key_hex": "6200", "value_base64": "AP8="},
            {"key_base64": "Yw==", "value": 12.50, "tsn": 7, "position": 3},
            {"key_parts": "text:d", "value": [1, {"x": None}]}])
        self.assertEqual(self.succeed("put", "shop", "stock", "--jsonl", "rows"),
                         "put 4 rows in 1 commit\n")
        rows = {next(iter(row.values())): row for row in self.scan()}
        self.assertEqual(rows["a\u00fc"]["value"], "text\n")
        self.assertEqual(rows["b\0"]["value_base64"], "AP8=")
        self.assertEqual(rows["c"]["value"], "12.5")
        self.assertEqual(rows[" d\0\0"]["value"], '[1, {"x": null}]')

    def test_may_be_a_key_a_tab_and_a_value(self):
        text = "a\tx\ty\r\n\nb\t\n \tblank\n"
        self.assertEqual(self.succeed("put", "shop", "stock", "--tsv", "-", "--json", stdin=text),
                         '{"rows":3,"commits":1,"tsn":2}\n')
        self.assertEqual([(row["key"], row["value"]) for row in self.scan()],
                         [(" ", "blank"), ("a", "x\ty"), ("b", "")])
        self.succeed("put", "shop", "stock", "--tsv", "-", "--keys", "hex", stdin="ff\tv")
        self.assertEqual(self.scan("--from", "c")[0]["key_base64"], "/w==")

    def test_are_committed_so_many_at_once(self):
        write("rows", [{"key": f"{number:03}", "value": "v"} for number in range(10)])
        self.assertEqual(self.succeed("put", "shop", "stock", "--jsonl", "rows", "--batch", "4"),
                         "put 10 rows in 3 commits\n")
        self.assertEqual([row["tsn"] for row in self.scan()], [2] * 4 + [3] * 4 + [4] * 2)
        self.assertEqual(self.succeed("put", "shop", "stock", "--jsonl", "-", stdin=" \n"),
                         "nothing to do: standard input holds no rows\n")

    def test_say_which_is_wrong_and_how_far_it_got(self):
        good = '{"key":"a","value":"1"}\n'
        for reason, line in (
                ("byte 1: 'value' is missing", '{"key":"a"}'),
                ("byte 1: 'key' is missing", '{"value":"a"}'),
                ("byte 22: a row has one key", '{"key":"a","key_hex":"00","value":""}'),
                ("exclude each other", '{"key":"a","value":"","value_base64":""}'),
                ("'value' must not be null", '{"key":"a","value":null}'),
                ("'key' must be a string", '{"key":1,"value":""}'),
                ("'key_hex': expected pairs", '{"key_hex":"0","value":""}'),
                ("'key_parts': 'x' is not a part", '{"key_parts":"x","value":""}'),
                ("unknown field 'kye'", '{"kye":"a","value":""}'),
                ("line 3: put row: the key has 1025 bytes",
                 '{"key":"%s","value":""}' % ("k" * 1025)),
                ("expected a JSON object", "[]")):
            with self.subTest(line):
                result = self.fail_with(3, reason, "put", "shop", "stock", "--jsonl", "-",
                                        "--batch", "2", stdin=good * 2 + line)
                self.assertIn("stele: put: standard input: line 3", result.err)
                self.assertIn("\nThis run has put 2 rows, up to line 2.\n", result.err)
        result = self.fail_with(3, "line 1, byte 2: expected a tab", "put", "shop", "stock",
                                "--tsv", "-", stdin="a")
        self.assertIn("This run has put nothing.", result.err)
        self.fail_with(3, "cannot open nowhere: No such file", "put", "shop", "stock", "--jsonl",
                       "nowhere")

    def test_an_interruption_keeps_what_was_read(self):
        process = self.start("put", "shop", "stock", "--tsv", "-", "--batch", "1",
                             stdin=subprocess.PIPE)
        process.stdin.write(b"a\t1\n")
        process.stdin.flush()
        self.wait_until_read_by(process)
        process.send_signal(signal.SIGINT)
        # Its input stays open: at the end of it, it would be done and not interrupted.
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual(process.stderr.read().decode(), "stele: put: interrupted\n"
                         "This run has put 1 row, up to line 1.\n")
        self.assertEqual([row["key"] for row in self.scan()], ["a"])

    def wait_until_read_by(self, process):
        """Waits until what was written is no longer in the pipe."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            left = array.array("i", [-1])
            fcntl.ioctl(process.stdin, termios.FIONREAD, left)
            if left[0] == 0:
                return
            time.sleep(0.01)
        self.fail("the process never read its input")


class Parts(RowFiles):
    def put(self, key, value=""):
        self.succeed("put", "shop", "stock", "--keys", "parts", "--", key, value)

    def keys(self, *arguments):
        return [row["key_parts"] for row in self.scan("--keys", "parts", *arguments)]

    def test_sort_as_their_values_do(self):
        shuffled = list(PARTS)
        random.Random(7).shuffle(shuffled)
        write("rows", [{"key_parts": part, "value": part} for part in shuffled])
        self.succeed("put", "shop", "stock", "--jsonl", "rows")
        self.assertEqual(self.keys(), PARTS)
        self.assertEqual(self.succeed("get", "shop", "stock", "--keys", "parts", "int:7"),
                         "int:7\n")

    def test_are_read_in_several_spellings(self):
        self.put("date:20778,real:7,time:12:00:00,timestamptz:2026-11-21T13:32:35+02:00")
        self.assertEqual(self.keys(), ["date:2026-11-21,int:7,time:12:00:00.000000,"
                                       "timestamptz:2026-11-21T11:32:35.000000Z"])

    def test_a_prefix_is_of_whole_parts(self):
        for key in ("text:north", "text:north,int:1", "text:north,int:2", "text:northern,int:1"):
            self.put(key)
        self.assertEqual(self.keys("--prefix", "text:north"),
                         ["text:north", "text:north,int:1", "text:north,int:2"])
        self.assertEqual(self.keys("--from", "text:north,int:2"),
                         ["text:north,int:2", "text:northern,int:1"])

    def test_another_key_comes_as_bytes(self):
        self.succeed("put", "shop", "stock", "zz", "")
        self.assertEqual(self.scan("--keys", "parts")[0]["key_base64"], "eno=")
        self.assertIn("7a7a", self.succeed("scan", "shop", "stock", "--keys", "parts"))

    def test_turns_down_what_is_none(self):
        for reason, key in (("'x' is not a part", "x"), ("'null:' is not a part", "null:"),
                            ("'' is not a part", "int:1,"), ("'1.5' is not a number", "int:1.5"),
                            ("is not a number from", "int:18446744073709551616"),
                            ("'yes' is not true or false", "bool:yes"),
                            ("hexadecimal", "bytes:0"), ("is not a UUID", "uuid:7"),
                            ("there is no such day", "date:2026-02-30"),
                            ("a backslash goes before", "text:a\\b"),
                            ("part 0", "date:2147483648"), ("KEY: ", "text:" + "k" * 1025)):
            with self.subTest(key):
                self.fail_with(2, reason, "get", "shop", "stock", "--keys", "parts", key)


class RoundTrip(RowFiles):
    def test_what_scan_writes_put_takes(self):
        random_ = seeded(self)
        rows = {}
        for _ in range(300):
            alphabet = random_.choice([b"ab", b"\"\\\n\t\0", bytes(range(256))])
            key = bytes(random_.choices(alphabet, k=random_.randint(0, 9)))
            rows[key] = bytes(random_.choices(alphabet, k=random_.randint(0, 40)))
        write("rows", [{"key_hex": key.hex(), "value_base64": encoded(value)}
                       for key, value in rows.items()])
        self.succeed("put", "shop", "stock", "--jsonl", "rows", "--batch", "70")
        self.succeed("create", "copy")
        for form in ("text", "hex", "parts"):
            with self.subTest(form):
                self.succeed("table", "create", "copy", form)
                lines = self.succeed("scan", "shop", "stock", "--as", "json", "--keys", form)
                self.assertEqual(len(lines.splitlines()), len(rows))
                self.succeed("put", "copy", form, "--jsonl", "-", stdin=lines)
                self.assertEqual(without_tsn(self.succeed("scan", "copy", form, "--as", "json",
                                                          "--keys", form)), without_tsn(lines))
        found = json.loads(self.succeed("scan", "copy", "text", "--as", "json", "--keys", "hex",
                                        "--limit", "1"))
        self.assertEqual(found["key_hex"], min(rows).hex())


def encoded(data):
    return base64.b64encode(data).decode()


def without_tsn(lines):
    rows = [json.loads(line) for line in lines.splitlines()]
    for row in rows:
        del row["tsn"]
    return rows


if __name__ == "__main__":
    main()
