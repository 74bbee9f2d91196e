// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "box.h"
#include "card_priv.h"
#include "flight.h"
#include "udma.h"

#define TURN_PACKETS	64u		/* then other engines get their turn */
#define PACKET_COST	4096u		/* what a packet costs beside its bytes, in bytes */

#define CHANGE_NORMAL	(1u << 0)
#define CHANGE_DISABLE	(1u << 1)
#define CHANGE_ABORT	(1u << 2)

/* Fields of the state register, section 3.8. */
#define STATE_ALL_M2S	0x1111u
#define STATE_ALL_S2M	0x11111u
#define STATE_STREAM	0x00010u
#define STATE_BUSY_M2S	0x01100u
#define STATE_BUSY_S2M	0x11100u
#define STATE_ABORT	2u

static bool can_run(const struct emu_engine *engine)
{
	return engine->run[EMU_M2S] == EMU_RUN_NORMAL && engine->run[EMU_S2M] == EMU_RUN_NORMAL &&
	       !engine->stalled && !engine->pace.waiting && !emu_udma_stream_off(engine) &&
	       emu_card_dma_allowed(engine->card) &&
	       !emu_reset_covers(engine->card, engine->index / EMU_ENGINES_PER_CORE);
}

static void moderation_timer_fired(void *arg)
{
	struct emu_engine *engine = arg;

	emu_card_enter(engine->card);
	emu_engine_update_lines(engine);
	emu_card_leave(engine->card);
}

/**
 * emu_engine_init() - an engine as after power-on
 * @card: zeroed card
 * @index: 0..11
 * Context: before any other thread knows the card.
 * Return: 0 or -ENOMEM.
 */
int emu_engine_init(struct emu_card *card, unsigned int index)
{
	struct emu_engine *engine = &card->engine[index];

	engine->card = card;
	engine->index = index;
	engine->running = -1;
	emu_pace_init(engine);
	engine->moderation_timer.fire = moderation_timer_fired;
	engine->moderation_timer.arg = engine;
	engine->flight = calloc(1, sizeof(*engine->flight));
	if (!engine->flight)
		return -ENOMEM;
	emu_engine_reset(engine);
	return 0;
}

/**
 * emu_engine_fini() - free what emu_engine_init() made
 * @engine: possibly never initialised
 * Context: workers and clock have stopped.
 */
void emu_engine_fini(struct emu_engine *engine)
{
	free(engine->flight);
	engine->flight = NULL;
}

static void end_slowness(struct emu_engine *engine)
{
	engine->slow_us = 0;
	emu_pace_stop(engine);
}

/**
 * emu_engine_reset() - all registers and states as after a reset
 * @engine: the engine; no packet of it is under way
 * Context: card lock held.
 */
void emu_engine_reset(struct emu_engine *engine)
{
	unsigned int queue;

	emu_udma_reset(engine);
	emu_iofic_reset(&engine->iofic);
	for (queue = 0; queue < EMU_NR_QUEUES; queue++)
		emu_queue_init(&engine->pair[queue]);
	engine->run[EMU_M2S] = EMU_RUN_NORMAL;
	engine->run[EMU_S2M] = EMU_RUN_NORMAL;
	engine->pending = 0;
	engine->stalled = false;
	engine->wrong_completions = 0;
	engine->lost_completions = 0;
	engine->corrupt_packets = 0;
	end_slowness(engine);
}

/**
 * emu_engine_cancel() - drop running work; pointers stay where they are
 * @engine: the engine
 * Context: card lock held; does not wait, see emu_card_settle().
 */
void emu_engine_cancel(struct emu_engine *engine)
{
	unsigned int queue;

	for (queue = 0; queue < EMU_NR_QUEUES; queue++) {
		atomic_fetch_add(&engine->pair[queue].generation, 1);
		engine->pair[queue].waiting = false;
	}
	engine->pending = 0;
}

/**
 * emu_engine_stale() - is a cancelled packet still being executed
 * @engine: the engine
 * Context: card lock held.
 * Return: true until it has stopped.
 */
bool emu_engine_stale(const struct emu_engine *engine)
{
	return engine->running >= 0 &&
	       atomic_load(&engine->pair[engine->running].generation) !=
	       engine->running_generation;
}

/**
 * emu_engine_kick() - queues may have work
 * @engine: the engine
 * @queues: mask of them
 * Context: card lock held.
 */
