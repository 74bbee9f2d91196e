#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 kernels="6.1 6.12 latest"
"""Batches of the library: many calls, one wait, a sentence each; and without waiting."""

import ctypes
import errno
import os
import select
import threading

from neuroncase import case, check, emu, equal, main, ready, until

LIB = ctypes.CDLL("libneuron.so.0")
for name in ("neuron_last_error", "neuron_batch_error"):
    getattr(LIB, name).restype = ctypes.c_char_p

MIB = 1 << 20
U64 = ctypes.c_uint64


def good(result, handle=None):
    """The result of a call that must not fail."""
    check(result >= 0, f"{result}: {LIB.neuron_last_error(handle) if handle else b''}")
    return result


class Batch:
    """A handle with a context, and a batch of it."""

    def __init__(self):
        ready(0)
        self.handle, self.ctx, self.batch = (ctypes.c_void_p() for _ in range(3))
        good(LIB.neuron_open(ctypes.byref(self.handle)))
        good(LIB.neuron_ctx_open(self.handle, 0, ctypes.byref(self.ctx)), self.handle)
        good(LIB.neuron_batch_new(self.handle, ctypes.byref(self.batch)), self.handle)

    def __enter__(self):
        good(LIB.neuron_batch_begin(self.batch), self.handle)
        return self

    def __exit__(self, *_):
        LIB.neuron_batch_end(self.batch)

    def result(self, number):
        """What a call would have returned."""
        return LIB.neuron_batch_result(self.batch, number)

    def error(self, number):
        """Why a call failed."""
        return LIB.neuron_batch_error(self.batch, number).decode()

    def process(self):
        """One round without waiting."""
        return good(LIB.neuron_process(self.handle), self.handle)

    def close(self):
        """Everything goes."""
        LIB.neuron_batch_free(self.batch)
        LIB.neuron_ctx_close(self.ctx)
        LIB.neuron_close(self.handle)


@case("2000 calls go in sends whose answers fit, and all have been done")
def _():
    with Batch() as many:
        for number in range(2000):
            good(LIB.neuron_semaphore_set(many.ctx, number % 4, 7, 1, 1), many.handle)
    good(LIB.neuron_batch_run(many.batch, 100000), many.handle)
    equal({many.result(number) for number in range(2000)}, {0}, "results")
    value = ctypes.c_int32()
    good(LIB.neuron_semaphore_get(many.ctx, 3, 7, 10000, ctypes.byref(value)), many.handle)
    equal(value.value, 500, "semaphore")
    for core in range(4):
        LIB.neuron_semaphore_set(many.ctx, core, 7, 0, 0)
    many.close()


@case("100 allocations become jobs, and come with their memory; a refused one stops none")
def _():
    mems = [ctypes.c_void_p() for _ in range(100)]
    with Batch() as many:
        for number, mem in enumerate(mems):
            channel = 99 if number == 50 else number % 2
            good(LIB.neuron_mem_alloc_device(many.ctx, U64(MIB), channel, U64(0), None, 0,
                                             ctypes.byref(mem)), many.handle)
    equal(LIB.neuron_batch_run(many.batch, 100000), many.result(50), "result of the batch")
    check(many.result(50) < 0 and "channel 99" in many.error(50), many.error(50))
    equal(LIB.neuron_last_error(many.handle).decode(), many.error(50), "last error")
    equal({many.result(number) for number in range(100) if number != 50}, {0}, "results")
    check(not mems[50].value, "the refused one made something")
    ids = {LIB.neuron_mem_id(mem) for mem in mems if mem.value}
    equal(len(ids), 99, "memories")
    many.close()


@case("without waiting: the descriptor tells of the end")
def _():
    waiter, mem = Batch(), ctypes.c_void_p()
    good(LIB.neuron_mem_alloc_host(waiter.ctx, U64(MIB), None, 10000, ctypes.byref(mem)),
         waiter.handle)
    event = ctypes.c_uint32()
    emu(0, "inject", "fwio", "delay", 300, 1)
    with waiter:
        good(LIB.neuron_event_get(waiter.ctx, 1, 1, 0, ctypes.byref(event)), waiter.handle)
        good(LIB.neuron_mem_fill(mem, U64(0), U64(MIB), 5, 0), waiter.handle)
    good(LIB.neuron_batch_start(waiter.batch, None, None), waiter.handle)
    fd = LIB.neuron_fd(waiter.handle)
    check(select.select([fd], [], [], 0)[0], "nothing to do at first")
    equal(waiter.process(), 1, "batches left while the firmware thinks")
    equal(waiter.result(0), -errno.EINPROGRESS, "result meanwhile")

    def ended():
        select.select([fd], [], [], 1)
        return not waiter.process()
    until("the batch has ended", ended)
    equal((waiter.result(0), waiter.result(1)), (0, 0), "results")
    waiter.close()


@case("a child is refused its parent's handle, and frees nothing of the parent's")
def _():
    batch = Batch()
    child = os.fork()
    if not child:
        status = LIB.neuron_ctx_set_label(batch.ctx, b"child") != -errno.EPERM
        status |= b"after fork()" not in LIB.neuron_last_error(batch.handle)
        # With a handle of its own it may use the file that it has inherited.
        own, ctx = ctypes.c_void_p(), ctypes.c_void_p()
        status |= LIB.neuron_open(ctypes.byref(own)) != 0
        status |= LIB.neuron_ctx_open_fd(own, LIB.neuron_ctx_fd(batch.ctx),
                                         ctypes.byref(ctx)) != 0
        status |= LIB.neuron_ctx_set_label(ctx, b"child") != 0
        batch.close()
        os._exit(status)
    equal(os.waitpid(child, 0)[1], 0, "status of the child")
    good(LIB.neuron_ctx_set_label(batch.ctx, b"parent"), batch.handle)
    batch.close()


@case("threads with a handle each share a context")
def _():
    batch, failed = Batch(), []

    def work():
        own, ctx, many = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        try:
            good(LIB.neuron_open(ctypes.byref(own)))
            good(LIB.neuron_ctx_open_fd(own, LIB.neuron_ctx_fd(batch.ctx), ctypes.byref(ctx)), own)
            good(LIB.neuron_batch_new(own, ctypes.byref(many)), own)
            good(LIB.neuron_batch_begin(many), own)
            for _ in range(200):
                good(LIB.neuron_semaphore_set(ctx, 1, 8, 1, 1), own)
            good(LIB.neuron_batch_run(many, 100000), own)
        except Exception as error:	# pylint: disable=broad-except
            failed.append(error)
        LIB.neuron_batch_free(many)
        LIB.neuron_ctx_close(ctx)
        LIB.neuron_close(own)
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    equal(failed, [], "failures")
    value = ctypes.c_int32()
    good(LIB.neuron_semaphore_get(batch.ctx, 1, 8, 10000, ctypes.byref(value)), batch.handle)
    equal(value.value, 800, "semaphore")
    LIB.neuron_semaphore_set(batch.ctx, 1, 8, 0, 0)
    batch.close()


if __name__ == "__main__":
    main()
