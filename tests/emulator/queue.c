// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "card_priv.h"
#include "queue.h"

/* Registers of one queue half. */
#define Q_CONFIG		0x20u
#define Q_STATUS		0x24u
#define Q_BASE_LO		0x28u
#define Q_BASE_HI		0x2Cu
#define Q_LENGTH		0x30u
#define Q_HEAD			0x34u
#define Q_TAIL_ADD		0x38u
#define Q_TAIL			0x3Cu
#define Q_CURRENT		0x40u
#define Q_COMPLETION_LO		0x44u
#define Q_COMPLETION_HI		0x48u
#define Q_COMPLETION_HEAD	0x4Cu
#define Q_COMPLETION_RAW	0x50u
#define Q_S2M_COMPLETION	0x54u
#define Q_S2M_CONTROL		0x64u
#define Q_S2M_PACKETS		0x68u
#define Q_M2S_LIMIT_MASK	0x74u
#define Q_M2S_COMPLETION	0xA0u
#define Q_M2S_CONTROL		0xB0u
#define Q_M2S_PACKETS		0xC0u

#define CONFIG_RESET		0x03000000u
#define LIMIT_MASK_RESET	0x7u
#define BASE_LO_STORED		0xFFFFFFC0u
#define COUNT_MASK		0x00FFFFFFu
#define PREFETCH_ALIGN		256u	/* of a ring's start and end, section 2.5 */
#define STATUS_USED		0x01FFFFFFu
#define STATUS_PREFETCH		(1u << 28)
#define STATUS_ACTIVE		(1u << 29)
#define STATUS_FULL		(1u << 31)
#define COMPLETION_UPDATE	(1u << 0)
#define CONTROL_RESET_TAIL	(1u << 1)
#define CONTROL_RESET_HEAD	(1u << 2)
#define CONTROL_RESET_CURRENT	(1u << 3)
#define CONTROL_RESET_QUEUE	(1u << 8)

static const struct emu_ring_pos first_pos = { 0, 1 };

/**
 * emu_ring_advance() - move a ring position forward
 * @pos: the position
 * @steps: entries
 * @length: entries of the ring; every passing of it moves the ring id on, modulo 4
 * Context: card lock held, or a snapshot.
 */
void emu_ring_advance(struct emu_ring_pos *pos, uint32_t steps, uint32_t length)
{
	uint64_t index = (uint64_t)pos->index + steps;

	if (!length)
		return;
	if (index >= length) { /* rarely, and dividing is dear */
		pos->id = (uint32_t)((pos->id + index / length) & 3);
		index %= length;
	}
	pos->index = (uint32_t)index;
}

/**
 * emu_half_length() - descriptors of the ring
 * @half: queue half
 * Context: card lock held.
 * Return: 0 if no ring was programmed.
 */
uint32_t emu_half_length(const struct emu_half *half)
{
	return half->reg[Q_LENGTH / 4];
}

/**
 * emu_half_base() - where the descriptors are
 * @half: queue half
 * Context: card lock held.
 * Return: device address.
 */
uint64_t emu_half_base(const struct emu_half *half)
{
	return (uint64_t)half->reg[Q_BASE_HI / 4] << 32 | half->reg[Q_BASE_LO / 4];
}

/**
 * emu_half_completion_base() - where completion entries go
 * @half: queue half
 * Context: card lock held.
 * Return: device address.
 */
uint64_t emu_half_completion_base(const struct emu_half *half)
{
	return (uint64_t)half->reg[Q_COMPLETION_HI / 4] << 32 | half->reg[Q_COMPLETION_LO / 4];
}

/**
 * emu_half_completes() - does the half write completion entries
 * @half: queue half
 * @dir: which one it is; the register differs
 * Context: card lock held.
 * Return: true if the completion ring is enabled.
 */
bool emu_half_completes(const struct emu_half *half, enum emu_dir dir)
{
	uint32_t off = dir == EMU_M2S ? Q_M2S_COMPLETION : Q_S2M_COMPLETION;

	return half->reg[off / 4] & COMPLETION_UPDATE;
}

/**
 * emu_half_consume() - descriptors have been processed
 * @half: queue half
 * @descriptors: how many
 * Context: card lock held; the ring's length may have changed since they were fetched.
 */
void emu_half_consume(struct emu_half *half, uint32_t descriptors)
{
	emu_ring_advance(&half->head, descriptors, emu_half_length(half));
	half->used -= descriptors < half->used ? descriptors : half->used;
}

