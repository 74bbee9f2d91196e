// SPDX-License-Identifier: GPL-2.0
/*
 * Semaphores and events, docs/hardware, sections 2.4, 5.1 and 5.2.
 */
#include <linux/errno.h>
#include <linux/minmax.h>

#include "hw.h"
#include "hw_core.h"
#include "hw_io.h"

static u64 core_addr(const struct neuron_hw *hw, unsigned int nc, u32 core_off)
{
	return hw->map->core_base + nc * hw->map->core_stride + core_off;
}

static u32 event_off(const struct neuron_hw *hw, unsigned int index)
{
	return hw->map->event_off + index * sizeof(u32);
}

static u32 semaphore_off(const struct neuron_hw *hw, unsigned int index,
			 enum neuron_semaphore_view view)
{
	return hw->map->semaphore_off[view] + index * sizeof(u32);
}

/**
 * neuron_hw_event_addr() - device address of an event
 * @hw: card
 * @nc: core
 * @index: event, below the map's number of them
 *
 * As the destination of a descriptor of 4 bytes it is set to bit 0 of the
 * source, which makes a notification if that changes it (A17, A22).
 *
 * Context: Any.
 * Return: the address.
 */
u64 neuron_hw_event_addr(const struct neuron_hw *hw, unsigned int nc, unsigned int index)
{
	return core_addr(hw, nc, event_off(hw, index));
}

/**
 * neuron_hw_semaphore_addr() - device address of a semaphore
 * @hw: card
 * @nc: core
 * @index: semaphore, below the map's number of them
 * @view: what a write to the address does
 *
 * Context: Any.
 * Return: the address.
 */
u64 neuron_hw_semaphore_addr(const struct neuron_hw *hw, unsigned int nc, unsigned int index,
			     enum neuron_semaphore_view view)
{
	return core_addr(hw, nc, semaphore_off(hw, index, view));
}

/**
 * neuron_hw_fifo_addr() - device address of a core's instruction FIFO
 * @hw: card
 * @nc: core
 *
 * Any word of its window, which is fifo_bytes of the map long, takes the next
 * word of a program, docs/hardware, sections 2.4 and 5.5.
 *
 * Context: Any.
 * Return: the address of the window.
 */
u64 neuron_hw_fifo_addr(const struct neuron_hw *hw, unsigned int nc)
{
	return core_addr(hw, nc, hw->map->fifo_off);
}

/**
 * neuron_hw_event_set() - set or clear an event
 * @hw: card
 * @nc: core
 * @index: event
 * @value: what it becomes
 *
 * Context: Any.
 */
void neuron_hw_event_set(struct neuron_hw *hw, unsigned int nc, unsigned int index, bool value)
{
	neuron_hw_core_write(hw, nc, event_off(hw, index), value);
}

/**
 * neuron_hw_semaphore_store() - change a semaphore
 * @hw: card
 * @nc: core
 * @index: semaphore
 * @view: NEURON_SEMAPHORE_SET, _INC or _DEC
 * @value: what it becomes, or what is added or taken away
 *
 * Context: Any.
 */
void neuron_hw_semaphore_store(struct neuron_hw *hw, unsigned int nc, unsigned int index,
			       enum neuron_semaphore_view view, u32 value)
{
	neuron_hw_core_write(hw, nc, semaphore_off(hw, index, view), value);
}

/* Read consecutive words of a core's window, in as few requests as possible. */
static int words_read(struct neuron_hw *hw, u64 first_addr, unsigned int count, u32 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];

	while (count) {
		unsigned int n = min_t(unsigned int, count, NEURON_FWIO_READ_MAX);
		unsigned int i;
		int ret;

		for (i = 0; i < n; i++)
			addr[i] = first_addr + i * sizeof(u32);
		ret = neuron_fwio_read(hw, addr, value, n);
		if (ret)
			return ret;

		first_addr += n * sizeof(u32);
		value += n;
		count -= n;
	}

	return 0;
}

/**
 * neuron_hw_events_read() - ask for the values of events
 * @hw: card
 * @nc: core
 * @first: first event
 * @count: number of events from there, at most to the last one
 * @value: their values, 0 or 1
 *
 * Context: Sleeps; takes the mailbox lock, once per NEURON_FWIO_READ_MAX.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_hw_events_read(struct neuron_hw *hw, unsigned int nc, unsigned int first,
			  unsigned int count, u32 *value)
{
	return words_read(hw, neuron_hw_event_addr(hw, nc, first), count, value);
}

/**
 * neuron_hw_semaphores_read() - ask for the values of semaphores
 * @hw: card
 * @nc: core
 * @first: first semaphore
 * @count: number of semaphores from there, at most to the last one
 * @value: their values, two's complement
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_hw_semaphores_read(struct neuron_hw *hw, unsigned int nc, unsigned int first,
			      unsigned int count, u32 *value)
{
	return words_read(hw, neuron_hw_semaphore_addr(hw, nc, first, NEURON_SEMAPHORE_VALUE),
			  count, value);
}
