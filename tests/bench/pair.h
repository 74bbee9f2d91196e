/* SPDX-License-Identifier: GPL-2.0 */
/* Two sides that take turns, so that both see the same machine. */
#ifndef PAIR_H
#define PAIR_H

#include <stddef.h>

/** struct pair - what one of either side took, one right after the other, in one unit */
struct pair {
	double a, b;
};

struct pair pair_median(struct pair *pairs, size_t count);

#endif
