/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host memory that a card reaches by DMA and that user space can map: chunks
 * of dma_alloc_pages(), which are coherent on the cache-coherent machines that
 * this card exists in and never bounce.
 *
 * When the card goes away while a mapping is left, the buffer becomes an
 * orphan: its DMA memory is given back, the mapping shows a copy of the content.
 */
#ifndef NEURON_BUF_H
#define NEURON_BUF_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "desc.h"

struct address_space;
struct neuron_device;
struct neuron_progress;
struct page;
struct vm_area_struct;
struct vm_fault;

/**
 * struct neuron_chunk - a piece that is contiguous for the card
 * @page: first page
 * @dma_addr: DMA address
 * @offset: of its first byte in the buffer
 * @bytes: its size, a multiple of PAGE_SIZE
 */
struct neuron_chunk {
	struct page *page;
	dma_addr_t dma_addr;
	u64 offset;
	u64 bytes;
};

/**
 * struct neuron_buf - host memory
 * @ndev: the card
 * @node: in neuron_device.bufs
 * @pinned: removal works on it; guarded by neuron_device.bufs_lock
 * @bytes: size, a multiple of PAGE_SIZE
 * @mmap_offset: where to map it, bytes; unique on the card, never 0
 * @place: in its context's tree of buffers by @mmap_offset
 * @writable: mappings may be writable
 * @chunk: pieces in order of their offset
 * @nr_chunks: number of them
 * @lock: guards @mappings, @mapping, @orphan, @dead
 * @mappings: number of VMAs
 * @mapping: page cache through which it is mapped, while there are VMAs
 * @orphan: pages that replace the chunks after removal, by page number; NULL
 *	before, and when nobody had it mapped
 * @dead: the DMA memory is given back
 */
struct neuron_buf {
	struct neuron_device *ndev;
	struct list_head node;
	bool pinned;
	u64 bytes;
	u64 mmap_offset;
	struct rb_node place;
	bool writable;
	struct neuron_chunk *chunk;
	unsigned int nr_chunks;
	struct mutex lock;
	unsigned int mappings;
	struct address_space *mapping;
	struct page **orphan;
	bool dead;
};

int neuron_buf_init(struct neuron_buf *buf, struct neuron_device *ndev, u64 bytes,
		    bool contiguous, bool writable, const struct neuron_progress *progress);
void neuron_buf_fini(struct neuron_buf *buf);
void neuron_buf_place(struct rb_root *root, struct neuron_buf *buf);
void neuron_buf_displace(struct rb_root *root, struct neuron_buf *buf);
struct neuron_buf *neuron_buf_at(const struct rb_root *root, u64 mmap_offset);
void neuron_buf_orphan_all(struct neuron_device *ndev);
void *neuron_buf_addr(const struct neuron_buf *buf);
int neuron_buf_span(void *priv, u64 offset, struct neuron_desc_span *span);
unsigned int neuron_buf_mappings(struct neuron_buf *buf);
int neuron_buf_map(struct neuron_buf *buf, struct vm_area_struct *vma);
void neuron_buf_open(struct neuron_buf *buf);
void neuron_buf_close(struct neuron_buf *buf);
vm_fault_t neuron_buf_fault(struct neuron_buf *buf, struct vm_fault *vmf);

#endif
