// SPDX-License-Identifier: GPL-2.0
/*
 * What all operations that may become jobs take; job-get, -free, -cancel.
 */
#include <linux/errno.h>
#include <linux/eventfd.h>

#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"

/* Their number differs from set to set. */
struct job_attrs {
	u32 after;
	u32 eventfd;
};

#define ATTRS_OF(set)	{ NEURON_A_##set##_AFTER_JOB, NEURON_A_##set##_JOB_EVENTFD }

static const struct job_attrs job_attrs[NEURON_CMD_MAX + 1] = {
	[NEURON_CMD_NEIGHBOR_REFRESH] = ATTRS_OF(NEIGHBOR),
	[NEURON_CMD_MEM_ALLOC] = ATTRS_OF(MEM),
	[NEURON_CMD_RING_CREATE] = ATTRS_OF(RING),
	[NEURON_CMD_RING_DESTROY] = ATTRS_OF(RING),
	[NEURON_CMD_RING_DETACH] = ATTRS_OF(RING),
	[NEURON_CMD_RING_WRITE] = ATTRS_OF(RING),
	[NEURON_CMD_RING_START] = ATTRS_OF(RING),
	[NEURON_CMD_NQ_DESTROY] = ATTRS_OF(NQ),
	[NEURON_CMD_EVENT_GET] = ATTRS_OF(EVENT),
	[NEURON_CMD_REG_READ] = ATTRS_OF(REG),
	[NEURON_CMD_SEMAPHORE_GET] = ATTRS_OF(SEMAPHORE),
	[NEURON_CMD_MEM_COPY] = ATTRS_OF(MEM),
	[NEURON_CMD_MEM_FILL] = ATTRS_OF(MEM),
	[NEURON_CMD_DEVICE_RESET] = ATTRS_OF(DEVICE),
	[NEURON_CMD_ENGINE_SET] = ATTRS_OF(ENGINE),
	[NEURON_CMD_COUNTERS_GET] = ATTRS_OF(REG),
	[NEURON_CMD_METRIC_POST] = ATTRS_OF(DEVICE),
};

static int set_after(struct neuron_job *job, const struct genl_info *info,
		     const struct nlattr *after)
{
	int err = neuron_job_set_after(job, nla_get_u32(after));

	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, after, "There is no such job");

	return err;
}

static int set_eventfd(struct neuron_job *job, const struct genl_info *info,
		       const struct nlattr *fd)
{
	struct eventfd_ctx *eventfd = eventfd_ctx_fdget(nla_get_s32(fd));

	if (IS_ERR(eventfd)) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd, "Not an event file descriptor");
		return PTR_ERR(eventfd);
	}
	job->eventfd = eventfd;

	return 0;
}

/**
 * neuron_nl_read_text() - why the firmware's answer did not come
 * @err: 0 or a negative errno of neuron_fwio_read()
 *
 * Context: Any.
 * Return: a fixed sentence, or NULL.
 */
