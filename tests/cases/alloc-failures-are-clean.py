#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels=debug exclusive=yes timeout=900 append="dma_debug=off"
"""Each allocation of each operation fails in turn: an error, nothing leaked, the card works."""

import os

from allocfault import sweep, sweep_job
from neuroncase import case, Context, entry, equal, event, main

@case("opening the node")
def opening():
    sweep("open", lambda ctx, prepared: os.close(os.open("/dev/neuron0", os.O_RDWR)) if prepared else True)


@case("mem-alloc of both kinds, in the request and in its job")
def memory():
    for kind in ("host", "device"):
        def alloc(ctx, prepared, kind=kind):
            return ctx.do("mem-alloc", kind=kind, size=100000, wait_us=20000) if prepared else True
        sweep(f"mem-alloc {kind}", alloc)
        sweep_job(f"mem-alloc {kind}", alloc)
    with Context() as ctx:
        equal(ctx.host(100000)[1][:16], bytes(16), "memory afterwards")


@case("ring-create, ring-attach and ring-write")
def ring():
    def create(ctx, prepared):
        return ctx.ynl.do("ring-create", {"ctx-fd": ctx.fd, "descriptors": 64}) if prepared else True

    def attach(ctx, prepared):
        if not prepared:
            return ctx.do("ring-create", descriptors=64)["ring-id"]
        return ctx.ynl.do("ring-attach", {"ctx-fd": ctx.fd, "ring-id": prepared, "nc-id": 0})

    def fill(ctx, prepared):
        if not prepared:
            src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
            return ctx.ring(), src, dst
        number, src, dst = prepared
        return ctx.ynl.do("ring-write", {"ctx-fd": ctx.fd, "ring-id": number, "start": True,
                                         "entry": [entry(src, dst, 64), event(0, 1)]})
    sweep("ring-create", create)
    sweep("ring-attach", attach)
    sweep("ring-write", fill)


@case("nq-create")
def queue():
    sweep("nq-create", lambda ctx, prepared:
          ctx.ynl.do("nq-create", {"ctx-fd": ctx.fd, "nc-id": 0, "nq-type": "event", "size": 8192})
          if prepared else True)


@case("looking: device-get, dumps, stats")
def looking():
    sweep("looks", lambda ctx, prepared: [ctx.ynl.do("device-get", {"dev-index": 0}),
                                          ctx.ynl.dump("engine-get", {}),
                                          ctx.ynl.do("stats-get", {"dev-index": 0})] if prepared else True)


main()
