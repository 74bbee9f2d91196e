// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl ctx: open device files.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_CONTEXT_##attr, key, struct neuron_ctx_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, PID, "pid", pid, 0, NULL),
	S(SHOW_STR, COMMAND, "command", command, 0, NULL),
	S(SHOW_U32, UID, "uid", uid, 0, NULL),
	S(SHOW_STR, LABEL, "label", label, 0, NULL),
	S(SHOW_U32, MEMS, "mems", mems, 0, NULL),
	S(SHOW_U32, RINGS, "rings", rings, 0, NULL),
	S(SHOW_U32, NQS, "nqs", nqs, 0, NULL),
	S(SHOW_U32, JOBS, "jobs", jobs, 0, NULL),
	S(SHOW_U64, HOST_BYTES, "host-bytes", host_bytes, OUT_BYTES, NULL),
	S(SHOW_U64, DEVICE_BYTES, "device-bytes", device_bytes, OUT_BYTES, NULL),
	S(SHOW_U32, IDS, "ids", ids, OUT_DETAIL, NULL),
	S(SHOW_U64, HOST_LIMIT, "host-limit", host_limit, OUT_DETAIL | OUT_BYTES, NULL),
	S(SHOW_U64, DEVICE_LIMIT, "device-limit", device_limit, OUT_DETAIL | OUT_BYTES, NULL),
	S(SHOW_U32, ID_LIMIT, "id-limit", id_limit, OUT_DETAIL, NULL),
	S(SHOW_U32, JOB_LIMIT, "job-limit", job_limit, OUT_DETAIL, NULL),
	S(SHOW_U64, USER_HOST_BYTES, "user-host-bytes", user_host_bytes, OUT_DETAIL | OUT_BYTES,
	  NULL),
	S(SHOW_U64, USER_DEVICE_BYTES, "user-device-bytes", user_device_bytes,
	  OUT_DETAIL | OUT_BYTES, NULL),
	S(SHOW_U32, USER_IDS, "user-ids", user_ids, OUT_DETAIL, NULL),
	S(SHOW_U32, USER_JOBS, "user-jobs", user_jobs, OUT_DETAIL, NULL),
	S(SHOW_U32, USER_CONTEXTS, "user-contexts", user_contexts, OUT_DETAIL, NULL),
	S(SHOW_U64, USER_HOST_LIMIT, "user-host-limit", user_host_limit, OUT_DETAIL | OUT_BYTES,
	  NULL),
	S(SHOW_U64, USER_DEVICE_LIMIT, "user-device-limit", user_device_limit,
	  OUT_DETAIL | OUT_BYTES, NULL),
	S(SHOW_U32, USER_ID_LIMIT, "user-id-limit", user_id_limit, OUT_DETAIL, NULL),
	S(SHOW_U32, USER_JOB_LIMIT, "user-job-limit", user_job_limit, OUT_DETAIL, NULL),
	S(SHOW_U32, USER_CONTEXT_LIMIT, "user-context-limit", user_context_limit, OUT_DETAIL,
	  NULL),
};

static int show_one(const struct neuron_ctx_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[64];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32, info->index,
		 info->ctx_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_ctx_list(tool->handle, index, show_one, tool);
}

static int ctx_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "ctx", list);
}

static const struct command commands[] = {
	{
		.name = "show", .run = ctx_show, .args = show_args,
		.about = "Shows contexts (open device files) of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_CONTEXT_GET),
	},
	{ .name = NULL },
};

const struct object object_ctx = {
	.name = "ctx", .commands = commands, .about = "contexts: open device files",
};
