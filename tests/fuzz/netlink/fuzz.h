/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the netlink fuzzer know of each other. */
#ifndef NETLINK_FUZZ_H
#define NETLINK_FUZZ_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define CARDS		2
#define WORKERS		3
#define THREADS		2
#define CONTEXTS	4
#define ERRNOS		134
#define POOL		16
#define MAPS		8
#define MSG_MAX		60000
#define BATCH		16

enum type { T_U32, T_S32, T_U64, T_STRING, T_BINARY, T_FLAG, T_NEST, T_PAD };

/* One attribute of a set, as the spec has it. */
struct attr {
	const char *name;
	enum name id;
	uint16_t nr;
	enum type type;
	bool has_min, has_max, flags;
	int64_t min, max;
	uint32_t max_len;
	uint32_t entries;
	int nest;
};

struct set {
	const char *name;
	const struct attr *attrs;
	unsigned int count;
};

struct op {
	const char *name;
	uint8_t cmd;
	int set;
	bool has_do, has_dump;
	uint64_t takes_do, takes_dump;
};

extern const struct set sets[];
extern const struct op ops[];
extern const unsigned int op_count;

/* What all processes share. */
struct board {
	_Atomic uint64_t answers[OPS][2][ERRNOS];	/* by operation, do or dump, errno */
	_Atomic uint64_t requests, sends, overruns, cut, unanswered, positive, mapped, opened;
	_Atomic bool stop;
};

extern struct board *board;
extern uint16_t family_id;
extern char bus_name[CARDS][32];

/* random.c: numbers that a seed repeats */
struct rng {
	uint64_t state;
};

void rng_seed(struct rng *rng, uint64_t a, uint64_t b, uint64_t c);
uint64_t rng_next(struct rng *rng);
uint32_t below(struct rng *rng, uint32_t n);
bool one_in(struct rng *rng, uint32_t n);
uint64_t odd_number(struct rng *rng, unsigned int bytes);

/* objects.c: open files, and what was made with them */
struct pool {
	uint32_t id[POOL];
	uint64_t offset[POOL], size[POOL];
	unsigned int count;
};

enum pool_kind { POOL_MEM, POOL_RING, POOL_NQ, POOL_JOB, POOLS };

struct context {
	pthread_mutex_t lock;
	int fd;
	unsigned int card;
	unsigned int generation;
	_Atomic bool stale;	/* its card is gone; the file is good for nothing else */
	struct pool pools[POOLS];
};

struct world {
	struct context contexts[CONTEXTS];
	void *maps[MAPS];
	size_t map_bytes[MAPS];
	pthread_mutex_t map_lock;
	int eventfd, pipe, null;
};

void world_open(struct world *world, struct rng *rng);
void world_close(struct world *world);
void context_reopen(struct context *context, unsigned int card);
void pool_add(struct context *context, enum pool_kind kind, uint32_t id, uint64_t offset,
	      uint64_t size);
uint32_t pool_pick(struct context *context, enum pool_kind kind, struct rng *rng);
void map_something(struct world *world, struct rng *rng);

/* request.c: requests, good ones and bad ones */
struct request {
	const struct op *op;
	bool dump;
	bool loose;		/* may be so wrong that nobody answers */
	struct context *context;
	unsigned int generation;
	uint32_t seq;
	size_t length;
	uint8_t bytes[MSG_MAX];
};

struct maker {
	struct rng *rng;
	struct world *world;
	struct context *context;
	const struct op *op;
	bool dump;
	int broken;		/* so many things shall be wrong */
	bool loose;
};

void recipes_resolve(void);
const struct op *op_named(const char *name);
void request_make(struct request *request, const struct op *op, bool dump, int broken,
		  struct world *world, struct context *context, struct rng *rng);

/* values.c: what stands in an attribute */
size_t good_value(struct maker *maker, const struct attr *attr, const struct set *set,
		  uint8_t *to);
size_t bad_value(struct maker *maker, const struct attr *attr, uint8_t *to);

/* answer.c: sockets, and what comes back */
struct link {
	int fd;
	uint32_t seq;
};

void link_open(struct link *link, struct rng *rng);
void link_exchange(struct link *link, struct request **requests, unsigned int count,
		   struct rng *rng);
int link_ask(struct link *link, struct request *request);
uint64_t link_number(struct link *link, const char *op, unsigned int card, enum name what);
void family_resolve(void);

/* worker.c */
int worker_run(uint64_t seed, uint64_t number);
const struct op *any_op(struct rng *rng);

/* chaos.c: what happens to cards meanwhile */
void chaos_step(struct rng *rng);
void chaos_end(void);
void vmctl_emu(unsigned int card, const char *words);

/* quiet.c: what has to be true when nobody is at work */
bool quiet_check(struct rng *rng, char *why, size_t bytes);

#endif
