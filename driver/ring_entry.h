/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries: transfers as users ask for them, and their way through a ring.
 */
#ifndef NEURON_RING_ENTRY_H
#define NEURON_RING_ENTRY_H

#include <linux/types.h>
#include <linux/neuron.h>

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_mem;
struct neuron_launch;
struct neuron_ring;
struct neuron_ring_mark;

/* Where an entry goes. */
enum neuron_ring_dst {
	NEURON_RING_DST_MEM,
	NEURON_RING_DST_EVENT,
	NEURON_RING_DST_SEMAPHORE,
	NEURON_RING_DST_FIFO,
};

/**
 * struct neuron_ring_entry - one transfer as asked for
 * @src: source memory, counted, or NULL for @imm
 * @dst: destination memory, counted, or NULL for the other kinds
 * @peer: context of a neighbouring card that the destination is of, counted, or NULL
 * @src_offset: bytes into @src
 * @dst_offset: bytes into @dst
 * @len: bytes
 * @imm: value instead of @src
 * @nc: core of the event, semaphore or FIFO
 * @index: event register or semaphore
 * @dst_kind: where it goes: enum neuron_ring_dst
 * @op: what is done to the semaphore: enum neuron_semaphore_op
 * @flags: enum neuron_entry_flag
 */
struct neuron_ring_entry {
	struct neuron_mem *src;
	struct neuron_mem *dst;
	struct neuron_ctx *peer;
	u64 src_offset;
	u64 dst_offset;
	u64 len;
	u32 imm;
	u32 nc;
	u32 index;
	u8 dst_kind;
	u8 op;
	u8 flags;
};

/* What of a struct neuron_ring_entry is wrong. */
enum neuron_ring_field {
	NEURON_RING_FIELD_LEN,
	NEURON_RING_FIELD_SRC_OFFSET,
	NEURON_RING_FIELD_NC,
	NEURON_RING_FIELD_EVENT,
	NEURON_RING_FIELD_SEMAPHORE,
	NEURON_RING_FIELD_DST_MEM,
	NEURON_RING_FIELD_PEER,
};

/**
 * struct neuron_ring_seen - an entry for those who look
 * @entry: as given, without its memory
 * @src_id: source memory, if @has_src
 * @dst_id: destination memory, if that is what @entry.dst_kind says
 * @dst_dev_index: card that it goes to if that is another one, else -1
 * @has_src: it has a source memory, and no immediate
 * @state: how far it is
 */
struct neuron_ring_seen {
	struct neuron_ring_entry entry;
	u32 src_id;
	u32 dst_id;
	s32 dst_dev_index;
	bool has_src;
	enum neuron_entry_state state;
};

int neuron_ring_check_entry(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
			    enum neuron_ring_field *wrong, struct netlink_ext_ack *extack);
void neuron_ring_entry_drop(struct neuron_ring_entry *entry);
int neuron_ring_write(struct neuron_ring *ring, struct neuron_ring_entry *entry, u32 count,
		      u32 *done, u32 *bad, const char **why);
int neuron_ring_start(struct neuron_ring *ring, u32 *count, struct neuron_launch *launch,
		      struct netlink_ext_ack *extack);
int neuron_ring_ack(struct neuron_ring *ring, u32 *count, u32 wait_us,
		    struct netlink_ext_ack *extack);
u32 neuron_ring_read(struct neuron_ring *ring, u64 *first, struct neuron_ring_seen *seen,
		     u32 count);

/* For launch.c. */
struct neuron_ring_mark neuron_ring_encode(struct neuron_ring *ring, u64 until);
void neuron_ring_start_to(struct neuron_ring *ring, const struct neuron_ring_mark *end, u64 bytes);

/* For ring.c. */
void neuron_ring_reset(struct neuron_ring *ring);
void neuron_ring_drop(struct neuron_ring *ring);

#endif
