# SPDX-License-Identifier: GPL-2.0
"""A small driver of the card in user space, from docs/hardware alone.

It knows nothing of the project's own driver. What it reaches the card through
(emusysfs, emuvfio) has: store(bar, offset, value), memory(bytes), and
config_read and config_write. Sections in comments are those of
docs/hardware.
"""

import collections
import struct

from tapcase import Failure, check, until

HOST, EAST, WEST = 1 << 46, 2 << 46, 3 << 46
APB = 0xFFFF0000000
CORES = 0xFFFC0000000
CHANNEL1 = 0x1000000000
CORE_BYTES = 0x4000000

MISC = 0x78E000
STATUS, DEVICE_ID, METRIC = 0x1C, 0x24, 0x100
RESET_MAP, RESET, MAILBOX, DOORBELL = 0x1D8, 0x1EC, 0x1F0, 0x800
READY, LINK_EAST, LINK_WEST = 1 << 31, 1, 2
READ, POST_METRIC = 1, 2
MOST_WORDS = 100
ANSWER = 2048			# place of the answer in the mailbox page

S2M, GEN, GEN_EX = 0x20000, 0x38000, 0x3C000
PRIMARY = {"A": 0x00, "B": 0x40, "C": 0x80, "D": 0xC0}
CAUSE, CAUSE_SET, MASK, UNMASK, CONTROL = 0x00, 0x08, 0x10, 0x18, 0x28
NORMAL, DISABLE, ABORT = 1, 2, 4
QUEUES = 16

COPY = 0x01080003		# operation word, section 3.9.2
FIRST, LAST, INT, CONCAT = 1 << 26, 1 << 27, 1 << 28, 1 << 31
SPARE_ENTRIES = 16
CHUNK = 65536
MARKER = 0xABCDEF01

EVENTS, SEMAPHORES = 0x2700000, 0x2701000
NOTIFY, EVENT_QUEUE = 0x404000, 0x1094
RECORD, PHASE = 16, 1 << 31

BUSY_S = 0.0005			# between two looks at memory that a card writes


def crc32c_table():
    """The 256 remainders of the reflected Castagnoli polynomial."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def crc32c(data):
    """Checksum of requests, section 4.5."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


class NoAnswer(Failure):
    """The firmware is silent."""


class Refused(Failure):
    """The firmware answered an error code."""

    def __init__(self, code):
        super().__init__(f"firmware answered {code}")
        self.code = code


