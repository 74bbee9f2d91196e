/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet of a queue pair: planned and executed within a flight, without the card lock.
 * docs/hardware, sections 3.9, 3.11 and 3.18.
 */
#ifndef NEURON_EMU_PACKET_H
#define NEURON_EMU_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "queue.h"

struct emu_flight;

#define EMU_PACKET_MAX_M2S	4096u	/* more than the limit register can ask for */
#define EMU_PACKET_MAX_S2M	16384u	/* 1 MiB in 64-byte buffers */

struct emu_desc {
	uint32_t word[4];
};

enum emu_packet_result {
	EMU_PACKET_GOOD,
	EMU_PACKET_INCOMPLETE,	/* LAST is not in the ring yet */
	EMU_PACKET_WAITS,	/* for S2M descriptors */
	EMU_PACKET_CANCELLED,
	EMU_PACKET_FAILED,	/* the flight's error says how */
};

struct emu_packet {
	const struct emu_desc *desc[EMU_NR_DIRS];
	uint32_t consumed[EMU_NR_DIRS];
	uint64_t bytes;
	bool discard;			/* consume, but write nothing */
	bool odd_operation;
	bool interrupt[EMU_NR_DIRS];
};

enum emu_packet_result emu_packet_plan(struct emu_flight *flight, struct emu_packet *packet);
enum emu_packet_result emu_packet_execute(struct emu_flight *flight,
					  const struct emu_packet *packet);

#endif
