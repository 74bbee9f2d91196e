/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet of a queue pair: planned and executed from a snapshot, without the card lock.
 * docs/hardware.md, sections 3.9, 3.11 and 3.18.
 */
#ifndef NEURON_EMU_PACKET_H
#define NEURON_EMU_PACKET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "queue.h"

struct emu_card;
struct emu_engine;

#define EMU_PACKET_MAX_M2S	4096u	/* more than the limit register can ask for */
#define EMU_PACKET_MAX_S2M	16384u	/* 1 MiB in 64-byte buffers */

struct emu_desc {
	uint32_t word[4];
};

struct emu_packet_half {
	uint64_t base;			/* device addresses */
	uint64_t completion_base;
	struct emu_ring_pos head;
	struct emu_ring_pos completion;
	uint32_t length;
	uint32_t used;
	uint32_t entry_words;
	bool completes;
	uint32_t fetched;
	uint32_t consumed;
	struct emu_desc *desc;
};

enum emu_packet_result {
	EMU_PACKET_GOOD,
	EMU_PACKET_INCOMPLETE,	/* LAST is not in the ring yet */
	EMU_PACKET_WAITS,	/* for S2M descriptors */
	EMU_PACKET_CANCELLED,
	EMU_PACKET_FAILED,	/* error_* say how */
};

struct emu_packet {
	struct emu_card *card;
	const atomic_uint *generation;
	unsigned int expected;
	uint32_t max_descs;
	uint32_t max_bytes;
	uint32_t zero_length;
	bool lenient;
	bool wrong_completion;
	struct emu_packet_half half[EMU_NR_DIRS];
	uint64_t bytes;
	bool discard;			/* consume, but write nothing */
	bool odd_operation;
	bool dual_buffer;
	bool interrupt[EMU_NR_DIRS];
	enum emu_dir error_dir;
	unsigned int error_bit;
	struct emu_desc error_desc;
	struct emu_desc m2s[EMU_PACKET_MAX_M2S];
	struct emu_desc s2m[EMU_PACKET_MAX_S2M];
};

void emu_packet_snapshot(struct emu_packet *packet, struct emu_engine *engine,
			 unsigned int queue);
enum emu_packet_result emu_packet_plan(struct emu_packet *packet);
enum emu_packet_result emu_packet_execute(struct emu_packet *packet);

#endif
