// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl ring: rings of contexts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_RING_##attr, key, struct neuron_ring_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, RING_ID, "ring-id", ring_id, OUT_HEAD, NULL),
	S(SHOW_U32, DESCRIPTORS, "descriptors", descriptors, 0, NULL),
	S(SHOW_STR, LABEL, "label", label, 0, NULL),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_ring_state_name),
	S(SHOW_U32, ENG_ID, "eng-id", eng_id, 0, NULL),
	S(SHOW_U32, QUEUE_ID, "queue-id", queue_id, 0, NULL),
	S(SHOW_U32, FREE, "free", free, 0, NULL),
	S(SHOW_U64, WRITTEN, "written", written, 0, NULL),
	S(SHOW_U64, STARTED, "started", started, 0, NULL),
	S(SHOW_U64, FINISHED, "finished", finished, 0, NULL),
	S(SHOW_U64, ACKED, "acked", acked, 0, NULL),
	S(SHOW_U32, AXI_PORT, "axi-port", axi_port, 0, NULL),
	S(SHOW_BOOL, COMPLETION, "completion", completion, 0, NULL),
	S(SHOW_U64, FAILED, "failed", failed, 0, NULL),
	S(SHOW_STR, LOST_TEXT, "lost-text", lost_text, 0, NULL),
	S(SHOW_ENUM, KIND, "kind", kind, 0, neuron_mem_kind_name),
	S(SHOW_U32, CHANNEL, "channel", channel, 0, NULL),
};

static int show_one(const struct neuron_ring_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " ring %" PRIu32,
		 info->index, info->ctx_id, info->ring_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_ring_list(tool->handle, index, show_one, tool);
}

static int ring_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "ring", list);
}

static const struct command commands[] = {
	{
		.name = "show", .run = ring_show, .args = show_args,
		.about = "Shows rings of the contexts of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_RING_GET),
	},
	{ .name = NULL },
};

const struct object object_ring = {
	.name = "ring", .commands = commands, .about = "rings of descriptors",
};
