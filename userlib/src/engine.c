// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DMA engines.
 */
#include "job.h"
#include "nlmsg.h"

#define F(kind, attr, member) FIELD(kind, NEURON_A_ENGINE_##attr, struct neuron_engine_info, member)

static const struct field engine_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, ENG_ID, eng_id),
	F(FIELD_U32, NC_ID, nc_id),
	F(FIELD_U32, STATE, state),
	F(FIELD_U32, QUEUES_USED, queues_used),
	F(FIELD_STR, CAUSE, cause),
	F(FIELD_U32, CAUSE_M2S, cause_m2s),
	F(FIELD_U32, CAUSE_S2M, cause_s2m),
	F(FIELD_U32, CAUSE_PARITY, cause_parity),
	F(FIELD_U64, AGE_MS, age_ms),
	F(FIELD_U64, COPIES, copies),
	F(FIELD_U64, COPY_BYTES, copy_bytes),
	F(FIELD_U32, REVISION, revision),
};

static const struct field_table engine_table =
	FIELD_TABLE(engine_fields, struct neuron_engine_info);

NREQ_TELL(tell_engine, neuron_engine_fn)

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
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_ENGINE_GET, .fd = -1, .index = index,
		.table = &engine_table, .tell = tell_engine, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
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

/**
 * neuron_engine_recover() - bring an engine up anew that has aborted
 * @ctx: context of the card
 * @eng_id: engine
 * @timeout_ms: limit
 *
 * Its rings are lost, other engines go on.
 *
 * Return: 0; -EINVAL if it has not aborted; -ERANGE if there is no such engine;
 * -EBUSY if another context holds something and the caller lacks CAP_SYS_ADMIN;
 * -EIO if it stays aborted, which only neuron_device_reset() ends; -ETIMEDOUT or
 * -EINPROGRESS if it goes on as a job; another negative errno.
 */
int neuron_engine_recover(struct neuron_ctx *ctx, uint32_t eng_id, int timeout_ms)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_ENGINE_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_ENGINE_ENG_ID, eng_id);
	nreq_put_u32(&request, NEURON_A_ENGINE_ACTION, NEURON_ENGINE_ACTION_RECOVER);
	return job_order(ctx, &request, timeout_ms);
}
