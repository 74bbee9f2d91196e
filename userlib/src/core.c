// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cores: claims, events and semaphores; and register reads.
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
 * neuron_semaphore_get() - read a semaphore
 * @ctx: context
 * @nc_id: core
 * @semaphore_id: semaphore
 * @timeout_ms: limit
 * @value: its value
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_semaphore_get(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t semaphore_id,
			 int timeout_ms, int32_t *value)
{
	uint32_t raw = 0;
	struct values values = { .attr = NEURON_A_SEMAPHORE_VALUE, .value = &raw, .room = 1 };
	struct nreq request;
	int err;

	nreq_init(&request, ctx->handle, NEURON_CMD_SEMAPHORE_GET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_SEMAPHORE_ID, semaphore_id);
	err = run_values(ctx, &request, timeout_ms, &values);
	if (!err)
		*value = (int32_t)raw;
	return err;
}

/**
 * neuron_semaphore_set() - change a semaphore
 * @ctx: context
 * @nc_id: core
 * @semaphore_id: semaphore
 * @op: enum neuron_semaphore_op
 * @value: what it becomes, or what is added or taken away
 *
 * Return: 0; -EBUSY if another context has claimed the core; another negative
 * errno.
 */
int neuron_semaphore_set(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t semaphore_id,
			 uint32_t op, int32_t value)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_SEMAPHORE_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_SEMAPHORE_ID, semaphore_id);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_OP, op);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_VALUE, (uint32_t)value);
	return nreq_do(&request, NULL, NULL);
}

#define F(kind, attr, member) FIELD(kind, NEURON_A_CORE_##attr, struct neuron_core_info, member)

static const struct field core_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, NC_ID, nc_id),
	F(FIELD_U64, HELD_MS, held_ms),
	F(FIELD_U32, EVENTS, events),
	F(FIELD_U32, SEMAPHORES, semaphores),
	F(FIELD_U32, FIFO_BYTES, fifo_bytes),
};

static const struct field_table core_table = FIELD_TABLE(core_fields, struct neuron_core_info);

/**
 * neuron_core_list() - cores and who holds them
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per core
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_core_list(struct neuron_handle *handle, int index, neuron_core_fn fn, void *arg)
{
	struct nreq_list list;
	size_t i;
	int err;

	err = nreq_list_all(handle, NEURON_CMD_CORE_GET, -1, index, &core_table, &list);
	for (i = 0; !err && i < list.count; i++)
		err = fn(nreq_list_at(&list, i), arg);
	nreq_list_free(&list);
	return err;
}

/**
 * neuron_core_get() - one core
 * @handle: handle
 * @index: card
 * @nc_id: core
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0; -ERANGE if there is no such core; another negative errno.
 */
int neuron_core_get(struct neuron_handle *handle, uint32_t index, uint32_t nc_id,
		    struct neuron_core_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_CORE_GET, 0);
	nreq_put_u32(&request, NEURON_A_CORE_DEV_INDEX, index);
	nreq_put_u32(&request, NEURON_A_CORE_NC_ID, nc_id);
	return nreq_get(&request, &core_table, info, size);
}

static int for_cores(struct neuron_ctx *ctx, uint32_t cmd, const uint32_t *nc_ids,
		     unsigned int count)
{
	struct nreq request;
	unsigned int i;

	nreq_init(&request, ctx->handle, cmd, 64 + 8 * (size_t)count);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	for (i = 0; i < count; i++)
		nreq_put_u32(&request, NEURON_A_CORE_CLAIM, nc_ids[i]);
	return nreq_do(&request, NULL, NULL);
}

/**
 * neuron_core_claim() - have cores alone, all of them or none
 * @ctx: context
 * @nc_ids: cores
 * @count: how many
 *
 * Until they are released, or the context is closed, others are refused what
 * would touch these cores: rings on their engines, notification queues, events,
 * semaphores, programs.
 *
 * Return: 0, also for cores that @ctx has already; -EBUSY if another context has
 * or uses one; -ERANGE if there is no such core; another negative errno.
 */
int neuron_core_claim(struct neuron_ctx *ctx, const uint32_t *nc_ids, unsigned int count)
{
	return for_cores(ctx, NEURON_CMD_CORE_CLAIM, nc_ids, count);
}

/**
 * neuron_core_release() - give cores back, all of them or none
 * @ctx: context
 * @nc_ids: cores
 * @count: how many
 *
 * Return: 0; -ENOENT for a core that @ctx does not hold; -EBUSY while ring
 * entries with programs for it are not handed back; another negative errno.
 */
int neuron_core_release(struct neuron_ctx *ctx, const uint32_t *nc_ids, unsigned int count)
{
	return for_cores(ctx, NEURON_CMD_CORE_RELEASE, nc_ids, count);
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
