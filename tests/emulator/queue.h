/* SPDX-License-Identifier: GPL-2.0 */
/* One queue pair: registers and ring arithmetic; docs/hardware, sections 3.4.2, 3.10, 3.18. */
#ifndef NEURON_EMU_QUEUE_H
#define NEURON_EMU_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct emu_engine;

enum emu_dir { EMU_M2S, EMU_S2M, EMU_NR_DIRS };

#define EMU_QUEUE_WORDS		0x40u	/* known registers; a queue's page is 4 KiB */
#define EMU_QUEUE_PREFETCH	(1u << 16)
#define EMU_QUEUE_ACTIVE	(1u << 17)
#define EMU_QUEUE_ENABLED	(EMU_QUEUE_PREFETCH | EMU_QUEUE_ACTIVE)
#define EMU_DESC_BYTES		16u

struct emu_ring_pos {
	uint32_t index;
	uint32_t id;		/* ring id, 0..3 */
};

struct emu_half {
	uint32_t reg[EMU_QUEUE_WORDS];
	struct emu_ring_pos head;	/* next descriptor to take */
	struct emu_ring_pos tail;	/* next descriptor to be added */
	struct emu_ring_pos completion;	/* next completion entry */
	uint32_t used;			/* descriptors between head and tail */
	uint32_t packets;
	uint32_t held;		/* enable bits that status still shows after a disable */
	bool frozen;		/* by abort; cleared by this half's queue reset alone */
};

struct emu_pair {
	struct emu_half half[EMU_NR_DIRS];
	atomic_uint generation;		/* written with the card lock held */
	unsigned int pointers;		/* counts what set them anew, beside packets */
	bool waiting;			/* a packet waits for S2M descriptors */
};

void emu_queue_init(struct emu_pair *pair);
uint32_t emu_queue_read(const struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
			uint32_t off);
void emu_queue_write(struct emu_engine *engine, enum emu_dir dir, unsigned int queue,
		     uint32_t off, uint32_t value);
bool emu_queue_ready(const struct emu_pair *pair);
uint32_t emu_half_length(const struct emu_half *half);
uint64_t emu_half_base(const struct emu_half *half);
uint64_t emu_half_completion_base(const struct emu_half *half);
bool emu_half_completes(const struct emu_half *half, enum emu_dir dir);
void emu_half_consume(struct emu_half *half, uint32_t descriptors);
void emu_ring_advance(struct emu_ring_pos *pos, uint32_t steps, uint32_t length);

#endif
