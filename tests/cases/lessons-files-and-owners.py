#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=300
"""Files, owners and cards that come and go: whoever opens, forks, dies, unbinds or only looks."""

import errno
import glob
import mmap
import os
import signal
import stat
import subprocess

from neuroncase import (case, card_of, check, child, Context, devices, empty, emu, entry, equal, event,
                        family, JobFailed, libc, looker, main, NlError, ready, refused, until)
from wirecase import command_of, Raw

PAGE = 4096
RW = mmap.PROT_READ | mmap.PROT_WRITE
PARAMETERS = "/sys/module/neuron/parameters"


def rebind(bus_name, *actions):
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    for action in actions or ("unbind", "bind"):
        with open(f"{driver}/{action}", "w", encoding="ascii") as control:
            control.write(bus_name)


def open_fails(path, *want):
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        check(error.errno in want, f"open: {error}")
        return
    check(False, f"{path} could be opened")


@case("a node belongs to root alone, has a device to belong to, and takes neither read nor write")
def node():
    ready(0)
    about = os.stat("/dev/neuron0")
    equal((about.st_uid, about.st_gid, stat.S_IMODE(about.st_mode)), (0, 0, 0o600), "owner and mode")
    place = os.path.realpath("/sys/class/neuron/neuron0/device")
    equal(os.path.basename(place), devices()[0]["bus-name"], "the node's device")
    with Context() as ctx:
        for call in (lambda: os.read(ctx.fd, 16), lambda: os.write(ctx.fd, b"data")):
            try:
                call()
            except OSError as error:
                equal(error.errno, errno.EINVAL, "read and write")
            else:
                check(False, "the node can be read or written")
        equal(libc().ioctl(ctx.fd, 1, 0), -1, "an ioctl")


@case("with a file open for reading only nothing can be changed, by no operation")
def read_only():
    ynl = family()
    with Context(0, os.O_RDONLY) as ctx:
        seen = 0
        for name, operation in ynl.msgs.items():
            how = operation.yaml.get("do", {})
            if how.get("pre") != "neuron-nl-use-pre":
                continue
            refused(errno.EACCES, lambda: ctx.do(name), attr="ctx-fd", text="writing")
            seen += 1
        check(seen > 20, f"only {seen} operations use something")
        equal(ctx.do("context-get")["ids"], 0, "ids")


@case("mappings of another size or offset, private ones, and writable ones of what is read-only are refused")
def mappings():
    with Context() as ctx, Context(0, os.O_RDONLY) as reader:
        mem = ctx.do("mem-alloc", kind="host", size=4 * PAGE)
        queue = ctx.do("nq-create", nc_id=0, nq_type="event", size=2 * PAGE)
        for offset, size, prot in ((mem["mmap-offset"], 4 * PAGE, RW),
                                   (queue["mmap-offset"], 2 * PAGE, mmap.PROT_READ)):
            wrong = [(ctx.fd, size + PAGE, offset, prot), (ctx.fd, size - PAGE, offset, prot),
                     (ctx.fd, PAGE, offset + PAGE, prot), (ctx.fd, size, offset + PAGE, prot),
                     (ctx.fd, size, 0, prot) if offset else (ctx.fd, size, 1 << 40, prot),
                     (ctx.fd, size, (1 << 44) - PAGE, prot), (reader.fd, size, offset, mmap.PROT_READ)]
            for fd, length, at, how in wrong:
                map_fails(fd, length, at, how)
            map_fails(ctx.fd, size, offset, prot, flags=mmap.MAP_PRIVATE)
        map_fails(ctx.fd, 2 * PAGE, queue["mmap-offset"], RW)
        view = ctx.map(2 * PAGE, queue["mmap-offset"], mmap.PROT_READ)
        equal(protect(view, RW), errno.EACCES, "making a queue's mapping writable")
        equal(ctx.do("mem-get", mem_id=mem["mem-id"])["mappings"], 0, "mappings of the memory")
        equal(ctx.do("nq-get", nq_id=queue["nq-id"])["mappings"], 1, "mappings of the queue")
    empty()


def map_fails(fd, length, offset, prot, flags=mmap.MAP_SHARED):
    try:
        mmap.mmap(fd, length, flags, prot, offset=offset).close()
    except (OSError, ValueError):
        return
    check(False, f"mapped {length:#x} at {offset:#x}, {prot}")


def protect(view, prot):
    """Errno of mprotect() for a mapping that Python holds read-only."""
    want = len(view)
    with open("/proc/self/maps", encoding="ascii") as table:
        ranges = [line.split()[0].split("-") for line in table if "/dev/neuron" in line]
    starts = [int(a, 16) for a, b in ranges if int(b, 16) - int(a, 16) == want]
    import ctypes	# pylint: disable=import-outside-toplevel
    lib = libc()
    lib.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return 0 if lib.mprotect(starts[0], want, prot) == 0 else ctypes.get_errno()