void emu_engine_kick(struct emu_engine *engine, uint32_t queues)
{
	unsigned int queue;

	emu_pace_check(engine);
	for (queue = 0; queue < EMU_NR_QUEUES; queue++)
		if ((queues & (1u << queue)) && emu_queue_ready(&engine->pair[queue]))
			engine->pending |= 1u << queue;
	if (engine->pending && engine->sched == EMU_SCHED_IDLE && can_run(engine)) {
		engine->sched = EMU_SCHED_QUEUED;
		emu_pool_push(&engine->card->box->pool, engine);
	}
}

/**
 * emu_engine_kick_all() - something changed that may let any queue go on
 * @engine: the engine
 * Context: card lock held.
 */
void emu_engine_kick_all(struct emu_engine *engine)
{
	emu_engine_kick(engine, (1u << EMU_NR_QUEUES) - 1);
}

static bool take_turn(struct emu_engine *engine, unsigned int queue)
{
	if (!(engine->pending & (1u << queue)))
		return false;
	engine->pending &= ~(1u << queue);
	return emu_queue_ready(&engine->pair[queue]);
}

static int next_queue(struct emu_engine *engine)
{
	unsigned int i, queue;

	/* A packet that has had its time goes first, else another queue's would go in its place. */
	if (engine->pace.paid_queue >= 0 &&
	    take_turn(engine, (unsigned int)engine->pace.paid_queue))
		return engine->pace.paid_queue;
	for (i = 0; i < EMU_NR_QUEUES; i++) {
		queue = (engine->turn + i) % EMU_NR_QUEUES;
		if (take_turn(engine, queue)) {
			engine->turn = (queue + 1) % EMU_NR_QUEUES;
			return (int)queue;
		}
	}
	return -1;
}

/* @packet is landed, or the flight's next one. */
static void trace_packet(struct emu_engine *engine, unsigned int queue,
			 const struct emu_packet *packet, const char *result)
{
	const struct emu_flight_half *half = engine->flight->half;
	struct emu_trace_dma dma = {
		.result = result,
		.engine = engine->index,
		.queue = queue,
		.bytes = packet->bytes,
		.descriptors = { packet->consumed[EMU_M2S], packet->consumed[EMU_S2M] },
	};
	enum emu_dir dir;

	if (!emu_trace_wants(&engine->card->trace, EMU_TRACE_DMA))
		return;
	for (dir = EMU_M2S; dir < EMU_NR_DIRS; dir++)
		if (packet->consumed[dir] || (packet->desc[dir] == half[dir].desc && half[dir].fetched))
			dma.first[dir] = *packet->desc[dir];
	emu_trace_put(&engine->card->trace, &(struct emu_trace_event){ EMU_TRACE_DMA, .dma = dma });
}

/* Answers what the engine was at, for the log. */
static const char *count_error(struct emu_counters *count, enum emu_dir dir, unsigned int bit)
{
	if (bit == (dir == EMU_M2S ? EMU_M2S_RING_ID : EMU_S2M_RING_ID)) {
		count->ring_id_errors++;
		return "ring id";
	}
	if (bit == (dir == EMU_M2S ? EMU_M2S_DESC_RESPONSE : EMU_S2M_DESC_RESPONSE)) {
		count->descriptor_faults++;
		return "descriptor";
	}
	if (bit == (dir == EMU_M2S ? EMU_M2S_COMPLETION_RESPONSE : EMU_S2M_COMPLETION_RESPONSE)) {
		count->completion_faults++;
		return "completion entry";
	}
	if (bit == (dir == EMU_M2S ? EMU_M2S_DATA_RESPONSE : EMU_S2M_DATA_RESPONSE)) {
		if (dir == EMU_M2S)
			count->data_read_faults++;
		else
			count->data_write_faults++;
		return "data";
	}
	count->packet_errors++;
	return "packet";
}

