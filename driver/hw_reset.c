// SPDX-License-Identifier: GPL-2.0
/*
 * Reset, readiness and topology, docs/hardware, sections 4.9, 4.10 and 6.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "hw.h"
#include "hw_fault.h"
#include "hw_io.h"
#include "hw_regs.h"
#include "hw_reset.h"

static u64 misc_addr(const struct neuron_hw *hw, u32 misc_off)
{
	return hw->map->apb_base + hw->map->misc_off + misc_off;
}

/*
 * Look once whether no reset is pending and the card is ready. Silence and
 * errors are what a resetting card shows, so they mean "not yet".
 */
static int poll_ready(struct neuron_hw *hw, unsigned int timeout_ms)
{
	u64 addr[] = {
		misc_addr(hw, NEURON_MISC_RESET),
		misc_addr(hw, NEURON_MISC_STATUS),
	};
	u32 value[ARRAY_SIZE(addr)];
	int ret;

	ret = neuron_fwio_read_opts(hw, addr, value, ARRAY_SIZE(addr), 1, timeout_ms);
	if (ret == -ETIMEDOUT || ret == -EIO)
		return -EAGAIN;
	if (ret)
		return ret;

	return !value[0] && value[1] & NEURON_MISC_STATUS_READY ? 0 : -EAGAIN;
}

/*
 * The pause between two looks and the patience of a look are equal and grow
 * together: a doorbell that the card lost costs no more than the time waited so
 * far, while firmware that needs long for an answer gets it.
 */
static unsigned int longer(unsigned int wait_ms)
{
	return min(wait_ms + wait_ms / 2, (unsigned int)NEURON_FWIO_SLOWEST_MS);
}

/**
 * neuron_hw_wait_ready() - wait until the firmware says that the card is ready
 * @hw: card
 * @timeout_ms: give up when no look that starts within this time succeeds
 *
 * Context: Sleeps; takes the mailbox lock for each look. Looks that are not
 * answered count as time-outs in the card's statistics.
 * Return: 0, -ETIMEDOUT, -ENODEV once the card is gone, -ECANCELED when the
 * caller is killed.
 */
int neuron_hw_wait_ready(struct neuron_hw *hw, unsigned int timeout_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);
	unsigned int wait_ms = NEURON_RESET_FIRST_MS;
	int ret;

	for (;;) {
		ret = poll_ready(hw, wait_ms);
		if (ret != -EAGAIN)
			return ret;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;

		ret = neuron_hw_sleep(hw, wait_ms);
		if (ret)
			return ret;
		wait_ms = longer(wait_ms);
	}
}

/**
 * neuron_hw_misc_read() - read a few words of misc RAM, for a dump
 * @hw: card, which may be in any state
 * @misc: filled
 *
 * Context: Sleeps for one attempt of a firmware request, NEURON_RESET_FIRST_MS at
 * most; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read_opts().
 */
int neuron_hw_misc_read(struct neuron_hw *hw, struct neuron_hw_misc *misc)
{
	u64 addr[] = {
		misc_addr(hw, NEURON_MISC_STATUS),
		misc_addr(hw, NEURON_MISC_RESET),
		misc_addr(hw, NEURON_MISC_DEVICE_ID),
	};
	u32 value[ARRAY_SIZE(addr)];
	int ret;

	ret = neuron_fwio_read_opts(hw, addr, value, ARRAY_SIZE(addr), 1, NEURON_RESET_FIRST_MS);
	if (ret)
		return ret;

	misc->status = value[0];
	misc->reset = value[1];
	misc->device_id = value[2];

	return 0;
}

static int request_reset(struct neuron_hw *hw)
{
	return neuron_fwio_ring(hw, NEURON_MISC_RESET, NEURON_MISC_RESET_DEVICE);
}

