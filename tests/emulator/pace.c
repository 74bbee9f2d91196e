// SPDX-License-Identifier: GPL-2.0
#include "box.h"
#include "card_priv.h"
#include "packet.h"
#include "pace.h"

#define NS_PER_US	1000ull
#define SLACK_NS	2000000ull	/* how late timers and threads may be made up for */

static void timer_fired(void *arg)
{
	struct emu_engine *engine = arg;
	struct emu_pace *pace = &engine->pace;

	emu_card_enter(engine->card);
	if (pace->waiting && emu_clock_now_ns() >= pace->due_ns) {
		pace->waiting = false;
		emu_engine_kick_all(engine);
	}
	emu_card_leave(engine->card);
}

/**
 * emu_pace_init() - no packet waits
 * @engine: zeroed engine
 * Context: before any other thread knows the card.
 */
void emu_pace_init(struct emu_engine *engine)
{
	engine->pace.timer.fire = timer_fired;
	engine->pace.timer.arg = engine;
	engine->pace.paid_queue = -1;
}

/**
 * emu_pace_stop() - a packet that waits does not wait any longer
 * @engine: the engine
 * Context: card lock held.
 */
void emu_pace_stop(struct emu_engine *engine)
{
	if (engine->pace.waiting)
		emu_clock_cancel(&engine->card->box->clock, &engine->pace.timer);
	engine->pace.waiting = false;
	engine->pace.paid_queue = -1;
	engine->pace.in_step = false;
}

/**
 * emu_pace_applies() - do packets take time at all
 * @engine: the engine
 * Context: card lock held.
 * Return: true if each has to be planned first, to know how long.
 */
bool emu_pace_applies(const struct emu_engine *engine)
{
	const struct emu_opts *opts = engine->card->opts;

	return engine->slow_us || opts->latency_us || opts->bandwidth_mbps;
}

/**
 * emu_pace_paid() - has the next packet of a queue had its time
 * @engine: the engine
 * @queue: 0..15
 * Context: card lock held.
 * Return: true if it may move its data now.
 */
bool emu_pace_paid(const struct emu_engine *engine, unsigned int queue)
{
	return engine->pace.paid_queue == (int)queue &&
	       engine->pace.paid_generation == atomic_load(&engine->pair[queue].generation);
}

static uint64_t cost_ns(const struct emu_engine *engine, const struct emu_packet *packet)
{
	const struct emu_opts *opts = engine->card->opts;
	uint64_t descs = packet->consumed[EMU_M2S] + packet->consumed[EMU_S2M];
	uint64_t ns = (descs * engine->slow_us + opts->latency_us) * NS_PER_US;

	if (opts->bandwidth_mbps) /* a megabyte per second is a byte per microsecond */
		ns += packet->bytes * NS_PER_US / opts->bandwidth_mbps;
	return ns;
}

/**
 * emu_pace_begin() - the time of a planned packet begins
 * @engine: the engine
 * @queue: whose packet
 * @packet: the packet
 *
 * While an engine is busy, a packet's time begins at the end of the one before, not when a
 * timer and a thread got round to it: else no bandwidth would be reached.
 * Context: card lock held.
 */
void emu_pace_begin(struct emu_engine *engine, unsigned int queue,
		    const struct emu_packet *packet)
{
	struct emu_pace *pace = &engine->pace;
	uint64_t now_ns = emu_clock_now_ns(), start_ns = now_ns;

	if (pace->in_step) {
		start_ns -= SLACK_NS;
		if (start_ns < pace->due_ns)
			start_ns = pace->due_ns;
	}
	pace->in_step = true;
	pace->due_ns = start_ns + cost_ns(engine, packet);
	pace->paid_queue = (int)queue;
	pace->paid_generation = atomic_load(&engine->pair[queue].generation);
	pace->waiting = pace->due_ns > now_ns;
	if (pace->waiting)
		emu_clock_arm(&engine->card->box->clock, &pace->timer, pace->due_ns - now_ns);
}

/**
 * emu_pace_check() - a packet that was cancelled holds up no other
 * @engine: the engine
 * Context: card lock held.
 */
void emu_pace_check(struct emu_engine *engine)
{
	if (engine->pace.waiting &&
	    !emu_pace_paid(engine, (unsigned int)engine->pace.paid_queue))
		emu_pace_stop(engine);
}

/**
 * emu_pace_spend() - the packet that has had its time is done with
 * @engine: the engine
 * Context: card lock held.
 */
void emu_pace_spend(struct emu_engine *engine)
{
	engine->pace.paid_queue = -1;
}

/**
 * emu_pace_idle() - the engine has no work: the next packet's time begins when it comes
 * @engine: the engine
 * Context: card lock held.
 */
void emu_pace_idle(struct emu_engine *engine)
{
	engine->pace.in_step = false;
}
