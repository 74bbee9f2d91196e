/* SPDX-License-Identifier: GPL-2.0 */
/* Resets that software asks the firmware for, and power-on; docs/hardware, section 6.3. */
#ifndef NEURON_EMU_RESET_H
#define NEURON_EMU_RESET_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

struct emu_card;

enum emu_reset_request {
	EMU_RESET_NONE = 0,
	EMU_RESET_DEVICE = 1,
	EMU_RESET_CORES = 2,
};

struct emu_reset {
	uint32_t running;	/* enum emu_reset_request */
	uint32_t cores;		/* mask of cores that it covers */
	struct emu_timer timer;
	uint64_t due_ns;
	bool hang;		/* injected: resets do not end */
	uint32_t fail_next;	/* injected: so many resets leave the card not ready */
	bool failed;		/* the last reset was one of those */
	bool never_ready;	/* injected: status bit 31 stays 0 */
};

void emu_reset_init(struct emu_card *card);
bool emu_reset_ready(const struct emu_card *card);
bool emu_reset_covers(const struct emu_card *card, unsigned int core);
bool emu_reset_blocks_stores(const struct emu_card *card);
void emu_reset_begin(struct emu_card *card, uint32_t request);
void emu_reset_power_on(struct emu_card *card);
void emu_reset_release(struct emu_card *card);

#endif
