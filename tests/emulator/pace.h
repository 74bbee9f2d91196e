/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time that packets take before their data moves: --latency-us, --bandwidth-mbps, and the
 * injected slowness. An engine sleeps through it; nothing spins.
 */
#ifndef NEURON_EMU_PACE_H
#define NEURON_EMU_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

struct emu_engine;
struct emu_packet;

/* Guarded by the card's lock. */
struct emu_pace {
	struct emu_timer timer;
	bool waiting;
	int paid_queue;			/* its next packet has had its time; -1: none */
	unsigned int paid_generation;
	uint64_t due_ns;		/* end of the latest packet's time */
	bool in_step;			/* the engine has had work ever since */
};

void emu_pace_init(struct emu_engine *engine);
void emu_pace_stop(struct emu_engine *engine);
bool emu_pace_applies(const struct emu_engine *engine);
bool emu_pace_paid(const struct emu_engine *engine, unsigned int queue);
void emu_pace_begin(struct emu_engine *engine, unsigned int queue,
		    const struct emu_packet *packet);
void emu_pace_check(struct emu_engine *engine);
void emu_pace_spend(struct emu_engine *engine);
void emu_pace_idle(struct emu_engine *engine);

#endif
