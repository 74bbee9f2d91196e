# SPDX-License-Identifier: GPL-2.0
"""What the driver's cases share: the kernel's own YNL client, contexts, queues."""

import ctypes
import errno
import mmap
import os
import re
import sys
import traceback

import yaml

# The cases take these from here.
# pylint: disable=unused-import
from tapcase import (BETWEEN, CASES, Failure, Skip, case, check, emu, equal, main, until,
                     vmctl)
# pylint: enable=unused-import

YNL = os.environ.get("NEURON_YNL", "/usr/lib/neuron/ynl/pyynl")
SPEC = os.environ.get("NEURON_SPEC", "/usr/lib/neuron/genl-spec/neuron.yaml")

sys.path.insert(0, YNL)
from lib import NlError, YnlFamily	# noqa: E402  pylint: disable=wrong-import-position,import-error
from lib import ynl as ynl_module	# noqa: E402  pylint: disable=wrong-import-position,import-error

RECORD = 16
CALM_S = 10
COPY_ENGINES = (2, 5, 8, 11)	# engine 2 of each core carries the driver's copies
PHASE = 1 << 31


def scaled(sample, whole):
    """How often something is done: a sample, or (tests/long) the whole."""
    return whole if os.path.exists(os.path.join(os.path.dirname(__file__), "whole")) else sample


def once(load):
    """The spec does not change under a case, and reading it takes a second in a slow guest."""
    known = {}

    def remembered(stream, **how):
        if stream.name not in known:
            known[stream.name] = load(stream, **how)
        return known[stream.name]
    return remembered


yaml.load = once(yaml.load)


def family():
    """A YNL client of its own socket."""
    return YnlFamily(SPEC, schema="")


LOOKER = {}


def looker():
    """This process' client for looking; reading the spec each time is slow."""
    if os.getpid() not in LOOKER:
        LOOKER.clear()
        LOOKER[os.getpid()] = family()
    return LOOKER[os.getpid()]


def reloaded():
    """The module was loaded again: the family has another number now."""
    ynl_module.GenlProtocol.genl_family_name_to_id = {}
    LOOKER.clear()


def refused(want, function, attr=None, text=None, later=False):
    """
    The call must be refused with this errno, a sentence, and the attribute by name; what is seen
    during the work only may be told later, by a job.
    """
    try:
        answer = function()
    except JobFailed as failure:
        if not later:
            raise
        equal((failure.error, (text or "") in failure.job.get("error-text", "")), (want, True),
              f"errno and text of {failure.job}")
        return failure.job
    except NlError as error:
        extack = error.nl_msg.extack or {}
        if error.error != want:
            raise Failure(f"refused with {errno.errorcode.get(error.error)} {extack}, "
                          f"want {errno.errorcode[want]}") from error
        check(extack.get("msg"), f"{errno.errorcode[want]} without a sentence: {extack}")
        named = [str(extack.get(key, "")).lstrip(".") for key in ("bad-attr", "miss-type")]
        if attr is not None:
            check(attr in named, f"attribute {attr} is not named: {extack}")
        if text is not None:
            check(text in extack["msg"], f"'{text}' is not in '{extack['msg']}'")
        return extack
    raise Failure(f"not refused, answered {answer}")


def devices(ynl=None):
    """All cards by index."""
    ynl = ynl or looker()
    return {dev["dev-index"]: dev for dev in ynl.dump("device-get", {})}


def ready(index, ynl=None):
    """Waits until a card is ready and answers it."""
    def look():
        dev = devices(ynl).get(index)
        return dev if dev and dev["state"] == "ready" else None
    return until(f"card {index} ready", look)


def heard(listener, name, **want):
    """The next event of this name with these attributes; others before it are passed over."""
    wanted = {key.replace("_", "-"): value for key, value in want.items()}
    for note in listener.poll_ntf(120):
        if note["name"] == name and wanted.items() <= note["msg"].items():
            return note["msg"]
    raise Failure(f"no {name} {want}")


def stall(engines=COPY_ENGINES, index=0):
    """Lets DMA engines of a card stand still: what they carry stays a job until they resume."""
    for engine in engines:
        emu(index, "inject", "dma", "stall", engine)


def store(path, text):
    """One write to a file of sysfs; Python's own files would repeat one that fails."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def stats(index=0, ynl=None):
    """The driver's counters of a card."""
    return (ynl or looker()).do("stats-get", {"dev-index": index})


def adds(counter, want, function):
    """
    What function does raises a counter of the card by so much. It is done again if that was more:
    the driver looks at a card while it is in use, and for a while after it.
    """
    for _ in range(10):
        before = stats()[counter]
        function()
        grown = stats()[counter] - before
        if grown <= want:
            break
    equal(grown, want, counter)


def meminfo(name, path="/proc/meminfo"):
    """A line of that file, or of a node's, in bytes."""
    with open(path, encoding="ascii") as file:
        return int(re.search(rf"\b{name}: +(\d+) kB", file.read())[1]) << 10


