# SPDX-License-Identifier: GPL-2.0
"""What the cases share in which one system ends and another one begins."""

import os

from neuroncase import Context, devices, empty, entry, equal, ready

MIB = 1 << 20


def both_work(engines):
    """Both cards come up for this system, and these engines move data on each."""
    for index in (0, 1):
        equal(ready(index)["health"], "ok", f"health of card {index}")
        with Context(index) as ctx:
            src, inp = ctx.host(MIB)
            dst, out = ctx.host(MIB)
            inp[:] = os.urandom(MIB)
            for engine in engines:
                ring = ctx.ring(engine, 2)
                ctx.write(ring, [entry(src, dst, MIB)])
                ctx.acked(ring, 1)
            equal(out[:], inp[:], "data")
    equal(len(devices()), 2, "cards")
    empty()
