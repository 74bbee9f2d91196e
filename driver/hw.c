// SPDX-License-Identifier: GPL-2.0
/*
 * Beginning and end of a card for the hardware layer.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>

#include "hw.h"

/**
 * neuron_hw_init() - take a card's mappings into use
 * @hw: zeroed by the caller but for its index
 * @dev: its DMA masks are set already, to the map's dma_bits
 * @bar0: registers
 * @bar0_bytes: length of that mapping
 * @bar2: core windows
 * @bar2_bytes: length of that mapping
 * @map: constants of the architecture
 *
 * Touches no register. The mappings and @dev stay the caller's and must live
 * until neuron_hw_fini().
 *
 * Context: May sleep.
 * Return: 0, -ENXIO if a mapping is too short for @map, -ENOMEM.
 */
int neuron_hw_init(struct neuron_hw *hw, struct device *dev,
		   void __iomem *bar0, resource_size_t bar0_bytes,
		   void __iomem *bar2, resource_size_t bar2_bytes,
		   const struct neuron_hw_map *map)
{
	if (bar0_bytes < map->bar0_bytes_min || bar2_bytes < map->bar2_bytes_min)
		return -ENXIO;

	hw->dev = dev;
	hw->bar0 = bar0;
	hw->bar0_bytes = bar0_bytes;
	hw->bar2 = bar2;
	hw->bar2_bytes = bar2_bytes;
	hw->map = map;
	init_waitqueue_head(&hw->gone_wq);
	neuron_hw_irq_init(hw);

	return neuron_fwio_init(hw);
}

/**
 * neuron_hw_fini() - end of neuron_hw_init()
 * @hw: nobody uses it any more
 *
 * Bus mastering must be off: until then a late answer of the firmware may still
 * be written to the buffers that are freed here.
 *
 * Context: May sleep.
 */
void neuron_hw_fini(struct neuron_hw *hw)
{
	neuron_fwio_fini(hw);
}

/**
 * neuron_hw_gone() - the card is being removed, or has vanished
 * @hw: card
 *
 * Every wait of this layer ends with -ENODEV, those of the future at once; no
 * request is made any more. A store that another CPU has just decided to make
 * may still happen, so the mappings stay until all callers have left.
 *
 * Context: Any. Cannot be undone; calling it again does nothing.
 */
void neuron_hw_gone(struct neuron_hw *hw)
{
	WRITE_ONCE(hw->gone, true);
	wake_up_all(&hw->gone_wq);
	neuron_hw_irq_wake(hw);
}

/**
 * neuron_hw_is_gone() - was neuron_hw_gone() called
 * @hw: card
 *
 * Context: Any.
 * Return: true if it was.
 */
bool neuron_hw_is_gone(const struct neuron_hw *hw)
{
	return READ_ONCE(hw->gone);
}

/**
 * neuron_hw_pause() - leave the card alone for a while, or not any more
 * @hw: card
 * @paused: whether nothing is stored from now on and all waits of this layer end
 *	with -ECANCELED, those of the future at once
 *
 * For who takes power, link or configuration away from under the driver. As with
 * neuron_hw_gone() a store that is just being made may still happen.
 *
 * Context: Any.
 */
void neuron_hw_pause(struct neuron_hw *hw, bool paused)
{
	WRITE_ONCE(hw->paused, paused);
	wake_up_all(&hw->gone_wq);
}

/**
 * neuron_hw_is_paused() - is the card left alone
 * @hw: card
 *
 * Context: Any.
 * Return: what neuron_hw_pause() was last told.
 */
bool neuron_hw_is_paused(const struct neuron_hw *hw)
{
	return READ_ONCE(hw->paused);
}

/**
 * neuron_hw_sleep() - sleep unless the card goes
 * @hw: card
 * @delay_ms: how long
 *
 * Context: Sleeps.
 * Return: 0 after the delay, -ENODEV as soon as the card is gone, -ECANCELED
 * when it is paused or the caller is killed.
 */
int neuron_hw_sleep(struct neuron_hw *hw, unsigned int delay_ms)
{
	long ret = wait_event_killable_timeout(hw->gone_wq,
					       neuron_hw_is_gone(hw) || neuron_hw_is_paused(hw),
					       msecs_to_jiffies(delay_ms));

	if (neuron_hw_is_gone(hw))
		return -ENODEV;

	return ret ? -ECANCELED : 0;
}
