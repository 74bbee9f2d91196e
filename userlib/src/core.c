// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cores: claims, events and semaphores.
 */
#include <errno.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"
#include "values.h"

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
	struct values values = { .attr = NEURON_A_EVENT_VALUE, .to = value, .room = 1 };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_EVENT_GET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_EVENT_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_EVENT_EVENT_ID, event_id);
	return values_run(ctx, &request, timeout_ms, &values);
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
	return nreq_order(&request);
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
	struct values values = { .attr = NEURON_A_SEMAPHORE_VALUE, .to = value, .room = 1 };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_SEMAPHORE_GET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_SEMAPHORE_SEMAPHORE_ID, semaphore_id);
	return values_run(ctx, &request, timeout_ms, &values);
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
	return nreq_order(&request);
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

NREQ_TELL(tell_core, neuron_core_fn)

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
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_CORE_GET, .fd = -1, .index = index,
		.table = &core_table, .tell = tell_core, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
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
	return nreq_order(&request);
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

/*
 * struct kind - attributes of a list of events or semaphores
 */
struct kind {
	int list, nc, index, op, value;
};

static const struct kind events = {
	.list = NEURON_A_EVENT_ENTRY, .nc = NEURON_A_EVENT_ENTRY_NC_ID,
	.index = NEURON_A_EVENT_ENTRY_EVENT_ID, .value = NEURON_A_EVENT_ENTRY_VALUE,
};

static const struct kind semaphores = {
	.list = NEURON_A_SEMAPHORE_ENTRY, .nc = NEURON_A_SEMAPHORE_ENTRY_NC_ID,
	.index = NEURON_A_SEMAPHORE_ENTRY_SEMAPHORE_ID, .op = NEURON_A_SEMAPHORE_ENTRY_OP,
	.value = NEURON_A_SEMAPHORE_ENTRY_VALUE,
};

#define ENTRY_BYTES	40	/* a nest of up to four 32-bit values */

/* A request about a list; its length is checked. */
static int begin_list(struct neuron_ctx *ctx, struct nreq *request, uint32_t cmd,
		      unsigned int count)
{
	if (!count || count > NEURON_MAX_CORE_ENTRIES)
		return error_local(ctx->handle, cmd, -EINVAL, "a list has 1 to 100 entries");
	nreq_init(request, ctx->handle, cmd, 128 + (size_t)count * ENTRY_BYTES);
	nreq_put_device(request, ctx->fd, NEURON_ALL_DEVICES);
	return 0;
}

/* @value is NULL for a question. */
static void put_entry(struct nreq *request, const struct kind *kind, uint32_t nc_id,
		      uint32_t index, uint32_t op, const uint32_t *value)
{
	struct nlattr *nest = nreq_nest_start(request, kind->list);

	nreq_put_u32(request, kind->nc, nc_id);
	nreq_put_u32(request, kind->index, index);
	if (value && kind->op)
		nreq_put_u32(request, kind->op, op);
	if (value)
		nreq_put_u32(request, kind->value, *value);
	nreq_nest_end(request, nest);
}

/**
 * neuron_events_get() - read event registers by one request to the firmware
 * @ctx: context
 * @list: value is filled
 * @count: how many, at most NEURON_MAX_CORE_ENTRIES
 * @timeout_ms: limit
 *
 * Return: as neuron_event_get().
 */
int neuron_events_get(struct neuron_ctx *ctx, struct neuron_event_entry *list, unsigned int count,
		      int timeout_ms)
{
	struct values values = {
		.attr = events.value, .nest = events.list, .to = &list->value,
		.stride = sizeof(*list), .room = count,
	};
	struct nreq request;
	unsigned int i;
	int err;

	err = begin_list(ctx, &request, NEURON_CMD_EVENT_GET, count);
	if (err)
		return err;
	for (i = 0; i < count; i++)
		put_entry(&request, &events, list[i].nc_id, list[i].event_id, 0, NULL);
	return values_run(ctx, &request, timeout_ms, &values);
}

/**
 * neuron_events_set() - write event registers in order, all of them or none
 * @ctx: context
 * @list: what they become
 * @count: how many, at most NEURON_MAX_CORE_ENTRIES
 *
 * Return: as neuron_event_set().
 */
int neuron_events_set(struct neuron_ctx *ctx, const struct neuron_event_entry *list,
		      unsigned int count)
{
	struct nreq request;
	unsigned int i;
	int err;

	err = begin_list(ctx, &request, NEURON_CMD_EVENT_SET, count);
	if (err)
		return err;
	for (i = 0; i < count; i++)
		put_entry(&request, &events, list[i].nc_id, list[i].event_id, 0, &list[i].value);
	return nreq_order(&request);
}

/**
 * neuron_semaphores_get() - read semaphores by one request to the firmware
 * @ctx: context
 * @list: value is filled
 * @count: how many, at most NEURON_MAX_CORE_ENTRIES
 * @timeout_ms: limit
 *
 * Return: as neuron_semaphore_get().
 */
int neuron_semaphores_get(struct neuron_ctx *ctx, struct neuron_semaphore_entry *list,
			  unsigned int count, int timeout_ms)
{
	struct values values = {
		.attr = semaphores.value, .nest = semaphores.list, .to = &list->value,
		.stride = sizeof(*list), .room = count,
	};
	struct nreq request;
	unsigned int i;
	int err;

	err = begin_list(ctx, &request, NEURON_CMD_SEMAPHORE_GET, count);
	if (err)
		return err;
	for (i = 0; i < count; i++)
		put_entry(&request, &semaphores, list[i].nc_id, list[i].semaphore_id, 0, NULL);
	return values_run(ctx, &request, timeout_ms, &values);
}

/**
 * neuron_semaphores_set() - change semaphores in order, all of them or none
 * @ctx: context
 * @list: what is done to them
 * @count: how many, at most NEURON_MAX_CORE_ENTRIES
 *
 * Return: as neuron_semaphore_set().
 */
int neuron_semaphores_set(struct neuron_ctx *ctx, const struct neuron_semaphore_entry *list,
			  unsigned int count)
{
	struct nreq request;
	unsigned int i;
	int err;

	err = begin_list(ctx, &request, NEURON_CMD_SEMAPHORE_SET, count);
	if (err)
		return err;
	for (i = 0; i < count; i++) {
		uint32_t value = (uint32_t)list[i].value;

		put_entry(&request, &semaphores, list[i].nc_id, list[i].semaphore_id, list[i].op,
			  &value);
	}
	return nreq_order(&request);
}
