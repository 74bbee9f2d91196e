// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl mem: memory of contexts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_MEM_##attr, key, struct neuron_mem_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, MEM_ID, "mem-id", mem_id, OUT_HEAD, NULL),
	S(SHOW_ENUM, KIND, "kind", kind, 0, neuron_mem_kind_name),
	S(SHOW_U64, SIZE, "size", size_bytes, OUT_BYTES, NULL),
	S(SHOW_U32, CHANNEL, "channel", channel, 0, NULL),
	S(SHOW_STR, LABEL, "label", label, 0, NULL),
	S(SHOW_U64, MMAP_OFFSET, "mmap-offset", mmap_offset, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, MAPPINGS, "mappings", mappings, 0, NULL),
	S(SHOW_U32, USERS, "users", users, 0, NULL),
	S(SHOW_BOOL, CONTENT_LOST, "content-lost", content_lost, 0, NULL),
	S(SHOW_U32, REGION, "region", region, OUT_DETAIL, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, OUT_DETAIL, NULL),
};

static int show_one(const struct neuron_mem_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " mem %" PRIu32,
		 info->index, info->ctx_id, info->mem_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_mem_list(tool->handle, index, show_one, tool);
}

static int mem_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "mem", list);
}

static const struct command commands[] = {
	{
		.name = "show", .run = mem_show, .args = show_args,
		.about = "Shows memory of the contexts of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_MEM_GET),
	},
	{ .name = NULL },
};

const struct object object_mem = {
	.name = "mem", .commands = commands, .about = "memory of contexts",
};
