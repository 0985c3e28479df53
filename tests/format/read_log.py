#!/usr/bin/env python3
"""Prints what a Stele database holds, without the library: a reader written from docs/format.md.

  read_log.py DIR

Checks all that the page says about structure, and the whole hash chain. Checksums (XXH3-64) are
the one thing it does not compute; instead of them it relies on the chain of frames: every frame
names the checksum of the one before it. So it takes a tail for torn where the chain ends, and wants
a log whose last write was a whole one: one that was closed, or whose process was killed, but not
the system.
"""
import struct
import sys
from pathlib import Path

import blake3

FORMAT = 1
SEGMENT_HEADER, FRAME_HEADER, COMMIT_HEADER, SECTION_HEADER = 4096, 40, 88, 16
FRAME_LENGTH_MAX = (256 << 20) + (1 << 20)
COMMIT, WATERMARK = 1, 2
EVENTS, TRACKING, KEY, CATALOG, ROWS = 1, 2, 3, 4, 6
HAS_CORRELATION, HAS_CAUSATION, TIME_IS_RECORDED = 1, 2, 4
NO_HASH = bytes(32)


class Damaged(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Damaged(what)


def align(size):
    return (size + 7) // 8 * 8


def u(data, offset, size):
    return int.from_bytes(data[offset:offset + size], "little")


def i64(data, offset):
    return int.from_bytes(data[offset:offset + 8], "little", signed=True)


def varint(data):
    """Returns the number that the data begins with, and what is behind it."""
    number = 0
    for i, byte in enumerate(data[:10]):
        require(i < 9 or byte <= 1, "a varint")
        number |= (byte & 0x7f) << 7 * i
        if byte < 0x80:
            return number, data[i + 1:]
    raise Damaged("a varint")


def digest(domain, data):
    padded = data.ljust(max(64, (len(data) + 63) // 64 * 64), b"\0")
    return blake3.derive_key(f"stele v1 {domain}", padded)


# ---- Files ----

def read_meta(path):
    data = path.read_bytes()
    require(data[:8] == b"STELEMTA", "stele.meta: magic")
    require(1 <= u(data, 8, 4) <= FORMAT, "stele.meta: format")
    require(len(data) == 512, "stele.meta: size")
    require(not any(data[12:16]) and not any(data[48:504]), "stele.meta: reserved bytes")
    return data[16:32]


class Segment:
    def __init__(self, path, number, uuid):
        self.data = path.read_bytes()
        self.path, self.name = path, path.name
        data = self.data
        require(len(data) >= SEGMENT_HEADER, f"{self.name}: shorter than its header")
        require(data[:8] == b"STELEWAL", f"{self.name}: magic")
        require(1 <= u(data, 8, 4) <= FORMAT, f"{self.name}: format")
        require(not any(data[12:16]) and not any(data[76:4088]), f"{self.name}: reserved bytes")
        require(data[16:32] == uuid, f"{self.name}: of another database")
        require(u(data, 32, 8) == number, f"{self.name}: number")
        self.first_tsn, self.previous_end, self.previous_checksum = (
            u(data, offset, 8) for offset in (48, 56, 64))
        self.reused = u(data, 72, 4)
        require(self.reused in (0, 1), f"{self.name}: reused")
        self.number, self.end = number, None  # The end of what counts is known when it was read.


def read_segments(directory, uuid):
    """Returns the segments that are needed: nothing but the log holds what it says, so all of them
    from the newest on that begins with commit 1. Other names are not looked at."""
    numbers = sorted(int(path.stem) for path in directory.iterdir()
                     if path.suffix == ".wal" and path.stem.isdigit()
                     and int(path.stem) > 0 and path.stem == f"{int(path.stem):08}")
    segments = []
    while numbers and (not segments or segments[0].first_tsn > 1):
        number = numbers.pop()
        require(not segments or number == segments[0].number - 1, "a segment is missing")
        segments.insert(0, Segment(directory / f"{number:08}.wal", number, uuid))
    require(not segments or segments[0].first_tsn == 1, "the log does not begin with commit 1")
    return segments


def read_frames(segments):
    """Yields (segment, offset, the frame without padding) of each frame that counts."""
    tsn, checksum = 0, 0
    for segment, following in zip(segments, segments[1:] + [None]):
        require(segment.first_tsn == tsn + 1, f"{segment.name}: first TSN")
        require(segment.previous_checksum == checksum, f"{segment.name}: previous checksum")
        end = following.previous_end if following else len(segment.data)
        at = SEGMENT_HEADER
        while at < end:
            fault, frame = next_frame(segment.data, at, end, tsn, checksum)
            if fault:
                require(following is None, f"{segment.name}, byte {at}: {fault}")
                break  # Room, remains or a torn tail.
            tsn, checksum = u(frame, 16, 8), u(frame, 0, 8)
            yield segment, at, frame
            at += align(len(frame))
        require(following is None or at == end, f"{segment.name}: its end is inside a frame")
        segment.end = at


def next_frame(data, at, end, tsn, checksum):
    """Returns (None, the frame without padding), or (why there is none, None)."""
    if end - at < FRAME_HEADER:
        return "too short", None
    length = u(data, at + 8, 4)
    if not FRAME_HEADER <= length <= FRAME_LENGTH_MAX or align(length) > end - at:
        return "length", None
    frame = data[at:at + length]
    if u(frame, 24, 8) != checksum:
        return "previous checksum", None
    if frame[12] not in (COMMIT, WATERMARK) or any(frame[13:16]):
        return "kind", None
    if u(frame, 16, 8) != tsn + (1 if frame[12] == COMMIT else 0):
        return "TSN", None
    if u(frame, 32, 8) > tsn:
        return "durable TSN", None
    if any(data[at + length:at + align(length)]):
        return "padding", None
    return None, frame


# ---- Commits ----

class Event:
    def __init__(self, data):
        """Decodes the record that starts at data[0]."""
        self.size, payload = struct.unpack_from("<II", data, 0)
        require(self.size % 8 == 0 and 120 <= self.size <= len(data), "a record's size")
        self.position, self.tsn, self.recorded, self.sequence = struct.unpack_from("<QQqQ", data, 8)
        self.hash = data[40:72]
        (version, self.flags, type_size, entity_size, scope_size, tag_count, pair_count, data_size,
         metadata_size, self.key_id, self.time) = struct.unpack_from("<BBHHHHHIIIq", data, 72)
        require(version == 1, "a record's version")
        require(self.flags & ~7 == 0, "a record's flags")
        require(1 <= type_size <= 512 and entity_size <= 512 and scope_size <= 512, "a name's size")
        require(tag_count <= 256, "the number of tags")
        require(data_size <= 64 << 20 and metadata_size <= 64 << 20, "the size of a payload")
        self.id = data[104:120]
        self.at, self.bytes = 120, data
        self.correlation = self.take(16) if self.flags & HAS_CORRELATION else None
        self.causation = self.take(16) if self.flags & HAS_CAUSATION else None
        self.type, self.entity, self.scope = map(self.take, (type_size, entity_size, scope_size))
        self.tags = [self.take(self.take_u16()) for _ in range(tag_count)]
        require(self.at == payload, "the tags end where the payload starts")
        self.data = self.take(data_size)
        end = self.at + metadata_size
        self.metadata = []
        for _ in range(pair_count):
            sizes = self.take_u16(), self.take_u16()
            self.metadata.append(tuple(map(self.take, sizes)))
        require(self.at == end, "the size of the metadata")
        require(align(end) == self.size and not any(data[end:self.size]), "a record's padding")
        self.check_texts()
        self.head, self.payload = data[72:payload], data[payload:end]

    def take(self, size):
        self.at += size
        require(self.at <= self.size, "a record's parts fit into it")
        return self.bytes[self.at - size:self.at]

    def take_u16(self):
        return u(self.take(2), 0, 2)

    def check_texts(self):
        require(all(1 <= len(tag) <= 512 for tag in self.tags), "the size of a tag")
        require(all(a < b for a, b in zip(self.tags, self.tags[1:])), "the order of tags")
        keys = [key for key, _ in self.metadata]
        require(len(set(keys)) == len(keys) and all(keys), "metadata keys")
        for text in (self.type, self.entity, self.scope, *self.tags, *keys):
            require(b"\0" not in text, "a text has no NUL")
            text.decode()

    def header_digest(self):
        head = self.head
        if self.flags & TIME_IS_RECORDED:
            head = head[:24] + bytes(8) + head[32:]
        return digest("header", digest("payload", self.payload) + head)

    def print(self):
        print(f"event {self.position} tsn {self.tsn} recorded {self.recorded} time {self.time}"
              f" sequence {self.sequence} key {self.key_id}")
        print(f"  hash {self.hash.hex()}")
        print(f"  id {self.id.hex()} correlation {(self.correlation or b'').hex() or '-'}"
              f" causation {(self.causation or b'').hex() or '-'}")
        print(f"  type {quoted(self.type)} entity {quoted(self.entity)} scope {quoted(self.scope)}")
        for tag in self.tags:
            print(f"  tag {quoted(tag)}")
        for key, value in self.metadata:
            print(f"  metadata {quoted(key)} {quoted(value)}")
        print(f"  data {quoted(self.data)}")


def quoted(data):
    if len(data) > 600:
        value = 0xcbf29ce484222325
        for byte in data:
            value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
        return f"{len(data)} bytes, fnv {value:016x}"
    plain = (chr(byte) if 0x20 <= byte < 0x7f and byte not in b'"\\' else f"\\x{byte:02x}"
             for byte in data)
    return '"' + "".join(plain) + '"'


class Log:
    def __init__(self, uuid):
        self.root = digest("genesis", uuid)
        self.commits, self.position, self.recorded = 0, 0, -(1 << 63)
        self.entities = {}  # Entity -> (sequence, hash) of its last event.
        self.marks = {}
        self.keys = {}  # Key -> (TSN, digest of the batch).
        self.names = {}  # Number of a table -> schema and name.
        self.rows = {}  # Number of a table -> key -> row.

    def add(self, tsn, payload):
        first, count, sections, recorded = struct.unpack_from("<QIIq", payload, 0)
        require(first == self.position + 1, "its first position")
        require(recorded > self.recorded, "its time")
        hashes, at = [], COMMIT_HEADER
        for _ in range(sections):
            kind, zero, entries, size = struct.unpack_from("<HHIQ", payload, at)
            content = payload[at + SECTION_HEADER:at + SECTION_HEADER + size]
            require(zero == 0 and len(content) == size, "a section's size")
            if kind == EVENTS:
                require(entries == count and not hashes, "the number of events")
                hashes = self.add_events(tsn, recorded, entries, content)
            elif kind == TRACKING:
                self.add_marks(entries, content)
            elif kind == KEY:
                self.add_key(tsn, entries, content)
            elif kind == CATALOG:
                self.change_tables(entries, content)
            elif kind == ROWS:
                self.change_rows(entries, content, first + count - 1)
            end = at + SECTION_HEADER + size
            at += SECTION_HEADER + align(size)
            require(not any(payload[end:at]), "a section's padding")
        require(at == len(payload) and len(hashes) == count, "its sections")
        self.check_roots(tsn, payload, hashes)
        self.commits, self.recorded = tsn, recorded

    def add_events(self, tsn, recorded, count, content):
        hashes = []
        for _ in range(count):
            event = Event(content)
            content = content[event.size:]
            self.position += 1
            require(event.position == self.position, "an event's position")
            require((event.tsn, event.recorded) == (tsn, recorded), "an event's commit")
            require(event.time == recorded or not event.flags & TIME_IS_RECORDED, "an event's time")
            sequence, previous = self.entities.get(event.entity, (0, NO_HASH))
            require(event.sequence == (sequence + 1 if event.entity else 0), "a sequence")
            require(digest("event", event.header_digest() + previous) == event.hash, "a hash")
            if event.entity:
                self.entities[event.entity] = event.sequence, event.hash
            hashes.append(event.hash)
            event.print()
        require(not content, "the size of an events section")
        return hashes

    def add_marks(self, count, content):
        for _ in range(count):
            size, position = u(content, 0, 2), u(content, 8, 8)
            require(1 <= size <= 255 and not any(content[2:8]), "a mark")
            source, padding = content[16:16 + size], content[16 + size:16 + align(size)]
            require(not any(padding), "a mark's padding")
            require(self.marks.get(source, 0) < position < 1 << 63, "a mark's position")
            self.marks[source] = position
            content = content[16 + align(size):]
        require(not content, "the size of a tracking section")

    def add_key(self, tsn, count, content):
        require(count == 1 and len(content) >= 40 and not any(content[2:8]), "a key section")
        size = u(content, 0, 2)
        require(1 <= size <= 255 and len(content) == 40 + align(size), "the size of a key")
        key = content[40:40 + size]
        require(b"\0" not in key and not any(content[40 + size:]), "a key's padding")
        key.decode()
        require(key not in self.keys, "a key is used once")
        self.keys[key] = tsn, content[8:40]

    def change_tables(self, count, content):
        for _ in range(count):
            kind, history = content[0], content[1]
            sizes = struct.unpack_from("<HHH", content, 2)
            table, zero, amount = struct.unpack_from("<IIQ", content, 8)
            require(1 <= kind <= 4 and history <= 1 and zero == amount == 0, "a change")
            require((table in self.names) == (kind != 1), "a changed table")
            used = 24 + sum(sizes)
            schema, name = content[24:24 + sizes[0]], content[24 + sizes[0]:24 + sum(sizes[:2])]
            if kind == 2:
                del self.names[table], self.rows[table]
            else:
                require((schema, name) not in self.names.values(), "a name is free")
                self.names[table] = schema, name
                self.rows.setdefault(table, {})
            require(not any(content[used:align(used)]), "a change's padding")
            content = content[align(used):]
        require(not content, "the size of a catalog section")

    def change_rows(self, count, content, position):
        for _ in range(count):
            require(content, "an op")
            head, content = content[0], content[1:]
            kind, has_end, own_event = head & 3, not head & 4, head & 8
            require(head < 16 and kind and (has_end or kind == 3), "the kind of an op")
            table, content = varint(content)
            at, content = varint(content) if own_event else (position, content)
            size, content = varint(content)
            value_size, content = varint(content) if kind != 2 and has_end else (0, content)
            require(table in self.rows and at <= position, "an op")
            key, value = content[:size], content[size:size + value_size]
            require(len(key) == size and len(value) == value_size, "the sizes of an op")
            content = content[size + value_size:]
            rows = self.rows[table]
            if kind == 1:
                rows[key] = value
            elif kind == 2:
                rows.pop(key, None)
            else:
                for old in [k for k in rows if k >= key and (not has_end or k < value)]:
                    del rows[old]
        require(not content, "the size of a rows section")

    def check_roots(self, tsn, payload, hashes):
        count, level = len(hashes), hashes or [NO_HASH]
        while len(level) > 1:
            pairs = [digest("node", level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
            level = pairs + level[len(pairs) * 2:]
        require(level[0] == payload[24:56], "the Merkle root")
        first, recorded = u(payload, 0, 8), payload[16:24]
        self.root = digest("frame root", struct.pack("<QQQ", tsn, first, count) + recorded
                           + level[0] + self.root)
        require(self.root == payload[56:88], "the chained root")


def main(directory):
    uuid = read_meta(directory / "stele.meta")
    log = Log(uuid)
    for segment, at, frame in read_frames(read_segments(directory / "wal", uuid)):
        tsn = u(frame, 16, 8)
        if frame[12] == WATERMARK:
            require(len(frame) == FRAME_HEADER, f"{segment.name}, byte {at}: a watermark's length")
            continue
        try:
            log.add(tsn, frame[FRAME_HEADER:])
        except Damaged as what:
            raise Damaged(f"{segment.name}, byte {at}, commit {tsn}: {what}") from None
    for source, position in sorted(log.marks.items()):
        print(f"source {quoted(source)} at {position}")
    print(f"commits {log.commits} events {log.position} root {log.root.hex()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
