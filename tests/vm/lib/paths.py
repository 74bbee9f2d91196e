# SPDX-License-Identifier: GPL-2.0
"""Where things lie, and the exit statuses of the bed's own failures."""

import glob
import os
import sys

VM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(os.path.dirname(VM))
BUILD = os.environ.get("NEURON_BUILD_DIR", os.path.join(TOP, "build"))
CACHE = os.path.join(BUILD, "vm")

# Statuses below 120 are the command's own.
BED_FAILED = 120
TIMED_OUT = 121
GUEST_DIED = 122
QEMU_DIED = 123
EMULATOR_DIED = 124
NO_NODES = 125


class BedError(Exception):
    """A failure of the bed or under it, with the exit status to report."""

    def __init__(self, status, text):
        """Remember status and text."""
        super().__init__(text)
        self.status = status


def say(text):
    """Print a line about the bed itself."""
    print("%s: %s" % (os.path.basename(sys.argv[0]), text), file=sys.stderr,
          flush=True)


def kernel_dir(kernel):
    """Return the directory of a guest kernel."""
    return os.path.join(CACHE, "kernels", kernel)


def kernel_release(kernel):
    """Return the release of a guest kernel, as uname -r says."""
    path = os.path.join(kernel_dir(kernel), "release")
    return open(path, encoding="ascii").read().strip()


def kernel_bzimage(kernel):
    """Return the kernel as boot loaders, and kexec, take it."""
    folder = kernel_dir(kernel)
    packed = glob.glob(os.path.join(folder, "root", "**", "vmlinuz*"),
                       recursive=True)
    return packed[0] if packed else os.path.join(folder, "image")


def tool(name):
    """Return the start of a command line for a fetched tool."""
    tools = os.path.join(CACHE, "tools", "usr")
    return [os.path.join(tools, "lib64/ld-linux-x86-64.so.2"),
            "--library-path", os.path.join(tools, "lib/x86_64-linux-gnu"),
            os.path.join(tools, name)]