class Card:
    """One card: its mailbox, its engines, its cores."""

    def __init__(self, bus):
        self.bus = bus
        self.mail = bus.memory(4096)
        self.sequence = 0

    def enable(self):
        """Lets the card decode its BARs and master the bus."""
        command = int.from_bytes(self.bus.config_read(4, 2), "little")
        self.bus.config_write(4, (command | 6).to_bytes(2, "little"))

    def misc(self, offset, value):
        """A store to misc RAM."""
        self.bus.store(0, MISC + offset, value)

    def request(self, command, data=b"", crc=None):
        """Rings the doorbell for a request, section 4.2."""
        self.sequence = self.sequence % 255 + 1
        head = struct.pack("<BBH", self.sequence, command, 8 + len(data))
        if crc is None:
            crc = crc32c(head + bytes(4) + data)
        whole = head + struct.pack("<I", crc) + data
        self.mail.view[0:len(whole)] = whole
        self.mail.view[ANSWER:ANSWER + 1] = b"\0"
        for place, address in ((0, self.mail.at(0)), (8, self.mail.at(ANSWER))):
            self.misc(MAILBOX + place, (HOST | address) >> 32)
            self.misc(MAILBOX + place + 4, (HOST | address) & 0xFFFFFFFF)
        self.misc(DOORBELL, 1)

    def answered(self):
        """Has the firmware answered the last request?"""
        return self.mail.view[ANSWER] == self.sequence

    def answer(self, guard_s=None):
        """Waits for the answer and gives its data."""
        try:
            until("the firmware's answer", self.answered, nap_s=BUSY_S,
                  **({} if guard_s is None else {"guard_s": guard_s}))
        except Failure as error:
            raise NoAnswer(str(error)) from error
        _, code, size = struct.unpack("<BBH", self.mail.view[ANSWER:ANSWER + 4])
        if code:
            raise Refused(code)
        return self.mail.view[ANSWER + 4:ANSWER + size]

    def read(self, *addresses, guard_s=None):
        """Values of registers by their device addresses, through the firmware."""
        values = []
        for start in range(0, len(addresses), MOST_WORDS):
            part = addresses[start:start + MOST_WORDS]
            self.request(READ, struct.pack(f"<{len(part)}Q", *part))
            data = self.answer(guard_s)
            check(len(data) == 4 * len(part), f"{len(data)} bytes for {len(part)} words")
            values += struct.unpack(f"<{len(part)}I", data)
        return values[0] if len(addresses) == 1 else values

    def read_misc(self, offset):
        """A word of misc RAM."""
        return self.read(APB + MISC + offset)

    def wait_ready(self):
        """Waits until the firmware calls the card ready; a request may be lost until then."""
        patience_s = 0.02

        def look():
            nonlocal patience_s
            try:
                request, status = self.read(APB + MISC + RESET, APB + MISC + STATUS,
                                            guard_s=patience_s)
            except NoAnswer:
                patience_s *= 2
                return False
            return request == 0 and status & READY
        until("the card is ready", look)

    def reset(self):
        """Resets the card through its mailbox and waits for the end, section 6."""
        self.misc(RESET, 1)
        self.misc(DOORBELL, 1)
        self.wait_ready()

    def engine(self, number):
        """Engine 0 to 11, not initialised."""
        return Engine(self, number)

    def set_event(self, core, index, value):
        """Stores an event from the host."""
        self.bus.store(2, core * CORE_BYTES + EVENTS + 4 * index, value)

    def event_queue(self, core=0, memory=None):
        """Lets a core write its event records into a page of the host."""
        memory = memory or self.bus.memory(4096)
        memory.view[:] = bytes(len(memory.view))
        block = NOTIFY + core * 0x10000 + EVENT_QUEUE
        self.bus.store(0, block, (HOST | memory.at(0)) & 0xFFFFFFFF)
        self.bus.store(0, block + 4, (HOST | memory.at(0)) >> 32)
        self.bus.store(0, block + 8, len(memory.view))
        return EventQueue(memory)


class EventQueue:
    """Records that a core writes, read by their phase bit, section 5.3."""

    def __init__(self, memory):
        self.view = memory.view
        self.head, self.phase = 0, PHASE

    def next(self):
        """Waits for a record: (type, instance, core, id, value)."""
        def look():
            value, = struct.unpack_from("<I", self.view, self.head + 8)
            return value & PHASE == self.phase
        until("a record", look, nap_s=BUSY_S)
        kind, instance, core, ident, value = struct.unpack_from("<BBHII", self.view, self.head)
        self.head += RECORD
        if self.head == len(self.view):
            self.head, self.phase = 0, self.phase ^ PHASE
        return kind, instance, core, ident, value & ~PHASE


