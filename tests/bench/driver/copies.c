// SPDX-License-Identifier: GPL-2.0
/*
 * mem-copy against memcpy() of the same size, in turns: of each the best time of
 * several counts, so that what else the machine does makes this longer, not worse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define QUEUES		"/sys/module/neuron/parameters/copy_queues"
#define LARGEST		(256 * MIB)
#define ALL_QUEUES	4

struct buffers {
	struct neuron_mem *host, *device;
	unsigned char *mapped;
	unsigned char *plain;	/* twice LARGEST, aligned as malloc() does */
};

/* How large, what is asked of it, and how often: the best of few suffices for large ones. */
static const struct {
	uint64_t bytes;
	const char *text;
	double at_least[2];	/* with one queue, with four; 0: nothing */
	unsigned int rounds;
} sizes[] = {
	{ 4 * KIB,	"4 KiB",	{ 0, 0 },		200 },
	{ 64 * KIB,	"64 KiB",	{ 0, 0 },		100 },
	{ MIB,		"1 MiB",	{ 0.05, 0.05 },		30 },
	{ 16 * MIB,	"16 MiB",	{ 0.2, 0.2 },		10 },
	{ 256 * MIB,	"256 MiB",	{ 0.25, 0.25 },		4 },
};

static double keep_least(double least, uint64_t start)
{
	double took = (double)(now_ns() - start);

	return took < least ? took : least;
}

static void race(struct bench *bench, struct buffers *b, size_t which, bool to_device, bool all)
{
	const struct neuron_mem *src = to_device ? b->host : b->device;
	struct neuron_mem *dst = to_device ? b->device : b->host;
	uint64_t bytes = sizes[which].bytes;
	double plain = 1e18, copy = 1e18;
	char name[80];
	unsigned int i;
	uint64_t start;

	for (i = 0; i < sizes[which].rounds; i++) {
		start = now_ns();
		memcpy(b->plain, b->plain + LARGEST, bytes);
		plain = keep_least(plain, start);
		start = now_ns();
		must(bench, neuron_mem_copy(dst, 0, src, 0, bytes, WAIT_MS), "mem-copy");
		copy = keep_least(copy, start);
	}
	snprintf(name, sizeof(name), "%s, %s, %s", to_device ? "host to device" : "device to host",
		 sizes[which].text, all ? "four queues" : "one queue");
	row_print(&ROW(.name = name, .unit = "GB/s", .value = (double)bytes / copy,
		       .reference = (double)bytes / plain, .ratio = plain / copy,
		       .at_least = sizes[which].at_least[all]));
}

/* What was sent comes back, from memory that held something else in between. */
static void check_bytes(struct bench *bench, struct buffers *b)
{
	uint64_t *words = (uint64_t *)b->plain;
	size_t i;

	for (i = 0; i < LARGEST / sizeof(*words); i++)
		words[i] = i * 0x9e3779b97f4a7c15ull;
	memcpy(b->mapped, words, LARGEST);
	must(bench, neuron_mem_copy(b->device, 0, b->host, 0, LARGEST, WAIT_MS), "mem-copy");
	memset(b->mapped, 0, LARGEST);
	must(bench, neuron_mem_copy(b->host, 0, b->device, 0, LARGEST, WAIT_MS), "mem-copy");
	if (memcmp(b->mapped, b->plain, LARGEST)) {
		say("the bytes that came back are not those that were sent");
		exit(1);
	}
}

void bench_copies(struct bench *bench)
{
	struct buffers b;
	void *mapped;
	size_t i;
	int all;

	must(bench, neuron_mem_alloc_host(bench->ctx, LARGEST, "bench", WAIT_MS, &b.host),
	     "host memory");
	must(bench, neuron_mem_map(b.host, &mapped), "mapping");
	must(bench, neuron_mem_alloc_device(bench->ctx, LARGEST, 0, 0, "bench", WAIT_MS,
					    &b.device), "device memory");
	b.mapped = mapped;
	b.plain = malloc(2 * LARGEST);
	if (!b.plain)
		exit(1);
	memset(b.plain, 1, 2 * LARGEST);
	check_bytes(bench, &b);
	for (all = 0; all < 2; all++) {
		write_number(QUEUES, all ? ALL_QUEUES : 1);
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			race(bench, &b, i, true, all);
			race(bench, &b, i, false, all);
		}
	}
	free(b.plain);
	neuron_mem_free(b.host);
	neuron_mem_free(b.device);
}
