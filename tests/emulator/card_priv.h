/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the blocks of one card share. Nothing outside of the device model includes this.
 *
 * Locking, whole:
 * - card->lock guards every register and every state of a card. emu_card_enter() takes
 *   it; emu_card_leave() serves a rung doorbell, releases it and then delivers interrupts.
 * - A thread holds the lock of at most one card. Whoever reaches a neighbour (DMA, FWIO)
 *   has released its own card's lock first, so rings of cards cannot deadlock.
 * - Packets are executed without the lock, some in a row (a flight), from a snapshot.
 *   Whatever makes the snapshot stale (queue reset, abort, device reset, death) increments
 *   the pair's generation; the packet under way stops at its next piece and is not committed.
 *   Those of the flight that were whole before are, unless the ring's pointers were set anew.
 *   emu_card_settle() waits for such flights. Only accesses from outside (BAR, control,
 *   timers) settle; register accesses made by DMA never wait, so packets cannot wait for
 *   each other.
 * - A flight holds its card's host memory, shared, and gives it up while it touches
 *   registers: nothing waits for a card's lock with host memory held.
 * - A slice of a core's program (isa.c) is computed like a packet: without the lock, from
 *   a copy, dropped if its core's generation has changed, waited for by emu_card_settle().
 * - Below card->lock, never the other way: pool, clock, host memory and trace locks.
 * - card->irq_lock is taken with nothing else held.
 * - DRAM, core memory and host memory are memory: no lock, as on hardware.
 */
#ifndef NEURON_EMU_CARD_PRIV_H
#define NEURON_EMU_CARD_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "card.h"
#include "clock.h"
#include "core.h"
#include "dram.h"
#include "engine.h"
#include "fault.h"
#include "firmware.h"
#include "hostmem.h"
#include "isa.h"
#include "log.h"
#include "miscram.h"
#include "notify.h"
#include "reset.h"
#include "trace.h"

/* Everything done and refused, in the order in which "show" prints it. */
#define EMU_COUNTERS(X) \
	X(packets) X(bytes) X(m2s_descriptors) X(s2m_descriptors) X(completion_entries) \
	X(tail_increments) X(tail_ignored) X(tail_limited) X(tail_unaligned) \
	X(ring_id_errors) X(packet_errors) X(descriptor_faults) X(data_read_faults) \
	X(data_write_faults) X(completion_faults) \
	X(host_unmapped) X(host_read_only) X(host_write_only) X(host_no_memory) \
	X(aborts) X(packets_cancelled) \
	X(fwio_requests) X(fwio_answered) X(fwio_words) X(fwio_metrics) X(fwio_bad_pointer) \
	X(fwio_bad_size) X(fwio_bad_crc) X(fwio_bad_command) X(fwio_bad_read) \
	X(fwio_injected) X(fwio_lost_in_reset) X(fwio_no_bus_master) X(fwio_coalesced) \
	X(direct_loads) X(ignored_stores) X(unknown_stores) X(stores_in_reset) \
	X(records_trace) X(records_notify) X(records_event) X(records_error) \
	X(records_dropped) X(records_faulted) X(records_no_bus_master) \
	X(isa_instructions) X(isa_errors) X(isa_words_dropped) X(isa_clears) \
	X(resets_power_on) X(resets_device) X(resets_cores) X(interrupts) \
	X(interrupts_lost)

#define EMU_COUNTER_FIELD(name) uint64_t name;

/* Guarded by card->lock. */
struct emu_counters {
	EMU_COUNTERS(EMU_COUNTER_FIELD)
};

enum emu_side { EMU_EAST, EMU_WEST, EMU_NR_SIDES };

/* Interrupt sources, docs/hardware, section 8.4. */
#define EMU_IRQ_FIRMWARE	0u
#define EMU_IRQ_COMPLETION(e)	(1u + (e))
#define EMU_IRQ_ERROR(e)	(13u + (e))
#define EMU_IRQ_NOTIFY(core)	(25u + (core))

struct emu_card {
	struct emu_box *box;
	unsigned int index;
	const struct emu_opts *opts;
	struct emu_hostmem *hostmem;
	struct emu_dram dram;
	struct emu_log log;
	struct emu_trace_tap trace;
	atomic_bool attached;
	atomic_bool dead;

	pthread_mutex_t lock;
	pthread_cond_t quiet;		/* a packet or a FWIO request ended */
	struct emu_engine engine[EMU_NR_ENGINES];
	struct emu_core core[EMU_NR_CORES];
	uint8_t *core_mem;		/* EMU_BAR2_BYTES, sparse */
	struct emu_notify notify[EMU_NR_CORES];
	struct emu_miscram misc;
	struct emu_firmware fw;
	struct emu_reset reset;
	struct emu_isa *isa;		/* NULL: the cores have no instruction set */
	struct emu_counters count;
	struct emu_fault fault;
	bool bus_master;
	bool asleep;			/* in D3hot */
	uint32_t irq_pending;
	uint32_t irq_lose_next;		/* injected: so many interrupts are not sent */
	bool reads_ones;		/* injected: registers read as all ones */

	pthread_mutex_t irq_lock;
	void (*irq_raise)(void *arg, unsigned int source);
	void *irq_arg;
};

int emu_card_init(struct emu_card *card, struct emu_box *box, unsigned int index);
void emu_card_fini(struct emu_card *card);
void emu_card_enter(struct emu_card *card);
void emu_card_leave(struct emu_card *card);
void emu_card_settle(struct emu_card *card);
void emu_card_irq(struct emu_card *card, unsigned int source);
bool emu_card_dma_allowed(const struct emu_card *card);
void emu_card_set_dead(struct emu_card *card, bool dead);

#endif
