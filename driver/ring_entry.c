// SPDX-License-Identifier: GPL-2.0
/*
 * What rings carry: entries written, started, finished and handed back.
 *
 * Positions are 64-bit counts of descriptor pairs since the ring was attached;
 * the index in the ring and the hardware's ring id follow from them. In order:
 *
 *   acked <= finished <= started <= written < acked + descriptors
 *
 * Each written list ends with a marker, so what is finished is known list by
 * list. A record holds what its entry names from writing until it is handed back,
 * or until neuron_ring_drop().
 *
 * An entry is as many descriptor pairs as both of its sides are cut into, each a
 * packet of its own; entries that are joined are one packet together. The two
 * halves always have descriptors of equal lengths at equal positions, so that a
 * position says all, and gathering and scattering is a matter of how entries cut
 * their sides.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "claim.h"
#include "compl.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "foreign.h"
#include "health.h"
#include "hw_core.h"
#include "hw_udma.h"
#include "irq.h"
#include "launch.h"
#include "mem.h"
#include "ring.h"
#include "ring_entry.h"
#include "ring_record.h"
#include "trace.h"

#define WORD_BYTES	4	/* of immediates, markers, events */
#define STEP_FIRST_US	10
#define STEP_LAST_US	500

static u64 word_addr(const struct neuron_ring *ring, u32 index)
{
	return neuron_ring_word_addr(ring) + (u64)index * sizeof(*ring->word);
}

/* The word that markers are copied to is in host memory, behind the others there. */
static u64 progress_addr(const struct neuron_ring *ring)
{
	return neuron_hw_host_addr(&ring->ndev->hw, ring->word_dma) +
	       ring->window * sizeof(*ring->word);
}

/* What can be written; the marker that follows is not the caller's. */
static u32 room(const struct neuron_ring *ring)
{
	u32 used = ring->written.desc - ring->acked.desc;
	u32 most = ring->descriptors - ring->ndev->hw.map->ring_reserve - 1;

	return used < most ? most - used : 0;
}

static void unbind(struct neuron_device *ndev, struct neuron_ring_record *record)
{
	if (record->dst_kind == NEURON_RING_DST_FIFO)
		neuron_claim_unfeed(ndev, record->nc);
	if (record->tie)
		neuron_foreign_untie(record->tie);
}

/* What a record holds is let go; the record itself stays. */
static void record_drop(struct neuron_device *ndev, struct neuron_ring_record *record)
{
	neuron_mem_unuse(record->src);
	neuron_mem_unuse(record->dst);
	unbind(ndev, record);
}

/**
 * neuron_ring_reset() - begin to count anew
 * @ring: empty, on no queue that works
 *
 * Context: neuron_ring.lock held, or nobody else has the ring.
 */
void neuron_ring_reset(struct neuron_ring *ring)
{
	memset(&ring->written, 0, sizeof(ring->written));
	memset(&ring->ordered, 0, sizeof(ring->ordered));
	memset(&ring->started, 0, sizeof(ring->started));
	ring->marked = 0;
	memset(&ring->finished, 0, sizeof(ring->finished));
	ring->told = 0;
	ring->untold = 0;
	ring->failed = 0;
	memset(&ring->acked, 0, sizeof(ring->acked));
	neuron_ring_records_clear(ring);
	WRITE_ONCE(ring->word[ring->window], 0);
	ring->insane = false;
}

/**
 * neuron_ring_drop() - drop all that descriptors hold
 * @ring: its queue has been seen quiet, or the card is cut off from memory
 *
 * Context: Sleeps; takes the ring's lock.
 */
void neuron_ring_drop(struct neuron_ring *ring)
{
	mutex_lock(&ring->lock);
	for (; ring->acked.entry < ring->written.entry; ring->acked.entry++) {
		record_drop(ring->ndev, neuron_ring_record_at(ring, ring->acked.entry));
		neuron_ring_record_forget(ring, ring->acked.entry);
		cond_resched();
	}
	ring->acked = ring->written;
	mutex_unlock(&ring->lock);
}

static int check_attached(const struct neuron_ring *ring, const char **why)
{
	if (ring->state == NEURON_RING_STATE_ATTACHED)
		return 0;

	*why = "The ring is not attached";
	if (ring->state == NEURON_RING_STATE_LOST)
		*why = neuron_ring_lost_text(ring);
	else if (ring->lost_why)
		*why = ring->lost_why;

	return -ENOTCONN;
}

static void set_text(struct netlink_ext_ack *extack, const char *why)
{
	if (extack)
		extack->_msg = why;
}

static bool goes_on(u32 flags)
{
	return flags & NEURON_ENTRY_FLAG_MORE;
}

static u64 end_of(const struct neuron_ring_record *record)
{
	return record->desc + record->pairs;
}

/* Position that the progress word tells. What the hardware cannot have reached is not believed. */
static u64 marked(struct neuron_ring *ring)
{
	u32 told = le32_to_cpu(READ_ONCE(ring->word[ring->window]));
	u32 delta = told - (u32)ring->marked;

	if (delta <= ring->started.desc - ring->marked)
		return ring->marked + delta;

	if (!ring->insane)
		neuron_health_report(ring->ndev, NEURON_HEALTH_DEGRADED,
				     "A ring told a position that it cannot have reached",
				     ring->eng);
	ring->insane = true;

	return ring->marked;
}

