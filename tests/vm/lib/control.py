# SPDX-License-Identifier: GPL-2.0
"""Serves the guest's vmctl: hot-plug and the emulator's control socket."""

import json
import os
import select
import subprocess
import threading

from machine import card_device
from paths import say
from qmp import about, called, QmpError

PRESS_S = 1
PRESSES = 300


class Control(threading.Thread):
    """One request at a time from the guest's port, until it closes."""

    def __init__(self, sock, qmp, emulator, options):
        """Serve sock, with the monitor and the emulator of this guest."""
        super().__init__(daemon=True)
        self.sock = sock
        self.qmp = qmp
        self.emulator = emulator
        self.options = options
        self.later = None
        self.seen = []

    def run(self):
        """Read a count and as many words, answer with status and text."""
        lines = self.sock.makefile("r", encoding="utf-8", newline="\n")
        while True:
            try:
                first = lines.readline()
                if not first:
                    return
                words = [lines.readline().rstrip("\n")
                         for _ in range(int(first))]
                status, text = self.answer(words)
                self.sock.sendall(b"%d %d\n" % (status, len(text)) + text)
                self.do_later()
            except (OSError, ValueError):
                return

    def do_later(self):
        """Do what could only begin when the guest had its answer."""
        later, self.later = self.later, None
        try:
            if later:
                later()
        except (QmpError, ValueError, subprocess.TimeoutExpired) as error:
            say("vmctl: %s" % error)

    def answer(self, words):
        """Do what the words say; returns (status, bytes to print)."""
        verbs = {
            "plug": self.plug, "unplug": self.unplug, "gone": self.gone,
            "plug-device": self.plug_device,
            "unplug-device": self.unplug_device,
            "emu": self.emu, "kill-emu": self.kill_emu, "qmp": self.raw,
            "emu-memory": self.emu_memory, "trace": self.trace,
            "wake": self.wake, "reboot": self.reboot,
            "seen": self.seen_cards,
        }
        try:
            return verbs[words[0]](*words[1:])
        except KeyError:
            return 2, b"vmctl: unknown request %s\n" % words[0].encode()
        except (TypeError, IndexError) as error:
            return 2, b"vmctl: wrong arguments: %s\n" % str(error).encode()
        except (QmpError, ValueError, OSError,
                subprocess.TimeoutExpired) as error:
            return 1, b"vmctl: %s\n" % str(error).encode()

    def number(self, word, limit, what):
        """Return a number of a slot or card."""
        if not word.isdigit() or int(word) >= limit:
            raise ValueError("there are %d %s, not number %s"
                             % (limit, what, word))
        return int(word)

    def add(self, name, card, port):
        """Plug a card into a root port."""
        self.qmp.execute("device_add", card_device(
            name, self.emulator.socket(card), port))
        self.qmp.forget(about(name))
        return 0, b""

    def plug(self, slot):
        """Plug the spare card of a slot."""
        slot = self.number(slot, self.options.hotplug, "slots")
        return self.add("spare%d" % slot, self.options.devices + slot,
                        "slot%d" % slot)

    def unplug(self, slot):
        """Unplug the spare card of a slot, wait until it is gone."""
        slot = self.number(slot, self.options.hotplug, "slots")
        self.qmp.unplug("spare%d" % slot)
        return 0, b""

    def gone(self, slot):
        """Wait until the spare card is gone of a slot that the guest powers off."""
        slot = self.number(slot, self.options.hotplug, "slots")
        self.qmp.wait_gone("spare%d" % slot)
        return 0, b""

    def plug_device(self, card):
        """Plug a card of the boot again where it was."""
        card = self.number(card, self.options.devices, "cards")
        return self.add("card%d" % card, card, "rp%d" % card)

    def unplug_device(self, card):
        """Unplug a card that was there at boot."""
        card = self.number(card, self.options.devices, "cards")
        self.qmp.unplug("card%d" % card)
        return 0, b""

    def wake(self):
        """Press the power button until the guest asks for something again."""
        self.later = self.press
        return 0, b""

    def press(self):
        """The second half of wake(): one that comes too early is no harm."""
        for _ in range(PRESSES):
            if select.select([self.sock], [], [], PRESS_S)[0]:
                return
            self.qmp.execute("system_powerdown")

    def reboot(self):
        """The guest's next end is none: it boots again.

        Between the two cards are as the old kernel left them: that is kept.
        """
        self.qmp.forget(called("SHUTDOWN"))
        self.qmp.execute("set-action", {"shutdown": "pause"})
        self.later = self.boot_again
        return 0, b""

    def boot_again(self):
        """The second half of reboot()."""
        self.qmp.take(called("SHUTDOWN"), timeout_s=300)
        for card in range(self.options.devices):
            status, text = self.emulator.control(str(card), ["show"])
            self.seen.append(json.loads(text) if status == 0 else None)
        self.qmp.begin_again()

    def seen_cards(self):
        """Tell what cards were when the guest had ended, before it booted again.

        The next end is one again.
        """
        self.qmp.execute("set-action", {"reboot": "shutdown"})
        return 0, json.dumps(self.seen).encode() + b"\n"

    def emu(self, card, *words):
        """Pass a command to the emulator's control socket."""
        if self.emulator is None:
            return 1, b"vmctl: this guest has no emulated card\n"
        return self.emulator.control(card, list(words))

    def kill_emu(self):
        """Kill the emulator."""
        if self.emulator is None:
            return 1, b"vmctl: this guest has no emulated card\n"
        self.emulator.kill()
        return 0, b""

    def emu_memory(self):
        """Tell what the emulator's process keeps in memory."""
        if self.emulator is None:
            return 1, b"vmctl: this guest has no emulated card\n"
        return 0, json.dumps(self.emulator.memory()).encode() + b"\n"

    def trace(self, card, kinds=None):
        """Begin a trace of these kinds, or end it and pass its lines on."""
        if self.emulator is None:
            return 1, b"vmctl: this guest has no emulated card\n"
        path = os.path.join(self.emulator.folder, "trace.jsonl")
        if kinds:
            return self.emulator.control(card, ["trace", "start", kinds, path])
        status, text = self.emulator.control(card, ["trace", "stop"])
        if status:
            return status, text
        with open(path, "rb") as file:
            return 0, file.read()

    def raw(self, command, arguments="{}"):
        """Run any monitor command."""
        answer = self.qmp.execute(command, json.loads(arguments))
        return 0, json.dumps(answer).encode() + b"\n"
