#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 exclusive=yes timeout=400 kernels="6.1 debug"
"""The system is restarted while a card is at work: it ends still, and works for the next system.

The case runs twice. First it leaves work on the card and restarts the machine; before that
boots again, the bed looks at the cards; then the bed runs the case once more, which judges.
"""

import ctypes
import json

from neuroncase import case, check, Context, COPY_ENGINES, emu, entry, equal, main, stall, vmctl
from restartcase import both_work, MIB

RB_AUTOBOOT = 0x01234567
SLOW, STALLED = 0, 1


def leave_work():
    """Entries, a copy and a notification queue, all about host memory, then the end of this system."""
    with Context() as ctx, Context(1) as other:
        src, _ = ctx.host(MIB)
        mem = ctx.device(8 * MIB)
        stalled, slow = ctx.ring(STALLED, 2), ctx.ring(SLOW, 2)
        ctx.queue(1)
        stall((STALLED,) + COPY_ENGINES)
        emu(0, "inject", "dma", "slow", 1000000, SLOW)
        for ring in (stalled, slow):
            ctx.write(ring, [entry(src, mem, MIB), entry(mem, src, MIB)])
        ctx.start("mem-copy", transfer=[entry(mem, src, MIB)])
        other.host(MIB)
        check(emu(0, "show")["bus-master"], "the card may reach memory")
        vmctl("reboot")
        libc = ctypes.CDLL(None, use_errno=True)
        libc.reboot(RB_AUTOBOOT)
        raise OSError(ctypes.get_errno(), "reboot()")


def judged(seen):
    """Test points in the next system, about cards as the one before has left them."""

    @case("a restart finds no card with the right to reach memory")
    def _():
        equal([card["bus-master"] for card in seen], [False, False], "bus masters")

    @case("a restart finds no engine that runs, although there was work for it")
    def _():
        used = {engine["engine"]: engine for engine in seen[0]["engines"] if engine["queues"]}
        check({SLOW, STALLED} <= set(used), f"engines with rings: {sorted(used)}")
        running = [number for number, engine in used.items() if "normal" in (engine["m2s"], engine["s2m"])]
        equal(running, [], "engines that run")

    @case("the next system brings both cards up, and they work")
    def _():
        emu(0, "inject", "none")
        both_work((SLOW, STALLED))


STATES = json.loads(vmctl("seen"))
if STATES:
    judged(STATES)
    main()
else:
    leave_work()
