/* SPDX-License-Identifier: GPL-2.0 */
/* Register map of one UDMA unit: docs/hardware, sections 3.2 and 3.4 to 3.7. */
#ifndef NEURON_EMU_UDMA_H
#define NEURON_EMU_UDMA_H

#include <stdint.h>

#include "queue.h"

struct emu_engine;

#define EMU_UDMA_S2M		0x20000u
#define EMU_UDMA_GEN		0x38000u
#define EMU_UDMA_GEN_EX		0x3C000u
#define EMU_UDMA_QUEUES		0x1000u	/* in each half; one page per queue */

void emu_udma_reset(struct emu_engine *engine);
uint32_t emu_udma_read(struct emu_engine *engine, uint32_t off);
void emu_udma_write(struct emu_engine *engine, uint32_t off, uint32_t value);

uint32_t emu_udma_max_descs(const struct emu_engine *engine);
uint32_t emu_udma_max_bytes(const struct emu_engine *engine);
uint32_t emu_udma_zero_length(const struct emu_engine *engine);
bool emu_udma_stream_off(const struct emu_engine *engine);
uint32_t emu_udma_entry_words(const struct emu_engine *engine, enum emu_dir dir);
int emu_udma_completion_head_still(const struct emu_engine *engine);
void emu_udma_count(struct emu_engine *engine, enum emu_dir dir, uint32_t descriptors,
		    uint64_t bytes, uint32_t entries);
void emu_udma_axi_error(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			unsigned int bit);
void emu_udma_log_error(struct emu_engine *engine, enum emu_dir dir, unsigned int bit,
			const uint32_t desc[4]);

#endif
