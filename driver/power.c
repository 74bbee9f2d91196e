// SPDX-License-Identifier: GPL-2.0
/*
 * The system takes a card away for a while: it sleeps, resets the function or the
 * bus, or contains an error of the link. Whatever it is, the card has lost everything
 * afterwards, so it begins like a reset, at a moment that nobody here has chosen, and
 * ends like every reset. In between nothing is stored to the card and bus mastering
 * is off.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "device.h"
#include "hw_udma.h"
#include "irq.h"
#include "power.h"
#include "reset.h"

/* What an engine may need to end the packet that it is at. */
#define DRAIN_US	2000

static void stop_engines(struct neuron_device *ndev)
{
	u32 eng;

	for (eng = 0; eng < ndev->hw.map->engines; eng++)
		if (ndev->engine[eng].up)
			neuron_udma_engine_change(&ndev->hw, eng, NEURON_ENGINE_DISABLE);
}

/* Returns whether the card has to be taken down, which is so once. */
static bool begin(struct neuron_device *ndev, bool orderly)
{
	bool needed;

	mutex_lock(&ndev->lock);
	needed = !ndev->down && !neuron_hw_is_gone(&ndev->hw);
	if (needed) {
		WRITE_ONCE(ndev->down, true);
		/* One that starts or is being reset already stays what it is. */
		neuron_device_set_state(ndev, NEURON_DEVICE_STATE_RESETTING);
		neuron_reset_cut(ndev);
		if (orderly)
			stop_engines(ndev);
	}
	mutex_unlock(&ndev->lock);

	return needed;
}

/**
 * neuron_power_down() - the card is about to lose everything
 * @ndev: registered card
 * @orderly: it still listens, so that its engines can be told to stop
 *
 * Rings and notification queues are lost, jobs and requests that run end with
 * -ECANCELED, a reset that runs is given up. When this returns, the card cannot reach
 * memory, and nobody touches it before neuron_power_up(). Calling it again before that
 * does nothing.
 *
 * Context: Sleeps until who resets or repairs the card has noticed, milliseconds.
 */
void neuron_power_down(struct neuron_device *ndev, bool orderly)
{
	if (!begin(ndev, orderly))
		return;

	atomic64_inc(&ndev->counters.interruptions);
	if (orderly)
		usleep_range(DRAIN_US, 2 * DRAIN_US);
	neuron_hw_pause(&ndev->hw, true);
	mutex_lock(&ndev->reset_lock);
	mutex_unlock(&ndev->reset_lock);
	neuron_reset_await_others(ndev);

	neuron_irq_quiesce(ndev);
	pci_clear_master(ndev->pdev);
	if (orderly)
		pci_wait_for_pending_transaction(ndev->pdev);
}

/**
 * neuron_power_up() - the card has power, link and configuration again
 * @ndev: card; nothing happens if it is not down
 *
 * A card that had failed gets another chance. Does not wait: the events tell.
 *
 * Context: Sleeps for moments; takes neuron_device.lock.
 */
void neuron_power_up(struct neuron_device *ndev)
{
	bool was_down;

	mutex_lock(&ndev->lock);
	was_down = ndev->down;
	WRITE_ONCE(ndev->down, false);
	if (was_down)
		neuron_hw_pause(&ndev->hw, false);
	mutex_unlock(&ndev->lock);

	if (!was_down)
		return;
	neuron_irq_resume(ndev);
	neuron_device_queue(ndev, &ndev->start_work);
}

/**
 * neuron_power_off() - this kernel ends, and another one may start in its memory
 * @ndev: registered card
 *
 * The card reaches no memory and is not touched any more afterwards.
 *
 * Context: as neuron_power_down().
 */
void neuron_power_off(struct neuron_device *ndev)
{
	neuron_power_down(ndev, true);
	neuron_hw_gone(&ndev->hw);
	pci_clear_master(ndev->pdev);
}
