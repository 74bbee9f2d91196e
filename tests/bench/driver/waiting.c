// SPDX-License-Identifier: GPL-2.0
/* What waiting costs while the hardware is slow. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

#define PIECES		3
#define PIECE_BYTES	(64 * KIB)	/* a descriptor each, and one behind them all */
#define SLOW		"inject dma slow 1000000"

void bench_waiting(struct bench *bench)
{
	uint64_t start, cpu, kernel, took;
	struct neuron_mem *src, *dst;

	must(bench, neuron_mem_alloc_device(bench->ctx, MIB, 0, 0, NULL, WAIT_MS, &src), "memory");
	must(bench, neuron_mem_alloc_device(bench->ctx, MIB, 1, 0, NULL, WAIT_MS, &dst), "memory");
	emu(SLOW);
	start = now_ns();
	kernel = kworkers_ns();
	cpu = thread_ns();	/* inside: reading /proc is no waiting */
	must(bench, neuron_mem_copy(dst, 0, src, 0, PIECES * PIECE_BYTES, WAIT_MS), "mem-copy");
	cpu = thread_ns() - cpu;
	kernel = kworkers_ns() - kernel;
	took = now_ns() - start;
	emu("inject dma resume");
	if (took < 2000000000u) {
		say("the copy was not slowed: %.3f s", (double)took / 1e9);
		exit(1);
	}
	say("waited for %.1f s: thread %.1f ms, kworkers %.1f ms", (double)took / 1e9,
	    (double)cpu / 1e6, (double)kernel / 1e6);
	row_print(&ROW(.name = "CPU burnt while a copy is waited for", .unit = "%",
		       .value = 100.0 * (double)(cpu + kernel) / (double)took, .at_most = 2));
	neuron_mem_free(src);
	neuron_mem_free(dst);
}
