// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that runs short: of the machine, of a card, or of what a context or a user
 * may have. Who allocates in a loop would flood the listeners, so each kind is told
 * once a second at most, with how often it happened meanwhile.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "device.h"
#include "dram.h"
#include "events.h"
#include "pressure.h"
#include "quota.h"

/* Less than this part that is left is little, as a shift. */
#define LOW_SHIFT	4

/**
 * neuron_pressure_init() - nothing was told yet
 * @ndev: card that is being made
 *
 * Context: Any.
 */
void neuron_pressure_init(struct neuron_device *ndev)
{
	spin_lock_init(&ndev->pressure.lock);
}

/* How many times an event would stand for, or 0 if it is too early for one. */
static u32 due(struct neuron_device *ndev, enum neuron_mem_kind kind, enum neuron_pressure pressure)
{
	struct neuron_pressure_slot *slot = &ndev->pressure.slot[kind][pressure];
	u32 count = 0;

	spin_lock(&ndev->pressure.lock);
	slot->count++;
	if (!slot->told || time_after_eq(jiffies, slot->told_at + HZ)) {
		count = slot->count;
		slot->count = 0;
		slot->told = true;
		slot->told_at = jiffies;
	}
	spin_unlock(&ndev->pressure.lock);

	return count;
}

static void note(struct neuron_device *ndev, enum neuron_mem_kind kind,
		 enum neuron_pressure pressure)
{
	u32 count = due(ndev, kind, pressure);

	if (count)
		neuron_event_pressure(ndev, kind, pressure, count);
}

static void note_refusal(struct neuron_device *ndev, enum neuron_mem_kind kind,
			 enum neuron_pressure pressure)
{
	atomic64_inc(&ndev->counters.memory_refusals);
	note(ndev, kind, pressure);
}

/**
 * neuron_pressure_host() - host memory was asked for
 * @ndev: card
 * @err: 0, or why there is none
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_pressure_host(struct neuron_device *ndev, int err)
{
	if (err == -ENOMEM)
		note_refusal(ndev, NEURON_MEM_KIND_HOST, NEURON_PRESSURE_REFUSED);
	else if (!err && si_mem_available() < (long)(totalram_pages() >> LOW_SHIFT))
		note(ndev, NEURON_MEM_KIND_HOST, NEURON_PRESSURE_LOW);
}

static bool dram_is_low(struct neuron_device *ndev)
{
	u64 bytes;
	u64 used;

	mutex_lock(&ndev->dram_lock);
	bytes = neuron_dram_bytes(&ndev->dram);
	used = neuron_dram_used(&ndev->dram);
	mutex_unlock(&ndev->dram_lock);

	return bytes - used < bytes >> LOW_SHIFT;
}

/**
 * neuron_pressure_dram() - device memory was asked for
 * @ndev: card
 * @err: 0, or why there is none
 *
 * Context: Sleeps; takes neuron_device.dram_lock and the locks of events.
 */
void neuron_pressure_dram(struct neuron_device *ndev, int err)
{
	if (err == -ENOSPC)
		note_refusal(ndev, NEURON_MEM_KIND_DEVICE, NEURON_PRESSURE_REFUSED);
	else if (!err && dram_is_low(ndev))
		note(ndev, NEURON_MEM_KIND_DEVICE, NEURON_PRESSURE_LOW);
}

static bool is_near(u64 used, u64 limit)
{
	return limit && used > limit - (limit >> LOW_SHIFT);
}

static bool account_is_low(const struct neuron_quota *quota, enum neuron_quota_kind kind)
{
	return is_near(neuron_quota_used(quota, kind), READ_ONCE(quota->limit[kind])) ||
	       is_near(neuron_quota_user_used(quota, kind), neuron_quota_user_limit(kind));
}

/**
 * neuron_pressure_account() - bytes were put on an account, or went over a limit
 * @ndev: card
 * @quota: account
 * @kind: what they are bytes of
 * @err: what neuron_quota_add() returned
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_pressure_account(struct neuron_device *ndev, const struct neuron_quota *quota,
			     enum neuron_mem_kind kind, int err)
{
	if (err == -EDQUOT)
		note_refusal(ndev, kind, NEURON_PRESSURE_LIMIT_REFUSED);
	else if (!err && account_is_low(quota, neuron_quota_kind(kind)))
		note(ndev, kind, NEURON_PRESSURE_LIMIT_LOW);
}
