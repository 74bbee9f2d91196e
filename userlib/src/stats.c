// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counters of the driver.
 */
#include "nlmsg.h"

#define F(kind, attr, member) FIELD(kind, NEURON_A_STATS_##attr, struct neuron_stats_info, member)

static const struct field stats_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_STR, BUS_NAME, bus_name),
	F(FIELD_U64, FWIO_REQUESTS, fwio_requests),
	F(FIELD_U64, FWIO_RETRIES, fwio_retries),
	F(FIELD_U64, FWIO_TIMEOUTS, fwio_timeouts),
	F(FIELD_U64, FWIO_ERRORS, fwio_errors),
	F(FIELD_U64, FWIO_STALE, fwio_stale),
	F(FIELD_U64, REG_WRITES, reg_writes),
	F(FIELD_U64, DOORBELLS, doorbells),
	F(FIELD_U64, DESCRIPTORS, descriptors),
	F(FIELD_U64, BYTES, bytes),
	F(FIELD_U64, CLEARED_BYTES, cleared_bytes),
	F(FIELD_U64, CONTEXTS_OPENED, contexts_opened),
	F(FIELD_U64, CONTEXTS_CLOSED, contexts_closed),
	F(FIELD_U64, MEMS, mems),
	F(FIELD_U64, RINGS, rings),
	F(FIELD_U64, NQS, nqs),
	F(FIELD_U64, JOBS, jobs),
	F(FIELD_U64, QUARANTINED, quarantined),
	F(FIELD_U64, ENGINE_ABORTS, engine_aborts),
	F(FIELD_U64, RESETS, resets),
	F(FIELD_U64, HOTPLUG_EVENTS, hotplug_events),
	F(FIELD_U64, HOTPLUG_LOST, hotplug_lost),
	F(FIELD_U64, HEALTH_EVENTS, health_events),
	F(FIELD_U64, HEALTH_LOST, health_lost),
	F(FIELD_U64, COPIES, copies),
	F(FIELD_U64, COPY_FAILURES, copy_failures),
	F(FIELD_U64, RESET_FAILURES, reset_failures),
	F(FIELD_U64, INTERRUPTS, interrupts),
	F(FIELD_U64, INTERRUPTS_LOST, interrupts_lost),
	F(FIELD_U64, REVOKED, revoked),
	F(FIELD_U64, INTERRUPTIONS, interruptions),
	F(FIELD_U64, PCIE_ERRORS, pcie_errors),
	F(FIELD_U64, PCIE_CORRECTED, pcie_corrected),
	F(FIELD_U64, QUARANTINED_BYTES, quarantined_bytes),
	F(FIELD_U64, OWN_RESETS, own_resets),
	F(FIELD_U64, NQ_OVERRUNS, nq_overruns),
	F(FIELD_U64, LINKS_LOST, links_lost),
	F(FIELD_U64, USAGE_EVENTS, usage_events),
	F(FIELD_U64, USAGE_LOST, usage_lost),
	F(FIELD_U64, MEMORY_REFUSALS, memory_refusals),
};

static const struct field_table stats_table = FIELD_TABLE(stats_fields, struct neuron_stats_info);

NREQ_TELL(tell_stats, neuron_stats_fn)

/**
 * neuron_stats_list() - what the driver counted, per card
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per card
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_stats_list(struct neuron_handle *handle, int index, neuron_stats_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_STATS_GET, .fd = -1, .index = index,
		.table = &stats_table, .tell = tell_stats, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_stats_get() - what the driver counted for a card
 * @handle: handle
 * @index: card
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_stats_get(struct neuron_handle *handle, uint32_t index,
		     struct neuron_stats_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_STATS_GET, 0);
	nreq_put_u32(&request, NEURON_A_STATS_DEV_INDEX, index);
	return nreq_get(&request, &stats_table, info, size);
}
