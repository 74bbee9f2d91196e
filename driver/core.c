// SPDX-License-Identifier: GPL-2.0
/*
 * Events and semaphores of the cores.
 */
#include <linux/errno.h>
#include <linux/netlink.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "health.h"
#include "hw_core.h"

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
 * neuron_core_events_get() - read events by one firmware request
 * @ndev: the card, ready
 * @list: events, which exist
 * @count: number of them, 1..NEURON_MAX_CORE_ENTRIES
 * @value: set to 0 or 1, in the same order
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_core_events_get(struct neuron_device *ndev, const struct neuron_core_entry *list,
			   u32 count, u32 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 i;

	static_assert(NEURON_MAX_CORE_ENTRIES <= NEURON_FWIO_READ_MAX);
	for (i = 0; i < count; i++)
		addr[i] = neuron_hw_event_addr(&ndev->hw, list[i].nc, list[i].index);

	return neuron_health_check(ndev, neuron_fwio_read(&ndev->hw, addr, value, count));
}

/*
 * May the context change them now? Whoever begins a reset has neuron_device.lock,
 * and so has who claims.
 */
static int check_changes(struct neuron_ctx *ctx, const struct neuron_core_entry *list, u32 count,
			 u32 *wrong, struct netlink_ext_ack *extack)
{
	int ret;

	lockdep_assert_held(&ctx->ndev->lock);
	*wrong = 0;
	ret = neuron_device_check_ready(ctx->ndev, extack);
	for (; !ret && *wrong < count; ++*wrong) {
		ret = neuron_claim_check(ctx->ndev, list[*wrong].nc, ctx->id, extack);
		if (ret)
			break;
	}

	return ret;
}

/**
 * neuron_core_events_set() - set or clear events, all of them or none
 * @ctx: who asks
 * @list: events, which exist
 * @count: number of them
 * @wrong: set to the entry to blame, if one is
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0; -EBUSY if another context has claimed a core; as
 * neuron_device_check_ready().
 */
int neuron_core_events_set(struct neuron_ctx *ctx, const struct neuron_core_entry *list, u32 count,
			   u32 *wrong, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;
	u32 i;

	mutex_lock(&ndev->lock);
	ret = check_changes(ctx, list, count, wrong, extack);
	for (i = 0; !ret && i < count; i++)
		neuron_hw_event_set(&ndev->hw, list[i].nc, list[i].index, list[i].value);
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
 * neuron_core_semaphores_get() - read semaphores by one firmware request
 * @ndev: the card, ready
 * @list: semaphores, which exist
 * @count: number of them, 1..NEURON_MAX_CORE_ENTRIES
 * @value: set to their values, two's complement, in the same order
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_core_semaphores_get(struct neuron_device *ndev, const struct neuron_core_entry *list,
			       u32 count, u32 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 i;

	for (i = 0; i < count; i++)
		addr[i] = neuron_hw_semaphore_addr(&ndev->hw, list[i].nc, list[i].index,
						   NEURON_SEMAPHORE_VALUE);

	return neuron_health_check(ndev, neuron_fwio_read(&ndev->hw, addr, value, count));
}

/**
 * neuron_core_semaphores_set() - change semaphores, all of them or none
 * @ctx: who asks
 * @list: semaphores, which exist
 * @count: number of them
 * @wrong: set to the entry to blame, if one is
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: and
 * Return: as neuron_core_events_set().
 */
int neuron_core_semaphores_set(struct neuron_ctx *ctx, const struct neuron_core_entry *list,
			       u32 count, u32 *wrong, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;
	u32 i;

	mutex_lock(&ndev->lock);
	ret = check_changes(ctx, list, count, wrong, extack);
	for (i = 0; !ret && i < count; i++)
		neuron_hw_semaphore_store(&ndev->hw, list[i].nc, list[i].index,
					  neuron_core_view(list[i].op), list[i].value);
	mutex_unlock(&ndev->lock);

	return ret;
}
