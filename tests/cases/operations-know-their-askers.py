#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=600
"""Every operation of the spec, do and dump, by everyone who might ask: who is refused, how, and who is not."""

import contextlib
import errno
import glob
import os
import shutil
import subprocess
from typing import NamedTuple

from askercase import (become_first_of_pids, become_root_inside, become_tester, Elsewhere, in_child,
                       NEWNET, NEWUSER, unshare)
from cgroupcase import confine, enter
from neuroncase import (case, check, Context, devices, empty, emu, equal, looker, main, ready, settled,
                        stats, until)
from opcase import CARD, ended_job, GOOD, needs_context, operations
from wirecase import ACK, command_of, DUMP, Raw, REQUEST

# Linux 6.1 has no place for the sentence of who refuses to begin a dump.
MUTE = os.uname().release.startswith("6.1.")
OBJECTS = ("mem-id", "ring-id", "nq-id", "job-id")
ASKED = {}


class Want(NamedTuple):
    """A refusal."""

    error: int
    attr: str
    text: str


OTHERS = Want(errno.EPERM, "ctx-fd", "other credentials")
CLOSED = Want(errno.EBADF, "ctx-fd", "not an open file")
FOREIGN = Want(errno.EINVAL, "ctx-fd", "not an open /dev/neuron node")
READING = Want(errno.EACCES, "ctx-fd", "not open for writing")
REMOVED = Want(errno.ENODEV, "ctx-fd", "was removed")
NO_CARD = Want(errno.ENODEV, "dev-index", "no such card")


def asked():
    """(context, attributes of a good request, hook) of every operation, made once for all who are refused."""
    if ASKED:
        return ASKED
    for name, hook in operations().items():
        ctx = Context(ynl=looker())
        ASKED[name] = (ctx, GOOD[name](ctx), hook)
    # Some have begun what would go on under who is refused.
    until("nothing runs", lambda: all(job["job-state"] != "running" for job in looker().dump("job-get", {})))
    return ASKED


def forget():
    """They are not needed any more."""
    for ctx, _, _ in ASKED.values():
        ctx.close()
    ASKED.clear()
    emu(0, "inject", "none")


def dumps(hook):
    """Operations that have a dump, with this hook."""
    found = [name for name, op in looker().msgs.items() if op.yaml.get("dump", {}).get("pre") == hook]
    check(found, f"no dump has {hook}")
    return found


def own_dumps():
    """Those of what a context has."""
    return dumps("neuron-nl-dump-start")


def look_dumps():
    """Those that anyone may ask for."""
    return dumps("neuron-nl-look-dump-start")


def body(name, values):
    """Attributes of a request, in their order."""
    return looker()._encode_message(looker().ops[name], values, [], 1)[20:]


def ask(raw, name, values, flags=REQUEST | ACK):
    """One request byte by byte."""
    return raw.ask(command_of(name), body(name, values), flags)


def refused(raw, name, values, want, flags=REQUEST | ACK):
    """It is refused so, with the attribute named by its place."""
    answer = ask(raw, name, values, flags)
    kind = "dump" if flags & DUMP == DUMP else "do"
    equal(errno.errorcode.get(-answer.error, answer.error), errno.errorcode[want.error],
          f"{name}, {kind}: '{answer.text}'")
    equal(answer.messages, [], f"{name}, {kind}: what came before the refusal")
    if kind == "dump" and MUTE:
        return
    check(want.text in answer.text, f"{name}, {kind}: '{answer.text}', want '{want.text}'")
    before = dict(list(values.items())[:list(values).index(want.attr)])
    equal(answer.offset, 20 + len(body(name, before)), f"{name}, {kind}: place of {want.attr}")


def refused_all(raw, want, fd=None, more=None, hooks=("neuron-nl-use-pre", "neuron-nl-own-pre")):
    """So is every do that takes ctx-fd: the good one, or fd."""
    for name, (ctx, attrs, hook) in asked().items():
        if hook in hooks:
            refused(raw, name, {"ctx-fd": ctx.fd if fd is None else fd, **(more or {}), **attrs}, want)


