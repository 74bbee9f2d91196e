/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that give engines their turns; they sleep while no engine has work. */
#ifndef NEURON_EMU_POOL_H
#define NEURON_EMU_POOL_H

#include <pthread.h>
#include <stdbool.h>

struct emu_engine;

#define EMU_POOL_MAX_THREADS 4u

struct emu_work_list {
	struct emu_engine *head, *tail;
};

struct emu_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t thread[EMU_POOL_MAX_THREADS];
	unsigned int nr_threads;
	bool stop;
	bool in_caller;		/* "inline": whoever causes work does it, see emu_pool_drain() */
	struct emu_work_list list;
};

int emu_pool_start(struct emu_pool *pool, bool in_caller);
void emu_pool_stop(struct emu_pool *pool);
void emu_pool_push(struct emu_pool *pool, struct emu_engine *engine);
void emu_pool_open(struct emu_pool *pool);
void emu_pool_drain(struct emu_pool *pool);

#endif
