/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a ring knows of each entry, from writing until it is handed back.
 *
 * Records are allocated as entries are written, so that a long ring costs no more
 * than what is in it, and charged to who writes.
 */
#ifndef NEURON_RING_RECORD_H
#define NEURON_RING_RECORD_H

#include <linux/build_bug.h>
#include <linux/types.h>

struct neuron_mem;
struct neuron_ring;
struct neuron_tie;

/**
 * struct neuron_ring_record - one entry in a ring
 * @src: source memory, counted, also in neuron_mem.users, or NULL for @imm
 * @dst: destination memory, likewise, or NULL for the other kinds
 * @tie: by which it is counted on another card, or NULL
 * @src_offset: bytes into @src
 * @imm: value instead of @src
 * @dst_offset: bytes into @dst
 * @nc: core, of the other kinds
 * @index: event register or semaphore
 * @len: bytes
 * @desc: position of its first descriptor pair
 * @pairs: number of its pairs
 * @dst_kind: where it goes: enum neuron_ring_dst
 * @op: what is done to the semaphore: enum neuron_semaphore_op
 * @flags: enum neuron_entry_flag
 * @joined: it goes on with the packet of the entry before it
 * @failed: a completion told an error
 *
 * Long rings have many of them: what is never needed together lies in one place.
 */
struct neuron_ring_record {
	struct neuron_mem *src;
	struct neuron_mem *dst;
	struct neuron_tie *tie;
	union {
		u64 src_offset;
		u32 imm;
	};
	union {
		u64 dst_offset;
		struct {
			u32 nc;
			u32 index;
		};
	};
	u64 len;
	u64 desc;
	u32 pairs;
	u8 dst_kind;
	u8 op;
	u8 flags;
	u8 joined : 1;
	u8 failed : 1;
};

static_assert(sizeof(struct neuron_ring_record) <= 64);

struct neuron_ring_record *neuron_ring_record_make(struct neuron_ring *ring, u64 number);
struct neuron_ring_record *neuron_ring_record_at(struct neuron_ring *ring, u64 number);
void neuron_ring_record_forget(struct neuron_ring *ring, u64 number);
void neuron_ring_records_clear(struct neuron_ring *ring);
u64 neuron_ring_desc_of(struct neuron_ring *ring, u64 number);

#endif
