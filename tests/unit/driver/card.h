/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card as the hardware layer sees it: stores are logged, registers keep what
 * was stored, and firmware answers requests, or misbehaves as it is told.
 */
#ifndef CARD_H
#define CARD_H

#include "hw.h"

#define CARD_APB		0xffff0000000ull
#define CARD_CORES		0xfffc0000000ull
#define CARD_MISC		(CARD_APB + 0x78e000)
#define CARD_STORES_MAX		8192
#define CARD_REGS		16384
#define CARD_PLAN_MAX		32
#define CARD_ENGINES		12

/* What firmware does with a request. */
enum card_answer {
	CARD_GOOD,
	CARD_LOST,		/* never answers */
	CARD_WRONG_SEQ,		/* answers with the sequence number before */
	CARD_SHORT,		/* one value too few */
	CARD_LONG,		/* one value too many */
	CARD_FAILED,		/* error 1 */
	CARD_REFUSED,		/* error 2 */
};

struct card_plan {
	enum card_answer answer;
	u64 delay_us;
};

struct card_store {
	u64 dev_addr;
	u32 value;
};

struct card {
	struct neuron_hw hw;
	struct device dev;

	struct card_store store[CARD_STORES_MAX];
	unsigned int stores;
	struct card_store reg[CARD_REGS];

	/* Request n is treated as plan[n] says, those beyond are answered at once. */
	struct card_plan plan[CARD_PLAN_MAX];
	unsigned int plans;
	unsigned int requests;
	unsigned int bad_requests;

	/* Answers on their way. */
	struct {
		u64 at_us;
		u8 bytes[512];
		size_t size;
	} pending[CARD_PLAN_MAX];
	unsigned int pendings;

	u64 reset_us;
	u64 reset_until_us;
	unsigned int resets;

	/* The interrupt controllers' groups A and B of each engine. */
	struct {
		u32 cause, mask, control, summary_mask;
	} iofic[CARD_ENGINES];
	bool firmware_silent;	/* answers without an interrupt */
	unsigned int irqs_lost;	/* so many are not sent from now on */
	u64 done_at_us;		/* 0: never; @done_eng, queue 15, finishes */
	unsigned int done_eng;

	u64 gone_at_us;		/* 0: stays */
	u64 killed_at_us;	/* 0: lives */
	u64 reserved_at_us;	/* 0: never */
};

extern struct card card;

int card_setup(void **state);
int card_teardown(void **state);
void card_plan(enum card_answer answer, u64 delay_us);
void card_set(u64 dev_addr, u32 value);
u32 card_get(u64 dev_addr);
void card_done(unsigned int eng, unsigned int queue);
s64 card_find(u64 dev_addr, u32 value);

#define card_stat(name) ((unsigned long)atomic64_read(&card.hw.stats.name))

#endif
