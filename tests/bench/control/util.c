// SPDX-License-Identifier: GPL-2.0
/* Time, rows, and sides that take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "pair.h"

#define ROUNDS	25

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

/* Both take turns. */
void race(struct side *a, struct side *b)
{
	struct pair turns[ROUNDS], counts;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		turns[i].a = turn(a);
		turns[i].b = turn(b);
	}
	counts = pair_median(turns, ROUNDS);
	a->us = counts.a;
	b->us = counts.b;
}
