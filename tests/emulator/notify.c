// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "card_priv.h"
#include "dma.h"
#include "notify.h"

/* Registers of one queue, relative to its first one. */
#define Q_BASE_LO	0x00u
#define Q_BASE_HI	0x04u
#define Q_SIZE		0x08u
#define Q_TAIL		0x0Cu
#define Q_OVERFLOWS	0x14u
#define Q_HEAD		0x18u
#define Q_SPAN		0x20u

#define NOTIFY_FIRST	0x0BFCu
#define TRACE_FIRST	0x0C7Cu
#define ERROR_FIRST	0x1074u
#define EVENT_FIRST	0x1094u
#define INSTANCE_STRIDE	0x104u

#define VALUE_PHASE	(1u << 31)

/**
 * emu_notify_queue_off() - where a queue's registers begin
 * @queue: notify queues, trace queues (instance * 4 + sub-queue each), error, event
 * Context: any.
 * Return: offset in the core's notification block.
 */
uint32_t emu_notify_queue_off(unsigned int queue)
{
	uint32_t first = NOTIFY_FIRST;

	if (queue == EMU_NOTIFY_ERROR_QUEUE)
		return ERROR_FIRST;
	if (queue == EMU_NOTIFY_EVENT_QUEUE)
		return EVENT_FIRST;
	if (queue >= EMU_NOTIFY_PER_TYPE) {
		first = TRACE_FIRST;
		queue -= EMU_NOTIFY_PER_TYPE;
	}
	return first + queue / EMU_NOTIFY_SUBQUEUES * INSTANCE_STRIDE +
	       queue % EMU_NOTIFY_SUBQUEUES * Q_SPAN;
}

static int queue_at(uint32_t off)
{
	unsigned int queue;
	uint32_t first;

	for (queue = 0; queue < EMU_NOTIFY_QUEUES; queue++) {
		first = emu_notify_queue_off(queue);
		if (off >= first && off < first + Q_SPAN)
			return (int)queue;
	}
	return -1;
}

static uint32_t queue_reg(const struct emu_notify *unit, unsigned int queue, uint32_t reg)
{
	return unit->reg[(emu_notify_queue_off(queue) + reg) / 4];
}

static uint64_t programmed_base(const struct emu_notify *unit, unsigned int queue)
{
	return (uint64_t)queue_reg(unit, queue, Q_BASE_HI) << 32 |
	       queue_reg(unit, queue, Q_BASE_LO);
}

/**
 * emu_notify_reset() - no queue, all registers zero
 * @unit: one core's unit
 * Context: card lock held.
 */
void emu_notify_reset(struct emu_notify *unit)
{
	memset(unit, 0, sizeof(*unit));
}

/**
 * emu_notify_read() - one register
 * @unit: one core's unit
 * @off: offset in the block, multiple of 4
 * Context: card lock held.
 * Return: its value, 0 outside of the known registers.
 */
uint32_t emu_notify_read(const struct emu_notify *unit, uint32_t off)
{
	int queue = queue_at(off);

	if (off / 4 >= EMU_NOTIFY_WORDS)
		return 0;
	if (queue >= 0) {
		switch (off - emu_notify_queue_off((unsigned int)queue)) {
		case Q_TAIL:
			return unit->queue[queue].tail;
		case Q_OVERFLOWS:
			return unit->queue[queue].overflows;
		}
	}
	return unit->reg[off / 4];
}

static void create(struct emu_notify *unit, unsigned int n, uint32_t size_bytes)
{
	struct emu_notify_queue *queue = &unit->queue[n];

	/*
	 * A re-creation writes base low, base high, size: only the size write may take the
	 * base, or a record could go to a half-updated address.
	 */
	*queue = (struct emu_notify_queue){
		.base = programmed_base(unit, n),
		.size_bytes = size_bytes - size_bytes % EMU_NOTIFY_RECORD_BYTES,
		.phase = true,
	};
	unit->reg[(emu_notify_queue_off(n) + Q_HEAD) / 4] = 0;
}

/**
 * emu_notify_write() - store to one register
 * @unit: one core's unit
 * @off: offset in the block, multiple of 4
 * @value: the word
 * Context: card lock held.
 */
void emu_notify_write(struct emu_notify *unit, uint32_t off, uint32_t value)
{
	int n = queue_at(off);

	if (off / 4 >= EMU_NOTIFY_WORDS)
		return;
	if (n < 0) {
		unit->reg[off / 4] = value;
		return;
	}
	switch (off - emu_notify_queue_off((unsigned int)n)) {
	case Q_TAIL:
	case Q_OVERFLOWS:
		return;
	case Q_SIZE:
		unit->reg[off / 4] = value;
		create(unit, (unsigned int)n, value);
		return;
	case Q_HEAD:
		unit->queue[n].head_seen = true;
		break;
	}
	unit->reg[off / 4] = value;
}

/**
 * emu_notify_enabled() - does the queue take records
 * @unit: one core's unit
 * @queue: as in emu_notify_queue_off()
 *
 * A base register of 0 counts as disabled even while the size is still set, because a
 * published driver destroys in that order and must not get records at DRAM address 0.
 * Context: card lock held.
 * Return: true if it does.
 */
bool emu_notify_enabled(const struct emu_notify *unit, unsigned int queue)
{
	return unit->queue[queue].size_bytes && unit->queue[queue].base &&
	       programmed_base(unit, queue);
}

