# SPDX-License-Identifier: GPL-2.0
"""Child processes that never outlive the bed."""

import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def die_with_parent():
    """Let the kernel kill this process when its parent is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(argv, **kwargs):
    """Start argv in a process group of its own."""
    # pylint: disable=subprocess-popen-preexec-fn
    return subprocess.Popen(argv, start_new_session=True,
                            preexec_fn=die_with_parent, **kwargs)


def stop(process, gently_s=5.0):
    """End a child and its group: ask, wait, kill. Returns its status."""
    if process.poll() is None and gently_s:
        process.terminate()
        try:
            process.wait(gently_s)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return process.wait()