def refused_dumps(raw, want, fd=None, more=None):
    """And so is every dump that takes it."""
    for name in own_dumps():
        values = {"ctx-fd": asked()[name][0].fd if fd is None else fd, **(more or {})}
        refused(raw, name, values, want, REQUEST | DUMP)


def looks(raw):
    """Who looks needs nothing for it."""
    for name, (_, attrs, hook) in asked().items():
        if not needs_context(hook):
            equal(ask(raw, name, attrs).error, 0, f"{name}")
    for name in look_dumps():
        answer = ask(raw, name, {}, REQUEST | DUMP)
        equal((answer.error, bool(answer.messages)), (0, True), f"dump of {name}: '{answer.text}'")


@contextlib.contextmanager
def untouched():
    """Nothing that the card would notice happens."""
    asked()
    keys = ("doorbells", "descriptors", "mems", "rings", "nqs", "copies", "resets")
    before = [stats()[key] for key in keys]
    yield
    equal([stats()[key] for key in keys], before, f"{keys}")


@case("by a socket that was opened with other credentials every do and dump is refused, and looking is not")
def other_credentials():
    def without_fd(raw):
        for name in own_dumps():
            answer = ask(raw, name, {}, REQUEST | DUMP)
            equal((-answer.error, answer.messages), (errno.EPERM, []), f"dump of {name} without ctx-fd")

    def run(change):
        with Raw() as raw:
            change()
            refused_all(raw, OTHERS)
            refused_dumps(raw, OTHERS)
            without_fd(raw)
            looks(raw)
    with untouched():
        for change in (become_tester, lambda: unshare(NEWUSER)):
            in_child(lambda change=change: run(change))


class Helper(Raw):
    """A program that has a card open and writes its input to its output, which is our socket.

    tee opens what it is told, as its descriptor 3, and goes on when it cannot be written to.
    """

    PATH, FD = "/usr/local/bin/neuron-helper", 3

    def __init__(self):
        super().__init__()
        # pylint: disable=consider-using-with
        self.program = subprocess.Popen([self.PATH, "/dev/neuron0"], stdin=subprocess.PIPE,
                                        stdout=self.sock.fileno(), stderr=subprocess.DEVNULL)

    @classmethod
    @contextlib.contextmanager
    def installed(cls):
        """It is there for everybody, with the rights of root."""
        os.makedirs(os.path.dirname(cls.PATH), exist_ok=True)
        shutil.copy(shutil.which("tee"), cls.PATH)
        os.chmod(cls.PATH, 0o4755)
        try:
            yield
        finally:
            os.unlink(cls.PATH)

    def ask(self, command, message_body=b"", flags=REQUEST | ACK):
        self.program.stdin.write(self.message(command, message_body, flags))
        self.program.stdin.flush()
        return self.answer()

    def receive(self):
        """The kernel goes on with a dump for who reads, and says EINVAL if he sees it going on
        just before the other process has ended it. Nothing is lost by that."""
        try:
            return super().receive()
        except OSError as error:
            equal(errno.errorcode[error.errno], "EINVAL", "error of a reader")
            return super().receive()

    def close(self):
        self.program.stdin.close()
        self.program.wait()
        super().close()


@case("by a set-uid helper that has the card open and writes what a user gives it, into the user's socket")
def confused_deputy():
    def attack():
        become_tester()
        with Helper() as raw:
            refused_all(raw, OTHERS, Helper.FD)
            refused_dumps(raw, OTHERS, Helper.FD)
            looks(raw)
    with untouched(), Helper.installed():
        with Helper() as raw:
            values = {"ctx-fd": Helper.FD}
            equal(ask(raw, "context-get", values).error, 0, "the helper in the hands of root")
            equal(ask(raw, "context-get", values, REQUEST | DUMP).error, 0, "a dump by it")
        settled()
        in_child(attack)


