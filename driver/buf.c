// SPDX-License-Identifier: GPL-2.0
/*
 * Host memory for DMA and for mapping.
 *
 * Pages are put into mappings by faults alone and never by mmap() itself: while
 * mmap() runs, the VMA is not yet where unmap_mapping_range() looks, so what it
 * put there would survive a removal that comes in between. A fault comes later,
 * and asks under the lock whether the card is still there.
 */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "buf.h"
#include "compat/compat.h"
#include "device.h"
#include "hw_udma.h"
#include "pressure.h"
#include "progress.h"
#include "quota.h"

#define ORDER_MAX		9	/* 2 MiB: more per chunk saves little */
#define CHUNKS_FIRST		16
/* Part of the machine's memory that is left to others, as a shift. */
#define RESERVE_SHIFT		6
/* What one fault maps: as much as one page of page-table entries. */
#define FAULT_PAGES		512
/* Offsets are 64-bit file positions; nobody gets this far in a lifetime. */
#define MMAP_OFFSET_MAX		BIT_ULL(62)

static int chunk_alloc(struct neuron_buf *buf, struct neuron_chunk *chunk, unsigned int order,
		       bool try_hard)
{
	gfp_t gfp = try_hard ? NEURON_GFP_ASKED :
			       GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY;

	chunk->bytes = PAGE_SIZE << order;
	chunk->page = dma_alloc_pages(buf->ndev->hw.dev, chunk->bytes, &chunk->dma_addr,
				      DMA_BIDIRECTIONAL, gfp);

	return chunk->page ? 0 : -ENOMEM;
}

static void chunks_free(struct neuron_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr_chunks; i++)
		dma_free_pages(buf->ndev->hw.dev, buf->chunk[i].bytes, buf->chunk[i].page,
			       buf->chunk[i].dma_addr, DMA_BIDIRECTIONAL);
}

static int chunks_grow(struct neuron_buf *buf, unsigned int *room)
{
	unsigned int n = *room ? 2 * *room : min_t(u64, buf->bytes >> PAGE_SHIFT, CHUNKS_FIRST);
	struct neuron_chunk *chunk;

	chunk = kvmalloc_array(n, sizeof(*chunk), NEURON_GFP_ASKED);
	if (!chunk)
		return -ENOMEM;

	if (buf->nr_chunks)
		memcpy(chunk, buf->chunk, buf->nr_chunks * sizeof(*chunk));
	kvfree(buf->chunk);
	buf->chunk = chunk;
	*room = n;

	return 0;
}

/*
 * Append the largest piece that can be had; a size that failed is not tried
 * again. dma_alloc_pages() clears.
 */
static int chunk_append(struct neuron_buf *buf, u64 left_bytes, unsigned int *order)
{
	struct neuron_chunk *chunk = &buf->chunk[buf->nr_chunks];

	*order = min_t(unsigned int, *order, ilog2(left_bytes >> PAGE_SHIFT));
	while (chunk_alloc(buf, chunk, *order, !*order)) {
		if (!*order)
			return -ENOMEM;
		--*order;
	}

	chunk->offset = buf->bytes - left_bytes;
	buf->nr_chunks++;

	return 0;
}

/*
 * Taking the last page would not get this request killed but whoever needs a page
 * next. What reclaim could free counts as free.
 */
static bool has_room(u64 bytes)
{
	long pages = si_mem_available() - (long)(totalram_pages() >> RESERVE_SHIFT);

	return pages > 0 && bytes >> PAGE_SHIFT <= pages;
}

static int may_go_on(const struct neuron_buf *buf, u64 left_bytes,
		     const struct neuron_progress *progress)
{
	if (neuron_hw_is_gone(&buf->ndev->hw))
		return -ENODEV;
	if (neuron_progress_cancelled(progress))
		return -ECANCELED;

	return has_room(left_bytes) ? 0 : -ENOMEM;
}

static int alloc_scattered(struct neuron_buf *buf, const struct neuron_progress *progress)
{
	unsigned int order = ORDER_MAX;
	u64 left_bytes = buf->bytes;
	unsigned int room = 0;
	int ret;

	while (left_bytes) {
		ret = may_go_on(buf, left_bytes, progress);
		if (ret)
			return ret;
		if (buf->nr_chunks == room) {
			ret = chunks_grow(buf, &room);
			if (ret)
				return ret;
		}
		ret = chunk_append(buf, left_bytes, &order);
		if (ret)
			return ret;
		left_bytes -= buf->chunk[buf->nr_chunks - 1].bytes;
		cond_resched();
	}

	return 0;
}

