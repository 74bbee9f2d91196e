/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors and rings as numbers: encoding, positions, bounds, splitting.
 * Pure: no I/O, no sleeping, no allocation; also built in user space.
 */
#ifndef NEURON_DESC_H
#define NEURON_DESC_H

#include <linux/types.h>

#define NEURON_DESC_BYTES	16
#define NEURON_DESC_MAX_BYTES	65536	/* of one descriptor; stored as length 0 */
#define NEURON_RING_IDS		4
#define NEURON_RING_ID_FIRST	1	/* after a queue reset */

/* Flags of an entry, ours, not the hardware's. */
#define NEURON_DESC_FIRST	0x1	/* transmit: first buffer of a packet */
#define NEURON_DESC_LAST	0x2	/* transmit: last buffer of a packet */
#define NEURON_DESC_BARRIER	0x4	/* transmit: data memory barrier */
#define NEURON_DESC_INT		0x8	/* either: raise the half's interrupt cause */

/**
 * struct neuron_desc - one descriptor as the engine reads it
 * @ctrl: length, ring id and flags
 * @aux: transmit: the operation; receive: 0
 * @dev_addr: source or destination
 *
 * docs/hardware, section 3.9.
 */
struct neuron_desc {
	__le32 ctrl;
	__le32 aux;
	__le64 dev_addr;
};

/**
 * struct neuron_desc_span - a piece of memory that is contiguous for the device
 * @dev_addr: device address
 * @len: bytes
 */
struct neuron_desc_span {
	u64 dev_addr;
	u64 len;
};

/**
 * struct neuron_desc_pair - one packet: as much as one descriptor per half can move
 * @src_addr: device address to read from
 * @dst_addr: device address to write to
 * @len: bytes, 1..NEURON_DESC_MAX_BYTES
 */
struct neuron_desc_pair {
	u64 src_addr;
	u64 dst_addr;
	u32 len;
};

/**
 * struct neuron_ring_pos - a position in a ring
 * @index: of a descriptor
 * @ring_id: of the pass, 0..3
 */
struct neuron_ring_pos {
	u32 index;
	u32 ring_id;
};

/**
 * typedef neuron_span_lookup - says where an offset of some memory lies
 * @priv: whose memory
 * @offset: into the memory, bytes
 * @span: filled with the contiguous piece that starts at exactly this offset
 *
 * Return: 0, or a negative errno (-ERANGE when @offset is at or beyond the end).
 */
typedef int (*neuron_span_lookup)(void *priv, u64 offset, struct neuron_desc_span *span);

/**
 * struct neuron_span_array - an array of spans as the memory of a lookup
 * @span: the pieces in order
 * @count: number of pieces
 * @index: private: piece of the latest lookup
 * @start: private: offset at which piece @index starts
 */
struct neuron_span_array {
	const struct neuron_desc_span *span;
	unsigned int count;
	unsigned int index;
	u64 start;
};

/**
 * struct neuron_desc_side - private: one side of a walk
 * @lookup: where the memory lies
 * @priv: for @lookup
 * @offset: what the next lookup asks for
 * @cur: what is left of the current piece
 */
struct neuron_desc_side {
	neuron_span_lookup lookup;
	void *priv;
	u64 offset;
	struct neuron_desc_span cur;
};

/**
 * struct neuron_desc_iter - cuts a transfer into descriptor pairs
 * @src: source side
 * @dst: destination side
 * @left: bytes not yet handed out
 *
 * A plain value: a copy of it is an independent walk if both lookups allow it
 * (neuron_span_array_lookup() does).
 */
struct neuron_desc_iter {
	struct neuron_desc_side src;
	struct neuron_desc_side dst;
	u64 left;
};

void neuron_desc_tx(struct neuron_desc *desc, u64 src_addr, u32 len, u32 flags, u32 ring_id);
void neuron_desc_rx(struct neuron_desc *desc, u64 dst_addr, u32 len, u32 flags, u32 ring_id);

void neuron_ring_pos_init(struct neuron_ring_pos *pos);
void neuron_ring_pos_at(struct neuron_ring_pos *pos, u32 entries, u64 count);
void neuron_ring_pos_advance(struct neuron_ring_pos *pos, u32 entries, u32 n);
u32 neuron_ring_used(u32 entries, u32 next, u32 acked);
u32 neuron_ring_free(u32 entries, u32 reserve, u32 next, u32 acked);

int neuron_span_check(u64 offset, u64 len, u64 size);
int neuron_span_array_lookup(void *priv, u64 offset, struct neuron_desc_span *span);

void neuron_desc_iter_init(struct neuron_desc_iter *iter,
			   neuron_span_lookup src_lookup, void *src_priv, u64 src_offset,
			   neuron_span_lookup dst_lookup, void *dst_priv, u64 dst_offset,
			   u64 len);
int neuron_desc_iter_next(struct neuron_desc_iter *iter, struct neuron_desc_pair *pair);
void neuron_desc_iter_split(struct neuron_desc_iter *iter, u64 len, struct neuron_desc_iter *front);
int neuron_desc_iter_count(const struct neuron_desc_iter *iter, u64 *pairs);

#endif
