// SPDX-License-Identifier: GPL-2.0
/*
 * Allocator of card DRAM.
 *
 * Blocks of a region are a list in address order. Each block knows how many
 * free bytes follow it, and those with any are also in a tree by that number,
 * so a hole needs no object of its own: nothing is allocated here, and giving
 * back cannot fail. A block of 0 bytes at the start stands for the hole before
 * the first real one. Each place in the tree knows the largest piece below it for every
 * alignment, so finding, taking and giving back cost a walk down the tree, whatever
 * the alignment and however full the region is.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/rbtree_augmented.h>

#include "dram.h"

static u64 block_end(const struct neuron_dram_block *block)
{
	return block->offset + block->bytes;
}

static struct neuron_dram_block *hole_block(struct rb_node *node)
{
	return node ? rb_entry(node, struct neuron_dram_block, hole) : NULL;
}

/* The largest aligned piece of the hole behind a block, in granules. */
static u32 hole_fit(const struct neuron_dram_block *block, u32 shift)
{
	u64 align = (u64)NEURON_DRAM_GRANULE << shift;
	u64 pad = ALIGN(block_end(block), align) - block_end(block);

	return pad < block->hole_bytes ? div_u64(block->hole_bytes - pad, NEURON_DRAM_GRANULE) : 0;
}

static u32 fit_below(const struct rb_node *node, u32 shift)
{
	return node ? rb_entry(node, struct neuron_dram_block, hole)->fits.granules[shift] : 0;
}

/* Returns whether nothing changed, if @exit asks for that. */
static bool fits_compute(struct neuron_dram_block *block, bool exit)
{
	bool same = true;
	u32 shift, fit;

	for (shift = 0; shift < NEURON_DRAM_ALIGNS; shift++) {
		fit = max(hole_fit(block, shift), fit_below(block->hole.rb_left, shift));
		fit = max(fit, fit_below(block->hole.rb_right, shift));
		same = same && block->fits.granules[shift] == fit;
		block->fits.granules[shift] = fit;
	}

	return exit && same;
}

RB_DECLARE_CALLBACKS(static, hole_callbacks, struct neuron_dram_block, hole, fits, fits_compute);

static bool hole_before(const struct neuron_dram_block *a, const struct neuron_dram_block *b)
{
	if (a->hole_bytes != b->hole_bytes)
		return a->hole_bytes < b->hole_bytes;

	return a->offset < b->offset;
}

/* Say how many free bytes follow a block that is not in the tree. */
static void hole_set(struct neuron_dram_region *region, struct neuron_dram_block *block, u64 bytes)
{
	struct rb_node **link = &region->holes.rb_node;
	struct rb_node *parent = NULL;

	block->hole_bytes = bytes;
	RB_CLEAR_NODE(&block->hole);
	if (!bytes)
		return;

	while (*link) {
		parent = *link;
		if (hole_before(block, hole_block(parent)))
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&block->hole, parent, link);
	fits_compute(block, false);
	hole_callbacks.propagate(parent, NULL);
	rb_insert_augmented(&block->hole, &region->holes, &hole_callbacks);
}

static void hole_clear(struct neuron_dram_region *region, struct neuron_dram_block *block)
{
	if (!RB_EMPTY_NODE(&block->hole))
		rb_erase_augmented(&block->hole, &region->holes, &hole_callbacks);
	RB_CLEAR_NODE(&block->hole);
}

/* Best fit: of the holes that hold an aligned piece, the smallest, and of these the lowest. */
static struct neuron_dram_block *find(const struct neuron_dram_region *region, u64 bytes,
				      u64 align)
{
	u32 granules = div_u64(bytes, NEURON_DRAM_GRANULE);
	u32 shift = ilog2(align) - ilog2(NEURON_DRAM_GRANULE);
	struct rb_node *node = region->holes.rb_node;

	if (fit_below(node, shift) < granules)
		return NULL;

	for (;;) {
		if (fit_below(node->rb_left, shift) >= granules) {
			node = node->rb_left;
			continue;
		}
		if (hole_fit(hole_block(node), shift) >= granules)
			return hole_block(node);
		node = node->rb_right;
	}
}

static void region_init(struct neuron_dram_region *region, u32 channel, u32 index, u64 bytes)
{
	region->holes = RB_ROOT;
	region->bytes = bytes;
	region->used = 0;
	region->head.channel = channel;
	region->head.region = index;
	region->head.offset = index * bytes;
	region->head.bytes = 0;
	INIT_LIST_HEAD(&region->head.order);
	hole_set(region, &region->head, bytes);
}

/**
 * neuron_dram_init() - everything is free
 * @dram: set up; holds no resource, so there is no counterpart
 * @channels: number of channels, 1..NEURON_DRAM_CHANNELS_MAX
 * @channel_bytes: size of each
 * @regions: equal parts of each channel, 1, 2 or 4
 *
 * Context: Any.
 * Return: 0, or -EINVAL for numbers that are not allowed, leave a region without
 * a single granule, or are more than 4 GiB of a channel.
 */
