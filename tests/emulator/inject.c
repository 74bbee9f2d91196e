// SPDX-License-Identifier: GPL-2.0
/* Faults that are injected, and how each of them ends. */
#include <errno.h>
#include <string.h>

#include "box.h"
#include "command.h"

#define ALL_ENGINES	EMU_NR_ENGINES
#define MAX_DELAY_MS	3600000u
#define MAX_SLOW_US	1000000u
#define BLOCKS		"none, fwio, dma, nq, device, irq"

static enum emu_fwio_fault fwio_fault(const char *name)
{
	static const struct {
		const char *name;
		enum emu_fwio_fault fault;
	} faults[] = {
		{ "drop", EMU_FWIO_DROP },	   { "delay", EMU_FWIO_DELAY },
		{ "bad-seq", EMU_FWIO_BAD_SEQ },   { "bad-crc", EMU_FWIO_BAD_CRC },
		{ "error", EMU_FWIO_ERROR },	   { "short", EMU_FWIO_SHORT },
		{ "oversize", EMU_FWIO_OVERSIZE }, { "garbage", EMU_FWIO_GARBAGE },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!strcmp(name, faults[i].name))
			return faults[i].fault;
	return EMU_FWIO_NO_FAULT;
}

static int inject_fwio(struct emu_call *call)
{
	struct emu_fwio_inject inject = { .fault = fwio_fault(emu_call_word(call, 1)) };
	bool valued = inject.fault == EMU_FWIO_DELAY || inject.fault == EMU_FWIO_ERROR;
	uint64_t value = 0, count;
	int err;

	if (inject.fault == EMU_FWIO_NO_FAULT && !emu_call_is(call, 1, "none"))
		return emu_call_expected(call, "inject", 1);
	if (valued) {
		err = emu_call_number(call, 2, inject.fault == EMU_FWIO_ERROR ? 255 : MAX_DELAY_MS,
				      &value);
		if (err)
			return err;
	}
	err = emu_call_optional(call, valued ? 3 : 2, UINT32_MAX, 1, &count);
	if (err)
		return err;
	if (!count)
		inject.fault = EMU_FWIO_NO_FAULT;
	inject.value = (uint32_t)value;
	inject.count = (uint32_t)count;
	emu_card_enter(call->card);
	call->card->fw.inject = inject;
	emu_card_leave(call->card);
	return 0;
}

static void abort_engine(struct emu_engine *engine)
{
	uint32_t bit = 1u << EMU_M2S_DATA_RESPONSE;

	emu_engine_cause(engine, EMU_IOFIC_SEC_A, bit);
	if (engine->run[EMU_M2S] != EMU_RUN_ABORTED || engine->run[EMU_S2M] != EMU_RUN_ABORTED)
		emu_engine_abort(engine); /* whatever the abort mask says */
	emu_card_settle(engine->card);
}

static void slow_engine(struct emu_engine *engine, uint32_t slow_us)
{
	if (!slow_us && !engine->stalled)
		emu_engine_resume(engine);
	engine->slow_us = slow_us;
}

static void heal_engine(struct emu_engine *engine)
{
	engine->wrong_completions = 0;
	engine->lost_completions = 0;
	engine->corrupt_packets = 0;
	emu_engine_resume(engine);
}

static void change_engine(struct emu_call *call, struct emu_engine *engine, uint32_t value)
{
	if (emu_call_is(call, 1, "stall"))
		emu_engine_stall(engine);
	else if (emu_call_is(call, 1, "abort"))
		abort_engine(engine);
	else if (emu_call_is(call, 1, "resume"))
		emu_engine_resume(engine);
	else if (emu_call_is(call, 1, "slow"))
		slow_engine(engine, value);
	else if (emu_call_is(call, 1, "wrong-completion"))
		engine->wrong_completions++;
	else if (emu_call_is(call, 1, "lost-completion"))
		engine->lost_completions++;
	else if (emu_call_is(call, 1, "corrupt"))
		engine->corrupt_packets++;
	else
		heal_engine(engine);
}

