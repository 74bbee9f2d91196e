// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "card_priv.h"
#include "udma.h"

/* Registers common to a half. Where the two halves differ, the name says which. */
#define R_STATE			0x200u
#define R_CHANGE_STATE		0x204u
#define R_LOG_MASK		0x20Cu
#define R_LOG			0x214u
#define R_LOG_CLEAR		0x224u
#define R_M2S_PACKET_LENGTH	0x254u
#define R_M2S_STREAM		0x258u
#define R_S2M_STREAM		0x250u
#define STREAM_DISABLE		(1u << 0)
#define R_M2S_PREFETCH		0x304u
#define R_S2M_COMPLETION	0x380u
#define R_COUNT_PACKETS		0x504u	/* M2S: packets; S2M: dropped */
#define R_COUNT_BYTES_LO	0x508u
#define R_COUNT_BYTES_HI	0x50Cu
#define R_COUNT_FETCHED		0x510u
#define R_COUNT_COMPLETED	0x514u
#define R_COUNT_ENTRIES		0x518u
#define R_COUNT_ACKS		0x51Cu
#define R_M2S_REVISION		0x604u

#define PACKET_LENGTH_MAX	0x000FFFFFu
#define PACKET_LENGTH_64K	(1u << 24)
#define PREFETCH_MAX_DESCS	0xFFFu
#define FIFO_EMPTY		0x01000000u
#define HALF_BYTES		(EMU_UDMA_QUEUES + EMU_NR_QUEUES * 0x1000u)
#define GEN_SPARE		0x3460u
#define SPARE_HEAD_STILL	(1u << 0)
#define GEN_AXI_QUEUES		0x2C00u
#define AXI_QUEUE_BYTES		12u
#define AXI_QUEUE_ERROR		4u
#define AXI_ERROR_RESPONSE	(1u << 0)	/* assumed: the bits are not known */

struct reset_value {
	uint16_t off;
	uint32_t value;
};

static const struct reset_value m2s_reset[] = {
	{ 0x118, 0x00000010 }, { 0x11C, 0x00000010 }, { 0x120, 0x00080010 },
	{ 0x124, 0x20404040 }, { 0x228, FIFO_EMPTY }, { 0x22C, FIFO_EMPTY },
	{ 0x230, FIFO_EMPTY }, { 0x238, FIFO_EMPTY }, { 0x23C, FIFO_EMPTY },
	{ 0x300, 0x00000080 }, { 0x304, 0x00010040 }, { 0x308, 0x00001041 },
	{ 0x310, 0x01000400 }, { 0x3D4, 0x00000007 }, { 0x600, 0x00000080 },
	{ R_M2S_REVISION, 4 },
};

static const struct reset_value s2m_reset[] = {
	{ 0x124, 0x00400040 }, { 0x128, 0x40404040 }, { 0x228, FIFO_EMPTY },
	{ 0x22C, FIFO_EMPTY }, { 0x230, FIFO_EMPTY }, { 0x234, FIFO_EMPTY },
	{ 0x23C, FIFO_EMPTY }, { 0x240, FIFO_EMPTY }, { 0x300, 0x00000080 },
	{ 0x304, 0x00010407 }, { 0x308, 0x00000841 }, { 0x30C, 0x00000008 },
	{ R_S2M_COMPLETION, 0x00001004 },
};

/* Ranges of read-only registers, first and last offset. */
static const uint16_t m2s_read_only[][2] = {
	{ 0x200, 0x200 }, { 0x214, 0x220 }, { 0x228, 0x230 }, { 0x238, 0x244 },
	{ 0x500, 0x51C }, { 0x600, 0x610 },
};