int neuron_dram_init(struct neuron_dram *dram, u32 channels, u64 channel_bytes, u32 regions)
{
	u64 region_bytes;
	u32 channel;
	u32 i;

	if (!channels || channels > NEURON_DRAM_CHANNELS_MAX)
		return -EINVAL;
	if (!regions || regions > NEURON_DRAM_REGIONS_MAX || !is_power_of_2(regions))
		return -EINVAL;

	/* What alignments and sizes in granules are counted for. */
	if (channel_bytes > (u64)NEURON_DRAM_GRANULE << (NEURON_DRAM_ALIGNS - 1))
		return -EINVAL;

	region_bytes = ALIGN_DOWN(div_u64(channel_bytes, regions), NEURON_DRAM_GRANULE);
	if (!region_bytes)
		return -EINVAL;

	dram->channels = channels;
	dram->regions = regions;
	dram->blocks = 0;
	for (channel = 0; channel < channels; channel++)
		for (i = 0; i < regions; i++)
			region_init(&dram->region[channel][i], channel, i, region_bytes);

	return 0;
}

/**
 * neuron_dram_alloc() - take a piece
 * @dram: DRAM
 * @channel: channel to take it from
 * @region: region of the channel
 * @bytes: size, rounded up to NEURON_DRAM_GRANULE
 * @align: alignment of the offset, a power of two; less than the granule is
 *	raised to it
 * @block: the caller's, filled; must stay in place until it is freed
 *
 * The first byte of a channel is given out like any other.
 *
 * Context: Any; the caller's lock.
 * Return: 0; -EINVAL for a channel, region, size or alignment that cannot be;
 * -E2BIG if the region could not hold it even when empty; -ENOSPC if it cannot now.
 */
int neuron_dram_alloc(struct neuron_dram *dram, u32 channel, u32 region, u64 bytes, u64 align,
		      struct neuron_dram_block *block)
{
	struct neuron_dram_block *prev;
	struct neuron_dram_region *r;
	u64 hole_end;

	if (channel >= dram->channels || region >= dram->regions)
		return -EINVAL;
	if (!bytes || !is_power_of_2(align))
		return -EINVAL;
	r = &dram->region[channel][region];
	if (bytes > r->bytes || align > r->bytes)
		return -E2BIG;

	bytes = ALIGN(bytes, NEURON_DRAM_GRANULE);
	align = max_t(u64, align, NEURON_DRAM_GRANULE);
	prev = find(r, bytes, align);
	if (!prev)
		return -ENOSPC;

	hole_end = block_end(prev) + prev->hole_bytes;
	hole_clear(r, prev);
	block->channel = channel;
	block->region = region;
	block->offset = ALIGN(block_end(prev), align);
	block->bytes = bytes;
	list_add(&block->order, &prev->order);
	hole_set(r, prev, block->offset - block_end(prev));
	hole_set(r, block, hole_end - block_end(block));
	r->used += bytes;
	dram->blocks++;

	return 0;
}

/**
 * neuron_dram_free() - give a piece back
 * @dram: DRAM that it is of
 * @block: from neuron_dram_alloc(); the caller's again afterwards
 *
 * Context: Any; the caller's lock. Cannot fail. The hardware must have let go
 * of the memory.
 */
void neuron_dram_free(struct neuron_dram *dram, struct neuron_dram_block *block)
{
	struct neuron_dram_region *r = &dram->region[block->channel][block->region];
	struct neuron_dram_block *prev = list_prev_entry(block, order);
	u64 bytes = prev->hole_bytes + block->bytes + block->hole_bytes;

	hole_clear(r, block);
	hole_clear(r, prev);
	list_del(&block->order);
	hole_set(r, prev, bytes);
	r->used -= block->bytes;
	dram->blocks--;
}

/**
 * neuron_dram_usage() - how full a region is
 * @dram: DRAM
 * @channel: channel
 * @region: region of the channel
 * @usage: filled
 *
 * Context: Any; the caller's lock.
 * Return: 0, or -EINVAL if there is no such region.
 */
int neuron_dram_usage(const struct neuron_dram *dram, u32 channel, u32 region,
		      struct neuron_dram_usage *usage)
{
	const struct neuron_dram_block *largest;
	const struct neuron_dram_region *r;

	if (channel >= dram->channels || region >= dram->regions)
		return -EINVAL;

	r = &dram->region[channel][region];
	largest = hole_block(rb_last(&r->holes));
	usage->bytes = r->bytes;
	usage->used = r->used;
	usage->free = r->bytes - r->used;
	usage->largest = largest ? largest->hole_bytes : 0;

	return 0;
}

/**
 * neuron_dram_used() - bytes given out in all regions
 * @dram: DRAM
 *
 * Context: Any; the caller's lock.
 * Return: number of bytes.
 */
u64 neuron_dram_used(const struct neuron_dram *dram)
{
	u64 used = 0;
	u32 channel;
	u32 i;

	for (channel = 0; channel < dram->channels; channel++)
		for (i = 0; i < dram->regions; i++)
			used += dram->region[channel][i].used;

	return used;
}

/**
 * neuron_dram_bytes() - bytes that there are in all regions
 * @dram: DRAM
 *
 * Context: Any.
 * Return: number of bytes.
 */
u64 neuron_dram_bytes(const struct neuron_dram *dram)
{
	return dram->region[0][0].bytes * dram->channels * dram->regions;
}
