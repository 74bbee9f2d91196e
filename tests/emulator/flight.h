/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of one queue pair that are executed from one snapshot, without the card lock in
 * between: a lock and a fetch per packet would cost more than most packets.
 */
#ifndef NEURON_EMU_FLIGHT_H
#define NEURON_EMU_FLIGHT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "packet.h"

struct emu_card;
struct emu_engine;

#define EMU_FLIGHT_PACKETS	64u
#define EMU_FLIGHT_BYTES	65536u	/* a flight ends behind the packet that reaches it */
#define EMU_FLIGHT_DESCS	256u	/* likewise, per half */

struct emu_flight_half {
	uint64_t base;			/* device addresses */
	uint64_t completion_base;
	struct emu_ring_pos head;	/* of the next packet, as all below */
	struct emu_ring_pos completion;
	uint32_t used;
	struct emu_desc *desc;
	uint32_t fetched;		/* descriptors at @desc */
	uint32_t length;
	uint32_t entry_words;
	bool completes;
};

struct emu_flight {
	struct emu_card *card;
	const atomic_uint *generation;
	const atomic_bool *pause;
	unsigned int expected;
	unsigned int pointers;		/* the pair's count of pointer changes */
	unsigned int limit;		/* packets */
	uint32_t max_descs;
	uint32_t max_bytes;
	uint32_t zero_length;
	bool lenient;
	bool wrong_completion;		/* these three: injected */
	bool lose_completion;
	bool corrupt;
	bool plan_only;			/* the first packet is planned, not executed */
	struct emu_flight_half half[EMU_NR_DIRS];
	unsigned int landed;		/* packets that were executed whole */
	uint64_t bytes;
	struct emu_packet packet[EMU_FLIGHT_PACKETS];
	enum emu_dir error_dir;
	unsigned int error_bit;
	struct emu_desc error_desc;
	struct emu_access error_access;	/* that failed; length 0: none did */
	struct emu_desc m2s[EMU_FLIGHT_DESCS + EMU_PACKET_MAX_M2S];
	struct emu_desc s2m[EMU_FLIGHT_DESCS + EMU_PACKET_MAX_S2M];
};

void emu_flight_begin(struct emu_flight *flight, struct emu_engine *engine, unsigned int queue);
enum emu_packet_result emu_flight_run(struct emu_flight *flight);
bool emu_flight_fetch(struct emu_flight *flight, enum emu_dir dir, uint32_t index);
bool emu_flight_cancelled(const struct emu_flight *flight);

#endif
