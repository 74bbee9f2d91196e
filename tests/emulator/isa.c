// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "card_priv.h"
#include "isa.h"

#define TURN_INSNS	64u		/* then other cores, and whoever wants the lock */
#define SLICE_BUDGET	(1ull << 18)	/* multiplications without a look at the card */

static bool can_run(const struct emu_card *card, unsigned int n)
{
	return card->isa->core[n].state == EMU_ISA_RUNNING && !atomic_load(&card->dead) &&
	       !emu_reset_covers(card, n);
}

static int next_core(struct emu_isa *isa)
{
	unsigned int i, n;

	for (i = 0; i < EMU_NR_CORES; i++) {
		n = (isa->turn + i) % EMU_NR_CORES;
		if (can_run(isa->card, n)) {
			isa->turn = (n + 1) % EMU_NR_CORES;
			return (int)n;
		}
	}
	return -1;
}

static void forget_work(struct emu_isa_core *core)
{
	core->generation++;
	core->head = 0;
	core->used = 0;
	core->words = 0;
	core->decoded = false;
}

static void post_error(struct emu_card *card, unsigned int n, enum emu_isa_error error,
		       uint32_t tag)
{
	card->count.isa_errors++;
	emu_log_once(&card->log, EMU_LOG_ISA, "core %u: instruction with tag %#x: error %u", n, tag,
		     error);
	emu_notify_post(card, n, EMU_NOTIFY_ERROR, 0, error, tag);
}

static void stop_program(struct emu_card *card, unsigned int n, enum emu_isa_error error,
			 uint32_t tag)
{
	struct emu_isa_core *core = &card->isa->core[n];

	forget_work(core);
	core->state = EMU_ISA_STOPPED;
	core->error = error;
	core->error_tag = tag;
	post_error(card, n, error, tag);
}

static void complete(struct emu_card *card, unsigned int n)
{
	struct emu_isa_core *core = &card->isa->core[n];
	struct emu_isa_op op = core->op;

	core->decoded = false;
	core->head = (core->head + 1) % EMU_ISA_QUEUE;
	core->used--;
	core->executed++;
	card->count.isa_instructions++;
	if (!core->used)
		core->state = EMU_ISA_IDLE;
	if (core->tracing)
		emu_notify_post(card, n, EMU_NOTIFY_TRACE, core->trace_instance, op.tag, op.opcode);
	if (op.opcode == EMU_ISA_HALT) {
		forget_work(core);
		core->state = EMU_ISA_HALTED;
	}
}

static uint32_t sync_register(unsigned int n, enum emu_isa_opcode opcode, uint32_t index)
{
	static const uint32_t first[] = {
		[EMU_ISA_EVENT_SET] = EMU_CORE_EVENT,
		[EMU_ISA_EVENT_WAIT] = EMU_CORE_EVENT,
		[EMU_ISA_SEM_SET] = EMU_CORE_SEM_SET,
		[EMU_ISA_SEM_ADD] = EMU_CORE_SEM_ADD,
		[EMU_ISA_SEM_SUB] = EMU_CORE_SEM_SUB,
		[EMU_ISA_SEM_WAIT] = EMU_CORE_SEM_VALUE,
	};

	return n * EMU_CORE_BYTES + EMU_CORE_SYNC + first[opcode] + 4 * index;
}

/* Answers false if the program has to wait. */
static bool run_control(struct emu_card *card, unsigned int n, const struct emu_isa_op *op)
{
	struct emu_isa_core *core = &card->isa->core[n];

	switch (op->opcode) {
	case EMU_ISA_NOTIFY:
		emu_notify_post(card, n, EMU_NOTIFY_NOTIFY, op->index, op->value, op->extra);
		return true;
	case EMU_ISA_TRACE:
		core->tracing = op->value;
		core->trace_instance = op->index;
		return true;
	case EMU_ISA_EVENT_WAIT:
		return emu_core_read(card, sync_register(n, op->opcode, op->index)) == op->value;
	case EMU_ISA_SEM_WAIT:
		return (int32_t)emu_core_read(card, sync_register(n, op->opcode, op->index)) >=
		       (int32_t)op->value;
	case EMU_ISA_EVENT_SET:
	case EMU_ISA_SEM_SET:
	case EMU_ISA_SEM_ADD:
	case EMU_ISA_SEM_SUB:
		emu_core_write(card, sync_register(n, op->opcode, op->index), op->value);
		return true;
	default:
		return true;
	}
}

