// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl core: NeuronCores and who holds them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_CORE_##attr, key, struct neuron_core_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, 0, NULL),
	S(SHOW_U64, HELD_MS, "held-ms", held_ms, 0, NULL),
	S(SHOW_U32, EVENTS, "events", events, OUT_DETAIL, NULL),
	S(SHOW_U32, SEMAPHORES, "semaphores", semaphores, OUT_DETAIL, NULL),
	S(SHOW_U32, FIFO_BYTES, "fifo-bytes", fifo_bytes, OUT_DETAIL, NULL),
};

static int show_one(const struct neuron_core_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[64];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " core %" PRIu32, info->index,
		 info->nc_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_core_list(tool->handle, index, show_one, tool);
}

static int core_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "core", list);
}

struct cores {
	struct args_list list;
	struct session_item *ctx;
};

static const struct arg core_args[] = {
	ARG(ARG_LIST, "core", struct cores, list, ARG_BARE | ARG_NEEDED, .attr = "claim"),
	ARG(ARG_CTX, "dev", struct cores, ctx, ARG_NEEDED),
	{ .key = NULL },
};

static int for_cores(struct tool *tool, struct args *args,
		     int (*call)(struct neuron_ctx *ctx, const uint32_t *ids, unsigned int count))
{
	struct cores what = { .ctx = NULL };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return call(what.ctx->ctx, what.list.value, what.list.count) ? tool_refused(tool) :
								       EXIT_DONE;
}

static int core_claim(struct tool *tool, struct args *args)
{
	return for_cores(tool, args, neuron_core_claim);
}

static int core_release(struct tool *tool, struct args *args)
{
	return for_cores(tool, args, neuron_core_release);
}

static const struct command commands[] = {
	{
		.name = "show", .run = core_show, .args = show_args,
		.about = "Shows cores and which context has claimed them.",
		.ops = OPS(NEURON_CMD_CORE_GET),
	},
	{
		.name = "claim", .run = core_claim, .args = core_args,
		.about = "Takes cores for a context, all of them or none, until they are released or the\n"
			 "    session ends. Others are refused what would touch them.",
		.ops = OPS(NEURON_CMD_CORE_CLAIM),
	},
	{
		.name = "release", .run = core_release, .args = core_args,
		.about = "Gives claimed cores back.",
		.ops = OPS(NEURON_CMD_CORE_RELEASE),
	},
	{ .name = NULL },
};

const struct object object_core = {
	.name = "core", .commands = commands, .about = "NeuronCores, and who holds them",
};
