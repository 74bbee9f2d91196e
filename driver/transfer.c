// SPDX-License-Identifier: GPL-2.0
/*
 * Copies and fills.
 *
 * A list is checked whole before any of it begins, and holds the memory that it
 * names until it has ended. If the hardware does not let go of it, the list goes
 * into quarantine with all that it holds.
 */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/netlink.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "copy.h"
#include "desc.h"
#include "device.h"
#include "health.h"
#include "hw_udma.h"
#include "mem.h"
#include "progress.h"
#include "transfer.h"

#define BLOCK_BYTES	NEURON_DESC_MAX_BYTES
#define SOME		16	/* copies are handed on in groups of so many */

/**
 * neuron_transfers_new() - an empty list
 * @ndev: the card
 * @most: transfers that it shall have room for
 *
 * Context: Sleeps.
 * Return: the list or NULL.
 */
struct neuron_transfers *neuron_transfers_new(struct neuron_device *ndev, u32 most)
{
	struct neuron_transfers *transfers;

	transfers = kvzalloc(struct_size(transfers, list, most), NEURON_GFP_ASKED);
	if (!transfers)
		return NULL;

	transfers->ndev = neuron_device_get(ndev);
	transfers->epoch = READ_ONCE(ndev->epoch);

	return transfers;
}

/**
 * neuron_transfers_free() - drop a list and what it holds
 * @transfers: list that the hardware does not work on, or NULL
 *
 * Context: Sleeps.
 */
void neuron_transfers_free(struct neuron_transfers *transfers)
{
	u32 i;

	if (!transfers)
		return;

	for (i = 0; i < transfers->count; i++) {
		neuron_mem_unuse(transfers->list[i].src);
		neuron_mem_unuse(transfers->list[i].dst);
	}
	if (transfers->block)
		dma_free_coherent(transfers->ndev->hw.dev, BLOCK_BYTES, transfers->block,
				  transfers->block_dma);
	neuron_device_put(transfers->ndev);
	kvfree(transfers);
}

static bool overlaps(const struct neuron_transfer *transfer)
{
	u64 low = min(transfer->src_offset, transfer->dst_offset);
	u64 high = max(transfer->src_offset, transfer->dst_offset);

	return transfer->src == transfer->dst && high - low < transfer->len;
}

/**
 * neuron_transfer_check() - can a transfer be done
 * @transfer: its memory is there
 * @wrong: set if it cannot: the field to blame
 * @extack: gets the reason; may be NULL
 *
 * Context: Any.
 * Return: 0; -EINVAL for a length of zero, or a source that overlaps its
 * destination; -EOVERFLOW or -ERANGE for a range that wraps or lies outside.
 */
int neuron_transfer_check(const struct neuron_transfer *transfer,
			  enum neuron_transfer_field *wrong, struct netlink_ext_ack *extack)
{
	int ret;

	*wrong = NEURON_TRANSFER_FIELD_LEN;
	if (!transfer->len) {
		NL_SET_ERR_MSG(extack, "The length is zero");
		return -EINVAL;
	}

	*wrong = NEURON_TRANSFER_FIELD_DST_OFFSET;
	ret = neuron_span_check(transfer->dst_offset, transfer->len, transfer->dst->size);
	if (ret) {
		NL_SET_ERR_MSG(extack, "The destination lies outside of its memory");
		return ret;
	}

	*wrong = NEURON_TRANSFER_FIELD_SRC_OFFSET;
	if (!transfer->src)
		return 0;
	ret = neuron_span_check(transfer->src_offset, transfer->len, transfer->src->size);
	if (ret) {
		NL_SET_ERR_MSG(extack, "The source lies outside of its memory");
		return ret;
	}
	if (overlaps(transfer)) {
		NL_SET_ERR_MSG(extack, "Source and destination overlap");
		return -EINVAL;
	}

	return 0;
}