static const uint16_t s2m_read_only[][2] = {
	{ 0x200, 0x200 }, { 0x214, 0x220 }, { 0x228, 0x234 }, { 0x23C, 0x240 },
	{ 0x500, 0x51C }, { 0x600, 0x61C },
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool read_only(enum emu_dir dir, uint32_t off)
{
	const uint16_t (*range)[2] = dir == EMU_M2S ? m2s_read_only : s2m_read_only;
	size_t count = dir == EMU_M2S ? COUNT_OF(m2s_read_only) : COUNT_OF(s2m_read_only);
	size_t i;

	for (i = 0; i < count; i++)
		if (off >= range[i][0] && off <= range[i][1])
			return true;
	return false;
}

/**
 * emu_udma_reset() - all registers that are not a queue's as after a reset
 * @engine: the engine
 * Context: card lock held.
 */
void emu_udma_reset(struct emu_engine *engine)
{
	size_t i;

	memset(engine->common, 0, sizeof(engine->common));
	memset(engine->gen, 0, sizeof(engine->gen));
	memset(engine->gen_ex, 0, sizeof(engine->gen_ex));
	memset(engine->tdma, 0, sizeof(engine->tdma));
	memset(engine->bytes, 0, sizeof(engine->bytes));
	memset(engine->logged, 0, sizeof(engine->logged));
	for (i = 0; i < COUNT_OF(m2s_reset); i++)
		engine->common[EMU_M2S][m2s_reset[i].off / 4] = m2s_reset[i].value;
	for (i = 0; i < COUNT_OF(s2m_reset); i++)
		engine->common[EMU_S2M][s2m_reset[i].off / 4] = s2m_reset[i].value;
}

static uint32_t common_read(struct emu_engine *engine, enum emu_dir dir, uint32_t off)
{
	uint32_t *reg = engine->common[dir];

	switch (off) {
	case R_STATE:
		return emu_engine_state(engine, dir);
	case R_COUNT_BYTES_LO:
		/* Reading the low half samples the high one, so that the pair is consistent. */
		reg[R_COUNT_BYTES_HI / 4] = (uint32_t)(engine->bytes[dir] >> 32);
		return (uint32_t)engine->bytes[dir];
	}
	return off / 4 < EMU_COMMON_WORDS ? reg[off / 4] : 0;
}

static void clear_log(struct emu_engine *engine, enum emu_dir dir)
{
	memset(&engine->common[dir][R_LOG / 4], 0, 4 * sizeof(uint32_t));
	engine->logged[dir] = false;
}

static void common_write(struct emu_engine *engine, enum emu_dir dir, uint32_t off,
			 uint32_t value)
{
	if (off / 4 >= EMU_COMMON_WORDS || read_only(dir, off))
		return;
	if (off == R_CHANGE_STATE) {
		emu_engine_change_state(engine, dir, value);
	} else if (off == R_LOG_CLEAR) {
		if (value & 1)
			clear_log(engine, dir);
	} else {
		engine->common[dir][off / 4] = value;
		if (off == (dir == EMU_M2S ? R_M2S_STREAM : R_S2M_STREAM))
			emu_engine_kick_all(engine);
	}
}

static uint32_t half_read(struct emu_engine *engine, enum emu_dir dir, uint32_t off)
{
	if (off < EMU_UDMA_QUEUES)
		return common_read(engine, dir, off);
	if (off >= HALF_BYTES)
		return 0;
	off -= EMU_UDMA_QUEUES;
	return emu_queue_read(engine, dir, off / 0x1000, off % 0x1000);
}

static void half_write(struct emu_engine *engine, enum emu_dir dir, uint32_t off, uint32_t value)
{
	if (off < EMU_UDMA_QUEUES) {
		common_write(engine, dir, off, value);
	} else if (off < HALF_BYTES) {
		off -= EMU_UDMA_QUEUES;
		emu_queue_write(engine, dir, off / 0x1000, off % 0x1000, value);
	}
}

/* The second word of a queue's AXI block: errors, cleared by reading. */
static bool is_axi_error(uint32_t off)
{
	return off >= GEN_AXI_QUEUES && off < GEN_AXI_QUEUES + EMU_NR_QUEUES * AXI_QUEUE_BYTES &&
	       (off - GEN_AXI_QUEUES) % AXI_QUEUE_BYTES == AXI_QUEUE_ERROR;
}

static uint32_t plain_gen_read(struct emu_engine *engine, uint32_t off)
{
	uint32_t value = off / 4 < EMU_GEN_WORDS ? engine->gen[off / 4] : 0;

	if (is_axi_error(off))
		engine->gen[off / 4] = 0;
	return value;
}

static uint32_t gen_read(struct emu_engine *engine, uint32_t off)
{
	uint32_t value;

	if (emu_iofic_group_at(off) < 0)
		return plain_gen_read(engine, off);
	value = emu_iofic_read(&engine->iofic, off);
	emu_engine_update_lines(engine);
	return value;
}

static void plain_gen_write(struct emu_engine *engine, uint32_t off, uint32_t value)
{
	if (off / 4 >= EMU_GEN_WORDS || is_axi_error(off))
		return;
	engine->gen[off / 4] = value;
	emu_iofic_set_interval(&engine->iofic, off, value);
}

static void gen_write(struct emu_engine *engine, uint32_t off, uint32_t value)
{
	int group = emu_iofic_group_at(off);
	uint32_t before;

	if (group < 0) {
		plain_gen_write(engine, off, value);
		return;
	}
	before = engine->iofic.group[group].cause;
	emu_iofic_write(&engine->iofic, off, value);
	emu_engine_cause(engine, (enum emu_iofic_group)group,
			 engine->iofic.group[group].cause & ~before);
}

/**
 * emu_udma_read() - one register of a unit
 * @engine: the engine
 * @off: offset in the unit, multiple of 4
 * Context: card lock held.
 * Return: its value.
 */
uint32_t emu_udma_read(struct emu_engine *engine, uint32_t off)
{
	if (off < EMU_UDMA_S2M)
		return half_read(engine, EMU_M2S, off);
	if (off < EMU_UDMA_GEN)
		return half_read(engine, EMU_S2M, off - EMU_UDMA_S2M);
	if (off < EMU_UDMA_GEN_EX)
		return gen_read(engine, off - EMU_UDMA_GEN);
	off -= EMU_UDMA_GEN_EX;
	return off / 4 < EMU_GEN_EX_WORDS ? engine->gen_ex[off / 4] : 0;
}

/**
 * emu_udma_write() - store to one register of a unit
 * @engine: the engine
 * @off: offset in the unit, multiple of 4
 * @value: the word
 * Context: card lock held.
 */
void emu_udma_write(struct emu_engine *engine, uint32_t off, uint32_t value)
{
	if (off < EMU_UDMA_S2M)
		half_write(engine, EMU_M2S, off, value);
	else if (off < EMU_UDMA_GEN)
		half_write(engine, EMU_S2M, off - EMU_UDMA_S2M, value);
	else if (off < EMU_UDMA_GEN_EX)
		gen_write(engine, off - EMU_UDMA_GEN, value);
	else if ((off - EMU_UDMA_GEN_EX) / 4 < EMU_GEN_EX_WORDS)
		engine->gen_ex[(off - EMU_UDMA_GEN_EX) / 4] = value;
}

/**
 * emu_udma_max_descs() - most descriptors of one M2S packet
 * @engine: the engine
 * Context: card lock held.
 * Return: the programmed limit.
 */
uint32_t emu_udma_max_descs(const struct emu_engine *engine)
{
	return engine->common[EMU_M2S][R_M2S_PREFETCH / 4] & PREFETCH_MAX_DESCS;
}

/**
 * emu_udma_max_bytes() - most bytes of one M2S packet
 * @engine: the engine
 * Context: card lock held.
 * Return: the programmed limit; 0 (the reset value) sets none.
 */
uint32_t emu_udma_max_bytes(const struct emu_engine *engine)
{
	return engine->common[EMU_M2S][R_M2S_PACKET_LENGTH / 4] & PACKET_LENGTH_MAX;
}

/**
 * emu_udma_zero_length() - what a length field of 0 stands for
 * @engine: the engine
 * Context: card lock held.
 * Return: 65536 or 0 bytes.
 */
uint32_t emu_udma_zero_length(const struct emu_engine *engine)
{
	return engine->common[EMU_M2S][R_M2S_PACKET_LENGTH / 4] & PACKET_LENGTH_64K ? 65536 : 0;
}

/**
 * emu_udma_stream_off() - is the stream between the halves disabled
 * @engine: the engine
 * Context: card lock held.
 * Return: true if packets have to wait in front of it.
 */
bool emu_udma_stream_off(const struct emu_engine *engine)
{
	return (engine->common[EMU_M2S][R_M2S_STREAM / 4] |
		engine->common[EMU_S2M][R_S2M_STREAM / 4]) & STREAM_DISABLE;
}

/**
 * emu_udma_entry_words() - size of a completion entry
 * @engine: the engine
 * @dir: which half
 * Context: card lock held.
 * Return: 1 for M2S; 2, 4 or 8 for S2M.
 */
uint32_t emu_udma_entry_words(const struct emu_engine *engine, enum emu_dir dir)
{
	uint32_t words = engine->common[EMU_S2M][R_S2M_COMPLETION / 4] & 0xf;

	if (dir == EMU_M2S)
		return 1;
	return words <= 2 ? 2 : words <= 4 ? 4 : 8;
}

/**
 * emu_udma_completion_head_still() - does the head stay put without a completion ring
 * @engine: the engine
 * Context: card lock held.
 * Return: non-zero if the spare bit says so (section 3.6).
 */
int emu_udma_completion_head_still(const struct emu_engine *engine)
{
	return engine->gen[GEN_SPARE / 4] & SPARE_HEAD_STILL;
}

/**
 * emu_udma_count() - advance a half's hardware counters by one packet
 * @engine: the engine
 * @dir: which half
 * @descriptors: consumed
 * @bytes: moved
 * @entries: completion entries written
 * Context: card lock held.
 */
void emu_udma_count(struct emu_engine *engine, enum emu_dir dir, uint32_t descriptors,
		    uint64_t bytes, uint32_t entries)
{
	uint32_t *reg = engine->common[dir];

	engine->bytes[dir] += bytes;
	if (dir == EMU_M2S)
		reg[R_COUNT_PACKETS / 4]++;
	reg[R_COUNT_FETCHED / 4] += descriptors;
	reg[R_COUNT_COMPLETED / 4]++;
	reg[R_COUNT_ENTRIES / 4] += entries;
	reg[R_COUNT_ACKS / 4]++;
}

static bool is_response_error(enum emu_dir dir, unsigned int bit)
{
	if (dir == EMU_M2S)
		return bit == EMU_M2S_DATA_RESPONSE || bit == EMU_M2S_DESC_RESPONSE ||
		       bit == EMU_M2S_COMPLETION_RESPONSE;
	return bit == EMU_S2M_DATA_RESPONSE || bit == EMU_S2M_DESC_RESPONSE ||
	       bit == EMU_S2M_COMPLETION_RESPONSE;
}

/**
 * emu_udma_axi_error() - note in a queue's AXI block that a transaction of it failed
 * @engine: the engine
 * @dir: half that found the error
 * @queue: 0..15
 * @bit: its cause, as in the secondary interrupt group; only bus errors leave a note
 * Context: card lock held.
 */
void emu_udma_axi_error(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			unsigned int bit)
{
	uint32_t off = GEN_AXI_QUEUES + queue * AXI_QUEUE_BYTES + AXI_QUEUE_ERROR;

	if (is_response_error(dir, bit))
		engine->gen[off / 4] |= AXI_ERROR_RESPONSE;
}

/**
 * emu_udma_log_error() - latch the failing packet's header, the first one only
 * @engine: the engine
 * @dir: half that found the error
 * @bit: its cause, as in the secondary interrupt group
 * @desc: the descriptor
 * Context: card lock held.
 */
void emu_udma_log_error(struct emu_engine *engine, enum emu_dir dir, unsigned int bit,
			const uint32_t desc[4])
{
	enum emu_iofic_group group = dir == EMU_M2S ? EMU_IOFIC_SEC_A : EMU_IOFIC_SEC_B;
	uint32_t *reg = engine->common[dir];

	if (engine->logged[dir] ||
	    ((reg[R_LOG_MASK / 4] | engine->iofic.group[group].log_mask) & (1u << bit)))
		return;
	memcpy(&reg[R_LOG / 4], desc, 4 * sizeof(uint32_t));
	engine->logged[dir] = true;
}
