/* SPDX-License-Identifier: GPL-2.0 */
/* Device addresses and what lies behind them: docs/hardware, section 2. */
#ifndef NEURON_EMU_DMA_H
#define NEURON_EMU_DMA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_card;

#define EMU_ADDR_SELECTOR_SHIFT	46
#define EMU_ADDR_HOST		(1ull << EMU_ADDR_SELECTOR_SHIFT)
#define EMU_ADDR_EAST		(2ull << EMU_ADDR_SELECTOR_SHIFT)
#define EMU_ADDR_WEST		(3ull << EMU_ADDR_SELECTOR_SHIFT)
#define EMU_ADDR_PORT		(1ull << 44)
#define EMU_ADDR_DRAM1		0x1000000000ull
#define EMU_ADDR_CORES		0xFFFC0000000ull
#define EMU_ADDR_APB		0xFFFF0000000ull
#define EMU_CHANNEL_BYTES	(4ull << 30)

enum emu_target_kind {
	EMU_TARGET_NONE,
	EMU_TARGET_HOST,	/* offset: I/O virtual address of the client */
	EMU_TARGET_MEMORY,	/* DRAM or plain core memory */
	EMU_TARGET_DISCARD,	/* swallows writes, reads zero */
	EMU_TARGET_FIFO,	/* takes instructions, offset in BAR2; reads zero */
	EMU_TARGET_CORE,	/* registers, offset in BAR2 */
	EMU_TARGET_APB,		/* registers, offset in BAR0 */
};

struct emu_target {
	enum emu_target_kind kind;
	struct emu_card *card;	/* whose: the neighbour's for window addresses */
	uint8_t *mem;
	uint64_t off;
	uint64_t span_bytes;	/* as far as the same target reaches */
};

enum emu_dma_status {
	EMU_DMA_DONE,
	EMU_DMA_READ_FAULT,
	EMU_DMA_WRITE_FAULT,
	EMU_DMA_CANCELLED,
};

struct emu_target emu_dma_resolve(struct emu_card *card, uint64_t dev_addr);
int emu_dma_read(struct emu_card *card, uint64_t dev_addr, void *buf, size_t len_bytes);
int emu_dma_write(struct emu_card *card, uint64_t dev_addr, const void *buf, size_t len_bytes);
int emu_dma_store_words(struct emu_card *card, uint64_t dev_addr, const uint32_t *words,
			unsigned int count, unsigned int last);
enum emu_dma_status emu_dma_copy(struct emu_card *card, uint64_t dst, uint64_t src,
				 size_t len_bytes, const atomic_uint *generation,
				 unsigned int expected);

#endif
