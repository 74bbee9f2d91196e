#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=600
"""Every operation of the spec: works; what the spec excludes is refused by name; reset, removal, death."""

import contextlib
import errno
import glob
import os
import signal

from kernellog import KernelLog, MARK
from neuroncase import (case, check, child, Context, devices, empty, emu, equal, JobFailed, looker, main,
                        NlError, ready, settled, stats, until)
from opcase import ask, GOOD, needs_context, operations
from wirecase import ACK, attr, command_of, DUMP, NESTED, number_of, Raw, REQUEST, u32

BAD = (-errno.EINVAL, -errno.ERANGE)
# Linux 6.1 has no place for the sentence of who refuses to begin a dump.
MUTE = os.uname().release.startswith("6.1.")
LOG = KernelLog()
SIZES = {"u32": 4, "s32": 4, "u64": 8, "s64": 8}
# One of so many wrong values is tried.
SHARE = 3 if os.path.exists("/sys/kernel/debug/kmemleak") else 1


def constant(value):
    """A number of the spec, or one of its constants."""
    return value if isinstance(value, int) else looker().consts[value]["value"]


def numbers(spec, size):
    """Values that the spec excludes."""
    checks = spec.yaml.get("checks", {})
    signed = spec["type"].startswith("s")
    if "min" in checks:
        yield constant(checks["min"]) - 1
        if signed:
            yield -(1 << 8 * size - 1)
    if "max" in checks:
        yield constant(checks["max"]) + 1
        yield (1 << 8 * size - signed) - 1
    if "enum" in spec.yaml:
        entries = len(looker().consts[spec["enum"]].entries)
        yield 1 << entries if spec.yaml.get("enum-as-flags") else entries
        yield (1 << 8 * size) - 1


def wrong_numbers(spec):
    """(what, payload) of an integer."""
    size = SIZES[spec["type"]]
    for length in (0, 1, size - 1, size + 1, 2 * size, 64):
        if length != size:
            yield f"{length} bytes", bytes(length)
    for value in numbers(spec, size):
        if 0 <= value < 1 << 8 * size or spec["type"].startswith("s"):
            yield f"value {value}", (value & (1 << 8 * size) - 1).to_bytes(size, "little")


def wrong_bytes(spec):
    """(what, payload) of all that is no integer and no nest."""
    kind = spec["type"]
    longest = constant(spec.yaml.get("checks", {}).get("max-len", 0))
    if kind == "flag":
        yield "a flag with a value", u32(1)
    elif kind == "string":
        yield "no end", b"abc"
        if longest:
            yield "too long", b"a" * (longest + 1) + b"\0"
            yield "far too long", b"a" * 4000 + b"\0"
    elif kind == "binary":
        yield "too long", b"b" * (longest + 1)
        yield "far too long", b"b" * 4000


def wrongs(spec, number):
    """(what, whole attribute, where the wrong one is in it)."""
    if spec["type"] == "nest":
        inner = looker().attr_sets[spec["nested-attributes"]]
        yield "a nest without its bit", attr(number, attr(1, u32(0))), 0
        yield "what no nest is", attr(number | NESTED, b"\1\2"), None
        yield "what the nest does not know", attr(number | NESTED, attr(1000, u32(0))), 4
        for name, one in inner.items():
            if one["type"] == "pad":
                continue
            for what, whole, at in wrongs(one, one.value):
                yield f"{name}: {what}", attr(number | NESTED, whole), None if at is None else 4 + at
        return
    for what, payload in wrong_numbers(spec) if spec["type"] in SIZES else wrong_bytes(spec):
        yield what, attr(number, payload), 0


def modes():
    """(operation, set, attributes, flags) of every do and dump."""
    operations()
    for name, op in looker().msgs.items():
        for mode, flags in (("do", REQUEST | ACK), ("dump", REQUEST | DUMP)):
            if mode in op.yaml:
                yield (name, op.yaml["attribute-set"], op.yaml[mode].get("request", {}).get("attributes", []),
                       flags)