@case("a child that closes its copy of the file takes nothing away; one that outlives its parent keeps it")
def forked():
    with Context() as ctx:
        mem, view = ctx.host(PAGE)
        pid, reader = child(lambda _: os.close(ctx.fd))
        equal(os.waitpid(pid, 0)[1], 0, "the child")
        os.close(reader)
        ctx.do("mem-get", mem_id=mem)
        view[:4] = b"mine"
    empty()
    gate, let_go = os.pipe()
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        parent(gate, let_go, tell)
    os.close(gate)
    os.close(tell)
    equal(os.waitpid(pid, 0)[1], 0, "the parent")
    equal(os.read(told, 16), b"orphan", "what the orphan says")
    equal(looker().dump("context-get", {})[0]["mems"], 1, "memory that the orphan keeps")
    with Context() as other:
        other.do("core-claim", claim=[0])
    os.close(let_go)
    equal(os.read(told, 16), b"", "the orphan has ended")
    empty()
    with Context() as ctx:
        ctx.do("core-claim", claim=[1])


def parent(gate, let_go, tell):
    """Opens the card, has a child that keeps it, and dies."""
    ctx = Context()
    ctx.do("mem-alloc", kind="host", size=PAGE)
    ctx.do("core-claim", claim=[1])
    if os.fork() == 0:
        os.close(let_go)
        os.write(tell, b"orphan")
        os.read(gate, 1)
    os._exit(0)


@case("what a dead owner had is given back though a monitor keeps the node open")
def monitor():
    with Context() as watcher:
        gate, let_go = os.pipe()

        def owner(writer):
            os.close(let_go)
            ctx = Context()
            src = ctx.host(64 * PAGE)[0]
            ctx.device(64 * PAGE)
            ctx.queue(3)
            ctx.do("core-claim", claim=[3])
            ctx.write(ctx.ring(), [entry(src, src, 4), event(7, 1)])
            os.write(writer, b"owns")
            os.read(gate, 1)
        pid, reader = child(owner)
        equal(os.read(reader, 4096), b"owns", "the owner")
        refused(errno.EBUSY, lambda: watcher.do("core-claim", claim=[3]))
        refused(errno.ENOENT, lambda: watcher.do("core-release", claim=[3]))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(let_go)
        os.close(gate)
        empty()
        watcher.do("core-claim", claim=[3])
        watcher.queue(3)


@case("each of the cards' four ids finds the module by itself, no other id does, and it is free")
def found():
    alias = "pci:v00001D0Fd0000{:04X}sv00001D0Fsd00000000bc08sc80i00"
    for number in range(0x7060, 0x706c):
        told = subprocess.run(["modprobe", "--resolve-alias", alias.format(number)], check=False,
                              capture_output=True, text=True).stdout.split()
        equal("neuron" in told, 0x7064 <= number <= 0x7067, f"module of {number:#x}: {told}")
    free = subprocess.run(["modinfo", "-F", "license", "neuron"], check=True, capture_output=True,
                          text=True).stdout
    equal(free, "GPL\n", "licence")


@case("20 times unbound and bound: same index, same name, and files of before close quietly")
def many_binds():
    ready(1)
    name = devices()[1]["bus-name"]
    held = []
    for _ in range(20):
        held.append(Context(1))
        held[-1].do("mem-alloc", kind="host", size=PAGE)
        rebind(name)
        ready(1)
        equal(devices()[1]["bus-name"], name, "name of card 1")
    for ctx in held:
        refused(errno.ENODEV, lambda ctx=ctx: ctx.do("mem-alloc", kind="host", size=PAGE))
        ctx.close()
    with Context(1) as ctx:
        ctx.host(PAGE)
    empty(1)


@case("the node of a card that was unbound, and one of a card that never was, open nothing")
def no_card():
    ready(1)
    name = devices()[1]["bus-name"]
    about = os.stat("/dev/neuron1").st_rdev
    copy, never = "/tmp/neuron-copy", "/tmp/neuron-never"
    os.mknod(copy, stat.S_IFCHR | 0o600, about)
    os.mknod(never, stat.S_IFCHR | 0o600, os.makedev(os.major(about), os.minor(about) + 100))
    try:
        os.close(os.open(copy, os.O_RDWR))
        open_fails(never, errno.ENXIO, errno.ENODEV)
        rebind(name, "unbind")
        open_fails(copy, errno.ENXIO, errno.ENODEV)
        until("the node is gone", lambda: not os.path.exists("/dev/neuron1"))
        refused(errno.ENODEV, lambda: looker().do("device-get", {"dev-index": 1}), attr="dev-index")
    finally:
        rebind(name, "bind")
        os.unlink(copy)
        os.unlink(never)
    ready(1)


@case("requests leave the command word of the card's configuration as it was")
def command_word():
    names = [devices()[index]["bus-name"] for index in (0, 1)]

    def words():
        out = []
        for name in names:
            with open(f"/sys/bus/pci/devices/{name}/config", "rb") as config:
                out.append(config.read(6)[4:6])
        return out
    before = words()
    looker().dump("device-get", {})
    looker().do("device-get", {"dev-index": 0})
    with Context() as ctx:
        mem = ctx.host(PAGE)[0]
        ctx.write(ctx.ring(), [entry(mem, mem, 4)])
        ctx.do("neighbor-refresh")
        ctx.event(0, 0)
        equal(words(), before, "command words")
        check(before[0][0] & 6 == 6, "memory and bus mastering are on")
    equal(words(), before, "command words")


