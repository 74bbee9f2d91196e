// SPDX-License-Identifier: GPL-2.0
/*
 * Notification queues, docs/hardware, section 5.3.
 */
#include <linux/build_bug.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "hw.h"
#include "hw_io.h"
#include "hw_nq.h"
#include "hw_regs.h"

static_assert(sizeof(struct neuron_nq_record) == 16);
static_assert(NEURON_HW_NQ_PLACES <= NEURON_FWIO_READ_MAX);

static u32 nq_off(const struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
		  unsigned int instance)
{
	const struct neuron_hw_nq_regs *regs = &hw->map->nq[type];

	return hw->map->nq_off + nc * hw->map->nq_core_stride + regs->off +
	       instance * regs->stride;
}

/**
 * neuron_hw_nq_start() - let a core write notifications to a buffer
 * @hw: card
 * @nc: core
 * @type: kind of notification
 * @instance: queue of that kind, below the map's number of them
 * @dev_addr: device address of the buffer, zeroed
 * @len_bytes: its size, a power of two
 *
 * The size is stored last: a queue without a size is off (A16).
 *
 * Context: Any.
 */
void neuron_hw_nq_start(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
			unsigned int instance, u64 dev_addr, u32 len_bytes)
{
	u32 off = nq_off(hw, nc, type, instance);

	neuron_hw_write(hw, off + NEURON_NQ_BASE_LO, lower_32_bits(dev_addr));
	neuron_hw_write(hw, off + NEURON_NQ_BASE_HI, upper_32_bits(dev_addr));
	neuron_hw_write(hw, off + NEURON_NQ_SIZE, len_bytes);
}

/**
 * neuron_hw_nq_stop() - end neuron_hw_nq_start()
 * @hw: card
 * @nc: core
 * @type: kind of notification
 * @instance: queue of that kind
 *
 * The card may write to the buffer until neuron_hw_nq_drain() has returned 0;
 * one drain does for any number of queues that were stopped before it.
 *
 * Context: Any.
 */
void neuron_hw_nq_stop(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
		       unsigned int instance)
{
	u32 off = nq_off(hw, nc, type, instance);

	neuron_hw_write(hw, off + NEURON_NQ_SIZE, 0);
	neuron_hw_write(hw, off + NEURON_NQ_BASE_LO, 0);
	neuron_hw_write(hw, off + NEURON_NQ_BASE_HI, 0);
}

/**
 * neuron_hw_nq_drain() - wait for records on their way after neuron_hw_nq_stop()
 * @hw: card
 *
 * No register tells that the last record has been written, so this is a fixed
 * time, the published driver's.
 *
 * Context: Sleeps for about a millisecond.
 * Return: 0, or -ENODEV once the card is gone: the stores of the stop may then
 * not have been made, and the buffer must stay until bus mastering is off.
 */
int neuron_hw_nq_drain(struct neuron_hw *hw)
{
	usleep_range(NEURON_NQ_DRAIN_US, 2 * NEURON_NQ_DRAIN_US);

	return neuron_hw_is_gone(hw) ? -ENODEV : 0;
}

/**
 * neuron_hw_nq_ack() - tell the card how far records were read
 * @hw: card
 * @nc: core
 * @type: kind of notification
 * @instance: queue of that kind
 * @head_bytes: offset of the first record that was not read (A16)
 *
 * From the first call on, the card drops and counts records that would overtake
 * the reader, instead of overwriting old ones.
 *
 * Context: Any.
 */
void neuron_hw_nq_ack(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
		      unsigned int instance, u32 head_bytes)
{
	neuron_hw_write(hw, nq_off(hw, nc, type, instance) + NEURON_NQ_HEAD, head_bytes);
}

/**
 * neuron_hw_nq_overflows() - ask how many records were dropped
 * @hw: card
 * @at: queues
 * @lost: the card's counter for each of them (A16)
 * @count: number of them, at most NEURON_HW_NQ_PLACES
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_hw_nq_overflows(struct neuron_hw *hw, const struct neuron_hw_nq_place *at, u32 *lost,
			   unsigned int count)
{
	u64 addr[NEURON_HW_NQ_PLACES];
	unsigned int i;

	if (count > NEURON_HW_NQ_PLACES)
		return -EINVAL;

	for (i = 0; i < count; i++)
		addr[i] = hw->map->apb_base + nq_off(hw, at[i].nc, at[i].type, at[i].instance) +
			  NEURON_NQ_OVERFLOWS;

	return neuron_fwio_read(hw, addr, lost, count);
}
