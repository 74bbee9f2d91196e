// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Links between cards.
 */
#include "device.h"
#include "job.h"
#include "nlmsg.h"

#define F(kind, attr, member) \
	FIELD(kind, NEURON_A_NEIGHBOR_##attr, struct neuron_neighbor_info, member)

static const struct field neighbor_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_STR, BUS_NAME, bus_name),
	F(FIELD_U64, HOTPLUG_SEQ, hotplug_seq),
	F(FIELD_U32, PORT, port),
	F(FIELD_U32, LINK_STATE, link_state),
	F(FIELD_U32, PEER_INDEX, peer_index),
	F(FIELD_STR, PEER_BUS_NAME, peer_bus_name),
	F(FIELD_U64, AGE_MS, age_ms),
};

const struct field_table neighbor_table =
	FIELD_TABLE(neighbor_fields, struct neuron_neighbor_info);

NREQ_TELL(tell_neighbor, neuron_neighbor_fn)

/**
 * neuron_neighbor_list() - ports and what is linked there
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per port
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_neighbor_list(struct neuron_handle *handle, int index, neuron_neighbor_fn fn,
			 void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_NEIGHBOR_GET, .fd = -1, .index = index,
		.table = &neighbor_table, .tell = tell_neighbor, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_neighbor_get() - one port
 * @handle: handle
 * @index: card
 * @port: enum neuron_port
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_neighbor_get(struct neuron_handle *handle, uint32_t index, uint32_t port,
			struct neuron_neighbor_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_NEIGHBOR_GET, 0);
	nreq_put_u32(&request, NEURON_A_NEIGHBOR_DEV_INDEX, index);
	nreq_put_u32(&request, NEURON_A_NEIGHBOR_PORT, port);
	return nreq_get(&request, &neighbor_table, info, size);
}

/**
 * neuron_neighbor_refresh() - have the firmware asked for both links
 * @ctx: context of the card
 * @timeout_ms: limit
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_neighbor_refresh(struct neuron_ctx *ctx, int timeout_ms)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_NEIGHBOR_REFRESH, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	return job_order(ctx, &request, timeout_ms);
}
