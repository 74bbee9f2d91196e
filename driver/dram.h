/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has which piece of a card's DRAM. Numbers in, numbers out: it touches
 * neither the memory nor the card, allocates nothing and never sleeps; also
 * built in user space.
 *
 * The caller keeps struct neuron_dram_block in its own object, and serializes
 * every call for one struct neuron_dram with a lock of its own (any kind).
 */
#ifndef NEURON_DRAM_H
#define NEURON_DRAM_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#define NEURON_DRAM_CHANNELS_MAX	2
#define NEURON_DRAM_REGIONS_MAX		4
#define NEURON_DRAM_GRANULE		256	/* unit and least alignment, bytes */
#define NEURON_DRAM_ALIGNS		25	/* alignments, from the granule to 4 GiB */

/**
 * struct neuron_dram_fits - private: the largest piece that fits, by its alignment
 * @granules: by log2 of the alignment in granules
 */
struct neuron_dram_fits {
	u32 granules[NEURON_DRAM_ALIGNS];
};

/**
 * struct neuron_dram_block - an allocated piece
 * @channel: DRAM channel
 * @region: region of the channel
 * @offset: first byte, counted from the start of the channel
 * @bytes: size, a multiple of the granule, at least what was asked for
 * @owner: whose it is: the caller's affair, only shown
 * @order: private: neighbours by address
 * @hole: private: place among the free pieces
 * @hole_bytes: private: free bytes between this block and the next
 * @fits: private: what fits into the free pieces below it in the tree, and its own
 */
struct neuron_dram_block {
	u32 channel;
	u32 region;
	u64 offset;
	u64 bytes;
	u32 owner;
	struct list_head order;
	struct rb_node hole;
	u64 hole_bytes;
	struct neuron_dram_fits fits;
};

/**
 * struct neuron_dram_region - private: one region of one channel
 * @head: block of 0 bytes at the start, which is never given out
 * @holes: blocks that have free bytes behind them, by (size, address)
 * @bytes: size of the region
 * @used: bytes given out
 */
struct neuron_dram_region {
	struct neuron_dram_block head;
	struct rb_root holes;
	u64 bytes;
	u64 used;
};

/**
 * struct neuron_dram_usage - how full something is
 * @bytes: size
 * @used: bytes given out
 * @free: bytes not given out
 * @largest: largest piece that can be had in one block
 */
struct neuron_dram_usage {
	u64 bytes;
	u64 used;
	u64 free;
	u64 largest;
};

/**
 * struct neuron_dram - all DRAM of one card
 * @channels: number of channels
 * @regions: equal regions that each channel is cut into
 * @blocks: blocks given out
 * @region: by channel and region
 *
 * Not movable after neuron_dram_init(): lists point into it.
 */
struct neuron_dram {
	u32 channels;
	u32 regions;
	u64 blocks;
	struct neuron_dram_region region[NEURON_DRAM_CHANNELS_MAX][NEURON_DRAM_REGIONS_MAX];
};

int neuron_dram_init(struct neuron_dram *dram, u32 channels, u64 channel_bytes, u32 regions);
int neuron_dram_alloc(struct neuron_dram *dram, u32 channel, u32 region, u64 bytes, u64 align,
		      struct neuron_dram_block *block);
void neuron_dram_free(struct neuron_dram *dram, struct neuron_dram_block *block);
int neuron_dram_usage(const struct neuron_dram *dram, u32 channel, u32 region,
		      struct neuron_dram_usage *usage);
u64 neuron_dram_used(const struct neuron_dram *dram);
u64 neuron_dram_bytes(const struct neuron_dram *dram);

#endif
