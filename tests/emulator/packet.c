// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "card_priv.h"
#include "dma.h"
#include "flight.h"
#include "packet.h"

#define DESC_LENGTH		0x0000FFFFu
#define DESC_RING_ID_SHIFT	24
#define DESC_RING_ID		(3u << DESC_RING_ID_SHIFT)
#define DESC_INTERRUPT		(1u << 28)
#define M2S_METADATA		(1u << 23)
#define M2S_FIRST		(1u << 26)
#define M2S_LAST		(1u << 27)
#define S2M_METADATA		(1u << 30)
#define S2M_DUAL_BUFFER		(1u << 31)

/*
 * Length of the second buffer, in 64 bytes: field [29:16] of word 0 without the bits that
 * mean something in every descriptor (ring id [25:24], INT 28, no snoop 29). Assumed: those
 * win. Without a ring id no such descriptor could be told from a stale one, and a length
 * that took the ring id in would run 16 KiB and more past the buffer that the driver meant.
 * Up to 16320 bytes both readings agree; a longer one shows as a wrong ring id.
 */
#define S2M_LENGTH2		0x0CFF0000u
#define S2M_LENGTH2_SHIFT	16
#define S2M_LENGTH2_UNIT	64u

/* Operation word, section 3.9.2. */
#define OP_COPY_DATA		(1u << 19)
#define OP_TYPE_AND_CLASS	0x03F00000u
#define OP_PLAIN_COPY		(2u << 23)

#define ENTRY_FIRST		(1u << 26)
#define ENTRY_LAST		(1u << 27)
#define ENTRY_BUFFER1		(1u << 30)
#define ENTRY_ERROR		(1u << 31)

/* Word 2 of an S2M entry. The field is narrower than a buffer may be: assumed, it is cut. */
#define ENTRY2_BUFFER2		(1u << 31)
#define ENTRY2_BYTES		0x3FFFu
#define ENTRY2_BYTES_SHIFT	16

static uint64_t desc_addr(const struct emu_desc *desc)
{
	return (uint64_t)desc->word[3] << 32 | desc->word[2];
}

static uint32_t desc_bytes(const struct emu_flight *flight, enum emu_dir dir,
			   const struct emu_desc *desc)
{
	uint32_t len = desc->word[0] & DESC_LENGTH;

	if (desc->word[0] & (dir == EMU_M2S ? M2S_METADATA : S2M_METADATA))
		return 0;
	return len ? len : flight->zero_length;
}

/* Word 1 is its low address; assumed: both buffers lie in one 4 GiB, there is no other word. */
static uint64_t second_addr(const struct emu_desc *desc)
{
	return (uint64_t)desc->word[3] << 32 | desc->word[1];
}

static uint32_t second_bytes(enum emu_dir dir, const struct emu_desc *desc)
{
	if (dir != EMU_S2M || (desc->word[0] & (S2M_DUAL_BUFFER | S2M_METADATA)) != S2M_DUAL_BUFFER)
		return 0;
	return ((desc->word[0] & S2M_LENGTH2) >> S2M_LENGTH2_SHIFT) * S2M_LENGTH2_UNIT;
}

static enum emu_packet_result fail(struct emu_flight *flight, enum emu_dir dir,
				   unsigned int bit, const struct emu_desc *desc)
{
	flight->error_dir = dir;
	flight->error_bit = bit;
	if (desc)
		flight->error_desc = *desc;
	else
		memset(&flight->error_desc, 0, sizeof(flight->error_desc));
	return EMU_PACKET_FAILED;
}

static bool ring_id_good(const struct emu_flight *flight, enum emu_dir dir, uint32_t index)
{
	const struct emu_flight_half *half = &flight->half[dir];
	struct emu_ring_pos at = half->head;

	if (flight->lenient)
		return true;
	emu_ring_advance(&at, index, half->length);
	return (half->desc[index].word[0] & DESC_RING_ID) >> DESC_RING_ID_SHIFT == at.id;
}

