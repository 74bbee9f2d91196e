// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors and rings as numbers, docs/hardware, sections 3.9 and 3.10.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <asm/byteorder.h>

#include "desc.h"

#define CTRL_LENGTH	GENMASK(15, 0)	/* 0 is 64 KiB */
#define CTRL_RING_ID	GENMASK(25, 24)
#define CTRL_FIRST	BIT(26)
#define CTRL_LAST	BIT(27)
#define CTRL_INT	BIT(28)
#define CTRL_DMB	BIT(30)		/* in a transmit descriptor only */

/*
 * Operation of a plain copy: one block which is first and last, "copy source to
 * destination", class 2. Only the first descriptor of a packet has one.
 */
#define OPERATION_COPY	0x01080003

static_assert(sizeof(struct neuron_desc) == NEURON_DESC_BYTES);

static u32 ctrl(u32 len, u32 ring_id)
{
	return FIELD_PREP(CTRL_LENGTH, len & CTRL_LENGTH) |
	       FIELD_PREP(CTRL_RING_ID, ring_id % NEURON_RING_IDS);
}

/**
 * neuron_desc_tx() - encode a source
 * @desc: where to
 * @src_addr: device address, any alignment
 * @len: bytes, 1..NEURON_DESC_MAX_BYTES
 * @flags: NEURON_DESC_*
 * @ring_id: of the entry's pass
 *
 * Context: Any.
 */
void neuron_desc_tx(struct neuron_desc *desc, u64 src_addr, u32 len, u32 flags, u32 ring_id)
{
	u32 word = ctrl(len, ring_id);

	if (flags & NEURON_DESC_FIRST)
		word |= CTRL_FIRST;
	if (flags & NEURON_DESC_LAST)
		word |= CTRL_LAST;
	if (flags & NEURON_DESC_BARRIER)
		word |= CTRL_DMB;
	if (flags & NEURON_DESC_INT)
		word |= CTRL_INT;

	desc->ctrl = cpu_to_le32(word);
	desc->aux = cpu_to_le32(flags & NEURON_DESC_FIRST ? OPERATION_COPY : 0);
	desc->dev_addr = cpu_to_le64(src_addr);
}

/**
 * neuron_desc_rx() - encode a destination
 * @desc: where to
 * @dst_addr: device address, any alignment for memory, 4 bytes for registers
 * @len: bytes, 1..NEURON_DESC_MAX_BYTES
 * @flags: NEURON_DESC_INT or 0; the others have no meaning here and are ignored
 * @ring_id: of the entry's pass
 *
 * Context: Any.
 */
void neuron_desc_rx(struct neuron_desc *desc, u64 dst_addr, u32 len, u32 flags, u32 ring_id)
{
	u32 word = ctrl(len, ring_id);

	if (flags & NEURON_DESC_INT)
		word |= CTRL_INT;

	desc->ctrl = cpu_to_le32(word);
	desc->aux = 0;
	desc->dev_addr = cpu_to_le64(dst_addr);
}

/**
 * neuron_ring_pos_init() - the position after a queue reset
 * @pos: set to it
 *
 * Context: Any.
 */
void neuron_ring_pos_init(struct neuron_ring_pos *pos)
{
	pos->index = 0;
	pos->ring_id = NEURON_RING_ID_FIRST;
}

/**
 * neuron_ring_pos_at() - the position after so many entries
 * @pos: set to it
 * @entries: length of the ring, any number but 0
 * @count: entries since the queue reset
 *
 * Context: Any.
 */
void neuron_ring_pos_at(struct neuron_ring_pos *pos, u32 entries, u64 count)
{
	u64 turns = div_u64_rem(count, entries, &pos->index);

	pos->ring_id = (NEURON_RING_ID_FIRST + turns) % NEURON_RING_IDS;
}

/**
 * neuron_ring_pos_advance() - move a position
 * @pos: below @entries
 * @entries: length of the ring, any number
 * @n: steps, at most @entries
 *
 * The ring id advances with each wrap, as the hardware's does.
 *
 * Context: Any.
 */
void neuron_ring_pos_advance(struct neuron_ring_pos *pos, u32 entries, u32 n)
{
	/* Compared, not added: the sum may not fit. */
	if (n < entries - pos->index) {
		pos->index += n;
		return;
	}

	pos->index = n - (entries - pos->index);
	pos->ring_id = (pos->ring_id + 1) % NEURON_RING_IDS;
}

/**
 * neuron_ring_used() - entries between two positions
 * @entries: length of the ring, any number
 * @next: index that is filled next
 * @acked: index of the oldest entry that is not given back
 *
 * Context: Any.
 * Return: number of entries in use; equal indexes are an empty ring, because a
 * ring is never filled completely.
 */
u32 neuron_ring_used(u32 entries, u32 next, u32 acked)
{
	return next >= acked ? next - acked : entries - (acked - next);
}

/**
 * neuron_ring_free() - entries that may be filled now
 * @entries: length of the ring, any number
 * @reserve: entries that must stay empty, so that the hardware's prefetch never
 *	meets its own tail
 * @next: index that is filled next
 * @acked: index of the oldest entry that is not given back
 *
 * Context: Any.
 * Return: number of entries.
 */
u32 neuron_ring_free(u32 entries, u32 reserve, u32 next, u32 acked)
{
	u32 used = neuron_ring_used(entries, next, acked);

	return used + reserve < entries ? entries - reserve - used : 0;
}

