/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a ring knows of each entry, from writing until it is handed back.
 *
 * Records are allocated as entries are written, so that a long ring costs no more
 * than what is in it, and charged to who writes.
 */
#ifndef NEURON_RING_RECORD_H
#define NEURON_RING_RECORD_H

#include <linux/types.h>

#include "ring_entry.h"

struct neuron_ring;

/**
 * struct neuron_ring_record - one entry in a ring
 * @entry: as given; its memory is counted, also in neuron_mem.users
 * @desc: position of its first descriptor pair
 * @pairs: number of its pairs
 * @joined: it goes on with the packet of the entry before it
 * @failed: a completion told an error
 * @told: bytes that completions told
 * @untold: pairs whose completion did not come
 */
struct neuron_ring_record {
	struct neuron_ring_entry entry;
	u64 desc;
	u32 pairs;
	bool joined;
	bool failed;
	u64 told;
	u32 untold;
};

struct neuron_ring_record *neuron_ring_record_make(struct neuron_ring *ring, u64 number);
struct neuron_ring_record *neuron_ring_record_at(struct neuron_ring *ring, u64 number);
void neuron_ring_record_forget(struct neuron_ring *ring, u64 number);
void neuron_ring_records_clear(struct neuron_ring *ring);
u64 neuron_ring_desc_of(struct neuron_ring *ring, u64 number);

#endif
