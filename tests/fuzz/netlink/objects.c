// SPDX-License-Identifier: GPL-2.0
/* Open files of the cards, the ids that were made with them, and mappings. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

/* Opens a card in place of what was there; the number of the file may be another one. */
void context_reopen(struct context *context, unsigned int card)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/neuron%u", card);
	pthread_mutex_lock(&context->lock);
	if (context->fd >= 0)
		close(context->fd);
	context->fd = open(path, O_RDWR | O_CLOEXEC);
	context->card = card;
	context->generation++;
	context->stale = false;
	memset(context->pools, 0, sizeof(context->pools));
	pthread_mutex_unlock(&context->lock);
	if (context->fd >= 0)
		board->opened++;
}

void world_open(struct world *world, struct rng *rng)
{
	int ends[2];
	unsigned int i;

	memset(world, 0, sizeof(*world));
	world->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	world->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	world->pipe = pipe(ends) ? -1 : ends[0];
	pthread_mutex_init(&world->map_lock, NULL);
	for (i = 0; i < CONTEXTS; i++) {
		pthread_mutex_init(&world->contexts[i].lock, NULL);
		world->contexts[i].fd = -1;
		context_reopen(&world->contexts[i], below(rng, CARDS));
	}
}

void world_close(struct world *world)
{
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		if (world->maps[i])
			munmap(world->maps[i], world->map_bytes[i]);
	for (i = 0; i < CONTEXTS; i++)
		if (world->contexts[i].fd >= 0)
			close(world->contexts[i].fd);
	close(world->eventfd);
	close(world->null);
	close(world->pipe);
}

void pool_add(struct context *context, enum pool_kind kind, uint32_t id, uint64_t offset,
	      uint64_t size)
{
	struct pool *pool = &context->pools[kind];
	unsigned int place;

	pthread_mutex_lock(&context->lock);
	place = pool->count++ % POOL;
	pool->id[place] = id;
	pool->offset[place] = offset;
	pool->size[place] = size;
	pthread_mutex_unlock(&context->lock);
}

/* The id of something that was there once, or of nothing. */
uint32_t pool_pick(struct context *context, enum pool_kind kind, struct rng *rng)
{
	struct pool *pool = &context->pools[kind];
	unsigned int count = pool->count < POOL ? pool->count : POOL;

	return count ? pool->id[below(rng, count)] : 1;
}

static void *try_map(struct context *context, struct rng *rng, size_t *bytes)
{
	struct pool *pool = &context->pools[one_in(rng, 4) ? POOL_NQ : POOL_MEM];
	unsigned int count = pool->count < POOL ? pool->count : POOL;
	int prot = one_in(rng, 3) ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = one_in(rng, 8) ? MAP_PRIVATE : MAP_SHARED;
	unsigned int place;
	uint64_t offset;

	if (!count)
		return MAP_FAILED;

	place = below(rng, count);
	*bytes = pool->size[place];
	offset = pool->offset[place];
	if (one_in(rng, 6))
		*bytes += 4096;
	if (one_in(rng, 6))
		offset = odd_number(rng, 8) & ~4095ull;
	if (!*bytes || *bytes > 1 << 26)
		return MAP_FAILED;

	return mmap(NULL, *bytes, prot, flags, context->fd, offset);
}

/* Maps what can be mapped, and sometimes what cannot; looks into it, and lets another one go. */
void map_something(struct world *world, struct rng *rng)
{
	struct context *context = &world->contexts[below(rng, CONTEXTS)];
	unsigned int place = below(rng, MAPS);
	volatile uint8_t *view;
	size_t bytes = 0;
	void *map;

	pthread_mutex_lock(&world->map_lock);
	if (world->maps[place])
		munmap(world->maps[place], world->map_bytes[place]);
	world->maps[place] = NULL;
	map = try_map(context, rng, &bytes);
	if (map != MAP_FAILED) {
		view = map;
		(void)view[below(rng, bytes)];
		world->maps[place] = map;
		world->map_bytes[place] = bytes;
		board->mapped++;
	}
	pthread_mutex_unlock(&world->map_lock);
}