static int alloc_contiguous(struct neuron_buf *buf)
{
	unsigned int room = 0;
	int ret;

	ret = chunks_grow(buf, &room);
	if (ret)
		return ret;

	ret = chunk_alloc(buf, buf->chunk, get_order(buf->bytes), true);
	if (ret)
		return ret;
	buf->chunk->offset = 0;
	buf->nr_chunks = 1;

	return 0;
}

/**
 * neuron_buf_init() - allocate host memory
 * @buf: zeroed by the caller
 * @ndev: the card; must outlive the buffer
 * @bytes: size, rounded up to pages; a power of two of pages if @contiguous
 * @contiguous: in one piece
 * @writable: user space may write to it
 * @progress: whether this is cancelled; may be NULL
 *
 * The memory is zeroed, and near the card if its node has any. Pages and what
 * describes them are charged to the memory cgroup of the request or job.
 *
 * Context: Sleeps. The card must not be removed meanwhile (an entry or a job).
 * Return: 0; -ENOMEM; -ENODEV when the card goes; -ENOSPC when no mapping offset
 * is left; -ECANCELED. After an error @buf needs no neuron_buf_fini().
 */
int neuron_buf_init(struct neuron_buf *buf, struct neuron_device *ndev, u64 bytes,
		    bool contiguous, bool writable, const struct neuron_progress *progress)
{
	u64 end;
	int ret;

	buf->ndev = ndev;
	buf->bytes = PAGE_ALIGN(bytes);
	buf->writable = writable;
	/* A page stays free between two buffers, and below the first. */
	end = atomic64_add_return(buf->bytes + PAGE_SIZE, &ndev->mmap_next);
	if (end > MMAP_OFFSET_MAX)
		return -ENOSPC;
	buf->mmap_offset = end - buf->bytes;

	ret = contiguous ? alloc_contiguous(buf) : alloc_scattered(buf, progress);
	neuron_pressure_host(ndev, ret);
	if (ret) {
		chunks_free(buf);
		kvfree(buf->chunk);
		return ret;
	}

	mutex_init(&buf->lock);
	atomic64_add(buf->bytes, &ndev->counters.host_used);
	spin_lock(&ndev->bufs_lock);
	list_add_tail(&buf->node, &ndev->bufs);
	spin_unlock(&ndev->bufs_lock);

	return 0;
}

/* Take it off the card's list; wait if removal has it in its hands. */
static void unlist(struct neuron_buf *buf)
{
	struct neuron_device *ndev = buf->ndev;

	spin_lock(&ndev->bufs_lock);
	while (buf->pinned) {
		spin_unlock(&ndev->bufs_lock);
		wait_var_event(&buf->pinned, !READ_ONCE(buf->pinned));
		spin_lock(&ndev->bufs_lock);
	}
	list_del_init(&buf->node);
	spin_unlock(&ndev->bufs_lock);
}

static void orphan_free(struct neuron_buf *buf)
{
	u64 i;

	if (!buf->orphan)
		return;

	for (i = 0; i < buf->bytes >> PAGE_SHIFT; i++)
		if (buf->orphan[i])
			__free_page(buf->orphan[i]);
	kvfree(buf->orphan);
}

/**
 * neuron_buf_fini() - give host memory back
 * @buf: without mappings; nor may the card write to it any more
 *
 * Context: Sleeps; also after the card's removal.
 */
void neuron_buf_fini(struct neuron_buf *buf)
{
	unlist(buf);

	if (!buf->dead)
		chunks_free(buf);
	orphan_free(buf);
	kvfree(buf->chunk);
	atomic64_sub(buf->bytes, &buf->ndev->counters.host_used);
	mutex_destroy(&buf->lock);
}

static struct neuron_buf *placed(struct rb_node *node)
{
	return rb_entry(node, struct neuron_buf, place);
}

/**
 * neuron_buf_place() - let a buffer be found by its mapping offset
 * @root: tree of such buffers
 * @buf: set up, in no tree
 *
 * Context: Any; the lock of the tree.
 */
void neuron_buf_place(struct rb_root *root, struct neuron_buf *buf)
{
	struct rb_node **link = &root->rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = buf->mmap_offset < placed(parent)->mmap_offset ? &parent->rb_left :
									&parent->rb_right;
	}
	rb_link_node(&buf->place, parent, link);
	rb_insert_color(&buf->place, root);
}

/**
 * neuron_buf_displace() - undo neuron_buf_place()
 * @root: tree that it is in
 * @buf: the buffer
 *
 * Context: Any; the lock of the tree.
 */
