// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl sema: semaphores of cores.
 */
#include "core_regs.h"

static uint32_t count_of(const struct neuron_core_info *info)
{
	return info->semaphores;
}

static const struct core_regs semaphores = {
	.object = "sema", .index_key = "semaphore-id", .get = neuron_semaphores_get,
	.set = neuron_semaphores_set, .count = count_of,
};

static const struct arg show_cores_args[] = {
	ARG(ARG_DEV, "dev", struct core_words, dev, ARG_BARE),
	ARG(ARG_LIST, "core", struct core_words, cores, 0, .attr = "nc-id"),
	ARG(ARG_MS, "timeout", struct core_words, timeout, 0),
	{ .key = NULL },
};

static int sema_show(struct tool *tool, struct args *args)
{
	return core_regs_show(tool, args, &semaphores);
}

static const struct arg get_args[] = {
	ARG(ARG_CTX, "dev", struct core_words, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LIST, "core", struct core_words, cores, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_LIST, "sema", struct core_words, ids, ARG_NEEDED, .attr = "semaphore-id"),
	ARG(ARG_MS, "timeout", struct core_words, timeout, 0),
	{ .key = NULL },
};

static int sema_get(struct tool *tool, struct args *args)
{
	return core_regs_get(tool, args, &semaphores);
}

/* The context comes first: a further list has all the others. */
static const struct arg set_args[] = {
	ARG(ARG_CTX, "dev", struct core_words, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LIST, "core", struct core_words, cores, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_LIST, "sema", struct core_words, ids, ARG_NEEDED, .attr = "semaphore-id"),
	ARG(ARG_S32, "value", struct core_words, value, ARG_NEEDED),
	ARG(ARG_ENUM, "op", struct core_words, op, 0, .value = "OP",
	    .name = neuron_semaphore_op_name),
	{ .key = NULL },
};

static int sema_set(struct tool *tool, struct args *args)
{
	return core_regs_set(tool, args, &semaphores, &set_args[1]);
}

static const struct command commands[] = {
	{
		.name = "show", .run = sema_show, .args = show_cores_args,
		.about = "Shows the semaphores of all cores, or of some: those that are not 0, with -d\n"
			 "    or as JSON all. The firmware is asked, which takes an open card.",
		.ops = OPS(NEURON_CMD_SEMAPHORE_GET, NEURON_CMD_CORE_GET),
	},
	{
		.name = "get", .run = sema_get, .args = get_args,
		.about = "Reads each of these semaphores of each of these cores.",
		.ops = OPS(NEURON_CMD_SEMAPHORE_GET),
	},
	{
		.name = "set", .run = sema_set, .args = set_args,
		.more = "[ entry core N,... sema N,... value N [ op OP ] ]...",
		.about = "Sets semaphores to a value, adds it or takes it away, in order. Everything is\n"
			 "    checked before the first one is changed.",
		.ops = OPS(NEURON_CMD_SEMAPHORE_SET),
	},
	{ .name = NULL },
};

const struct object object_sema = {
	.name = "sema", .commands = commands, .about = "semaphores of cores",
};
