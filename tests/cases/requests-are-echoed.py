#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""NLM_F_ECHO: who asks for it hears once of what his request causes, in the group or not."""

import os
import struct

from neuroncase import case, check, child, Context, equal, libc, looker, main, ready, settled, until
from wirecase import ACK, attr, attrs, command_of, DONE, ERROR, NETLINK, number_of, Raw, REQUEST, u32

ECHO = 8
JOIN = 1			# NETLINK_ADD_MEMBERSHIP
NEWNET = 0x40000000


class Listener(Raw):
    """A socket of the family that keeps every message that it gets."""

    def __init__(self, groups=(), portid=0):
        super().__init__()
        self.sock.bind((portid, 0))
        for group in groups:
            number = looker().nlproto.get_mcast_id(group, looker().mcast_groups)
            self.sock.setsockopt(NETLINK, JOIN, number)

    def heard(self, wait=False):
        """(number of its request, command, attributes) of each message up to a verdict or the end."""
        found = []
        self.sock.settimeout(60 if wait else 0)
        while True:
            try:
                data = self.sock.recv(1 << 20)
            except BlockingIOError:
                return found
            while data:
                size, kind, _, seq, port = struct.unpack_from("IHHII", data)
                payload, data = data[16:size], data[(size + 3) // 4 * 4:]
                if kind in (ERROR, DONE):
                    equal(struct.unpack_from("i", payload)[0], 0, "errno of the request")
                    return found
                check(port in (0, self.sock.getsockname()[0]), f"port {port} in a message")
                found.append((seq, payload[0],
                              {number: value for number, value, _ in attrs(payload[4:])}))

    def request(self, ctx, name, space, flags=0, **more):
        """Sends it; what came until it was acknowledged."""
        body = attr(number_of(space, "ctx-fd"), u32(ctx.fd))
        for key, values in more.items():
            for value in values:
                body += attr(number_of(space, key.replace("_", "-")), u32(value))
        self.sock.send(self.message(command_of(name), body, REQUEST | ACK | flags))
        return self.heard(wait=True)


def told(heard, space, *names):
    """Attributes of each message as numbers."""
    return [tuple(int.from_bytes(one[2][number_of(space, name)], "little") for name in names)
            for one in heard]


def notification(name):
    """Number of a notification."""
    return looker().msgs[name].rsp_value


# Each request that is over when it is answered: what of, with what, and the events of it.
def regions(asker, ctx, flags):
    """Sets what is set already: one event, which tells it."""
    heard = asker.request(ctx, "device-set", "device", flags, dram_regions=[1])
    equal(told(heard, "device", "dev-index", "dram-regions"), [(0, 1)] * len(heard), "the card told")
    return heard, [notification("device-change-ntf")], "device", "hotplug-seq"


def release(asker, ctx, flags):
    """Releases two cores: two events. Claiming them is none."""
    equal(asker.request(ctx, "core-claim", "core", flags, claim=[2, 3]), [], "events of a claim")
    heard = asker.request(ctx, "core-release", "core", flags, claim=[2, 3])
    equal(told(heard, "usage", "nc-id"), [(2,), (3,)][:len(heard)], "cores told")
    return heard, [notification("core-release-ntf")] * 2, "usage", "usage-seq"


CAUSES = ((regions, "hotplug"), (release, "usage"))


@case("without the flag only members hear of what a request causes, as of what others cause")
def unasked():
    settled()
    with Context() as ctx:
        for cause, group in CAUSES:
            with Listener() as outsider, Listener([group]) as member:
                equal(cause(outsider, ctx, 0)[0], [], "what an outsider hears")
                want = cause(outsider, ctx, 0)[1]
                heard = member.heard()
                equal([one[:2] for one in heard], [(0, command) for command in want * 2], "a member's")
                heard = cause(member, ctx, 0)[0]
                equal([one[:2] for one in heard], [(0, command) for command in want], "the asker's")


@case("with the flag the asker hears each event once, with his number, before the acknowledgement")
def asked():
    settled()
    with Context() as ctx:
        for cause, group in CAUSES:
            for groups in ([], [group]):
                with Listener(groups) as asker, Listener([group]) as member, Listener() as outsider:
                    heard, want, space, seq = cause(asker, ctx, ECHO)
                    equal([one[:2] for one in heard], [(asker.seq, one) for one in want], "echoes")
                    equal(asker.heard(), [], "what the asker hears besides")
                    others = member.heard()
                    equal([one[:2] for one in others], [(0, one) for one in want], "a member's events")
                    equal(told(heard, space, seq), told(others, space, seq), "numbers of the events")
                    equal(outsider.heard(), [], "what an outsider hears")


@case("a member with the asker's port number in another network namespace hears of it, too")
def namesake():
    settled()
    with Context() as ctx, Listener(["hotplug"]) as asker:
        portid = asker.sock.getsockname()[0]
        go, went = os.pipe()

        def listen(writer):
            if libc().unshare(NEWNET):
                raise OSError("unshare")
            with Listener(["hotplug"], portid) as other:
                os.write(writer, b"x")
                os.read(go, 1)
                equal([one[1] for one in other.heard()], [notification("device-change-ntf")], "events")
        pid, reader = child(listen)
        try:
            equal(os.read(reader, 1000), b"x", "the other namespace's listener")
            equal(len(regions(asker, ctx, ECHO)[0]), 1, "echoes")
        finally:
            os.write(went, b"x")
            text = os.read(reader, 4000)
            status = os.waitpid(pid, 0)[1]
            for pipe in (go, went, reader):
                os.close(pipe)
        check(status == 0, text.decode())


def changes(heard):
    """(number of the request, number of the event, state) of each change of the card."""
    own = [one for one in heard if one[1] == notification("device-change-ntf")]
    return [(one[0],) + told([one], "device", "hotplug-seq", "state")[0] for one in own]


def until_ready(listener):
    """All changes up to the one that tells that the card is ready."""
    found = []

    def look():
        found.extend(changes(listener.heard()))
        return found and found[-1][2] == 1
    until("a listener hears that the card is ready", look)
    return found


def reset_echoed(ctx, groups):
    """Resets the card, and looks at what came by the answer and after it; were there echoes?"""
    with Listener(groups) as asker, Listener(["hotplug"]) as member:
        heard = asker.request(ctx, "device-reset", "device", ECHO, wait_us=[20000])
        equal(sum(one[1] == command_of("device-reset") for one in heard), 1, "answers")
        events = [one[1:] for one in until_ready(member)]
        equal(len(events), 2, "events of a reset")
        mine = changes(heard)
        echoes = [one[1:] for one in mine if one[0]]
        equal({one[0] for one in mine} <= {asker.seq, 0}, True, "numbers of the echoes")
        if groups and [one[1:] for one in mine[-1:]] != events[-1:]:
            mine += until_ready(asker)
        equal(echoes, events[:len(echoes)], "echoes, and the first events of the reset")
        equal([one[1:] for one in mine], events if groups else echoes, "all that the asker hears")
        equal(changes(asker.heard()), [], "what it hears after the end")
        return len(echoes)


@case("of a job the asker hears what it causes before the answer, each event once")
def jobs():
    ready(1)
    with Context(1) as ctx:
        for groups in ([], ["hotplug"]):
            until("a reset begins before it is answered", lambda g=groups: reset_echoed(ctx, g))


if __name__ == "__main__":
    main()
