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

struct look {
	int dev;
	uint32_t engine;
};

static const struct arg look_args[] = {
	ARG(ARG_DEV, "dev", struct look, dev, ARG_BARE),
	ARG(ARG_U32, "engine", struct look, engine, 0, .attr = "eng-id"),
	{ .key = NULL },
};

#define LOOK_ENGINE	1	/* its place in the table */

static int show_engine(struct tool *tool, const struct look *what)
{
	struct neuron_engine_info info;
	int err = neuron_engine_get(tool->handle, (uint32_t)what->dev, what->engine, &info,
				    sizeof(info));

	return err ? err : show_one(&info, tool);
}

static int engine_show(struct tool *tool, struct args *args)
{
	struct look what = { 0 };
	uint64_t given;
	int status = args_parse(tool, args, &what, &given);
	bool one = given >> LOOK_ENGINE & 1;
	int err;

	if (!status && one && what.dev == NEURON_ALL_DEVICES)
		status = tool_usage("\"dev\" is missing: whose engine it is");
	if (status)
		return status;
	out_array(&tool->out, "engine");
	err = one ? show_engine(tool, &what) :
		    neuron_engine_list(tool->handle, what.dev, show_one, tool);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct recover {
	struct session_item *ctx;
	uint32_t engine;
	int timeout;
};

static const struct arg recover_args[] = {
	ARG(ARG_CTX, "dev", struct recover, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "engine", struct recover, engine, ARG_NEEDED, .attr = "eng-id"),
	ARG(ARG_MS, "timeout", struct recover, timeout, 0),
	{ .key = NULL },
};

static int engine_recover(struct tool *tool, struct args *args)
{
	struct recover what = { .timeout = RECOVER_MS };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return tool_background(tool, what.ctx, NULL,
			       neuron_engine_recover(what.ctx->ctx, what.engine, what.timeout));
}

static const struct command commands[] = {
	{
		.name = "show", .run = engine_show, .args = look_args,
		.about = "Shows DMA engines with their state as last read; with -d what they copied,\n"
			 "    and what the error controller told when one aborted.",
		.ops = OPS(NEURON_CMD_ENGINE_GET),
	},
	{
		.name = "recover", .run = engine_recover, .args = recover_args,
		.about = "Brings an engine up anew that has aborted. Its rings are lost, other engines\n"
			 "    go on. It takes CAP_SYS_ADMIN if others hold something on the card.",
		.ops = OPS(NEURON_CMD_ENGINE_SET),
	},
	{ .name = NULL },
};

const struct object object_engine = {
	.name = "engine", .commands = commands, .about = "DMA engines",
};
