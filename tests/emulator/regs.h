/* SPDX-License-Identifier: GPL-2.0 */
/* Which block a register belongs to: docs/hardware, section 2.3. */
#ifndef NEURON_EMU_REGS_H
#define NEURON_EMU_REGS_H

#include <stdint.h>

struct emu_card;

enum emu_window {
	EMU_WINDOW_APB,		/* BAR0 */
	EMU_WINDOW_CORE,	/* BAR2 */
};

#define EMU_APB_NOTIFY		0x404000u
#define EMU_APB_NOTIFY_STRIDE	0x10000u
#define EMU_APB_MISC		0x78E000u

uint32_t emu_regs_read(struct emu_card *card, enum emu_window window, uint32_t off);
void emu_regs_write(struct emu_card *card, enum emu_window window, uint32_t off,
		    uint32_t value);

#endif
