/* SPDX-License-Identifier: GPL-2.0 */
/* One DMA engine: its state, its 16 queue pairs and when they get work done. */
#ifndef NEURON_EMU_ENGINE_H
#define NEURON_EMU_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "iofic.h"
#include "pace.h"
#include "queue.h"

struct emu_card;
struct emu_flight;

#define EMU_NR_ENGINES		12u
#define EMU_ENGINES_PER_CORE	3u
#define EMU_NR_QUEUES		16u
#define EMU_COMMON_WORDS	0x200u	/* registers of one half, all queues */
#define EMU_GEN_WORDS		0xD20u
#define EMU_GEN_EX_WORDS	0x200u
#define EMU_TDMA_WORDS		0x400u

enum emu_run { EMU_RUN_NORMAL, EMU_RUN_DISABLED, EMU_RUN_ABORTED };

enum emu_sched {
	EMU_SCHED_IDLE,
	EMU_SCHED_QUEUED,	/* in a work list */
	EMU_SCHED_RUNNING,	/* a thread is in emu_engine_run() */
};

struct emu_engine {
	struct emu_card *card;
	unsigned int index;
	uint32_t common[EMU_NR_DIRS][EMU_COMMON_WORDS];
	uint32_t gen[EMU_GEN_WORDS];
	uint32_t gen_ex[EMU_GEN_EX_WORDS];
	uint32_t tdma[EMU_TDMA_WORDS];
	struct emu_iofic iofic;
	struct emu_timer moderation_timer;	/* a held message may go */
	struct emu_pair pair[EMU_NR_QUEUES];
	enum emu_run run[EMU_NR_DIRS];
	uint64_t bytes[EMU_NR_DIRS];
	bool logged[EMU_NR_DIRS];	/* the error log holds a header */

	enum emu_sched sched;
	struct emu_engine *next;	/* work list; guarded by its owner */
	uint32_t pending;		/* queues that may have a packet */
	unsigned int turn;		/* queue that is asked first */
	int running;			/* queue whose packet is being executed, or -1 */
	unsigned int running_generation;
	atomic_bool pause;		/* a flight under way ends behind its packet */
	struct emu_flight *flight;
	struct emu_pace pace;

	/* Injected faults; a reset of the engine ends them. */
	bool stalled;
	uint32_t slow_us;			/* per descriptor */
	uint32_t wrong_completions;	/* packets left */
	uint32_t lost_completions;	/* likewise: entries are not written */
	uint32_t corrupt_packets;	/* likewise: the first byte is inverted */
};

int emu_engine_init(struct emu_card *card, unsigned int index);
void emu_engine_fini(struct emu_engine *engine);
void emu_engine_reset(struct emu_engine *engine);
void emu_engine_cancel(struct emu_engine *engine);
bool emu_engine_stale(const struct emu_engine *engine);
void emu_engine_kick(struct emu_engine *engine, uint32_t queues);
void emu_engine_kick_all(struct emu_engine *engine);
uint64_t emu_engine_run(struct emu_engine *engine);
uint32_t emu_engine_state(const struct emu_engine *engine, enum emu_dir dir);
void emu_engine_change_state(struct emu_engine *engine, enum emu_dir dir, uint32_t request);
void emu_engine_abort(struct emu_engine *engine);
void emu_engine_cause(struct emu_engine *engine, enum emu_iofic_group group, uint32_t bits);
void emu_engine_update_lines(struct emu_engine *engine);
void emu_engine_stall(struct emu_engine *engine);
void emu_engine_resume(struct emu_engine *engine);

#endif