/* The completion of the transmit half may come late; it is looked at for errors only. */
static bool tx_failed(struct neuron_ring *ring, const struct neuron_ring_pos *pos)
{
	u32 word0 = le32_to_cpu(READ_ONCE(ring->tx_compl[pos->index]));

	if (neuron_compl_is_new(word0, pos->ring_id))
		return neuron_compl_tells_error(word0);
	WRITE_ONCE(ring->tx_compl[pos->index], cpu_to_le32(neuron_compl_blank(pos->ring_id)));

	return false;
}

/*
 * Look for the completion of one pair, which is @record's, or a marker's without
 * one. Returns false if it did not come.
 */
static bool take_completion(struct neuron_ring *ring, struct neuron_ring_record *record, u64 desc)
{
	struct neuron_ring_pos pos;
	__le32 *word;
	u32 word0;

	neuron_ring_pos_at(&pos, ring->descriptors, desc);
	word = &ring->rx_compl[pos.index * NEURON_COMPL_WORDS];
	word0 = le32_to_cpu(READ_ONCE(word[0]));
	if (!neuron_compl_is_new(word0, pos.ring_id)) {
		if (desc >= ring->marked)
			return false;
		WRITE_ONCE(word[0], cpu_to_le32(neuron_compl_blank(pos.ring_id)));
		if (record)
			ring->untold++;
		return false;
	}

	/* The data, and the rest of the completion, were written before. */
	dma_rmb();
	if (!record)
		return true;
	ring->told += neuron_compl_rx_bytes(word0, le32_to_cpu(READ_ONCE(word[1])));
	if (neuron_compl_rx_tells_error(word0) || tx_failed(ring, &pos))
		record->failed = true;

	return true;
}

/* An entry has come to its end. Lost completions do not make it a failed one. */
static void entry_ended(struct neuron_ring *ring, struct neuron_ring_record *record)
{
	if (ring->completion && !ring->untold && ring->told != record->len)
		record->failed = true;
	ring->told = 0;
	ring->untold = 0;
	ring->failed += record->failed;
	ring->finished.entry++;
}

/* Pair by pair: what has a completion, or lies before the marker. */
static void progress_completions(struct neuron_ring *ring)
{
	struct neuron_ring_record *record;
	u64 desc;

	for (; ring->finished.desc < ring->started.desc; ring->finished.desc++) {
		desc = ring->finished.desc;
		record = NULL;
		if (desc >= neuron_ring_desc_of(ring, ring->finished.entry))
			record = neuron_ring_record_at(ring, ring->finished.entry);
		if (!take_completion(ring, record, desc) && desc >= ring->marked)
			break;
		if (record && end_of(record) == desc + 1)
			entry_ended(ring, record);
	}
}

/* See how far the hardware is. */
static void progress(struct neuron_ring *ring)
{
	struct neuron_ring_record *record;

	ring->marked = marked(ring);
	/* The data of what it told was written before it. */
	dma_rmb();
	if (ring->completion) {
		progress_completions(ring);
		return;
	}

	ring->finished.desc = ring->marked;
	while (ring->finished.entry < ring->started.entry) {
		record = neuron_ring_record_at(ring, ring->finished.entry);
		if (end_of(record) > ring->finished.desc)
			break;
		entry_ended(ring, record);
	}
}

static int check_length(const struct neuron_ring_entry *entry,
			enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	bool one_word = !entry->src || entry->dst_kind == NEURON_RING_DST_EVENT ||
			entry->dst_kind == NEURON_RING_DST_SEMAPHORE;

	*wrong = NEURON_RING_FIELD_LEN;
	if (!entry->len) {
		NL_SET_ERR_MSG(extack, "The length is zero");
		return -EINVAL;
	}
	if (one_word && entry->len != WORD_BYTES) {
		NL_SET_ERR_MSG(extack, "The length of immediates, events and semaphores is 4");
		return -EINVAL;
	}
	if (entry->dst_kind != NEURON_RING_DST_FIFO)
		return 0;

	/* Windows of registers take whole words, however the entry is cut. */
	if (!IS_ALIGNED(entry->len, WORD_BYTES)) {
		NL_SET_ERR_MSG(extack, "The length into a FIFO is a multiple of 4");
		return -EINVAL;
	}
	*wrong = NEURON_RING_FIELD_SRC_OFFSET;
	if (!IS_ALIGNED(entry->src_offset, WORD_BYTES)) {
		NL_SET_ERR_MSG(extack, "The source offset into a FIFO is a multiple of 4");
		return -EINVAL;
	}

	return 0;
}

/* What of another card an entry may go to: memory on the card, and words of cores. */
static int check_peer(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
		      enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	int ret;

	*wrong = NEURON_RING_FIELD_PEER;
	ret = neuron_foreign_check(ctx, entry->peer, extack);
	if (ret)
		return ret;
	if (entry->dst_kind == NEURON_RING_DST_FIFO) {
		NL_SET_ERR_MSG(extack, "The FIFO of another card takes no entries");
		return -EINVAL;
	}
	if (entry->dst && entry->dst->kind == NEURON_MEM_KIND_HOST) {
		*wrong = NEURON_RING_FIELD_DST_MEM;
		NL_SET_ERR_MSG(extack, "Host memory of another card is not reached by a link");
		return -EINVAL;
	}

	return 0;
}

