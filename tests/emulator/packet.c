// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "card_priv.h"
#include "dma.h"
#include "packet.h"
#include "udma.h"

#define DESC_LENGTH		0x0000FFFFu
#define DESC_RING_ID_SHIFT	24
#define DESC_RING_ID		(3u << DESC_RING_ID_SHIFT)
#define DESC_INTERRUPT		(1u << 28)
#define M2S_METADATA		(1u << 23)
#define M2S_FIRST		(1u << 26)
#define M2S_LAST		(1u << 27)
#define S2M_METADATA		(1u << 30)
#define S2M_DUAL_BUFFER		(1u << 31)

/* Operation word, section 3.9.2. */
#define OP_COPY_DATA		(1u << 19)
#define OP_TYPE_AND_CLASS	0x03F00000u
#define OP_PLAIN_COPY		(2u << 23)

#define ENTRY_FIRST		(1u << 26)
#define ENTRY_LAST		(1u << 27)
#define ENTRY_BUFFER1		(1u << 30)
#define ENTRY_ERROR		(1u << 31)

#define FETCH_FIRST		4u	/* most packets have one descriptor */
#define FETCH_MORE		64u

static uint64_t desc_addr(const struct emu_desc *desc)
{
	return (uint64_t)desc->word[3] << 32 | desc->word[2];
}

static uint32_t desc_bytes(const struct emu_packet *packet, enum emu_dir dir,
			   const struct emu_desc *desc)
{
	uint32_t len = desc->word[0] & DESC_LENGTH;

	if (desc->word[0] & (dir == EMU_M2S ? M2S_METADATA : S2M_METADATA))
		return 0;
	return len ? len : packet->zero_length;
}

static void snapshot_half(struct emu_packet *packet, const struct emu_engine *engine,
			  enum emu_dir dir, unsigned int queue)
{
	const struct emu_half *half = &engine->pair[queue].half[dir];

	packet->half[dir] = (struct emu_packet_half){
		.base = emu_half_base(half),
		.completion_base = emu_half_completion_base(half),
		.head = half->head,
		.completion = half->completion,
		.length = emu_half_length(half),
		.used = half->used,
		.entry_words = emu_udma_entry_words(engine, dir),
		.completes = emu_half_completes(half, dir),
		.desc = dir == EMU_M2S ? packet->m2s : packet->s2m,
	};
}

/**
 * emu_packet_snapshot() - note everything that executing the next packet needs
 * @packet: the engine's packet
 * @engine: the engine
 * @queue: whose packet
 * Context: card lock held.
 */
void emu_packet_snapshot(struct emu_packet *packet, struct emu_engine *engine,
			 unsigned int queue)
{
	packet->card = engine->card;
	packet->generation = &engine->pair[queue].generation;
	packet->expected = atomic_load(packet->generation);
	packet->max_descs = emu_udma_max_descs(engine);
	packet->max_bytes = emu_udma_max_bytes(engine);
	packet->zero_length = emu_udma_zero_length(engine);
	packet->lenient = engine->card->opts->lenient_ring_ids;
	packet->wrong_completion = engine->wrong_completions;
	packet->bytes = 0;
	packet->discard = false;
	packet->odd_operation = false;
	packet->dual_buffer = false;
	packet->interrupt[EMU_M2S] = false;
	packet->interrupt[EMU_S2M] = false;
	snapshot_half(packet, engine, EMU_M2S, queue);
	snapshot_half(packet, engine, EMU_S2M, queue);
}

static enum emu_packet_result fail(struct emu_packet *packet, enum emu_dir dir,
				   unsigned int bit, const struct emu_desc *desc)
{
	packet->error_dir = dir;
	packet->error_bit = bit;
	if (desc)
		packet->error_desc = *desc;
	else
		memset(&packet->error_desc, 0, sizeof(packet->error_desc));
	return EMU_PACKET_FAILED;
}

/* Makes descriptor @index of a half available; false: the fetch faulted. */
static bool fetch(struct emu_packet *packet, enum emu_dir dir, uint32_t index)
{
	struct emu_packet_half *half = &packet->half[dir];
	uint32_t room = dir == EMU_M2S ? EMU_PACKET_MAX_M2S : EMU_PACKET_MAX_S2M;
	uint32_t count = index ? FETCH_MORE : FETCH_FIRST;
	struct emu_ring_pos at = half->head;

	if (index < half->fetched)
		return true;
	emu_ring_advance(&at, index, half->length);
	if (count > half->used - index)
		count = half->used - index;
	if (count > room - index)
		count = room - index;
	if (count > half->length - at.index)
		count = half->length - at.index; /* the rest follows at the ring's start */
	if (emu_dma_read(packet->card, half->base + (uint64_t)at.index * EMU_DESC_BYTES,
			 &half->desc[index], (size_t)count * EMU_DESC_BYTES))
		return false;
	half->fetched = index + count;
	return true;
}

