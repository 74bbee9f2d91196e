// SPDX-License-Identifier: GPL-2.0
/*
 * The only stores to the card. All registers are 32 bits wide and take nothing
 * but single aligned 32-bit stores, docs/hardware, sections 0.2 and 1.3.
 */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/io.h>

#include "hw.h"
#include "hw_io.h"
#include "trace.h"

static void store(struct neuron_hw *hw, void __iomem *bar, resource_size_t bar_bytes,
		  resource_size_t off, u32 value)
{
	if (neuron_hw_is_gone(hw) || neuron_hw_is_paused(hw))
		return;
	/* Callers check what users say, so this is a mistake of the driver. */
	if (WARN_ON_ONCE(!IS_ALIGNED(off, 4) || off > bar_bytes - 4))
		return;

	writel(value, bar + off);
	atomic64_inc(&hw->stats.reg_writes);
	trace_neuron_reg_write(hw->index, bar == hw->bar0 ? 0 : 2, off, value);
}

/**
 * neuron_hw_write() - store to a control register
 * @hw: card
 * @bar0_off: offset in BAR0, a multiple of 4
 * @value: to store
 *
 * Ordered after everything that the caller wrote to memory before, and after
 * the caller's earlier stores. Does nothing while the card is paused or gone.
 *
 * Context: Any.
 */
void neuron_hw_write(struct neuron_hw *hw, u32 bar0_off, u32 value)
{
	store(hw, hw->bar0, hw->bar0_bytes, bar0_off, value);
}

/**
 * neuron_hw_core_write() - store into the window of a core
 * @hw: card
 * @nc: core
 * @core_off: offset in the core's window, a multiple of 4
 * @value: to store
 *
 * As neuron_hw_write(), but to BAR2.
 *
 * Context: Any.
 */
void neuron_hw_core_write(struct neuron_hw *hw, unsigned int nc, u32 core_off, u32 value)
{
	store(hw, hw->bar2, hw->bar2_bytes, nc * hw->map->core_stride + core_off, value);
}
