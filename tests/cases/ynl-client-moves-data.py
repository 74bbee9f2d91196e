#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=600 kernels=6.1,latest
"""The kernel's own YNL command line, unmodified, drives a whole pipeline; only mmap is not its work."""

import json
import mmap
import os
import subprocess
import sys

from neuroncase import case, check, empty, equal, main, ready, SPEC, until, YNL

SIZE = 1 << 20


class Client:
    """The command line with an open card as a descriptor, as a shell would have it."""

    def __init__(self):
        ready(0)
        self.fd = os.open("/dev/neuron0", os.O_RDWR)

    def run(self, *words):
        """Its output, decoded."""
        done = subprocess.run([sys.executable, f"{YNL}/cli.py", "--spec", SPEC, "--no-schema",
                               "--output-json", *words], pass_fds=(self.fd,), text=True,
                              capture_output=True, check=False)
        equal(done.returncode, 0, f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def multi(self, *requests):
        """Several requests in one send; their answers, in order."""
        words = []
        for operation, attrs in requests:
            words += ["--multi", operation, json.dumps({"ctx-fd": self.fd, **attrs})]
        answers = self.run(*words)
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
        answers = self.multi(("ring-write", {"ring-id": ring, "entry": [entry], "start": True}),
                             ("ring-ack", {"ring-id": ring, "count": 1, "wait-us": 20000}))
        equal(answers[0].get("error"), None, f"ring-write: {answers[0]}")
        until("the entry is handed back", lambda: answers[-1].get("count") or self.acked(answers, ring))

    def acked(self, answers, ring):
        """Asks once more."""
        answers += self.multi(("ring-ack", {"ring-id": ring, "count": 1, "wait-us": 20000}))
        return answers[-1].get("count")


@case("host to channel 0 to channel 1 to host over three rings on two engines, bytes compared")
def pipeline():
    client = Client()
    kinds = [{"kind": "host"}, {"kind": "host"}, {"kind": "device", "channel": 0},
             {"kind": "device", "channel": 1}]
    answers = client.multi(*[("mem-alloc", {"size": SIZE, **kind}) for kind in kinds])
    first, last, near, far = [client.ended(answer) for answer in answers]
    inp, out = client.map(first), client.map(last)
    inp[:] = os.urandom(SIZE)
    rings = [answer["ring-id"] for answer in client.multi(*[("ring-create", {"descriptors": 64})] * 3)]
    client.multi(*[("ring-attach", {"ring-id": ring, "eng-id": eng, "queue-id": queue})
                   for ring, (eng, queue) in zip(rings, ((0, 1), (0, 2), (4, 1)))])
    for ring, src, dst in zip(rings, (first, near, far), (near, far, last)):
        client.moved(ring, src, dst)
    check(out[:] == inp[:], "what came back is not what was sent")
    equal([ring["state"] for ring in client.dump("ring-get")], ["attached"] * 3, "rings")
    equal(sorted(mem["kind"] for mem in client.dump("mem-get")), ["device"] * 2 + ["host"] * 2, "memories")
    inp.close()
    out.close()
    client.multi(*[("ring-destroy", {"ring-id": ring}) for ring in rings],
                 *[("mem-free", {"mem-id": mem["mem-id"]}) for mem in (first, last, near, far)])
    os.close(client.fd)
    empty()


main()