static bool ring_id_good(const struct emu_packet *packet, enum emu_dir dir, uint32_t index)
{
	const struct emu_packet_half *half = &packet->half[dir];
	struct emu_ring_pos at = half->head;

	if (packet->lenient)
		return true;
	emu_ring_advance(&at, index, half->length);
	return (half->desc[index].word[0] & DESC_RING_ID) >> DESC_RING_ID_SHIFT == at.id;
}

static enum emu_packet_result check_m2s(struct emu_packet *packet, uint32_t index)
{
	const struct emu_desc *desc = &packet->m2s[index];
	bool first = desc->word[0] & M2S_FIRST;

	if (!ring_id_good(packet, EMU_M2S, index))
		return fail(packet, EMU_M2S, EMU_M2S_RING_ID, desc);
	if (!index && !first)
		return fail(packet, EMU_M2S, EMU_M2S_NO_FIRST, desc);
	if (index && first)
		return fail(packet, EMU_M2S, EMU_M2S_FIRST_INSIDE, desc);
	packet->bytes += desc_bytes(packet, EMU_M2S, desc);
	if (packet->max_bytes && packet->bytes > packet->max_bytes)
		return fail(packet, EMU_M2S, EMU_M2S_PACKET_BYTES, desc);
	if (desc->word[0] & DESC_INTERRUPT)
		packet->interrupt[EMU_M2S] = true;
	return EMU_PACKET_GOOD;
}

/* The operation is that of the first descriptor that has a buffer. */
static void decode_operation(struct emu_packet *packet)
{
	uint32_t i = 0, op;

	while (i + 1 < packet->half[EMU_M2S].consumed && (packet->m2s[i].word[0] & M2S_METADATA))
		i++;
	op = packet->m2s[i].word[0] & M2S_METADATA ? 0 : packet->m2s[i].word[1];
	packet->odd_operation = op && (op & OP_TYPE_AND_CLASS) != OP_PLAIN_COPY;
	packet->discard = op && !(op & OP_COPY_DATA);
}

static enum emu_packet_result plan_m2s(struct emu_packet *packet)
{
	struct emu_packet_half *half = &packet->half[EMU_M2S];
	enum emu_packet_result result;
	uint32_t index;

	for (index = 0; index < half->used; index++) {
		if (index >= packet->max_descs || index >= EMU_PACKET_MAX_M2S)
			return fail(packet, EMU_M2S, EMU_M2S_PACKET_DESCS, packet->m2s);
		if (!fetch(packet, EMU_M2S, index))
			return fail(packet, EMU_M2S, EMU_M2S_DESC_RESPONSE, NULL);
		result = check_m2s(packet, index);
		if (result != EMU_PACKET_GOOD)
			return result;
		if (packet->m2s[index].word[0] & M2S_LAST) {
			half->consumed = index + 1;
			decode_operation(packet);
			return EMU_PACKET_GOOD;
		}
	}
	return EMU_PACKET_INCOMPLETE;
}

static enum emu_packet_result plan_s2m(struct emu_packet *packet)
{
	struct emu_packet_half *half = &packet->half[EMU_S2M];
	const struct emu_desc *desc;
	uint64_t covered = 0;
	uint32_t index;

	for (index = 0; covered < packet->bytes; index++) {
		if (index == half->used || !half->length)
			return EMU_PACKET_WAITS;
		if (index == EMU_PACKET_MAX_S2M)
			return fail(packet, EMU_S2M, EMU_S2M_PACKET_LENGTH, packet->s2m);
		if (!fetch(packet, EMU_S2M, index))
			return fail(packet, EMU_S2M, EMU_S2M_DESC_RESPONSE, NULL);
		desc = &packet->s2m[index];
		if (!ring_id_good(packet, EMU_S2M, index))
			return fail(packet, EMU_S2M, EMU_S2M_RING_ID, desc);
		covered += desc_bytes(packet, EMU_S2M, desc);
		if (desc->word[0] & DESC_INTERRUPT)
			packet->interrupt[EMU_S2M] = true;
		if (desc->word[0] & S2M_DUAL_BUFFER)
			packet->dual_buffer = true;
	}
	half->consumed = index;
	return EMU_PACKET_GOOD;
}

/**
 * emu_packet_plan() - fetch and check the descriptors of the next packet
 * @packet: after emu_packet_snapshot()
 * Context: no card lock held.
 * Return: EMU_PACKET_GOOD if it can be executed, else why not.
 */
