/* SPDX-License-Identifier: GPL-2.0 */
/* NeuronCores as BAR2 and descriptors see them: docs/hardware, sections 2.4, 5.1 and 5.2. */
#ifndef NEURON_EMU_CORE_H
#define NEURON_EMU_CORE_H

#include <stdbool.h>
#include <stdint.h>

struct emu_card;

#define EMU_NR_CORES		4u
#define EMU_CORE_BYTES		0x4000000u
#define EMU_CORE_FIFO		0x265C000u
#define EMU_CORE_FIFO_BYTES	0x4000u
#define EMU_CORE_SYNC		0x2700000u	/* events and semaphores */
#define EMU_CORE_SYNC_BYTES	0x2000u
/* Offsets in it, docs/hardware, section 2.4. */
#define EMU_CORE_EVENT		0x0000u
#define EMU_CORE_SEM_VALUE	0x1000u
#define EMU_CORE_SEM_SET	0x1100u
#define EMU_CORE_SEM_ADD	0x1200u
#define EMU_CORE_SEM_SUB	0x1300u
#define EMU_NR_EVENTS		256u
#define EMU_NR_SEMAPHORES	32u

struct emu_core {
	uint32_t event[EMU_NR_EVENTS];
	uint32_t semaphore[EMU_NR_SEMAPHORES];
};

enum emu_core_kind { EMU_CORE_MEMORY, EMU_CORE_REGISTERS, EMU_CORE_FIFO_WINDOW };

enum emu_core_kind emu_core_kind(uint32_t win_off, uint64_t *span_bytes);
void emu_core_reset(struct emu_card *card, unsigned int core);
void emu_core_drop_memory(struct emu_card *card);
uint32_t emu_core_read(struct emu_card *card, uint32_t win_off);
void emu_core_write(struct emu_card *card, uint32_t win_off, uint32_t value);

#endif
