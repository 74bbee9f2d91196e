# SPDX-License-Identifier: GPL-2.0
"""What every case in Python shares: TAP, checks, waiting, the host's control."""

import fcntl
import json
import select
import sys
import time
import traceback

GUARD_S = 120		# guards against hangs only, no case depends on speed
NAP_S = 0.02

# The way to the host, as the guest's vmctl takes it.
VMCTL_LOCK = "/run/vmctl-lock"
VMCTL_PORT = "/dev/virtio-ports/ctl"


class Failure(Exception):
    """A promise that does not hold."""


class Skip(Exception):
    """Something this machine does not have."""


CASES = []
BETWEEN = []		# functions that wait until a test point has left nothing that the next one sees


def case(name):
    """Decorator: a test point; name says what is promised."""
    def add(function):
        CASES.append((name, function))
        return function
    return add


def main():
    """Runs every test point and prints TAP."""
    print("TAP version 13")
    print(f"1..{len(CASES)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(CASES, 1):
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Skip as skip:
            print(f"ok {number} - {name} # SKIP {skip}", flush=True)
        except Exception:	# pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            sys.stdout.flush()
        for calm in BETWEEN:
            calm()
    sys.exit(1 if failed else 0)


def check(condition, text):
    """Fails the test point unless condition holds."""
    if not condition:
        raise Failure(text)


def equal(got, want, what="value"):
    """Fails the test point unless both are equal."""
    if got != want:
        raise Failure(f"{what}: got {got!r}, want {want!r}")


def until(what, function, guard_s=GUARD_S, nap_s=NAP_S):
    """Looks again until function answers something true; the guard only ends a hang."""
    end = time.monotonic() + guard_s
    while True:
        got = function()
        if got:
            return got
        if time.monotonic() > end:
            raise Failure(f"never happened: {what}")
        select.select([], [], [], nap_s)


def vmctl(*words):
    """Asks the host: plug, unplug, emu CARD ..., kill-emu; answers text.

    As the command of this name does, but without two new programs for each question.
    """
    request = "".join(f"{word}\n" for word in (len(words), *words)).encode()
    with open(VMCTL_LOCK, "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(VMCTL_PORT, "r+b", buffering=0) as port:
            port.write(request)
            status, size = map(int, _line(port).split())
            text = _exactly(port, size).decode()
    check(status == 0, f"vmctl {words}: {text}")
    return text


def _line(port):
    """Reads up to the end of a line, and no byte of what follows."""
    line = b""
    while not line.endswith(b"\n"):
        line += _exactly(port, 1)
    return line


def _exactly(port, size):
    """Reads so many bytes, which may come in pieces."""
    data = b""
    while len(data) < size:
        piece = port.read(size - len(data))
        check(piece, "the host hung up")
        data += piece
    return data


def emu(card, *words):
    """A command of the emulator's control socket, answered as a dictionary."""
    return json.loads(vmctl("emu", card, *words) or "{}")
