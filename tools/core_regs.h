/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What semaphores and event registers share: lists of them, over cores.
 */
#ifndef NEURONNL_CORE_REGS_H
#define NEURONNL_CORE_REGS_H

#include "neuronnl.h"

/*
 * struct core_regs - what one of the two objects is
 * @object: its name, of its lists, too
 * @index_key: attribute that names one
 * @get, @set: the library's calls, of at most NEURON_MAX_CORE_ENTRIES
 * @count: how many of them a core has
 */
struct core_regs {
	const char *object, *index_key;
	int (*get)(struct neuron_ctx *ctx, struct neuron_semaphore_entry *list,
		   unsigned int count, int timeout_ms);
	int (*set)(struct neuron_ctx *ctx, const struct neuron_semaphore_entry *list,
		   unsigned int count);
	uint32_t (*count)(const struct neuron_core_info *info);
};

/*
 * struct core_words - what the words of a command say
 * @dev: of "show": card, or NEURON_ALL_DEVICES
 * @cores, @ids: every one of @ids of every one of @cores
 */
struct core_words {
	struct session_item *ctx;
	int dev;
	struct args_list cores, ids;
	uint32_t op;
	int32_t value;
	int timeout;
};

int core_regs_show(struct tool *tool, struct args *args, const struct core_regs *regs);
int core_regs_get(struct tool *tool, struct args *args, const struct core_regs *regs);
int core_regs_set(struct tool *tool, struct args *args, const struct core_regs *regs,
		  const struct arg *more);

#endif
