# SPDX-License-Identifier: GPL-2.0
"""Requests byte by byte, for what a well-behaved client never sends."""

import socket
import struct

from neuroncase import looker

GENERIC, NETLINK, EXT_ACK = 16, 270, 11
CONTROL, GETFAMILY, FAMILY_ID, FAMILY_NAME = 16, 3, 1, 2
REQUEST, ACK, DUMP = 1, 4, 0x300
ERROR, DONE = 2, 3
NESTED = 0x8000
CAPPED, TLVS = 0x100, 0x200
NLA = struct.Struct("HH")


def attr(number, payload, length=None):
    """An attribute; its length may be a lie."""
    size = 4 + len(payload) if length is None else length
    return NLA.pack(size, number) + payload + bytes(-len(payload) % 4)


def u32(value):
    """32 bits, as everything here is little endian."""
    return struct.pack("<I", value & 0xFFFFFFFF)


def u64(value):
    """64 bits."""
    return struct.pack("<Q", value & (1 << 64) - 1)


def attrs(data):
    """(number, payload, padding) of each attribute."""
    at = 0
    while at + 4 <= len(data):
        size, number = NLA.unpack_from(data, at)
        end = at + (size + 3) // 4 * 4
        yield number, data[at + 4:at + size], data[at + size:end]
        at = end


class Answer:
    """What came back for one request."""

    def __init__(self):
        self.error = None
        self.text, self.offset, self.missing = "", None, None
        self.messages = []

    def told(self, flags, payload, capped):
        """Takes an error or acknowledgement in."""
        self.error, = struct.unpack_from("i", payload)
        at = 4
        if capped is not None:
            size, = struct.unpack_from("I", payload, 4)
            at = 20 if flags & CAPPED else 4 + (size + 3) // 4 * 4
        if not flags & TLVS:
            return
        for number, value, _ in attrs(payload[at:]):
            if number == 1:
                self.text = value.rstrip(b"\0").decode()
            elif number == 2:
                self.offset, = struct.unpack("I", value)
            elif number == 5:
                self.missing, = struct.unpack("I", value)


class Raw:
    """A socket of the family."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
        self.sock.setsockopt(NETLINK, EXT_ACK, 1)
        self.sock.settimeout(60)
        self.family = looker().nlproto.family_id
        self.seq = 0
        self.chunk = 1 << 20

    def message(self, command, body, flags=REQUEST | ACK):
        """A whole message with the next number."""
        self.seq += 1
        return struct.pack("IHHIIBBH", 20 + len(body), self.family, flags, self.seq, 0,
                           command, 1, 0) + body

    def receive(self):
        """What comes next."""
        return self.sock.recv(self.chunk)

    def answer(self):
        """All that is said to the request that was sent last."""
        answer = Answer()
        while True:
            data = self.receive()
            while data:
                size, kind, flags, seq, _ = struct.unpack_from("IHHII", data)
                payload, data = data[16:size], data[(size + 3) // 4 * 4:]
                if seq != self.seq:
                    continue
                if kind not in (ERROR, DONE):
                    answer.messages.append(payload)
                    continue
                answer.told(flags, payload, None if kind == DONE else True)
                return answer

    def ask(self, command, body=b"", flags=REQUEST | ACK):
        """One request and its answer."""
        self.sock.send(self.message(command, body, flags))
        return self.answer()

    def close(self):
        """Ends it."""
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Control(Raw):
    """A socket of the controller of generic netlink."""

    def __init__(self):
        super().__init__()
        self.family = CONTROL

    def told(self, name):
        """What it knows of a family, by attribute."""
        answer = self.ask(GETFAMILY, attr(FAMILY_NAME, name.encode() + b"\0"), REQUEST | ACK)
        return {number: value for message in answer.messages for number, value, _ in attrs(message[4:])}

    def knows(self, name):
        """Does it know a family?"""
        return self.told(name).get(FAMILY_NAME) == name.encode() + b"\0"

    def number(self, name):
        """Number of a family, None without it."""
        number = self.told(name).get(FAMILY_ID)
        return number and struct.unpack("H", number)[0]


def command_of(name):
    """Number of an operation."""
    return looker().ops[name].req_value


def number_of(attr_set, name):
    """Number of an attribute."""
    return looker().attr_sets[attr_set][name].value
