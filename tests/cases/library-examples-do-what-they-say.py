#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 kernels="6.1 6.12 latest"
"""The programs in the manual pages of section 3 run, and print what their reader expects."""

import os
import re
import subprocess

from neuroncase import case, check, equal, main, ready

PAGES = "/usr/lib/neuron/pages"

# What each prints, as a regular expression over all of it.
PRINTS = {
    "libneuron": r"this is a context of card 0\n",
    "neuron_open": r"device-get: .*\(dev-index 4711\)\n"
                   r"operation device-get, attribute dev-index, value 4711\n",
    "neuron_names": r"mem-alloc ready 1000\n",
    "neuron_device": r"card 0 at [0-9a-f:.]+ is ready\ncard 1 at [0-9a-f:.]+ is ready\n"
                     r"(card .*\n)*[0-9]+ cards\n",
    "neuron_ctx": r"example may have 100 ids, and has 0\n",
    "neuron_mem": r"8192 bytes: seen by the card\n1048576 bytes of DRAM\n",
    "neuron_copy": r"2 copies: abcdabcd\n",
    "neuron_ring": r"2 entries: !!!!moved\n",
    "neuron_nq": r"event 5 of core 1 became 1\n",
    "neuron_core": r"core 0 is free\ncore 1 is ours\ncore 2 is ours\ncore 3 is free\n",
    "neuron_event": r"event 1, semaphore 42, tx-packets\n",
    "neuron_job": r"16777216 bytes\n",
    "neuron_monitor": r"(resync\n)?device-add-ntf: card 0\n(.*\n)*device-add-ntf: card 1\n(.*\n)*",
    "neuron_batch": r"the last one of 5: event-set: .*nc-id 9999.*\nfilled: 0\n",
}


def add(page):
    """A test point for a page."""
    @case(f"{page}(3)")
    def _():
        ended = subprocess.run([f"{PAGES}/{page}"], capture_output=True, text=True, check=False,
                               timeout=100)
        equal((ended.returncode, ended.stderr), (0, ""), "status and errors")
        check(re.fullmatch(PRINTS[page], ended.stdout), f"it prints {ended.stdout!r}")


@case("every page has its program")
def _():
    equal(sorted(os.listdir(PAGES)), sorted(PRINTS), "programs")
    ready(0)
    ready(1)


for name in PRINTS:
    add(name)

if __name__ == "__main__":
    main()