/* One slice of a matrix instruction, from a copy, without the card lock. */
static void run_math(struct emu_card *card, unsigned int n)
{
	struct emu_isa *isa = card->isa;
	struct emu_isa_core *core = &isa->core[n];
	struct emu_isa_math math = core->op.math;
	bool not_finite = core->not_finite, complete_now;
	uint64_t unit = core->unit;

	isa->running = (int)n;
	isa->running_generation = core->generation;
	emu_card_leave(card);

	complete_now = emu_isa_math_run(&math, &unit, SLICE_BUDGET, &not_finite);

	emu_card_enter(card);
	isa->running = -1;
	pthread_cond_broadcast(&card->quiet);
	if (core->generation != isa->running_generation)
		return;
	core->unit = unit;
	core->not_finite = not_finite;
	if (!complete_now)
		return;
	if (not_finite)
		post_error(card, n, EMU_ISA_NOT_FINITE, core->op.tag);
	complete(card, n);
}

static bool decode_head(struct emu_card *card, unsigned int n)
{
	struct emu_isa_core *core = &card->isa->core[n];
	enum emu_isa_error error;

	if (core->decoded)
		return true;
	error = emu_isa_decode(card, &core->queue[core->head], &core->op);
	if (error) {
		stop_program(card, n, error, core->op.tag);
		return false;
	}
	core->decoded = true;
	core->unit = 0;
	core->not_finite = false;
	return true;
}

static void run_turn(struct emu_card *card, unsigned int n)
{
	struct emu_isa_core *core = &card->isa->core[n];
	unsigned int insns;

	for (insns = 0; insns < TURN_INSNS && can_run(card, n); insns++) {
		if (!decode_head(card, n))
			return;
		if (core->op.math.kind) {
			run_math(card, n);
			return;
		}
		if (!run_control(card, n, &core->op)) {
			core->state = EMU_ISA_WAITING;
			return;
		}
		complete(card, n);
	}
}

static void *thread_main(void *arg)
{
	struct emu_card *card = arg;
	struct emu_isa *isa = card->isa;
	int n;

	emu_card_enter(card);
	while (!isa->stop) {
		n = next_core(isa);
		if (n < 0) {
			pthread_cond_wait(&isa->work, &card->lock);
			continue;
		}
		run_turn(card, (unsigned int)n);
		/* Interrupts of its records are delivered, others get the lock. */
		emu_card_leave(card);
		emu_card_enter(card);
	}
	emu_card_leave(card);
	return NULL;
}

/**
 * emu_isa_init() - programs can run from now on
 * @card: otherwise ready
 * Context: before any other thread knows the card.
 * Return: 0 or a negative errno; after an error emu_isa_fini() cleans up.
 */
int emu_isa_init(struct emu_card *card)
{
	struct emu_isa *isa = calloc(1, sizeof(*isa));
	unsigned int n;
	int err;

	if (!isa)
		return -ENOMEM;
	card->isa = isa;
	isa->card = card;
	isa->running = -1;
	pthread_cond_init(&isa->work, NULL);
	for (n = 0; n < EMU_NR_CORES; n++) {
		isa->core[n].queue = calloc(EMU_ISA_QUEUE, sizeof(*isa->core[n].queue));
		if (!isa->core[n].queue)
			return -ENOMEM;
	}
	err = pthread_create(&isa->thread, NULL, thread_main, card);
	isa->started = !err;
	return -err;
}

/**
 * emu_isa_fini() - end what emu_isa_init() began
 * @card: with or without programs
 * Context: no lock held; before anything of the card is given back.
 */
void emu_isa_fini(struct emu_card *card)
{
	struct emu_isa *isa = card->isa;
	unsigned int n;

	if (!isa)
		return;
	if (isa->started) {
		emu_card_enter(card);
		isa->stop = true;
		pthread_cond_signal(&isa->work);
		emu_card_leave(card);
		pthread_join(isa->thread, NULL);
	}
	for (n = 0; n < EMU_NR_CORES; n++)
		free(isa->core[n].queue);
	pthread_cond_destroy(&isa->work);
	card->isa = NULL;
	free(isa);
}

static void clear_program(struct emu_card *card, unsigned int n)
{
	struct emu_isa_core *core = &card->isa->core[n];

	forget_work(core);
	core->clear_words = 0;
	core->state = EMU_ISA_IDLE;
	core->tracing = false;
	core->error = EMU_ISA_GOOD;
	core->error_tag = 0;
}

/* A CLEAR is seen wherever it begins, so that half an instruction in front does not hide it. */
static bool ends_clear(struct emu_isa_core *core, uint32_t word)
{
	if (word == EMU_ISA_HEADER(EMU_ISA_CLEAR))
		core->clear_words = 1;
	else
		core->clear_words = core->clear_words && !word ? core->clear_words + 1 : 0;
	return core->clear_words == EMU_ISA_WORDS;
}

