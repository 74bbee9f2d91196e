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

/**
 * show_context() - all of a context, into an object that is open
 * @out: output
 * @info: context
 */
void show_context(struct out *out, const struct neuron_ctx_info *info)
{
	out_info(out, shows, COUNT(shows), info);
}

static int show_one(struct tool *tool, const struct neuron_ctx_info *info)
{
	char heading[64];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32, info->index,
		 info->ctx_id);
	out_object(&tool->out, NULL, heading);
	show_context(&tool->out, info);
	out_object_end(&tool->out);
	return 0;
}

struct look {
	struct tool *tool;
	int dev;
	const char *name;
};

static const struct arg look_args[] = {
	ARG(ARG_DEV, "dev", struct look, dev, ARG_BARE),
	ARG(ARG_NAMED, "name", struct look, name, 0),
	{ .key = NULL },
};

static int show_meant(const struct neuron_ctx_info *info, void *arg)
{
	const struct look *what = arg;

	return tool_is_meant(info->label, what->name) ? show_one(what->tool, info) : 0;
}

static int ctx_show(struct tool *tool, struct args *args)
{
	struct look what = { .tool = tool };
	int err = 0, status;

	/* JSON is valid and has the list even if nothing could be shown. */
	out_array(&tool->out, "ctx");
	status = args_parse(tool, args, &what, NULL);
	if (!status)
		err = neuron_ctx_list(tool->handle, what.dev, show_meant, &what);
	out_array_end(&tool->out);
	if (status) {
		out_finish(&tool->out);
		return status;
	}
	return tool_finish(tool, err);
}

struct open {
	int dev;
	const char *name;
};

static const struct arg open_args[] = {
	ARG(ARG_DEV, "dev", struct open, dev, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LABEL, "name", struct open, name, 0, .attr = "label"),
	{ .key = NULL },
};

static int show_item(struct tool *tool, const struct session_item *item)
{
	struct neuron_ctx_info info;
	int err;

	out_array(&tool->out, "ctx");
	err = neuron_ctx_get(item->ctx, &info, sizeof(info));
	if (!err)
		show_one(tool, &info);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

static int ctx_open(struct tool *tool, struct args *args)
{
	struct open what = { .name = NULL };
	struct session_item *item;
	int status = args_parse(tool, args, &what, NULL);

	if (!status)
		status = session_open(tool, (uint32_t)what.dev, what.name, &item);
	return status ? status : show_item(tool, item);
}

struct close {
	struct session_item *ctx;
};

static const struct arg close_args[] = {
	ARG(ARG_OPENED, "ctx", struct close, ctx, ARG_BARE | ARG_NEEDED),
	{ .key = NULL },
};

static int ctx_close(struct tool *tool, struct args *args)
{
	struct close what = { .ctx = NULL };
	int status = args_parse(tool, args, &what, NULL);

	if (!status)
		session_close_ctx(tool, what.ctx);
	return status;
}

struct set {
	struct session_item *ctx;
	const char *name;
	uint64_t host, device;
	uint32_t ids, jobs;
};

enum { SET_CTX, SET_NAME, SET_HOST, SET_DEVICE, SET_IDS, SET_JOBS };

static const struct arg set_args[] = {
	[SET_CTX] = ARG(ARG_CTX, "ctx", struct set, ctx, ARG_BARE | ARG_NEEDED),
	[SET_NAME] = ARG(ARG_LABEL, "name", struct set, name, 0, .attr = "label"),
	[SET_HOST] = ARG(ARG_U64, "host-limit", struct set, host, 0),
	[SET_DEVICE] = ARG(ARG_U64, "device-limit", struct set, device, 0),
	[SET_IDS] = ARG(ARG_U32, "id-limit", struct set, ids, 0),
	[SET_JOBS] = ARG(ARG_U32, "job-limit", struct set, jobs, 0),
	{ .key = NULL },
};

static int set_label(struct tool *tool, struct session_item *ctx, const char *label)
{
	int status = session_label_free(tool, SESSION_CTX, label);

	if (status)
		return status;
	if (neuron_ctx_set_label(ctx->ctx, label))
		return tool_refused(tool);
	snprintf(ctx->label, sizeof(ctx->label), "%s", label);
	return EXIT_DONE;
}

static int ctx_set(struct tool *tool, struct args *args)
{
	struct set what = { .name = NULL };
	uint64_t given;
	int status = args_parse(tool, args, &what, &given);
	const uint64_t limits[] = {
		[NEURON_LIMIT_HOST_BYTES] = what.host, [NEURON_LIMIT_DEVICE_BYTES] = what.device,
		[NEURON_LIMIT_IDS] = what.ids, [NEURON_LIMIT_JOBS] = what.jobs,
	};
	unsigned int i;

	if (!status && given == 1U << SET_CTX)
		status = tool_usage("\"%s\" lacks a name or a limit", tool->command->name);
	if (!status && what.name)
		status = set_label(tool, what.ctx, what.name);
	for (i = 0; !status && i < COUNT(limits); i++)
		if (given >> (SET_HOST + i) & 1 &&
		    neuron_ctx_set_limit(what.ctx->ctx, (enum neuron_limit)i, limits[i]))
			status = tool_refused(tool);
	return status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = ctx_show, .args = look_args,
		.about = "Shows contexts (open device files) of the caller's user; root sees all.",
		.ops = OPS(NEURON_CMD_CONTEXT_GET),
	},
	{
		.name = "open", .run = ctx_open, .args = open_args,
		.about = "Opens a card. Several contexts of one card are told apart by their names.",
		.ops = OPS(NEURON_CMD_CONTEXT_GET, NEURON_CMD_CONTEXT_SET),
	},
	{
		.name = "close", .run = ctx_close, .args = close_args,
		.about = "Closes a context; all that was made in it is given up.",
		.ops = OPS(NEURON_CMD_RING_DESTROY, NEURON_CMD_NQ_DESTROY, NEURON_CMD_MEM_FREE),
	},
	{
		.name = "set", .run = ctx_set, .args = set_args,
		.about = "Names a context, or gives it limits (0 for none) below those of the user.",
		.ops = OPS(NEURON_CMD_CONTEXT_SET),
	},
	{ .name = NULL },
};

const struct object object_ctx = {
	.name = "ctx", .commands = commands, .about = "contexts: open device files",
	.help =
"A context is opened by \"ctx open\", or by the first command that needs a card's\n"
"authority, and closed when the session ends. It owns claims, memory, rings,\n"
"queues and jobs, so what one run of neuronnl makes ends with it: a session of\n"
"many lines comes from -batch, or from the prompt that neuronnl without words\n"
"gives. Where an id can stand, a label (\"name LABEL\") can stand, too.\n"
"\"show name LABEL\" finds what anybody has called so.\n",
};
