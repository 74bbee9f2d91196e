#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 timeout=300 kernels="6.1 6.12 latest"
"""The kernel's own YNL command line, unmodified, does what the demo does; only mmap is not its work."""

import json
import mmap
import os
import subprocess
import sys

from listencase import power_off
from neuroncase import case, check, empty, equal, main, ready, SPEC, until, vmctl, YNL

SIZE = 1 << 20
TOOL = [sys.executable, "-u", f"{YNL}/cli.py", "--spec", SPEC, "--no-schema", "--output-json"]


class Client:
    """The command line with an open card as a descriptor, as a shell would have it."""

    def __init__(self, index=0):
        ready(index)
        self.fd = os.open(f"/dev/neuron{index}", os.O_RDWR)

    def close(self):
        """The card is not open any more."""
        os.close(self.fd)

    def call(self, *words):
        """(exit status, all it says)"""
        done = subprocess.run([*TOOL, *words], pass_fds=(self.fd,), text=True, capture_output=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def run(self, *words):
        """Its output, decoded."""
        status, text = self.call(*words)
        equal(status, 0, f"{words}: {text}")
        return json.loads(text) if text.strip() else None

    def words(self, operation, attrs):
        """A request as --multi takes it."""
        return "--multi", operation, json.dumps({"ctx-fd": self.fd, **attrs})

    def multi(self, *requests):
        """Several requests in one send; their answers, in order."""
        answers = self.run(*[word for request in requests for word in self.words(*request)])
        return answers if isinstance(answers, list) else [answers]

    def ended(self, answer):
        """The answer, or the result of the job that the request became."""
        if (answer or {}).get("job-state") != "running":
            return answer

        def look():
            job, = self.multi(("job-get", {"job-id": answer["job-id"], "wait-us": 20000}))
            return job if job["job-state"] != "running" else None
        job = until("the job has ended", look)
        equal(job["job-state"], "done", f"{job}")
        return {**job, "mem-id": job.get("object-id")}

    def alloc(self, *kinds):
        """Memory of each kind."""
        answers = self.multi(*[("mem-alloc", {"size": SIZE, **kind}) for kind in kinds])
        return [self.ended(answer) for answer in answers]

    def dump(self, operation):
        """What a dump tells of the context."""
        return self.run("--dump", operation, "--json", json.dumps({"ctx-fd": self.fd}))

    def map(self, memory):
        """A mapping of host memory."""
        return mmap.mmap(self.fd, memory["size"], mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE,
                         offset=memory["mmap-offset"])

    def moved(self, ring, src, dst):
        """Writes and starts a transfer by a ring, and sees it to its end."""
        entry = {"src-mem": src["mem-id"], "dst-mem": dst["mem-id"], "length": SIZE}
        written, acked = self.multi(
            ("ring-write", {"ring-id": ring, "entry": [entry], "start": True}),
            ("ring-ack", {"ring-id": ring, "count": 1, "wait-us": 20000}))
        equal(written.get("error"), None, f"ring-write: {written}")
        until("the entry is handed back", lambda: acked.get("count") or self.acked(ring))

    def acked(self, ring):
        """Asks once more."""
        answer, = self.multi(("ring-ack", {"ring-id": ring, "count": 1, "wait-us": 20000}))
        return answer.get("count")


class Listener:
    """The command line as a listener: it joins the group, dumps, and tells what comes."""

    def __init__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([*TOOL, "--subscribe", "hotplug", "--dump", "device-get",
                                         "--duration", "3600"], stdout=subprocess.PIPE, text=True)

    def next(self):
        """The next that it says."""
        line = self.process.stdout.readline()
        check(line, f"the listener ended with {self.process.poll()}")
        return json.loads(line)

    def await_event(self, name, **want):
        """The message of an event, past all others."""
        while True:
            note = self.next()
            if note["name"] == name and want.items() <= note["msg"].items():
                return note["msg"]

    def end(self):
        """Nobody listens any more."""
        self.process.kill()
        self.process.wait()


class Pipeline:
    """Host to channel 0 to channel 1 to host over three rings on two engines."""

    def __init__(self, client):
        self.client = client
        self.mems = client.alloc({"kind": "host"}, {"kind": "device", "channel": 0},
                                 {"kind": "device", "channel": 1}, {"kind": "host"})
        self.views = [client.map(self.mems[0]), client.map(self.mems[3])]
        self.rings = [answer["ring-id"] for answer in
                      client.multi(*[("ring-create", {"descriptors": 64})] * 3)]
        client.multi(*[("ring-attach", {"ring-id": ring, "eng-id": eng, "queue-id": queue})
                       for ring, (eng, queue) in zip(self.rings, ((0, 1), (0, 2), (4, 1)))])
        self.views[0][:] = os.urandom(SIZE)

    def leg(self, number):
        """One of the three transfers."""
        self.client.moved(self.rings[number], *self.mems[number:number + 2])

    def end(self):
        """The bytes have come back, and all is given back."""
        inp, out = self.views
        check(out[:] == inp[:], "what came back is not what was sent")
        inp.close()
        out.close()
        self.client.multi(*[("ring-destroy", {"ring-id": ring}) for ring in self.rings],
                          *[("mem-free", {"mem-id": mem["mem-id"]}) for mem in self.mems])


def plug_and_pull(listener):
    """A card comes, takes memory, and is pulled; the listener is told, and who still asks it, too."""
    vmctl("plug", 0)
    new = listener.await_event("device-add-ntf")["dev-index"]
    listener.await_event("device-change-ntf", **{"dev-index": new, "state": "ready"})
    client = Client(new)
    memory, = client.alloc({"kind": "host"})
    power_off(ready(new)["bus-name"])
    vmctl("gone", 0)
    equal(listener.await_event("device-del-ntf", **{"dev-index": new})["state"], "removed", "state")
    status, text = client.call(*client.words("mem-free", {"mem-id": memory["mem-id"]}))
    check(status == 1 and "removed" in text and "ctx-fd" in text, f"exit status {status}: {text}")
    client.close()


@case("a whole pipeline by do and dump, under a subscription, while a card is plugged and pulled")
def pipeline():
    listener = Listener()
    try:
        cards = {dev["dev-index"]: dev for dev in listener.next()}
        check({0, 1} <= set(cards) and cards[0]["device-id"] >> 4 == 0x706, f"cards: {cards}")
        client = Client()
        work = Pipeline(client)
        work.leg(0)
        plug_and_pull(listener)
        work.leg(1)
        work.leg(2)
        equal([ring["state"] for ring in client.dump("ring-get")], ["attached"] * 3, "rings")
        equal(sorted(mem["kind"] for mem in client.dump("mem-get")), ["device"] * 2 + ["host"] * 2,
              "memories")
        work.end()
        client.close()
    finally:
        listener.end()
    empty()


@case("it dumps the neighbours, and is told which attribute was refused, and why")
def looks():
    client = Client()
    equal(sorted({link["port"] for link in client.run("--dump", "neighbor-get")}), ["east", "west"],
          "ports")
    status, text = client.call("--do", "device-get", "--json", '{"dev-index": 99}')
    check(status == 1 and "dev-index" in text and "no such card" in text, f"status {status}: {text}")
    client.close()


main()