/**
 * emu_queue_ready() - may the pair's next packet be taken, as far as the pair is concerned
 * @pair: queue pair
 * Context: card lock held.
 * Return: true if both halves are enabled, not frozen, and a source descriptor is there.
 */
bool emu_queue_ready(const struct emu_pair *pair)
{
	const struct emu_half *m2s = &pair->half[EMU_M2S], *s2m = &pair->half[EMU_S2M];
	uint32_t enabled = m2s->reg[Q_CONFIG / 4] & s2m->reg[Q_CONFIG / 4];

	return (enabled & EMU_QUEUE_ENABLED) == EMU_QUEUE_ENABLED && !m2s->frozen &&
	       !s2m->frozen && m2s->used && emu_half_length(m2s);
}

static void half_reset_pointers(struct emu_half *half)
{
	half->head = first_pos;
	half->tail = first_pos;
	half->completion = first_pos;
	half->used = 0;
}

/**
 * emu_queue_init() - registers and pointers of a pair as after a reset
 * @pair: queue pair; its generation goes on
 * Context: card lock held, no packet of the pair under way.
 */
void emu_queue_init(struct emu_pair *pair)
{
	enum emu_dir dir;

	for (dir = EMU_M2S; dir < EMU_NR_DIRS; dir++) {
		memset(&pair->half[dir], 0, sizeof(pair->half[dir]));
		pair->half[dir].reg[Q_CONFIG / 4] = CONFIG_RESET;
		half_reset_pointers(&pair->half[dir]);
	}
	pair->half[EMU_M2S].reg[Q_M2S_LIMIT_MASK / 4] = LIMIT_MASK_RESET;
	pair->waiting = false;
	pair->pointers++;
	atomic_fetch_add(&pair->generation, 1);
}

static uint32_t status(const struct emu_engine *engine, enum emu_dir dir,
		       const struct emu_half *half)
{
	uint32_t value = half->used & STATUS_USED;
	uint32_t on = half->reg[Q_CONFIG / 4] | half->held;

	if (engine->run[dir] != EMU_RUN_ABORTED) {
		if (on & EMU_QUEUE_PREFETCH)
			value |= STATUS_PREFETCH;
		if (on & EMU_QUEUE_ACTIVE)
			value |= STATUS_ACTIVE;
	}
	if (half->used && half->used == emu_half_length(half))
		value |= STATUS_FULL;
	return value;
}

static uint32_t pointer(struct emu_ring_pos pos)
{
	return pos.index | pos.id << 30;
}

/**
 * emu_queue_read() - one register of a queue half
 * @engine: the engine
 * @dir: which half
 * @queue: 0..15
 * @off: offset in the queue's page, multiple of 4
 * Context: card lock held.
 * Return: its value.
 */
uint32_t emu_queue_read(const struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			uint32_t off)
{
	const struct emu_half *half = &engine->pair[queue].half[dir];

	if (off / 4 >= EMU_QUEUE_WORDS)
		return 0;
	switch (off) {
	case Q_STATUS:
		return status(engine, dir, half);
	case Q_HEAD:
	case Q_CURRENT:
		return pointer(half->head);
	case Q_TAIL:
		return pointer(half->tail);
	case Q_COMPLETION_HEAD:
	case Q_COMPLETION_RAW:
		return pointer(half->completion);
	}
	if (off == (dir == EMU_M2S ? Q_M2S_PACKETS : Q_S2M_PACKETS))
		return half->packets;
	return half->reg[off / 4];
}

static void config_write(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			 uint32_t value)
{
	struct emu_half *half = &engine->pair[queue].half[dir];
	uint32_t cleared = half->reg[Q_CONFIG / 4] & ~value & EMU_QUEUE_ENABLED;

	/* Clearing pauses at a packet border: until then status tells that it still runs. */
	if (engine->stalled || engine->running == (int)queue)
		half->held |= cleared;
	if (cleared)
		atomic_store(&engine->pause, true);
	half->held &= ~value;
	half->reg[Q_CONFIG / 4] = value;
	emu_engine_kick(engine, 1u << queue);
}

static bool ring_aligned(const struct emu_half *half)
{
	uint64_t bytes = (uint64_t)emu_half_length(half) * EMU_DESC_BYTES;

	return !((emu_half_base(half) | bytes) % PREFETCH_ALIGN);
}

