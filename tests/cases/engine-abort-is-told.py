#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""An engine aborts: its state, the health event and the counters tell; the rest works."""

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, family, main, stats,
                        until)


@case("an aborted engine is seen, told to listeners and counted; other engines go on")
def abort():
    before, listener = stats()["engine-aborts"], family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        src, inp = ctx.host(65536)
        dst, out = ctx.host(65536)
        ring = ctx.ring(4, 1)
        other = ctx.ring(6, 1)
        emu(0, "inject", "dma", "abort", 4)
        ctx.write(ring, [entry(src, dst, 65536)])

        def state():
            return {eng["eng-id"]: eng["state"] for eng in ctx.ynl.dump("engine-get", {"dev-index": 0})}
        until("engine 4 is seen aborted", lambda: state()[4] == "aborted")
        note = next(note for note in listener.poll_ntf(120) if note["msg"].get("eng-id") == 4)
        equal(note["msg"]["health"], "degraded", "health in the event")
        check(note["msg"]["cause"], "the event says why")
        equal(stats()["engine-aborts"], before + 1, "aborts")
        equal(devices()[0]["health"], "degraded", "health")
        inp[:4] = b"work"
        ctx.write(other, [entry(src, dst, 65536)])
        ctx.acked(other, 1)
        equal(out[:4], b"work", "data of another engine")
        equal(ctx.do("ring-get", ring_id=ring)["finished"], 0, "finished entries of the aborted ring")
        ctx.do("ring-destroy", ring_id=ring)
    empty()


main()
