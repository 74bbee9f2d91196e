// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Jobs. A request waits in the kernel for a moment only; what takes longer is
 * awaited here, by the eventfd that the kernel raises when a job of the
 * context ends.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "batch.h"
#include "error.h"
#include "job.h"
#include "names.h"

/* The state is looked at this often even if another user of the context took the eventfd. */
#define JOB_LOOK_MS	250

#define F(kind, attr, member) FIELD(kind, NEURON_A_JOB_##attr, struct neuron_job_info, member)

static const struct field job_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, JOB_ID, job_id),
	F(FIELD_U32, JOB_STATE, state),
	F(FIELD_U32, COMMAND, command),
	F(FIELD_S32, JOB_ERROR, job_error),
	F(FIELD_STR, ERROR_TEXT, error_text),
	F(FIELD_U32, OBJECT_ID, object_id),
	F(FIELD_U64, SIZE, size_bytes),
	F(FIELD_U64, MMAP_OFFSET, mmap_offset),
	F(FIELD_U32, DONE, done),
	F(FIELD_U32, AFTER_JOB, after_job),
	F(FIELD_U64, BYTES, bytes),
};

/* Lists: what registers or counters had. */
static void take_value(const struct nlattr *attr, void *to)
{
	struct neuron_job_info *info = to;

	if (nla_type(attr) == NEURON_A_JOB_VALUE && nla_len(attr) == 4 &&
	    info->values < NEURON_MAX_REG_READS)
		info->value[info->values++] = nla_get_u32(attr);
	if (nla_type(attr) == NEURON_A_JOB_COUNT && nla_len(attr) == 8 &&
	    info->counts < NEURON_MAX_COUNTERS)
		info->count[info->counts++] = nla_get_u64(attr);
}

static const struct field_table job_table = {
	.fields = job_fields, .count = sizeof(job_fields) / sizeof(job_fields[0]),
	.size = sizeof(struct neuron_job_info), .more = take_value,
};

NREQ_TELL(tell_job, neuron_job_fn)

/* What every answer of such an operation may carry; the numbers are the same in all sets. */
struct job_reply {
	uint64_t present;
	uint32_t job_id;
};

static const struct field job_reply_fields[] = {
	FIELD(FIELD_U32, NEURON_A_JOB_JOB_ID, struct job_reply, job_id),
};

static const struct field_table job_reply_table = FIELD_TABLE(job_reply_fields, struct job_reply);

#define SAME(set) \
	_Static_assert((int)NEURON_A_##set##_JOB_ID == (int)NEURON_A_JOB_JOB_ID && \
		       (int)NEURON_A_##set##_WAIT_US == (int)NEURON_A_JOB_WAIT_US, #set)
SAME(DEVICE);
SAME(NEIGHBOR);
SAME(ENGINE);
SAME(MEM);
SAME(RING);
SAME(NQ);
SAME(EVENT);
SAME(SEMAPHORE);
SAME(REG);

static int got_job(const struct nlmsghdr *hdr, void *arg)
{
	return fields_parse(&job_table, hdr, arg);
}

static void begin_get(struct nreq *request, struct neuron_ctx *ctx, uint32_t job_id)
{
	nreq_init(request, ctx->handle, NEURON_CMD_JOB_GET, 0);
	nreq_put_device(request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(request, NEURON_A_JOB_WAIT_US, 0);
	nreq_put_u32(request, NEURON_A_JOB_JOB_ID, job_id);
}

/**
 * job_get() - look at a job, at once
 * @ctx: context
 * @job_id: job
 * @info: filled
 *
 * Return: 0 or a negative errno.
 */
int job_get(struct neuron_ctx *ctx, uint32_t job_id, struct neuron_job_info *info)
{
	struct nreq request;
	int err;

	info->present = 0;
	begin_get(&request, ctx, job_id);
	err = nreq_do(&request, got_job, info);
	if (!err && !NEURON_HAS(info, NEURON_A_JOB_JOB_STATE))
		err = error_local(ctx->handle, NEURON_CMD_JOB_GET, -EBADMSG, NULL);
	return err;
}

struct looking {
	struct neuron_job_info info;
	void *to;
	size_t size;
};

static int got_looked(const struct nlmsghdr *hdr, void *arg)
{
	struct looking *looking = arg;

	return got_job(hdr, &looking->info);
}

static int end_look(const struct nreq_end *end, void *state)
{
	struct looking *looking = state;

	if (end->err)
		return end->err;
	if (!NEURON_HAS(&looking->info, NEURON_A_JOB_JOB_STATE))
		return error_local(end->handle, end->cmd, -EBADMSG, NULL);
	return copy_out(looking->to, looking->size, &looking->info, sizeof(looking->info));
}

/**
 * neuron_job_get() - state and, if it has ended, result of a job
 * @ctx: context
 * @job_id: job
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno; a job that failed is no failure of this call.
 */
int neuron_job_get(struct neuron_ctx *ctx, uint32_t job_id, struct neuron_job_info *info,
		   size_t size)
{
	static const struct nreq_how how = {
		.got = got_looked, .end = end_look, .state_bytes = sizeof(struct looking),
	};
	struct looking looking = { .to = info, .size = size };
	struct nreq request;

	begin_get(&request, ctx, job_id);
	return nreq_call(&request, &how, &looking);
}

/**
 * job_free() - forget a job that has ended, at once
 * @ctx: context
 * @job_id: job
 *
 * Return: 0 or a negative errno.
 */
int job_free(struct neuron_ctx *ctx, uint32_t job_id)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_JOB_FREE, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_JOB_JOB_ID, job_id);
	return nreq_do(&request, NULL, NULL);
}