static void failed(struct emu_engine *engine, unsigned int queue)
{
	const struct emu_flight *flight = engine->flight;
	enum emu_dir dir = flight->error_dir;
	const char *at = count_error(&engine->card->count, dir, flight->error_bit);
	bool host;

	host = emu_fault_tell(engine->card, &flight->error_access, "engine %u queue %u, %s %s",
			      engine->index, queue, dir == EMU_M2S ? "M2S" : "S2M", at);
	trace_packet(engine, queue, &flight->packet[flight->landed], "failed");
	EMU_TRACE(&engine->card->trace, FAULT, fault, .engine = engine->index, .queue = queue,
		  .dir = dir, .bit = flight->error_bit, .desc = flight->error_desc,
		  .host = host ? emu_fault_reason(engine->card->fault.why) : NULL);
	emu_log_once(&engine->card->log, EMU_LOG_DMA_ERROR,
		     "engine %u queue %u: %s error bit %u, descriptor %08x %08x %08x %08x",
		     engine->index, queue, dir == EMU_M2S ? "M2S" : "S2M", flight->error_bit,
		     flight->error_desc.word[0], flight->error_desc.word[1],
		     flight->error_desc.word[2], flight->error_desc.word[3]);
	emu_udma_log_error(engine, dir, flight->error_bit, flight->error_desc.word);
	emu_udma_axi_error(engine, dir, queue, flight->error_bit);
	emu_engine_cause(engine, dir == EMU_M2S ? EMU_IOFIC_SEC_A : EMU_IOFIC_SEC_B,
			 1u << flight->error_bit);
}

static void commit_half(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			const struct emu_packet *packet)
{
	struct emu_half *half = &engine->pair[queue].half[dir];
	bool completes = engine->flight->half[dir].completes;
	uint32_t consumed = packet->consumed[dir], entries = completes ? consumed : 0;

	emu_half_consume(half, consumed);
	half->packets++;
	if (completes || !emu_udma_completion_head_still(engine))
		emu_ring_advance(&half->completion, consumed, emu_half_length(half));
	emu_udma_count(engine, dir, consumed, packet->bytes, entries);
	engine->card->count.completion_entries += entries;
}

/* Injected faults are spent by the packet that could show them. */
static void spend_faults(struct emu_engine *engine, const struct emu_packet *packet)
{
	const struct emu_flight *flight = engine->flight;
	bool completes = flight->half[EMU_M2S].completes || flight->half[EMU_S2M].completes;

	if (flight->wrong_completion && engine->wrong_completions)
		engine->wrong_completions--;
	if (flight->lose_completion && completes && engine->lost_completions)
		engine->lost_completions--;
	if (flight->corrupt && packet->bytes && engine->corrupt_packets)
		engine->corrupt_packets--;
}

/* One packet that was executed whole becomes visible in registers and counters. */
static void commit(struct emu_engine *engine, unsigned int queue, const struct emu_packet *packet)
{
	struct emu_counters *count = &engine->card->count;

	commit_half(engine, EMU_M2S, queue, packet);
	commit_half(engine, EMU_S2M, queue, packet);
	count->packets++;
	count->bytes += packet->discard ? 0 : packet->bytes;
	count->m2s_descriptors += packet->consumed[EMU_M2S];
	count->s2m_descriptors += packet->consumed[EMU_S2M];
	if (packet->odd_operation)
		emu_log_once(&engine->card->log, EMU_LOG_OPERATION,
			     "engine %u queue %u: operation %#x executed as a plain copy",
			     engine->index, queue, packet->desc[EMU_M2S]->word[1]);
	spend_faults(engine, packet);
	trace_packet(engine, queue, packet, packet->discard ? "discarded" : "done");
	if (packet->interrupt[EMU_S2M])
		emu_engine_cause(engine, EMU_IOFIC_B, 1u << queue);
	if (packet->interrupt[EMU_M2S])
		emu_engine_cause(engine, EMU_IOFIC_C, 1u << queue);
}

static void end_of_flight(struct emu_engine *engine, unsigned int queue)
{
	engine->running = -1;
	if (!engine->stalled) {
		engine->pair[queue].half[EMU_M2S].held = 0;
		engine->pair[queue].half[EMU_S2M].held = 0;
	}
	pthread_cond_broadcast(&engine->card->quiet);
}

/*
 * What landed before a flight was cancelled is committed all the same, or it would be executed
 * twice by a queue that goes on; not so if the ring's pointers were set anew meanwhile.
 */
static void take_landed(struct emu_engine *engine, unsigned int queue)
{
	const struct emu_flight *flight = engine->flight;
	unsigned int i;

	if (engine->pair[queue].pointers != flight->pointers)
		return;
	for (i = 0; i < flight->landed; i++)
		commit(engine, queue, &flight->packet[i]);
}

