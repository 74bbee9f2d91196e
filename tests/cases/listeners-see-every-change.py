#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 timeout=900 kernels=6.1
"""A listener that sleeps through all that may happen to cards sees afterwards what a dump tells."""

import time

from listencase import plugs, removals_and_resets
from neuroncase import case, main


def timed(function, *counts):
    """Tells how long it took, for who wonders what this case costs."""
    began = time.monotonic()
    function(*counts)
    print(f"# {counts} times: {time.monotonic() - began:.0f} s", flush=True)


@case("after 50 plugs and unplugs")
def plugged():
    timed(plugs, 50)


@case("after 500 removals and rescans of one card, and 500 resets of another")
def removed_and_reset():
    timed(removals_and_resets, 500, 500)


main()
