// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl job: work of contexts that takes hardware time.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_JOB_##attr, key, struct neuron_job_info, member, flags, name)

/* "command" is a number in the spec, and in JSON; text says its name. */
static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, JOB_ID, "job-id", job_id, OUT_HEAD, NULL),
	S(SHOW_ENUM, JOB_STATE, "job-state", state, 0, neuron_job_state_name),
	S(SHOW_U32, COMMAND, "command", command, OUT_HEAD, NULL),
	S(SHOW_S32, JOB_ERROR, "job-error", job_error, 0, NULL),
	S(SHOW_STR, ERROR_TEXT, "error-text", error_text, 0, NULL),
	S(SHOW_U32, OBJECT_ID, "object-id", object_id, 0, NULL),
	S(SHOW_U64, SIZE, "size", size_bytes, OUT_BYTES, NULL),
	S(SHOW_U32, DONE, "done", done, 0, NULL),
	S(SHOW_U32, AFTER_JOB, "after-job", after_job, 0, NULL),
	S(SHOW_U64, BYTES, "bytes", bytes, OUT_BYTES, NULL),
	S(SHOW_U64, MMAP_OFFSET, "mmap-offset", mmap_offset, OUT_DETAIL | OUT_HEX, NULL),
};

static int show_one(const struct neuron_job_info *info, void *arg)
{
	const char *command = neuron_cmd_name(info->command);
	struct tool *tool = arg;
	char heading[96];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " job %" PRIu32 " %s",
		 info->index, info->ctx_id, info->job_id, command ? command : "");
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_job_list(tool->handle, index, show_one, tool);
}

static int job_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "job", list);
}

static const struct command commands[] = {
	{
		.name = "show", .run = job_show, .args = show_args,
		.about = "Shows jobs of the contexts of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_JOB_GET),
	},
	{ .name = NULL },
};

const struct object object_job = {
	.name = "job", .commands = commands, .about = "work that takes hardware time",
};
