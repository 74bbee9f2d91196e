// SPDX-License-Identifier: GPL-2.0
/*
 * Self-test, the registers of a core: events and semaphores by register and by
 * a ring, and the notifications that changes of events make. The core is claimed
 * meanwhile, so that nobody's registers change under him, and they get back the
 * values that they had.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "selftest.h"

#define CHUNK		64	/* registers at once */
#define QUICK		8
#define NQ_BYTES	4096
#define ROUNDS_QUICK	2
#define ROUNDS_FULL	12	/* more records than the queue has places */

/*
 * struct claimed - a core that is ours for the time of a part
 * @ring: on one of its queues
 */
struct claimed {
	struct neuron_core_info info;
	struct neuron_ring *ring;
	uint32_t nc_id;
};

static enum selftest_result not_ours(struct selftest *test, uint32_t nc_id)
{
	struct neuron_core_info info;

	if (!neuron_core_get(test->tool->handle, test->device.index, nc_id, &info, sizeof(info)) &&
	    NEURON_HAS(&info, NEURON_A_CORE_CTX_ID))
		return selftest_says(test, SELFTEST_SKIP, "context %" PRIu32 " holds the core",
				     info.ctx_id);
	return selftest_says(test, SELFTEST_SKIP, "another context uses the core");
}

/* Return: SELFTEST_PASS if @core is ours. */
static enum selftest_result claim(struct selftest *test, uint32_t nc_id, struct claimed *core)
{
	int err = neuron_core_claim(test->ctx, &nc_id, 1);

	*core = (struct claimed){ .nc_id = nc_id };
	if (err == -EBUSY)
		return not_ours(test, nc_id);
	if (err)
		return selftest_broken(test, "claiming the core");
	if (neuron_core_get(test->tool->handle, test->device.index, nc_id, &core->info,
			    sizeof(core->info)) ||
	    neuron_ring_create(test->ctx, SELFTEST_RING, "self-test", &core->ring) ||
	    neuron_ring_attach_core(core->ring, nc_id)) {
		selftest_broken(test, "a ring of the core");
		neuron_ring_destroy(core->ring, SELFTEST_MS);
		neuron_core_release(test->ctx, &nc_id, 1);
		return SELFTEST_FAIL;
	}
	return SELFTEST_PASS;
}

/* Return: @result, or SELFTEST_FAIL if the core did not let go. */
static enum selftest_result release(struct selftest *test, struct claimed *core,
				    enum selftest_result result)
{
	if (neuron_ring_destroy(core->ring, SELFTEST_MS) && result == SELFTEST_PASS)
		result = selftest_broken(test, "giving a ring back");
	if (neuron_core_release(test->ctx, &core->nc_id, 1) && result == SELFTEST_PASS)
		result = selftest_broken(test, "releasing the core");
	return result;
}

/* Return: SELFTEST_PASS when the ring has done all of it. */
static enum selftest_result by_ring(struct selftest *test, struct claimed *core,
				    const struct neuron_entry *entries, uint32_t count)
{
	int finished;

	if (neuron_ring_write(core->ring, entries, count, NEURON_RING_START, NULL))
		return selftest_broken(test, "writing to the ring");
	finished = neuron_ring_ack(core->ring, count, SELFTEST_MS);
	if (finished == (int)count)
		return SELFTEST_PASS;
	if (finished < 0)
		return selftest_broken(test, "waiting for the ring");
	return selftest_says(test, SELFTEST_FAIL, "the ring did not end within %d s",
			     SELFTEST_MS / 1000);
}

static enum selftest_result write_events(struct selftest *test, struct claimed *core,
					 const struct neuron_event_entry *list, uint32_t count)
{
	struct neuron_entry entries[CHUNK];
	uint32_t i;

	for (i = 0; i < count; i++)
		neuron_entry_event(&entries[i], list[i].nc_id, list[i].event_id, list[i].value);
	return by_ring(test, core, entries, count);
}

static enum selftest_result expect_events(struct selftest *test, const char *how,
					  const struct neuron_event_entry *want, uint32_t count)
{
	struct neuron_event_entry list[CHUNK];
	uint32_t i;

	memcpy(list, want, count * sizeof(*list));
	if (neuron_events_get(test->ctx, list, count, SELFTEST_MS))
		return selftest_broken(test, "reading events");
	for (i = 0; i < count; i++)
		if (list[i].value != want[i].value)
			return selftest_says(test, SELFTEST_FAIL, "event %" PRIu32 " is %" PRIu32
					     " after a %s set it to %" PRIu32, want[i].event_id,
					     list[i].value, how, want[i].value);
	return SELFTEST_PASS;
}

static void invert(struct neuron_event_entry *list, uint32_t count)
{
	while (count--)
		list[count].value = !list[count].value;
}

