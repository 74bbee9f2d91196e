#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""The firmware answers late, not at all, or wrongly: retry, then a clear error."""

import errno

from neuroncase import (adds, case, check, Context, devices, emu, equal, JobFailed, main, refused,
                        stats, until)

DMA_REVISION = 0x40604		# UDMA revision of engine 0
STATUS = 0x78E01C		# firmware status


def read(ctx, *offsets):
    return ctx.do("reg-read", offset=list(offsets))["value"]


def failing(ctx, want):
    try:
        got = read(ctx, DMA_REVISION)
    except JobFailed as failed:
        equal(errno.errorcode.get(failed.error), errno.errorcode[want], "job's error")
        check(failed.job.get("error-text"), "the job says why")
    except Exception as error:	# pylint: disable=broad-except
        equal(errno.errorcode.get(getattr(error, "error", 0)), errno.errorcode[want], str(error))
    else:
        raise AssertionError(f"read {got}")


@case("registers are read in one request, in the order asked for")
def plain():
    with Context() as ctx:
        def three():
            values = read(ctx, DMA_REVISION, STATUS, DMA_REVISION)
            equal((values[0], values[2], values[1] >> 31), (4, 4, 1), "values")
        adds("fwio-requests", 1, three)
        equal(len(read(ctx, *[DMA_REVISION] * 100)), 100, "values of a full request")


@case("what is not on the allow-list, unaligned or too much is refused before the firmware is asked")
def allow_list():
    with Context() as ctx:
        def wrong():
            refused(errno.EACCES, lambda: read(ctx, 0x78E1F0), attr="offset")
            refused(errno.EACCES, lambda: read(ctx, DMA_REVISION, 0x78E100), attr="offset")
            for bad in (2, 0xFFFFFFFC, 0x1000000):
                refused_any(ctx, bad)
            refused(errno.EINVAL, lambda: ctx.do("reg-read"), attr="offset")
            try:
                read(ctx, *[DMA_REVISION] * 101)
            except Exception as error:	# pylint: disable=broad-except
                check(getattr(error, "error", 0) in (errno.EINVAL, errno.ERANGE, errno.E2BIG),
                      str(error))
            else:
                raise AssertionError("101 registers were read")
        adds("fwio-requests", 0, wrong)


def refused_any(ctx, offset):
    try:
        read(ctx, offset)
    except Exception as error:	# pylint: disable=broad-except
        check(getattr(error, "error", 0) in (errno.EACCES, errno.EINVAL, errno.ERANGE), str(error))
    else:
        raise AssertionError(f"{offset:#x} was read")


@case("a lost answer is asked for again, counted, and comes")
def lost_once():
    with Context() as ctx:
        before = stats()
        emu(0, "inject", "fwio", "drop", 1)
        equal(read(ctx, DMA_REVISION), [4], "value")
        check(stats()["fwio-retries"] > before["fwio-retries"], "retries are counted")


@case("a request that the firmware finds corrupt is sent again")
def bad_crc():
    with Context() as ctx:
        before = stats()
        emu(0, "inject", "fwio", "bad-crc", 1)
        equal(read(ctx, DMA_REVISION), [4], "value")
        check(stats()["fwio-retries"] > before["fwio-retries"], "retries are counted")


@case("an answer with a wrong sequence number is recognised as stale, never taken")
def bad_sequence():
    with Context() as ctx:
        before = stats()
        emu(0, "inject", "fwio", "bad-seq", 1)
        equal(read(ctx, DMA_REVISION), [4], "value")
        check(stats()["fwio-stale"] > before["fwio-stale"], "stale answers are counted")


@case("a late answer does not spoil the next request")
def late():
    with Context() as ctx:
        emu(0, "inject", "fwio", "delay", 1500, 1)
        equal(read(ctx, DMA_REVISION), [4], "value")
        for _ in range(20):
            equal(read(ctx, DMA_REVISION), [4], "value")


@case("an error code and an oversized answer are errors, never values")
def wrong():
    with Context() as ctx:
        before = stats()
        emu(0, "inject", "fwio", "error", 1, 100)
        failing(ctx, errno.EIO)
        emu(0, "inject", "fwio", "none")
        emu(0, "inject", "fwio", "oversize", 100)
        failing(ctx, errno.EIO)
        emu(0, "inject", "fwio", "none")
        check(stats()["fwio-errors"] > before["fwio-errors"], "errors are counted")
        equal(read(ctx, DMA_REVISION), [4], "value afterwards")


@case("a silent firmware is a time-out, tells the listeners, and the card works when it is back")
def silent():
    with Context() as ctx:
        listener = ctx.ynl.__class__("/usr/lib/neuron/genl-spec/neuron.yaml", schema="")
        listener.ntf_subscribe("health")
        before = stats()
        emu(0, "inject", "fwio", "drop", 1000)
        failing(ctx, errno.ETIMEDOUT)
        emu(0, "inject", "fwio", "none")
        check(stats()["fwio-timeouts"] > before["fwio-timeouts"], "time-outs are counted")
        note = next(listener.poll_ntf(120))
        equal((note["name"], note["msg"]["dev-index"]), ("health-ntf", 0), "event")
        check(note["msg"]["cause"], "the event says why")
        equal(read(ctx, DMA_REVISION), [4], "value")
        until("health is ok again", lambda: devices()[0]["health"] == "ok")


main()