void neuron_buf_displace(struct rb_root *root, struct neuron_buf *buf)
{
	rb_erase(&buf->place, root);
}

/**
 * neuron_buf_at() - find a buffer by its mapping offset
 * @root: tree to look in
 * @mmap_offset: as told to the owner, bytes
 *
 * Context: Any; the lock of the tree.
 * Return: the buffer that has exactly this offset, or NULL.
 */
struct neuron_buf *neuron_buf_at(const struct rb_root *root, u64 mmap_offset)
{
	struct rb_node *node = root->rb_node;

	while (node && placed(node)->mmap_offset != mmap_offset)
		node = mmap_offset < placed(node)->mmap_offset ? node->rb_left : node->rb_right;

	return node ? placed(node) : NULL;
}

/* The chunk that @offset is in; the caller has checked that there is one. */
static const struct neuron_chunk *chunk_at(const struct neuron_buf *buf, u64 offset)
{
	unsigned int low = 0;
	unsigned int high = buf->nr_chunks - 1;

	while (low < high) {
		unsigned int middle = low + (high - low + 1) / 2;

		if (buf->chunk[middle].offset <= offset)
			low = middle;
		else
			high = middle - 1;
	}

	return &buf->chunk[low];
}

static struct page *live_page(const struct neuron_buf *buf, u64 page_nr)
{
	u64 offset = page_nr << PAGE_SHIFT;
	const struct neuron_chunk *chunk = chunk_at(buf, offset);

	return chunk->page + ((offset - chunk->offset) >> PAGE_SHIFT);
}

/**
 * neuron_buf_addr() - where the kernel sees a buffer
 * @buf: contiguous buffer, whose DMA memory was not given back
 *
 * Context: Any.
 * Return: its first byte.
 */
void *neuron_buf_addr(const struct neuron_buf *buf)
{
	return page_address(buf->chunk[0].page);
}