static int check_core(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
		      enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	*wrong = NEURON_RING_FIELD_NC;
	ret = neuron_core_check_nc(ndev, entry->nc, extack);
	if (!ret)
		ret = neuron_claim_check(ndev, entry->nc, ctx->id, extack);
	if (!ret && entry->dst_kind == NEURON_RING_DST_FIFO)
		ret = neuron_claim_check_fifo(ndev, entry->nc, ctx->id, extack);
	if (ret)
		return ret;

	if (entry->dst_kind == NEURON_RING_DST_EVENT) {
		*wrong = NEURON_RING_FIELD_EVENT;
		return neuron_core_check_event(ndev, entry->index, extack);
	}
	if (entry->dst_kind == NEURON_RING_DST_SEMAPHORE) {
		*wrong = NEURON_RING_FIELD_SEMAPHORE;
		return neuron_core_check_semaphore(ndev, entry->index, extack);
	}

	return 0;
}

/**
 * neuron_ring_check_entry() - is an entry possible at all
 * @ctx: whose ring it is for
 * @entry: of @src and @dst only the kind is looked at
 * @wrong: set if it is not: the field to blame
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Ranges within memory are neuron_ring_write()'s affair.
 *
 * Context: Any.
 * Return: 0; -EINVAL for a length that is zero, or not 4 where a word is moved, or
 * no whole words for a FIFO, or host memory or a FIFO of another card; as
 * neuron_foreign_check(); -ERANGE for a core, event or semaphore that does not
 * exist; -EBUSY for a core that another context has claimed; -EACCES or -EPERM as
 * neuron_claim_check_fifo().
 */
int neuron_ring_check_entry(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
			    enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	int ret;

	ret = check_length(entry, wrong, extack);
	if (!ret && entry->peer)
		ret = check_peer(ctx, entry, wrong, extack);
	if (!ret && entry->dst_kind != NEURON_RING_DST_MEM)
		ret = check_core(entry->peer ?: ctx, entry, wrong, extack);

	return ret;
}

static int check_src(const struct neuron_ring_entry *entry, const char **why)
{
	int ret;

	if (!entry->src)
		return 0;

	ret = neuron_span_check(entry->src_offset, entry->len, entry->src->size);
	if (ret == -EOVERFLOW)
		*why = "Source offset plus length is no 64-bit number";
	else if (ret == -ERANGE)
		*why = "The source lies outside of its memory";
	else if (ret)
		*why = "The length is zero";

	return ret;
}

static int check_dst(const struct neuron_ring_entry *entry, const char **why)
{
	int ret;

	if (!entry->dst)
		return 0;

	ret = neuron_span_check(entry->dst_offset, entry->len, entry->dst->size);
	if (ret == -EOVERFLOW)
		*why = "Destination offset plus length is no 64-bit number";
	else if (ret == -ERANGE)
		*why = "The destination lies outside of its memory";
	else if (ret)
		*why = "The length is zero";

	return ret;
}

/**
 * struct walk - an entry as descriptor pairs
 * @iter: what is left
 * @src_word: where an immediate is
 * @dst_word: where a register is, or the window of a FIFO
 */
struct walk {
	struct neuron_desc_iter iter;
	struct neuron_desc_span src_word;
	struct neuron_desc_span dst_word;
};

/*
 * One place at every offset: a word of which no more is taken, or the window of a
 * FIFO, at whose start each piece begins anew.
 */
static int window_lookup(void *priv, u64 offset, struct neuron_desc_span *span)
{
	*span = *(const struct neuron_desc_span *)priv;

	return 0;
}

static void dst_word(struct neuron_desc_span *word, const struct neuron_hw *hw,
		     const struct neuron_ring_record *record)
{
	word->len = WORD_BYTES;
	switch (record->dst_kind) {
	case NEURON_RING_DST_EVENT:
		word->dev_addr = neuron_hw_event_addr(hw, record->nc, record->index);
		break;
	case NEURON_RING_DST_SEMAPHORE:
		word->dev_addr = neuron_hw_semaphore_addr(hw, record->nc, record->index,
							  neuron_core_view(record->op));
		break;
	default:
		word->dev_addr = neuron_hw_fifo_addr(hw, record->nc);
		word->len = hw->map->fifo_bytes;
		break;
	}
}

/*
 * @target is the card that the entry goes to. The word of an immediate is that of the
 * pair, which is at @index.
 */
static void walk_init(struct walk *walk, const struct neuron_ring *ring,
		      const struct neuron_ring_record *record,
		      const struct neuron_device *target, u32 index)
{
	neuron_span_lookup src_lookup = neuron_mem_span;
	neuron_span_lookup dst_lookup = neuron_mem_span;
	u64 src_offset = record->src_offset;
	u64 dst_offset = record->dst_offset;
	void *src = record->src;
	void *dst = record->dst;

	if (!src) {
		walk->src_word.dev_addr = word_addr(ring, index);
		walk->src_word.len = WORD_BYTES;
		src_lookup = window_lookup;
		src = &walk->src_word;
		src_offset = 0;
	}
	if (!dst) {
		dst_word(&walk->dst_word, &target->hw, record);
		dst_lookup = window_lookup;
		dst = &walk->dst_word;
		dst_offset = 0;
	}
	neuron_desc_iter_init(&walk->iter, src_lookup, src, src_offset,
			      dst_lookup, dst, dst_offset, record->len);
}

