// SPDX-License-Identifier: GPL-2.0
#include "box.h"
#include "card_priv.h"
#include "reset.h"

#define ALL_CORES	((1u << EMU_NR_CORES) - 1)
#define NS_PER_MS	1000000ull

static void finish_cores(struct emu_card *card)
{
	unsigned int core, e;

	for (core = 0; core < EMU_NR_CORES; core++) {
		if (!(card->reset.cores & (1u << core)))
			continue;
		emu_core_reset(card, core);
		emu_notify_reset(&card->notify[core]);
		for (e = 0; e < EMU_ENGINES_PER_CORE; e++)
			emu_engine_reset(&card->engine[core * EMU_ENGINES_PER_CORE + e]);
	}
}

static void stop_cores(struct emu_card *card, uint32_t cores)
{
	unsigned int i;

	for (i = 0; i < EMU_NR_CORES; i++)
		if (cores & (1u << i))
			emu_isa_cancel(card, i);
	for (i = 0; i < EMU_NR_ENGINES; i++)
		if (cores & (1u << (i / EMU_ENGINES_PER_CORE)))
			emu_engine_cancel(&card->engine[i]);
}

static const char *reset_name(uint32_t request)
{
	return request == EMU_RESET_DEVICE ? "device" : "cores";
}

static void finish(struct emu_card *card)
{
	struct emu_reset *reset = &card->reset;

	emu_card_settle(card);
	if (!reset->running)
		return; /* a power-on reset came first while the lock was away */
	finish_cores(card);
	if (reset->running == EMU_RESET_DEVICE) {
		emu_core_drop_memory(card);
		emu_dram_drop(&card->dram);
		emu_miscram_reset(card);
		card->count.resets_device++;
	} else {
		card->misc.word[EMU_MISC_RESET / 4] = 0;
		card->count.resets_cores++;
	}
	reset->failed = reset->fail_next;
	if (reset->fail_next)
		reset->fail_next--;
	/* Under one hold of the lock: request word 0, ready bit 1, answers again. */
	EMU_TRACE(&card->trace, RESET, reset, .step = "end", .what = reset_name(reset->running),
		  .cores = reset->cores);
	reset->running = EMU_RESET_NONE;
	reset->cores = 0;
	emu_card_irq(card, EMU_IRQ_FIRMWARE);
}

static void timer_fired(void *arg)
{
	struct emu_card *card = arg;
	struct emu_reset *reset = &card->reset;

	emu_card_enter(card);
	if (reset->running && !reset->hang && emu_clock_now_ns() >= reset->due_ns)
		finish(card);
	emu_card_leave(card);
}

/**
 * emu_reset_init() - no reset running
 * @card: zeroed card
 * Context: before any other thread knows the card.
 */
void emu_reset_init(struct emu_card *card)
{
	card->reset.timer.fire = timer_fired;
	card->reset.timer.arg = card;
}

/**
 * emu_reset_ready() - status bit 31
 * @card: the card
 * Context: card lock held.
 * Return: true when the firmware calls the device ready.
 */
bool emu_reset_ready(const struct emu_card *card)
{
	return card->reset.running != EMU_RESET_DEVICE && !card->reset.never_ready &&
	       !card->reset.failed;
}

/**
 * emu_reset_covers() - is this core being reset
 * @card: the card
 * @core: 0..3
 * Context: card lock held.
 * Return: true while its engines must not work.
 */
bool emu_reset_covers(const struct emu_card *card, unsigned int core)
{
	return card->reset.cores & (1u << core);
}

/**
 * emu_reset_blocks_stores() - are stores outside of misc RAM lost now
 * @card: the card
 * Context: card lock held.
 * Return: true during a device reset.
 */
bool emu_reset_blocks_stores(const struct emu_card *card)
{
	return card->reset.running == EMU_RESET_DEVICE;
}

/**
 * emu_reset_begin() - the firmware found a reset request at a doorbell
 * @card: the card
 * @request: EMU_RESET_DEVICE or EMU_RESET_CORES
 * Context: card lock held; never waits, so that DMA may ring this doorbell too.
 */
void emu_reset_begin(struct emu_card *card, uint32_t request)
{
	struct emu_reset *reset = &card->reset;

	reset->running = request;
	reset->cores = ALL_CORES;
	if (request == EMU_RESET_CORES)
		reset->cores = card->misc.word[EMU_MISC_RESET_MAP / 4] & ALL_CORES;
	EMU_TRACE(&card->trace, RESET, reset, .step = "begin", .what = reset_name(request),
		  .cores = reset->cores);
	stop_cores(card, reset->cores);
	emu_firmware_cancel(card);
	if (!reset->hang)
		reset->due_ns = emu_clock_arm(&card->box->clock, &reset->timer,
					      card->opts->reset_ms * NS_PER_MS);
}

/**
 * emu_reset_release() - a hanging reset ends, and later ones work again
 * @card: the card
 * Context: card lock held, from outside of DMA.
 */
void emu_reset_release(struct emu_card *card)
{
	bool hung = card->reset.hang && card->reset.running;

	card->reset.hang = false;
	card->reset.never_ready = false;
	if (hung)
		finish(card);
}

/**
 * emu_reset_power_on() - everything as after power-on, at once
 * @card: the card
 *
 * Injected faults of the device and of its firmware stay: a test may set them before the
 * guest boots, and a boot resets the function.
 * Context: card lock held, from outside of DMA.
 */
void emu_reset_power_on(struct emu_card *card)
{
	struct emu_reset *reset = &card->reset;

	emu_clock_cancel(&card->box->clock, &reset->timer);
	reset->running = EMU_RESET_NONE;
	reset->cores = ALL_CORES;
	stop_cores(card, ALL_CORES);
	emu_firmware_cancel(card);
	emu_card_settle(card);
	finish_cores(card);
	reset->cores = 0;
	reset->failed = false;
	emu_core_drop_memory(card);
	emu_dram_drop(&card->dram);
	emu_miscram_reset(card);
	card->count.resets_power_on++;
	EMU_TRACE(&card->trace, RESET, reset, .step = "end", .what = "power-on",
		  .cores = ALL_CORES);
}
