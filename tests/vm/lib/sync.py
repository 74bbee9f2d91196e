#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Bring a scratch copy of a module's sources up to date: sync.py FROM TO.

Only what differs is written, so that make rebuilds only that; sources that
went away are removed, what the build made stays. What a build left in FROM
is not taken over.
"""

import os
import re
import sys

PRODUCT = re.compile(r"(\.(o|ko|mod|mod\.c|cmd|a|symvers|order|d|dwo)"
                     r"|^modules\..*|^\..*\.(cmd|d|tmp)|^\.module-common\.o)$")


def files(root):
    """Return the relative paths of everything under root that is source."""
    found = set()
    for folder, dirs, names in os.walk(root, followlinks=True):
        dirs[:] = [d for d in dirs if d not in (".git", ".tmp_versions")]
        for name in names:
            if not PRODUCT.search(name):
                path = os.path.join(folder, name)
                found.add(os.path.relpath(path, root))
    return found


def read(path):
    """Return a file's content, None if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def main():
    """Copy what differs, remove what is gone."""
    source, target = sys.argv[1:]
    wanted = files(source)
    for name in sorted(files(target) - wanted):
        os.unlink(os.path.join(target, name))
    for name in sorted(wanted):
        new, path = os.path.join(source, name), os.path.join(target, name)
        content = read(new)
        if content is None or content == read(path):
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, os.stat(new).st_mode & 0o777)


if __name__ == "__main__":
    main()
