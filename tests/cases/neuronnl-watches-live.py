#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=600 kernels="6.1 6.12"
"""neuronnl monitor with its filters and commands, neuronnl top, completion in bash."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

from clicase import obeys
from monitorcase import rebind
from neuroncase import (case, check, Context, devices, empty, entry, equal, main, ready, reloaded,
                        until)

COMPLETION = "/usr/share/bash-completion/completions/neuronnl"
OUT, COMMANDS = "/tmp/watch-out", "/tmp/watch-commands"


class Watch:
    """neuronnl monitor in the background, what it prints in a file."""

    def __init__(self, *words, options=("-j",)):
        for path in (OUT, COMMANDS):
            with open(path, "w", encoding="ascii"):
                pass
        # pylint: disable=consider-using-with
        self.out = open(OUT, "wb")
        self.process = subprocess.Popen(["neuronnl", *options, "monitor", *words], stdout=self.out)

    def lines(self):
        """The whole lines so far."""
        with open(OUT, encoding="utf-8") as out:
            return [line.rstrip("\n") for line in out if line.endswith("\n")]

    def notes(self):
        """The same, of JSON."""
        return [obeys("monitor", json.loads(line)) for line in self.lines()]

    def begun(self):
        """Waits until it has told what exists."""
        until("it has told what exists", lambda: len(self.notes()) >= 2)
        return self

    def end(self, by=signal.SIGINT):
        """Ends it as a user does."""
        self.process.send_signal(by)
        equal(self.process.wait(), 0, "exit status after the signal")
        self.out.close()


def commands():
    """What commands of --exec have written, a line each when it is whole."""
    with open(COMMANDS, encoding="utf-8") as out:
        return [line.rstrip("\n") for line in out if line.endswith("\n")]


def both():
    """Bus names of two cards that are ready."""
    return [ready(index)["bus-name"] for index in sorted(devices())[:2]]


@case("hotplug of one card tells nothing of another, and goes on when the card has gone and come")
def filtered():
    first, second = both()
    watch = Watch("hotplug", "dev", f"pci/{second}").begun()
    for name in (first, second):
        rebind(name)
        until(f"{name} is ready", lambda name=name: any(
            dev["bus-name"] == name and dev["state"] == "ready" for dev in devices().values()))
    until("it saw the card go and come", lambda: [
        note for note in watch.notes() if note["name"] == "device-change-ntf"
        and note["msg"]["state"] == "ready" and not note.get("synthesized")])
    watch.end(signal.SIGTERM)
    names = {note["msg"].get("bus-name", second) for note in watch.notes()}
    equal(names, {second}, "cards that were told of")
    kinds = [note["name"] for note in watch.notes() if not note.get("synthesized")]
    check("device-del-ntf" in kinds and "device-add-ntf" in kinds, str(kinds))


@case("usage tells of a released core and not of a card that is bound")
def usage():
    both()
    watch = Watch("usage", "news")
    # It has joined when it hears; nothing tells that it is about to.
    def heard():
        with Context() as ctx:
            ctx.do("core-claim", claim=[2])
            ctx.do("core-release", claim=[2])
        return watch.notes()
    until("it hears", heard)
    rebind(both()[1])
    both()
    watch.end()
    equal({note["name"] for note in watch.notes()}, {"core-release-ntf"}, "events")
    equal({note["msg"]["nc-id"] for note in watch.notes()}, {2}, "cores")


@case("-t has the date, -ts the time only, in text and in JSON")
def times():
    both()
    time = r"\d\d:\d\d:\d\d\.\d{6}"
    for option, form in (("-t", r"\d{4}-\d\d-\d\dT" + time), ("-ts", time)):
        watch = Watch("hotplug", options=(option,))
        until("lines", lambda watch=watch: len(watch.lines()) >= 3)
        watch.end()
        for line in watch.lines():
            check(re.match(rf"\[{form}\] \S", line), line)
        watch = Watch("hotplug", options=("-j", option)).begun()
        watch.end()
        check(re.fullmatch(form, watch.notes()[0]["timestamp"]), watch.lines()[0])


@case("--exec: one command after the other, in the order of events, with all of the event")
def executes():
    name = both()[1]
    # The first one is slow: those behind it have to wait for it.
    command = (f'[ -s {COMMANDS} ] || sleep 1; printf "%s %s %s %s " "$NEURON_EVENT" '
               f'"$NEURON_BUS_NAME" "$NEURON_STATE" "$NEURON_REASON" >> {COMMANDS}; '
               f'cat >> {COMMANDS}')
    watch = Watch("hotplug", "--exec", command).begun()
    rebind(name)
    ready(1)
    until("the card is ready, as it says", lambda: [
        note for note in watch.notes() if note["msg"].get("bus-name") == name
        and note["msg"].get("state") == "ready" and not note.get("synthesized")])
    until("all commands have run", lambda: len(commands()) == len(watch.notes()))
    for note, line in zip(watch.notes(), commands()):
        words, text = line.split(" {", 1)
        equal(json.loads("{" + text), note, "event on standard input")
        msg = note["msg"]
        equal(words.split(" "), [note["name"], msg.get("bus-name", ""), msg.get("state", ""),
                                 msg.get("reason", "")], "event in the environment")
    children = subprocess.run(["ps", "-o", "stat=", "--ppid", str(watch.process.pid)], check=False,
                              capture_output=True, text=True).stdout.split()
    equal(children, [], "children that are left")
    watch.end()


@case("--exec sees the driver go and come, and a resync says why")
def reload():
    both()
    watch = Watch("hotplug", "--exec", f'echo "$NEURON_EVENT $NEURON_REASON" >> {COMMANDS}').begun()
    subprocess.run(["rmmod", "neuron"], check=True)
    until("the driver has gone", lambda: "resync driver-unloaded" in commands())
    subprocess.run(["modprobe", "neuron"], check=True)
    reloaded()
    both()
    until("the driver has come", lambda: "resync driver-loaded" in commands())
    watch.end()


def top(*words, status=0):
    """Output of a neuronnl top that ends by itself."""
    result = subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)
    equal(result.returncode, status, result.stderr)
    return result.stdout


@case("top as text: a block for each interval, with cards, contexts and their labels")
def blocks():
    names = both()
    with Context() as ctx:
        ctx.do("context-set", label="visible")
        ctx.host(1 << 20)
        blocks_of = top("top", "count", "3", "interval", "100ms").split("\n\n")
    equal(len(blocks_of), 6, "tables: of cards, of contexts, three times")
    for cards, contexts in zip(blocks_of[::2], blocks_of[1::2]):
        check(cards.startswith("neuronnl top "), cards)
        check(all(name in cards for name in names), cards)
        row = next(line for line in contexts.splitlines() if "visible" in line)
        check("1.0M" in row.split(), row)
    only = top("top", "count", "1", "dev", "1")
    check(names[1] in only and names[0] not in only and "visible" not in only, only)


@case("top as JSON: a line for each interval, rates of what the driver counted")
def rates():
    size = 1 << 20
    with Context() as ctx:
        src, _ = ctx.host(size)
        dst = ctx.device(size)
        ring = ctx.ring()
        # pylint: disable=consider-using-with
        process = subprocess.Popen(["neuronnl", "-j", "-t", "top", "interval", "500ms",
                                    "count", "4"], stdout=subprocess.PIPE)
        while process.poll() is None:
            ctx.write(ring, [entry(src, dst, size)])
            ctx.acked(ring, 1)
        lines = [obeys("top", json.loads(line)) for line in process.stdout]
    equal(len(lines), 4, "lines")
    check("rate" not in lines[0]["dev"][0], "rates without anything to compare with")
    equal(lines[0]["interval-ms"], 0, "time before the first line")
    for before, now in zip(lines, lines[1:]):
        old, new = before["dev"][0], now["dev"][0]
        for key in ("bytes", "descriptors", "fwio-requests"):
            want = (new["stats"][key] - old["stats"][key]) * 1000 / now["interval-ms"]
            check(abs(new["rate"][key] - want) <= 0.5 + want * 1e-9,
                  f"{key}: {new['rate'][key]}, {want}")
        check(now["interval-ms"] >= 500 and now["timestamp"] > before["timestamp"], "time")
    check(lines[-1]["dev"][0]["rate"]["bytes"] >= size / 2, str(lines[-1]["dev"][0]["rate"]))
    equal([ctx["rings"] for ctx in lines[0]["ctx"]], [1], "rings of the context")
    empty()


DOWN = b"\x1bOB" * 20


class Terminal:
    """neuronnl on a terminal."""

    def __init__(self, rows, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execvp("neuronnl", ["neuronnl", *words])
        self.seen = b""
        self.resize(rows)

    def resize(self, rows):
        """The terminal gets another size, which its programs are told."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))

    def read(self):
        """Takes in what is on its way; answers all that came since it was last forgotten."""
        while select.select([self.fd], [], [], 0.05)[0]:
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                break
            self.seen += piece
            if not piece:
                break
        return self.seen.decode(errors="replace")

    def has(self, *words):
        """Waits until all words are on the screen."""
        until(f"the screen has {words}", lambda: all(word in self.read() for word in words))

    def key(self, key):
        """Types, and forgets what was on the screen."""
        self.read()
        self.seen = b""
        os.write(self.fd, key)

    def shows_with(self, key, word):
        """Types, forgets nothing, and answers whether the word has come."""
        os.write(self.fd, key)
        return word in self.read()

    def end(self):
        """Its status when it has ended."""
        def ended():
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            return (status,) if pid else None
        status = until("it ends", ended)[0]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


