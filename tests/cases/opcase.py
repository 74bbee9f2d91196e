# SPDX-License-Identifier: GPL-2.0
"""A good request for every operation of the spec, and what it needs before."""

from neuroncase import check, emu, entry, event, JobFailed, looker, NlError, until

PAGE = 4096
STORAGE = 0x78E0C0		# a word of misc RAM that nothing gives a meaning to
REVISION = 0x40604		# of engine 0


def host(ctx, size=PAGE):
    """Host memory that nobody maps."""
    return ctx.do("mem-alloc", kind="host", size=size)["mem-id"]


def detached(ctx):
    """A ring on no queue."""
    return ctx.do("ring-create", descriptors=64)["ring-id"]


def written(ctx):
    """A ring with an entry that is not started."""
    ring = ctx.ring(descriptors=64)
    ctx.write(ring, [event(1, 1)], start=False)
    return ring


def queue(ctx):
    """A notification queue of core 0 or 1 that nobody has yet."""
    for place in range(16):
        try:
            return ctx.do("nq-create", size=PAGE, **queue_place(place))["nq-id"]
        except NlError:
            continue
    raise AssertionError("all queues are taken")


def queue_place(place):
    """One of many different queues."""
    return {"nc_id": place & 1, "nq_type": "trace" if place & 2 else "notify", "nq_eng": place >> 2}


def free_queue(ctx):
    """Attributes of a queue that nobody has, for nq-create."""
    queues = [(one["nc-id"], one["nq-type"], one["nq-eng"]) for one in ctx.ynl.dump("nq-get", {})]
    for place in range(15, -1, -1):
        want = queue_place(place)
        if tuple(want.values()) not in queues:
            return {key.replace("_", "-"): value for key, value in want.items()}
    raise AssertionError("all queues are taken")


def asking_job(ctx, ms):
    """A job that asks the firmware, which takes so long for its answer."""
    def begin():
        # What the driver asks for itself may get the late answer.
        emu(0, "inject", "fwio", "delay", ms, 1)
        return ctx.ask("reg-read", offset=[REVISION], wait_us=0).get("job-id")
    return until("a request became a job", begin)


def ended_job(ctx):
    """A job that has ended and whose result is kept."""
    job = asking_job(ctx, 100)
    until("the job has ended", lambda: ctx.do("job-get", job_id=job)["job-state"] != "running")
    return job


def waiting_job(ctx):
    """A job that waits for one that lasts half a second."""
    first = asking_job(ctx, 500)
    return ctx.start("mem-fill", after_job=first, transfer=[entry(None, host(ctx), 4)])


def aborted_engine(ctx):
    """An engine that has aborted under a ring."""
    ctx.ring(4, 1)
    emu(0, "inject", "dma", "abort", 4)
    look = {"dev-index": 0, "eng-id": 4}
    until("engine 4 is seen aborted", lambda: looker().do("engine-get", look)["state"] == "aborted")
    return 4


def claimed(ctx):
    """A core that the context has."""
    ctx.do("core-claim", claim=[3])
    return [3]


def copy(ctx):
    """Two places of one memory."""
    mem = host(ctx)
    return [entry(mem, (mem, 64), 64)]


CARD = {"dev-index": 0}

# What is asked for, by operation; made in a context of its own.
GOOD = {
    "device-get": lambda ctx: CARD,
    "neighbor-get": lambda ctx: {**CARD, "port": "east"},
    "neighbor-refresh": lambda ctx: {},
    "stats-get": lambda ctx: CARD,
    "context-get": lambda ctx: {},
    "context-set": lambda ctx: {"label": "one of all"},
    "mem-alloc": lambda ctx: {"kind": "device", "size": PAGE},
    "mem-free": lambda ctx: {"mem-id": host(ctx)},
    "mem-get": lambda ctx: {"mem-id": host(ctx)},
    "engine-get": lambda ctx: {**CARD, "eng-id": 1},
    "ring-create": lambda ctx: {"descriptors": 64},
    "ring-destroy": lambda ctx: {"ring-id": ctx.ring()},
    "ring-get": lambda ctx: {"ring-id": ctx.ring()},
    "ring-attach": lambda ctx: {"ring-id": detached(ctx), "nc-id": 0},
    "ring-detach": lambda ctx: {"ring-id": ctx.ring()},
    "ring-write": lambda ctx: {"ring-id": ctx.ring(), "entry": [event(1, 1)]},
    "ring-start": lambda ctx: {"ring-id": written(ctx)},
    "ring-ack": lambda ctx: {"ring-id": ctx.ring()},
    "nq-create": lambda ctx: {"size": PAGE, **free_queue(ctx)},
    "nq-destroy": lambda ctx: {"nq-id": queue(ctx)},
    "nq-get": lambda ctx: {"nq-id": queue(ctx)},
    "nq-ack": lambda ctx: {"nq-id": queue(ctx), "head": 16},
    "event-get": lambda ctx: {"nc-id": 0, "event-id": 255},
    "event-set": lambda ctx: {"nc-id": 0, "event-id": 255, "value": 1},
    "reg-read": lambda ctx: {"offset": [REVISION]},
    "job-get": lambda ctx: {"job-id": ended_job(ctx)},
    "job-free": lambda ctx: {"job-id": ended_job(ctx)},
    "core-get": lambda ctx: {**CARD, "nc-id": 3},
    "core-claim": lambda ctx: {"claim": [2]},
    "core-release": lambda ctx: {"claim": claimed(ctx)},
    "semaphore-get": lambda ctx: {"nc-id": 0, "semaphore-id": 31},
    "semaphore-set": lambda ctx: {"nc-id": 0, "semaphore-id": 31, "value": 7},
    "mem-copy": lambda ctx: {"transfer": copy(ctx)},
    "mem-fill": lambda ctx: {"transfer": [entry(None, host(ctx), PAGE)]},
    "device-reset": lambda ctx: {},
    "engine-set": lambda ctx: {"eng-id": aborted_engine(ctx), "action": "recover"},
    "job-cancel": lambda ctx: {"job-id": waiting_job(ctx)},
    "reg-write": lambda ctx: {"write": [{"offset": STORAGE, "value": 1}]},
    "counters-get": lambda ctx: {"counter": ["power"]},
    "metric-post": lambda ctx: {"metric": b"a few bytes"},
    "ring-read": lambda ctx: {"ring-id": written(ctx)},
    "device-set": lambda ctx: {"dram-regions": 1},
}


def operations():
    """(name, hook of its do) of every operation of the spec that can be asked for."""
    found = {name: op.yaml["do"]["pre"] for name, op in looker().msgs.items() if "do" in op.yaml}
    check(set(found) == set(GOOD), f"without a good request, or none of the spec: {set(found) ^ set(GOOD)}")
    return found


def needs_context(hook):
    """Does an operation with this hook take ctx-fd?"""
    return hook in ("neuron-nl-use-pre", "neuron-nl-own-pre")


def ask(ctx, name, attrs, hook):
    """Sends it; a job is seen to its end."""
    if needs_context(hook):
        return ctx.do(name, **{key.replace("-", "_"): value for key, value in attrs.items()})
    return ctx.ynl.do(name, attrs)


def outcome(ctx, name, values):
    """0 or the errno of a request by this process' socket, or of the job that it became."""
    try:
        answer = looker().do(name, values)
        if answer and answer.get("job-state") == "running" and name != "job-get":
            ctx.finish(answer["job-id"])
    except NlError as error:
        return error.error
    except JobFailed as failure:
        return failure.error
    return 0
