// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "clock.h"

#define NS_PER_S 1000000000ull

/**
 * emu_clock_now_ns() - monotonic time
 * Context: any.
 * Return: nanoseconds since some fixed point.
 */
uint64_t emu_clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void unlink_timer(struct emu_clock *clock, struct emu_timer *timer)
{
	struct emu_timer **at = &clock->armed;

	while (*at && *at != timer)
		at = &(*at)->next;
	if (*at)
		*at = timer->next;
	timer->armed = false;
}

static struct emu_timer *nearest(struct emu_clock *clock)
{
	struct emu_timer *best = clock->armed, *timer;

	for (timer = clock->armed; timer; timer = timer->next)
		if (timer->due_ns < best->due_ns)
			best = timer;
	return best;
}

static void sleep_until(struct emu_clock *clock, uint64_t due_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(due_ns / NS_PER_S),
		.tv_nsec = (long)(due_ns % NS_PER_S),
	};

	pthread_cond_timedwait(&clock->changed, &clock->lock, &until);
}

static void *clock_main(void *arg)
{
	struct emu_clock *clock = arg;
	struct emu_timer *timer;

	pthread_mutex_lock(&clock->lock);
	while (!clock->stop) {
		timer = nearest(clock);
		if (!timer) {
			pthread_cond_wait(&clock->changed, &clock->lock);
		} else if (timer->due_ns > emu_clock_now_ns()) {
			sleep_until(clock, timer->due_ns);
		} else {
			unlink_timer(clock, timer);
			pthread_mutex_unlock(&clock->lock);
			timer->fire(timer->arg);
			pthread_mutex_lock(&clock->lock);
		}
	}
	pthread_mutex_unlock(&clock->lock);
	return NULL;
}

/**
 * emu_clock_start() - start the thread that fires timers
 * @clock: zeroed storage
 * Context: once per clock.
 * Return: 0 or a negative errno.
 */
int emu_clock_start(struct emu_clock *clock)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&clock->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&clock->changed, &attr);
	pthread_condattr_destroy(&attr);
	return -pthread_create(&clock->thread, NULL, clock_main, clock);
}

/**
 * emu_clock_stop() - end the thread; no timer fires afterwards
 * @clock: a started clock
 * Context: no lock held that a timer's fire() takes.
 */
void emu_clock_stop(struct emu_clock *clock)
{
	pthread_mutex_lock(&clock->lock);
	clock->stop = true;
	pthread_cond_signal(&clock->changed);
	pthread_mutex_unlock(&clock->lock);
	pthread_join(clock->thread, NULL);
	pthread_cond_destroy(&clock->changed);
	pthread_mutex_destroy(&clock->lock);
}

/**
 * emu_clock_arm() - let a timer fire once
 * @clock: a started clock
 * @timer: with fire and arg set; armed already: its time moves
 * @delay_ns: from now
 * Context: any; a card's lock may be held.
 * Return: the time at which it is due, as of emu_clock_now_ns().
 */
uint64_t emu_clock_arm(struct emu_clock *clock, struct emu_timer *timer, uint64_t delay_ns)
{
	uint64_t due_ns = emu_clock_now_ns() + delay_ns;

	pthread_mutex_lock(&clock->lock);
	if (timer->armed)
		unlink_timer(clock, timer);
	timer->due_ns = due_ns;
	timer->armed = true;
	timer->next = clock->armed;
	clock->armed = timer;
	pthread_cond_signal(&clock->changed);
	pthread_mutex_unlock(&clock->lock);
	return due_ns;
}

/**
 * emu_clock_cancel() - take a timer back
 * @clock: a started clock
 * @timer: armed or not
 *
 * Does not wait for a fire() that has begun: that one looks at its state again.
 * Context: any; a card's lock may be held.
 */
void emu_clock_cancel(struct emu_clock *clock, struct emu_timer *timer)
{
	pthread_mutex_lock(&clock->lock);
	if (timer->armed)
		unlink_timer(clock, timer);
	pthread_mutex_unlock(&clock->lock);
}
