// SPDX-License-Identifier: GPL-2.0
/* Time, rows, and sides that take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"

#define ROUNDS_MAX	40
#define ROUNDS_STALE	4	/* so many without news end a race */
#define NEWS		0.99

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

static bool turn(struct side *side)
{
	double begin, one;
	bool news;

	if (side->before)
		side->before(side->arg);
	begin = now_us();
	side->go(side->arg, side->times);
	one = (now_us() - begin) / side->times;
	news = !side->best || one < side->best * NEWS;
	if (!side->best || one < side->best)
		side->best = one;

	return news;
}

/* Both take turns; of each its best counts, until rounds bring nothing new. */
void race(struct side *a, struct side *b)
{
	unsigned int round, stale = 0;

	for (round = 0; round < ROUNDS_MAX && stale < ROUNDS_STALE; round++) {
		bool news = turn(a);

		news |= turn(b);
		stale = news ? 0 : stale + 1;
	}
}