/*
 * As how many pairs does an entry go, if it is so many at most? The record gets that,
 * @pair is set to the last.
 */
static int count_pairs(const struct neuron_ring *ring, struct neuron_ring_record *record,
		       const struct neuron_device *target, u32 most,
		       struct neuron_desc_pair *pair, const char **why)
{
	struct walk walk;
	int ret;

	record->pairs = 0;
	*why = "There is no room in the ring";
	if (record->len > (u64)most * NEURON_DESC_MAX_BYTES)
		return -ENOSPC;
	walk_init(&walk, ring, record, target, 0);
	while (walk.iter.left) {
		ret = neuron_desc_iter_next(&walk.iter, pair);
		if (ret < 0) {
			*why = "The range lies outside of its memory";
			return ret;
		}
		if (++record->pairs > most)
			return -ENOSPC;
	}

	return 0;
}

/* Flags of a pair of an entry; @first and @last say where in the entry it is. */
static u32 pair_flags(const struct neuron_ring_record *record, bool first, bool last)
{
	bool packet = record->joined || goes_on(record->flags);
	u32 flags = 0;

	if (!packet || (first && !record->joined))
		flags |= NEURON_DESC_FIRST;
	if (!packet || (last && !goes_on(record->flags)))
		flags |= NEURON_DESC_LAST;
	/* Of a packet, the first descriptor has the barrier. */
	if ((packet ? first : last) && record->flags & NEURON_ENTRY_FLAG_BARRIER)
		flags |= NEURON_DESC_BARRIER;
	if (last && record->flags & NEURON_ENTRY_FLAG_INTERRUPT)
		flags |= NEURON_DESC_INT;

	return flags;
}

/* Where in the arrays of host memory a descriptor is made. */
static u32 place(const struct neuron_ring *ring, const struct neuron_ring_pos *pos, u64 desc)
{
	return ring->kind == NEURON_MEM_KIND_HOST ? pos->index : desc - ring->from;
}

static void encode_pair(struct neuron_ring *ring, const struct neuron_ring_pos *pos, u64 desc,
			const struct neuron_desc_pair *pair, u32 flags)
{
	const struct neuron_hw_map *map = ring->ndev->hw.map;
	u32 i = place(ring, pos, desc);

	neuron_desc_tx(&ring->tx[i], neuron_hw_map_port(map, pair->src_addr, ring->port),
		       pair->len, flags & ~NEURON_DESC_INT, pos->ring_id);
	neuron_desc_rx(&ring->rx[i], neuron_hw_map_port(map, pair->dst_addr, ring->port),
		       pair->len, flags & NEURON_DESC_INT, pos->ring_id);
}

/* The card that an entry goes to, and what selects it in a device address. */
static const struct neuron_device *target_of(const struct neuron_ring *ring,
					     const struct neuron_ring_record *record)
{
	return record->tie ? neuron_foreign_target(record->tie) : ring->ndev;
}

static u64 window_of(const struct neuron_ring_record *record)
{
	return record->tie ? neuron_foreign_window(record->tie) : 0;
}

/*
 * The descriptors of an entry, as far as they lie in [from, until). Its walk was made
 * before, so it cannot fail now.
 */
static void encode_entry(struct neuron_ring *ring, const struct neuron_ring_record *record,
			 u64 from, u64 until)
{
	u64 desc = record->desc;
	struct neuron_desc_pair pair;
	struct neuron_ring_pos pos;
	struct walk walk;

	neuron_ring_pos_at(&pos, ring->descriptors, desc);
	walk_init(&walk, ring, record, target_of(ring, record), pos.index);
	if (!record->src && desc >= from)
		WRITE_ONCE(ring->word[place(ring, &pos, desc)], cpu_to_le32(record->imm));
	for (; desc < until && neuron_desc_iter_next(&walk.iter, &pair) > 0; desc++) {
		pair.dst_addr |= window_of(record);
		if (desc >= from)
			encode_pair(ring, &pos, desc, &pair,
				    pair_flags(record, desc == record->desc, !walk.iter.left));
		neuron_ring_pos_advance(&pos, ring->descriptors, 1);
	}
}

/* Likewise of an entry that is one pair, which its first walk has found. */
static void encode_single(struct neuron_ring *ring, const struct neuron_ring_record *record,
			  struct neuron_desc_pair *pair)
{
	struct neuron_ring_pos pos;

	neuron_ring_pos_at(&pos, ring->descriptors, record->desc);
	if (!record->src) {
		WRITE_ONCE(ring->word[place(ring, &pos, record->desc)], cpu_to_le32(record->imm));
		pair->src_addr = word_addr(ring, pos.index);
	}
	pair->dst_addr |= window_of(record);
	encode_pair(ring, &pos, record->desc, pair, pair_flags(record, true, true));
}

