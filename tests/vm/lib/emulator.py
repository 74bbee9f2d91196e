# SPDX-License-Identifier: GPL-2.0
"""The emulated cards of one guest: one neuron-emu process."""

import os
import selectors
import subprocess
import time

import child
from paths import BUILD, BED_FAILED, EMULATOR_DIED, BedError

PROGRAM = os.path.join(BUILD, "emulator", "neuron-emu")
READY_S = 60
CTL_S = 60


class Emulator:
    """neuron-emu with its sockets in a directory."""

    def __init__(self, folder, options, log):
        """Start it for options.devices cards and options.hotplug spares."""
        if not os.access(PROGRAM, os.X_OK):
            raise BedError(BED_FAILED, "%s is missing: make emulator"
                           % PROGRAM)
        self.folder = folder
        self.killed = False
        argv = [PROGRAM, "--devices", str(options.devices),
                "--spare", str(options.hotplug),
                "--topology", options.topology, "--socket-dir", folder,
                "--log", log] + options.emu_args
        with open(log + ".err", "wb") as err:
            self.process = child.start(argv, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=err)
        self.wait_ready(log)

    def wait_ready(self, log):
        """Wait for the line that says that the sockets listen."""
        selector = selectors.DefaultSelector()
        selector.register(self.process.stdout, selectors.EVENT_READ)
        end, seen = time.monotonic() + READY_S, b""
        while b"ready\n" not in seen:
            if not selector.select(max(0, end - time.monotonic())):
                raise BedError(EMULATOR_DIED, "the emulator did not get ready"
                               " within %d s, its log: %s" % (READY_S, log))
            chunk = os.read(self.process.stdout.fileno(), 4096)
            if not chunk:
                text = open(log + ".err", errors="replace",
                            encoding="utf-8").read()
                raise BedError(EMULATOR_DIED,
                               "the emulator ended at start:\n" + text)
            seen += chunk

    def socket(self, card):
        """Return the path of a card's socket."""
        return os.path.join(self.folder, "card%d.sock" % card)

    def control(self, card, words):
        """Run a control command; returns (status, what it printed)."""
        argv = [PROGRAM, "ctl", os.path.join(self.folder, "ctl.sock"), card]
        run = subprocess.run(argv + words, capture_output=True, check=False,
                             timeout=CTL_S, stdin=subprocess.DEVNULL)
        return run.returncode, run.stdout + run.stderr

    def memory(self):
        """Return resident KiB: its own, and what it shares with guests."""
        sizes = {}
        with open("/proc/%d/status" % self.process.pid,
                  encoding="ascii") as file:
            for line in file:
                name, _, text = line.partition(":")
                if name.startswith("Rss"):
                    sizes[name] = int(text.split()[0])
        return {"own-kib": sizes["RssAnon"] + sizes["RssFile"],
                "shared-kib": sizes["RssShmem"]}

    def kill(self):
        """Let it die suddenly; from now on that is no error."""
        self.killed = True
        child.stop(self.process, gently_s=0)

    def is_dead(self):
        """Return True if it died without being told to."""
        return not self.killed and self.process.poll() is not None

    def stop(self):
        """End it. Returns its exit status, None if that means nothing."""
        if self.killed:
            return None
        return child.stop(self.process)
