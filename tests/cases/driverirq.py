# SPDX-License-Identifier: GPL-2.0
"""What the driver does with interrupts, whatever number of vectors the machine has."""

import errno
import glob
import os
import re
import select

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, family, ready,
                        refused, stats, until)

ALL = 1000000
MIB = 1 << 20
ENGINES = 12


def proved():
    """Does the card use interrupts?"""
    return "interrupts" in devices()[0]["flags"]


def vectors():
    """How often each vector of the card was raised, by its number."""
    counts = []
    with open("/proc/interrupts", encoding="ascii") as table:
        cpus = len(table.readline().split())
        for line in table:
            if re.search(r"\bneuron0$", line):
                counts.append(sum(map(int, line.split()[1:1 + cpus])))
    return counts


def vector_of(source):
    """Count of the vector that a source has."""
    counts = vectors()
    return counts[source % len(counts)] if len(counts) < 29 else counts[source]


class Slow:
    """Makes packets take long, so that whoever waits sleeps."""

    def __init__(self, slow_us):
        self.slow_us = slow_us

    def __enter__(self):
        emu(0, "inject", "dma", "slow", self.slow_us)

    def __exit__(self, *_):
        emu(0, "inject", "dma", "slow", 0)


def copy(ctx):
    """Copies through device memory and back, and compares."""
    src, inp = ctx.host(65536)
    dst, out = ctx.host(65536)
    mem = ctx.device(65536)
    inp[:] = os.urandom(65536)
    for one, two in ((src, mem), (mem, dst)):
        ctx.do("mem-copy", transfer=[{"src-mem": one, "dst-mem": two, "length": 65536}])
    equal(out[:], inp[:], "what was copied")
    for mem_id in (src, dst, mem):
        ctx.do("mem-free", mem_id=mem_id)


def ring_copy(ctx, eng):
    """Moves data by a ring of this engine."""
    src, inp = ctx.host(65536)
    dst, out = ctx.host(65536)
    ring = ctx.ring(eng, 3)
    inp[:] = os.urandom(65536)
    ctx.write(ring, [entry(src, dst, 65536)])
    ctx.acked(ring, 1)
    equal(out[:], inp[:], "what the ring moved")
    ctx.do("ring-destroy", ring_id=ring)


def tried():
    """Has the driver tried whether interrupts come?"""
    with open(f"/sys/kernel/debug/neuron/{devices()[0]['bus-name']}/state", encoding="ascii") as state:
        return "tried 1" in state.read()


def reset(ctx):
    """Resets the card, and lets the driver try its interrupts."""
    ctx.do("device-reset")
    until("the card is ready", lambda: devices()[0]["state"] == "ready")
    until("interrupts were tried", tried)


def works():
    """Copies, rings and firmware requests give what they should."""
    with Context() as ctx:
        copy(ctx)
        ring_copy(ctx, 7)
        equal(ctx.event(2, 9), 0, "event")
    empty()


def with_interrupts():
    """Test points of a card that has them."""

    @case("the card proves that it interrupts, and says so")
    def _():
        with Context():
            until("the flag is on", proved)
        check(stats()["interrupts"] > 0, "interrupts were counted")
        works()

    @case("who waits for copies sleeps until the copy's vector is raised")
    def _():
        with Context() as ctx, Slow(50000):
            before = [vector_of(1 + eng) for eng in range(ENGINES)]

            def raised():
                # Who looks late finds the copy done, and had nothing to sleep for.
                copy(ctx)
                # Engine 2 of each core carries the driver's copies.
                return any(vector_of(1 + eng) > before[eng] for eng in range(2, ENGINES, 3))
            until("an engine of copies interrupted", raised)

    @case("who waits for a ring sleeps until the vector of its engine is raised")
    def _():
        with Context() as ctx, Slow(50000):
            before = vector_of(1 + 4)

            def raised():
                # As above: a slow writer may never have to wait.
                ring_copy(ctx, 4)
                return vector_of(1 + 4) > before
            until("the vector of engine 4 was raised", raised)

    @case("firmware answers are told by vector 0")
    def _():
        with Context() as ctx:
            before = vector_of(0)
            ctx.event(1, 5)
            until("vector 0 was raised", lambda: vector_of(0) > before)

    @case("interrupts without a reason harm nobody, whatever their source")
    def _():
        before = stats()["interrupts"]
        for source in range(29):
            emu(0, "inject", "irq", "spurious", source)
        until("they came", lambda: stats()["interrupts"] >= before + 29)
        works()
        check(proved(), "the flag is still on")


def losing():
    """Test points about interrupts that do not come."""

    @case("an interrupt that is lost is counted, and costs no more than a moment")
    def _():
        with Context() as ctx:
            before = stats()["interrupts-lost"]

            def lose():
                with Slow(3000):
                    emu(0, "inject", "irq", "lost", 1)
                    copy(ctx)
                return stats()["interrupts-lost"] > before
            until("a lost interrupt was counted", lose)
            check(proved(), "the flag is still on")

    @case("a card whose interrupts stay away is polled, says so, and proves them again in a reset")
    def _():
        listener = family()
        listener.ntf_subscribe("health")
        with Context() as ctx:
            # Those lost before this do not count among the eight in a row.
            reset(ctx)
            before = stats()["interrupts-lost"]
            emu(0, "inject", "irq", "lost", ALL)

            def polled():
                with Slow(3000):
                    copy(ctx)
                return not proved()
            until("the card is polled", polled)
            check(stats()["interrupts-lost"] >= before + 8, "they were counted")
            causes = []
            for note in listener.poll_ntf(duration=60):
                causes.append(note["msg"]["cause"])
                if "Interrupts were lost" in causes[-1]:
                    break
            check("Interrupts were lost; the card is polled" in causes, f"told: {causes}")
            equal(devices()[0]["health"], "ok", "health")
            works_here(ctx)
            emu(0, "inject", "irq", "none")
            reset(ctx)
            check(proved(), "the flag is on again")
        empty()

    @case("a card whose interrupts do not come at its start is polled")
    def _():
        with Context() as ctx:
            emu(0, "inject", "irq", "lost", ALL)
            reset(ctx)
            check(not proved(), "the flag is off")
            emu(0, "inject", "irq", "none")
            works_here(ctx)
            check(not proved(), "the flag stays off")
            reset(ctx)
            check(proved(), "the flag is on again")
        empty()


