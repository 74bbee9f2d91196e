#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make an initramfs: busybox, /init, and modules with what they depend on.

The cpio archive (format newc) is written here, so that neither cpio nor
root is needed.
"""

import argparse
import os
import stat


class Archive:
    """A newc archive that is written entry by entry."""

    def __init__(self, path):
        """Open the archive at path for writing."""
        self.file = open(path, "wb")
        self.inode = 0

    def entry(self, name, mode, data=b"", rdev=(0, 0)):
        """Append one entry."""
        self.inode += 1
        encoded = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0],
                  rdev[1], len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + encoded
        self.file.write(head + b"\0" * (-len(head) % 4))
        self.file.write(data + b"\0" * (-len(data) % 4))

    def close(self):
        """End the archive."""
        self.entry("TRAILER!!!", 0)
        self.file.close()


def dependencies(modules):
    """Read modules.dep: name -> (path, paths that it needs, in load order)."""
    table = {}
    for line in open(os.path.join(modules, "modules.dep"), encoding="ascii"):
        path, needs = line.strip().split(":")
        name = os.path.basename(path).split(".ko")[0].replace("-", "_")
        table[name] = (path, needs.split()[::-1])
    return table


def load_order(modules, wanted):
    """Return the paths to load, dependencies first, without duplicates."""
    table, order = dependencies(modules), []
    for name in wanted:
        if name in table:
            path, needs = table[name]
            order += [p for p in needs + [path] if p not in order]
    return order


def main():
    """Write the archive."""
    parser = argparse.ArgumentParser()
    for option in ("busybox", "init", "modules", "output"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("wanted", nargs="*")
    args = parser.parse_args()
    archive = Archive(args.output + ".new")
    for name in ("bin", "dev", "modules"):
        archive.entry(name, stat.S_IFDIR | 0o755)
    archive.entry("dev/console", stat.S_IFCHR | 0o600, rdev=(5, 1))
    archive.entry("bin/busybox", stat.S_IFREG | 0o755,
                  open(args.busybox, "rb").read())
    archive.entry("init", stat.S_IFREG | 0o755, open(args.init, "rb").read())
    names = []
    for path in load_order(args.modules, args.wanted):
        full = os.path.join(args.modules, path)
        names.append(os.path.basename(path))
        archive.entry("modules/" + names[-1], stat.S_IFREG | 0o644,
                      open(full, "rb").read())
    archive.entry("modules/list", stat.S_IFREG | 0o644,
                  "".join(n + "\n" for n in names).encode())
    archive.close()
    os.rename(args.output + ".new", args.output)


if __name__ == "__main__":
    main()
