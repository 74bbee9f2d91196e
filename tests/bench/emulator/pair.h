/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One card with host memory and one queue pair, driven as a guest's driver would. Offsets
 * are written down from docs/hardware, sections 2 and 3, not taken from the model.
 */
#ifndef NEURON_BENCH_PAIR_H
#define NEURON_BENCH_PAIR_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_box;
struct emu_card;

#define PAIR_LENGTH	8192u		/* descriptors, as the published drivers make them */
#define PAIR_MAX_BATCH	(PAIR_LENGTH - 16)
#define DESC_BYTES	16u

#define DEV_DRAM0	0x0ull
#define DEV_DRAM1	0x1000000000ull

struct pair {
	struct emu_box *box;
	struct emu_card *card;
	uint8_t *host;			/* data first, then the two rings */
	size_t data_bytes;
	uint8_t *dram;			/* the card's memory file, mapped once more */
	uint8_t *ring[2];		/* M2S, S2M */
	uint32_t next, ring_id;		/* both rings go in step */
	sem_t done;
};

struct pair *pair_create(bool dma_inline, size_t data_bytes);
void pair_destroy(struct pair *pair);
uint64_t pair_dev_host(const struct pair *pair, size_t off);
void pair_put(struct pair *pair, uint64_t dst, uint64_t src, uint32_t len_bytes, bool last);
void pair_run(struct pair *pair, uint32_t descriptors);

#endif