/* Each one is changed by a register, and changed back by the ring. */
static enum selftest_result some_events(struct selftest *test, struct claimed *core,
					uint32_t first, uint32_t count)
{
	struct neuron_event_entry saved[CHUNK], list[CHUNK];
	enum selftest_result result;
	uint32_t i;

	for (i = 0; i < count; i++)
		saved[i] = (struct neuron_event_entry){ .nc_id = core->nc_id,
							.event_id = first + i };
	if (neuron_events_get(test->ctx, saved, count, SELFTEST_MS))
		return selftest_broken(test, "reading events");
	memcpy(list, saved, sizeof(list));
	invert(list, count);
	if (neuron_events_set(test->ctx, list, count))
		return selftest_broken(test, "setting events");
	result = expect_events(test, "register", list, count);
	if (result == SELFTEST_PASS)
		result = write_events(test, core, saved, count);
	if (result == SELFTEST_PASS)
		result = expect_events(test, "ring", saved, count);
	if (result != SELFTEST_PASS)
		neuron_events_set(test->ctx, saved, count);
	return result;
}

/**
 * selftest_events() - events of a core can be set by register and by a ring
 * @test: run
 * @nc_id: core
 *
 * Return: result.
 */
enum selftest_result selftest_events(struct selftest *test, uint32_t nc_id)
{
	uint32_t first, end, count = 0;
	enum selftest_result result;
	struct claimed core;

	result = claim(test, nc_id, &core);
	if (result != SELFTEST_PASS)
		return result;
	end = test->mode == SELFTEST_FULL ? core.info.events : QUICK;
	for (first = 0; first < end && result == SELFTEST_PASS; first += count) {
		count = end - first < CHUNK ? end - first : CHUNK;
		result = some_events(test, &core, first, count);
	}
	if (result == SELFTEST_PASS)
		selftest_says(test, result, "%" PRIu32 " by register and by ring", end);
	return release(test, &core, result);
}

/* Set, add, take away: a value for each semaphore that no other one has. */
static const struct {
	uint32_t op;
	int32_t value, by;	/* value of an operation: @value + @by * semaphore */
} steps[] = {
	{ NEURON_SEMAPHORE_OP_SET, 1000, 7 },
	{ NEURON_SEMAPHORE_OP_INCREMENT, 50, 1 },
	{ NEURON_SEMAPHORE_OP_DECREMENT, 2000, 3 },
};

static int32_t step_value(size_t step, uint32_t semaphore_id)
{
	return steps[step].value + steps[step].by * (int32_t)semaphore_id;
}

static enum selftest_result expect_semaphores(struct selftest *test, const char *how,
					      const struct claimed *core, const int32_t *want)
{
	struct neuron_semaphore_entry list[CHUNK] = { 0 };
	uint32_t i, count = core->info.semaphores;

	for (i = 0; i < count; i++)
		list[i] = (struct neuron_semaphore_entry){ .nc_id = core->nc_id,
							   .semaphore_id = i };
	if (neuron_semaphores_get(test->ctx, list, count, SELFTEST_MS))
		return selftest_broken(test, "reading semaphores");
	for (i = 0; i < count; i++)
		if (list[i].value != want[i])
			return selftest_says(test, SELFTEST_FAIL, "semaphore %" PRIu32 " is %"
					     PRId32 " and not %" PRId32 ", by %s", i,
					     list[i].value, want[i], how);
	return SELFTEST_PASS;
}

/* One operation on all of them. */
static enum selftest_result step_semaphores(struct selftest *test, struct claimed *core,
					    size_t step, bool ring)
{
	struct neuron_semaphore_entry list[CHUNK];
	struct neuron_entry entries[CHUNK];
	uint32_t i, count = core->info.semaphores;

	for (i = 0; i < count; i++) {
		list[i] = (struct neuron_semaphore_entry){ .nc_id = core->nc_id, .semaphore_id = i,
			.op = steps[step].op, .value = step_value(step, i) };
		neuron_entry_semaphore(&entries[i], core->nc_id, i, steps[step].op,
				       (uint32_t)step_value(step, i));
	}
	if (ring)
		return by_ring(test, core, entries, count);
	return neuron_semaphores_set(test->ctx, list, count) ?
	       selftest_broken(test, "setting semaphores") : SELFTEST_PASS;
}

static enum selftest_result all_semaphores(struct selftest *test, struct claimed *core, bool ring)
{
	enum selftest_result result = SELFTEST_PASS;
	int32_t want[CHUNK];
	size_t step;
	uint32_t i;

	for (step = 0; step < COUNT(steps) && result == SELFTEST_PASS; step++) {
		for (i = 0; i < core->info.semaphores; i++) {
			if (steps[step].op == NEURON_SEMAPHORE_OP_SET)
				want[i] = step_value(step, i);
			else if (steps[step].op == NEURON_SEMAPHORE_OP_INCREMENT)
				want[i] += step_value(step, i);
			else
				want[i] -= step_value(step, i);
		}
		result = step_semaphores(test, core, step, ring);
		if (result == SELFTEST_PASS)
			result = expect_semaphores(test, ring ? "ring" : "register", core, want);
	}
	return result;
}

static enum selftest_result keep_semaphores(struct selftest *test, struct claimed *core)
{
	struct neuron_semaphore_entry saved[CHUNK];
	uint32_t i, count = core->info.semaphores;
	enum selftest_result result;

