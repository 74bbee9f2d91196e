#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel module=no timeout=300 append="module.sig_enforce=1" kernels="6.1 6.12"
"""neuronnl doctor on a machine that has an IOMMU, and takes signed modules only."""

import os
import shutil
import subprocess

from clicase import doctor, MODULE, run
from kernellog import KernelLog
from modulecase import module_file
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
    shutil.copy(module_file("foreign", "neuron"), folder)
    subprocess.run(["depmod"], check=True)
    lines = doctor(MODULE)
    equal(lines["signature"][0]["result"], "fail", str(lines))
    check("signed modules only" in lines["signature"][0]["text"], lines["signature"])
    check("mokutil --import" in lines["signature"][0]["next"], lines["signature"])
    equal(lines["loaded"][0]["result"], "fail", str(lines))


@case("the kernel refuses such a module by name, modprobe too, and nothing remains of it")
def refused():
    log = KernelLog()
    for words in (["insmod", module_file("foreign", "neuron")], ["modprobe", "neuron"]):
        ended = run(*words)
        equal(ended.returncode, 1, f"status of {words}")
        check("Key was rejected by service" in ended.stderr, ended.stderr)
        lines = log.lines()
        equal(len([line for line in lines if "unsigned module is rejected" in line]), 1, str(lines))
    check(not os.path.exists("/sys/module/neuron"), "there is such a module")


main()
