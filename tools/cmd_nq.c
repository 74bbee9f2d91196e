// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl nq: notification queues of contexts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_NQ_##attr, key, struct neuron_nq_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, NQ_ID, "nq-id", nq_id, OUT_HEAD, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, 0, NULL),
	S(SHOW_ENUM, NQ_TYPE, "nq-type", nq_type, 0, neuron_nq_type_name),
	S(SHOW_U32, NQ_ENG, "nq-eng", nq_eng, 0, NULL),
	S(SHOW_U32, SIZE, "size", size_bytes, OUT_BYTES, NULL),
	S(SHOW_U64, MMAP_OFFSET, "mmap-offset", mmap_offset, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, MAPPINGS, "mappings", mappings, 0, NULL),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_nq_state_name),
	S(SHOW_U32, HEAD, "head", head, 0, NULL),
};

static int show_one(const struct neuron_nq_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " nq %" PRIu32,
		 info->index, info->ctx_id, info->nq_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_nq_list(tool->handle, index, show_one, tool);
}

static int nq_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "nq", list);
}

static const struct command commands[] = {
	{
		.name = "show", .run = nq_show, .args = show_args,
		.about = "Shows notification queues of the contexts of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_NQ_GET),
	},
	{ .name = NULL },
};

const struct object object_nq = {
	.name = "nq", .commands = commands, .about = "notification queues",
};
