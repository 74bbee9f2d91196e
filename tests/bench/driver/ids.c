// SPDX-License-Identifier: GPL-2.0
/* Is the 100,000th memory as cheap as the tenth? */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

#define MANY		100000u
#define SAMPLE		1000u	/* times at either end, of which the median counts */
#define SMALL_BYTES	4096

static double make(struct bench *bench, bool host, struct neuron_mem **mem)
{
	uint64_t start = now_ns();
	int ret;

	if (host)
		ret = neuron_mem_alloc_host(bench->ctx, SMALL_BYTES, NULL, WAIT_MS, mem);
	else
		ret = neuron_mem_alloc_device(bench->ctx, SMALL_BYTES, 0, 0, NULL, WAIT_MS, mem);
	must(bench, ret, "mem-alloc");

	return (double)(now_ns() - start) / 1000;
}

static double find(struct bench *bench, struct neuron_mem *mem)
{
	struct neuron_mem_info info;
	uint64_t start = now_ns();

	must(bench, neuron_mem_get(mem, &info, sizeof(info)), "mem-get");

	return (double)(now_ns() - start) / 1000;
}

static double map(struct bench *bench, struct neuron_mem *mem)
{
	uint64_t start = now_ns();
	void *addr;

	must(bench, neuron_mem_map(mem, &addr), "mmap");
	*(volatile char *)addr = 1;
	must(bench, neuron_mem_unmap(mem), "munmap");

	return (double)(now_ns() - start) / 1000;
}

struct times {
	double make[SAMPLE], find[SAMPLE], map[SAMPLE];
};

static void sample(struct bench *bench, bool host, struct times *times, struct neuron_mem **mem)
{
	unsigned int i;

	for (i = 0; i < SAMPLE; i++) {
		times->make[i] = make(bench, host, &mem[i]);
		times->find[i] = find(bench, mem[i]);
		times->map[i] = host ? map(bench, mem[i]) : 0;
	}
}

static void told(const char *kind, const char *what, double *late, double *early)
{
	double last = median(late, SAMPLE), first = median(early, SAMPLE);
	char name[80];

	snprintf(name, sizeof(name), "%s memory 100,000 to memory 10: %s", kind, what);
	row_print(&ROW(.name = name, .unit = "us", .value = last, .reference = first,
		       .ratio = last / first, .at_most = 2));
}

static void run(struct bench *bench, bool host)
{
	struct neuron_mem **mem = calloc(MANY, sizeof(*mem));
	const char *kind = host ? "host" : "device";
	static struct times early, late;
	unsigned int i;

	if (!mem)
		exit(1);
	sample(bench, host, &early, mem);
	for (i = SAMPLE; i < MANY - SAMPLE; i++)
		make(bench, host, &mem[i]);
	sample(bench, host, &late, mem + MANY - SAMPLE);
	told(kind, "allocation", late.make, early.make);
	told(kind, "look-up", late.find, early.find);
	if (host)
		told(kind, "mapping", late.map, early.map);
	for (i = 0; i < MANY; i++)
		neuron_mem_free(mem[i]);
	free(mem);
}

void bench_ids(struct bench *bench)
{
	run(bench, true);
	run(bench, false);
}
