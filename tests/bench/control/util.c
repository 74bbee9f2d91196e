// SPDX-License-Identifier: GPL-2.0
/* Time, rows, and sides that take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"

#define ROUNDS	25

/** struct turns - what one of either side took, us */
struct turns {
	double a, b;
};

void die(const char *what, int error)
{
	say("%s: %s", what, strerror(error));
	exit(1);
}

double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static double turn(const struct side *side)
{
	double begin;

	if (side->before)
		side->before(side->arg);
	begin = now_us();
	side->go(side->arg, side->times);

	return (now_us() - begin) / side->times;
}

static int by_ratio(const void *left, const void *right)
{
	const struct turns *l = left, *r = right;
	double difference = l->b / l->a - r->b / r->a;

	return (difference > 0) - (difference < 0);
}

/*
 * Both take turns. The pair of turns with the median ratio counts: a machine may change its
 * speed between turns, and the best of each would then be of different machines.
 */
void race(struct side *a, struct side *b)
{
	struct turns pair[ROUNDS];
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		pair[i].a = turn(a);
		pair[i].b = turn(b);
	}
	qsort(pair, ROUNDS, sizeof(*pair), by_ratio);
	a->us = pair[ROUNDS / 2].a;
	b->us = pair[ROUNDS / 2].b;
}