def rejected(raw, name, flags, body, what, at):
    """A request with something wrong at a place of its body, which the refusal names."""
    answer = raw.ask(command_of(name), body, flags)
    check(answer.error in BAD, f"{name}: {what}: answered {answer.error}, '{answer.text}'")
    if flags & DUMP == DUMP and MUTE:
        return
    check(answer.text, f"{name}: {what}: refused without a sentence")
    if at is not None:
        equal(answer.offset, 20 + at, f"{name}: {what}: '{answer.text}', attribute named by its place")


@contextlib.contextmanager
def untouched():
    """Nothing that the card would notice happens."""
    keys = ("doorbells", "descriptors", "mems", "rings", "nqs", "jobs", "copies", "resets")
    before = [stats()[key] for key in keys]
    yield
    equal([stats()[key] for key in keys], before, f"{keys}")


def some(things):
    """All of them, but on the debug kernel, which takes minutes for that."""
    return list(things)[::SHARE]


@case("every operation of the spec works, asked for as it should be")
def works():
    for name, hook in operations().items():
        with Context(ynl=looker()) as ctx:
            attrs = GOOD[name](ctx)
            try:
                ask(ctx, name, attrs, hook)
            except (JobFailed, NlError) as error:
                check(False, f"{name} {attrs}: {error}")
        settled()
    empty()


