// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl engine: DMA engines.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define RECOVER_MS	60000

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_ENGINE_##attr, key, struct neuron_engine_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, ENG_ID, "eng-id", eng_id, OUT_HEAD, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, 0, NULL),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_engine_state_name),
	S(SHOW_U32, QUEUES_USED, "queues-used", queues_used, 0, NULL),
	S(SHOW_U64, AGE_MS, "age-ms", age_ms, OUT_DETAIL, NULL),
	S(SHOW_U64, COPIES, "copies", copies, OUT_DETAIL, NULL),
	S(SHOW_U64, COPY_BYTES, "copy-bytes", copy_bytes, OUT_DETAIL, NULL),
	S(SHOW_U32, REVISION, "revision", revision, OUT_DETAIL, NULL),
	S(SHOW_STR, CAUSE, "cause", cause, 0, NULL),
	S(SHOW_U32, CAUSE_M2S, "cause-m2s", cause_m2s, OUT_DETAIL, NULL),
	S(SHOW_U32, CAUSE_S2M, "cause-s2m", cause_s2m, OUT_DETAIL, NULL),
	S(SHOW_U32, CAUSE_PARITY, "cause-parity", cause_parity, OUT_DETAIL, NULL),
};

static int show_one(const struct neuron_engine_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[64];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " engine %" PRIu32, info->index,
		 info->eng_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_engine_list(tool->handle, index, show_one, tool);
}

static int engine_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "engine", list);
}

static int engine_recover(struct tool *tool, struct args *args)
{
	uint32_t eng_id = UINT32_MAX;
	struct neuron_ctx *ctx;
	int status;

	status = tool_option(args, "eng", &eng_id);
	if (!status && eng_id == UINT32_MAX)
		status = tool_usage("\"recover\" lacks the engine");
	if (!status)
		status = tool_open(tool, args, "recover", &ctx);
	if (status)
		return status;
	status = neuron_engine_recover(ctx, eng_id, RECOVER_MS) ? tool_refused(tool) : EXIT_DONE;
	neuron_ctx_close(ctx);
	return status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = engine_show, .args = show_args,
		.about = "Shows DMA engines with their state as last read.",
		.ops = OPS(NEURON_CMD_ENGINE_GET),
	},
	{ .name = "recover", .run = engine_recover, .more = "" },
	{ .name = NULL },
};

const struct object object_engine = {
	.name = "engine", .commands = commands, .about = "DMA engines",
};