/**
 * neuron_span_check() - does a piece lie within something
 * @offset: of the piece
 * @len: of the piece
 * @size: of the whole
 *
 * The one comparison of this kind, for all callers.
 *
 * Context: Any.
 * Return: 0; -EINVAL if the piece is empty; -EOVERFLOW if its end is no 64-bit
 * number; -ERANGE if it begins or ends beyond the whole.
 */
int neuron_span_check(u64 offset, u64 len, u64 size)
{
	u64 end;

	if (!len)
		return -EINVAL;
	if (check_add_overflow(offset, len, &end))
		return -EOVERFLOW;

	return end > size ? -ERANGE : 0;
}

/**
 * neuron_span_array_lookup() - lookup in an array of spans
 * @priv: struct neuron_span_array, with @index and @start 0 at first
 * @offset: into the memory
 * @span: the piece from there on
 *
 * A walk upwards costs one step per span; going back starts over.
 *
 * Context: Any; one walk at a time.
 * Return: 0 or -ERANGE.
 */
int neuron_span_array_lookup(void *priv, u64 offset, struct neuron_desc_span *span)
{
	struct neuron_span_array *array = priv;
	const struct neuron_desc_span *s;
	u64 skip;

	if (offset < array->start) {
		array->index = 0;
		array->start = 0;
	}

	for (; array->index < array->count; array->index++) {
		s = &array->span[array->index];
		skip = offset - array->start;
		if (skip < s->len) {
			span->dev_addr = s->dev_addr + skip;
			span->len = s->len - skip;
			return 0;
		}
		array->start += s->len;
	}

	return -ERANGE;
}

static void side_init(struct neuron_desc_side *side, neuron_span_lookup lookup, void *priv,
		      u64 offset)
{
	side->lookup = lookup;
	side->priv = priv;
	side->offset = offset;
	side->cur.dev_addr = 0;
	side->cur.len = 0;
}

/* Have a piece of at least one byte at hand. */
static int side_load(struct neuron_desc_side *side)
{
	int ret;

	if (side->cur.len)
		return 0;

	ret = side->lookup(side->priv, side->offset, &side->cur);
	if (ret)
		return ret;

	return side->cur.len ? 0 : -ERANGE;
}

static void side_advance(struct neuron_desc_side *side, u32 len)
{
	side->cur.dev_addr += len;
	side->cur.len -= len;
	side->offset += len;
}

/**
 * neuron_desc_iter_init() - begin to cut a transfer into descriptor pairs
 * @iter: set up
 * @src_lookup: where the source lies
 * @src_priv: for @src_lookup
 * @src_offset: first byte of the source
 * @dst_lookup: where the destination lies
 * @dst_priv: for @dst_lookup
 * @dst_offset: first byte of the destination
 * @len: bytes to transfer
 *
 * Context: Any.
 */
void neuron_desc_iter_init(struct neuron_desc_iter *iter,
			   neuron_span_lookup src_lookup, void *src_priv, u64 src_offset,
			   neuron_span_lookup dst_lookup, void *dst_priv, u64 dst_offset,
			   u64 len)
{
	side_init(&iter->src, src_lookup, src_priv, src_offset);
	side_init(&iter->dst, dst_lookup, dst_priv, dst_offset);
	iter->left = len;
}

/**
 * neuron_desc_iter_next() - take the next pair
 * @iter: walk
 * @pair: filled if there is one
 *
 * A pair is as long as both sides are contiguous, and one descriptor can be.
 *
 * Context: As the lookups.
 * Return: 1 for a pair, 0 at the end, -ERANGE if a side is shorter than the
 * transfer, or what a lookup returned.
 */
int neuron_desc_iter_next(struct neuron_desc_iter *iter, struct neuron_desc_pair *pair)
{
	u64 len;
	int ret;

	if (!iter->left)
		return 0;

	ret = side_load(&iter->src);
	if (ret)
		return ret;
	ret = side_load(&iter->dst);
	if (ret)
		return ret;

	len = min(iter->src.cur.len, iter->dst.cur.len);
	len = min(len, iter->left);
	len = min_t(u64, len, NEURON_DESC_MAX_BYTES);

	pair->src_addr = iter->src.cur.dev_addr;
	pair->dst_addr = iter->dst.cur.dev_addr;
	pair->len = len;

	side_advance(&iter->src, len);
	side_advance(&iter->dst, len);
	iter->left -= len;

	return 1;
}

static void side_skip(struct neuron_desc_side *side, u64 len)
{
	u64 step = min(len, side->cur.len);

	side->cur.dev_addr += step;
	side->cur.len -= step;
	side->offset += len;
}

/**
 * neuron_desc_iter_split() - cut the first bytes off a walk
 * @iter: walk; keeps the rest
 * @len: bytes, at most what is left
 * @front: becomes a walk over these bytes
 *
 * Context: Any.
 */
void neuron_desc_iter_split(struct neuron_desc_iter *iter, u64 len, struct neuron_desc_iter *front)
{
	*front = *iter;
	front->left = len;
	side_skip(&iter->src, len);
	side_skip(&iter->dst, len);
	iter->left -= len;
}

/**
 * neuron_desc_iter_count() - count the pairs that a walk still has
 * @iter: walk, which does not move
 * @pairs: their number
 *
 * Context: As the lookups.
 * Return: 0, or as neuron_desc_iter_next().
 */
int neuron_desc_iter_count(const struct neuron_desc_iter *iter, u64 *pairs)
{
	struct neuron_desc_iter walk = *iter;
	struct neuron_desc_pair pair;
	int ret;

	*pairs = 0;
	while ((ret = neuron_desc_iter_next(&walk, &pair)) > 0)
		(*pairs)++;

	return ret;
}
