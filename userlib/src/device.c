// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cards.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "error.h"
#include "job.h"
#include "nlmsg.h"

#define F(kind, attr, member) FIELD(kind, NEURON_A_DEVICE_##attr, struct neuron_device_info, member)

static const struct field device_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_STR, BUS_NAME, bus_name),
	F(FIELD_U64, HOTPLUG_SEQ, hotplug_seq),
	F(FIELD_U64, HEALTH_SEQ, health_seq),
	F(FIELD_U32, VENDOR_ID, vendor_id),
	F(FIELD_U32, DEVICE_ID, device_id),
	F(FIELD_U32, REVISION, revision),
	F(FIELD_U32, ARCH, arch),
	F(FIELD_U32, STATE, state),
	F(FIELD_U32, HEALTH, health),
	F(FIELD_U32, FLAGS, flags),
	F(FIELD_U32, CORES, cores),
	F(FIELD_U32, ENGINES, engines),
	F(FIELD_U32, QUEUES_PER_ENGINE, queues_per_engine),
	F(FIELD_U32, CONTEXTS, contexts),
	F(FIELD_U32, LINKS_UP, links_up),
	F(FIELD_U32, DRAM_CHANNELS, dram_channels),
	F(FIELD_U64, DRAM_BYTES, dram_bytes),
	F(FIELD_U64, DRAM_USED, dram_used),
	F(FIELD_U64, HOST_USED, host_used),
	F(FIELD_U32, DRAM_REGIONS, dram_regions),
	F(FIELD_S32, NUMA_NODE, numa_node),
	F(FIELD_U32, RESET_COUNT, reset_count),
	F(FIELD_U64, USAGE_SEQ, usage_seq),
};

const struct field_table device_table = FIELD_TABLE(device_fields, struct neuron_device_info);

NREQ_TELL(tell_device, neuron_device_fn)

/**
 * neuron_device_list() - all cards
 * @handle: handle
 * @fn: called per card
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_device_list(struct neuron_handle *handle, neuron_device_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_DEVICE_GET, .fd = -1, .index = NEURON_ALL_DEVICES,
		.table = &device_table, .tell = tell_device, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_device_get() - a card by its index
 * @handle: handle
 * @index: index
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0, -ENODEV if there is none, another negative errno.
 */
int neuron_device_get(struct neuron_handle *handle, uint32_t index,
		      struct neuron_device_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_DEVICE_GET, 0);
	nreq_put_u32(&request, NEURON_A_DEVICE_DEV_INDEX, index);
	return nreq_get(&request, &device_table, info, size);
}

/**
 * neuron_device_get_by_bus() - a card by its PCI address
 * @handle: handle
 * @bus_name: for example "0000:00:1e.0"
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0, -ENODEV if there is none, another negative errno.
 */
int neuron_device_get_by_bus(struct neuron_handle *handle, const char *bus_name,
			     struct neuron_device_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, handle, NEURON_CMD_DEVICE_GET, 0);
	nreq_put_string(&request, NEURON_A_DEVICE_BUS_NAME, bus_name);
	return nreq_get(&request, &device_table, info, size);
}

/**
 * neuron_device_find() - a card by what people type
 * @handle: handle
 * @name: index, PCI address, or "pci/" and the address
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0, -EINVAL if @name is none of these, -ENODEV if there is no such
 * card, another negative errno.
 */
int neuron_device_find(struct neuron_handle *handle, const char *name,
		       struct neuron_device_info *info, size_t size)
{
	unsigned long index;
	char *end;

	if (!strncmp(name, "pci/", 4))
		return neuron_device_get_by_bus(handle, name + 4, info, size);
	if (strchr(name, ':'))
		return neuron_device_get_by_bus(handle, name, info, size);
	errno = 0;
	index = strtoul(name, &end, 10);
	if (errno || *end || name[0] < '0' || name[0] > '9' || index > UINT32_MAX)
		return error_local(handle, 0, -EINVAL,
				   "a card is named by its index or its PCI address");
	return neuron_device_get(handle, (uint32_t)index, info, size);
}

/**
 * neuron_device_set_regions() - cut each DRAM channel of a card into equal regions
 * @ctx: context of the card
 * @regions: 1, 2 or 4
 *
 * Return: 0; -EBUSY while device memory is allocated, or if another context holds
 * something and the caller lacks CAP_SYS_ADMIN; -EINVAL for another number;
 * another negative errno.
 */
int neuron_device_set_regions(struct neuron_ctx *ctx, uint32_t regions)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_DEVICE_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_DEVICE_DRAM_REGIONS, regions);
	return nreq_order(&request);
}

/**
 * neuron_device_reset() - reset a whole card, also one that has failed
 * @ctx: context of the card
 * @expect_reset_count: reset it only if this is neuron_device_info.reset_count, or
 *	NEURON_ANY_RESET_COUNT
 * @timeout_ms: limit
 *
 * Rings and notification queues of all contexts are lost and device memory is
 * cleared; ids, host memory and claims stay.
 *
 * Return: 0; -ESTALE if the card has another count; -EBUSY if it is being reset,
 * or if another context holds something and the caller lacks CAP_SYS_ADMIN;
 * -ETIMEDOUT or -EINPROGRESS if it goes on as a job, see neuron_ctx_last_job();
 * -ETIMEDOUT or -EIO without one if the card did not come back; another negative
 * errno.
 */
int neuron_device_reset(struct neuron_ctx *ctx, uint32_t expect_reset_count, int timeout_ms)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_DEVICE_RESET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	if (expect_reset_count != NEURON_ANY_RESET_COUNT)
		nreq_put_u32(&request, NEURON_A_DEVICE_EXPECT_RESET_COUNT, expect_reset_count);
	return job_order(ctx, &request, timeout_ms);
}