@case("top on a terminal: a screen that scrolls and follows the terminal's size; q ends it")
def screen():
    names = both()
    with Context() as ctx:
        ctx.do("context-set", label="on-a-screen")
        terminal = Terminal(30, "top", "interval", "300ms")
        terminal.has("neuronnl top", "\x1b[", *names, "on-a-screen")
        terminal.key(b" ")
        terminal.resize(4)
        terminal.has("neuronnl top")
        terminal.key(DOWN)
        # What is pressed before the new size is known scrolls nothing.
        until("the end of the screen is seen", lambda: terminal.shows_with(DOWN, "on-a-screen"))
        terminal.key(b"q")
        equal(terminal.end(), 0, "exit status after q")
    terminal = Terminal(30, "top")
    terminal.has("neuronnl top")
    terminal.key(b"\x03")
    equal(terminal.end(), 0, "exit status after ^C")


@case("top on a terminal that nobody knows, and into a pipe that breaks")
def odd_places():
    both()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "no-such-terminal"
        os.execvp("neuronnl", ["neuronnl", "top", "count", "1"])
    text = b""
    try:
        while piece := os.read(fd, 65536):
            text += piece
    except OSError:
        pass
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, text.decode())
    check(text.startswith(b"neuronnl top") and b"\x1b" not in text, text.decode())
    subprocess.run("neuronnl top interval 10ms | head -n 1", shell=True, check=True,
                   stdout=subprocess.DEVNULL)