/* Ordinary pages with the content for whoever has it mapped; holes are SIGBUS. */
static void orphan_fill(struct neuron_buf *buf)
{
	u64 nr_pages = buf->bytes >> PAGE_SHIFT;
	u64 i;

	buf->orphan = kvcalloc(nr_pages, sizeof(*buf->orphan), GFP_KERNEL | __GFP_NOWARN);
	if (!buf->orphan)
		return;

	for (i = 0; i < nr_pages; i++) {
		buf->orphan[i] = alloc_page(GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
		if (buf->orphan[i])
			copy_highpage(buf->orphan[i], live_page(buf, i));
		cond_resched();
	}
}

static void orphan_one(struct neuron_buf *buf)
{
	mutex_lock(&buf->lock);
	if (buf->mappings) {
		unmap_mapping_range(buf->mapping, buf->mmap_offset, buf->bytes, 1);
		orphan_fill(buf);
	}
	chunks_free(buf);
	buf->dead = true;
	mutex_unlock(&buf->lock);
}

/**
 * neuron_buf_orphan_all() - the card goes: take all DMA memory back
 * @ndev: the card, with bus mastering off; no buffer is made any more
 *
 * What is mapped stays readable (and writable) as ordinary memory with the same
 * content; if there is no memory for that, touching it is a SIGBUS.
 *
 * Context: Sleeps; takes the lock of each buffer. Buffers may be given back at
 * the same time.
 */
void neuron_buf_orphan_all(struct neuron_device *ndev)
{
	struct neuron_buf *buf;

	spin_lock(&ndev->bufs_lock);
	while (!list_empty(&ndev->bufs)) {
		buf = list_first_entry(&ndev->bufs, struct neuron_buf, node);
		buf->pinned = true;
		spin_unlock(&ndev->bufs_lock);

		orphan_one(buf);

		spin_lock(&ndev->bufs_lock);
		list_del_init(&buf->node);
		WRITE_ONCE(buf->pinned, false);
		/* Under the lock: after it, the buffer may be gone. */
		wake_up_var(&buf->pinned);
	}
	spin_unlock(&ndev->bufs_lock);
}

/**
 * neuron_buf_span() - where a place of the buffer lies for the card
 * @priv: struct neuron_buf
 * @offset: into the buffer, bytes
 * @span: filled with the rest of the chunk
 *
 * Context: Any; a neuron_span_lookup that needs no lock, since chunks never
 * change while the buffer lives.
 * Return: 0 or -ERANGE.
 */
int neuron_buf_span(void *priv, u64 offset, struct neuron_desc_span *span)
{
	const struct neuron_buf *buf = priv;
	const struct neuron_chunk *chunk;

	if (offset >= buf->bytes)
		return -ERANGE;

	chunk = chunk_at(buf, offset);
	offset -= chunk->offset;
	span->dev_addr = neuron_hw_host_addr(&buf->ndev->hw, chunk->dma_addr + offset);
	span->len = chunk->bytes - offset;

	return 0;
}

/**
 * neuron_buf_mappings() - number of VMAs
 * @buf: the buffer
 *
 * Context: Any.
 * Return: the number, which may be an old one.
 */
unsigned int neuron_buf_mappings(struct neuron_buf *buf)
{
	return READ_ONCE(buf->mappings);
}

/**
 * neuron_buf_map() - make a VMA show the buffer
 * @buf: the buffer
 * @vma: new, under mmap_lock; covers all of the buffer
 *
 * The caller has set, or sets, vm_ops with open, close and fault that call
 * their namesakes here, and keeps the buffer alive for the VMA. No page is
 * mapped yet.
 *
 * Context: mmap_lock held for writing; takes the buffer's lock.
 * Return: 0; -EINVAL if it is not shared or not the whole buffer; -EACCES if it
 * wants to write to what is only readable; -ENODEV after removal.
 */
int neuron_buf_map(struct neuron_buf *buf, struct vm_area_struct *vma)
{
	int ret = 0;

	if (vma->vm_pgoff != buf->mmap_offset >> PAGE_SHIFT ||
	    vma->vm_end - vma->vm_start != buf->bytes || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (!buf->writable) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);

	mutex_lock(&buf->lock);
	if (buf->dead) {
		ret = -ENODEV;
	} else {
		buf->mapping = vma->vm_file->f_mapping;
		buf->mappings++;
	}
	mutex_unlock(&buf->lock);

	return ret;
}

/**
 * neuron_buf_open() - a VMA was copied or split
 * @buf: the buffer
 *
 * Context: mmap_lock held; takes the buffer's lock.
 */
void neuron_buf_open(struct neuron_buf *buf)
{
	mutex_lock(&buf->lock);
	buf->mappings++;
	mutex_unlock(&buf->lock);
}

/**
 * neuron_buf_close() - a VMA ends
 * @buf: the buffer
 *
 * The lock is what lets removal use @mapping: the VMA holds its file until this
 * has returned.
 *
 * Context: mmap_lock held; takes the buffer's lock.
 */
void neuron_buf_close(struct neuron_buf *buf)
{
	mutex_lock(&buf->lock);
	if (!--buf->mappings)
		buf->mapping = NULL;
	mutex_unlock(&buf->lock);
}

static struct page *page_to_map(const struct neuron_buf *buf, u64 page_nr)
{
	if (!buf->dead)
		return live_page(buf, page_nr);

	return buf->orphan ? buf->orphan[page_nr] : NULL;
}

static vm_fault_t insert(struct neuron_buf *buf, struct vm_area_struct *vma, unsigned long pgoff)
{
	struct page *page = page_to_map(buf, pgoff - (buf->mmap_offset >> PAGE_SHIFT));
	unsigned long addr = vma->vm_start + ((pgoff - vma->vm_pgoff) << PAGE_SHIFT);

	return page ? vmf_insert_pfn(vma, addr, page_to_pfn(page)) : VM_FAULT_SIGBUS;
}

/**
 * neuron_buf_fault() - map the page that was touched, and its neighbourhood
 * @buf: the buffer
 * @vmf: the fault
 *
 * Context: mmap_lock or the VMA's lock held; takes the buffer's lock.
 * Return: as a fault handler does.
 */
vm_fault_t neuron_buf_fault(struct neuron_buf *buf, struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long first = max(ALIGN_DOWN(vmf->pgoff, FAULT_PAGES), vma->vm_pgoff);
	unsigned long end = min(ALIGN_DOWN(vmf->pgoff, FAULT_PAGES) + FAULT_PAGES,
				vma->vm_pgoff + vma_pages(vma));
	unsigned long pgoff;
	vm_fault_t ret;

	mutex_lock(&buf->lock);
	ret = insert(buf, vma, vmf->pgoff);
	/* The rest is a favour; what cannot be had now comes with its own fault. */
	for (pgoff = first; pgoff < end && ret == VM_FAULT_NOPAGE; pgoff++)
		if (insert(buf, vma, pgoff) != VM_FAULT_NOPAGE)
			break;
	mutex_unlock(&buf->lock);

	return ret;
}