/* Strict: what the real engine does with such a ring is not known, so it gets no work. */
static bool refuse_unaligned(struct emu_engine *engine, const struct emu_half *half,
			     unsigned int queue)
{
	struct emu_card *card = engine->card;

	if (!card->opts->strict_rings || ring_aligned(half))
		return false;
	card->count.tail_unaligned++;
	emu_log_once(&card->log, EMU_LOG_RING_ALIGNMENT,
		     "engine %u queue %u: ring of %u at %#llx does not start and end on %u bytes",
		     engine->index, queue, emu_half_length(half),
		     (unsigned long long)emu_half_base(half), PREFETCH_ALIGN);
	return true;
}

static void tail_add(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
		     uint32_t count)
{
	struct emu_card *card = engine->card;
	struct emu_half *half = &engine->pair[queue].half[dir];
	uint32_t length = emu_half_length(half), room;

	card->count.tail_increments++;
	if (!length) {
		card->count.tail_ignored++;
		emu_log_once(&card->log, EMU_LOG_TAIL_IGNORED,
			     "engine %u queue %u: tail increment without a ring", engine->index,
			     queue);
		return;
	}
	if (refuse_unaligned(engine, half, queue))
		return;
	room = length - (half->used < length ? half->used : length);
	if (count > room) {
		card->count.tail_limited++;
		emu_log_once(&card->log, EMU_LOG_TAIL_LIMITED,
			     "engine %u queue %u: %u descriptors added, room for %u",
			     engine->index, queue, count, room);
		count = room;
	}
	emu_ring_advance(&half->tail, count, length);
	half->used += count;
	emu_engine_kick(engine, 1u << queue);
}

/* Entries from head to tail; equal positions with different ring ids are a full ring. */
static uint32_t distance(const struct emu_half *half)
{
	uint32_t length = emu_half_length(half);

	if (half->tail.id == half->head.id)
		return half->tail.index > half->head.index ?
		       half->tail.index - half->head.index : 0;
	if (half->head.index >= length || half->tail.index > half->head.index)
		return 0;
	return length - half->head.index + half->tail.index;
}

static void control_write(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			  uint32_t value)
{
	struct emu_pair *pair = &engine->pair[queue];
	struct emu_half *half = &pair->half[dir];

	if (value & CONTROL_RESET_QUEUE) {
		half_reset_pointers(half);
		half->frozen = false;
	} else if (value & (CONTROL_RESET_TAIL | CONTROL_RESET_HEAD | CONTROL_RESET_CURRENT)) {
		if (value & CONTROL_RESET_TAIL)
			half->tail = first_pos;
		if (value & (CONTROL_RESET_HEAD | CONTROL_RESET_CURRENT))
			half->head = first_pos;
		half->used = distance(half);
	} else {
		return; /* the barrier never holds here, so there is none to release */
	}
	pair->waiting = false;
	pair->pointers++;
	atomic_fetch_add(&pair->generation, 1);
	emu_engine_kick(engine, 1u << queue);
}

static void plain_write(struct emu_half *half, enum emu_dir dir, uint32_t off, uint32_t value)
{
	switch (off) {
	case Q_STATUS:
	case Q_HEAD:
	case Q_TAIL:
	case Q_CURRENT:
	case Q_COMPLETION_HEAD:
	case Q_COMPLETION_RAW:
		return;
	case Q_BASE_LO:
	case Q_COMPLETION_LO:
		value &= BASE_LO_STORED;
		break;
	case Q_LENGTH:
		value &= COUNT_MASK;
		if (half->used > value)
			half->used = value;
		break;
	}
	if (off != (dir == EMU_M2S ? Q_M2S_PACKETS : Q_S2M_PACKETS))
		half->reg[off / 4] = value;
}

/**
 * emu_queue_write() - store to one register of a queue half
 * @engine: the engine
 * @dir: which half
 * @queue: 0..15
 * @off: offset in the queue's page, multiple of 4
 * @value: the word
 * Context: card lock held. A queue reset cancels a packet under way but does not wait.
 */
void emu_queue_write(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
		     uint32_t off, uint32_t value)
{
	if (off / 4 >= EMU_QUEUE_WORDS)
		return;
	if (off == Q_CONFIG)
		config_write(engine, dir, queue, value);
	else if (off == Q_TAIL_ADD)
		tail_add(engine, dir, queue, value & COUNT_MASK);
	else if (off == (dir == EMU_M2S ? Q_M2S_CONTROL : Q_S2M_CONTROL))
		control_write(engine, dir, queue, value);
	else
		plain_write(&engine->pair[queue].half[dir], dir, off, value);
}