static bool is_dma_fault(const struct emu_call *call)
{
	static const char *const names[] = {
		"stall", "abort", "resume", "slow", "wrong-completion", "lost-completion",
		"corrupt", "none",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (emu_call_is(call, 1, names[i]))
			return true;
	return false;
}

static int inject_dma(struct emu_call *call)
{
	bool one = emu_call_is(call, 1, "stall") || emu_call_is(call, 1, "abort");
	bool slow = emu_call_is(call, 1, "slow");
	uint64_t value = 0, engine;
	unsigned int i;
	int err = 0;

	if (!is_dma_fault(call))
		return emu_call_expected(call, "inject", 1);
	if (slow)
		err = emu_call_number(call, 2, MAX_SLOW_US, &value);
	if (!err && one)
		err = emu_call_number(call, 2, EMU_NR_ENGINES - 1, &engine);
	else if (!err)
		err = emu_call_optional(call, slow ? 3 : 2, EMU_NR_ENGINES - 1, ALL_ENGINES,
					&engine);
	if (err)
		return err;
	emu_card_enter(call->card);
	for (i = 0; i < EMU_NR_ENGINES; i++)
		if (engine == ALL_ENGINES || engine == i)
			change_engine(call, &call->card->engine[i], (uint32_t)value);
	emu_card_leave(call->card);
	return 0;
}

static void heal_device(struct emu_card *card)
{
	emu_card_enter(card);
	card->reads_ones = false;
	card->reset.fail_next = 0;
	card->reset.failed = false;
	emu_reset_release(card);
	emu_card_leave(card);
	if (emu_card_is_dead(card))
		emu_card_set_dead(card, false);
}

static int fail_resets(struct emu_call *call)
{
	uint64_t count;
	int err = emu_call_optional(call, 2, UINT32_MAX, 1, &count);

	if (err)
		return err;
	emu_card_enter(call->card);
	call->card->reset.fail_next = (uint32_t)count;
	emu_card_leave(call->card);
	return 0;
}

static bool set_device_fault(struct emu_call *call)
{
	struct emu_card *card = call->card;
	bool known = true;

	emu_card_enter(card);
	if (emu_call_is(call, 1, "never-ready"))
		card->reset.never_ready = true;
	else if (emu_call_is(call, 1, "reset-hang"))
		card->reset.hang = true;
	else if (emu_call_is(call, 1, "ready"))
		emu_reset_release(card);
	else if (emu_call_is(call, 1, "ones"))
		card->reads_ones = true;
	else
		known = false;
	emu_card_leave(card);
	return known;
}

static int inject_device(struct emu_call *call)
{
	bool dead = emu_call_is(call, 1, "dead");

	if (dead || emu_call_is(call, 1, "alive"))
		emu_card_set_dead(call->card, dead);
	else if (emu_call_is(call, 1, "none"))
		heal_device(call->card);
	else if (emu_call_is(call, 1, "reset-fail"))
		return fail_resets(call);
	else if (!set_device_fault(call))
		return emu_call_expected(call, "inject", 1);
	return 0;
}

static int inject_nq(struct emu_call *call)
{
	bool overflow = emu_call_is(call, 1, "overflow"), none = emu_call_is(call, 1, "none");
	bool phase = emu_call_is(call, 1, "wrong-phase");
	struct emu_notify *unit;
	unsigned int core;
	uint64_t count;
	int err;

	if (!overflow && !none && !phase)
		return emu_call_expected(call, "inject", 1);
	err = emu_call_optional(call, 2, UINT32_MAX, 1, &count);
	if (err)
		return err;
	emu_card_enter(call->card);
	for (core = 0; core < EMU_NR_CORES; core++) {
		unit = &call->card->notify[core];
		if (overflow || none)
			unit->drop_next = overflow ? (uint32_t)count : 0;
		if (phase || none)
			unit->wrong_phase_next = phase ? (uint32_t)count : 0;
	}
	emu_card_leave(call->card);
	return 0;
}

static int inject_irq(struct emu_call *call)
{
	bool lost = emu_call_is(call, 1, "lost"), spurious = emu_call_is(call, 1, "spurious");
	uint64_t value;
	int err;

	if (!lost && !spurious && !emu_call_is(call, 1, "none"))
		return emu_call_expected(call, "inject", 1);
	err = emu_call_optional(call, 2, lost ? UINT32_MAX : EMU_NR_VECTORS - 1, lost, &value);
	if (err)
		return err;
	emu_card_enter(call->card);
	if (spurious)
		call->card->irq_pending |= 1u << value;
	else
		call->card->irq_lose_next = lost ? (uint32_t)value : 0;
	emu_card_leave(call->card);
	return 0;
}

static int inject_none(struct emu_call *call)
{
	struct emu_card *card = call->card;
	unsigned int i;

	heal_device(card);
	emu_card_enter(card);
	memset(&card->fw.inject, 0, sizeof(card->fw.inject));
	card->irq_lose_next = 0;
	for (i = 0; i < EMU_NR_ENGINES; i++)
		heal_engine(&card->engine[i]);
	for (i = 0; i < EMU_NR_CORES; i++) {
		card->notify[i].drop_next = 0;
		card->notify[i].wrong_phase_next = 0;
	}
	emu_card_leave(card);
	return 0;
}

/**
 * emu_command_inject() - "inject BLOCK FAULT [VALUE...]", or "inject none"
 * @call: the command
 * Context: no card lock held.
 * Return: 0, or a negative errno with the reason in @call.
 */
int emu_command_inject(struct emu_call *call)
{
	static const struct {
		const char *block;
		int (*run)(struct emu_call *call);
	} blocks[] = {
		{ "none", inject_none }, { "fwio", inject_fwio }, { "dma", inject_dma },
		{ "nq", inject_nq }, { "device", inject_device }, { "irq", inject_irq },
	};
	size_t i;

	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (emu_call_is(call, 0, blocks[i].block))
			return blocks[i].run(call);
	if (!*emu_call_word(call, 0))
		return emu_call_refuse(call, -EINVAL, "expected one of: " BLOCKS);
	return emu_call_refuse(call, -EINVAL, "'%.40s' is none of: " BLOCKS,
			       emu_call_word(call, 0));
}