@case("by root of `unshare -Urn` who has no file: not even the node opens")
def namespace_root():
    def run():
        for ctx, _, _ in asked().values():
            os.close(ctx.fd)
        become_root_inside(NEWNET)
        try:
            os.close(os.open("/dev/neuron0", os.O_RDONLY))
            check(False, "the node opens")
        except PermissionError:
            pass
        with Raw() as raw:
            refused_all(raw, CLOSED)
            refused_dumps(raw, CLOSED)
            for name in own_dumps():
                answer = ask(raw, name, {}, REQUEST | DUMP)
                equal((answer.error, answer.messages), (0, []), f"dump of {name}, others' things")
            looks(raw)
    with untouched():
        in_child(run)


@case("with the file of another card than the one that is named")
def other_card():
    name = devices()[0]["bus-name"]
    with Context(1) as other, Raw() as raw, untouched():
        text = "ctx-fd is of another card"
        refused_all(raw, Want(errno.EINVAL, "dev-index", text), other.fd, CARD)
        refused_all(raw, Want(errno.EINVAL, "bus-name", text), other.fd, {"bus-name": name})
        refused_dumps(raw, Want(errno.EINVAL, "dev-index", text), other.fd, CARD)
        refused_dumps(raw, Want(errno.EINVAL, "bus-name", text), other.fd, {"bus-name": name})


@case("with a file by O_PATH, a pipe, a socket, an eventfd, a directory, another device, and with none")
def no_context():
    reader, writer = os.pipe()
    path = os.open("/dev/neuron0", os.O_PATH)
    others = [reader, writer, os.eventfd(0), os.open("/", os.O_RDONLY), os.open("/dev/null", os.O_RDWR)]
    with Raw() as raw, untouched():
        for fd in (path, 1 << 30):
            refused_all(raw, CLOSED, fd)
            refused_dumps(raw, CLOSED, fd)
        for fd in [*others, raw.sock.fileno()]:
            refused_all(raw, FOREIGN, fd)
            refused_dumps(raw, FOREIGN, fd)
    for fd in [path, *others]:
        os.close(fd)


@case("with a file that is open for reading: what is not for looking is refused")
def reading():
    with Context(0, os.O_RDONLY) as ctx, Raw() as raw, untouched():
        refused_all(raw, READING, ctx.fd, hooks=("neuron-nl-use-pre",))
        for name in own_dumps():
            equal(ask(raw, name, {"ctx-fd": ctx.fd}, REQUEST | DUMP).error, 0, f"dump of {name}")


@case("with ids of another context, and to come after jobs of another one")
def other_ids():
    tried = 0
    with Context() as other, Raw() as raw, untouched():
        for name, (_, attrs, _) in asked().items():
            for key in set(OBJECTS) & set(attrs):
                want = Want(errno.ENOENT, key, "no such")
                refused(raw, name, {"ctx-fd": other.fd, **attrs}, want)
                tried += 1
        check(tried >= 16, f"only {tried} operations name an object")
        for name, error, text in (("mem-copy", errno.ENOENT, "no such source"),
                                  ("mem-fill", errno.ENOENT, "no such destination"),
                                  ("core-release", errno.ENOENT, ""), ("core-claim", errno.EBUSY, "")):
            claim = {"claim": [3]} if name == "core-claim" else {}
            answer = ask(raw, name, {"ctx-fd": other.fd, **asked()[name][1], **claim})
            equal(-answer.error, error, f"{name}: '{answer.text}'")
            check(answer.text and text in answer.text, f"{name}: '{answer.text}'")
    job = 0
    with Context() as other, Raw() as raw, untouched():
        while job < 12:
            job = ended_job(other)
        for name, (ctx, attrs, _) in asked().items():
            if "after-job" in looker().ops[name].yaml["do"]["request"]["attributes"]:
                refused(raw, name, {"ctx-fd": ctx.fd, **attrs, "after-job": job},
                        Want(errno.ENOENT, "after-job", "no such job"))


