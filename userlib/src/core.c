// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Event registers of cores, and register reads.
 */
#include <errno.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"

struct values {
	int attr;
	uint32_t *value;
	unsigned int room, count;
};

static int got_values(const struct nlmsghdr *hdr, void *arg)
{
	struct values *values = arg;
	struct nlattr *attr;
	int left;

	left = nlmsg_datalen(hdr) - (int)GENL_HDRLEN;
	attr = (struct nlattr *)((char *)nlmsg_data(hdr) + GENL_HDRLEN);
	for (; nla_ok(attr, left); attr = nla_next(attr, &left)) {
		if (nla_type(attr) != values->attr || values->count == values->room)
			continue;
		if (nla_len(attr) != 4)
			return -EBADMSG;
		values->value[values->count++] = nla_get_u32(attr);
	}
	return 0;
}

/* Values come in the first answer or as the result of a job. */
static int run_values(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
		      struct values *values)
{
	struct neuron_job_info job;
	uint32_t cmd = request->cmd;
	unsigned int i;
	int ret;

	ret = job_run(ctx, request, timeout_ms, got_values, values, &job);
	if (ret < 0)
		return ret;
	if (ret == 1) {
		values->count = job.values < values->room ? job.values : values->room;
		for (i = 0; i < values->count; i++)
			values->value[i] = job.value[i];
	}
	if (values->count < values->room)
		return error_local(ctx->handle, cmd, -EBADMSG, "the answer lacks values");
	return 0;
}

/**
 * neuron_event_get() - read an event register
 * @ctx: context
 * @nc_id: core
 * @event_id: register
 * @timeout_ms: limit
 * @value: 0 or 1
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_event_get(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t event_id, int timeout_ms,
		     uint32_t *value)
{
	struct values values = { .attr = NEURON_A_EVENT_VALUE, .value = value, .room = 1 };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_EVENT_GET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_EVENT_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_EVENT_EVENT_ID, event_id);
	return run_values(ctx, &request, timeout_ms, &values);
}

/**
 * neuron_event_set() - write an event register
 * @ctx: context
 * @nc_id: core
 * @event_id: register
 * @value: 0 or 1
 *
 * Return: 0 or a negative errno.
 */
int neuron_event_set(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t event_id, uint32_t value)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_EVENT_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_EVENT_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_EVENT_EVENT_ID, event_id);
	nreq_put_u32(&request, NEURON_A_EVENT_VALUE, value);
	return nreq_do(&request, NULL, NULL);
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
	struct values result = { .attr = NEURON_A_REG_VALUE, .value = values, .room = count };
	struct nreq request;
	unsigned int i;

	if (!count || count > NEURON_MAX_REG_READS)
		return error_local(ctx->handle, NEURON_CMD_REG_READ, -EINVAL,
				   "1 to 100 registers can be read at once");
	nreq_init(&request, ctx->handle, NEURON_CMD_REG_READ, 64 + 8 * (size_t)count);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	for (i = 0; i < count; i++)
		nreq_put_u32(&request, NEURON_A_REG_OFFSET, offsets[i]);
	return run_values(ctx, &request, timeout_ms, &result);
}