/**
 * neuron_job_free() - forget a job that has ended
 * @ctx: context
 * @job_id: job
 *
 * Return: 0, -EBUSY while it runs, another negative errno.
 */
int neuron_job_free(struct neuron_ctx *ctx, uint32_t job_id)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_JOB_FREE, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_JOB_JOB_ID, job_id);
	return nreq_order(&request);
}

/**
 * neuron_job_cancel() - let a job end early
 * @ctx: context
 * @job_id: job
 *
 * It ends with -ECANCELED, unless it was about to end well; neuron_job_wait() tells.
 *
 * Return: 0; -ENOENT if there is no such job; -EALREADY if it has ended;
 * -EOPNOTSUPP if it cannot be stopped; another negative errno.
 */
int neuron_job_cancel(struct neuron_ctx *ctx, uint32_t job_id)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_JOB_CANCEL, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_JOB_JOB_ID, job_id);
	return nreq_order(&request);
}

/**
 * neuron_ctx_job_fd() - descriptor that tells of ended jobs
 * @ctx: context
 *
 * An eventfd, readable after a job of the context has ended; for poll(). It
 * stays the library's.
 *
 * Return: the descriptor or a negative errno.
 */
int neuron_ctx_job_fd(struct neuron_ctx *ctx)
{
	struct nreq request;
	int fd, err;

	if (ctx->job_fd >= 0)
		return ctx->job_fd;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return error_local(ctx->handle, NEURON_CMD_CONTEXT_SET, -errno, NULL);
	nreq_init(&request, ctx->handle, NEURON_CMD_CONTEXT_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_CONTEXT_EVENTFD, (uint32_t)fd);
	err = nreq_do(&request, NULL, NULL);
	if (err) {
		close(fd);
		return err;
	}
	ctx->job_fd = fd;
	return fd;
}

static int still_running(struct neuron_ctx *ctx, uint32_t cmd, uint32_t job_id, int timeout_ms)
{
	char text[80];

	ctx->last_job = job_id;
	snprintf(text, sizeof(text), "not finished within %d ms, goes on as job %u", timeout_ms,
		 job_id);
	return error_local(ctx->handle, cmd, timeout_ms ? -ETIMEDOUT : -EINPROGRESS, text);
}

/* Until the job ends or the time is over; the last look is after the time. */
static int await(struct neuron_ctx *ctx, uint32_t job_id, int timeout_ms,
		 struct neuron_job_info *job)
{
	uint64_t start_ms = now_ms(), spent_ms = 0, raised;
	struct pollfd poll_fd = { .events = POLLIN };
	int wait_ms, err;