/**
 * neuron_hw_reset() - reset the whole card
 * @hw: card, of which nobody uses anything
 * @timeout_ms: give up after this time; silicon may need many seconds, and the
 *	published driver waits 120000 ms
 *
 * Everything is as after power-on afterwards: device id, rings, notification
 * queues, semaphores and events are lost, DRAM is undefined.
 *
 * Context: Sleeps; takes the mailbox lock for each look, so that other requests
 * can still be made; they will mostly time out. Looks that are not answered
 * count as time-outs in the card's statistics.
 * Return: 0 when the card is ready again, -ETIMEDOUT, -ENODEV once the card is
 * gone, -ECANCELED when the caller is killed.
 */
int neuron_hw_reset(struct neuron_hw *hw, unsigned int timeout_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);
	unsigned long again = jiffies + msecs_to_jiffies(NEURON_RESET_REPEAT_MS);
	unsigned int wait_ms = NEURON_RESET_FIRST_MS;
	int ret;

	ret = neuron_hw_fault(NEURON_HW_FAULT_RESET) ? -ETIMEDOUT : request_reset(hw);
	while (!ret) {
		ret = neuron_hw_sleep(hw, wait_ms);
		if (ret)
			break;
		ret = poll_ready(hw, wait_ms);
		if (ret != -EAGAIN)
			break;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;

		ret = 0;
		wait_ms = longer(wait_ms);
		if (time_after(jiffies, again)) {
			again = jiffies + msecs_to_jiffies(NEURON_RESET_REPEAT_MS);
			ret = request_reset(hw);
		}
	}

	return ret;
}

/**
 * neuron_hw_set_device_id() - store the number that neighbours read
 * @hw: card
 * @id: number
 *
 * Lost in a reset.
 *
 * Context: Any.
 */
void neuron_hw_set_device_id(struct neuron_hw *hw, u32 id)
{
	neuron_hw_write(hw, hw->map->misc_off + NEURON_MISC_DEVICE_ID, id);
}

/**
 * neuron_hw_links() - ask which links are up and who is at their other end
 * @hw: card
 * @east_up: 1 if the link is up, else 0
 * @west_up: likewise
 * @east_id: number that the neighbour's driver stored, U32_MAX if not known
 * @west_id: likewise
 *
 * A neighbour that nobody has numbered since its reset reads 0, so an id
 * counts only if the card of that number agrees.
 *
 * Context: Sleeps; takes the mailbox lock up to twice.
 * Return: 0, or as neuron_fwio_read(). If only the second request failed (a
 * link that just went down makes it fail with -EIO), the first two results are
 * valid; after a failure of the first they are 0.
 */
int neuron_hw_links(struct neuron_hw *hw, u32 *east_up, u32 *west_up, u32 *east_id, u32 *west_id)
{
	u64 addr = misc_addr(hw, NEURON_MISC_STATUS);
	u64 id_addr[NEURON_HW_NEIGHBORS];
	u32 id[NEURON_HW_NEIGHBORS];
	unsigned int n = 0;
	u32 status;
	int ret;

	*east_up = 0;
	*west_up = 0;
	*east_id = U32_MAX;
	*west_id = U32_MAX;

	ret = neuron_fwio_read(hw, &addr, &status, 1);
	if (ret)
		return ret;

	*east_up = !!(status & NEURON_MISC_STATUS_EAST);
	*west_up = !!(status & NEURON_MISC_STATUS_WEST);
	addr = misc_addr(hw, NEURON_MISC_DEVICE_ID);
	if (*east_up)
		id_addr[n++] = hw->map->neighbor_base[NEURON_HW_EAST] | addr;
	if (*west_up)
		id_addr[n++] = hw->map->neighbor_base[NEURON_HW_WEST] | addr;
	if (!n)
		return 0;

	ret = neuron_fwio_read(hw, id_addr, id, n);
	if (ret)
		return ret;

	if (*west_up)
		*west_id = id[--n];
	if (*east_up)
		*east_id = id[--n];

	return 0;
}
