// SPDX-License-Identifier: GPL-2.0
/*
 * Semaphores and events, docs/hardware, sections 2.4, 5.1 and 5.2.
 */
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