class Engine:
    """One DMA engine, section 3."""

    def __init__(self, card, number):
        self.card, self.number = card, number
        core, unit = divmod(number, 3)
        self.tdma = core * 0x100000 + unit * 0x1000
        self.base = core * 0x100000 + 0x40000 + unit * 0x40000

    def store(self, offset, value):
        """A store to one of the engine's registers."""
        self.card.bus.store(0, self.base + offset, value)

    def read(self, *offsets):
        """Registers of the engine, through the firmware."""
        return self.card.read(*(APB + self.base + offset for offset in offsets))

    def group(self, name, register, value):
        """A store to a primary interrupt group."""
        self.store(GEN + PRIMARY[name] + register, value)

    def init(self):
        """Sets the engine up, section 3.13, and lets it run."""
        for queue in range(QUEUES):
            self.store(0x1000 * (queue + 1) + 0x20, 0x00030000)
            self.store(S2M + 0x1000 * (queue + 1) + 0x20, 0x00030000)
        for offset, value in (
                (0x310, 0x01000400), (0x124, 0x20808080), (GEN + 0x2300, 100000000),
                (0x408, 0), (0x254, 0x010FFFFF), (0x258, 0x102)):
            self.store(offset, value)
        for queue in range(QUEUES):
            for select in range(0, 16, 4):
                self.store(GEN_EX + 0x400 + queue * 0x40 + select, 0xFFFFFFFF)
        for offset, value in (
                (S2M + 0x38C, 0), (S2M + 0x124, 0x00400080), (S2M + 0x128, 0x40804080),
                (GEN + 0x3460, 1), (GEN + 0xE8, 0x28),
                (GEN + 0x2028, 0x28), (GEN + 0x2030, 0xF0000000), (GEN + 0x2018, 0xF0000000),
                (GEN + 0x2068, 0x28), (GEN + 0x2070, 0x000010F8), (GEN + 0x2058, 0x000010F8),
                (GEN + 0x20B0, 0xFFFFF03F), (GEN + 0x2098, 0xFFFFF03F),
                (GEN + 0xD8, 0xFFFFF8FF),
                (S2M + 0x380, 0x1004), (0x304, 0x00010080), (0x308, 0x8081)):
            self.store(offset, value)
        self.card.bus.store(0, self.tdma + 0x1C, 1)
        self.card.bus.store(0, self.tdma + 0x20, 0xFFFFFFFE)
        self.card.bus.store(0, self.tdma, 1)
        self.change_state(NORMAL)

    def change_state(self, state):
        """Normal, disable or abort for both halves, section 3.8."""
        self.store(0x204, state)
        self.store(S2M + 0x204, state)

    def aborted(self):
        """Do the state registers of both halves tell of an abort?"""
        return all(any(state >> shift & 3 == 2 for shift in (0, 4, 8, 12, 16))
                   for state in self.read(0x200, S2M + 0x200))

    def recover(self, *rings):
        """Leads the engine out of an abort, section 3.15."""
        self.change_state(ABORT)
        for ring in rings:
            ring.init()
        for group in (0x2000, 0x2040, 0x2080):
            self.store(GEN + group, 0)
        self.store(0x224, 1)
        self.store(S2M + 0x224, 1)
        self.change_state(NORMAL)


class Position:
    """A place in a ring, with the ring id that the entry there has."""

    def __init__(self, entries):
        self.entries, self.index, self.ident = entries, 0, 1

    def advance(self):
        """One entry on."""
        self.index += 1
        if self.index == self.entries:
            self.index, self.ident = 0, (self.ident + 1) & 3


class Half:
    """One half of a queue pair: ring, place to write, completions."""

    def __init__(self, engine, offset, memory, entries):
        self.engine, self.offset, self.memory, self.entries = engine, offset, memory, entries
        self.base = memory.device(0)
        self.done = None
        self.next = self.seen = None

    def program(self, control, completion_config):
        """Sets the half up, section 3.14."""
        store = self.engine.store
        store(self.offset + 0x20, 0x03000000)
        store(self.offset + control, 0x100)
        store(self.offset + 0x28, self.base & 0xFFFFFFFF)
        store(self.offset + 0x2C, self.base >> 32)
        store(self.offset + 0x30, self.entries)
        if self.done:
            store(self.offset + 0x44, self.done.device(0) & 0xFFFFFFFF)
            store(self.offset + 0x48, self.done.device(0) >> 32)
        store(self.offset + completion_config, 3 if self.done else 0)
        store(self.offset + 0x20, 0x03030000)
        self.next, self.seen = Position(self.entries), Position(self.entries)

    def put(self, word0, word1, address):
        """Writes the next descriptor."""
        at = self.next.index * 16
        self.memory.view[at:at + 16] = struct.pack("<IIQ", word0 | self.next.ident << 24, word1,
                                                   address)
        self.next.advance()


