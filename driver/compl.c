// SPDX-License-Identifier: GPL-2.0
/*
 * Completion entries as numbers, docs/hardware, section 3.9.5 (A11).
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "compl.h"
#include "desc.h"

#define WORD0_STATUS	GENMASK(15, 0)	/* of the application; 0 is good */
#define WORD0_RING_ID	GENMASK(25, 24)
#define WORD0_BUFFER	BIT(30)		/* the first buffer was written to */
#define WORD0_ERROR	BIT(31)
#define WORD1_BYTES	GENMASK(15, 0)	/* 0 is 64 KiB */

/**
 * neuron_compl_is_new() - was an entry written in this pass
 * @word0: its first word
 * @ring_id: of the pass
 *
 * Context: Any.
 * Return: true if it tells of a descriptor of this pass, false if it is older.
 */
bool neuron_compl_is_new(u32 word0, u32 ring_id)
{
	return FIELD_GET(WORD0_RING_ID, word0) == ring_id % NEURON_RING_IDS;
}

/**
 * neuron_compl_tells_error() - did a descriptor of either half fail
 * @word0: first word of its entry
 *
 * Context: Any.
 * Return: true if so.
 */
bool neuron_compl_tells_error(u32 word0)
{
	return word0 & WORD0_ERROR;
}

/**
 * neuron_compl_rx_tells_error() - did a descriptor of the receive half fail
 * @word0: first word of its entry
 *
 * Context: Any.
 * Return: true if so, or if the application's status is not good.
 */
bool neuron_compl_rx_tells_error(u32 word0)
{
	return word0 & (WORD0_ERROR | WORD0_STATUS);
}

/**
 * neuron_compl_rx_bytes() - how much was written to a destination
 * @word0: first word of its entry
 * @word1: second word
 *
 * Context: Any.
 * Return: bytes, 0..NEURON_DESC_MAX_BYTES.
 */
u32 neuron_compl_rx_bytes(u32 word0, u32 word1)
{
	if (!(word0 & WORD0_BUFFER))
		return 0;

	return FIELD_GET(WORD1_BYTES, word1) ?: NEURON_DESC_MAX_BYTES;
}

/**
 * neuron_compl_blank() - an entry that tells nothing but its pass
 * @ring_id: of the pass
 *
 * Put where an entry did not come: else the one that is there would look new three
 * passes later.
 *
 * Context: Any.
 * Return: the first word.
 */
u32 neuron_compl_blank(u32 ring_id)
{
	return FIELD_PREP(WORD0_RING_ID, ring_id % NEURON_RING_IDS);
}