/* Behind a list: its end position goes to the progress word. */
static void encode_marker(struct neuron_ring *ring, u64 desc)
{
	struct neuron_desc_pair pair = {
		.dst_addr = progress_addr(ring),
		.len = WORD_BYTES,
	};
	u32 flags = NEURON_DESC_FIRST | NEURON_DESC_LAST;
	struct neuron_ring_pos pos;

	if (ring->ndev->hw.irq.vectors)
		flags |= NEURON_DESC_INT;
	neuron_ring_pos_at(&pos, ring->descriptors, desc);
	pair.src_addr = word_addr(ring, pos.index);
	WRITE_ONCE(ring->word[place(ring, &pos, desc)], cpu_to_le32((u32)(desc + 1)));
	encode_pair(ring, &pos, desc, &pair, flags);
}

/* Last position up to @until at which no packet is open; markers are no part of one. */
static struct neuron_ring_mark packet_border(struct neuron_ring *ring, u64 until)
{
	const struct neuron_ring_record *record;
	struct neuron_ring_mark border = ring->started;
	u64 number = border.entry;
	u64 next = min(until, neuron_ring_desc_of(ring, number));

	border.desc = max(border.desc, next);
	for (; number < ring->written.entry; number++) {
		record = neuron_ring_record_at(ring, number);
		next = neuron_ring_desc_of(ring, number + 1);
		if (record->desc >= until)
			break;
		if (record->joined || goes_on(record->flags)) {
			if (goes_on(record->flags) || end_of(record) > until)
				continue;
		}
		border.desc = max(border.desc, min(until, next));
		if (end_of(record) <= until)
			border.entry = number + 1;
	}

	return border;
}

/**
 * neuron_ring_encode() - make the descriptors that are brought to the card next
 * @ring: in device memory, attached, with something written and not started
 * @until: position up to which it shall be
 *
 * They begin where those end that are started; neuron_ring.from is set to there.
 *
 * Context: neuron_ring.lock held.
 * Return: where they end: between two packets, a window away at most.
 */
struct neuron_ring_mark neuron_ring_encode(struct neuron_ring *ring, u64 until)
{
	u64 from = ring->started.desc;
	struct neuron_ring_mark end = packet_border(ring, min(until, from + ring->window));
	u64 number = ring->started.entry;
	u64 desc = from;

	ring->from = from;
	while (desc < end.desc) {
		const struct neuron_ring_record *record;

		if (desc < neuron_ring_desc_of(ring, number)) {
			encode_marker(ring, desc++);
			continue;
		}
		record = neuron_ring_record_at(ring, number++);
		encode_entry(ring, record, desc, end.desc);
		desc = min(end.desc, end_of(record));
	}

	return end;
}

/* Can an entry be part of a packet that has @pairs and @bytes before it? */
static int check_packet(const struct neuron_ring *ring, const struct neuron_ring_entry *entry,
			bool joined, u32 pairs, u64 bytes, const char **why)
{
	const struct neuron_hw_map *map = ring->ndev->hw.map;

	if (!joined && !goes_on(entry->flags))
		return 0;
	if (joined && entry->flags & NEURON_ENTRY_FLAG_BARRIER) {
		*why = "The barrier belongs to the first entry of a packet";
		return -EINVAL;
	}
	if (pairs > map->packet_descs_max) {
		*why = "The packet has more descriptors than one can have";
		return -E2BIG;
	}
	if (bytes > map->packet_bytes_max) {
		*why = "The packet has more bytes than one can have";
		return -E2BIG;
	}

	return 0;
}

/* The record of an entry that is not planned yet: it holds nothing. */
static void record_fill(struct neuron_ring_record *record, const struct neuron_ring_entry *entry)
{
	record->src = entry->src;
	record->dst = entry->dst;
	record->tie = NULL;
	if (entry->src)
		record->src_offset = entry->src_offset;
	else
		record->imm = entry->imm;
	if (entry->dst) {
		record->dst_offset = entry->dst_offset;
	} else {
		record->nc = entry->nc;
		record->index = entry->index;
	}
	record->len = entry->len;
	record->dst_kind = entry->dst_kind;
	record->op = entry->op;
	record->flags = entry->flags;
	record->failed = false;
}

/* Write the record of an entry, which holds nothing yet. @pair is set to its last one. */
static int plan(struct neuron_ring *ring, const struct neuron_ring_entry *entry,
		struct neuron_ring_mark *end, u32 most, bool joined,
		struct neuron_desc_pair *pair, const char **why)
{
	const struct neuron_device *target = entry->peer ? entry->peer->ndev : ring->ndev;
	struct neuron_ring_record *record;
	int ret;

	ret = check_src(entry, why);
	if (!ret)
		ret = check_dst(entry, why);
	if (ret)
		return ret;

	record = neuron_ring_record_make(ring, end->entry);
	if (!record) {
		*why = "There is no memory for the ring's records";
		return -ENOMEM;
	}
	record_fill(record, entry);
	record->desc = end->desc;
	record->joined = joined;
	ret = count_pairs(ring, record, target, most, pair, why);
	if (ret)
		return ret;
	end->desc += record->pairs;
	end->entry++;

	return 0;
}

/* The record takes over what the entry holds. @pair is its last, if it is alone. */
static void hold(struct neuron_ring *ring, struct neuron_ring_entry *entry,
		 struct neuron_desc_pair *pair)
{
	struct neuron_ring_record *record = neuron_ring_record_at(ring, ring->written.entry);

