// SPDX-License-Identifier: GPL-2.0
/* Which of many pairs counts. */
#include <stdlib.h>

#include "pair.h"

static int by_ratio(const void *left, const void *right)
{
	const struct pair *l = left, *r = right;
	double difference = l->b / l->a - r->b / r->a;

	return (difference > 0) - (difference < 0);
}

/*
 * The one with the median ratio of b to a; sorts them. A machine may change its speed
 * between pairs, and the best of each side would then be of different machines.
 */
struct pair pair_median(struct pair *pairs, size_t count)
{
	qsort(pairs, count, sizeof(*pairs), by_ratio);

	return pairs[count / 2];
}