def card_of(index):
    """Number of the emulated card behind a device index, by its place on the bus."""
    names = sorted(dev["bus-name"] for dev in devices().values())
    return names.index(devices()[index]["bus-name"])


class Context:
    """An open /dev/neuronN with everything that it owns."""

    def __init__(self, index=0, flags=os.O_RDWR, ynl=None):
        self.index = index
        self.views = []
        ready(index)
        self.fd = os.open(f"/dev/neuron{index}", flags | os.O_CLOEXEC)
        self.ynl = ynl or family()

    @classmethod
    def of(cls, fd, ynl):
        """One of a file that somebody else has opened, and closes."""
        ctx = cls.__new__(cls)
        ctx.index, ctx.views, ctx.fd, ctx.ynl = None, [], fd, ynl
        return ctx

    def ask(self, operation, **attrs):
        """One request with this context's authority."""
        values = {key.replace("_", "-"): value for key, value in attrs.items()}
        return self.ynl.do(operation, {"ctx-fd": self.fd, **values})

    def start(self, operation, **attrs):
        """Begins what cannot be done at once; answers the number of its job."""
        return self.ask(operation, wait_us=0, **attrs)["job-id"]

    def do(self, operation, **attrs):
        """One request; a job is seen to its end."""
        answer = self.ask(operation, **attrs)
        if answer and answer.get("job-state") == "running" and operation != "job-get":
            return self.finish(answer["job-id"])
        return answer

    def finish(self, job_id):
        """Waits for a job and answers its result; a failed one raises."""
        def look():
            job = self.do("job-get", job_id=job_id, wait_us=20000)
            return job if job["job-state"] != "running" else None
        job = until(f"job {job_id} ended", look)
        self.do("job-free", job_id=job_id)
        if job["job-state"] == "failed":
            raise JobFailed(job)
        job["mem-id"] = job["ring-id"] = job["nq-id"] = job.get("object-id")
        return job

    def fails(self, job_id, *want, text=""):
        """A job must end with one of these errnos, and say why with these words; answers it."""
        try:
            self.finish(job_id)
        except JobFailed as failure:
            check(failure.error in want, f"error of {failure.job}, want {want}")
            check(failure.job.get("error-text"), "the job says why")
            check(text in failure.job["error-text"], f"'{text}' is not in {failure.job}")
            return failure.job
        raise Failure("the job did not fail")

    def map(self, size, offset, prot=mmap.PROT_READ | mmap.PROT_WRITE):
        """A mapping that ends with this object, for it keeps the file open."""
        view = mmap.mmap(self.fd, size, mmap.MAP_SHARED, prot, offset=offset)
        self.views.append(view)
        return view

    def close(self):
        """Unmaps and closes the file; the driver tears down afterwards."""
        for view in self.views:
            view.close()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def host(self, size, **attrs):
        """Host memory; answers (id, mapping)."""
        answer = self.do("mem-alloc", kind="host", size=size, **attrs)
        return answer["mem-id"], self.map(answer["size"], answer["mmap-offset"])

    def device(self, size, channel=0, **attrs):
        """Device memory; answers its id."""
        return self.do("mem-alloc", kind="device", size=size, channel=channel, **attrs)["mem-id"]

    def ring(self, eng=None, queue=None, descriptors=256):
        """An attached ring (any free queue of core 0 if no engine is named)."""
        ring = self.do("ring-create", descriptors=descriptors)["ring-id"]
        if eng is None:
            self.do("ring-attach", ring_id=ring, nc_id=0)
        else:
            self.do("ring-attach", ring_id=ring, eng_id=eng, queue_id=queue)
        return ring

    def write(self, ring, entries, start=True):
        """Writes entries; a list that stops in the middle raises Partial."""
        attrs = {"ring_id": ring, "entry": entries}
        if start:
            attrs["start"] = True
        answer = self.do("ring-write", **attrs)
        if answer.get("error"):
            raise Partial(answer)
        return answer

    def acked(self, ring, count):
        """Hands back count entries, waiting until the hardware has finished them."""
        def look():
            nonlocal count
            if count:
                count -= self.do("ring-ack", ring_id=ring, count=count, wait_us=20000).get("count", 0)
            return count == 0
        until(f"{count} entries finished", look)

    def copies(self):
        """Bytes move by a ring of their own, which stays."""
        src, inp = self.host(65536)
        dst, out = self.host(65536)
        inp[:] = os.urandom(65536)
        ring = self.ring(1, 2)
        self.write(ring, [entry(src, dst, 65536)])
        self.acked(ring, 1)
        equal(out[:], inp[:], "what was copied")

    def event(self, nc, event_id):
        """Value of an event register, whether it came at once or from a job."""
        value = self.do("event-get", nc_id=nc, event_id=event_id)["value"]
        return value[0] if isinstance(value, list) else value

    def queue(self, nc=0, nq_type="event", size=4096, **attrs):
        """A mapped notification queue."""
        answer = self.do("nq-create", nc_id=nc, nq_type=nq_type, size=size, **attrs)
        view = self.map(answer["size"], answer["mmap-offset"], mmap.PROT_READ)
        return Queue(self, answer["nq-id"], view)


