// SPDX-License-Identifier: GPL-2.0
/*
 * The library without memory: each of its allocations fails once. What is left then
 * is found by the leak checker.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fake.h"

#define CTX_FD	77
#define CARDS	40	/* more than a list has room for at first */
#define CALLS	40	/* likewise a batch */

/* How many allocations there are still to be before one fails; -1 for none. */
static int fail_in = -1;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
	return fail_in >= 0 && !fail_in--;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static void dump(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg;
	uint32_t i;

	for (i = 0; i < CARDS; i++) {
		msg = fake_reply(request, NLM_F_MULTI);
		fake_put_u32(msg, NEURON_A_DEVICE_DEV_INDEX, i);
		fake_send(fake, msg);
	}
	fake_done(fake, request, 0);
}

/* Allocations of memory are jobs that have ended when they are looked at. */
static void act(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);

	if (fake_cmd(request) == NEURON_CMD_MEM_ALLOC) {
		fake_put_u32(msg, NEURON_A_MEM_JOB_ID, 4);
	} else if (fake_cmd(request) == NEURON_CMD_JOB_GET) {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_DONE);
		fake_put_u32(msg, NEURON_A_JOB_OBJECT_ID, 6);
	} else if (fake_cmd(request) == NEURON_CMD_RING_CREATE) {
		fake_put_u32(msg, NEURON_A_RING_RING_ID, 2);
	} else if (fake_cmd(request) == NEURON_CMD_NQ_CREATE) {
		fake_put_u32(msg, NEURON_A_NQ_NQ_ID, 2);
	} else if (request->nlmsg_flags & NLM_F_ROOT) {
		nlmsg_free(msg);
		dump(fake, request);
		return;
	}
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static int count(const struct neuron_device_info *info, void *arg)
{
	(void)info;
	++*(int *)arg;
	return 0;
}

struct made {
	struct neuron_mem *mem;
	struct neuron_ring *ring;
	struct neuron_nq *nq;
	struct neuron_device_info info;
	int cards;
};

static void good_or_without_memory(int ret)
{
	if (ret != -ENOMEM)
		assert_int_equal(ret, 0);
}

static void calls(struct neuron_ctx *ctx, struct made *made)
{
	good_or_without_memory(neuron_mem_alloc_host(ctx, 1, NULL, 100, &made->mem));
	good_or_without_memory(neuron_ring_create(ctx, 64, NULL, &made->ring));
	good_or_without_memory(neuron_nq_create(ctx, 0, NEURON_NQ_TYPE_EVENT, 0, 4096, &made->nq));
	good_or_without_memory(neuron_device_get(ctx->handle, 0, &made->info, sizeof(made->info)));
	good_or_without_memory(neuron_device_list(ctx->handle, count, &made->cards));
}

static void give_back(struct made *made)
{
	good_or_without_memory(neuron_mem_free(made->mem));
	good_or_without_memory(neuron_ring_destroy(made->ring, 100));
	good_or_without_memory(neuron_nq_destroy(made->nq, 100));
}

static void at_once(struct neuron_ctx *ctx)
{
	struct made made = { 0 };

	calls(ctx, &made);
	give_back(&made);
}

static void in_a_batch(struct neuron_ctx *ctx)
{
	struct made made = { 0 };
	struct neuron_batch *batch;
	unsigned int i;
	int ret;

	ret = neuron_batch_new(ctx->handle, &batch);
	good_or_without_memory(ret);
	if (ret)
		return;
	neuron_batch_begin(batch);
	calls(ctx, &made);
	for (i = 0; i < CALLS; i++)
		good_or_without_memory(neuron_event_set(ctx, 0, i, 1));
	good_or_without_memory(neuron_batch_run(batch, NEURON_FOREVER));
	for (i = 0; i < neuron_batch_count(batch); i++)
		good_or_without_memory(neuron_batch_result(batch, i));
	neuron_batch_free(batch);
	give_back(&made);
}

/* Runs it until no allocation was left to fail. */
static void starve(void (*use)(struct neuron_ctx *ctx))
{
	struct neuron_ctx ctx;
	struct fake fake;
	int n = 0;

	fake_start(&fake, act, NULL);
	ctx = (struct neuron_ctx){ .handle = &fake.handle, .fd = CTX_FD, .job_fd = -1 };
	do {
		fail_in = n++;
		use(&ctx);
	} while (fail_in < 0);
	fail_in = -1;
	assert_true(n > 5);
	if (ctx.job_fd >= 0)
		close(ctx.job_fd);
	fake_stop(&fake);
}

static void calls_without_memory_fail_and_leave_nothing(void **state)
{
	(void)state;
	starve(at_once);
}

static void batches_without_memory_fail_and_leave_nothing(void **state)
{
	(void)state;
	starve(in_a_batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_without_memory_fail_and_leave_nothing),
		cmocka_unit_test(batches_without_memory_fail_and_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
