# SPDX-License-Identifier: GPL-2.0
"""Allocations of the module that fail one after the other.

The checks of DMA mappings allocate below the module, too, and complain when that fails: they
are off where this is used.
"""

import errno
import os

from neuroncase import check, Context, empty, JobFailed, NlError, Partial

FAULTS = "/sys/kernel/debug"
MEMORY = ("failslab", "fail_page_alloc")
NONE = (1, 2)		# a range that no caller is in


def write(path, text):
    """Writes it once: a buffered file tries again when it is closed after an error."""
    with open(path, "wb", buffering=0) as file:
        file.write(str(text).encode())


def module_range():
    """Where the module's code is: only what it allocates shall fail."""
    with open("/sys/module/neuron/sections/.text", encoding="ascii") as file:
        start = int(file.read(), 16)
    with open("/proc/modules", encoding="ascii") as table:
        size = next(int(line.split()[1]) for line in table if line.startswith("neuron "))
    return start, start + size


def prepare():
    """Silent failures of memory only, and only below the module's functions."""
    for name in os.listdir(FAULTS):
        if not os.path.exists(f"{FAULTS}/{name}/stacktrace-depth"):
            continue
        start, end = module_range() if name in MEMORY else NONE
        for key, value in (("stacktrace-depth", 32), ("require-start", hex(start)),
                           ("require-end", hex(end)), ("verbose", 0), ("probability", 0)):
            write(f"{FAULTS}/{name}/{key}", value)
    write(f"{FAULTS}/failslab/ignore-gfp-wait", "N")
    write(f"{FAULTS}/fail_page_alloc/ignore-gfp-wait", "N")
    write(f"{FAULTS}/fail_page_alloc/min-order", 0)


def attempt(name, nth, operation, ctx, prepared):
    """Runs the operation; True if it failed, which must be for lack of memory."""
    try:
        operation(ctx, prepared)
    except (NlError, JobFailed, Partial) as error:
        check(error.error in (errno.ENOMEM, errno.ENOBUFS), f"{name}, allocation {nth}: {error}")
        return True
    except OSError as error:
        check(error.errno in (errno.ENOMEM, errno.ENOBUFS), f"{name}, allocation {nth}: {error}")
        return True
    return False


def sweep(name, operation, limit=60):
    """The 1st, 2nd, ... allocation of the calling task fails, until none is left to fail."""
    prepare()
    failures = 0
    for nth in range(1, limit):
        with Context() as ctx:
            prepared = operation(ctx, None)
            write("/proc/self/fail-nth", nth)
            try:
                failures += attempt(name, nth, operation, ctx, prepared)
            finally:
                with open("/proc/self/fail-nth", encoding="ascii") as file:
                    happened = int(file.read()) == 0
                write("/proc/self/fail-nth", 0)
        empty()
        if not happened:
            break
    check(failures, f"{name}: no allocation ever failed")


def sweep_job(name, operation):
    """One of the allocations that a work item makes fails, each time another one."""
    prepare()
    failures = 0
    for nth in range(1, 9):
        with Context() as ctx:
            for fault in MEMORY:
                for key, value in (("interval", nth), ("times", 1), ("probability", 100)):
                    write(f"{FAULTS}/{fault}/{key}", value)
            try:
                failures += attempt(name, nth, operation, ctx, True)
            finally:
                for fault in MEMORY:
                    write(f"{FAULTS}/{fault}/probability", 0)
        empty()
    check(failures, f"{name}: no allocation ever failed")
