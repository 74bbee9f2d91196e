// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Registers, counters, and statistics for the firmware.
 */
#include <errno.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"
#include "values.h"

static int reg_read(struct neuron_ctx *ctx, uint32_t bar, bool raw, const uint32_t *offsets,
		    uint32_t *values, unsigned int count, int timeout_ms)
{
	struct values result = {
		.attr = NEURON_A_REG_VALUE, .to = values, .stride = sizeof(*values), .room = count,
	};
	struct nreq request;
	unsigned int i;

	if (!count || count > NEURON_MAX_REG_READS)
		return error_local(ctx->handle, NEURON_CMD_REG_READ, -EINVAL,
				   "1 to 100 registers can be read at once");
	nreq_init(&request, ctx->handle, NEURON_CMD_REG_READ, 96 + 8 * (size_t)count);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	if (raw) {
		nreq_put_u32(&request, NEURON_A_REG_BAR, bar);
		nreq_put_flag(&request, NEURON_A_REG_RAW);
	}
	for (i = 0; i < count; i++)
		nreq_put_u32(&request, NEURON_A_REG_OFFSET, offsets[i]);
	return values_run(ctx, &request, timeout_ms, &result);
}

/**
 * neuron_reg_read() - read registers of BAR 0 through the firmware
 * @ctx: context
 * @offsets: byte offsets, multiples of 4
 * @values: filled, in the order of @offsets
 * @count: how many, at most NEURON_MAX_REG_READS
 * @timeout_ms: limit
 *
 * Return: 0; -EACCES for a register that may not be read; -ETIMEDOUT or
 * -EINPROGRESS if it goes on as a job; another negative errno.
 */
int neuron_reg_read(struct neuron_ctx *ctx, const uint32_t *offsets, uint32_t *values,
		    unsigned int count, int timeout_ms)
{
	return reg_read(ctx, 0, false, offsets, values, count, timeout_ms);
}

/**
 * neuron_reg_read_raw() - read any registers through the firmware
 * @ctx: context, opened with CAP_SYS_RAWIO, which the caller has, too
 * @bar: 0 or 2
 * @offsets: byte offsets, multiples of 4
 * @values: filled, in the order of @offsets
 * @count: how many, at most NEURON_MAX_REG_READS
 * @timeout_ms: limit
 *
 * Return: 0; -EPERM without CAP_SYS_RAWIO, or if the kernel is locked down;
 * -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another negative errno.
 */
int neuron_reg_read_raw(struct neuron_ctx *ctx, uint32_t bar, const uint32_t *offsets,
			uint32_t *values, unsigned int count, int timeout_ms)
{
	return reg_read(ctx, bar, true, offsets, values, count, timeout_ms);
}

/**
 * neuron_reg_write() - store to registers in order, all of them or none
 * @ctx: context, opened with CAP_SYS_RAWIO, which the caller has, too
 * @bar: 0 or 2
 * @list: stores
 * @count: how many, at most NEURON_MAX_REG_WRITES
 *
 * Taints the kernel.
 *
 * Return: 0; -EPERM without CAP_SYS_RAWIO, or if the kernel is locked down; -EACCES
 * for a register that the driver owns; -EBUSY for a core that another context
 * has claimed; another negative errno.
 */
int neuron_reg_write(struct neuron_ctx *ctx, uint32_t bar, const struct neuron_reg_store *list,
		     unsigned int count)
{
	struct nreq request;
	struct nlattr *nest;
	unsigned int i;

	if (!count || count > NEURON_MAX_REG_WRITES)
		return error_local(ctx->handle, NEURON_CMD_REG_WRITE, -EINVAL,
				   "1 to 100 registers can be written at once");
	nreq_init(&request, ctx->handle, NEURON_CMD_REG_WRITE, 96 + 24 * (size_t)count);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_REG_BAR, bar);
	for (i = 0; i < count; i++) {
		nest = nreq_nest_start(&request, NEURON_A_REG_WRITE);
		nreq_put_u32(&request, NEURON_A_REG_ENTRY_OFFSET, list[i].offset);
		nreq_put_u32(&request, NEURON_A_REG_ENTRY_VALUE, list[i].value);
		nreq_nest_end(&request, nest);
	}
	return nreq_order(&request);
}

