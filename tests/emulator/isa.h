/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs of the stand-in instruction set: what waits behind the cores' instruction FIFOs,
 * and the thread that executes it. docs/isa.md; the set is invented.
 */
#ifndef NEURON_EMU_ISA_H
#define NEURON_EMU_ISA_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core.h"
#include "isa_op.h"

struct emu_card;

#define EMU_ISA_QUEUE		1024u	/* instructions that may wait, per core */

enum emu_isa_state {
	EMU_ISA_IDLE,		/* nothing to do */
	EMU_ISA_RUNNING,
	EMU_ISA_WAITING,	/* for an event or a semaphore; not looked at meanwhile */
	EMU_ISA_HALTED,
	EMU_ISA_STOPPED,	/* by an error */
	EMU_ISA_NR_STATES,
};

/**
 * struct emu_isa_core - one core's program; guarded by the card lock
 * @state: what it does
 * @queue: ring of EMU_ISA_QUEUE instructions that wait, the one under way included
 * @head: the oldest one
 * @used: how many
 * @partial: the next one, as far as it has come
 * @words: of @partial
 * @clear_words: how many of the words that came last look like a CLEAR
 * @generation: differs when what is being computed shall be forgotten
 * @op: the oldest instruction, checked
 * @decoded: @op is valid
 * @unit: how far it has come
 * @not_finite: it met a NaN or an infinity
 * @tracing: each instruction makes a trace record
 * @trace_instance: engine instance of these records
 * @executed: instructions completed since the last reset
 * @error: why it was stopped
 * @error_tag: by which instruction
 */
struct emu_isa_core {
	enum emu_isa_state state;
	struct emu_isa_insn *queue;
	unsigned int head, used;
	struct emu_isa_insn partial;
	unsigned int words;
	unsigned int clear_words;
	unsigned int generation;
	struct emu_isa_op op;
	bool decoded;
	uint64_t unit;
	bool not_finite;
	bool tracing;
	uint32_t trace_instance;
	uint64_t executed;
	enum emu_isa_error error;
	uint32_t error_tag;
};

/**
 * struct emu_isa - the programs of a card; guarded by the card lock
 * @card: the card
 * @core: its cores
 * @thread: executes all of them, a slice of each in turn
 * @started: @thread exists
 * @stop: it has to end
 * @work: signalled when a program can go on
 * @running: core whose slice is computed without the lock, or -1
 * @running_generation: of that core when the slice began
 * @turn: core that is asked first
 */
struct emu_isa {
	struct emu_card *card;
	struct emu_isa_core core[EMU_NR_CORES];
	pthread_t thread;
	bool started, stop;
	pthread_cond_t work;
	int running;
	unsigned int running_generation;
	unsigned int turn;
};

int emu_isa_init(struct emu_card *card);
void emu_isa_fini(struct emu_card *card);
void emu_isa_feed(struct emu_card *card, unsigned int n, uint32_t word, uint64_t origin);
void emu_isa_store(struct emu_card *card, uint32_t win_off, const uint8_t *buf, size_t len_bytes,
		   uint64_t origin);
void emu_isa_core_changed(struct emu_card *card, unsigned int n);
void emu_isa_cancel(struct emu_card *card, unsigned int n);
void emu_isa_kick(struct emu_card *card);
bool emu_isa_stale(const struct emu_card *card);
const char *emu_isa_state_name(enum emu_isa_state state);

#endif
