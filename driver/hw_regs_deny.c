// SPDX-License-Identifier: GPL-2.0
/*
 * Registers that nobody but the driver may write, whatever rights he has: those
 * that say where the card reaches into memory, that make it begin, and that the
 * driver relies on, docs/hardware, sections 3.3 to 3.7, 3.19, 4.1 and 5.3.
 */
#include <linux/kernel.h>

#include "hw_map.h"
#include "hw_regs.h"
#include "hw_regs_deny.h"

/* Neighbours believe the device id; the reset map and request; the mailbox. */
static bool misc_owned(u32 off)
{
	return off == NEURON_MISC_DEVICE_ID || off == NEURON_MISC_DOORBELL ||
	       off == NEURON_MISC_RESET_MAP ||
	       (off >= NEURON_MISC_RESET && off <= NEURON_MISC_RESPONSE_LO);
}

/* The driver sets up all queues, and has one of some engines for itself. */
static bool half_owned(const struct neuron_hw_map *map, u32 off)
{
	return off == NEURON_HALF_CHANGE_STATE ||
	       (off >= NEURON_QUEUE_OFF &&
		off < NEURON_QUEUE_OFF + map->queues * NEURON_QUEUE_STRIDE);
}

/* The size of completion entries decides how far completions reach. */
static bool s2m_owned(const struct neuron_hw_map *map, u32 off)
{
	return off == NEURON_S2M_COMPLETION || half_owned(map, off);
}

/*
 * Of a UDMA: each queue, the change of state, and all that is behind the halves:
 * interrupt and abort masks, and where addresses go (GEN, GEN_EX).
 */
static bool udma_owned(const struct neuron_hw_map *map, u32 off)
{
	if (off >= NEURON_UDMA_GEN)
		return true;
	if (off >= NEURON_UDMA_S2M)
		return s2m_owned(map, off - NEURON_UDMA_S2M);

	return half_owned(map, off - NEURON_UDMA_M2S);
}

static bool engine_owned(const struct neuron_hw_map *map, u32 bar0_off)
{
	u32 eng;

	for (eng = 0; eng < map->engines; eng++) {
		u32 udma = neuron_hw_map_udma(map, eng);
		u32 tdma = neuron_hw_map_tdma(map, eng);

		if (bar0_off >= udma && bar0_off - udma < map->udma_stride)
			return udma_owned(map, bar0_off - udma);
		/* Its write reorder bit must stay clear: a bug of this silicon. */
		if (bar0_off >= tdma && bar0_off - tdma < map->tdma_stride)
			return true;
	}

	return false;
}

/* Where the notification queues of a core lie, all kinds of them, used or not. */
static bool nq_owned(const struct neuron_hw_map *map, u32 bar0_off)
{
	return bar0_off >= map->nq_off &&
	       bar0_off - map->nq_off < map->cores * map->nq_core_stride;
}

/**
 * neuron_hw_reg_owned() - is a register of BAR0 the driver's own
 * @map: architecture
 * @bar0_off: offset in BAR0
 *
 * Context: Any.
 * Return: true if nobody else may write to it.
 */
bool neuron_hw_reg_owned(const struct neuron_hw_map *map, u32 bar0_off)
{
	if (bar0_off >= map->misc_off && bar0_off - map->misc_off < NEURON_MISC_BYTES)
		return misc_owned(bar0_off - map->misc_off);

	return engine_owned(map, bar0_off) || nq_owned(map, bar0_off);
}

/**
 * neuron_hw_core_reg_owned() - is a word of BAR2 nobody's to write
 * @map: architecture
 * @bar2_off: offset in BAR2
 *
 * Instructions reach a core by rings, which see to who may send them.
 *
 * Context: Any.
 * Return: true for the instruction FIFOs.
 */
bool neuron_hw_core_reg_owned(const struct neuron_hw_map *map, u32 bar2_off)
{
	u32 off = bar2_off % (u32)map->core_stride;

	return off >= map->fifo_off && off - map->fifo_off < map->fifo_bytes;
}
