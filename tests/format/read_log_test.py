#!/usr/bin/env python3
"""What a reader finds that was written from docs/format.md alone is what the library reads.

  read_log_test.py FORMAT_DATABASE

Makes a database of varied events, with a torn tail, and compares the library's export with that of
read_log.py: before the library has opened it again, after it has gone on with it, and after the
process was killed. Then looks whether the log holds all that a reader may meet.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import read_log
from read_log import COMMIT, FRAME_HEADER, WATERMARK, u

TOOL = sys.argv[1]
READER = Path(__file__).with_name("read_log.py")
ANY = (1 << 64) - 1


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def compare(database):
    """Returns what both say that the database holds."""
    by_reader = run(sys.executable, READER, database)
    assert by_reader == run(TOOL, "export", database), "the reader and the library differ"
    return by_reader


def read(database):
    """Returns the segments, and the frames as (segment, offset, frame)."""
    segments = read_log.read_segments(Path(database, "wal"),
                                      read_log.read_meta(Path(database, "stele.meta")))
    return segments, list(read_log.read_frames(segments))


def sections(frame):
    """Returns {kind: (count, content)} of a commit."""
    payload, at, found = frame[FRAME_HEADER:], read_log.COMMIT_HEADER, {}
    for _ in range(u(payload, 12, 4)):
        size = u(payload, at + 8, 8)
        found[u(payload, at, 2)] = u(payload, at + 4, 4), payload[at + 16:at + 16 + size]
        at += 16 + read_log.align(size)
    return found


def batch_digest(frame):
    """Computes what a key stands for, of a batch whose ids are the caller's and whose marks were to
    follow on any other."""
    parts = sections(frame)
    event_count, events = parts.get(read_log.EVENTS, (0, b""))
    mark_count, marks = parts.get(read_log.TRACKING, (0, b""))
    request, at = bytearray(events), 0
    while at < len(request):
        request[at + 8:at + 72] = bytes(64)
        if request[at + 73] & read_log.TIME_IS_RECORDED:
            request[at + 96:at + 104] = bytes(8)
        at += u(request, at, 4)
    at = 0
    while at < len(marks):
        end = at + 16 + read_log.align(u(marks, at, 2))
        request += marks[at:at + 8] + ANY.to_bytes(8, "little") + marks[at + 8:end]
        at = end
    counts = event_count.to_bytes(8, "little") + mark_count.to_bytes(8, "little")
    return read_log.digest("batch", counts + request)


def check_keys(frames):
    keyed = {u(frame, 16, 8): frame for _, _, frame in frames
             if frame[12] == COMMIT and read_log.KEY in sections(frame)}
    contents = [sections(frame)[read_log.KEY][1] for frame in keyed.values()]
    sizes = [u(content, 0, 2) for content in contents]
    assert sizes == [8, 255], sizes
    for frame, content in zip(keyed.values(), contents):
        assert content[8:40] == batch_digest(frame), "the digest of a batch"


def check_log(segments, frames):
    """The log of `make` has reused segments, watermarks, and commits that are durable late."""
    assert len(segments) >= 5, segments
    assert [segment.reused for segment in segments[:2]] == [0, 1]
    aged = segments[1]
    assert any(aged.data[aged.end:]), "a reused segment holds the remains of its earlier life"
    late = [u(frame, 16, 8) for _, _, frame in frames
            if frame[12] == COMMIT and u(frame, 32, 8) + 1 < u(frame, 16, 8)]
    assert late, "commits of a weak level"
    last = frames[-1]
    assert last[2][12] == WATERMARK and last[0] is segments[-1], "a close marks the end"
    inside = [frame for segment, _, frame in frames[:-1]
              if frame[12] == WATERMARK and segment is segments[-1]]
    assert inside, "an idle log is marked"
    for _, _, frame in frames:
        assert frame[12] == COMMIT or u(frame, 16, 8) == u(frame, 32, 8), "what a watermark says"


def plant_frame_of_another_life(segment, frame):
    """Puts behind the end what a reused file may hold there: a frame with the right TSN, even."""
    tsn = u(frame, 16, 8) + 1
    with open(segment.path, "r+b") as file:
        file.seek(segment.end)
        file.write(frame[:16] + tsn.to_bytes(8, "little") + frame[24:])


def main():
    with tempfile.TemporaryDirectory(prefix="stele-format-") as scratch:
        database = f"{scratch}/database"
        run(TOOL, "make", database)
        segments, frames = read(database)
        check_log(segments, frames)
        check_keys(frames)
        made = compare(database)
        assert made.count("\nevent ") > 60

        run(TOOL, "extend", database)
        extended = compare(database)
        assert extended.startswith(made.split("source")[0])
        assert 'data "by a later version"' in extended

        # A log that nobody closed: room and remains behind its end, and commits that the next open
        # repeats.
        run(TOOL, "crash", database)
        killed, frames = read(database)
        last = killed[-1]
        assert last.reused and any(last.data[last.end:]), "remains behind the end"
        plant_frame_of_another_life(last, frames[-1][2])
        crashed = compare(database)
        assert crashed.startswith(extended.split("source")[0])
        assert 'data "third"' in crashed
        reopened, _ = read(database)
        assert len(reopened) == len(killed) + 1, "pending commits are repeated"
        assert reopened[-2].end < last.end and len(reopened[-2].data) == reopened[-2].end
        assert compare(database) == crashed


main()
