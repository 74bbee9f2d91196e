#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel emu-args="--isa stand-in" kernels="6.1 6.12"
# A small network classifies digits on the emulated card with the results of the CPU.
examples=/usr/lib/neuron/examples

# digits NUMBER NAME [ARGS...]: the program agrees with the CPU, and with its training.
digits()
{
	local number=$1 name=$2
	shift 2
	if "$examples/digits" "$@" "$examples/digits.txt" >"/tmp/digits.$number" 2>&1 &&
		grep -q ' 0 of them differ' "/tmp/digits.$number" &&
		grep -q '^right  *\([0-9]*\) of .*(\1 when it was trained)' "/tmp/digits.$number"
	then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "/tmp/digits.$number"
		return 1
	fi
}

echo "TAP version 13"
echo "1..4"
status=0
digits 1 "a core computes what the CPU computes, bit by bit" || status=1
digits 2 "again: the core and its queues were given back" || status=1
digits 3 "core 1 does, beside core 2" -k 1 >/tmp/answer.3 &
other=$!
digits 4 "core 2 does, beside core 1" -k 2 >/tmp/answer.4 || status=1
wait "$other" || status=1
cat /tmp/answer.3 /tmp/answer.4
exit "$status"
