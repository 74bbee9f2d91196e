/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cases of the published drivers, each run with both ways of doing DMA; and those that are
 * the same for both drivers.
 */
#ifndef NEURON_TEST_PUBLISHED_CASES_H
#define NEURON_TEST_PUBLISHED_CASES_H

#include "published.h"

/* "row N" in a promise is a row of the checklist in docs/hardware, section 10.12. */
struct published_case {
	const char *promise;
	void (*run)(void **state);
	struct scenario with;		/* driver and way of DMA are filled in */
};

struct expected {
	uint32_t off, value;
};

int published_run(enum driver driver, const struct published_case *cases, unsigned int count);
struct ring user_ring(struct guest *g, unsigned int engine, unsigned int queue, uint32_t length);
void ring_go(struct guest *g, struct ring *r, uint32_t s2m, uint32_t m2s);
void wait_idle(struct guest *g, unsigned int engine, unsigned int queue);
void check_moves(struct guest *g, unsigned int core);
void check_user_ring(struct guest *g, unsigned int engine, unsigned int queue, uint32_t length);
void expect_registers(struct guest *g, uint32_t base, const struct expected *expected,
		      unsigned int count);
void check_lives(struct guest *g);

#endif
