// SPDX-License-Identifier: GPL-2.0
#include "card_priv.h"
#include "dma.h"
#include "flight.h"
#include "udma.h"

#define FETCH	64u	/* descriptors at once, as a prefetcher does */

static void snapshot_half(struct emu_flight *flight, const struct emu_engine *engine,
			  enum emu_dir dir, unsigned int queue)
{
	const struct emu_half *half = &engine->pair[queue].half[dir];

	flight->half[dir] = (struct emu_flight_half){
		.base = emu_half_base(half),
		.completion_base = emu_half_completion_base(half),
		.head = half->head,
		.completion = half->completion,
		.length = emu_half_length(half),
		.used = half->used,
		.entry_words = emu_udma_entry_words(engine, dir),
		.completes = emu_half_completes(half, dir),
		.desc = dir == EMU_M2S ? flight->m2s : flight->s2m,
	};
}

/**
 * emu_flight_begin() - note everything that executing the next packets needs
 * @flight: the engine's flight
 * @engine: the engine
 * @queue: whose packets
 * Context: card lock held.
 */
void emu_flight_begin(struct emu_flight *flight, struct emu_engine *engine, unsigned int queue)
{
	const struct emu_pair *pair = &engine->pair[queue];

	flight->card = engine->card;
	flight->generation = &pair->generation;
	flight->pause = &engine->pause;
	flight->expected = atomic_load(&pair->generation);
	flight->pointers = pair->pointers;
	flight->max_descs = emu_udma_max_descs(engine);
	flight->max_bytes = emu_udma_max_bytes(engine);
	flight->zero_length = emu_udma_zero_length(engine);
	flight->lenient = engine->card->opts->lenient_ring_ids;
	flight->wrong_completion = engine->wrong_completions;
	flight->lose_completion = engine->lost_completions;
	flight->corrupt = engine->corrupt_packets;
	flight->limit = flight->wrong_completion || flight->lose_completion || flight->corrupt ?
			1 : EMU_FLIGHT_PACKETS;
	flight->plan_only = false;
	flight->landed = 0;
	flight->bytes = 0;
	flight->error_access.len_bytes = 0;
	snapshot_half(flight, engine, EMU_M2S, queue);
	snapshot_half(flight, engine, EMU_S2M, queue);
}

/**
 * emu_flight_fetch() - make a descriptor of the next packet available
 * @flight: the flight
 * @dir: half
 * @index: counted from the packet's first; the caller has seen that it is in the ring
 *
 * Fetches ahead. Where that fails it fetches the one descriptor alone, so that a fault is
 * that of the packet which owns the descriptor.
 * Context: no card lock held.
 * Return: false if the fetch faulted.
 */
bool emu_flight_fetch(struct emu_flight *flight, enum emu_dir dir, uint32_t index)
{
	uint32_t room = dir == EMU_M2S ? EMU_PACKET_MAX_M2S : EMU_PACKET_MAX_S2M;
	struct emu_flight_half *half = &flight->half[dir];
	struct emu_ring_pos at = half->head;
	uint32_t count = FETCH;
	uint64_t addr;

	if (index < half->fetched)
		return true;
	emu_ring_advance(&at, index, half->length);
	if (count > half->used - index)
		count = half->used - index;
	if (count > room - index)
		count = room - index;
	if (count > half->length - at.index)
		count = half->length - at.index; /* the rest follows at the ring's start */
	addr = half->base + (uint64_t)at.index * EMU_DESC_BYTES;
	if (emu_dma_read(flight->card, addr, &half->desc[index], (size_t)count * EMU_DESC_BYTES)) {
		count = 1;
		if (emu_dma_read(flight->card, addr, &half->desc[index], EMU_DESC_BYTES)) {
			flight->error_access = (struct emu_access){ addr, EMU_DESC_BYTES, false };
			return false;
		}
	}
	half->fetched = index + count;
	return true;
}

/**
 * emu_flight_cancelled() - has the snapshot become stale
 * @flight: the flight
 * Context: any.
 * Return: true if no further piece may be moved.
 */
bool emu_flight_cancelled(const struct emu_flight *flight)
{
	return atomic_load(flight->generation) != flight->expected;
}

static void go_on(struct emu_flight_half *half, uint32_t consumed)
{
	emu_ring_advance(&half->head, consumed, half->length);
	emu_ring_advance(&half->completion, consumed, half->length);
	half->used -= consumed;
	half->desc += consumed;
	half->fetched -= consumed;
}

/* The next packet may still be one of this flight. */
static bool more(const struct emu_flight *flight)
{
	return flight->landed < flight->limit && flight->bytes < EMU_FLIGHT_BYTES &&
	       flight->half[EMU_M2S].used &&
	       flight->half[EMU_M2S].desc - flight->m2s < (ptrdiff_t)EMU_FLIGHT_DESCS &&
	       flight->half[EMU_S2M].desc - flight->s2m < (ptrdiff_t)EMU_FLIGHT_DESCS &&
	       !atomic_load(flight->pause) && !emu_flight_cancelled(flight);
}

static bool interrupts(const struct emu_packet *packet)
{
	return packet->interrupt[EMU_M2S] || packet->interrupt[EMU_S2M];
}

static enum emu_packet_result run_packets(struct emu_flight *flight)
{
	enum emu_packet_result result;
	struct emu_packet *packet;

	do {
		packet = &flight->packet[flight->landed];
		result = emu_packet_plan(flight, packet);
		if (result != EMU_PACKET_GOOD || flight->plan_only)
			return result;
		result = emu_packet_execute(flight, packet);
		if (result != EMU_PACKET_GOOD)
			return result;
		flight->landed++;
		flight->bytes += packet->bytes;
		go_on(&flight->half[EMU_M2S], packet->consumed[EMU_M2S]);
		go_on(&flight->half[EMU_S2M], packet->consumed[EMU_S2M]);
	} while (more(flight) && !interrupts(packet));
	return result;
}

/**
 * emu_flight_run() - plan and execute packets until the flight's end
 * @flight: after emu_flight_begin()
 *
 * Host memory is held throughout but for accesses to registers: an unmap waits for a flight.
 * Context: no card lock held.
 * Return: EMU_PACKET_GOOD if the last packet landed (or was planned, if nothing else was
 *	   asked for), else why it did not; those before it have landed.
 */
enum emu_packet_result emu_flight_run(struct emu_flight *flight)
{
	enum emu_packet_result result;

	emu_hostmem_begin(flight->card->hostmem);
	result = run_packets(flight);
	emu_hostmem_end(flight->card->hostmem);
	return result;
}