	if (ring->kind == NEURON_MEM_KIND_HOST) {
		if (pair && record->pairs == 1)
			encode_single(ring, record, pair);
		else
			encode_entry(ring, record, record->desc, end_of(record));
	}
	if (entry->src)
		atomic_inc(&entry->src->users);
	if (entry->dst)
		atomic_inc(&entry->dst->users);
	entry->src = NULL;
	entry->dst = NULL;
	ring->written.desc += record->pairs;
	ring->written.entry++;
}

/* An entry into a FIFO keeps the claim that it needs, one to another card is tied. */
static int bind_entry(struct neuron_ring *ring, const struct neuron_ring_entry *entry, u64 number,
		      const char **why)
{
	struct neuron_tie *tie;

	if (entry->dst_kind == NEURON_RING_DST_FIFO) {
		*why = "The context has not claimed the core";
		return neuron_claim_feed(ring->ndev, entry->nc, ring->ctx_id);
	}
	if (!entry->peer)
		return 0;

	tie = neuron_foreign_tie(ring, entry->peer, why);
	if (IS_ERR(tie))
		return PTR_ERR(tie);
	neuron_ring_record_at(ring, number)->tie = tie;

	return 0;
}

/* All entries of a packet, which are planned, or none. */
static int bind_packet(struct neuron_ring *ring, struct neuron_ring_entry *entry, u32 count,
		       u32 *bad, const char **why)
{
	u64 first = ring->written.entry;
	int ret = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		ret = bind_entry(ring, &entry[i], first + i, why);
		if (ret)
			break;
	}
	if (!ret)
		return 0;

	*bad = i;
	while (i--)
		unbind(ring->ndev, neuron_ring_record_at(ring, first + i));

	return ret;
}

/* Entries that are one packet, or one entry that is none: all or nothing. */
static int put_packet(struct neuron_ring *ring, struct neuron_ring_entry *entry, u32 count,
		      u32 *bad, const char **why)
{
	struct neuron_ring_mark end = ring->written;
	struct neuron_desc_pair pair;
	u32 most = room(ring);
	u64 bytes = 0;
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < count; i++) {
		*bad = i;
		bytes += entry[i].len;
		ret = plan(ring, &entry[i], &end, most - (end.desc - ring->written.desc), i,
			   &pair, why);
		if (!ret)
			ret = check_packet(ring, &entry[i], i, end.desc - ring->written.desc,
					   bytes, why);
	}
	if (!ret)
		ret = bind_packet(ring, entry, count, bad, why);
	if (ret)
		return ret;

	/* From here on nothing can fail: the same walks were just made. */
	for (i = 0; i < count; i++)
		hold(ring, &entry[i], count == 1 ? &pair : NULL);

	return 0;
}

static void put_marker(struct neuron_ring *ring)
{
	if (ring->kind == NEURON_MEM_KIND_HOST)
		encode_marker(ring, ring->written.desc);
	ring->written.desc++;
}

/* Length of the packet that a list begins with, or 0 if the list ends within it. */
static u32 packet_len(const struct neuron_ring_entry *entry, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!goes_on(entry[i].flags))
			return i + 1;

	return 0;
}

/**
 * neuron_ring_entry_drop() - drop the references that an entry still has
 * @entry: filled in part or whole, or written
 *
 * Context: Sleeps; as neuron_mem_put().
 */
void neuron_ring_entry_drop(struct neuron_ring_entry *entry)
{
	if (entry->src)
		neuron_mem_put(entry->src);
	if (entry->dst)
		neuron_mem_put(entry->dst);
	if (entry->peer)
		neuron_ctx_put(entry->peer);
	entry->src = NULL;
	entry->dst = NULL;
	entry->peer = NULL;
}

/**
 * neuron_ring_write() - write entries behind the last one
 * @ring: attached
 * @entry: the list, each checked by neuron_ring_check_entry()
 * @count: its length
 * @done: set to the number of entries that were written
 * @bad: set to the number of the entry that was refused, if one was
 * @why: set to a fixed sentence if not all were
 *
 * Stops at the first entry that is refused; nothing of that one, nor of its packet,
 * has touched the ring. The references in @entry are used up, whatever the result
 * is: what was written goes on holding them, the rest is dropped. Nothing is
 * started.
 *
 * Context: Sleeps; takes the ring's lock.
 * Return: 0; or why it stopped: -ENOTCONN if the ring is not attached; -ENOSPC
 * if it is full; -ENOMEM; -EOVERFLOW or -ERANGE for a range that wraps or lies
 * outside; -E2BIG for a packet that is too large; -EINVAL for a barrier within a
 * packet, or with @bad == @count if the list ends within one; as neuron_foreign_tie().
 */
