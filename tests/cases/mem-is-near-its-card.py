#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 nodes=2 kernels=6.1
"""Host memory comes from the NUMA node that its card is at, whoever asks for it."""

import os

from neuroncase import case, Context, devices, empty, equal, main, meminfo

MIB = 1 << 20
SIZE = 128 * MIB
# Each processor keeps up to 32 MiB of freed pages, which count as used, and are taken first.
MOST = SIZE // 2


def free_bytes():
    """By node: memory that is free. No other place tells where a card's memory is."""
    return [meminfo("MemFree", f"/sys/devices/system/node/node{node}/meminfo") for node in (0, 1)]


def nodes_used(index, processor):
    """The nodes that have much less free while a program on that processor has a card's memory."""
    os.sched_setaffinity(0, {processor})
    with Context(index) as ctx:
        before = free_bytes()
        mem = ctx.do("mem-alloc", kind="host", size=SIZE)["mem-id"]
        during = free_bytes()
        ctx.do("mem-free", mem_id=mem)
    empty()
    return {node for node in (0, 1) if before[node] - during[node] > MOST}


@case("the card says at which node it is, or that it is at none")
def cards():
    equal([dev["numa-node"] for _, dev in sorted(devices().items())], [-1, 1], "nodes of the cards")


@case("memory of the second node's card is of that node, wherever the program runs")
def near():
    for processor in (0, 1):
        equal(nodes_used(1, processor), {1}, f"nodes, asked for on processor {processor}")


@case("memory of a card without a node is of the program's")
def nowhere():
    for processor in (0, 1):
        equal(nodes_used(0, processor), {processor}, f"nodes, asked for on processor {processor}")


main()
