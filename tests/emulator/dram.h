/* SPDX-License-Identifier: GPL-2.0 */
/* Device DRAM: one sparse memory file of both channels, mapped here and, by BAR4, in guests. */
#ifndef NEURON_EMU_DRAM_H
#define NEURON_EMU_DRAM_H

#include <stdint.h>

struct emu_dram {
	int fd;
	uint8_t *bytes;			/* EMU_DRAM_BYTES, offsets as in BAR4 */
};

int emu_dram_init(struct emu_dram *dram);
void emu_dram_fini(struct emu_dram *dram);
void emu_dram_drop(struct emu_dram *dram);

#endif
