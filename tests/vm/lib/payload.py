#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Take the ELF kernel out of a bzImage: payload.py BZIMAGE VMLINUX TOOLS.

Booting the ELF file saves the decompression, which costs a second when the
guest is emulated. The offsets are those of the x86 boot protocol's header.
"""

import lzma
import struct
import subprocess
import sys


def decompress(data, tools):
    """Undo one of the compressions that the kernel build offers."""
    if data[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor().decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        program = "bin/zstd"
    elif data[:4] == b"\x02\x21\x4c\x18":
        program = "bin/lz4"
    else:
        sys.exit("payload of unknown compression %s" % data[:6].hex())
    loader = tools + "/usr/lib64/ld-linux-x86-64.so.2"
    libs = tools + "/usr/lib/x86_64-linux-gnu"
    # The four bytes behind the stream are its size: a complaint about them
    # is expected, so the result is judged by what came out.
    run = subprocess.run([loader, "--library-path", libs,
                          tools + "/usr/" + program, "-dc"], input=data,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=False)
    return run.stdout


def main():
    """Find the payload by the setup header, write the ELF file."""
    image, output, tools = sys.argv[1:]
    data = open(image, "rb").read()
    if data[0x202:0x206] != b"HdrS":
        sys.exit("%s is no bzImage" % image)
    setup_sectors = data[0x1f1] or 4
    offset, length = struct.unpack_from("<II", data, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = data[start:start + length]
    size = struct.unpack("<I", payload[-4:])[0]
    elf = decompress(payload[:-4], tools)
    if elf[:4] != b"\x7fELF" or len(elf) != size:
        sys.exit("the payload of %s did not unpack: %d bytes of %d"
                 % (image, len(elf), size))
    with open(output, "wb") as out:
        out.write(elf)


if __name__ == "__main__":
    main()
