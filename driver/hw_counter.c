// SPDX-License-Identifier: GPL-2.0
/*
 * Published counters of the hardware, docs/hardware, sections 3.4.1, 3.5.1, 4.1 and
 * 5.4. What else the closed runtime reads, and where, is not known (A20).
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "hw.h"
#include "hw_counter.h"
#include "hw_regs.h"

enum block {
	M2S,
	S2M,
	MISC,
};

/**
 * struct counter - where a counter is
 * @off: register, from the beginning of @block
 * @block: that of an engine's half, or misc RAM
 * @bits: of it that count, the low ones after a shift; 64: the next register has the
 *	high word
 * @shift: bits below it
 */
struct counter {
	u16 off;
	u8 block;
	u8 bits;
	u8 shift;
};

/* By enum neuron_hw_counter. */
static const struct counter counters[NEURON_HW_COUNTERS] = {
	{ NEURON_HALF_PACKETS, M2S, 32 },
	{ NEURON_HALF_BYTES_LO, M2S, 64 },
	{ NEURON_HALF_DESCRIPTORS, M2S, 32 },
	{ NEURON_HALF_COMPLETED, M2S, 32 },
	{ NEURON_HALF_COMPLETIONS, M2S, 32 },
	{ NEURON_HALF_ACKS, M2S, 32 },
	{ NEURON_HALF_PACKETS, S2M, 32 },
	{ NEURON_HALF_BYTES_LO, S2M, 64 },
	{ NEURON_HALF_DESCRIPTORS, S2M, 32 },
	{ NEURON_HALF_COMPLETED, S2M, 32 },
	{ NEURON_HALF_COMPLETIONS, S2M, 32 },
	{ NEURON_HALF_ACKS, S2M, 32 },
	{ NEURON_MISC_POWER, MISC, 16 },
	{ NEURON_MISC_POWER, MISC, 16, 16 },
	{ NEURON_MISC_ECC_SRAM, MISC, 16, 16 },
	{ NEURON_MISC_ECC_SRAM, MISC, 16 },
	{ NEURON_MISC_ECC_STACK, MISC, 16, 16 },
	{ NEURON_MISC_ECC_STACK, MISC, 16 },
	{ NEURON_MISC_ECC_STACK + 4, MISC, 16, 16 },
	{ NEURON_MISC_ECC_STACK + 4, MISC, 16 },
	{ NEURON_MISC_ECC_STACK + 8, MISC, 16, 16 },
	{ NEURON_MISC_ECC_STACK + 8, MISC, 16 },
	{ NEURON_MISC_ECC_STACK + 12, MISC, 16, 16 },
	{ NEURON_MISC_ECC_STACK + 12, MISC, 16 },
};

static u64 counter_addr(const struct neuron_hw *hw, u32 eng, const struct counter *counter)
{
	const struct neuron_hw_map *map = hw->map;

	switch (counter->block) {
	case M2S:
		return map->apb_base + neuron_hw_map_udma(map, eng) + NEURON_UDMA_M2S +
		       counter->off;
	case S2M:
		return map->apb_base + neuron_hw_map_udma(map, eng) + NEURON_UDMA_S2M +
		       counter->off;
	default:
		return map->apb_base + map->misc_off + counter->off;
	}
}

/**
 * neuron_hw_counter_of_engine() - does each engine have a counter of its own
 * @counter: enum neuron_hw_counter
 *
 * Context: Any.
 * Return: true if so, false if there is one per card.
 */
bool neuron_hw_counter_of_engine(u32 counter)
{
	return counters[counter].block != MISC;
}

/**
 * neuron_hw_counters_read() - ask for counters, by one request
 * @hw: card
 * @eng: engine of those that are an engine's
 * @counter: enum neuron_hw_counter of each
 * @count: number of them, 1..NEURON_HW_COUNTERS_READ_MAX
 * @value: their values
 *
 * Of a counter of 64 bits the low word is read first, which keeps the high one as
 * it is at this moment, as the sibling engines do.
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_hw_counters_read(struct neuron_hw *hw, u32 eng, const u32 *counter, u32 count,
			    u64 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 word[NEURON_FWIO_READ_MAX];
	u32 words = 0;
	u32 i;
	int ret;

	static_assert(2 * NEURON_HW_COUNTERS_READ_MAX <= NEURON_FWIO_READ_MAX);
	if (count > NEURON_HW_COUNTERS_READ_MAX)
		return -EINVAL;

	for (i = 0; i < count; i++) {
		const struct counter *one = &counters[counter[i]];

		addr[words++] = counter_addr(hw, eng, one);
		if (one->bits == 64)
			addr[words++] = counter_addr(hw, eng, one) + sizeof(u32);
	}
	ret = neuron_fwio_read(hw, addr, word, words);
	if (ret)
		return ret;

	words = 0;
	for (i = 0; i < count; i++) {
		const struct counter *one = &counters[counter[i]];

		value[i] = word[words++] >> one->shift;
		if (one->bits == 16)
			value[i] &= U16_MAX;
		if (one->bits == 64)
			value[i] |= (u64)word[words++] << 32;
	}

	return 0;
}