	poll_fd.fd = timeout_ms ? neuron_ctx_job_fd(ctx) : -1;
	if (timeout_ms && poll_fd.fd < 0)
		return poll_fd.fd;
	for (;;) {
		err = job_get(ctx, job_id, job);
		if (err || job->state != NEURON_JOB_STATE_RUNNING)
			return err;
		spent_ms = now_ms() - start_ms;
		if (timeout_ms >= 0 && spent_ms >= (uint64_t)timeout_ms)
			return still_running(ctx, job->command, job_id, timeout_ms);
		wait_ms = JOB_LOOK_MS;
		if (timeout_ms >= 0 && (uint64_t)timeout_ms - spent_ms < JOB_LOOK_MS)
			wait_ms = (int)((uint64_t)timeout_ms - spent_ms);
		if (poll(&poll_fd, 1, wait_ms) > 0 &&
		    read(poll_fd.fd, &raised, sizeof(raised)) < 0 && errno != EAGAIN)
			return error_local(ctx->handle, job->command, -errno, NULL);
	}
}

/**
 * job_result() - how a job came out
 * @ctx: context
 * @job: job that has ended
 *
 * Return: 0 or its negative errno, which is noted in the handle.
 */
int job_result(struct neuron_ctx *ctx, const struct neuron_job_info *job)
{
	if (job->state != NEURON_JOB_STATE_FAILED)
		return 0;
	return error_job(ctx->handle, job->command, job->job_error ? job->job_error : -EIO,
			 job->error_text);
}

/**
 * neuron_job_wait() - wait for the end of a job, take its result and free it
 * @ctx: context
 * @job_id: job
 * @timeout_ms: limit
 * @info: filled if it has ended, may be NULL
 * @size: sizeof(*info)
 *
 * Return: 0; the job's negative errno if it failed; -ETIMEDOUT (-EINPROGRESS
 * for @timeout_ms 0) if it still runs, and it stays; another negative errno.
 */
int neuron_job_wait(struct neuron_ctx *ctx, uint32_t job_id, int timeout_ms,
		    struct neuron_job_info *info, size_t size)
{
	struct neuron_job_info job;
	int err;

	err = await(ctx, job_id, timeout_ms, &job);
	if (err)
		return err;
	err = job_free(ctx, job_id);
	if (err)
		return err;
	if (ctx->last_job == job_id)
		ctx->last_job = 0;
	if (info)
		copy_out(info, size, &job, sizeof(job));
	return job_result(ctx, &job);
}

/**
 * neuron_ctx_last_job() - the job that the last call with a time-out left running
 * @ctx: context
 *
 * Return: its id, 0 if the last such call left none.
 */
uint32_t neuron_ctx_last_job(const struct neuron_ctx *ctx)
{
	return ctx->last_job;
}

/**
 * neuron_ctx_next_job() - what the next work shall wait for, and raise
 * @ctx: context
 * @after_job: job of @ctx that must have ended well before, 0 for none
 * @eventfd: event file descriptor of the caller's, raised once when the work has
 *	ended, whether it became a job or not; -1 for none
 *
 * For the next call on @ctx that takes a time-out, only, and whether that is
 * refused or not.
 *
 * Return: 0, -EINVAL for a negative @eventfd other than -1.
 */
int neuron_ctx_next_job(struct neuron_ctx *ctx, uint32_t after_job, int eventfd)
{
	if (eventfd < -1)
		return error_local(ctx->handle, NEURON_CMD_JOB_GET, -EINVAL,
				   "not a file descriptor");
	ctx->next_after = after_job;
	ctx->next_fd = (uint32_t)(eventfd + 1);
	return 0;
}

/* What neuron_ctx_next_job() asked for goes with @request, or is forgotten. */
static void put_next(struct neuron_ctx *ctx, struct nreq *request, const struct nn_op *op)
{
	if (ctx->next_after && op->after_job)
		nreq_put_u32(request, op->after_job, ctx->next_after);
	if (ctx->next_fd && op->job_eventfd)
		nreq_put_u32(request, op->job_eventfd, ctx->next_fd - 1);
	ctx->next_after = 0;
	ctx->next_fd = 0;
}

/**
 * job_of() - the job that an answer says a request has become
 * @hdr: answer
 * @job_id: set, 0 if it has become none
 *
 * Return: 0 or -EBADMSG.
 */
int job_of(const struct nlmsghdr *hdr, uint32_t *job_id)
{
	struct job_reply reply;
	int err = fields_parse(&job_reply_table, hdr, &reply);

	*job_id = err ? 0 : reply.job_id;
	return err;
}

