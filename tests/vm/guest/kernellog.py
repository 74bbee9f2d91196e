# SPDX-License-Identifier: GPL-2.0
"""The kernel's log, for the runner of cases and for cases themselves."""

import os

MARK = "neuron-case: "
# A line of a case's own, which says what the next complaint will be about.
EXPECTED = MARK + "expects "


class KernelLog:
    """What the kernel logs from here on."""

    def __init__(self):
        """Open the log behind its present end."""
        self.file = os.open("/dev/kmsg", os.O_RDWR | os.O_NONBLOCK)
        os.lseek(self.file, 0, os.SEEK_END)

    def mark(self, text):
        """Write a line into the log, for who reads the whole of it later."""
        os.write(self.file, ("<5>" + MARK + text).encode())

    def expects(self, text):
        """The next call trace in the log is about this, and no complaint."""
        os.write(self.file, ("<5>" + EXPECTED + text).encode())

    def lines(self):
        """Return the lines since the last call."""
        found = []
        while True:
            try:
                record = os.read(self.file, 8192)
            except BlockingIOError:
                return found
            except BrokenPipeError:
                found.append("(lines were lost here)")
                continue
            text = record.decode(errors="replace")
            found.append(text.split(";", 1)[-1].split("\n")[0])
