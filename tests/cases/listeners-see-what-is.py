#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 timeout=400 everywhere=yes
"""A listener that sleeps through removals, resets and bursts sees afterwards what a dump tells.

This is a sample; listeners-see-every-change.py does the whole, and on the debug kernel
`make check-long`.
"""

import socket

from listencase import all_ready, plugs, removals_and_resets, Sleeper
from monitorcase import rebind
from neuroncase import case, check, devices, main, ready, scaled, until

PLUGS = scaled(2, 50)
REMOVALS = scaled(6, 500)
RESETS = scaled(10, 500)


@case(f"after {PLUGS} plugs and unplugs")
def plugged():
    plugs(PLUGS)


@case(f"after {REMOVALS} removals and rescans of one card, and {RESETS} resets of another")
def removed_and_reset():
    removals_and_resets(REMOVALS, RESETS)


@case("a burst beyond the listener's buffer is told by ENOBUFS and by a gap, and one dump mends it")
def burst():
    all_ready()
    name = devices()[1]["bus-name"]
    sleeper = Sleeper()
    for _ in range(40):
        rebind(name)
    ready(1)
    lost = sleeper.missed()
    check(lost > 0, "the buffer was as large as the burst")
    check(sleeper.overruns > 0, "no ENOBUFS")
    # From here on there is no gap, so what the dump told is the truth.
    sleeper.ynl.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
    rebind(name)
    ready(1)
    until("the listener has heard everything", sleeper.follows)


main()
