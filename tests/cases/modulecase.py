# SPDX-License-Identifier: GPL-2.0
"""Other modules of this kernel, those of tests/age and tests/foreign."""

import glob
import os
import subprocess

PLACES = "/usr/lib/neuron/{}/*/{}.ko"


def module_file(folder, name):
    """The file of a module that stands in tests/FOLDER."""
    for path in glob.glob(PLACES.format(folder, name)):
        magic = subprocess.run(["modinfo", "-F", "vermagic", path], capture_output=True, text=True,
                               check=True).stdout
        if magic.split()[0] == os.uname().release:
            return path
    raise FileNotFoundError(f"no {name}.ko for this kernel: make modules builds it")
