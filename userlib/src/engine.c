// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DMA engines.
 */
#include "nlmsg.h"

#define F(kind, attr, member) FIELD(kind, NEURON_A_ENGINE_##attr, struct neuron_engine_info, member)

static const struct field engine_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, ENG_ID, eng_id),
	F(FIELD_U32, NC_ID, nc_id),
	F(FIELD_U32, STATE, state),
	F(FIELD_U32, QUEUES_USED, queues_used),
	F(FIELD_U64, AGE_MS, age_ms),
};

static const struct field_table engine_table =
	FIELD_TABLE(engine_fields, struct neuron_engine_info);

/**
 * neuron_engine_list() - DMA engines
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per engine
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_engine_list(struct neuron_handle *handle, int index, neuron_engine_fn fn, void *arg)
{
	struct nreq_list list;
	size_t i;
	int err;

	err = nreq_list_all(handle, NEURON_CMD_ENGINE_GET, -1, index, &engine_table, &list);
	for (i = 0; !err && i < list.count; i++)
		err = fn(nreq_list_at(&list, i), arg);
	nreq_list_free(&list);
	return err;
}

/**
 * neuron_engine_get() - one DMA engine
 * @handle: handle
 * @index: card
 * @eng_id: engine
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_engine_get(struct neuron_handle *handle, uint32_t index, uint32_t eng_id,
		      struct neuron_engine_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_ENGINE_GET, 0);
	nreq_put_u32(&request, NEURON_A_ENGINE_DEV_INDEX, index);
	nreq_put_u32(&request, NEURON_A_ENGINE_ENG_ID, eng_id);
	return nreq_get(&request, &engine_table, info, size);
}