const char *neuron_nl_read_text(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "The firmware did not answer";
	case -EIO:
		return "The firmware answered with an error";
	case -ECANCELED:
		return "The card was reset";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/**
 * neuron_nl_new_job() - prepare the job that a request asks for
 * @info: request of an operation that takes wait-us, after-job and job-eventfd
 * @run: does the work
 * @arg_bytes: size of neuron_job.arg
 *
 * Call it before anything is changed that a refusal would have to undo.
 *
 * Context: Between pre and post; in the sender.
 * Return: the job, for neuron_nl_run_job() or neuron_job_put(); an ERR_PTR as of
 * neuron_job_create(), -ENOENT for an unknown job to come after, or what
 * is wrong with the event file descriptor.
 */
struct neuron_job *neuron_nl_new_job(const struct genl_info *info, neuron_job_fn run,
				     size_t arg_bytes)
{
	const struct job_attrs *attrs = &job_attrs[info->genlhdr->cmd];
	struct nlattr *after = info->attrs[attrs->after];
	struct nlattr *fd = info->attrs[attrs->eventfd];
	struct neuron_job *job;
	int err = 0;

	job = neuron_job_create(neuron_nl_ctx(info), info->genlhdr->cmd, run, arg_bytes,
				info->extack);
	if (IS_ERR(job)) {
		neuron_nl_blame_quota(info, PTR_ERR(job));
		return job;
	}

	if (after)
		err = set_after(job, info, after);
	if (!err && fd)
		err = set_eventfd(job, info, fd);
	if (!err)
		return job;

	neuron_job_put(job);

	return ERR_PTR(err);
}

/* How far it is, or came. */
static int fill_progress(struct sk_buff *skb, struct neuron_job *job)
{
	u32 after_id = READ_ONCE(job->after_id);
	u64 bytes = atomic64_read(&job->progress.bytes);

	if ((job->result.list &&
	     nla_put_u32(skb, NEURON_A_JOB_DONE, READ_ONCE(job->progress.done))) ||
	    (after_id && nla_put_u32(skb, NEURON_A_JOB_AFTER_JOB, after_id)) ||
	    (bytes && neuron_nl_put_u64(skb, NEURON_A_JOB_BYTES, bytes)))
		return -EMSGSIZE;

	return 0;
}

static int fill_job_result(struct sk_buff *skb, const struct neuron_job_result *result)
{
	u32 i;

	if (result->error) {
		if (nla_put_s32(skb, NEURON_A_JOB_JOB_ERROR, result->error) ||
		    (result->text && nla_put_string(skb, NEURON_A_JOB_ERROR_TEXT, result->text)))
			return -EMSGSIZE;
		return 0;
	}

	if ((result->object_id && nla_put_u32(skb, NEURON_A_JOB_OBJECT_ID, result->object_id)) ||
	    (result->size && neuron_nl_put_u64(skb, NEURON_A_JOB_SIZE, result->size)) ||
	    (result->mmap_offset &&
	     neuron_nl_put_u64(skb, NEURON_A_JOB_MMAP_OFFSET, result->mmap_offset)))
		return -EMSGSIZE;
	for (i = 0; i < result->nr_values; i++)
		if (nla_put_u32(skb, NEURON_A_JOB_VALUE, result->value[i]))
			return -EMSGSIZE;
	for (i = 0; i < result->nr_counts; i++)
		if (neuron_nl_put_u64(skb, NEURON_A_JOB_COUNT, result->count[i]))
			return -EMSGSIZE;

	return 0;
}

static int fill_job(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
		    const struct genl_info *info)
{
	struct neuron_job *job = object;
	enum neuron_job_state state = neuron_job_state(job);
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_JOB_DEV_INDEX, ctx->ndev->index) ||
	    nla_put_u32(skb, NEURON_A_JOB_CTX_ID, ctx->id) ||
	    nla_put_u32(skb, NEURON_A_JOB_JOB_ID, job->id) ||
	    nla_put_u32(skb, NEURON_A_JOB_JOB_STATE, state) ||
	    nla_put_u32(skb, NEURON_A_JOB_COMMAND, job->cmd) ||
	    fill_progress(skb, job) ||
	    (state != NEURON_JOB_STATE_RUNNING && fill_job_result(skb, &job->result))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_job_get_doit() - job-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_nl_need(info, NEURON_A_JOB_JOB_ID);
	if (err)
		return err;
	job = neuron_job_get(neuron_nl_ctx(info), nla_get_u32(info->attrs[NEURON_A_JOB_JOB_ID]));
	if (!job) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_A_JOB_JOB_ID],
				    "There is no such job");
		return -ENOENT;
	}

	err = neuron_job_wait(job, neuron_nl_wait_us(skb, info));
	if (!err || err == -EINPROGRESS)
		err = neuron_nl_reply_object(info, job, fill_job);
	neuron_job_put(job);

	return err;
}

static void *next_job(struct neuron_ctx *ctx, unsigned long *id)
{
	return neuron_job_next(ctx, id);
}

static void put_job(void *object)
{
	neuron_job_put(object);
}

/**
 * neuron_nl_job_get_dumpit() - job-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct neuron_nl_objects_ops ops = {
		.list = NEURON_LIST_JOBS,
		.next = next_job,
		.put = put_job,
		.fill = fill_job,
	};

	return neuron_nl_dump_objects(skb, cb, &ops);
}

/**
 * neuron_nl_job_free_doit() - job-free
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_job_free_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[NEURON_A_JOB_JOB_ID];
	int err;

	err = neuron_nl_need(info, NEURON_A_JOB_JOB_ID);
	if (err)
		return err;

	err = neuron_job_free(neuron_nl_ctx(info), nla_get_u32(id));
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "There is no such job");
	else if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "The job is still running");

	return err;
}

/**
 * neuron_nl_job_cancel_doit() - job-cancel
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_job_cancel_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[NEURON_A_JOB_JOB_ID];
	int err;

	err = neuron_nl_need(info, NEURON_A_JOB_JOB_ID);
	if (err)
		return err;

	err = neuron_job_cancel(neuron_nl_ctx(info), nla_get_u32(id));
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "There is no such job");
	else if (err == -EALREADY)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "The job has ended");
	else if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "This work cannot be stopped");

	return err;
}
