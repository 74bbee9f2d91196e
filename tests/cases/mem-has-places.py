#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=300
"""DRAM regions: how many, whose they are, and that memory lies where it was asked for."""

import errno
import os

from neuroncase import case, child, Context, devices, empty, equal, family, main, ready, refused

CORES = 4
CHANNELS = 2
GIB = 1 << 30


def regions(ctx, count):
    ctx.do("device-set", dram_regions=count)
    equal(devices()[0]["dram-regions"], count, "regions")


def shown(ctx, mem):
    got = ctx.do("mem-get", mem_id=mem)
    return got["channel"], got["region"], got.get("nc-id")


def in_child(function):
    """Runs it in a process without rights, which must end well."""
    def run(_):
        os.setuid(1000)
        function()
    pid, reader = child(run)
    with os.fdopen(reader) as told:
        text = told.read()
    equal(os.waitpid(pid, 0)[1], 0, f"the child: {text}")


@case("a channel has 1, 2 or 4 regions, and their sizes add up")
def counts():
    with Context() as ctx:
        whole = devices()[0]["dram-bytes"]
        for count in (0, 3, 5, 8, (1 << 32) - 1):
            refused(errno.EINVAL, lambda count=count: ctx.do("device-set", dram_regions=count),
                    attr="dram-regions", text="1, 2 or 4")
        refused(errno.EINVAL, lambda: ctx.do("device-set"), attr="dram-regions")
        for count in (2, 4, 1):
            regions(ctx, count)
            equal(devices()[0]["dram-bytes"], whole, "DRAM of the card")
            size = whole // CHANNELS // count
            refused(errno.ENOSPC, lambda size=size: ctx.do("mem-alloc", kind="device", size=size + 1),
                    attr="size", text="DRAM region")
            refused(errno.EINVAL, lambda size=size: ctx.do("mem-alloc", kind="device", size=1,
                                                           align=2 * size), attr="align")
            for bad in ({"region": count}, {"region": (1 << 32) - 1}):
                refused(errno.EINVAL, lambda bad=bad: ctx.do("mem-alloc", kind="device", size=1, **bad),
                        attr="region")
    empty()


@case("memory lies in the region and with the alignment that was asked for")
def asked():
    with Context() as ctx:
        for count in (1, 2, 4):
            regions(ctx, count)
            for channel in range(CHANNELS):
                for region in range(count):
                    mem = ctx.device(4096, channel, region=region, align=1 << 20, label="here")
                    equal(shown(ctx, mem), (channel, region, None), "place")
                    equal(ctx.do("mem-get", mem_id=mem)["label"], "here", "label")
            for mem in ctx.ynl.dump("mem-get", {"ctx-fd": ctx.fd}):
                ctx.do("mem-free", mem_id=mem["mem-id"])
        regions(ctx, 1)
    empty()


@case("each core has a region, and a channel unless another is asked for")
def cores():
    with Context() as ctx:
        for count in (1, 2, 4):
            regions(ctx, count)
            homes = set()
            for core in range(CORES):
                mem = ctx.do("mem-alloc", kind="device", size=512, nc_id=core)["mem-id"]
                home = (core % CHANNELS, core * count // CORES)
                equal(shown(ctx, mem), (*home, core), "place")
                homes.add(home)
                for channel in range(CHANNELS):
                    mem = ctx.device(512, channel, nc_id=core, region=home[1])
                    equal(shown(ctx, mem), (channel, home[1], core), "place with a channel")
            equal(len(homes), min(CORES, CHANNELS * count), "places of their own")
            for mem in ctx.ynl.dump("mem-get", {"ctx-fd": ctx.fd}):
                ctx.do("mem-free", mem_id=mem["mem-id"])
        regions(ctx, 1)
    empty()


@case("what contradicts itself, and what is not there, is refused by name")
def conflicts():
    with Context() as ctx:
        regions(ctx, 4)

        def no(attr, **bad):
            refused(errno.EINVAL, lambda: ctx.do("mem-alloc", size=4096, **bad), attr=attr)
        no("region", kind="device", nc_id=3, region=0)
        no("nc-id", kind="device", nc_id=CORES)
        no("channel", kind="device", nc_id=0, channel=CHANNELS)
        no("region", kind="host", region=0)
        no("nc-id", kind="host", nc_id=0)
        equal(ctx.do("context-get")["ids"], 0, "ids after refusals")
        regions(ctx, 1)
    empty()


@case("regions change only while no device memory is allocated")
def only_when_empty():
    with Context() as ctx:
        mem = ctx.device(256)
        refused(errno.EBUSY, lambda: ctx.do("device-set", dram_regions=2), attr="dram-regions",
                text="allocated")
        equal(devices()[0]["dram-regions"], 1, "regions")
        ctx.do("mem-free", mem_id=mem)
        regions(ctx, 2)
        count = devices()[0]["reset-count"]
        ctx.do("device-reset")
        ready(0)
        equal(devices()[0]["reset-count"], count + 1, "resets")
        equal(devices()[0]["dram-regions"], 2, "regions after a reset")
        regions(ctx, 1)
    empty()


@case("who shares the card needs CAP_SYS_ADMIN, who is alone does not")
def authority():
    with Context() as ctx, Context() as other:
        def try_it():
            return family().do("device-set", {"ctx-fd": ctx.fd, "dram-regions": 2})
        mem = other.host(4096)[0]
        in_child(lambda: refused(errno.EBUSY, try_it, attr="dram-regions", text="CAP_SYS_ADMIN"))
        equal(devices()[0]["dram-regions"], 1, "regions")
        regions(ctx, 4)
        regions(ctx, 1)
        for view in other.views:
            view.close()
        other.do("mem-free", mem_id=mem)
        in_child(try_it)
        equal(devices()[0]["dram-regions"], 2, "regions")
        regions(ctx, 1)
    empty()


@case("the node of the card, where its host memory is made, is told as the system knows it")
def node():
    dev = devices()[0]
    path = f"/sys/bus/pci/devices/{dev['bus-name']}/numa_node"
    if os.path.exists(path):
        with open(path, encoding="ascii") as file:
            equal(dev["numa-node"], int(file.read()), "node")
    else:
        equal(dev["numa-node"], -1, "node in a kernel without NUMA")


main()
