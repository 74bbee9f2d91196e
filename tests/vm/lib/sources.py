#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print the root of the Debian archive that this machine's apt uses.

Suites other than the machine's own come from the same archive, so no host
name has to be written down anywhere. Both formats of sources are read.
With "security" as argument the root of the security archive is printed
instead, and it is no error when there is none.
"""

import glob
import os
import re
import subprocess
import sys

SUITES = ("bookworm", "trixie", "forky", "duke", "sid", "unstable", "testing",
          "stable", "oldstable", "oldoldstable")


def apt_dir(key):
    """Ask apt where a directory or file of its configuration lies."""
    out = subprocess.run(["apt-config", "shell", "V", key + "/f"],
                         capture_output=True, text=True, check=True).stdout
    match = re.match(r"V='(.*)'", out.strip())
    return match.group(1).rstrip("/") if match else ""


def one_line(path):
    """Yield (uri, suites, components) of a sources.list file."""
    for line in open(path, encoding="utf-8", errors="replace"):
        line = re.sub(r"\[[^]]*\]", " ", line.split("#")[0])
        words = line.split()
        if len(words) >= 4 and words[0] == "deb":
            yield words[1], [words[2]], words[3:]


def stanzas(path):
    """Yield (uri, suites, components) of a deb822 .sources file."""
    text = open(path, encoding="utf-8", errors="replace").read()
    text = "\n".join(l for l in text.split("\n") if not l.startswith("#"))
    for stanza in re.split(r"\n\s*\n", text):
        field = {}
        key = None
        for line in stanza.split("\n"):
            if line[:1].isspace() and key:
                field[key] += " " + line
            elif ":" in line:
                key, value = line.split(":", 1)
                key = key.strip().lower()
                field[key] = value
        if "deb" not in field.get("types", "").split():
            continue
        if field.get("enabled", "yes").strip().lower() in ("no", "false", "0"):
            continue
        for uri in field.get("uris", "").split():
            yield (uri, field.get("suites", "").split(),
                   field.get("components", "").split())


def entries():
    """Yield every binary source of the machine."""
    main = apt_dir("Dir::Etc::sourcelist")
    parts = apt_dir("Dir::Etc::sourceparts")
    if os.path.isfile(main):
        yield from one_line(main)
    for path in sorted(glob.glob(parts + "/*")):
        if path.endswith(".list"):
            yield from one_line(path)
        elif path.endswith(".sources"):
            yield from stanzas(path)


def main():
    """Print the first source that holds the wanted kind of suite."""
    security = sys.argv[1:] == ["security"]
    for uri, suites, components in entries():
        if "main" not in components:
            continue
        for suite in suites:
            name, _, tail = suite.partition("-")
            is_security = tail == "security"
            if name in SUITES and is_security == security:
                print(uri.rstrip("/"))
                return 0
    if security:
        return 0
    print("no Debian archive is configured in this machine's apt sources",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
