// SPDX-License-Identifier: GPL-2.0
/* The driver's bench, in a guest: driver-bench [PART...]. README.md of tests/bench has the rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*run)(struct bench *bench);
} parts[] = {
	{ "copies", bench_copies },
	{ "ring", bench_ring },
	{ "events", bench_events },
	{ "waiting", bench_waiting },
	{ "ids", bench_ids },
};

static bool wanted(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;

	return argc < 2;
}

int main(int argc, char **argv)
{
	struct bench bench = { NULL, NULL };
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (neuron_open(&bench.handle)) {
		fputs("no netlink socket\n", stderr);
		return 1;
	}
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!wanted(argc, argv, parts[i].name))
			continue;
		say("%s", parts[i].name);
		must(&bench, neuron_ctx_open(bench.handle, 0, &bench.ctx), "open");
		parts[i].run(&bench);
		neuron_ctx_close(bench.ctx);
	}
	neuron_close(bench.handle);

	return 0;
}
