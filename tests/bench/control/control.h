/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the control plane's bench share. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/neuron.h>

#include "row.h"

#define PAGE		4096u
#define MAX_CARDS	16
#define ALL_ONES	UINT64_MAX

/* util.c */
void die(const char *what, int error);
double now_us(void);

/** struct side - what is measured: does its thing so many times */
struct side {
	void (*go)(void *arg, unsigned int times);
	void *arg;
	unsigned int times;
	double us;		/* of one time, in the turn that counts */
	void (*before)(void *arg);	/* each turn, not measured; may be NULL */
};

void race(struct side *a, struct side *b);

/* link.c */

/** struct link - a netlink socket with a message that is being made */
struct link {
	int fd;
	uint32_t seq;
	size_t begin, length;	/* of the last message, and of all */
	ssize_t got;		/* of the reply that is kept */
	uint8_t bytes[65536], reply[16384];
};

/** struct group - of the family */
struct groups {
	uint16_t family;
	uint32_t hotplug, usage;	/* 0 if there is none */
};

struct groups link_resolve(void);
extern struct groups groups;

void link_open(struct link *link);
void link_close(struct link *link);
void msg_new(struct link *link, uint16_t family, uint8_t cmd, uint16_t flags);
void msg_more(struct link *link, uint16_t family, uint8_t cmd, uint16_t flags);
void msg_u32(struct link *link, uint16_t nr, uint32_t value);
void msg_u64(struct link *link, uint16_t nr, uint64_t value);
void msg_flag(struct link *link, uint16_t nr);
void msg_text(struct link *link, uint16_t nr, const char *text);
size_t nest_begin(struct link *link, uint16_t nr);
void nest_end(struct link *link, size_t nest);
void link_send(struct link *link);
void link_get(struct link *link, unsigned int replies);
void link_ask(struct link *link);
uint64_t link_value(const struct link *link, uint16_t nr);
int link_try(struct link *link);

/* cards.c */

/** struct card - an open card with its own socket */
struct card {
	struct link link;
	unsigned int index;
	int fd;
};

unsigned int cards_count(void);
void card_open(struct card *card, unsigned int index);
void card_close(struct card *card);
void card_request(struct card *card, uint8_t cmd, uint16_t flags);
uint32_t card_make(struct card *card, uint16_t id_nr);
uint32_t card_memory(struct card *card, uint32_t size);
uint32_t card_ring(struct card *card, uint32_t descriptors);
uint64_t card_stat(struct card *card, uint16_t nr);

/* the parts */
/* rings.c */
void make_write(struct card *card, uint32_t ring, uint32_t mem, unsigned int count);

void bench_costs(void);
void bench_batches(void);
void bench_rings(void);
void bench_dumps(void);
void bench_threads(void);
void bench_events(void);

/* costs.c: one request, for others to compare with */
void get_device(void *arg, unsigned int times);
void get_memory(void *arg, unsigned int times);
void get_family(void *arg, unsigned int times);

/** struct asked - a card and a memory of it */
struct asked {
	struct card card;
	uint32_t mem;
};

#endif
