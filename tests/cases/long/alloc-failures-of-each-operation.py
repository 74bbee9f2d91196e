#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels=debug exclusive=yes timeout=3600 append="dma_debug=off"
"""Each allocation of every operation of the spec, and of binding a card, fails in turn."""

import errno
import glob
import os

from allocfault import FAULTS, MEMORY, prepare, write
from neuroncase import (case, check, Context, devices, empty, emu, looker, main, ready, settled,
                        until)
from opcase import GOOD, needs_context, operations, outcome

LIMIT = 200		# no operation allocates so often
IN_JOBS = 12		# allocations of a job that are made to fail
LACK = (0, errno.ENOMEM, errno.ENOBUFS)
# What the PCI core makes of it: of the record of a region, and of a mapping.
LACK_AT_BIND = (0, errno.ENOMEM, errno.ENODEV, errno.EBUSY, errno.EINVAL)


def repaired():
    """The card is ready; a reset that had no memory left it failed."""
    until("the card is at rest", lambda: devices()[0]["state"] in ("ready", "failed"))
    if devices()[0]["state"] == "failed":
        fd = os.open("/dev/neuron0", os.O_RDWR | os.O_CLOEXEC)
        looker().do("device-reset", {"ctx-fd": fd})
        ready(0)
        os.close(fd)
    emu(0, "inject", "none")
    settled()
    empty()


def one(name, hook, arm, disarm):
    """The operation in a context of its own, with failing allocations; its errno and what disarm says."""
    with Context(ynl=looker()) as ctx:
        values = GOOD[name](ctx)
        if needs_context(hook):
            values = {"ctx-fd": ctx.fd, **values}
        arm()
        try:
            error = outcome(ctx, name, values)
        finally:
            happened = disarm()
    repaired()
    return error, happened


def fail_nth(number):
    """The so many-th allocation of this task fails; 0 for none. Answers whether one still waits to."""
    with open("/proc/self/fail-nth", encoding="ascii") as file:
        waits = int(file.read())
    write("/proc/self/fail-nth", number)
    return waits == 0


def any_fails(number):
    """The so many-th allocation of any task fails, once."""
    for fault in MEMORY:
        for key, value in (("interval", number), ("times", 1), ("probability", 100)):
            write(f"{FAULTS}/{fault}/{key}", value)


def none_fails():
    """All is well again."""
    for fault in MEMORY:
        write(f"{FAULTS}/{fault}/probability", 0)


def sweep_operation(name, hook):
    """In the request itself, and in its job."""
    for number in range(1, LIMIT):
        error, happened = one(name, hook, lambda n=number: fail_nth(n), lambda: fail_nth(0))
        check(error in LACK, f"allocation {number} of the request: {errno.errorcode.get(error)}")
        if not happened:
            break
    else:
        check(False, f"{LIMIT} allocations failed, and there are more")
    if "wait-us" not in looker().ops[name].yaml["do"]["request"]["attributes"]:
        return
    for number in range(1, IN_JOBS):
        error, _ = one(name, hook, lambda n=number: any_fails(n), none_fails)
        check(error in LACK, f"allocation {number} of any task: {errno.errorcode.get(error)}")


def add(name, hook):
    """A test point for an operation."""
    @case(f"{name}: with each allocation failing in turn it ends with ENOMEM, and leaves nothing")
    def _():
        prepare()
        sweep_operation(name, hook)


def spare(function):
    """What this function of the kernel allocates does not fail."""
    with open("/proc/kallsyms", encoding="ascii") as table:
        symbols = sorted((int(line.split()[0], 16), line.split()[2]) for line in table)
    number = next(n for n, (_, name) in enumerate(symbols) if name == function)
    for fault in MEMORY:
        for key, value in (("reject-start", symbols[number][0]), ("reject-end", symbols[number + 1][0])):
            write(f"{FAULTS}/{fault}/{key}", hex(value))


@case("binding a card: with each allocation failing in turn it is refused or works, and leaves nothing")
def binding():
    prepare()
    # It tells nobody that it failed, and the kernel warns when the interrupt is freed.
    spare("register_irq_proc")
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    name = devices()[0]["bus-name"]
    refused = 0
    for number in range(1, LIMIT):
        write(f"{driver}/unbind", name)
        error = 0
        fail_nth(number)
        try:
            write(f"{driver}/bind", name)
        except OSError as failure:
            error = failure.errno
        happened = fail_nth(0)
        check(error in LACK_AT_BIND, f"allocation {number}: {errno.errorcode.get(error)}")
        if error:
            refused += 1
            check(not devices(), f"allocation {number}, {errno.errorcode[error]}: a card that was not bound is "
                  f"there: {devices()}")
            write(f"{driver}/bind", name)
        repaired()
        if not happened:
            break
    check(refused, "no allocation ever failed")


for one_name, one_hook in operations().items():
    add(one_name, one_hook)
main()
