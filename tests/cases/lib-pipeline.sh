# SPDX-License-Identifier: GPL-2.0
# Runs the pipeline example over a random file and says so in TAP; for the
# cases that differ only in the machine they want.
# shellcheck shell=bash

# has_flag FLAG: does the card say that of itself?
has_flag()
{
	neuronnl -j dev show | grep -q "\"flags\":\[[^]]*\"$1\""
}

# interrupts=no if the card has none
# pipeline_case NAME yes|no: is the card behind an IOMMU?
pipeline_case()
{
	local name=$1 iommu=$2 found=no
	echo "TAP version 13"
	echo "1..4"
	if has_flag iommu; then found=yes; fi
	if [ "$found" = "$iommu" ]; then
		echo "ok 1 - the card says whether it is behind an IOMMU: $iommu"
	else
		echo "not ok 1 - the card says whether it is behind an IOMMU: $iommu"
		neuronnl -j dev show | sed 's/^/# /'
		return 1
	fi
	dd if=/dev/urandom of=/tmp/in bs=1000003 count=9 status=none
	if /usr/lib/neuron/examples/pipeline /tmp/in /tmp/out >/tmp/pipeline.log 2>&1; then
		echo "ok 2 - $name"
	else
		echo "not ok 2 - $name"
		sed 's/^/# /' /tmp/pipeline.log
		return 1
	fi
	if cmp /tmp/in /tmp/out; then
		echo "ok 3 - what came back is the file"
	else
		echo "not ok 3 - what came back is the file"
		return 1
	fi
	if has_flag interrupts; then found=yes; else found=no; fi
	if [ "$found" = "${interrupts:-yes}" ]; then
		echo "ok 4 - the card says whether it interrupts: $found"
	else
		echo "not ok 4 - the card says whether it interrupts: $found"
		return 1
	fi
}
