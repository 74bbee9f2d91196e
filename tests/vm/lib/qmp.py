# SPDX-License-Identifier: GPL-2.0
"""The few words of QEMU's monitor protocol that the bed uses."""

import json
import threading
import time


class QmpError(Exception):
    """QEMU refused a command, or did not answer in time."""


def called(name):
    """Make a test for events of a name."""
    return lambda event: event["event"] == name


def about(device):
    """Make a test for events of a device."""
    return lambda event: event.get("data", {}).get("device") == device


class Qmp:
    """A monitor connection over a connected socket."""

    def __init__(self, sock):
        """Take over the host's end of the monitor's socket pair."""
        self.sock = sock
        self.buffer = b""
        self.events = []
        self.lock = threading.Lock()
        self.ready = False

    def read_message(self, end):
        """Return the next message."""
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0:
                raise QmpError("QEMU's monitor did not answer in time")
            self.sock.settimeout(left)
            try:
                chunk = self.sock.recv(65536)
            except TimeoutError:
                continue
            if not chunk:
                raise QmpError("QEMU closed its monitor")
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def call(self, command, arguments, end):
        """Send one command, return its answer; events are kept."""
        request = {"execute": command, "arguments": arguments}
        self.sock.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self.read_message(end)
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise QmpError(message["error"]["desc"])
            if "event" in message:
                self.events.append(message)

    def execute(self, command, arguments=None, timeout_s=60):
        """Run one command."""
        with self.lock:
            end = time.monotonic() + timeout_s
            if not self.ready:
                self.read_message(end)
                self.call("qmp_capabilities", {}, end)
                self.ready = True
            return self.call(command, arguments or {}, end)

    def take(self, wanted, timeout_s):
        """Wait for the first event that wanted() takes, and return it."""
        end = time.monotonic() + timeout_s
        with self.lock:
            while True:
                for event in self.events:
                    if wanted(event):
                        self.events.remove(event)
                        return event
                message = self.read_message(end)
                if "event" in message:
                    self.events.append(message)

    def unplug(self, device, timeout_s=60):
        """Remove a device and wait until it is gone."""
        self.execute("device_del", {"id": device}, timeout_s)
        self.wait_gone(device, timeout_s)

    def wait_gone(self, device, timeout_s=60):
        """Wait until a device is gone that was asked to go, by us or by the guest."""
        event = self.take(about(device), timeout_s)
        if event["event"] != "DEVICE_DELETED":
            raise QmpError("the guest refused: " + event["event"])

    def forget(self, unwanted):
        """Drop the events so far that unwanted() takes."""
        # The answer comes behind them.
        self.execute("query-status")
        with self.lock:
            self.events = [event for event in self.events
                           if not unwanted(event)]

    def begin_again(self):
        """Let a machine that has ended, and is kept, boot once more.

        Its firmware resets it again while it starts.
        """
        self.execute("set-action", {"reboot": "reset", "shutdown": "poweroff"})
        self.forget(called("RESET"))
        self.execute("system_reset")
        self.take(called("RESET"), timeout_s=300)
        self.execute("cont")