static enum emu_packet_result check_m2s(struct emu_flight *flight, struct emu_packet *packet,
					uint32_t index)
{
	const struct emu_desc *desc = &flight->half[EMU_M2S].desc[index];
	bool first = desc->word[0] & M2S_FIRST;

	if (!ring_id_good(flight, EMU_M2S, index))
		return fail(flight, EMU_M2S, EMU_M2S_RING_ID, desc);
	if (!index && !first)
		return fail(flight, EMU_M2S, EMU_M2S_NO_FIRST, desc);
	if (index && first)
		return fail(flight, EMU_M2S, EMU_M2S_FIRST_INSIDE, desc);
	packet->bytes += desc_bytes(flight, EMU_M2S, desc);
	if (flight->max_bytes && packet->bytes > flight->max_bytes)
		return fail(flight, EMU_M2S, EMU_M2S_PACKET_BYTES, desc);
	if (desc->word[0] & DESC_INTERRUPT)
		packet->interrupt[EMU_M2S] = true;
	return EMU_PACKET_GOOD;
}

/* The operation is that of the first descriptor that has a buffer. */
static void decode_operation(struct emu_packet *packet)
{
	const struct emu_desc *desc = packet->desc[EMU_M2S];
	uint32_t i = 0, op;

	while (i + 1 < packet->consumed[EMU_M2S] && (desc[i].word[0] & M2S_METADATA))
		i++;
	op = desc[i].word[0] & M2S_METADATA ? 0 : desc[i].word[1];
	packet->odd_operation = op && (op & OP_TYPE_AND_CLASS) != OP_PLAIN_COPY;
	packet->discard = op && !(op & OP_COPY_DATA);
}

static enum emu_packet_result plan_m2s(struct emu_flight *flight, struct emu_packet *packet)
{
	const struct emu_flight_half *half = &flight->half[EMU_M2S];
	enum emu_packet_result result;
	uint32_t index;

	for (index = 0; index < half->used; index++) {
		if (index >= flight->max_descs || index >= EMU_PACKET_MAX_M2S)
			return fail(flight, EMU_M2S, EMU_M2S_PACKET_DESCS, half->desc);
		if (!emu_flight_fetch(flight, EMU_M2S, index))
			return fail(flight, EMU_M2S, EMU_M2S_DESC_RESPONSE, NULL);
		result = check_m2s(flight, packet, index);
		if (result != EMU_PACKET_GOOD)
			return result;
		if (half->desc[index].word[0] & M2S_LAST) {
			packet->consumed[EMU_M2S] = index + 1;
			decode_operation(packet);
			return EMU_PACKET_GOOD;
		}
	}
	return EMU_PACKET_INCOMPLETE;
}

static enum emu_packet_result plan_s2m(struct emu_flight *flight, struct emu_packet *packet)
{
	const struct emu_flight_half *half = &flight->half[EMU_S2M];
	const struct emu_desc *desc;
	uint64_t covered = 0;
	uint32_t index;

	for (index = 0; covered < packet->bytes; index++) {
		if (index == half->used || !half->length)
			return EMU_PACKET_WAITS;
		if (index == EMU_PACKET_MAX_S2M)
			return fail(flight, EMU_S2M, EMU_S2M_PACKET_LENGTH, half->desc);
		if (!emu_flight_fetch(flight, EMU_S2M, index))
			return fail(flight, EMU_S2M, EMU_S2M_DESC_RESPONSE, NULL);
		desc = &half->desc[index];
		if (!ring_id_good(flight, EMU_S2M, index))
			return fail(flight, EMU_S2M, EMU_S2M_RING_ID, desc);
		covered += desc_bytes(flight, EMU_S2M, desc) + second_bytes(EMU_S2M, desc);
		if (desc->word[0] & DESC_INTERRUPT)
			packet->interrupt[EMU_S2M] = true;
	}
	packet->consumed[EMU_S2M] = index;
	return EMU_PACKET_GOOD;
}

