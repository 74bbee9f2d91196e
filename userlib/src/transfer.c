// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copies and fills, done by the driver's own queues.
 */
#include <errno.h>
#include <stdbool.h>

#include "error.h"
#include "job.h"

/* A transfer as attributes: a nest of three 32-bit and three 64-bit values. */
#define TRANSFER_BYTES	72

struct transfer_reply {
	uint64_t present;
	uint32_t done;
};

/* @to: where it goes how many were done, or NULL */
struct transferring {
	struct transfer_reply reply;
	uint32_t *to;
};

static const struct field reply_fields[] = {
	FIELD(FIELD_U32, NEURON_A_MEM_DONE, struct transfer_reply, done),
};

static const struct field_table reply_table = FIELD_TABLE(reply_fields, struct transfer_reply);

static int got_reply(const struct nlmsghdr *hdr, void *arg)
{
	struct transferring *transferring = arg;

	return fields_parse(&reply_table, hdr, &transferring->reply);
}

static int end_transfer(const struct nreq_end *end, void *state)
{
	struct transferring *transferring = state;

	if (transferring->to)
		*transferring->to = end->job && NEURON_HAS(end->job, NEURON_A_JOB_DONE) ?
				    end->job->done : transferring->reply.done;
	return end->err;
}

static void transfer_put(struct nreq *request, const struct neuron_transfer *transfer, bool fill)
{
	struct nlattr *nest;

	if (transfer->reserved || (fill ? transfer->src_mem : transfer->pattern)) {
		request->err = request->err ? request->err : -EINVAL;
		return;
	}
	nest = nreq_nest_start(request, NEURON_A_MEM_TRANSFER);
	if (fill) {
		nreq_put_u32(request, NEURON_A_TRANSFER_PATTERN, transfer->pattern);
	} else {
		nreq_put_u32(request, NEURON_A_TRANSFER_SRC_MEM, transfer->src_mem);
		nreq_put_u64(request, NEURON_A_TRANSFER_SRC_OFFSET, transfer->src_offset);
	}
	nreq_put_u32(request, NEURON_A_TRANSFER_DST_MEM, transfer->dst_mem);
	nreq_put_u64(request, NEURON_A_TRANSFER_DST_OFFSET, transfer->dst_offset);
	nreq_put_u64(request, NEURON_A_TRANSFER_LENGTH, transfer->length_bytes);
	nreq_nest_end(request, nest);
}

static int run_part(struct neuron_ctx *ctx, uint32_t cmd, const struct neuron_transfer *list,
		    uint32_t count, int timeout_ms, uint32_t *done)
{
	static const struct nreq_how how = {
		.got = got_reply, .end = end_transfer, .state_bytes = sizeof(struct transferring),
	};
	struct transferring transferring = { .to = done };
	struct nreq request;
	uint32_t i;

	nreq_init(&request, ctx->handle, cmd, 256 + (size_t)count * TRANSFER_BYTES);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	for (i = 0; i < count; i++)
		transfer_put(&request, &list[i], cmd == NEURON_CMD_MEM_FILL);
	return job_call(ctx, &request, timeout_ms, &how, &transferring);
}

static int run(struct neuron_ctx *ctx, uint32_t cmd, const struct neuron_transfer *list,
	       uint32_t count, int timeout_ms, uint32_t *done)
{
	uint32_t total = 0, part, some;
	int err = 0;

	if (!count)
		err = error_local(ctx->handle, cmd, -EINVAL, "no transfers");
	else if (ctx->handle->queue)
		return count <= NEURON_MAX_TRANSFERS ?
		       run_part(ctx, cmd, list, count, timeout_ms, done) : nreq_too_long(ctx, cmd);
	while (!err && total < count) {
		part = count - total < NEURON_MAX_TRANSFERS ? count - total : NEURON_MAX_TRANSFERS;
		err = run_part(ctx, cmd, list + total, part, timeout_ms, &some);
		total += some;
		if (!err && some < part)
			err = error_local(ctx->handle, cmd, -EBADMSG,
					  "fewer transfers were done than asked for");
	}
	if (done)
		*done = total;
	return err;
}

/**
 * neuron_ctx_copy() - copy between memory of a context, in order
 * @ctx: context
 * @list: copies; source and destination must not overlap
 * @count: how many; lists of more than NEURON_MAX_TRANSFERS go in parts
 * @timeout_ms: limit for each part
 * @done: how many have ended, may be NULL; also set when it fails
 *
 * What is wrong with a list is told before any of its part has begun.
 *
 * Return: 0; -EINVAL, -EOVERFLOW or -ERANGE for a length or range that cannot be;
 * -ENOENT for an unknown memory; -EIO if no copy queue of the card works;
 * -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another negative errno.
 */
int neuron_ctx_copy(struct neuron_ctx *ctx, const struct neuron_transfer *list, uint32_t count,
		    int timeout_ms, uint32_t *done)
{
	return run(ctx, NEURON_CMD_MEM_COPY, list, count, timeout_ms, done);
}

/**
 * neuron_ctx_fill() - fill memory of a context with patterns, in order
 * @ctx: context
 * @list: fills
 * @count: how many; lists of more than NEURON_MAX_TRANSFERS go in parts
 * @timeout_ms: limit for each part
 * @done: how many have ended, may be NULL; also set when it fails
 *
 * Return: as neuron_ctx_copy().
 */
int neuron_ctx_fill(struct neuron_ctx *ctx, const struct neuron_transfer *list, uint32_t count,
		    int timeout_ms, uint32_t *done)
{
	return run(ctx, NEURON_CMD_MEM_FILL, list, count, timeout_ms, done);
}