struct run {
	nreq_fn got;
	void *state;
	uint32_t job_id;
};

static int got_reply(const struct nlmsghdr *hdr, void *arg)
{
	struct run *run = arg;
	int err = job_of(hdr, &run->job_id);

	return err || !run->got ? err : run->got(hdr, run->state);
}

/* A batch waits for none; its jobs are told by the descriptor of the handle. */
static int queue_call(struct neuron_ctx *ctx, struct nreq *request, bool timed,
		      const struct nreq_how *how, void *state)
{
	const struct nn_op *op = nn_op(request->cmd);

	bool two_fds = timed && ctx->next_fd;
	int err;

	if (two_fds)
		request->err = -EINVAL;
	if (timed)
		put_next(ctx, request, op);
	nreq_put_u32(request, op->wait_us, 0);
	nreq_put_u32(request, op->job_eventfd, (uint32_t)ctx->handle->event_fd);
	err = batch_add(request, ctx, how, state);
	return two_fds ? error_local(ctx->handle, request->cmd, -EINVAL,
		"in a batch the descriptor of the handle tells of jobs, and no other") : err;
}

static int wait_for(struct neuron_ctx *ctx, uint32_t job_id, int timeout_ms,
		    struct nreq_end *end, struct neuron_job_info *job)
{
	int err;

	job->present = 0;
	err = neuron_job_wait(ctx, job_id, timeout_ms, job, sizeof(*job));
	if (job->present)
		end->job = job;
	return err;
}

/**
 * job_call() - send a request that may become a job and wait for it, or queue it
 * @ctx: context
 * @request: built, without wait-us; gone afterwards
 * @timeout_ms: limit, or JOB_UNTIMED
 * @how: what becomes of the answer, and of the job
 * @state: for @how, of @how->state_bytes; copied if it is queued
 *
 * Return: what @how->end returned, 0 if it is queued; its error is -ETIMEDOUT or
 * -EINPROGRESS if the job goes on, or another negative errno.
 */
int job_call(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
	     const struct nreq_how *how, void *state)
{
	struct nreq_end end = { .handle = ctx->handle, .cmd = request->cmd };
	struct run run = { .got = how->got, .state = state };
	uint32_t wait_us = NEURON_DEFAULT_WAIT_US;
	struct neuron_job_info job;

	if (ctx->handle->queue)
		return queue_call(ctx, request, timeout_ms != JOB_UNTIMED, how, state);
	if (timeout_ms >= 0 && timeout_ms * 1000ll < wait_us)
		wait_us = (uint32_t)timeout_ms * 1000u;
	nreq_put_u32(request, NEURON_A_JOB_WAIT_US, wait_us);
	if (timeout_ms != JOB_UNTIMED) {
		ctx->last_job = 0;
		put_next(ctx, request, nn_op(request->cmd));
	}
	end.err = nreq_do(request, got_reply, &run);
	if (!end.err && run.job_id)
		end.err = wait_for(ctx, run.job_id, timeout_ms, &end, &job);
	return how->end ? how->end(&end, state) : end.err;
}

/**
 * job_order() - the same for what has no result
 * @ctx: context
 * @request: built, without wait-us; gone afterwards
 * @timeout_ms: limit
 *
 * Return: 0 or a negative errno.
 */
int job_order(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms)
{
	static const struct nreq_how how = { 0 };

	return job_call(ctx, request, timeout_ms, &how, NULL);
}

static int job_list(struct neuron_handle *handle, int fd, int index, neuron_job_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_JOB_GET, .fd = fd, .index = index,
		.table = &job_table, .tell = tell_job, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_job_list() - jobs of every context that the caller may see
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per job
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_job_list(struct neuron_handle *handle, int index, neuron_job_fn fn, void *arg)
{
	return job_list(handle, -1, index, fn, arg);
}

/**
 * neuron_ctx_jobs() - jobs of a context
 * @ctx: context
 * @fn: called per job
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ctx_jobs(struct neuron_ctx *ctx, neuron_job_fn fn, void *arg)
{
	return job_list(ctx->handle, ctx->fd, NEURON_ALL_DEVICES, fn, arg);
}