/**
 * emu_packet_plan() - fetch and check the descriptors of a flight's next packet
 * @flight: the flight
 * @packet: answers the packet
 * Context: no card lock held.
 * Return: EMU_PACKET_GOOD if it can be executed, else why not.
 */
enum emu_packet_result emu_packet_plan(struct emu_flight *flight, struct emu_packet *packet)
{
	enum emu_packet_result result;

	*packet = (struct emu_packet){
		.desc = { flight->half[EMU_M2S].desc, flight->half[EMU_S2M].desc },
	};
	result = plan_m2s(flight, packet);
	return result == EMU_PACKET_GOOD ? plan_s2m(flight, packet) : result;
}

/* How far a packet has come on one side. */
struct cursor {
	const struct emu_desc *desc;	/* where @addr is in */
	const struct emu_desc *next;
	uint64_t addr;
	uint32_t left;
	uint32_t second;		/* bytes of the second buffer that are to come */
};

/* The caller knows that the descriptors cover what it still wants. */
static void refill(const struct emu_flight *flight, enum emu_dir dir, struct cursor *at)
{
	while (!at->left) {
		if (at->second) {
			at->addr = second_addr(at->desc);
			at->left = at->second;
			at->second = 0;
			return;
		}
		at->desc = at->next++;
		at->addr = desc_addr(at->desc);
		at->left = desc_bytes(flight, dir, at->desc);
		at->second = second_bytes(dir, at->desc);
	}
}

static enum emu_packet_result copy_piece(struct emu_flight *flight, const struct cursor *src,
					 const struct cursor *dst, uint32_t len)
{
	switch (emu_dma_copy(flight->card, dst->addr, src->addr, len, flight->generation,
			     flight->expected)) {
	case EMU_DMA_DONE:
		return EMU_PACKET_GOOD;
	case EMU_DMA_READ_FAULT:
		flight->error_access = (struct emu_access){ src->addr, len, false };
		return fail(flight, EMU_M2S, EMU_M2S_DATA_RESPONSE, src->desc);
	case EMU_DMA_WRITE_FAULT:
		flight->error_access = (struct emu_access){ dst->addr, len, true };
		return fail(flight, EMU_S2M, EMU_S2M_DATA_RESPONSE, dst->desc);
	default:
		return EMU_PACKET_CANCELLED;
	}
}

/* The byte is wrong on its way, so that nobody sees the right one first. */
static enum emu_packet_result corrupt_piece(struct emu_flight *flight, const struct cursor *src,
					    const struct cursor *dst, uint32_t len)
{
	enum emu_packet_result result = EMU_PACKET_GOOD;
	uint8_t *bytes = malloc(len);

	if (!bytes)
		return EMU_PACKET_CANCELLED;
	if (emu_dma_read(flight->card, src->addr, bytes, len)) {
		flight->error_access = (struct emu_access){ src->addr, len, false };
		result = fail(flight, EMU_M2S, EMU_M2S_DATA_RESPONSE, src->desc);
	} else {
		bytes[0] = (uint8_t)~bytes[0];
		if (emu_dma_write(flight->card, dst->addr, bytes, len)) {
			flight->error_access = (struct emu_access){ dst->addr, len, true };
			result = fail(flight, EMU_S2M, EMU_S2M_DATA_RESPONSE, dst->desc);
		}
	}
	free(bytes);
	return result;
}

