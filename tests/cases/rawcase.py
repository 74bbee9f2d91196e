# SPDX-License-Identifier: GPL-2.0
"""Netlink by hand: what the YNL client does not let a case see or do."""

import errno
import os
import socket
import struct

NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 0x1, 0x2, 0x4, 0x10, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSG_HDR = struct.Struct("IHHII")
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11


class Message:
    """One message as it came."""

    def __init__(self, raw):
        _, self.type, self.flags, self.seq, _ = NLMSG_HDR.unpack_from(raw)
        self.raw = raw
        self.error = None
        if self.type in (NLMSG_ERROR, NLMSG_DONE):
            self.error = -struct.unpack_from("i", raw, 16)[0]

    def ends(self):
        """Nothing follows for its request."""
        return self.type in (NLMSG_ERROR, NLMSG_DONE)


def split(datagram):
    """The messages of a datagram."""
    while datagram:
        size = struct.unpack_from("I", datagram)[0]
        yield Message(datagram[:size])
        datagram = datagram[(size + 3) & ~3:]


class Raw:
    """A netlink socket; requests are encoded by a YNL client that is not used to send."""

    def __init__(self, ynl, sock=None):
        self.ynl = ynl
        self.sock = sock or socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.sock.settimeout(120)

    def encode(self, operation, attrs, seq, flags=NLM_F_ACK):
        """A request."""
        message = bytearray(self.ynl._encode_message(self.ynl.ops[operation], attrs, None, seq))
        struct.pack_into("H", message, 6, NLM_F_REQUEST | flags)
        return bytes(message)

    def send(self, *messages):
        """All of them by one call."""
        os.write(self.sock.fileno(), b"".join(messages))

    def receive(self, size=65536):
        """The messages of the next datagram."""
        return list(split(self.sock.recv(size)))

    def answers(self, count):
        """Answers to that many requests: for each its number, its errno and how many replies."""
        replies, found = {}, []
        while len(found) < count:
            for message in self.receive():
                if message.ends():
                    found.append((message.seq, errno.errorcode.get(message.error, "0"),
                                  replies.get(message.seq, 0)))
                else:
                    replies[message.seq] = replies.get(message.seq, 0) + 1
        return found
