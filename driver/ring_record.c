// SPDX-License-Identifier: GPL-2.0
/*
 * Records of a ring's entries, in chunks by the entry's number.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "quota.h"
#include "ring.h"
#include "ring_record.h"

#define CHUNK_RECORDS	32	/* as many as lists usually have */

struct neuron_ring_chunk {
	struct neuron_ring_record record[CHUNK_RECORDS];
};

/* One entry after the other is looked for, so that most are where the last one was. */
static struct neuron_ring_chunk *find(struct neuron_ring *ring, unsigned long index)
{
	lockdep_assert_held(&ring->lock);
	if (!ring->chunk || ring->chunk_index != index) {
		ring->chunk = xa_load(&ring->records, index);
		ring->chunk_index = index;
	}

	return ring->chunk;
}

/**
 * neuron_ring_record_make() - have room for the record of an entry
 * @ring: the ring
 * @number: of the entry, counted since the ring was attached
 *
 * What is in it is of no meaning.
 *
 * Context: Sleeps; neuron_ring.lock held.
 * Return: the record, or NULL without memory.
 */
struct neuron_ring_record *neuron_ring_record_make(struct neuron_ring *ring, u64 number)
{
	unsigned long index = number / CHUNK_RECORDS;
	struct neuron_ring_chunk *chunk = find(ring, index);

	if (chunk)
		return &chunk->record[number % CHUNK_RECORDS];
	chunk = kmalloc(sizeof(*chunk), NEURON_GFP_ASKED);
	if (!chunk)
		return NULL;
	if (xa_err(xa_store(&ring->records, index, chunk, GFP_KERNEL_ACCOUNT))) {
		kfree(chunk);
		return NULL;
	}
	/* It was just looked for there. */
	ring->chunk = chunk;

	return &chunk->record[number % CHUNK_RECORDS];
}

/**
 * neuron_ring_record_at() - the record of an entry
 * @ring: the ring
 * @number: of an entry that is written and not handed back, or has been made room for
 *
 * Context: neuron_ring.lock held.
 * Return: the record.
 */
struct neuron_ring_record *neuron_ring_record_at(struct neuron_ring *ring, u64 number)
{
	struct neuron_ring_chunk *chunk = find(ring, number / CHUNK_RECORDS);

	return &chunk->record[number % CHUNK_RECORDS];
}

/**
 * neuron_ring_record_forget() - an entry was handed back
 * @ring: the ring
 * @number: of the entry; those before it have been forgotten
 *
 * Context: neuron_ring.lock held.
 */
void neuron_ring_record_forget(struct neuron_ring *ring, u64 number)
{
	if (number % CHUNK_RECORDS != CHUNK_RECORDS - 1)
		return;
	kfree(xa_erase(&ring->records, number / CHUNK_RECORDS));
	ring->chunk = NULL;
}

/**
 * neuron_ring_records_clear() - forget all
 * @ring: the ring, of which no entry holds anything
 *
 * Context: neuron_ring.lock held, or nobody else has the ring.
 */
void neuron_ring_records_clear(struct neuron_ring *ring)
{
	struct neuron_ring_chunk *chunk;
	unsigned long index;

	ring->chunk = NULL;
	xa_for_each(&ring->records, index, chunk)
		kfree(chunk);
	xa_destroy(&ring->records);
}

/**
 * neuron_ring_desc_of() - where an entry begins
 * @ring: the ring
 * @number: of an entry that is not handed back, or of the one that is written next
 *
 * Context: neuron_ring.lock held.
 * Return: position of its first descriptor pair.
 */
u64 neuron_ring_desc_of(struct neuron_ring *ring, u64 number)
{
	if (number >= ring->written.entry)
		return ring->written.desc;

	return neuron_ring_record_at(ring, number)->desc;
}
