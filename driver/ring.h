/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rings: a transmit and a receive half of equal length in memory of the
 * driver's own. User space writes entries; the kernel turns each into descriptor
 * pairs and holds what they name until the hardware is past them.
 *
 * What the hardware finished is told by a marker behind each written list: a
 * 4-byte copy of its position into the ring's progress word (packets of one
 * queue complete in order, docs/hardware, section 3.11). So no firmware
 * request is needed to acknowledge, and user space is never believed.
 */
#ifndef NEURON_RING_H
#define NEURON_RING_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <linux/neuron.h>

#include "desc.h"
#include "dram.h"
#include "quarantine.h"
#include "quota.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;
struct neuron_mem;
struct neuron_tie;

/**
 * struct neuron_ring_mark - a place in the history of a ring
 * @desc: descriptor pairs since the ring was attached
 * @entry: entries since then
 */
struct neuron_ring_mark {
	u64 desc;
	u64 entry;
};

/**
 * struct neuron_ring_spec - what is asked for
 * @descriptors: per half, rounded up to what the hardware takes
 * @kind: where descriptors lie
 * @channel: of device memory
 * @port: AXI port for what lies in the card's DRAM
 * @completion: with completion rings
 * @label: free text, may be empty
 */
struct neuron_ring_spec {
	u32 descriptors;
	enum neuron_mem_kind kind;
	u32 channel;
	u32 port;
	bool completion;
	char label[NEURON_MAX_LABEL + 1];
};

/**
 * struct neuron_ring - a ring
 * @ref: its id, the queue that it is on (then quarantine)
 * @ndev: the card, counted
 * @ctx_id: number of its context, also when that is gone
 * @id: id in its context
 * @label: free text
 * @descriptors: per half
 * @kind: where descriptors lie
 * @block: device memory: both halves, then the words
 * @has_block: @block is allocated
 * @window: descriptors per half that @tx, @rx and @word have room for
 * @tx: transmit descriptors; of a ring in device memory those that are brought there
 * @rx: receive descriptors
 * @word: one 32-bit source word per slot (immediates, markers), then the progress word
 * @tx_compl: transmit completions, a word per descriptor; NULL without
 * @rx_compl: receive completions, NEURON_COMPL_WORDS per descriptor; NULL without
 * @port: AXI port for what lies in the card's DRAM
 * @completion: it has completion rings
 * @tx_dma: DMA address of @tx
 * @rx_dma: DMA address of @rx
 * @word_dma: DMA address of @word
 * @tx_compl_dma: DMA address of @tx_compl
 * @rx_compl_dma: DMA address of @rx_compl
 * @records: chunks of what is known of entries, by number; under @lock
 * @chunk: the one that was looked for last, or NULL; likewise
 * @chunk_index: where it is
 * @revoke_work: stops it, because what it writes to on another card goes
 * @doomed: destroy was asked for: look-ups do not find it; under the xarray's lock
 * @lock: guards all below
 * @state: enum neuron_ring_state
 * @orphan: its id is gone; it is never attached again
 * @stuck: did not stop: in quarantine
 * @insane: the progress word held what cannot be; told once
 * @eng: engine, while not detached
 * @queue: queue, while not detached
 * @written: end of what was written
 * @ordered: end of what starts were asked for; @started unless in device memory
 * @started: end of what was started
 * @marked: position that the progress word told
 * @finished: end of what it or the completions tell
 * @told: bytes that completions told of the entry that @finished is in
 * @untold: pairs of it whose completion did not come
 * @failed: entries of which a completion told an error
 * @acked: end of what was handed back
 * @ties: struct neuron_tie of entries that go to other cards
 * @lost_why: why it was stopped by others than its owner: a fixed sentence, or NULL
 * @held: in quarantine
 * @charge: on the account of its context
 * @charged: device memory on the same account, bytes
 * @attached: how often it was attached
 * @given_up: how often orders were given up
 * @from: position of the first descriptor in the window
 * @bringing: the window is on its way to the card
 * @spoiled: the copy queue may still write to @block
 * @spoil: in quarantine, while @spoiled
 */