@case("unknown, short and long attributes, and those of other operations, are refused by their place")
def shapes():
    seen = 0
    with Context() as ctx, Raw() as raw, untouched():
        for name, space, known, flags in modes():
            own = "ctx-fd" in known
            fd = attr(number_of(space, "ctx-fd"), u32(ctx.fd)) if own else b""
            at = len(fd)
            for one, spec in some(looker().attr_sets[space].items()):
                if spec["type"] == "pad" or one in known:
                    continue
                rejected(raw, name, flags, fd + attr(spec.value, u32(0)), f"{one} is not its own", at)
                seen += 1
            for number in (0, 500, 0x3FFF):
                rejected(raw, name, flags, fd + attr(number, u32(0)), f"attribute {number}", None)
            for length in (0, 3, 9, 0xFFFF):
                rejected(raw, name, flags, fd + attr(1, u32(0), length), f"length {length}", None)
            rejected(raw, name, flags, fd + b"\4", "a rest", None)
    check(seen > 300 // SHARE, f"only {seen} attributes were tried")
    empty()


def own_attributes(ctx):
    """(operation, flags, what comes before, attribute, its spec) of all that operations take."""
    for name, space, known, flags in modes():
        fd = attr(number_of(space, "ctx-fd"), u32(ctx.fd)) if "ctx-fd" in known else b""
        for one in known:
            yield name, flags, b"" if one == "ctx-fd" else fd, one, looker().attr_sets[space][one]


@case("values that the spec excludes are refused by their place: too small, too large, too long, badly nested")
def values():
    seen = 0
    with Context() as ctx, Raw() as raw, untouched():
        for name, flags, before, one, spec in own_attributes(ctx):
            for what, whole, inner in some(wrongs(spec, spec.value)):
                at = None if inner is None else len(before) + inner
                rejected(raw, name, flags, before + whole, f"{one}: {what}", at)
                seen += 1
    check(seen > 1500 // SHARE, f"only {seen} values were tried")
    empty()


def right(spec):
    """A payload that the spec lets through."""
    kind = spec["type"]
    checks = spec.yaml.get("checks", {})
    if kind in SIZES:
        return (constant(checks.get("min", 0)) & 0xFFFFFFFF).to_bytes(SIZES[kind], "little")
    return {"string": b"a\0", "binary": b"b", "flag": b"", "nest": b""}[kind]


@case("of an attribute that is given twice both are looked at: a wrong one is refused by its place")
def twice():
    seen = 0
    with Context() as ctx, Raw() as raw, untouched():
        for name, flags, before, one, spec in own_attributes(ctx):
            nested = NESTED if spec["type"] == "nest" else 0
            good = attr(spec.value | nested, right(spec))
            for what, whole, inner in some(list(wrongs(spec, spec.value))[:2]):
                for first, second in ((whole, good), (good, whole)):
                    at = None if inner is None else len(before) + inner + \
                        (len(good) if second is whole else 0)
                    rejected(raw, name, flags, before + first + second, f"{one} twice: {what}", at)
                    seen += 1
    check(seen > 700 // SHARE, f"only {seen} were tried")
    empty()


@case("of two files the last one counts, whatever the first one was")
def two_files():
    with Context() as ctx, Context(flags=os.O_RDONLY) as reading, Raw() as raw, untouched():
        for name, hook in operations().items():
            if not needs_context(hook):
                continue
            space = looker().ops[name].yaml["attribute-set"]
            good, closed, read_only = (attr(number_of(space, "ctx-fd"), u32(fd))
                                       for fd in (ctx.fd, 1 << 30, reading.fd))
            wanted = [(good + closed, -errno.EBADF), (read_only + closed, -errno.EBADF)]
            if hook == "neuron-nl-use-pre":
                wanted += [(good + read_only, -errno.EACCES), (closed + read_only, -errno.EACCES)]
            for files, error in wanted:
                answer = raw.ask(command_of(name), files)
                equal((answer.error, answer.offset), (error, 20 + 8), f"{name}: '{answer.text}'")
        files = [attr(number_of("context", "ctx-fd"), u32(fd)) for fd in (1 << 30, ctx.fd)]
        equal(raw.ask(command_of("context-get"), b"".join(files)).error, 0, "by the second file")


@case("what an operation needs is named when it is missing")
def missing():
    needed = {"mem-alloc": ("kind", "size"), "ring-create": ("descriptors",),
              "ring-attach": ("ring-id",), "ring-write": ("ring-id",),
              "nq-create": ("nc-id", "nq-type", "size"), "nq-ack": ("nq-id", "head"),
              "event-get": ("nc-id", "event-id"), "event-set": ("nc-id", "event-id", "value"),
              "semaphore-get": ("nc-id", "semaphore-id"),
              "semaphore-set": ("nc-id", "semaphore-id", "value"),
              "engine-set": ("eng-id", "action"), "engine-get": ("eng-id",), "core-get": ("nc-id",),
              "neighbor-get": ("port",), "core-claim": ("claim",), "core-release": ("claim",),
              "reg-read": ("offset",), "reg-write": ("write",), "counters-get": ("counter",),
              "metric-post": ("metric",), "mem-copy": ("transfer",), "mem-fill": ("transfer",),
              "device-set": ("dram-regions",)}
    one_id = {"mem": "mem-id", "ring": "ring-id", "nq": "nq-id", "job": "job-id"}
    with Context() as ctx, Raw() as raw:
        for name, hook in operations().items():
            op = looker().ops[name]
            space = op.yaml["attribute-set"]
            own = one_id.get(name.split("-", maxsplit=1)[0])
            wanted = needed.get(name, (own,) if own in op.yaml["do"]["request"]["attributes"] else ())
            good = {key: value for key, value in GOOD[name](ctx).items() if needs_context(hook)}
            if needs_context(hook):
                lacks(raw, name, space, b"", "ctx-fd")
                good["ctx-fd"] = ctx.fd
            else:
                lacks(raw, name, space, b"", "dev-index")
                good["dev-index"] = 0
            for key in wanted:
                rest = {one: value for one, value in good.items() if one != key}
                body = ctx.ynl._encode_message(op, rest, [], 1)[20:]
                lacks(raw, name, space, body, key)
        emu(0, "inject", "none")
    empty()


def lacks(raw, name, space, body, key):
    """Refused, and the attribute that is missing is named."""
    answer = raw.ask(command_of(name), body)
    equal(answer.error, -errno.EINVAL, f"{name} without {key}: '{answer.text}'")
    check(answer.text, f"{name} without {key}: no sentence")
    equal(answer.missing, number_of(space, key), f"{name} without {key}: '{answer.text}', missing")


@case("the kernel's log stays silent about all that was wrong so far")
def silence():
    # The runner's own mark may be the last line that was there before.
    ours = [line for line in LOG.lines() if "neuron" in line and MARK not in line]
    equal(ours, [], "lines of the driver")


# What is not refused with EBUSY while the card is being reset.
MEANWHILE = {
    "device-get": 0, "neighbor-get": 0, "stats-get": 0, "context-get": 0, "context-set": 0,
    "mem-free": 0, "mem-get": 0, "engine-get": 0, "ring-destroy": 0, "ring-get": 0, "nq-destroy": 0,
    "nq-get": 0, "job-get": 0, "job-free": 0, "core-get": 0, "core-claim": 0, "core-release": 0,
    "ring-read": 0, "device-set": 0, "ring-detach": errno.ENOTCONN, "job-cancel": errno.EALREADY,
}


def outcome(call):
    """0, or the errno of a refusal or of a job."""
    try:
        call()
    except NlError as error:
        check((error.nl_msg.extack or {}).get("msg"), f"refused without a sentence: {error}")
        return error.error
    except JobFailed as failure:
        return failure.error
    return 0


@case("while the card is being reset, what needs it is refused with EBUSY, and looking and freeing work")
def resetting():
    got = {}
    with contextlib.ExitStack() as stack, Context() as owner:
        asked = prepare(stack)
        emu(0, "inject", "device", "reset-hang")
        job = owner.start("device-reset")
        until("the reset runs", lambda: devices()[0]["state"] == "resetting")
        # The reset has cancelled it, but it has not ended before it has seen that.
        ctx, attrs, _ = asked["job-cancel"]
        until("the job that is to be cancelled has ended", lambda: ctx.do(
            "job-get", job_id=attrs["job-id"])["job-state"] != "running")
        for name, (ctx, attrs, hook) in asked.items():
            values = {"ctx-fd": ctx.fd, **attrs} if needs_context(hook) else attrs
            got[name] = outcome(lambda v=values, n=name: looker().do(n, v))
        emu(0, "inject", "device", "ready")
        owner.finish(job)
    settled()
    want = {name: MEANWHILE.get(name, errno.EBUSY) for name in got}
    differ = {name: (got[name], want[name]) for name in got if got[name] != want[name]}
    equal(differ, {}, "operations with another answer (errno, want)")
    empty()


def prepare(stack):
    """A context of its own for every operation, with what a good request needs."""
    asked = {}
    for name, hook in operations().items():
        ctx = stack.enter_context(Context(ynl=looker()))
        asked[name] = (ctx, GOOD[name](ctx), hook)
    return asked


def rebind(action, bus_name):
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    with open(f"{driver}/{action}", "w", encoding="ascii") as control:
        control.write(bus_name)


@case("once its card was removed every operation is refused with ENODEV, and the files still close")
def removed():
    name_on_bus = devices()[0]["bus-name"]
    with contextlib.ExitStack() as stack:
        asked = prepare(stack)
        rebind("unbind", name_on_bus)
        try:
            for name, (ctx, attrs, hook) in asked.items():
                values = {"ctx-fd": ctx.fd, **attrs} if needs_context(hook) else attrs
                equal(outcome(lambda v=values, n=name: looker().do(n, v)), errno.ENODEV, name)
        finally:
            rebind("bind", name_on_bus)
        ready(0)
        for name, (ctx, attrs, hook) in asked.items():
            if needs_context(hook):
                values = {"ctx-fd": ctx.fd, **attrs}
                equal(outcome(lambda v=values, n=name: looker().do(n, v)), errno.ENODEV, name)
    empty()


@case("a process that is killed in the middle of any operation leaves nothing behind")
def killed():
    for name, hook in operations().items():
        def again(writer, name=name, hook=hook):
            ctx = Context()
            attrs = GOOD[name](ctx)
            values = {"ctx-fd": ctx.fd, **attrs} if needs_context(hook) else attrs
            if "wait-us" in looker().ops[name].yaml["do"]["request"]["attributes"]:
                values["wait-us"] = 20000
            os.write(writer, b"!")
            while True:
                with contextlib.suppress(NlError):
                    ctx.ynl.do(name, values)
        pid, reader = child(again)
        equal(os.read(reader, 4096), b"!", f"the process that does {name}")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        until("the card is ready", lambda: devices()[0]["state"] == "ready")
    emu(0, "inject", "none")
    empty()
    works()


main()