int neuron_ring_write(struct neuron_ring *ring, struct neuron_ring_entry *entry, u32 count,
		      u32 *done, u32 *bad, const char **why)
{
	u32 len;
	int ret;
	u32 i;

	*done = 0;
	*bad = 0;
	mutex_lock(&ring->lock);
	ret = check_attached(ring, why);
	while (!ret && *done < count) {
		len = packet_len(&entry[*done], count - *done);
		if (!len) {
			*why = "The list ends within a packet";
			*bad = count;
			ret = -EINVAL;
			break;
		}
		ret = put_packet(ring, &entry[*done], len, bad, why);
		if (ret)
			*bad += *done;
		else
			*done += len;
	}
	if (*done) {
		put_marker(ring);
		trace_neuron_ring_write(ring->ndev->index, ring->ctx_id, ring->id,
					ring->written.entry, ring->written.desc);
	}
	mutex_unlock(&ring->lock);

	for (i = 0; i < count; i++)
		neuron_ring_entry_drop(&entry[i]);

	return ret;
}

/* Where so many more entries end, their marker included if it is next. */
static struct neuron_ring_mark find_end(struct neuron_ring *ring, u32 count, u64 *bytes)
{
	struct neuron_ring_mark end = ring->ordered;

	*bytes = 0;
	for (; end.entry - ring->ordered.entry < count; end.entry++)
		*bytes += neuron_ring_record_at(ring, end.entry)->len;
	end.desc = neuron_ring_desc_of(ring, end.entry);

	return end;
}

/**
 * neuron_ring_start_to() - ring the doorbell
 * @ring: attached
 * @end: what is started, up to there; descriptors are where the engine looks for them
 * @bytes: bytes that are counted for it
 *
 * Context: neuron_ring.lock held.
 */
void neuron_ring_start_to(struct neuron_ring *ring, const struct neuron_ring_mark *end, u64 bytes)
{
	struct neuron_device *ndev = ring->ndev;
	u32 n = end->desc - ring->started.desc;

	atomic64_add(bytes, &ndev->counters.bytes);
	if (!n)
		return;

	ring->started = *end;
	trace_neuron_ring_start(ndev->index, ring->ctx_id, ring->id, end->entry, end->desc);
	atomic64_add(n, &ndev->counters.descriptors);
	neuron_udma_queue_start(&ndev->hw, ring->eng, ring->queue, n, n);
}

/* What lies in device memory is brought there first, by the caller and in a job. */
static void order(struct neuron_ring *ring, const struct neuron_ring_mark *end, u64 bytes,
		  struct neuron_launch *launch)
{
	ring->ordered = *end;
	if (ring->kind == NEURON_MEM_KIND_HOST) {
		neuron_ring_start_to(ring, end, bytes);
		return;
	}

	atomic64_add(bytes, &ring->ndev->counters.bytes);
	kref_get(&ring->ref);
	launch->ring = ring;
	launch->end = *end;
	launch->attached = ring->attached;
	launch->given_up = ring->given_up;
}

/**
 * neuron_ring_start() - hand written entries to the hardware
 * @ring: attached
 * @count: how many, 0 for all; set to the number of those started
 * @launch: zero; its @ring is set if there is a rest to do: neuron_launch_run(), then
 *	neuron_launch_drop()
 * @extack: gets the reason of a refusal; may be NULL
 *
 * That they are finished is seen when the list that they were written in is.
 *
 * Context: Sleeps; takes the ring's lock.
 * Return: 0; -ENOTCONN if the ring is not attached; -ERANGE for more than are
 * written and not started, or for a part of a packet.
 */
int neuron_ring_start(struct neuron_ring *ring, u32 *count, struct neuron_launch *launch,
		      struct netlink_ext_ack *extack)
{
	struct neuron_ring_mark end;
	const char *why = NULL;
	u64 waiting;
	u64 bytes;
	int ret;

	mutex_lock(&ring->lock);
	ret = check_attached(ring, &why);
	if (ret) {
		set_text(extack, why);
		goto unlock;
	}
	waiting = ring->written.entry - ring->ordered.entry;
	if (*count > waiting) {
		NL_SET_ERR_MSG(extack, "More than was written and not started");
		ret = -ERANGE;
		goto unlock;
	}
	if (!*count)
		*count = waiting;
	end = find_end(ring, *count, &bytes);
	if (end.entry < ring->written.entry && neuron_ring_record_at(ring, end.entry)->joined) {
		NL_SET_ERR_MSG(extack, "The last of so many entries is not the end of its packet");
		ret = -ERANGE;
		goto unlock;
	}
	order(ring, &end, bytes, launch);
unlock:
	mutex_unlock(&ring->lock);

	return ret;
}

/* Give up to @count finished entries back, and the markers that follow them. */
static u32 hand_back(struct neuron_ring *ring, u32 count)
{
	u32 n;

	for (n = 0; n < count && ring->acked.entry < ring->finished.entry; n++) {
		record_drop(ring->ndev, neuron_ring_record_at(ring, ring->acked.entry));
		neuron_ring_record_forget(ring, ring->acked.entry);
		ring->acked.entry++;
		cond_resched();
	}
	ring->acked.desc = min(ring->finished.desc, neuron_ring_desc_of(ring, ring->acked.entry));
	trace_neuron_ring_ack(ring->ndev->index, ring->ctx_id, ring->id, ring->acked.entry,
			      ring->acked.desc);

	return n;
}

/* 1 if there is nothing to wait for, 0 if there is, or a negative errno. */
static int ack_once(struct neuron_ring *ring, u32 want, u32 *count, bool last,
		    struct netlink_ext_ack *extack)
{
	const char *why = NULL;
	u64 ready;
	int ret;