static void take_result(struct emu_engine *engine, unsigned int queue,
			enum emu_packet_result result)
{
	struct emu_pair *pair = &engine->pair[queue];

	take_landed(engine, queue);
	if (atomic_load(&pair->generation) != engine->running_generation) {
		engine->card->count.packets_cancelled++;
		if (result == EMU_PACKET_CANCELLED)
			trace_packet(engine, queue, engine->flight->packet + engine->flight->landed,
				     "cancelled");
		return;
	}
	switch (result) {
	case EMU_PACKET_GOOD:
		if (engine->flight->plan_only)
			emu_pace_begin(engine, queue, engine->flight->packet);
		else
			emu_pace_spend(engine);
		emu_engine_kick(engine, 1u << queue);
		break;
	case EMU_PACKET_WAITS:
		pair->waiting = true;
		break;
	case EMU_PACKET_FAILED:
		emu_pace_spend(engine);
		failed(engine, queue);
		break;
	default:
		break;
	}
}

static void prepare(struct emu_engine *engine, unsigned int queue)
{
	struct emu_flight *flight = engine->flight;

	emu_flight_begin(flight, engine, queue);
	atomic_store(&engine->pause, false);
	if (emu_pace_applies(engine)) {
		flight->limit = 1;
		flight->plan_only = !emu_pace_paid(engine, queue);
	}
	engine->pair[queue].waiting = false;
	engine->running = (int)queue;
	engine->running_generation = flight->expected;
}

static uint64_t fly(struct emu_engine *engine, unsigned int queue)
{
	struct emu_flight *flight = engine->flight;
	enum emu_packet_result result;

	prepare(engine, queue);
	emu_card_leave(engine->card);
	result = emu_flight_run(flight);
	emu_card_enter(engine->card);
	end_of_flight(engine, queue);
	take_result(engine, queue, result);
	return (uint64_t)(flight->landed + 1) * PACKET_COST + flight->bytes;
}

/**
 * emu_engine_run() - one turn of an engine that was taken out of a work list
 * @engine: the engine
 * Context: no card lock held; one thread per engine, which its scheduling state ensures.
 * Return: what the turn cost, in bytes.
 */
uint64_t emu_engine_run(struct emu_engine *engine)
{
	struct emu_card *card = engine->card;
	unsigned int packets = 0;
	uint64_t cost = 0;
	int queue;

	emu_card_enter(card);
	engine->sched = EMU_SCHED_RUNNING;
	while (packets < TURN_PACKETS && can_run(engine)) {
		queue = next_queue(engine);
		if (queue < 0)
			break;
		cost += fly(engine, (unsigned int)queue);
		packets += engine->flight->landed ? engine->flight->landed : 1;
	}
	engine->sched = EMU_SCHED_IDLE;
	if (!engine->pending)
		emu_pace_idle(engine);
	emu_engine_kick(engine, 0);
	emu_card_leave(card);
	return cost;
}

static bool holds_work(const struct emu_engine *engine)
{
	unsigned int queue;

	for (queue = 0; queue < EMU_NR_QUEUES; queue++)
		if (engine->pair[queue].half[EMU_M2S].used)
			return true;
	return false;
}

static bool packet_waits(const struct emu_engine *engine)
{
	unsigned int queue;

	for (queue = 0; queue < EMU_NR_QUEUES; queue++)
		if ((engine->pair[queue].waiting || emu_udma_stream_off(engine)) &&
		    emu_queue_ready(&engine->pair[queue]))
			return true;
	return false;
}

/**
 * emu_engine_state() - the state register of a half
 * @engine: the engine
 * @dir: which half
 * Context: card lock held.
 * Return: its fields: abort, or what is busy right now.
 */
uint32_t emu_engine_state(const struct emu_engine *engine, enum emu_dir dir)
{
	uint32_t state = 0;

	if (engine->run[dir] == EMU_RUN_ABORTED)
		return STATE_ABORT * (dir == EMU_M2S ? STATE_ALL_M2S : STATE_ALL_S2M);
	if (engine->running >= 0 || engine->pace.waiting ||
	    (engine->stalled && holds_work(engine)))
		state |= dir == EMU_M2S ? STATE_BUSY_M2S : STATE_BUSY_S2M;
	if (engine->run[dir] == EMU_RUN_NORMAL && packet_waits(engine))
		state |= STATE_STREAM;
	return state;
}

