#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 module=no kernels="6.1 6.12 latest" timeout=300
"""A foreign driver in user space finds nothing missing; engines run beside it."""

import emuforeign	# noqa: F401  pylint: disable=unused-import
from tapcase import main

main()
