/* SPDX-License-Identifier: GPL-2.0 */
/* One thread per box that sleeps until the nearest deadline; none armed: sleeps for good. */
#ifndef NEURON_EMU_CLOCK_H
#define NEURON_EMU_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * fire() runs on the clock's thread without any lock. It may come although the timer was
 * cancelled or armed anew meanwhile, so it has to look at the state that it is for.
 */
struct emu_timer {
	struct emu_timer *next;
	uint64_t due_ns;
	bool armed;
	void (*fire)(void *arg);
	void *arg;
};

struct emu_clock {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool stop;
	struct emu_timer *armed;	/* unsorted: a handful at most */
};

uint64_t emu_clock_now_ns(void);
int emu_clock_start(struct emu_clock *clock);
void emu_clock_stop(struct emu_clock *clock);
uint64_t emu_clock_arm(struct emu_clock *clock, struct emu_timer *timer, uint64_t delay_ns);
void emu_clock_cancel(struct emu_clock *clock, struct emu_timer *timer);

#endif