struct neuron_ring {
	struct kref ref;
	struct neuron_device *ndev;
	u32 ctx_id;
	u32 id;
	char label[NEURON_MAX_LABEL + 1];
	u32 descriptors;
	enum neuron_mem_kind kind;
	struct neuron_dram_block block;
	bool has_block;
	u32 window;
	struct neuron_desc *tx;
	struct neuron_desc *rx;
	__le32 *word;
	__le32 *tx_compl;
	__le32 *rx_compl;
	u32 port;
	bool completion;
	dma_addr_t tx_dma;
	dma_addr_t rx_dma;
	dma_addr_t word_dma;
	dma_addr_t tx_compl_dma;
	dma_addr_t rx_compl_dma;
	struct xarray records;
	struct neuron_ring_chunk *chunk;
	unsigned long chunk_index;
	struct work_struct revoke_work;
	bool doomed;

	struct mutex lock;
	enum neuron_ring_state state;
	bool orphan;
	bool stuck;
	bool insane;
	u32 eng;
	u32 queue;
	struct neuron_ring_mark written;
	struct neuron_ring_mark ordered;
	struct neuron_ring_mark started;
	u64 marked;
	struct neuron_ring_mark finished;
	u64 told;
	u32 untold;
	u64 failed;
	struct neuron_ring_mark acked;
	struct list_head ties;
	const char *lost_why;
	struct neuron_held held;
	struct neuron_charge charge;
	u64 charged;

	u32 attached;
	u32 given_up;
	u64 from;
	bool bringing;
	bool spoiled;
	struct neuron_held spoil;
};

/**
 * struct neuron_ring_info - a consistent view for those who look
 * @state: enum neuron_ring_state
 * @eng: engine, unless detached
 * @queue: queue, unless detached
 * @free: descriptors that can be written as one list
 * @written: entries since the ring was attached
 * @started: likewise
 * @finished: likewise
 * @acked: likewise
 * @failed: likewise
 * @lost_why: a fixed sentence if @state is lost, else NULL
 */
struct neuron_ring_info {
	enum neuron_ring_state state;
	u32 eng;
	u32 queue;
	u32 free;
	u64 written;
	u64 started;
	u64 finished;
	u64 acked;
	u64 failed;
	const char *lost_why;
};

/* What of a struct neuron_ring_spec is wrong. */
enum neuron_ring_spec_field {
	NEURON_RING_SPEC_DESCRIPTORS,
	NEURON_RING_SPEC_CHANNEL,
};

struct neuron_ring *neuron_ring_create(struct neuron_ctx *ctx, const struct neuron_ring_spec *spec,
				       enum neuron_ring_spec_field *wrong,
				       struct netlink_ext_ack *extack);
int neuron_ring_publish(struct neuron_ctx *ctx, struct neuron_ring *ring);
u64 neuron_ring_tx_addr(const struct neuron_ring *ring);
u64 neuron_ring_rx_addr(const struct neuron_ring *ring);
u64 neuron_ring_word_addr(const struct neuron_ring *ring);
struct neuron_ring *neuron_ring_get(struct neuron_ctx *ctx, u32 id);
struct neuron_ring *neuron_ring_next(struct neuron_ctx *ctx, unsigned long *id);
void neuron_ring_put(struct neuron_ring *ring);
int neuron_ring_doom(struct neuron_ctx *ctx, u32 id);
struct neuron_ring *neuron_ring_take(struct neuron_ctx *ctx, u32 id);
int neuron_ring_attach(struct neuron_ring *ring, u32 eng, u32 queue,
		       struct netlink_ext_ack *extack);
int neuron_ring_attach_core(struct neuron_ring *ring, u32 nc, struct netlink_ext_ack *extack);
int neuron_ring_detach(struct neuron_ring *ring);
void neuron_ring_revoke(struct neuron_ring *ring);
const char *neuron_ring_lost_text(const struct neuron_ring *ring);
void neuron_ring_info(struct neuron_ring *ring, struct neuron_ring_info *info);
void neuron_ring_forget_aborted(struct neuron_device *ndev, u32 eng);
void neuron_ring_lose(struct neuron_device *ndev, u32 eng);
void neuron_ring_empty(struct neuron_ctx *ctx);

#endif
