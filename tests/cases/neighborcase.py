# SPDX-License-Identifier: GPL-2.0
"""What cases share whose rings write to other cards."""

import os

from neuroncase import Context, devices, emu, entry, equal, looker, ready, stats, until

MIB = 1 << 20


def places():
    """Device indexes by place: each is the eastern neighbour of the one before it."""
    found = devices()
    return sorted(found, key=lambda index: found[index]["bus-name"])


def linked(*indexes):
    """Waits until these cards know who is behind all their links."""
    def known():
        ports = [port for port in looker().dump("neighbor-get", {}) if port["dev-index"] in indexes]
        return len(ports) == 2 * len(indexes) and all("peer-index" in port for port in ports)
    for index in indexes:
        ready(index)
    until("the links are confirmed", known)


def opened(index):
    """A context that shares this process' client: there are many here."""
    return Context(index, ynl=looker())


def to(peer, src, dst, length, **attrs):
    """An entry whose destination is device memory of a context of another card."""
    return entry(src, dst, length, dst_ctx_fd=peer.fd, **attrs)


def contents(ctx, mem, size):
    """What device memory holds, fetched by its own card."""
    out, view = ctx.host(size)
    ctx.do("mem-copy", transfer=[{"src-mem": mem, "dst-mem": out, "length": size}])
    data = bytes(view[:size])
    view.close()
    ctx.do("mem-free", mem_id=out)
    return data


def arrives(ctx, peer, size=300001):
    """Data of one context comes to device memory of the other's card, by a ring of its own."""
    src, inp = ctx.host(size)
    dst = peer.device(size)
    inp[:size] = os.urandom(size)
    ring = ctx.ring()
    ctx.write(ring, [to(peer, src, dst, size)])
    ctx.acked(ring, 1)
    equal(contents(peer, dst, size), bytes(inp[:size]), "data")
    inp.close()
    for owner, mem in ((ctx, src), (peer, dst)):
        owner.do("mem-free", mem_id=mem)
    ctx.do("ring-destroy", ring_id=ring)


class Held:
    """A ring of one card stands still in front of an entry that goes to another one."""

    def __init__(self, ctx, peer, card, eng=1):
        self.ctx, self.card, self.eng = ctx, card, eng
        src, self.view = ctx.host(MIB)
        self.view[:] = b"\xa5" * MIB
        self.dst = peer.device(MIB)
        self.ring = ctx.ring(eng, 2)
        emu(card, "inject", "dma", "stall", eng)
        ctx.write(self.ring, [to(peer, src, self.dst, MIB)])

    def state(self):
        """What the owner sees of it."""
        return self.ctx.do("ring-get", ring_id=self.ring)

    def resume(self):
        """The engine goes on."""
        emu(self.card, "inject", "dma", "resume", self.eng)

    def lost(self, text):
        """Waits until the ring has stopped; its owner is told why, by all operations."""
        until("the ring is lost", lambda: self.state()["state"] == "lost")
        equal(text in self.state()["lost-text"], True, self.state()["lost-text"])


def used(index):
    """Device memory of a card in use, and its memory objects."""
    return devices()[index]["dram-used"], stats(index)["mems"]


def both_work(first, second):
    """Fresh contexts of both cards reach each other."""
    linked(first, second)
    with opened(first) as one, opened(second) as two:
        arrives(one, two)
        arrives(two, one)
