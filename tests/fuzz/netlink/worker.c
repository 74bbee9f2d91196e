// SPDX-License-Identifier: GPL-2.0
/* A process with some files and two threads that use them, until it is told to stop or killed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

struct thread {
	pthread_t id;
	struct world *world;
	struct rng rng;
};

/* Everything alike, but a reset stops all others for a while. */
const struct op *any_op(struct rng *rng)
{
	const struct op *op;

	do {
		op = &ops[below(rng, op_count)];
	} while (!strcmp(op->name, "device-reset") && !one_in(rng, 150));

	return op;
}

static void make_one(struct request *request, struct thread *thread)
{
	struct rng *rng = &thread->rng;
	const struct op *op = any_op(rng);
	bool dump = op->has_dump && one_in(rng, 6);
	int broken = one_in(rng, 2) ? 0 : 1 + below(rng, 3);

	request_make(request, op, dump, broken, thread->world,
		     &thread->world->contexts[below(rng, CONTEXTS)], rng);
}

static void step(struct thread *thread, struct link *link, struct request **requests)
{
	struct rng *rng = &thread->rng;
	struct context *context;
	unsigned int i, count = one_in(rng, 6) ? 1 + below(rng, BATCH) : 1;

	for (i = 0; i < count; i++)
		make_one(requests[i], thread);
	/* Of requests in one send, a dump is answered when the others are. */
	for (i = 0; count > 1 && i < count; i++)
		if (requests[i]->dump)
			requests[i]->loose = true;
	link_exchange(link, requests, count, rng);
	if (one_in(rng, 40))
		map_something(thread->world, rng);
	context = &thread->world->contexts[below(rng, CONTEXTS)];
	if (one_in(rng, 1500) || (context->stale && one_in(rng, 30)))
		context_reopen(context, below(rng, CARDS));
}

static void *run(void *arg)
{
	struct request *requests[BATCH];
	struct thread *thread = arg;
	struct link link = { .fd = -1 };
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		requests[i] = calloc(1, sizeof(**requests));
	link_open(&link, &thread->rng);
	while (!board->stop)
		step(thread, &link, requests);
	close(link.fd);
	for (i = 0; i < BATCH; i++)
		free(requests[i]);

	return NULL;
}

/* The life of a process; what it does is in its numbers. */
int worker_run(uint64_t seed, uint64_t number)
{
	static struct world world;
	struct thread threads[THREADS];
	struct rng rng;
	unsigned int i;

	rng_seed(&rng, seed, number, 0);
	world_open(&world, &rng);
	for (i = 0; i < THREADS; i++) {
		threads[i].world = &world;
		rng_seed(&threads[i].rng, seed, number, i + 1);
		if (pthread_create(&threads[i].id, NULL, run, &threads[i]))
			return 1;
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i].id, NULL);
	world_close(&world);

	return 0;
}
