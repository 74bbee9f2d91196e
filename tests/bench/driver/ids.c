// SPDX-License-Identifier: GPL-2.0
/* Is the 100,000th memory as cheap as the tenth? */
#include <stdio.h>

#include "bench.h"
#include "pair.h"

#define MANY		100000u
#define FEW		10u
#define SAMPLE		1000u
#define SMALL_BYTES	4096

/* What is done to a memory. */
enum step { MAKE, FIND, MAP, STEPS };

/** struct owner - a context and its memories, of one kind */
struct owner {
	struct bench *bench;
	struct neuron_ctx *ctx;
	bool host;
	struct neuron_mem *mem[MANY];
};

static double us_since(uint64_t start)
{
	return (double)(now_ns() - start) / 1000;
}

static double make(struct owner *owner, struct neuron_mem **mem)
{
	uint64_t start = now_ns();
	int ret;

	if (owner->host)
		ret = neuron_mem_alloc_host(owner->ctx, SMALL_BYTES, NULL, WAIT_MS, mem);
	else
		ret = neuron_mem_alloc_device(owner->ctx, SMALL_BYTES, 0, 0, NULL, WAIT_MS, mem);
	must(owner->bench, ret, "mem-alloc");

	return us_since(start);
}

static double find(struct owner *owner, struct neuron_mem *mem)
{
	struct neuron_mem_info info;
	uint64_t start = now_ns();

	must(owner->bench, neuron_mem_get(mem, &info, sizeof(info)), "mem-get");

	return us_since(start);
}

static double map(struct owner *owner, struct neuron_mem *mem)
{
	uint64_t start = now_ns();
	void *addr;

	must(owner->bench, neuron_mem_map(mem, &addr), "mmap");
	*(volatile char *)addr = 1;
	must(owner->bench, neuron_mem_unmap(mem), "munmap");

	return us_since(start);
}

static void fill(struct owner *owner, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		make(owner, &owner->mem[i]);
}

static void empty(struct owner *owner, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		neuron_mem_free(owner->mem[i]);
}

/* One more, which goes again. */
static void once(struct owner *owner, double us[STEPS])
{
	struct neuron_mem *mem;

	us[MAKE] = make(owner, &mem);
	us[FIND] = find(owner, mem);
	if (owner->host)
		us[MAP] = map(owner, mem);
	neuron_mem_free(mem);
}

static void told(bool host, const char *what, struct pair *pairs)
{
	struct pair counts = pair_median(pairs, SAMPLE);
	char name[80];

	snprintf(name, sizeof(name), "%s memory 100,000 to memory 10: %s",
		 host ? "host" : "device", what);
	row_print(&ROW(.name = name, .unit = "us", .value = counts.b, .reference = counts.a,
		       .ratio = counts.b / counts.a, .at_most = 2));
}

static void compare(struct owner *few, struct owner *many)
{
	static const char * const names[STEPS] = { "allocation", "look-up", "mapping" };
	static struct pair pairs[STEPS][SAMPLE];
	double a[STEPS] = { 0 }, b[STEPS] = { 0 };
	unsigned int i, step;

	fill(few, FEW - 1);
	fill(many, MANY - 1);
	for (i = 0; i < SAMPLE; i++) {
		once(few, a);
		once(many, b);
		for (step = 0; step < STEPS; step++)
			pairs[step][i] = (struct pair){ a[step], b[step] };
	}
	for (step = 0; step < (few->host ? STEPS : MAP); step++)
		told(few->host, names[step], pairs[step]);
	empty(few, FEW - 1);
	empty(many, MANY - 1);
}

void bench_ids(struct bench *bench)
{
	static struct owner few, many;

	few.bench = many.bench = bench;
	few.ctx = bench->ctx;
	must(bench, neuron_ctx_open(bench->handle, 0, &many.ctx), "open");
	few.host = many.host = true;
	compare(&few, &many);
	few.host = many.host = false;
	compare(&few, &many);
	neuron_ctx_close(many.ctx);
}
