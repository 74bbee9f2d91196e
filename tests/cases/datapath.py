# SPDX-License-Identifier: GPL-2.0
"""Every way that bytes take between host and card, checked under one DMA set-up.

A case names what is special about its machine and calls run(). Where the card really
reached is asked of the emulator's trace.
"""

import json
import os

from neuroncase import (Context, case, check, devices, empty, entry, equal, event, main, stats,
                        vmctl)

MIB = 1 << 20
PAGE = 4096
FOUR_GIB = 1 << 32
DMA_BITS = 46
DMA_MASK = (1 << DMA_BITS) - 1
# (source offset, target offset, length): none of them a multiple of anything.
ODD = ((1, 3, 1), (4093, 8191, 65537), (7, 65533, 131071), (65535, 1, 262147))


def bounce_slots(name):
    """The kernel's count of slots for bounce buffers: of all (nslabs), or used ones."""
    path = f"/sys/kernel/debug/swiotlb/io_tlb_{name}"
    if not os.path.exists(path):
        return 0		# no bounce buffers at all
    with open(path, encoding="ascii") as file:
        return int(file.read())


def bounce_is_forced():
    """There are bounce buffers, and all that may go through them does."""
    boot_words("swiotlb=force")()
    check(bounce_slots("nslabs"), "there are bounce buffers")


def traced(function, kinds):
    """What the emulator traced while function ran, as dictionaries."""
    vmctl("trace", 0, kinds)
    try:
        function()
    finally:
        text = vmctl("trace", 0)
    return [line for line in map(json.loads, text.splitlines()) if line["kind"] in kinds]


def host_addresses(lines, half):
    """DMA addresses in host memory that one half of the packets named."""
    words = [[int(word, 16) for word in line[half]] for line in lines if line["kind"] == "dma"]
    found = [word[3] << 32 | word[2] for word in words]
    return [addr & DMA_MASK for addr in found if addr >> DMA_BITS == 1]


def there_and_back(ctx, size):
    """The parts of every path: two host memories and one of the device."""
    src, inp = ctx.host(size)
    dst, out = ctx.host(size)
    inp[:] = os.urandom(len(inp))
    return src, inp, dst, out, ctx.device(size)


def copies():
    """mem-copy, at odd places and of odd lengths."""
    size = MIB
    with Context() as ctx:
        src, inp, dst, out, dram = there_and_back(ctx, size)
        for at, to, length in ODD + ((0, 0, size),):
            out[:] = b"\xee" * len(out)
            for one in ((src, at, dram, to), (dram, to, dst, at)):
                answer = ctx.do("mem-copy", transfer=[{
                    "src-mem": one[0], "src-offset": one[1], "dst-mem": one[2],
                    "dst-offset": one[3], "length": length}])
                equal(answer["done"], 1, "done")
            want = b"\xee" * at + inp[at:at + length]
            check(out[:] == want + b"\xee" * (len(out) - len(want)), f"{length} bytes from {at}")
    empty()


def rings():
    """Ring entries of all kinds that touch host memory, and the records of their ends."""
    size = 3 * MIB + 12345
    with Context() as ctx:
        ring = ctx.ring(0, 0)
        src, inp, dst, out, dram = there_and_back(ctx, size)
        queue = ctx.queue(0)
        ctx.do("event-set", nc_id=0, event_id=9, value=0)
        for turn, (at, to, length) in enumerate(ODD + ((0, 0, size),)):
            out[:] = b"\xee" * len(out)
            ctx.write(ring, [entry((src, at), (dram, to), length),
                             entry((dram, to), (dst, at), length), event(9, 1 - turn % 2)])
            equal(queue.next(), (2, 0, 0, 9, 1 - turn % 2), "record")
            ctx.acked(ring, 3)
            want = b"\xee" * at + inp[at:at + length]
            check(out[:] == want + b"\xee" * (len(out) - len(want)), f"{length} bytes from {at}")
        ctx.write(ring, [entry(None, (dst, 8), 4, imm=0x04030201)])
        ctx.acked(ring, 1)
        equal(out[8:12], b"\x01\x02\x03\x04", "an immediate value")
    empty()


