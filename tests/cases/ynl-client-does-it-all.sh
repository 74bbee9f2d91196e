#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1
# The kernel's own YNL command line, unmodified, works with the family.
set -u
spec=/usr/lib/neuron/genl-spec/neuron.yaml
client=(python3 -u /usr/lib/neuron/ynl/pyynl/cli.py --spec "$spec" --no-schema --output-json)
ynl() { "${client[@]}" "$@"; }
# Waits until a text stands in a file.
until_text() { python3 -c '
import sys
sys.path.insert(0, "/usr/lib/neuron/cases")
from neuroncase import until
until(sys.argv[1], lambda: sys.argv[1] in open(sys.argv[2], encoding="utf-8").read())' "$@"; }
number=0
point()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' /tmp/ynl.out
		failed=1
	fi
}
failed=0
echo "TAP version 13"
echo "1..5"

ynl --dump device-get >/tmp/ynl.out 2>&1 &&
	python3 -c 'import json,sys; d=json.load(open("/tmp/ynl.out")); sys.exit(len(d) < 2 or d[0]["device-id"] >> 4 != 0x706)'
point $? "lists the devices"

ynl --dump neighbor-get >/tmp/ynl.out 2>&1 &&
	python3 -c 'import json,sys; d=json.load(open("/tmp/ynl.out")); sys.exit(sorted({n["port"] for n in d}) != ["east", "west"])'
point $? "dumps the neighbours"

! ynl --do device-get --json '{"dev-index": 9}' >/tmp/ynl.out 2>&1 && grep -q 'dev-index' /tmp/ynl.out
point $? "is told which attribute was refused, and why"

exec 5<>/dev/neuron0
# A busy machine makes a job of it, which has the number of the memory when it has ended.
ynl --do mem-alloc --json '{"ctx-fd": 5, "kind": "host", "size": 4096, "wait-us": 20000}' >/tmp/ynl.out 2>&1
job=$(sed -n 's/.*"job-id": \([0-9]*\).*/\1/p' /tmp/ynl.out)
while [ -n "$job" ] && grep -q '"job-state": "running"' /tmp/ynl.out; do
	ynl --do job-get --json "{\"ctx-fd\": 5, \"job-id\": $job, \"wait-us\": 20000}" >/tmp/ynl.out 2>&1
done
grep -q -e '"mem-id"' -e '"object-id"' /tmp/ynl.out
point $? "allocates memory with a descriptor of the shell"
exec 5>&-

"${client[@]}" --subscribe hotplug --duration 3600 >/tmp/ynl.out 2>&1 &
listener=$!
python3 - <<'PY'
# The client is listening once the family's group shows its socket.
import sys
sys.path.insert(0, "/usr/lib/neuron/cases")
from neuroncase import until
def joined():
    with open("/proc/net/netlink", encoding="ascii") as table:
        return any(line.split()[1] == "16" and int(line.split()[3], 16) for line in list(table)[1:])
until("the client has joined", joined)
PY
vmctl plug 0 >/dev/null
until_text device-add-ntf /tmp/ynl.out
point $? "subscribes to hotplug and sees a card come"
kill "$listener"
wait "$listener"
vmctl unplug 0 >/dev/null
exit "$failed"