static void enqueue(struct emu_card *card, unsigned int n)
{
	struct emu_isa_core *core = &card->isa->core[n];

	core->words = 0;
	if (core->used == EMU_ISA_QUEUE) {
		stop_program(card, n, EMU_ISA_OVERFLOW, core->partial.word[1]);
		return;
	}
	core->queue[(core->head + core->used++) % EMU_ISA_QUEUE] = core->partial;
	if (core->state == EMU_ISA_IDLE)
		core->state = EMU_ISA_RUNNING;
	pthread_cond_signal(&card->isa->work);
}

/**
 * emu_isa_feed() - one more word for a core
 * @card: a card with programs
 * @n: the core
 * @word: the word; the place in the FIFO that it was written to has no meaning
 * @origin: device address that it was copied from, or EMU_ISA_NO_ORIGIN
 * Context: card lock held.
 */
void emu_isa_feed(struct emu_card *card, unsigned int n, uint32_t word, uint64_t origin)
{
	struct emu_isa_core *core = &card->isa->core[n];

	if (ends_clear(core, word)) {
		clear_program(card, n);
		card->count.isa_clears++;
		return;
	}
	if (core->state == EMU_ISA_HALTED || core->state == EMU_ISA_STOPPED) {
		card->count.isa_words_dropped++;
		return;
	}
	if (!core->words)
		core->partial.origin = origin;
	core->partial.word[core->words++] = word;
	if (core->words == EMU_ISA_WORDS)
		enqueue(card, n);
}

/**
 * emu_isa_store() - DMA writes into an instruction FIFO
 * @card: a card with programs
 * @win_off: where, offset in BAR2
 * @buf: whole words
 * @len_bytes: how many bytes
 * @origin: device address that they were copied from, or EMU_ISA_NO_ORIGIN
 * Context: no card lock held.
 */
void emu_isa_store(struct emu_card *card, uint32_t win_off, const uint8_t *buf, size_t len_bytes,
		   uint64_t origin)
{
	uint32_t word;
	size_t i;

	emu_card_enter(card);
	for (i = 0; i < len_bytes; i += 4) {
		if (emu_reset_blocks_stores(card)) {
			card->count.stores_in_reset++;
			continue;
		}
		memcpy(&word, buf + i, 4);
		emu_isa_feed(card, win_off / EMU_CORE_BYTES, word,
			     origin == EMU_ISA_NO_ORIGIN ? origin : origin + i);
	}
	emu_card_leave(card);
}

/**
 * emu_isa_core_changed() - an event or a semaphore was written
 * @card: any card
 * @n: the core
 * Context: card lock held.
 */
void emu_isa_core_changed(struct emu_card *card, unsigned int n)
{
	if (!card->isa || card->isa->core[n].state != EMU_ISA_WAITING)
		return;
	card->isa->core[n].state = EMU_ISA_RUNNING;
	pthread_cond_signal(&card->isa->work);
}

/**
 * emu_isa_cancel() - a core's program and all that waits behind it are gone
 * @card: any card
 * @n: the core
 * Context: card lock held; does not wait, see emu_card_settle().
 */
void emu_isa_cancel(struct emu_card *card, unsigned int n)
{
	if (!card->isa)
		return;
	clear_program(card, n);
	card->isa->core[n].executed = 0;
}

/**
 * emu_isa_kick() - something changed that may let any program go on
 * @card: any card
 * Context: card lock held.
 */
void emu_isa_kick(struct emu_card *card)
{
	if (card->isa)
		pthread_cond_signal(&card->isa->work);
}

/**
 * emu_isa_stale() - is something computed that nobody wants any more
 * @card: any card
 * Context: card lock held.
 * Return: true until the slice under way has ended.
 */
bool emu_isa_stale(const struct emu_card *card)
{
	const struct emu_isa *isa = card->isa;

	return isa && isa->running >= 0 &&
	       (atomic_load(&card->dead) ||
		isa->core[isa->running].generation != isa->running_generation);
}

/**
 * emu_isa_state_name() - a state in a word
 * @state: the state
 * Context: any.
 * Return: its name.
 */
const char *emu_isa_state_name(enum emu_isa_state state)
{
	static const char *const names[EMU_ISA_NR_STATES] = {
		[EMU_ISA_IDLE] = "idle",       [EMU_ISA_RUNNING] = "running",
		[EMU_ISA_WAITING] = "waiting", [EMU_ISA_HALTED] = "halted",
		[EMU_ISA_STOPPED] = "stopped",
	};

	return names[state];
}