static void freeze(struct emu_engine *engine)
{
	unsigned int queue;

	emu_engine_cancel(engine);
	for (queue = 0; queue < EMU_NR_QUEUES; queue++) {
		engine->pair[queue].half[EMU_M2S].frozen = true;
		engine->pair[queue].half[EMU_S2M].frozen = true;
	}
	engine->card->count.aborts++;
}

/**
 * emu_engine_change_state() - store to a half's change-state register
 * @engine: the engine
 * @dir: which half
 * @request: normal, disable or abort; the strongest bit wins
 * Context: card lock held.
 */
void emu_engine_change_state(struct emu_engine *engine, enum emu_dir dir, uint32_t request)
{
	if (request & CHANGE_ABORT) {
		if (engine->run[dir] != EMU_RUN_ABORTED)
			freeze(engine);
		engine->run[dir] = EMU_RUN_ABORTED;
	} else if (request & CHANGE_DISABLE) {
		if (engine->run[dir] == EMU_RUN_NORMAL)
			engine->run[dir] = EMU_RUN_DISABLED;
		atomic_store(&engine->pause, true);
	} else if (request & CHANGE_NORMAL) {
		engine->run[dir] = EMU_RUN_NORMAL;
		emu_engine_kick_all(engine);
	}
}

/**
 * emu_engine_abort() - both halves stop at once
 * @engine: the engine
 * Context: card lock held.
 */
void emu_engine_abort(struct emu_engine *engine)
{
	freeze(engine);
	engine->run[EMU_M2S] = EMU_RUN_ABORTED;
	engine->run[EMU_S2M] = EMU_RUN_ABORTED;
}

/**
 * emu_engine_update_lines() - send what the interrupt controllers want sent
 * @engine: the engine
 * Context: card lock held, after any change of causes, masks or controls.
 */
void emu_engine_update_lines(struct emu_engine *engine)
{
	bool can_send = engine->card->opts->irq_mode != EMU_IRQ_NONE;
	uint64_t now_ns = emu_clock_now_ns(), due_ns;
	unsigned int rose = emu_iofic_evaluate(&engine->iofic, can_send, now_ns);

	due_ns = engine->iofic.due_ns;
	if (due_ns)
		emu_clock_arm(&engine->card->box->clock, &engine->moderation_timer,
			      due_ns > now_ns ? due_ns - now_ns : 0);
	if (rose & (1u << EMU_LINE_COMPLETION))
		emu_card_irq(engine->card, EMU_IRQ_COMPLETION(engine->index));
	if (rose & (1u << EMU_LINE_ERROR))
		emu_card_irq(engine->card, EMU_IRQ_ERROR(engine->index));
}

/**
 * emu_engine_cause() - causes come up, by hardware or by software's cause-set register
 * @engine: the engine
 * @group: their interrupt group
 * @bits: the causes; may be 0 after other changes of the controllers
 * Context: card lock held.
 */
void emu_engine_cause(struct emu_engine *engine, enum emu_iofic_group group, uint32_t bits)
{
	emu_iofic_raise(&engine->iofic, group, bits);
	if (group >= EMU_IOFIC_SEC_A && (bits & ~engine->iofic.group[group].abort_mask))
		emu_engine_abort(engine);
	emu_engine_update_lines(engine);
}

/**
 * emu_engine_stall() - hold before the next packet (injected)
 * @engine: the engine
 *
 * Returns when the packet under way, if any, has ended.
 * Context: card lock held, from outside of DMA.
 */
void emu_engine_stall(struct emu_engine *engine)
{
	engine->stalled = true;
	atomic_store(&engine->pause, true);
	while (engine->running >= 0)
		pthread_cond_wait(&engine->card->quiet, &engine->card->lock);
}

/**
 * emu_engine_resume() - end an injected stall or slowness
 * @engine: the engine
 * Context: card lock held.
 */
void emu_engine_resume(struct emu_engine *engine)
{
	unsigned int queue;

	engine->stalled = false;
	end_slowness(engine);
	for (queue = 0; queue < EMU_NR_QUEUES; queue++) {
		engine->pair[queue].half[EMU_M2S].held = 0;
		engine->pair[queue].half[EMU_S2M].held = 0;
	}
	emu_engine_kick_all(engine);
}