class Ring:
    """A queue pair; one page of descriptors, in any memory, for each half."""

    def __init__(self, engine, queue, memory=None, completions=False, entries=256):
        self.engine, self.queue = engine, queue
        get = memory or engine.card.bus.memory
        at = 0x1000 * (queue + 1)
        self.m2s = Half(engine, at, get(4096), entries)
        self.s2m = Half(engine, S2M + at, get(4096), entries)
        if completions:
            self.m2s.done, self.s2m.done = get(4096), get(4096)
        self.marker = get(4096) if memory is None else engine.card.bus.memory(4096)
        self.added = collections.Counter()
        self.init()

    def init(self):
        """Sets both halves up; whatever they did is forgotten."""
        for half in (self.m2s, self.s2m):
            if half.done:
                half.done.view[0:4096] = bytes(4096)
        self.m2s.program(0xB0, 0xA0)
        self.s2m.program(0x64, 0x54)
        self.added.clear()

    def packet(self, sources, targets, flags=0, target_flags=0):
        """Writes one packet: lists of (device address, bytes) on either side."""
        for number, (address, length) in enumerate(sources):
            word = length & 0xFFFF | flags
            word |= FIRST if number == 0 else CONCAT
            word |= LAST if number == len(sources) - 1 else 0
            self.m2s.put(word, COPY, address)
            self.added["m2s"] += 1
        for number, (address, length) in enumerate(targets):
            last = number == len(targets) - 1
            self.s2m.put(length & 0xFFFF | (target_flags if last else 0), 0, address)
            self.added["s2m"] += 1

    def start(self):
        """Hands what was written to the engine, receiving half first."""
        self.engine.store(self.s2m.offset + 0x38, self.added["s2m"])
        self.engine.store(self.m2s.offset + 0x38, self.added["m2s"])
        self.added.clear()

    def room(self):
        """Packets of one descriptor that fit before a wait."""
        return self.m2s.entries - SPARE_ENTRIES

    def finish(self):
        """Waits for all that was written, by a marker behind it, section 3.16."""
        self.marker.view[0:8] = struct.pack("<II", MARKER, 0)
        here = self.marker.device(0)
        self.packet([(here, 4)], [(here + 4, 4)])
        self.start()
        until("the marker arrives", lambda: self.marker.view[4:8] == self.marker.view[0:4],
              nap_s=BUSY_S)

    def copy(self, sources, targets):
        """Copies one list of (device address, bytes) to another of as many bytes."""
        written = 0
        for source, target, length in pairs(sources, targets):
            self.packet([(source, length)], [(target, length)])
            written += 1
            if written == self.room() - 1:
                self.finish()
                written = 0
        self.finish()

    def completed(self, half, words):
        """Waits for the next completion entry of a half; answers its words."""
        def look():
            word, = struct.unpack_from("<I", half.done.view, half.seen.index * 4 * words)
            return word >> 24 & 3 == half.seen.ident
        until("a completion entry", look, nap_s=BUSY_S)
        entry = struct.unpack_from(f"<{words}I", half.done.view, half.seen.index * 4 * words)
        half.seen.advance()
        return entry


def pairs(sources, targets):
    """Cuts two lists of (address, bytes) at all borders of either, and at 64 KiB."""
    sources, targets = collections.deque(sources), collections.deque(targets)
    while sources:
        (source, left), (target, room) = sources.popleft(), targets.popleft()
        length = min(left, room, CHUNK)
        yield source, target, length
        if left > length:
            sources.appendleft((source + length, left - length))
        if room > length:
            targets.appendleft((target + length, room - length))
