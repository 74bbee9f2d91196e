# SPDX-License-Identifier: GPL-2.0
"""Does KVM run a guest here? Tried by booting the kernel in question.

Less is not enough: a host may run simple code under KVM and then fail to
emulate one instruction in the middle of a kernel's start.
"""

import os
import subprocess
import tempfile
import time

import child
from paths import CACHE, BedError, BED_FAILED, kernel_dir, say

# A KVM that needs longer than this is no gain over emulation.
TRY_S = 10
BROKEN = b"KVM internal error"
REACHED = b"bed-probe: reached"


def try_kvm(kernel):
    """Return True if the kernel reached its first process under KVM."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    folder = kernel_dir(kernel)
    argv = [os.path.join(CACHE, "qemu/run"), "-M", "q35", "-accel", "kvm",
            "-cpu", "host", "-smp", "2", "-m", "512", "-nodefaults",
            "-display", "none", "-no-reboot", "-serial", "stdio",
            "-kernel", os.path.join(folder, "image"),
            "-initrd", os.path.join(folder, "initramfs"),
            "-append", "quiet console=ttyS0 panic=-1 bed-probe"]
    with tempfile.TemporaryFile() as log:
        qemu = child.start(argv, stdin=subprocess.DEVNULL, stdout=log,
                           stderr=log)
        end = time.monotonic() + TRY_S
        while qemu.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
            if BROKEN in content(log):
                break
        child.stop(qemu, gently_s=0)
        return REACHED in content(log)


def content(file):
    """Return all of an open file."""
    file.seek(0)
    return file.read()


def cache_path(kernel):
    """Return the file that keeps the answer for a kernel."""
    return os.path.join(CACHE, "kvm-%s-%d" % (kernel, os.getuid()))


def recall(kernel):
    """Return the kept answer of this boot, or None."""
    try:
        text = open(cache_path(kernel), encoding="ascii").read()
    except FileNotFoundError:
        return None
    known, _, answer = text.rpartition(" ")
    return answer if known == cache_key() else None


def cache_key():
    """Return what the answer depends on: this boot, and our access."""
    boot = open("/proc/sys/kernel/random/boot_id", encoding="ascii").read()
    return "%s %d" % (boot.strip(), os.access("/dev/kvm", os.R_OK | os.W_OK))


def remember(kernel, answer):
    """Keep the answer for later runs."""
    path = cache_path(kernel)
    with open("%s.%d" % (path, os.getpid()), "w", encoding="ascii") as file:
        file.write(cache_key() + " " + answer)
    os.rename(file.name, path)


def choose(wanted, kernel):
    """Return "kvm" or "tcg"; the probe's answer is kept until a reboot.

    A KVM that fails one kernel is not trusted with any other.
    """
    if wanted == "tcg":
        return "tcg"
    answer = recall("any") or recall(kernel)
    if answer is None:
        answer = "kvm" if try_kvm(kernel) else "tcg"
        remember(kernel if answer == "kvm" else "any", answer)
        say("guests run under %s here" % answer)
    if wanted == "kvm" and answer != "kvm":
        raise BedError(BED_FAILED, "KVM does not run a guest here")
    return answer