struct counts {
	uint64_t *count;
	unsigned int room, counts;
};

static int got_counts(const struct nlmsghdr *hdr, void *arg)
{
	struct counts *counts = arg;
	struct nlattr *attr;
	int left;

	left = nlmsg_datalen(hdr) - (int)GENL_HDRLEN;
	attr = (struct nlattr *)((char *)nlmsg_data(hdr) + GENL_HDRLEN);
	for (; nla_ok(attr, left); attr = nla_next(attr, &left)) {
		if (nla_type(attr) != NEURON_A_REG_COUNT || counts->counts == counts->room)
			continue;
		if (nla_len(attr) != 8)
			return -EBADMSG;
		counts->count[counts->counts++] = nla_get_u64(attr);
	}
	return 0;
}

static int end_counts(const struct nreq_end *end, void *state)
{
	struct counts *counts = state;
	unsigned int i;

	if (end->err)
		return end->err;
	if (end->job) {
		counts->counts = end->job->counts < counts->room ? end->job->counts : counts->room;
		for (i = 0; i < counts->counts; i++)
			counts->count[i] = end->job->count[i];
	}
	if (counts->counts < counts->room)
		return error_local(end->handle, end->cmd, -EBADMSG, "the answer lacks values");
	return 0;
}

/**
 * neuron_counters_get() - read published counters of the hardware
 * @ctx: context
 * @eng_id: engine of those that are an engine's
 * @counters: enum neuron_counter of each
 * @counts: filled, in the order of @counters
 * @count: how many, at most NEURON_MAX_COUNTERS
 * @timeout_ms: limit
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another negative
 * errno.
 */
int neuron_counters_get(struct neuron_ctx *ctx, uint32_t eng_id, const uint32_t *counters,
			uint64_t *counts, unsigned int count, int timeout_ms)
{
	static const struct nreq_how how = {
		.got = got_counts, .end = end_counts, .state_bytes = sizeof(struct counts),
	};
	struct counts result = { .count = counts, .room = count };
	struct nreq request;
	unsigned int i;

	if (!count || count > NEURON_MAX_COUNTERS)
		return error_local(ctx->handle, NEURON_CMD_COUNTERS_GET, -EINVAL,
				   "1 to 50 counters can be read at once");
	nreq_init(&request, ctx->handle, NEURON_CMD_COUNTERS_GET, 96 + 8 * (size_t)count);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_REG_ENG_ID, eng_id);
	for (i = 0; i < count; i++)
		nreq_put_u32(&request, NEURON_A_REG_COUNTER, counters[i]);
	return job_call(ctx, &request, timeout_ms, &how, &result);
}

/**
 * neuron_metric_post() - hand runtime statistics to the firmware
 * @ctx: context; others hold nothing, or the caller has CAP_SYS_ADMIN
 * @data: statistics, opaque
 * @size: bytes, at most NEURON_MAX_METRIC_BYTES
 * @timeout_ms: limit
 *
 * Return: 0; -EBUSY if another context holds something; -ETIMEDOUT or -EINPROGRESS
 * if it goes on as a job; another negative errno.
 */
int neuron_metric_post(struct neuron_ctx *ctx, const void *data, size_t size, int timeout_ms)
{
	struct nreq request;

	if (!size || size > NEURON_MAX_METRIC_BYTES)
		return error_local(ctx->handle, NEURON_CMD_METRIC_POST, -EINVAL,
				   "1 to 128 bytes can be posted at once");
	nreq_init(&request, ctx->handle, NEURON_CMD_METRIC_POST, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_bytes(&request, NEURON_A_DEVICE_METRIC, data, size);
	return job_order(ctx, &request, timeout_ms);
}
