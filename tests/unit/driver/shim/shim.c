// SPDX-License-Identifier: GPL-2.0
#include "shim.h"

u64 shim_now_us;
bool shim_killed;
void (*shim_tick)(void);
unsigned int shim_warnings;

void shim_sleep(u64 us)
{
	assert(us > 0);
	shim_now_us += us;
	if (shim_tick)
		shim_tick();
}

void mutex_init(struct mutex *lock)
{
	lock->held = false;
}

void mutex_destroy(struct mutex *lock)
{
	assert(!lock->held);
}

int mutex_lock_killable(struct mutex *lock)
{
	assert(!lock->held);
	if (shim_killed)
		return -EINTR;
	lock->held = true;

	return 0;
}

void mutex_unlock(struct mutex *lock)
{
	assert(lock->held);
	lock->held = false;
}

void *dma_alloc_coherent(struct device *dev, size_t bytes, dma_addr_t *dma_addr, int gfp)
{
	(void)gfp;
	*dma_addr = dev->dma_addr;
	dev->memory = calloc(1, bytes);

	return dev->memory;
}

void dma_free_coherent(struct device *dev, size_t bytes, void *memory, dma_addr_t dma_addr)
{
	(void)bytes;
	assert(memory == dev->memory && dma_addr == dev->dma_addr);
	free(memory);
	dev->memory = NULL;
}
