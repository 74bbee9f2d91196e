// SPDX-License-Identifier: GPL-2.0
/*
 * What has to be true when nobody is at work: the family answers, cards come up by a
 * reset, and nothing is left of those who are gone. Then what was never carried out so
 * far is asked for until it is, for nobody is in the way.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define GUARD_S		180	/* only against what never comes */
#define TRIES		400
#define STATE_READY	1

static struct world world;
static struct link link_;

static bool ask_for(const char *name, struct context *context, struct rng *rng)
{
	static struct request request;

	request_make(&request, op_named(name), false, 0, &world, context, rng);

	return !link_ask(&link_, &request);
}

static void nap(void)
{
	struct timespec time = { .tv_nsec = 20000000 };

	nanosleep(&time, NULL);
}

/* Ready, and everybody torn down; a card that failed or holds something back is reset. */
static bool settle(unsigned int card, struct rng *rng)
{
	time_t end = time(NULL) + GUARD_S;
	uint64_t opened, closed, held, state;
	unsigned int round = 0;

	do {
		state = link_number(&link_, "device-get", card, N_STATE);
		opened = link_number(&link_, "stats-get", card, N_CONTEXTS_OPENED);
		closed = link_number(&link_, "stats-get", card, N_CONTEXTS_CLOSED);
		held = link_number(&link_, "stats-get", card, N_QUARANTINED);
		if (state == STATE_READY && opened == closed + 1 && !held)
			return true;
		if (round++ % 100 == 20)
			ask_for("device-reset", &world.contexts[card], rng);
		nap();
	} while (time(NULL) < end);

	return false;
}

static bool nothing_left(unsigned int card, char *why, size_t bytes)
{
	static const struct {
		const char *op;
		enum name what;
		const char *name;
	} left[] = {
		{ "stats-get", N_MEMS, "memories" }, { "stats-get", N_RINGS, "rings" },
		{ "stats-get", N_NQS, "notification queues" }, { "stats-get", N_JOBS, "jobs" },
		{ "device-get", N_DRAM_USED, "bytes of DRAM" },
		{ "device-get", N_HOST_USED, "bytes of host memory" },
	};
	uint64_t value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(left); i++) {
		value = link_number(&link_, left[i].op, card, left[i].what);
		if (!value)
			continue;
		snprintf(why, bytes, "%llu %s are left on card %u", (unsigned long long)value,
			 left[i].name, card);
		return false;
	}

	return true;
}

/* What a good request alone does not reach. */
static void make_way(const struct op *op, struct context *context, struct rng *rng)
{
	char words[32];

	if (!strcmp(op->name, "engine-set")) {
		ask_for("mem-alloc", context, rng);
		ask_for("ring-create", context, rng);
		ask_for("ring-attach", context, rng);
		snprintf(words, sizeof(words), "inject dma abort %u", below(rng, 12));
		vmctl_emu(context->card, words);
	} else if (!strcmp(op->name, "device-set")) {
		context_reopen(context, context->card);
	} else if (!strcmp(op->name, "job-cancel") || !strcmp(op->name, "job-free")) {
		vmctl_emu(context->card, "inject fwio delay 100 3");
		ask_for("neighbor-refresh", context, rng);
		ask_for("reg-read", context, rng);
	}
}

static void reach(const struct op *op, struct rng *rng)
{
	static const char *const before[] = {
		"mem-alloc", "ring-create", "ring-attach", "ring-write", "nq-create", "core-claim",
		"reg-read", "job-get",
	};
	struct context *context = &world.contexts[0];
	unsigned int try;

	for (try = 0; try < TRIES; try++) {
		if (board->answers[op - ops][0][0])
			break;
		if (try % 20 == 0)
			make_way(op, context, rng);
		else if (strcmp(op->name, "device-set"))
			ask_for(before[below(rng, ARRAY_SIZE(before))], context, rng);
		ask_for(op->name, context, rng);
	}
	vmctl_emu(context->card, "inject none");
	context_reopen(context, 0);
}

/* True if all is well, else says why not. */
bool quiet_check(struct rng *rng, char *why, size_t bytes)
{
	unsigned int card, i;
	bool good = true;

	world_open(&world, rng);
	link_open(&link_, rng);
	for (card = 0; card < CARDS; card++)
		context_reopen(&world.contexts[card], card);
	for (i = CARDS; i < CONTEXTS; i++)
		close(world.contexts[i].fd), world.contexts[i].fd = -1;
	for (card = 0; good && card < CARDS; card++) {
		good = settle(card, rng);
		if (!good)
			snprintf(why, bytes, "card %u does not come to rest", card);
		good = good && nothing_left(card, why, bytes);
	}
	for (i = 0; good && i < op_count; i++)
		if (ops[i].has_do && !board->answers[i][0][0])
			reach(&ops[i], rng);
	world_close(&world);
	close(link_.fd);

	return good;
}
