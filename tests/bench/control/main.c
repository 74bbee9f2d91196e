// SPDX-License-Identifier: GPL-2.0
/* control-bench [PART...]: what requests cost, in JSON. README.md of tests/bench tells. */
#include <stdio.h>
#include <string.h>

#include "control.h"

static const struct part {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "costs", bench_costs },
	{ "batches", bench_batches },
	{ "rings", bench_rings },
	{ "dumps", bench_dumps },
	{ "threads", bench_threads },
	{ "events", bench_events },
};

static bool wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;

	return argc == 1;
}

int main(int argc, char **argv)
{
	unsigned int i;

	groups = link_resolve();
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (wanted(parts[i].name, argc, argv))
			parts[i].run();

	return 0;
}
