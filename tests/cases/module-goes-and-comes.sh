#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 everywhere=yes
# The module unloads when nobody uses it, and only then.
set -u
failed=0
number=0
point()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}
echo "TAP version 13"
echo "1..4"
exec 5<>/dev/neuron0
! rmmod neuron 2>/tmp/rmmod.err
point $? "refuses to go while a file is open"
exec 5>&-
for _ in 1 2 3 4 5; do
	if ! rmmod neuron || ! modprobe neuron; then
		break
	fi
done
[ -d /sys/module/neuron ]
point $? "goes and comes five times"
neuronnl -j dev show | python3 -c '
import json, sys
sys.exit(len(json.load(sys.stdin)["dev"]) < 2)'
point $? "finds the cards again"
python3 - <<'PY'
import sys
sys.path.insert(0, "/usr/lib/neuron/cases")
from neuroncase import ready
ready(0)
ready(1)
PY
point $? "they become ready"
exit "$failed"