class Bell:
    """An eventfd that tells of records."""

    def __init__(self):
        self.fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def rang(self):
        """Was it raised since it was asked last?"""
        if not select.select([self.fd], [], [], 0)[0]:
            return False
        os.eventfd_read(self.fd)
        return True

    def wait(self, what):
        """Waits until it is raised."""
        check(select.select([self.fd], [], [], 120)[0], f"never raised: {what}")
        os.eventfd_read(self.fd)

    def close(self):
        """Closes it."""
        os.close(self.fd)


def ring_bell(ctx, queue, bell, count, nc=0):
    """Makes so many records one by one; each raises the bell when it is there."""
    for turn in range(count):
        ctx.do("event-set", nc_id=nc, event_id=7, value=1 - turn % 2)
        record = None
        while record is None:
            bell.wait(f"record {turn}")
            record = queue.poll()
        equal(record[2:], (nc, 7, 1 - turn % 2), f"record {turn}")


def rebind():
    """Takes the card from the driver and gives it back."""
    name = devices()[0]["bus-name"]
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    for action in ("unbind", "bind"):
        with open(f"{driver}/{action}", "w", encoding="ascii") as control:
            control.write(name)
        yield


def notifications():
    """Test points about the event file of a notification queue."""

    @case("an event file is raised by records of its queue, over wraps, and by no other core")
    def _():
        mine, other = Bell(), Bell()
        with Context() as ctx:
            queue = ctx.queue(0, eventfd=mine.fd)
            ctx.queue(1, eventfd=other.fd)
            ring_bell(ctx, queue, mine, 300)
            check(not other.rang(), "the other core's was raised")
        empty()

    @case("what is no event file is refused by name, and one that was closed disturbs nobody")
    def _():
        with Context() as ctx:
            def make(number):
                return lambda: ctx.do("nq-create", nc_id=0, nq_type="event", size=4096,
                                      eventfd=number)
            refused(errno.EBADF, make(9999), attr="eventfd")
            refused(errno.EINVAL, make(ctx.fd), attr="eventfd")
            for turn in range(20):
                bell = Bell()
                queue = ctx.queue(0, eventfd=bell.fd)
                bell.close()
                ctx.do("event-set", nc_id=0, event_id=3, value=1 - turn % 2)
                until("the record", queue.poll)
                ctx.do("nq-destroy", nq_id=queue.id)
        empty()

    @case("it is raised a last time when the queue is destroyed, or lost in a reset")
    def _():
        bell = Bell()
        with Context() as ctx:
            queue = ctx.queue(2, eventfd=bell.fd)
            ring_bell(ctx, queue, bell, 1, nc=2)
            bell.rang()
            ctx.do("nq-destroy", nq_id=queue.id)
            bell.wait("the end of the queue")
            queue = ctx.queue(2, eventfd=bell.fd)
            reset(ctx)
            bell.wait("the loss of the queue")
            equal(ctx.do("nq-get", nq_id=queue.id)["state"], "lost", "state")
            again = ctx.queue(3)
            ctx.do("event-set", nc_id=3, event_id=7, value=1)
            until("a record of another queue", again.poll)
            check(not bell.rang(), "it was raised after the last time")
        empty()

    @case("it is raised a last time when the card goes")
    def _():
        bell = Bell()
        with Context() as ctx:
            ctx.queue(0, eventfd=bell.fd)
            steps = rebind()
            next(steps)
            bell.wait("the removal")
            next(steps)
            ready(0)
            check(not bell.rang(), "it was raised after the last time")
        with Context() as ctx:
            queue = ctx.queue(0, eventfd=bell.fd)
            ring_bell(ctx, queue, bell, 2)


def lost_notifications():
    """Test points about records whose interrupts do not come."""

    @case("records are told of by looking when their interrupts are lost")
    def _():
        bell = Bell()
        with Context() as ctx:
            queue = ctx.queue(0, eventfd=bell.fd)
            before = stats()["interrupts-lost"]
            emu(0, "inject", "irq", "lost", ALL)
            ring_bell(ctx, queue, bell, 20)
            check(stats()["interrupts-lost"] >= before + 8, "lost interrupts were counted")
            emu(0, "inject", "irq", "none")
            reset(ctx)
        empty()


def works_here(ctx):
    """As works(), by a context that is there."""
    copy(ctx)
    ring_copy(ctx, 7)
    equal(ctx.event(2, 9), 0, "event")


def without_interrupts():
    """Test points of a card that has none."""

    @case("a card without interrupts is polled")
    def _():
        with Context():
            check(not proved(), "the flag is off")
        works()
        with Context() as ctx, Slow(3000):
            copy(ctx)
            ring_copy(ctx, 4)
        now = stats()
        equal((now["interrupts"], now["interrupts-lost"]), (0, 0), "interrupts and lost ones")
        equal(vectors(), [], "vectors")