@case("with a file to be told by that is no eventfd")
def other_eventfd():
    with Raw() as raw, untouched():
        for name, (ctx, attrs, _) in asked().items():
            if "job-eventfd" in looker().ops[name].yaml["do"]["request"]["attributes"]:
                for fd, error in ((ctx.fd, errno.EINVAL), (1 << 30, errno.EBADF)):
                    refused(raw, name, {"ctx-fd": ctx.fd, **attrs, "job-eventfd": fd},
                            Want(error, "job-eventfd", "event file"))


def rebind(action, bus_name):
    """Takes the card from the driver, or gives it back."""
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    with open(f"{driver}/{action}", "w", encoding="ascii") as control:
        control.write(bus_name)


def gone(raw, name):
    """The card is away: by its file, and by its number."""
    rebind("unbind", name)
    try:
        refused_all(raw, REMOVED)
        refused_dumps(raw, REMOVED)
        for op, (_, attrs, hook) in asked().items():
            if not needs_context(hook):
                refused(raw, op, attrs, NO_CARD)
        for op in look_dumps() + own_dumps():
            refused(raw, op, CARD, NO_CARD, REQUEST | DUMP)
        for op in look_dumps():
            cards = {reply["dev-index"] for reply in looker().dump(op, {})}
            check(cards and 0 not in cards, f"{op} without the card shows {cards}")
    finally:
        rebind("bind", name)


@case("once the card was removed every do and dump with its file, or that names it, says so")
def removed():
    asked()
    try:
        with Raw() as raw:
            gone(raw, devices()[0]["bus-name"])
            ready(0)
            refused_all(raw, REMOVED)
            refused_dumps(raw, REMOVED)
            looks(raw)
    finally:
        forget()
    empty()


def carried(place, others=None):
    """Every operation works where we go with an open file, but for those that others tells the errno of."""
    got = {}
    with Elsewhere(place) as process, Context() as keeper:
        keeper.do("mem-alloc", kind="host", size=4096)
        for name, hook in operations().items():
            with Context(ynl=looker()) as ctx:
                attrs = GOOD[name](ctx)
                if needs_context(hook):
                    attrs = {"ctx-fd": ctx.fd, **attrs}
                got[name] = process.ask(ctx, name, attrs)
            emu(0, "inject", "none")
            ready(0)
    want = {name: (others or {}).get(name, 0) for name in got}
    differ = {name: (got[name], want[name]) for name in got if got[name] != want[name]}
    equal(differ, {}, "operations with another answer (errno, want)")
    empty()


@case("in another network namespace every operation works by a file that was carried there")
def other_network():
    carried(lambda: unshare(NEWNET))


@case("in another pid namespace it does too")
def other_pids():
    carried(become_first_of_pids)


@case("root of `unshare -Urn` with a file that he was given may do all but what takes rights of the machine")
def namespace_root_with_file():
    alone = ("device-reset", "device-set", "engine-set", "metric-post")
    carried(lambda: become_root_inside(NEWNET),
            {**{name: errno.EBUSY for name in alone}, "reg-write": errno.EPERM})


@case("in a device cgroup without the card looking says that there is none, and the file still works")
def other_cgroup():
    confine("askers", os.stat("/dev/neuron0").st_rdev)
    carried(lambda: enter("askers"),
            {name: errno.ENODEV for name, hook in operations().items() if not needs_context(hook)})

    def dumped():
        enter("askers")
        with Raw() as raw:
            for name in look_dumps():
                refused(raw, name, CARD, NO_CARD, REQUEST | DUMP)
                cards = {reply["dev-index"] for reply in looker().dump(name, {})}
                check(cards and 0 not in cards, f"{name} shows {cards}")
    in_child(dumped)


main()