static enum emu_packet_result move_bytes(struct emu_flight *flight,
					 const struct emu_packet *packet)
{
	struct cursor src = { .next = packet->desc[EMU_M2S] };
	struct cursor dst = { .next = packet->desc[EMU_S2M] };
	enum emu_packet_result result;
	uint64_t left;
	uint32_t len;

	for (left = packet->bytes; left; left -= len) {
		refill(flight, EMU_M2S, &src);
		refill(flight, EMU_S2M, &dst);
		len = src.left < dst.left ? src.left : dst.left;
		if (len > left)
			len = (uint32_t)left;
		if (flight->corrupt && left == packet->bytes)
			result = corrupt_piece(flight, &src, &dst, len);
		else
			result = copy_piece(flight, &src, &dst, len);
		if (result != EMU_PACKET_GOOD)
			return result;
		src.addr += len;
		src.left -= len;
		dst.addr += len;
		dst.left -= len;
	}
	return EMU_PACKET_GOOD;
}

static uint32_t take(uint64_t *left, uint32_t bytes)
{
	if (bytes > *left)
		bytes = (uint32_t)*left;
	*left -= bytes;
	return bytes;
}

/* What the entry of an S2M descriptor tells beside its place in the packet. */
static void describe_buffers(const struct emu_flight *flight, const struct emu_desc *desc,
			     uint64_t *left, uint32_t words[8])
{
	uint32_t first = take(left, desc_bytes(flight, EMU_S2M, desc));
	uint32_t second = take(left, second_bytes(EMU_S2M, desc));

	words[0] |= first ? ENTRY_BUFFER1 : 0;
	words[1] = first & DESC_LENGTH;
	words[2] = second ? ENTRY2_BUFFER2 | (second & ENTRY2_BYTES) << ENTRY2_BYTES_SHIFT : 0;
	if (flight->wrong_completion)
		words[1] = words[2] = 0;
}

static enum emu_packet_result write_entries(struct emu_flight *flight,
					    const struct emu_packet *packet, enum emu_dir dir)
{
	struct emu_flight_half *half = &flight->half[dir];
	struct emu_ring_pos at = half->completion;
	uint64_t left = packet->bytes, addr;
	uint32_t index, words[8] = { 0 };

	for (index = 0; index < packet->consumed[dir]; index++) {
		words[0] = at.id << DESC_RING_ID_SHIFT |
			   (index ? 0 : ENTRY_FIRST) |
			   (index + 1 == packet->consumed[dir] ? ENTRY_LAST : 0) |
			   (flight->wrong_completion ? ENTRY_ERROR : 0);
		if (dir == EMU_S2M)
			describe_buffers(flight, &packet->desc[dir][index], &left, words);
		addr = half->completion_base + (uint64_t)at.index * half->entry_words * 4;
		if (emu_dma_store_words(flight->card, addr, words, half->entry_words, 0)) {
			flight->error_access =
				(struct emu_access){ addr, half->entry_words * 4ull, true };
			return fail(flight, dir, dir == EMU_M2S ? EMU_M2S_COMPLETION_RESPONSE :
				    EMU_S2M_COMPLETION_RESPONSE, &packet->desc[dir][index]);
		}
		emu_ring_advance(&at, 1, half->length);
	}
	return EMU_PACKET_GOOD;
}

/**
 * emu_packet_execute() - move the bytes, then write the completion entries
 * @flight: the flight
 * @packet: its next packet, planned
 * Context: no card lock held.
 * Return: EMU_PACKET_GOOD, EMU_PACKET_FAILED or EMU_PACKET_CANCELLED.
 */
enum emu_packet_result emu_packet_execute(struct emu_flight *flight,
					  const struct emu_packet *packet)
{
	enum emu_packet_result result = EMU_PACKET_GOOD;
	enum emu_dir dir;

	if (!packet->discard)
		result = move_bytes(flight, packet);
	for (dir = EMU_M2S; dir < EMU_NR_DIRS && result == EMU_PACKET_GOOD; dir++) {
		if (!flight->half[dir].completes || flight->lose_completion)
			continue;
		if (emu_flight_cancelled(flight))
			return EMU_PACKET_CANCELLED;
		result = write_entries(flight, packet, dir);
	}
	return result;
}
