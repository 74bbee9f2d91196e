// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <unistd.h>

#include "engine.h"
#include "pool.h"

/*
 * What one access may cost its caller in inline mode, in bytes: more than the largest batch
 * of a published driver, yet an end for a ring that keeps itself going.
 */
#ifndef CALLER_BUDGET
#define CALLER_BUDGET (1ull << 30)
#endif

/* Work that this thread caused since emu_pool_open(), in inline mode. */
static _Thread_local struct emu_work_list own;
static _Thread_local bool own_open;

/* The engine whose turn this thread of the pool gives, or NULL. */
static _Thread_local struct emu_engine *in_turn;

static void append(struct emu_work_list *list, struct emu_engine *engine)
{
	engine->next = NULL;
	if (list->tail)
		list->tail->next = engine;
	else
		list->head = engine;
	list->tail = engine;
}

static struct emu_engine *take(struct emu_work_list *list)
{
	struct emu_engine *engine = list->head;

	if (engine) {
		list->head = engine->next;
		if (!list->head)
			list->tail = NULL;
	}
	return engine;
}

static void *worker_main(void *arg)
{
	struct emu_pool *pool = arg;
	struct emu_engine *engine;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stop) {
		engine = take(&pool->list);
		if (!engine) {
			pthread_cond_wait(&pool->work, &pool->lock);
			continue;
		}
		pthread_mutex_unlock(&pool->lock);
		in_turn = engine;
		emu_engine_run(engine);
		in_turn = NULL;
		pthread_mutex_lock(&pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static unsigned int threads_wanted(bool in_caller)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	/* Inline mode needs one for what timers wake and for callers whose budget ended. */
	if (in_caller || cpus < 2)
		return 1;
	return cpus < (long)EMU_POOL_MAX_THREADS ? (unsigned int)cpus : EMU_POOL_MAX_THREADS;
}

/**
 * emu_pool_start() - start the threads
 * @pool: zeroed storage
 * @in_caller: run work in the thread that causes it, as far as its budget reaches
 * Context: once per pool.
 * Return: 0 or a negative errno; after an error emu_pool_stop() cleans up.
 */
int emu_pool_start(struct emu_pool *pool, bool in_caller)
{
	unsigned int wanted = threads_wanted(in_caller);
	int err;

	pool->in_caller = in_caller;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	while (pool->nr_threads < wanted) {
		err = pthread_create(&pool->thread[pool->nr_threads], NULL, worker_main, pool);
		if (err)
			return -err;
		pool->nr_threads++;
	}
	return 0;
}

/**
 * emu_pool_stop() - end the threads after their current turns
 * @pool: a pool that emu_pool_start() saw
 * Context: no lock held; the clock has stopped, no access comes any more.
 */
void emu_pool_stop(struct emu_pool *pool)
{
	unsigned int i;

	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (i = 0; i < pool->nr_threads; i++)
		pthread_join(pool->thread[i], NULL);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
}

static void push_shared(struct emu_pool *pool, struct emu_engine *engine)
{
	pthread_mutex_lock(&pool->lock);
	append(&pool->list, engine);
	/* A thread whose own engine goes on looks into the list next: nobody has to wake up. */
	if (engine != in_turn)
		pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
}

/**
 * emu_pool_push() - an engine wants a turn
 * @pool: the box's pool
 * @engine: in no work list; its scheduling state says so
 * Context: the engine's card lock held.
 */
void emu_pool_push(struct emu_pool *pool, struct emu_engine *engine)
{
	if (pool->in_caller && own_open)
		append(&own, engine);
	else
		push_shared(pool, engine);
}

/**
 * emu_pool_open() - an access from outside begins
 * @pool: the box's pool
 * Context: no lock held; paired with emu_pool_drain() in the same thread.
 */
void emu_pool_open(struct emu_pool *pool)
{
	own_open = pool->in_caller;
}

/**
 * emu_pool_drain() - an access from outside ends: inline mode does what it caused
 * @pool: the box's pool
 *
 * Tail increments that the copies themselves write are queued behind, never nested.
 * Context: no lock held.
 */
void emu_pool_drain(struct emu_pool *pool)
{
	struct emu_engine *engine;
	uint64_t cost = 0;

	if (!own_open)
		return;
	while (cost < CALLER_BUDGET && (engine = take(&own)))
		cost += emu_engine_run(engine);
	own_open = false;
	while ((engine = take(&own)))
		push_shared(pool, engine);
}
