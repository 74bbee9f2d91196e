#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel module=no append="module.sig_enforce=1" kernels="6.1 6.12"
"""neuronnl doctor on a machine that has an IOMMU, and takes signed modules only."""

import glob
import os
import shutil
import subprocess

from clicase import doctor, MODULE
from tapcase import case, check, equal, main


@case("the IOMMU's group and type are told")
def iommu():
    line = doctor(MODULE)["iommu"][0]
    equal(line["result"], "ok", str(line))
    check("group " in line["text"] and "type DMA" in line["text"], line)


@case("a module that is not signed will not do")
def signature():
    folder = f"/usr/lib/modules/{os.uname().release}/updates"
    os.makedirs(folder, exist_ok=True)
    for path in glob.glob("/usr/lib/neuron/age/*/neuron.ko"):
        magic = subprocess.run(["modinfo", "-F", "vermagic", path], capture_output=True, text=True,
                               check=True).stdout
        if magic.split()[0] == os.uname().release:
            shutil.copy(path, folder)
    subprocess.run(["depmod"], check=True)
    lines = doctor(MODULE)
    equal(lines["signature"][0]["result"], "fail", str(lines))
    check("signed modules only" in lines["signature"][0]["text"], lines["signature"])
    equal(lines["loaded"][0]["result"], "fail", str(lines))


main()