def completed(line):
    """What bash offers for a line."""
    script = f'source {COMPLETION}; COMP_LINE=$1; COMP_POINT=${{#1}}; COMP_WORDS=(neuronnl); ' \
             '_neuronnl; printf "%s\\n" "${COMPREPLY[@]}"'
    result = subprocess.run(["bash", "-c", script, "bash", line], capture_output=True, text=True,
                            check=True)
    equal(result.stderr, "", "errors of the completion")
    return result.stdout.split()


@case("bash completes objects, commands, keywords, options, cards and files, and runs none of them")
def completion():
    names = both()
    tree = json.loads(top("-j", "help", "tree"))["help"]
    equal(set(completed("neuronnl ")), {one["object"] for one in tree} | {"help"}, "objects")
    for name in {one["object"] for one in tree}:
        offered = set(completed(f"neuronnl {name} "))
        want = {one["command"] for one in tree if one["object"] == name}
        check(want < offered, f"commands of {name}: {offered}")
    equal(completed("neuronnl -j mon"), ["monitor"], "object behind an option")
    equal(completed("neuronnl dev te"), ["test"], "command")
    equal(completed("neuronnl dev test 0 qu"), ["quick"], "keyword")
    check({"-json", "-batch"} <= set(completed("neuronnl -")), "options")
    for line in ("neuronnl dev test ", "neuronnl monitor health dev "):
        offered = completed(line)
        check(all(f"pci/{name}" in offered for name in names), f"cards: {offered}")
    equal(completed(f"neuronnl dev show pci/{names[0][:-1]}"),
          [names[0].rsplit(":", 1)[1]], "the rest of an address, behind the last colon")
    check("/etc/passwd" in completed("neuronnl -b /etc/pass"), "files")
    equal(completed("neuronnl nonsense "), [], "an object that is none")


@case("labels that any program has given are completed, and found by show")
def labels():
    with Context(0) as one, Context(1) as other:
        one.do("context-set", label="trainer")
        for ctx, label in ((one, "weights"), (one, "two words"), (other, "weights"), (other, "when")):
            ctx.do("mem-alloc", kind="host", size=4096, label=label)
        one.do("ring-create", descriptors=64, label="feed")
        equal(completed("neuronnl ctx show name "), ["trainer"], "context")
        equal(set(completed("neuronnl mem show name w")), {"weights", "when"}, "memory")
        equal(completed("neuronnl ring show name "), ["feed"], "ring")
        equal(completed("neuronnl mem alloc name "), [], "a name for something new")
        for words, want in ((("mem", "show", "name", "weights"), [0, 1]),
                            (("mem", "show", "1", "name", "weights"), [1]),
                            (("mem", "show", "name", "two words"), [0]),
                            (("mem", "show", "name", "nothing"), []),
                            (("ring", "show", "name", "feed"), [0]),
                            (("ctx", "show", "name", "trainer"), [0])):
            shown = obeys(words[0], json.loads(top("-j", *words)))[words[0]]
            equal([info["dev-index"] for info in shown], want, " ".join(words))
    equal(json.loads(top("-j", "ctx", "show", "99", status=2)), {"ctx": []}, "of a card that is not there")
    empty()


main()
