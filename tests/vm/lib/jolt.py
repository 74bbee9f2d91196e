# SPDX-License-Identifier: GPL-2.0
"""Stops QEMU or the cards now and then, as a busy machine does: finds cases that lean on time."""

import os
import random
import signal
import threading

STOPS_S = (0.03, 0.1, 0.3, 0.8)
RUNS_S = (0.02, 0.1, 0.4)


class Jolt:
    """A thread that stops a process group and lets it go on."""

    def __init__(self, process, seed):
        """Begin with a process that leads its group; one seed, one row of times."""
        self.process = process
        self.times = random.Random(seed)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def signal(self, number):
        """Signal the group; it may have ended."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def run(self):
        """Stop and go on until the end."""
        while not self.over.wait(self.times.choice(RUNS_S)):
            self.signal(signal.SIGSTOP)
            self.over.wait(self.times.choice(STOPS_S))
            self.signal(signal.SIGCONT)

    def end(self):
        """Leave the group running."""
        self.over.set()
        self.thread.join()
