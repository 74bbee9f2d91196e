// SPDX-License-Identifier: GPL-2.0
/*
 * Registers that users may read: states, pointers, counters, versions. None of
 * them tells an address, and reading changes none of them (docs/hardware,
 * sections 3.4 to 3.6, 4.1 and 5.3). All others are refused, known or not.
 */
#include <linux/kernel.h>

#include "hw_map.h"
#include "hw_regs.h"
#include "hw_regs_allow.h"

/* Offsets @first, @first + 4, ..., @last of a block. */
struct range {
	u32 first;
	u32 last;
};

/* Interface version, status, device id, power utilisation. */
static const struct range misc[] = {
	{ 0x000, 0x000 },
	{ NEURON_MISC_STATUS, NEURON_MISC_STATUS },
	{ NEURON_MISC_DEVICE_ID, NEURON_MISC_DEVICE_ID },
	{ 0x054, 0x058 },
};

/* State, error log, counters, and what M2S tells of the engine's revision. */
static const struct range half[] = {
	{ NEURON_HALF_STATE, NEURON_HALF_STATE },
	{ 0x500, 0x51c },
	{ 0x600, 0x610 },
};

/* Status; length, head; tail, current; completion heads. */
static const struct range queue[] = {
	{ NEURON_QUEUE_STATUS, NEURON_QUEUE_STATUS },
	{ NEURON_QUEUE_RING_LENGTH, NEURON_QUEUE_HEAD },
	{ NEURON_QUEUE_TAIL, 0x40 },
	{ 0x4c, 0x50 },
};

/* Packets scheduled (M2S), packets completed (S2M). */
static const struct range m2s_queue[] = { { 0x0c0, 0x0c0 } };
static const struct range s2m_queue[] = { { 0x068, 0x068 } };

/* Size, tail; overflows, head. */
static const struct range nq[] = {
	{ NEURON_NQ_SIZE, 0x0c },
	{ NEURON_NQ_OVERFLOWS, NEURON_NQ_HEAD },
};

static bool within(const struct range *range, size_t n, u32 off)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (off >= range[i].first && off <= range[i].last)
			return true;

	return false;
}

/* @off counts from the half; the number of queues ends it. */
static bool half_allowed(const struct neuron_hw_map *map, u32 off, bool m2s)
{
	u32 end = NEURON_QUEUE_OFF + map->queues * NEURON_QUEUE_STRIDE;

	if (off < NEURON_QUEUE_OFF)
		return within(half, ARRAY_SIZE(half), off);
	if (off >= end)
		return false;

	off = (off - NEURON_QUEUE_OFF) % NEURON_QUEUE_STRIDE;
	if (within(queue, ARRAY_SIZE(queue), off))
		return true;

	return m2s ? within(m2s_queue, ARRAY_SIZE(m2s_queue), off) :
		     within(s2m_queue, ARRAY_SIZE(s2m_queue), off);
}

static bool engine_allowed(const struct neuron_hw_map *map, u32 bar0_off)
{
	u32 eng;

	for (eng = 0; eng < map->engines; eng++) {
		u32 off = bar0_off - neuron_hw_map_udma(map, eng);

		if (bar0_off < neuron_hw_map_udma(map, eng) || off >= NEURON_UDMA_GEN)
			continue;
		if (off < NEURON_UDMA_S2M)
			return half_allowed(map, off - NEURON_UDMA_M2S, true);

		return half_allowed(map, off - NEURON_UDMA_S2M, false);
	}

	return false;
}

static bool nq_allowed(const struct neuron_hw_map *map, u32 bar0_off)
{
	u32 off = bar0_off - map->nq_off;
	u32 type;
	u32 i;

	if (bar0_off < map->nq_off || off / map->nq_core_stride >= map->cores)
		return false;

	off %= map->nq_core_stride;
	for (type = 0; type < NEURON_HW_NQ_TYPES; type++)
		for (i = 0; i < map->nq[type].instances; i++) {
			u32 first = map->nq[type].off + i * map->nq[type].stride;

			if (off >= first && within(nq, ARRAY_SIZE(nq), off - first))
				return true;
		}

	return false;
}

/**
 * neuron_hw_reg_allowed() - may users read a register
 * @map: architecture
 * @bar0_off: offset in BAR0, a multiple of 4
 *
 * Context: Any.
 * Return: true if they may.
 */
bool neuron_hw_reg_allowed(const struct neuron_hw_map *map, u32 bar0_off)
{
	if (bar0_off >= map->misc_off && within(misc, ARRAY_SIZE(misc), bar0_off - map->misc_off))
		return true;

	return engine_allowed(map, bar0_off) || nq_allowed(map, bar0_off);
}