def records():
    """Twice as many records as their queue holds."""
    with Context() as ctx:
        queue = ctx.queue(2)
        for number in range(280):
            ctx.do("event-set", nc_id=2, event_id=number % 256, value=1)
            ctx.do("event-set", nc_id=2, event_id=number % 256, value=0)
            for value in (1, 0):
                equal(queue.next()[3:], (number % 256, value), "record")
            queue.ack()
    empty()


def clearing():
    """What the last owner left in device memory, and what host memory held before."""
    size = 5 * MIB
    before = stats()["cleared-bytes"]
    with Context() as ctx:
        src, inp = ctx.host(size)
        inp[:] = os.urandom(len(inp))
        for _ in range(2):
            dram = ctx.device(size)
            ctx.do("mem-copy", transfer=[{"src-mem": src, "dst-mem": dram, "length": size}])
            ctx.do("mem-free", mem_id=dram)
        dram = ctx.device(size)
        ctx.do("mem-copy", transfer=[{"src-mem": dram, "dst-mem": src, "length": size}])
        check(not any(inp[:size]), "device memory is cleared")
        check(not any(ctx.host(size)[1][:]), "host memory is cleared")
    check(stats()["cleared-bytes"] >= before + 3 * size, "the driver counts what it clears")
    empty()


def coherent():
    """One mapping, written by turns by the CPU and by the card, without a call between."""
    with Context() as ctx:
        ring = ctx.ring(0, 0)
        mem, view = ctx.host(PAGE)
        dram = ctx.device(PAGE)
        for turn in range(50):
            mine = os.urandom(64)
            view[0:64] = mine
            ctx.write(ring, [entry((mem, 0), (dram, 64), 64), entry((dram, 64), (mem, 1001), 64)])
            ctx.acked(ring, 2)
            equal(view[1001:1065], mine, f"bytes of turn {turn}")
    empty()


def places(above=None):
    """Host memory is reached itself, not in bounce buffers, and high if wanted."""
    size = 4 * MIB
    used = bounce_slots("used")
    with Context() as ctx:
        ring = ctx.ring(0, 0)
        src, inp, dst, out, dram = there_and_back(ctx, size)
        queue = ctx.queue(0)
        ctx.do("event-set", nc_id=0, event_id=1, value=0)

        def work():
            ctx.write(ring, [entry(src, dram, size), entry(dram, dst, size), event(1, 1)])
            ctx.acked(ring, 3)
            queue.next()
            check(out[:size] == inp[:size], "all of it arrived")
            check(bounce_slots("used") <= used, "no bounce buffer is held")
        lines = traced(work, "dma,record")
        read, written = host_addresses(lines, "m2s"), host_addresses(lines, "s2m")
        check(read and written, "host memory was read and written")
        records_at = {int(line["address"], 16) & DMA_MASK for line in lines
                      if line["kind"] == "record"}
        check(records_at, "a record was written")
        if above is not None:
            for what, some in (("read", read), ("written", written), ("records", records_at)):
                check(max(some) >= above, f"{what}: highest address is {max(some):#x}")
    empty()


def run(what, iommu=False, above=None, machine=None):
    """Adds the test points and runs them.

    what: the set-up in words. iommu: there is one, and it translates. above: some of
    the addresses that the card reaches have to be this high. machine: a function
    that fails if the set-up is not what it is said to be.
    """
    @case(f"{what}: it is so, and the card may reach 46 bits")
    def _():
        dev = devices()[0]
        equal("iommu" in dev["flags"], iommu, "flag iommu")
        pci = f"/sys/bus/pci/devices/{dev['bus-name']}"
        for name in ("dma_mask_bits", "consistent_dma_mask_bits"):
            with open(f"{pci}/{name}", encoding="ascii") as file:
                equal(int(file.read()), DMA_BITS, name)
        if machine:
            machine()

    case("copies arrive, at odd places and of odd lengths")(copies)
    case("ring entries arrive, and so do the records of their ends")(rings)
    case("a notification queue is read around its end, twice")(records)
    case("memory is cleared for its next owner")(clearing)
    case("CPU and card see each other's bytes without a call between")(coherent)
    case("the card reaches host memory itself, not bounce buffers")(lambda: places(above))
    main()


def boot_words(*words):
    """A check that the guest's kernel was told this."""
    def look():
        with open("/proc/cmdline", encoding="ascii") as file:
            told = file.read().split()
        for word in words:
            check(word in told, f"{word} is on the kernel's command line")
    return look
