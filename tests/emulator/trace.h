/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A log of what happens on the cards of a box. A place where something happens notes it as
 * an event, if anybody wants its kind; each output has a bounded buffer of events and a
 * thread that writes them as lines of JSON. What does not fit is dropped and counted, so an
 * output that blocks holds up neither card nor guest.
 */
#ifndef NEURON_EMU_TRACE_H
#define NEURON_EMU_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

enum emu_trace_kind {
	EMU_TRACE_REG,		/* a register was loaded or stored */
	EMU_TRACE_FWIO,		/* a request to the firmware, and what became of it */
	EMU_TRACE_DMA,		/* a packet was executed */
	EMU_TRACE_FAULT,	/* DMA failed */
	EMU_TRACE_RECORD,	/* a core made a notification record */
	EMU_TRACE_IRQ,
	EMU_TRACE_RESET,
	EMU_TRACE_LINK,
	EMU_TRACE_NR_KINDS,
	EMU_TRACE_START = EMU_TRACE_NR_KINDS,	/* an output begins: of every output */
};

#define EMU_TRACE_ALL_KINDS	((1u << EMU_TRACE_NR_KINDS) - 1)
#define EMU_TRACE_LIST_BYTES	80u	/* all names of kinds, and commas */
#define EMU_TRACE_ALL_CARDS	(~0u)
#define EMU_TRACE_MAX_OUTPUTS	8u
#define EMU_TRACE_EVENTS	8192u	/* per output */
#define EMU_TRACE_FWIO_VALUES	8u	/* so many addresses or values are told */

/* What an event needs beside its kind; pointers are to constant strings. */
struct emu_trace_reg {
	uint64_t off;
	uint64_t value;
	unsigned int bar;
	uint32_t width;
	bool store;
	bool refused;		/* by width, alignment or bounds */
	bool by_dma;
};

struct emu_trace_fwio {
	const char *step;	/* "request", "answer", or why there is no answer */
	uint64_t at;		/* device address of the message, or 0 */
	uint8_t sequence;
	uint8_t command;
	uint8_t error;
	bool answer;
	uint32_t bytes;
	uint32_t count;		/* addresses asked for, or values answered */
	uint64_t value[EMU_TRACE_FWIO_VALUES];
};

struct emu_trace_dma {
	const char *result;
	unsigned int engine;
	unsigned int queue;
	uint64_t bytes;
	uint32_t descriptors[EMU_NR_DIRS];
	struct emu_desc first[EMU_NR_DIRS];
};

struct emu_trace_fault {
	unsigned int engine;
	unsigned int queue;
	enum emu_dir dir;
	unsigned int bit;
	const char *host;	/* why host memory did not answer, or NULL: it was not that */
	struct emu_desc desc;
};

struct emu_trace_record {
	const char *result;
	uint64_t dev_addr;
	unsigned int core;
	uint32_t word[4];
};

struct emu_trace_irq {
	const char *result;
	unsigned int source;
};

struct emu_trace_reset {
	const char *step;
	const char *what;
	uint32_t cores;
};

struct emu_trace_link {
	bool east;
	bool up;
};

struct emu_trace_begin {
	unsigned int kinds;
	int64_t unix_time_s;
};

struct emu_trace_event {
	enum emu_trace_kind kind;
	unsigned int card;	/* filled in, as the next two */
	uint64_t time_us;	/* monotonic, as the time stamp of notification records */
	uint64_t lost;		/* so many events of this output before this one */
	union {
		struct emu_trace_reg reg;
		struct emu_trace_fwio fwio;
		struct emu_trace_dma dma;
		struct emu_trace_fault fault;
		struct emu_trace_record record;
		struct emu_trace_irq irq;
		struct emu_trace_reset reset;
		struct emu_trace_link link;
		struct emu_trace_begin begin;
	};
};

struct emu_trace;
struct emu_trace_output;

/* A card's end of the trace. */
struct emu_trace_tap {
	atomic_uint kinds;	/* that somebody wants */
	struct emu_trace *trace;
	unsigned int card;
};

struct emu_trace_status {
	char *path;		/* NULL: a follower */
	unsigned int kinds;
	uint64_t lines;
	uint64_t lost;
	int error;		/* errno that ended the output, or 0 */
};

struct emu_trace *emu_trace_create(unsigned int nr_cards);
void emu_trace_destroy(struct emu_trace *trace);
void emu_trace_connect(struct emu_trace *trace, struct emu_trace_tap *tap, unsigned int card);
void emu_trace_put(struct emu_trace_tap *tap, const struct emu_trace_event *event);

const char *emu_trace_kind_name(enum emu_trace_kind kind);
const char *emu_trace_kind_list(unsigned int kinds, char text[EMU_TRACE_LIST_BYTES]);
int emu_trace_parse_kinds(const char *list, unsigned int *kinds);

int emu_trace_start(struct emu_trace *trace, unsigned int card, unsigned int kinds,
		    const char *path, bool keep_old);
unsigned int emu_trace_stop(struct emu_trace *trace, unsigned int card);
int emu_trace_follow(struct emu_trace *trace, unsigned int card, unsigned int kinds,
		     int socket_fd, struct emu_trace_output **follower);
void emu_trace_unfollow(struct emu_trace *trace, struct emu_trace_output *follower);
unsigned int emu_trace_get_status(struct emu_trace *trace, unsigned int card,
				  struct emu_trace_status status[EMU_TRACE_MAX_OUTPUTS]);

static inline bool emu_trace_wants(const struct emu_trace_tap *tap, enum emu_trace_kind kind)
{
	unsigned int kinds = atomic_load_explicit(&tap->kinds, memory_order_relaxed);

	return __builtin_expect(kinds & (1u << kind), 0);
}

/* EMU_TRACE(&card->trace, LINK, link, .east = true, .up = up): arguments only if wanted. */
#define EMU_TRACE(tap, NAME, member, ...) do { \
	if (emu_trace_wants(tap, EMU_TRACE_##NAME)) \
		emu_trace_put(tap, &(struct emu_trace_event){ \
			.kind = EMU_TRACE_##NAME, .member = { __VA_ARGS__ } }); \
} while (0)

#endif