enum emu_packet_result emu_packet_plan(struct emu_packet *packet)
{
	enum emu_packet_result result = plan_m2s(packet);

	return result == EMU_PACKET_GOOD ? plan_s2m(packet) : result;
}

static enum emu_packet_result copy_piece(struct emu_packet *packet, const struct emu_desc *src,
					 uint32_t src_off, const struct emu_desc *dst,
					 uint32_t dst_off, uint32_t len)
{
	switch (emu_dma_copy(packet->card, desc_addr(dst) + dst_off, desc_addr(src) + src_off,
			     len, packet->generation, packet->expected)) {
	case EMU_DMA_DONE:
		return EMU_PACKET_GOOD;
	case EMU_DMA_READ_FAULT:
		return fail(packet, EMU_M2S, EMU_M2S_DATA_RESPONSE, src);
	case EMU_DMA_WRITE_FAULT:
		return fail(packet, EMU_S2M, EMU_S2M_DATA_RESPONSE, dst);
	default:
		return EMU_PACKET_CANCELLED;
	}
}

static enum emu_packet_result move_bytes(struct emu_packet *packet)
{
	const struct emu_desc *src = packet->m2s, *dst = packet->s2m;
	uint32_t src_off = 0, dst_off = 0, src_left, dst_left, len;
	enum emu_packet_result result;
	uint64_t left = packet->bytes;

	while (left) {
		src_left = desc_bytes(packet, EMU_M2S, src) - src_off;
		dst_left = desc_bytes(packet, EMU_S2M, dst) - dst_off;
		if (!src_left) {
			src++;
			src_off = 0;
			continue;
		}
		if (!dst_left) {
			dst++;
			dst_off = 0;
			continue;
		}
		len = src_left < dst_left ? src_left : dst_left;
		result = copy_piece(packet, src, src_off, dst, dst_off, len);
		if (result != EMU_PACKET_GOOD)
			return result;
		src_off += len;
		dst_off += len;
		left -= len;
	}
	return EMU_PACKET_GOOD;
}

static uint32_t entry_word0(const struct emu_packet *packet, enum emu_dir dir, uint32_t index,
			    uint32_t ring_id)
{
	uint32_t word = ring_id << DESC_RING_ID_SHIFT;

	if (!index)
		word |= ENTRY_FIRST;
	if (index + 1 == packet->half[dir].consumed)
		word |= ENTRY_LAST;
	if (packet->wrong_completion)
		word |= ENTRY_ERROR;
	return word;
}

static enum emu_packet_result write_entries(struct emu_packet *packet, enum emu_dir dir)
{
	struct emu_packet_half *half = &packet->half[dir];
	struct emu_ring_pos at = half->completion;
	uint64_t left = packet->bytes, addr;
	uint32_t index, words[8] = { 0 };

	for (index = 0; index < half->consumed; index++) {
		words[0] = entry_word0(packet, dir, index, at.id);
		if (dir == EMU_S2M) {
			uint32_t len = desc_bytes(packet, dir, &half->desc[index]);

			len = left < len ? (uint32_t)left : len;
			left -= len;
			words[0] |= len ? ENTRY_BUFFER1 : 0;
			words[1] = packet->wrong_completion ? 0 : len & DESC_LENGTH;
		}
		addr = half->completion_base + (uint64_t)at.index * half->entry_words * 4;
		if (emu_dma_store_words(packet->card, addr, words, half->entry_words, 0))
			return fail(packet, dir, dir == EMU_M2S ? EMU_M2S_COMPLETION_RESPONSE :
				    EMU_S2M_COMPLETION_RESPONSE, &half->desc[index]);
		emu_ring_advance(&at, 1, half->length);
	}
	return EMU_PACKET_GOOD;
}

/**
 * emu_packet_execute() - move the bytes, then write the completion entries
 * @packet: after emu_packet_plan() found it good
 * Context: no card lock held.
 * Return: EMU_PACKET_GOOD, EMU_PACKET_FAILED or EMU_PACKET_CANCELLED.
 */
enum emu_packet_result emu_packet_execute(struct emu_packet *packet)
{
	enum emu_packet_result result = EMU_PACKET_GOOD;
	enum emu_dir dir;

	if (!packet->discard)
		result = move_bytes(packet);
	for (dir = EMU_M2S; dir < EMU_NR_DIRS && result == EMU_PACKET_GOOD; dir++)
		if (packet->half[dir].completes && atomic_load(packet->generation) == packet->expected)
			result = write_entries(packet, dir);
	return result;
}