class JobFailed(Exception):
    """A job ended with an error."""

    def __init__(self, job):
        super().__init__(str(job))
        self.job = job
        self.error = -job.get("job-error", 0)


class Partial(Exception):
    """A list was carried out in part."""

    def __init__(self, answer):
        super().__init__(str(answer))
        self.answer = answer
        self.error = -answer["error"]


class Queue:
    """Reads records of a mapped notification queue by their phase bit."""

    def __init__(self, ctx, nq_id, view):
        self.ctx, self.id, self.view = ctx, nq_id, view
        self.head, self.phase = 0, PHASE

    def poll(self):
        """The next record as (type, instance, core, id, value), or None."""
        raw = self.view[self.head:self.head + RECORD]
        value = int.from_bytes(raw[8:12], "little")
        if value & PHASE != self.phase:
            return None
        raw = self.view[self.head:self.head + RECORD]
        self.head += RECORD
        if self.head == len(self.view):
            self.head, self.phase = 0, self.phase ^ PHASE
        return (raw[0], raw[1], int.from_bytes(raw[2:4], "little"),
                int.from_bytes(raw[4:8], "little"), value & ~PHASE)

    def next(self):
        """The next record, waited for."""
        return until("a notification record", self.poll)

    def ack(self):
        """Tells the card how far the queue was read."""
        self.ctx.do("nq-ack", nq_id=self.id, head=self.head)


def entry(src=None, dst=None, length=None, **attrs):
    """One transfer: src and dst are mem ids or (id, offset)."""
    out = {}
    for side, value in (("src", src), ("dst", dst)):
        if value is None:
            continue
        mem, offset = value if isinstance(value, tuple) else (value, 0)
        out[f"{side}-mem"] = mem
        out[f"{side}-offset"] = offset
    if length is not None:
        out["length"] = length
    out.update({key.replace("_", "-"): value for key, value in attrs.items()})
    return out


def event(index, value, core=0):
    """An entry that writes an event register."""
    return entry(imm=value, dst_event=index, dst_core=core, length=4)


def entry_refused(want, ctx, ring, bad, attr=None):
    """A single bad entry must be refused and leave the ring as it was."""
    before = ctx.do("ring-get", ring_id=ring)
    try:
        ctx.write(ring, [bad], start=False)
    except NlError as error:
        extack = error.nl_msg.extack or {}
        equal(errno.errorcode.get(error.error), errno.errorcode[want], f"errno {extack}")
        check(extack.get("msg"), "refused without a sentence")
        if attr:
            check(attr in str(extack.get("bad-attr", "")) or attr in str(extack.get("miss-type", ""))
                  or attr in str(extack), f"attribute {attr} is not named: {extack}")
    except Partial as partial:
        equal(errno.errorcode.get(partial.error), errno.errorcode[want], "errno")
        check(partial.answer.get("error-text"), "refused without a sentence")
        equal(partial.answer.get("error-index"), 0, "error-index")
    else:
        raise Failure(f"entry was not refused: {bad}")
    after = ctx.do("ring-get", ring_id=ring)
    for key in ("written", "started", "free"):
        equal(after[key], before[key], f"ring's {key} after a refusal")


def torn_down(index):
    """Is every context of a card that was closed torn down?"""
    now = stats(index)
    return now["contexts-opened"] - now["contexts-closed"] == devices()[index]["contexts"]


def settled(index=0):
    """Waits until every context of a card that was closed is torn down."""
    until("closed contexts torn down", lambda: torn_down(index))
    return stats(index)


def calm():
    """Waits for what closed files leave behind, on the cards that are there and answer."""
    # Who has not looked yet may do so before the module is there: YNL would not find it later.
    if os.getpid() not in LOOKER:
        return
    try:
        until("all is torn down", lambda: all(map(torn_down, devices())), guard_s=CALM_S)
    except (Failure, NlError, OSError, KeyError):
        # A card that was left in a bad state, or a module that is not there: a case's matter.
        pass


BETWEEN.append(calm)


def empty(index=0):
    """Waits until nothing that a context could own is left on a card."""
    settled(index)

    def look():
        now = stats(index)
        return not any(now[key] for key in ("mems", "rings", "nqs", "jobs", "quarantined"))
    until("everything given back", look)
    dev = devices()[index]
    equal((dev["dram-used"], dev["host-used"]), (0, 0), "memory left in use")


def child(function):
    """Runs function in a forked process; answers (pid, pipe that its text comes through)."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        status = 1
        try:
            function(writer)
            status = 0
        except BaseException:	# pylint: disable=broad-except
            os.write(writer, traceback.format_exc().encode())
        finally:
            os._exit(status)
    os.close(writer)
    return pid, reader


def libc():
    """The C library, with errno."""
    return ctypes.CDLL(None, use_errno=True)