static unsigned int queue_of(enum emu_notify_type type, unsigned int instance,
			     unsigned int sub_queue)
{
	switch (type) {
	case EMU_NOTIFY_TRACE:
		return EMU_NOTIFY_PER_TYPE + instance * EMU_NOTIFY_SUBQUEUES + sub_queue;
	case EMU_NOTIFY_NOTIFY:
		return instance * EMU_NOTIFY_SUBQUEUES + sub_queue;
	case EMU_NOTIFY_ERROR:
		return EMU_NOTIFY_ERROR_QUEUE;
	default:
		return EMU_NOTIFY_EVENT_QUEUE;
	}
}

static bool full(struct emu_notify *unit, unsigned int n)
{
	const struct emu_notify_queue *queue = &unit->queue[n];

	if (unit->drop_next) {
		unit->drop_next--;
		return true;
	}
	return queue->head_seen && (queue->tail + EMU_NOTIFY_RECORD_BYTES) % queue->size_bytes ==
				   queue_reg(unit, n, Q_HEAD);
}

static void advance(struct emu_notify_queue *queue)
{
	queue->records++;
	queue->tail += EMU_NOTIFY_RECORD_BYTES;
	if (queue->tail == queue->size_bytes) {
		queue->tail = 0;
		queue->phase = !queue->phase;
	}
}

static void count_record(struct emu_counters *count, enum emu_notify_type type)
{
	switch (type) {
	case EMU_NOTIFY_TRACE:
		count->records_trace++;
		break;
	case EMU_NOTIFY_NOTIFY:
		count->records_notify++;
		break;
	case EMU_NOTIFY_EVENT:
		count->records_event++;
		break;
	default:
		count->records_error++;
		break;
	}
}

static bool may_write(struct emu_card *card)
{
	if (emu_card_dma_allowed(card))
		return true;
	card->count.records_no_bus_master++;
	emu_log_once(&card->log, EMU_LOG_BUS_MASTER,
		     "notification record while the card may not do DMA");
	return false;
}

static void trace_record(struct emu_card *card, unsigned int core,
			 const struct emu_notify_queue *queue, const uint32_t record[4],
			 const char *result)
{
	EMU_TRACE(&card->trace, RECORD, record, .core = core, .result = result,
		  .dev_addr = queue->base + queue->tail,
		  .word = { record[0], record[1], record[2], record[3] });
}

/**
 * emu_notify_post_sub() - write one record to a sub-queue
 * @card: the card
 * @core: 0..3
 * @type: which kind of queue
 * @instance: engine instance 0..3
 * @sub_queue: 0..3; events and errors have but one queue
 * @id: event index, error code or the program's value
 * @value: bits [30:0] of it are kept
 * Context: card lock held.
 * Return: true if the record is in memory.
 */
bool emu_notify_post_sub(struct emu_card *card, unsigned int core, enum emu_notify_type type,
			 unsigned int instance, unsigned int sub_queue, uint32_t id,
			 uint32_t value)
{
	struct emu_notify *unit = &card->notify[core];
	unsigned int n = queue_of(type, instance, sub_queue);
	struct emu_notify_queue *queue = &unit->queue[n];
	uint32_t record[4] = {
		type | instance << 8 | core << 16,
		id,
		(value & ~VALUE_PHASE) | (queue->phase ? VALUE_PHASE : 0),
		(uint32_t)(emu_clock_now_ns() / 1000),
	};

	if (!emu_notify_enabled(unit, n)) {
		trace_record(card, core, queue, record, "no-queue");
		return false;
	}
	if (!may_write(card)) {
		trace_record(card, core, queue, record, "no-bus-master");
		return false;
	}
	if (full(unit, n)) {
		trace_record(card, core, queue, record, "full");
		queue->overflows++;
		card->count.records_dropped++;
		emu_log_once(&card->log, EMU_LOG_RECORD_DROPPED,
			     "core %u: a notification found its queue full", core);
		return false;
	}
	if (unit->wrong_phase_next) {
		unit->wrong_phase_next--;
		record[2] ^= VALUE_PHASE;
	}
	/* The word with the phase bit is what a reader polls, so it comes last. */
	if (emu_dma_store_words(card, queue->base + queue->tail, record, 4, 2)) {
		struct emu_access access = { queue->base + queue->tail, sizeof(record), true };

		card->count.records_faulted++;
		emu_fault_tell(card, &access, "notification unit of core %u", core);
		trace_record(card, core, queue, record, "unreachable");
		emu_log_once(&card->log, EMU_LOG_RECORD_FAULT,
			     "core %u: notification queue at unreachable address %#llx", core,
			     (unsigned long long)queue->base);
		return false;
	}
	trace_record(card, core, queue, record, "written");
	advance(queue);
	count_record(&card->count, type);
	emu_card_irq(card, EMU_IRQ_NOTIFY(core));
	return true;
}

/**
 * emu_notify_post() - write one record, as a core does
 * @card: the card
 * @core: 0..3
 * @type: which kind of queue
 * @instance: engine instance 0..3; published software uses sub-queue 0 of it alone
 * @id: event index, error code or the program's value
 * @value: bits [30:0] of it are kept
 * Context: card lock held.
 * Return: true if the record is in memory.
 */
bool emu_notify_post(struct emu_card *card, unsigned int core, enum emu_notify_type type,
		     unsigned int instance, uint32_t id, uint32_t value)
{
	return emu_notify_post_sub(card, core, type, instance, 0, id, value);
}