	mutex_lock(&ring->lock);
	ret = check_attached(ring, &why);
	if (ret) {
		set_text(extack, why);
		goto unlock;
	}
	progress(ring);
	ready = ring->finished.entry - ring->acked.entry;
	if (ready >= want || last) {
		*count = hand_back(ring, want ? want : ready);
		ret = 1;
	} else if (want > ring->started.entry - ring->acked.entry) {
		NL_SET_ERR_MSG(extack, "More than was started and not handed back");
		ret = -ERANGE;
	}
unlock:
	mutex_unlock(&ring->lock);

	return ret;
}

/**
 * neuron_ring_ack() - take finished entries back
 * @ring: attached
 * @count: how many to wait for and take, 0 for what is finished now; set to the
 *	number of those taken, which is less if the wait ended first
 * @wait_us: how long to wait; not used if @count is 0
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the ring's lock, but does not wait with it. A killed
 * caller gets what is there.
 * Return: 0; -ENOTCONN if the ring is not attached; -ERANGE for more than are
 * started and not handed back.
 */
int neuron_ring_ack(struct neuron_ring *ring, u32 *count, u32 wait_us,
		    struct netlink_ext_ack *extack)
{
	ktime_t end = ktime_add_us(ktime_get(), wait_us);
	struct neuron_hw *hw = &ring->ndev->hw;
	struct neuron_hw_wait wait;
	u32 want = *count;
	s64 left_us;
	bool last;
	int ret;

	neuron_hw_wait_queue(&wait, hw, READ_ONCE(ring->eng), READ_ONCE(ring->queue),
			     STEP_FIRST_US, STEP_LAST_US);

	/* Asked once without "last", so that what is too much is always refused. */
	ret = ack_once(ring, want, count, false, extack);
	while (!ret) {
		left_us = ktime_us_delta(end, ktime_get());
		last = left_us <= 0 || fatal_signal_pending(current) || neuron_hw_is_gone(hw);
		if (!last)
			neuron_hw_wait_step(&wait, left_us);
		ret = ack_once(ring, want, count, last, extack);
	}
	if (ret > 0 && want && *count == want)
		neuron_hw_wait_end(&wait);
	neuron_irq_look(ring->ndev);

	return min(ret, 0);
}

static enum neuron_entry_state state_of(const struct neuron_ring *ring, u64 number,
					const struct neuron_ring_record *record)
{
	if (number >= ring->started.entry)
		return NEURON_ENTRY_STATE_WRITTEN;
	if (number >= ring->finished.entry)
		return NEURON_ENTRY_STATE_STARTED;

	return record->failed ? NEURON_ENTRY_STATE_FAILED : NEURON_ENTRY_STATE_FINISHED;
}

/* What is told of memory is its number alone. */
static void see(struct neuron_ring *ring, u64 number, struct neuron_ring_seen *seen)
{
	const struct neuron_ring_record *record = neuron_ring_record_at(ring, number);

	*seen = (struct neuron_ring_seen) {
		.entry.len = record->len,
		.entry.dst_kind = record->dst_kind,
		.entry.op = record->op,
		.entry.flags = record->flags,
		.has_src = record->src,
		.dst_dev_index = record->tie ? (s32)target_of(ring, record)->index : -1,
		.state = state_of(ring, number, record),
	};
	if (record->src) {
		seen->src_id = record->src->id;
		seen->entry.src_offset = record->src_offset;
	} else {
		seen->entry.imm = record->imm;
	}
	if (record->dst) {
		seen->dst_id = record->dst->id;
		seen->entry.dst_offset = record->dst_offset;
	} else {
		seen->entry.nc = record->nc;
		seen->entry.index = record->index;
	}
}

/**
 * neuron_ring_read() - look at entries
 * @ring: the ring
 * @first: number of the first one, counted since the ring was attached; set to that
 *	of the oldest that is not handed back if it was before that one
 * @seen: filled
 * @count: room in @seen
 *
 * Context: Sleeps; takes the ring's lock.
 * Return: how many there are.
 */
u32 neuron_ring_read(struct neuron_ring *ring, u64 *first, struct neuron_ring_seen *seen,
		     u32 count)
{
	u32 n = 0;

	mutex_lock(&ring->lock);
	progress(ring);
	*first = max(*first, ring->acked.entry);
	for (; n < count && *first < ring->written.entry - n; n++)
		see(ring, *first + n, &seen[n]);
	mutex_unlock(&ring->lock);

	return n;
}

/**
 * neuron_ring_info() - look at a ring
 * @ring: the ring
 * @info: filled
 *
 * Context: Sleeps; takes the ring's lock.
 */
void neuron_ring_info(struct neuron_ring *ring, struct neuron_ring_info *info)
{
	mutex_lock(&ring->lock);
	progress(ring);
	info->state = ring->state;
	info->eng = ring->eng;
	info->queue = ring->queue;
	info->free = room(ring);
	info->written = ring->written.entry;
	info->started = ring->started.entry;
	info->finished = ring->finished.entry;
	info->acked = ring->acked.entry;
	info->failed = ring->failed;
	info->lost_why = info->state == NEURON_RING_STATE_LOST ? neuron_ring_lost_text(ring) :
								 NULL;
	mutex_unlock(&ring->lock);
}
