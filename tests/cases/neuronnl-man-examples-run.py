#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=600 kernels="6.1 6.12"
"""What the manual pages of neuronnl show as examples runs as it stands there."""

import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile

from neuroncase import case, check, devices, empty, equal, main
from neighborcase import linked

PAGES = "/usr/share/man/man8/neuronnl*.8*"
ADDRESS = "0000:00:1e.0"	# of a card in the pages
EXAMPLE_S = 5			# a monitor has no end

# Roff of an example, and the text that a reader sees.
ROFF = ((r"\-", "-"), (r"\e", "\\"), (r"\(aq", "'"), (r"\(dq", '"'), (r"\&", ""), (r"\(ti", "~"),
        (r"\(ha", "^"))


def source(path):
    """Lines of a page."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as page:
        return page.read().splitlines()


def examples(path):
    """Each example of a page: the text between .EX and .EE, as a reader sees it."""
    found, inside = [], None
    for line in source(path):
        if line == ".EX":
            inside = []
        elif line == ".EE":
            found.append("\n".join(inside))
            inside = None
        elif inside is not None:
            for roff, text in ROFF:
                line = line.replace(roff, text)
            check(not re.search(r"\\[^\n0-9nt\"'$]", line) or line.endswith("\\"), f"roff in {line}")
            inside.append(line)
    return found


def commands(example):
    """An example's commands; a here-document belongs to the line that begins it."""
    lines, rest = [], example.splitlines()
    while rest:
        line = rest.pop(0)
        while line.endswith("\\"):
            line += "\n" + rest.pop(0)
        mark = re.search(r"<< *'?(\w+)'?", line)
        while mark and not line.endswith(f"\n{mark.group(1)}"):
            line += "\n" + rest.pop(0)
        if line.strip() and not line.startswith("#"):
            lines.append(line)
    return lines


def has_no_end(command):
    """A monitor or a live view: it must run until it is ended."""
    return re.search(r"neuronnl( -\S+)* (monitor|top)\b", command) and "help" not in command


def runs(command, work):
    """The command ends well; one without an end still runs after a while."""
    command = command.replace(ADDRESS, devices()[0]["bus-name"])
    if has_no_end(command):
        command = f"timeout --signal=INT --kill-after=20 {EXAMPLE_S} sh -c {quoted(command)}"
    ended = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], capture_output=True,
                           text=True, check=False, cwd=work, timeout=300, stdin=subprocess.DEVNULL,
                           env={**os.environ, "PATH": f"{work}/bin:{os.environ['PATH']}"})
    equal((ended.returncode in ((0, 124) if command.startswith("timeout") else (0,)), ended.stderr),
          (True, ""), f"{command}: status {ended.returncode} and errors; it says {ended.stdout}")


# What examples use and guests do not have, as far as examples go.
STAND_INS = {
    "logger": '[ "$1" = -t ] && [ $# -eq 3 ] && [ -n "$3" ]',
}


def tools_of_readers(work):
    """Puts what is missing into the examples' path."""
    os.mkdir(f"{work}/bin")
    for name, script in STAND_INS.items():
        if shutil.which(name):
            continue
        with open(f"{work}/bin/{name}", "w", encoding="utf-8") as tool:
            tool.write(f"#!/bin/sh\n{script}\n")
        os.chmod(f"{work}/bin/{name}", 0o755)


def quoted(text):
    """As one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def add(path):
    """A test point for a page."""
    name = os.path.basename(path).split(".")[0]

    @case(f"{name}(8)")
    def _():
        found = examples(path)
        check(found, "the page has examples")
        with tempfile.TemporaryDirectory() as work:
            tools_of_readers(work)
            for example in found:
                for command in commands(example):
                    runs(command, work)
        empty(0)
        empty(1)


@case("every object of the command has its page, and cards are ready")
def _():
    linked(0, 1)
    words = subprocess.run(["neuronnl", "help", "complete", ""], capture_output=True, text=True,
                           check=True).stdout.split()
    pages = {os.path.basename(path).split(".")[0] for path in glob.glob(PAGES)}
    equal(sorted({f"neuronnl-{word}" for word in words if word != "help"} - pages), [], "pages")


for each in sorted(glob.glob(PAGES)):
    add(each)

if __name__ == "__main__":
    main()