	for (i = 0; i < count; i++)
		saved[i] = (struct neuron_semaphore_entry){ .nc_id = core->nc_id,
			.semaphore_id = i, .op = NEURON_SEMAPHORE_OP_SET };
	if (neuron_semaphores_get(test->ctx, saved, count, SELFTEST_MS))
		return selftest_broken(test, "reading semaphores");
	result = all_semaphores(test, core, false);
	if (result == SELFTEST_PASS)
		result = all_semaphores(test, core, true);
	if (neuron_semaphores_set(test->ctx, saved, count) && result == SELFTEST_PASS)
		result = selftest_broken(test, "setting semaphores");
	return result;
}

/**
 * selftest_semaphores() - semaphores of a core can be changed by register and by a ring
 * @test: run
 * @nc_id: core
 *
 * Return: result.
 */
enum selftest_result selftest_semaphores(struct selftest *test, uint32_t nc_id)
{
	enum selftest_result result;
	struct claimed core;

	result = claim(test, nc_id, &core);
	if (result != SELFTEST_PASS)
		return result;
	if (core.info.semaphores > CHUNK)
		core.info.semaphores = CHUNK;
	result = keep_semaphores(test, &core);
	if (result == SELFTEST_PASS)
		selftest_says(test, result, "%" PRIu32 " by register and by ring",
			      core.info.semaphores);
	return release(test, &core, result);
}

/* Each change has made a record, and they come in order. */
static enum selftest_result expect_records(struct selftest *test, struct neuron_nq *nq,
					   const struct neuron_event_entry *list, uint32_t count)
{
	struct neuron_nq_record record;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (neuron_nq_wait(nq, &record, 1, SELFTEST_MS) != 1)
			return selftest_broken(test, "waiting for a record");
		if (neuron_nq_record_type(&record) == NEURON_NQ_TYPE_EVENT &&
		    neuron_nq_record_core(&record) == list[i].nc_id &&
		    neuron_nq_record_id(&record) == list[i].event_id &&
		    neuron_nq_record_value(&record) == list[i].value)
			continue;
		return selftest_says(test, SELFTEST_FAIL, "a record of event %" PRIu32 " of core %"
				     PRIu32 " came, value %" PRIu32 ", not of event %" PRIu32,
				     neuron_nq_record_id(&record), neuron_nq_record_core(&record),
				     neuron_nq_record_value(&record), list[i].event_id);
	}
	return neuron_nq_ack(nq) ? selftest_broken(test, "acknowledging records") : SELFTEST_PASS;
}

/* Changes by register and by the ring take turns; after an even number all is as before. */
static enum selftest_result change_events(struct selftest *test, struct claimed *core,
					  struct neuron_nq *nq, struct neuron_event_entry *list)
{
	unsigned int rounds = test->mode == SELFTEST_FULL ? ROUNDS_FULL : ROUNDS_QUICK;
	enum selftest_result result = SELFTEST_PASS;
	unsigned int i;

	for (i = 0; i < rounds && result == SELFTEST_PASS; i++) {
		invert(list, CHUNK);
		if (i % 2)
			result = write_events(test, core, list, CHUNK);
		else if (neuron_events_set(test->ctx, list, CHUNK))
			result = selftest_broken(test, "setting events");
		if (result == SELFTEST_PASS)
			result = expect_records(test, nq, list, CHUNK);
	}
	if (result == SELFTEST_PASS)
		selftest_says(test, result, "%u records in order", rounds * CHUNK);
	return result;
}

static enum selftest_result with_queue(struct selftest *test, struct claimed *core,
				       struct neuron_nq *nq)
{
	struct neuron_event_entry saved[CHUNK], list[CHUNK];
	enum selftest_result result;
	uint32_t i;

	for (i = 0; i < CHUNK; i++)
		saved[i] = (struct neuron_event_entry){ .nc_id = core->nc_id, .event_id = i };
	if (neuron_nq_map(nq, NULL))
		return selftest_broken(test, "mapping the queue");
	if (neuron_events_get(test->ctx, saved, CHUNK, SELFTEST_MS))
		return selftest_broken(test, "reading events");
	memcpy(list, saved, sizeof(list));
	result = change_events(test, core, nq, list);
	if (result != SELFTEST_PASS)
		neuron_events_set(test->ctx, saved, CHUNK);
	return result;
}

/**
 * selftest_notifications() - changes of events arrive in the notification queue
 * @test: run
 * @nc_id: core
 *
 * Return: result.
 */
enum selftest_result selftest_notifications(struct selftest *test, uint32_t nc_id)
{
	enum selftest_result result;
	struct neuron_nq *nq = NULL;
	struct claimed core;

	result = claim(test, nc_id, &core);
	if (result != SELFTEST_PASS)
		return result;
	if (neuron_nq_create(test->ctx, nc_id, NEURON_NQ_TYPE_EVENT, 0, NQ_BYTES, &nq))
		result = selftest_broken(test, "making the queue");
	else
		result = with_queue(test, &core, nq);
	if (neuron_nq_destroy(nq, SELFTEST_MS) && result == SELFTEST_PASS)
		result = selftest_broken(test, "giving the queue back");
	return release(test, &core, result);
}
