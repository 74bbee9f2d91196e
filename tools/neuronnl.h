/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the objects of the command share.
 */
#ifndef NEURONNL_H
#define NEURONNL_H

#include <neuron/libneuron.h>

#include "args.h"
#include "out.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

enum { EXIT_DONE, EXIT_USAGE, EXIT_REFUSED };

/*
 * struct tool - one run of the command
 * @statistics: -s
 * @timestamp: -t
 */
struct tool {
	struct neuron_handle *handle;
	struct out out;
	bool json, pretty, details, statistics, timestamp;
};

/* Return: an exit status. */
typedef int (*command_fn)(struct tool *tool, struct args *args);

struct command {
	const char *name;
	command_fn run;
};

/*
 * struct object - first word of the command
 * @commands: the first one is the default; ends with a name of NULL
 * @help: text, begins with "Usage:"
 */
struct object {
	const char *name;
	const struct command *commands;
	const char *help;
};

extern const struct object object_dev, object_neighbor, object_core, object_engine, object_ctx,
	object_mem, object_ring, object_nq, object_job, object_stats, object_monitor;

int tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int tool_refused(struct tool *tool);
int tool_device(struct tool *tool, struct args *args, int *index);
int tool_option(struct args *args, const char *key, uint32_t *value);
int tool_open(struct tool *tool, struct args *args, const char *command, struct neuron_ctx **ctx);
int tool_finish(struct tool *tool, int err);
int tool_list(struct tool *tool, struct args *args, const char *key,
	      int (*list)(struct tool *tool, int index));

/* Members of what several objects show. */
extern const struct show show_device[];
extern const size_t show_device_count;
extern const struct show show_neighbor[];
extern const size_t show_neighbor_count;
void show_stats(struct out *out, const struct neuron_stats_info *info);

#endif
