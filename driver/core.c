// SPDX-License-Identifier: GPL-2.0
/*
 * Events and semaphores of the cores, and registers that users may read.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/netlink.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "health.h"
#include "hw_core.h"
#include "hw_regs_allow.h"

/**
 * neuron_core_check_nc() - does a core exist
 * @ndev: the card
 * @nc: core
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any.
 * Return: 0 or -ERANGE.
 */
int neuron_core_check_nc(struct neuron_device *ndev, u32 nc, struct netlink_ext_ack *extack)
{
	if (nc < ndev->hw.map->cores)
		return 0;

	NL_SET_ERR_MSG(extack, "The card has no such core");

	return -ERANGE;
}

/**
 * neuron_core_check_event() - does a core have an event
 * @ndev: the card
 * @event: event register
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any.
 * Return: 0 or -ERANGE.
 */
int neuron_core_check_event(struct neuron_device *ndev, u32 event, struct netlink_ext_ack *extack)
{
	if (event < ndev->hw.map->events)
		return 0;

	NL_SET_ERR_MSG(extack, "The core has no such event");

	return -ERANGE;
}

/**
 * neuron_core_event_get() - read an event
 * @ndev: the card, ready
 * @nc: core, which exists
 * @event: event register, which exists
 * @value: set to 0 or 1
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_core_event_get(struct neuron_device *ndev, u32 nc, u32 event, u32 *value)
{
	return neuron_health_check(ndev, neuron_hw_events_read(&ndev->hw, nc, event, 1, value));
}

/**
 * neuron_core_event_set() - set or clear an event
 * @ctx: who asks; its card is ready
 * @nc: core, which exists
 * @event: event register, which exists
 * @value: what it becomes
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0, or -EBUSY if another context has claimed the core.
 */
int neuron_core_event_set(struct neuron_ctx *ctx, u32 nc, u32 event, bool value,
			  struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->lock);
	ret = neuron_claim_check(ndev, nc, ctx->id, extack);
	if (!ret)
		neuron_hw_event_set(&ndev->hw, nc, event, value);
	mutex_unlock(&ndev->lock);

	return ret;
}

/**
 * neuron_core_check_semaphore() - does a core have a semaphore
 * @ndev: the card
 * @semaphore: semaphore
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any.
 * Return: 0 or -ERANGE.
 */
int neuron_core_check_semaphore(struct neuron_device *ndev, u32 semaphore,
				struct netlink_ext_ack *extack)
{
	if (semaphore < ndev->hw.map->semaphores)
		return 0;

	NL_SET_ERR_MSG(extack, "The core has no such semaphore");

	return -ERANGE;
}

/**
 * neuron_core_semaphore_get() - read a semaphore
 * @ndev: the card, ready
 * @nc: core, which exists
 * @semaphore: semaphore, which exists
 * @value: set to its value, two's complement
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_core_semaphore_get(struct neuron_device *ndev, u32 nc, u32 semaphore, u32 *value)
{
	return neuron_health_check(ndev, neuron_hw_semaphores_read(&ndev->hw, nc, semaphore, 1,
								   value));
}

/**
 * neuron_core_semaphore_set() - change a semaphore
 * @ctx: who asks; its card is ready
 * @nc: core, which exists
 * @semaphore: semaphore, which exists
 * @op: how
 * @value: what it becomes, or what is added or taken away
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0, or -EBUSY if another context has claimed the core.
 */
int neuron_core_semaphore_set(struct neuron_ctx *ctx, u32 nc, u32 semaphore,
			      enum neuron_semaphore_op op, u32 value,
			      struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->lock);
	ret = neuron_claim_check(ndev, nc, ctx->id, extack);
	if (!ret)
		neuron_hw_semaphore_store(&ndev->hw, nc, semaphore, neuron_core_view(op), value);
	mutex_unlock(&ndev->lock);

	return ret;
}

/**
 * neuron_core_check_reg() - may users read a register
 * @ndev: the card
 * @bar0_off: offset in BAR0
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any.
 * Return: 0; -EINVAL if it is no multiple of 4; -EACCES if it is not on the list.
 */
int neuron_core_check_reg(struct neuron_device *ndev, u32 bar0_off, struct netlink_ext_ack *extack)
{
	if (!IS_ALIGNED(bar0_off, sizeof(u32))) {
		NL_SET_ERR_MSG(extack, "The offset is not a multiple of 4");
		return -EINVAL;
	}
	if (neuron_hw_reg_allowed(ndev->hw.map, bar0_off))
		return 0;

	NL_SET_ERR_MSG(extack, "The register is not on the allow-list");

	return -EACCES;
}

/**
 * neuron_core_regs_read() - read registers by one firmware request
 * @ndev: the card, ready
 * @bar0_off: offsets in BAR0, checked by neuron_core_check_reg()
 * @count: number of registers, 1..NEURON_MAX_REG_READS
 * @value: their values, in the same order
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_core_regs_read(struct neuron_device *ndev, const u32 *bar0_off, u32 count, u32 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 i;

	static_assert(NEURON_MAX_REG_READS <= NEURON_FWIO_READ_MAX);
	if (!count || count > NEURON_MAX_REG_READS)
		return -EINVAL;

	for (i = 0; i < count; i++)
		addr[i] = ndev->hw.map->apb_base + bar0_off[i];

	return neuron_health_check(ndev, neuron_fwio_read(&ndev->hw, addr, value, count));
}
