# SPDX-License-Identifier: GPL-2.0
"""Other modules of this kernel, those of tests/age and tests/foreign, and what it says of modules."""

import glob
import os
import subprocess

PLACES = "/usr/lib/neuron/{}/*/{}.ko"


def module_file(folder, name):
    """The file of a module that stands in tests/FOLDER."""
    for path in glob.glob(PLACES.format(folder, name)):
        magic = subprocess.run(["modinfo", "-F", "vermagic", path], capture_output=True, text=True,
                               check=True).stdout
        if magic.split()[0] == os.uname().release:
            return path
    raise FileNotFoundError(f"no {name}.ko for this kernel: make modules builds it")


class KernelLog:
    """The kernel's log from here on."""

    def __init__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDWR | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def lines(self):
        """The lines since the last look."""
        found = []
        while True:
            try:
                text = os.read(self.fd, 8192).decode(errors="replace")
            except BlockingIOError:
                return found
            found.append(text.split(";", 1)[1].split("\n")[0])

    def expects(self, text):
        """The next call trace in the log is about this, and no complaint."""
        os.write(self.fd, b"<5>neuron-case: expects " + text.encode())