static int copy_some(struct neuron_transfers *transfers, u32 first, u32 count, u32 *done,
		     struct neuron_progress *progress)
{
	struct neuron_desc_iter iter[SOME];
	u32 i;

	for (i = 0; i < count; i++) {
		const struct neuron_transfer *transfer = &transfers->list[first + i];

		neuron_desc_iter_init(&iter[i], neuron_mem_span, transfer->src,
				      transfer->src_offset, neuron_mem_span, transfer->dst,
				      transfer->dst_offset, transfer->len);
	}

	return neuron_copy_run(transfers->ndev, iter, count, done, progress);
}

/* The hardware may still read the block of a list that failed: each has its own. */
static int fill_one(struct neuron_transfers *transfers, const struct neuron_transfer *transfer,
		    struct neuron_progress *progress)
{
	struct neuron_device *ndev = transfers->ndev;
	struct neuron_desc_iter iter;
	u64 block_addr;
	u32 done;

	if (!transfers->block)
		transfers->block = dma_alloc_coherent(ndev->hw.dev, BLOCK_BYTES,
						      &transfers->block_dma, GFP_KERNEL);
	if (!transfers->block)
		return -ENOMEM;

	memset32(transfers->block, (__force u32)cpu_to_le32(transfer->pattern),
		 BLOCK_BYTES / sizeof(u32));
	block_addr = neuron_hw_host_addr(&ndev->hw, transfers->block_dma);
	neuron_desc_iter_init(&iter, neuron_copy_block_span, &block_addr, 0, neuron_mem_span,
			      transfer->dst, transfer->dst_offset, transfer->len);

	return neuron_copy_run(ndev, &iter, 1, &done, progress);
}

static int run(struct neuron_transfers *transfers, struct neuron_progress *progress)
{
	const struct neuron_transfer *list = transfers->list;
	u32 done = 0;
	int ret = 0;
	u32 ended;
	u32 some;

	while (!ret && done < transfers->count) {
		if (!list[done].src) {
			ret = fill_one(transfers, &list[done], progress);
			ended = !ret;
		} else {
			for (some = 1; some < SOME && done + some < transfers->count; some++)
				if (!list[done + some].src)
					break;
			ret = copy_some(transfers, done, some, &ended, progress);
		}
		done += ended;
		WRITE_ONCE(progress->done, done);
	}

	/* A reset in between has wiped what was copied before it. */
	if (!ret && READ_ONCE(transfers->ndev->epoch) != transfers->epoch)
		ret = -ECANCELED;

	return ret;
}

static void held_release(struct neuron_held *held)
{
	neuron_transfers_free(container_of(held, struct neuron_transfers, held));
}

static const struct neuron_held_ops held_ops = {
	.what = "transfers",
	.settled = neuron_copy_settled,
	.release = held_release,
};

/* An estimate: memory that several transfers name counts for each of them. */
static u64 bytes_of(const struct neuron_transfers *transfers)
{
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < transfers->count; i++)
		bytes += transfers->list[i].len;

	return bytes;
}

/**
 * neuron_transfers_run() - do a list in order
 * @transfers: checked; used up
 * @progress: counts transfers and bytes; if it is cancelled, no further batch is begun
 *
 * Context: Sleeps while the hardware works: in a job.
 * Return: 0; -ENOMEM; -EIO or -ETIMEDOUT if the card could not do it; -ECANCELED;
 * -ENODEV.
 */
int neuron_transfers_run(struct neuron_transfers *transfers, struct neuron_progress *progress)
{
	struct neuron_device *ndev = transfers->ndev;
	int ret = run(transfers, progress);

	if (ret != -EBUSY) {
		neuron_transfers_free(transfers);
		return ret;
	}

	neuron_quarantine_add(ndev, &transfers->held, &held_ops, transfers->list[0].dst->ctx_id,
			      bytes_of(transfers));
	neuron_health_held(ndev);

	return -ETIMEDOUT;
}