@case("a card whose firmware is silent holds up nobody who uses or looks at another")
def silent_neighbor():
    ready(0)
    with Context(1) as sick, Context(0) as well:
        emu(card_of(1), "inject", "fwio", "drop", 1000)
        try:
            jobs = [sick.start("neighbor-refresh") for _ in range(4)]
            check(len(looker().dump("device-get", {})) >= 2, "all cards are told")
            mem = well.host(PAGE)[0]
            ring = well.ring()
            well.write(ring, [entry(mem, mem, 4)])
            well.acked(ring, 1)
            well.do("neighbor-refresh")
            well.do("reg-read", offset=[0x40604])
            sick.host(PAGE)
            states = [sick.do("job-get", job_id=job, wait_us=0)["job-state"] for job in jobs]
            equal(states[-1], "running", "the last request to the silent card")
        finally:
            emu(card_of(1), "inject", "fwio", "none")
        for job in jobs:
            try:
                sick.finish(job)
            except JobFailed as failed:
                equal(failed.error, errno.ETIMEDOUT, "a request that nobody answered")
        sick.do("reg-read", offset=[0x40604])
    until("health is ok", lambda: devices()[1]["health"] == "ok")
    empty(1)


@case("a process of another pid namespace is shown as 0, one of the own by its number")
def pids():
    with Context() as ctx:
        equal(ctx.do("context-get")["pid"], os.getpid(), "pid")

        def look(writer):
            if libc().unshare(0x20000000):
                raise OSError("unshare")
            pid = os.fork()
            if pid == 0:
                told = [one["pid"] for one in family().dump("context-get", {})]
                os.write(writer, repr(told).encode())
                os._exit(0)
            os.waitpid(pid, 0)
        pid, reader = child(look)
        equal(os.read(reader, 4096), b"[0]", "pids as seen from another namespace")
        os.close(reader)
        os.waitpid(pid, 0)


@case("a send from memory that is not there holds nothing that the next one needs")
def bad_buffer():
    import ctypes	# pylint: disable=import-outside-toplevel
    with Raw() as raw:
        lib = libc()
        lib.send.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for length in (20, 4096, 65536):
            equal(lib.send(raw.sock.fileno(), 8, length, 0), -1, "send from nowhere")
            equal(ctypes.get_errno(), errno.EFAULT, "errno")
        for cut in (b"\x10", b"\0" * 15):
            raw.sock.send(cut)
        equal(raw.ask(command_of("device-get")).error, -errno.EINVAL, "the next request")
    check(len(looker().dump("device-get", {})) >= 2, "all cards are told")
    with Context() as ctx:
        ctx.host(PAGE)


@case("parameters of the module take no nonsense, and no stranger's")
def parameters():
    names = sorted(os.listdir(PARAMETERS))
    check(len(names) > 10, f"parameters: {names}")
    for name in names:
        path = f"{PARAMETERS}/{name}"
        mode = stat.S_IMODE(os.stat(path).st_mode)
        check(mode & 0o022 == 0, f"{name} is {mode:o}")
        if not mode & 0o200:
            continue
        with open(path, encoding="ascii") as file:
            before = file.read()
        nonsense = ("-1", "x") if before[0] in "YN" else ("-1", "1e3", "x", str(1 << 64), "4" * 40)
        for value in nonsense:
            try:
                with open(path, "w", encoding="ascii") as file:
                    file.write(value)
            except OSError as error:
                check(error.errno in (errno.EINVAL, errno.ERANGE), f"{name}={value}: {error}")
            else:
                check(False, f"{name} took {value}")
        with open(path, encoding="ascii") as file:
            equal(file.read(), before, name)
    edges()


def edges():
    """The smallest and largest that parameters take break nothing."""
    for name, values in (("copy_queues", (0, 1, 4294967295)),
                         ("quarantine_limit", (0, 4294967295))):
        path = f"{PARAMETERS}/{name}"
        with open(path, encoding="ascii") as file:
            before = file.read()
        for value in values:
            try:
                with open(path, "w", encoding="ascii") as file:
                    file.write(str(value))
            except OSError as error:
                check(error.errno in (errno.EINVAL, errno.ERANGE), f"{name}={value}: {error}")
            copies()
        with open(path, "w", encoding="ascii") as file:
            file.write(before)
    copies()


def copies():
    with Context() as ctx:
        src, view = ctx.host(1 << 20)
        dst, out = ctx.host(1 << 20)
        view[:] = os.urandom(1 << 20)
        try:
            ctx.do("mem-copy", transfer=[entry(src, dst, 1 << 20)])
        except NlError as error:
            check(False, f"a copy failed: {error}")
        check(out[:] == view[:], "data")


main()
