// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl job: work of contexts that takes hardware time.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* What a job has read, registers or counters. */
static void show_values(struct out *out, const struct neuron_job_info *info)
{
	uint64_t values[NEURON_MAX_REG_READS];
	uint32_t i;

	for (i = 0; i < info->values && i < NEURON_MAX_REG_READS; i++)
		values[i] = info->value[i];
	if (i)
		out_numbers(out, "value", values, i, 0);
	if (info->counts)
		out_numbers(out, "count", info->count, info->counts, 0);
}

static int show_one(const struct neuron_job_info *info, void *arg)
{
	const char *command = neuron_cmd_name(info->command);
	struct tool *tool = arg;
	char heading[96], number[16] = "-";

	if (NEURON_HAS(info, NEURON_A_JOB_JOB_ID))
		snprintf(number, sizeof(number), "%" PRIu32, info->job_id);
	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " job %s %s",
		 info->index, info->ctx_id, number, command ? command : "");
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	show_values(&tool->out, info);
	out_object_end(&tool->out);
	return 0;
}

/* What was done at once never was a job of the kernel's, and has no number. */
static int show_done(struct tool *tool, const struct session_item *job)
{
	struct neuron_job_info info = {
		.index = neuron_ctx_device(job->ctx), .ctx_id = neuron_ctx_id(job->ctx),
		.state = NEURON_JOB_STATE_DONE, .command = job->done.command,
		.done = 1, .bytes = job->done.bytes,
		.present = 1 << NEURON_A_JOB_DEV_INDEX | 1 << NEURON_A_JOB_CTX_ID |
			   1 << NEURON_A_JOB_JOB_STATE | 1 << NEURON_A_JOB_COMMAND |
			   1 << NEURON_A_JOB_DONE | 1 << NEURON_A_JOB_BYTES,
	};

	return show_one(&info, tool);
}

static int list(struct tool *tool, int index)
{
	return neuron_job_list(tool->handle, index, show_one, tool);
}

struct job {
	struct session_item *job;
	int timeout;
};

enum { JOB_JOB, JOB_DEV };

struct show_job {
	struct session_item *job;
	int dev;
};

static const struct arg job_show_args[] = {
	[JOB_JOB] = ARG(ARG_JOB, "job", struct show_job, job, 0, .attr = "job-id"),
	[JOB_DEV] = ARG(ARG_DEV, "dev", struct show_job, dev, ARG_BARE),
	{ .key = NULL },
};

static int show_job(struct tool *tool, const struct session_item *job)
{
	struct neuron_job_info info;
	int err;

	if (!job->id)
		return show_done(tool, job);
	err = neuron_job_get(job->ctx, job->id, &info, sizeof(info));
	return err ? err : show_one(&info, tool);
}

static int job_show(struct tool *tool, struct args *args)
{
	struct show_job what = { .job = NULL };
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	out_array(&tool->out, "job");
	err = what.job ? show_job(tool, what.job) : list(tool, what.dev);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

static const struct arg wait_args[] = {
	ARG(ARG_JOB, "job", struct job, job, ARG_BARE | ARG_NEEDED, .attr = "job-id"),
	ARG(ARG_MS, "timeout", struct job, timeout, 0),
	{ .key = NULL },
};

static const struct arg job_args[] = {
	ARG(ARG_JOB, "job", struct job, job, ARG_BARE | ARG_NEEDED, .attr = "job-id"),
	{ .key = NULL },
};

static int end_done(struct tool *tool, struct session_item *job)
{
	int err;

	out_array(&tool->out, "job");
	err = show_done(tool, job);
	out_array_end(&tool->out);
	session_drop(tool, job);
	return tool_finish(tool, err);
}

/* A job that has ended is freed by it, and then has no more to be shown. */
static int job_wait(struct tool *tool, struct args *args)
{
	struct job what = { .timeout = NEURON_FOREVER };
	struct neuron_job_info info;
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	if (!what.job->id)
		return end_done(tool, what.job);
	memset(&info, 0, sizeof(info));
	err = neuron_job_wait(what.job->ctx, what.job->id, what.timeout, &info, sizeof(info));
	if (!info.present && (err == -ETIMEDOUT || err == -EINPROGRESS))
		return tool_usage("Error: job %" PRIu32 " has not ended yet.", what.job->id);
	if (info.present)
		session_drop(tool, what.job);
	out_array(&tool->out, "job");
	if (info.present)
		show_one(&info, tool);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

static int job_cancel(struct tool *tool, struct args *args)
{
	struct job what = { .job = NULL };
	int status = args_parse(tool, args, &what, NULL);

	if (!status && !what.job->id)
		return tool_usage("Error: the job has ended.");
	if (!status && neuron_job_cancel(what.job->ctx, what.job->id))
		status = tool_refused(tool);
	return status;
}

static int job_free(struct tool *tool, struct args *args)
{
	struct job what = { .job = NULL };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	if (what.job->id && neuron_job_free(what.job->ctx, what.job->id))
		return tool_refused(tool);
	session_drop(tool, what.job);
	return EXIT_DONE;
}

static const struct command commands[] = {
	{
		.name = "show", .run = job_show, .args = job_show_args,
		.about = "Shows jobs of the contexts of the caller's user, root sees all; or one job of\n"
			 "    this session.",
		.ops = OPS(NEURON_CMD_JOB_GET),
	},
	{
		.name = "wait", .run = job_wait, .args = wait_args,
		.about = "Waits until a job has ended, shows how, and frees it. Fails if the job failed.",
		.ops = OPS(NEURON_CMD_JOB_GET, NEURON_CMD_JOB_FREE),
	},
	{
		.name = "cancel", .run = job_cancel, .args = job_args,
		.about = "Lets a job end early, unless it was about to end well: \"job wait\" tells.",
		.ops = OPS(NEURON_CMD_JOB_CANCEL),
	},
	{
		.name = "free", .run = job_free, .args = job_args,
		.about = "Forgets a job that has ended.",
		.ops = OPS(NEURON_CMD_JOB_FREE),
	},
	{ .name = NULL },
};

const struct object object_job = {
	.name = "job", .commands = commands, .about = "work that takes hardware time",
	.help =
"Commands that take hardware time wait for its end. With \"job LABEL\" they do not,\n"
"and the work goes on as a job by that name.\n",
};
