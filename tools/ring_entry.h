/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries of a ring: from the words of a command line, and as output.
 */
#ifndef NEURONNL_RING_ENTRY_H
#define NEURONNL_RING_ENTRY_H

#include "neuronnl.h"

/*
 * struct entry_words - what the words of an entry say
 * @to: card or context of a semaphore, an event: those of a neighbour
 */
struct entry_words {
	struct args_place src, dst;
	uint32_t imm, event, sema, op, fifo, core, flags;
	uint64_t length;
	const char *to;
};

/* Bits of what was given, from that of the first keyword of ENTRY_ARGS() on. */
enum {
	ENTRY_SRC, ENTRY_IMM, ENTRY_DST, ENTRY_EVENT, ENTRY_SEMA, ENTRY_FIFO, ENTRY_CORE, ENTRY_OP,
	ENTRY_LENGTH, ENTRY_FLAGS, ENTRY_TO, ENTRY_KEYS
};

/* Keywords of an entry that is member @m of a command's struct @t. */
#define ENTRY_ARGS(t, m)							\
	ARG(ARG_PLACE, "src", t, m.src, 0, .attr = "src-mem"),			\
	ARG(ARG_U32, "imm", t, m.imm, 0),					\
	ARG(ARG_PLACE, "dst", t, m.dst, 0, .attr = "dst-mem"),			\
	ARG(ARG_U32, "event", t, m.event, 0, .attr = "dst-event"),		\
	ARG(ARG_U32, "sema", t, m.sema, 0, .attr = "dst-semaphore"),		\
	ARG(ARG_U32, "fifo", t, m.fifo, 0, .value = "CORE", .attr = "dst-fifo"),	\
	ARG(ARG_U32, "core", t, m.core, 0, .attr = "dst-core"),			\
	ARG(ARG_ENUM, "op", t, m.op, 0, .value = "OP",				\
	    .name = neuron_semaphore_op_name, .attr = "semaphore-op"),		\
	ARG(ARG_U64, "length", t, m.length, 0),					\
	ARG(ARG_FLAGS, "flags", t, m.flags, 0, .value = "FLAGS",		\
	    .name = neuron_entry_flag_name),					\
	ARG(ARG_STRING, "to", t, m.to, 0, .value = "CTX", .attr = "dst-ctx-fd")

int entry_make(struct tool *tool, const struct session_item *ring,
	       const struct entry_words *words, uint64_t given, struct neuron_entry *entry);
void entry_show(struct out *out, uint64_t number, const struct neuron_entry *entry,
		uint32_t state);

#endif
