// SPDX-License-Identifier: GPL-2.0
/*
 * Self-test, the way of data: DRAM by the driver's queues, each queue of each
 * engine by a ring, and a neighbour's DRAM through a link. A pattern goes out
 * and comes back; it is another one each time, so that nothing old looks right.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "selftest.h"

static void make_pattern(struct selftest *test, uint32_t seed, size_t length)
{
	uint32_t word = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < length; i++) {
		word ^= word << 13;
		word ^= word >> 17;
		word ^= word << 5;
		test->in[i] = (unsigned char)word;
		test->out[i] = (unsigned char)~word;
	}
}

/* @where says what was tested. Return: SELFTEST_PASS if all that came back is right. */
static enum selftest_result judge_pattern(struct selftest *test, const char *where, size_t length)
{
	size_t i, wrong = 0, first = 0;

	for (i = 0; i < length; i++) {
		if (test->in[i] == test->out[i])
			continue;
		first = wrong++ ? first : i;
	}
	if (!wrong)
		return SELFTEST_PASS;
	return selftest_says(test, SELFTEST_FAIL,
			     "%s: %zu of %zu bytes came back wrong, at 0x%zx 0x%02x for 0x%02x",
			     where, wrong, length, first, test->out[first], test->in[first]);
}

static size_t length_of(const struct selftest *test)
{
	return test->mode == SELFTEST_FULL ? SELFTEST_FULL_BYTES : SELFTEST_QUICK_BYTES;
}

static int make_host(struct selftest *test, const char *label, struct neuron_mem **mem,
		     unsigned char **map)
{
	int err = neuron_mem_alloc_host(test->ctx, SELFTEST_BUFFER_BYTES, label, SELFTEST_MS, mem);

	return err ? err : neuron_mem_map(*mem, (void **)map);
}

/* What is full of others' memory is not broken. */
static enum selftest_result no_memory(struct selftest *test, int err)
{
	enum selftest_result result = selftest_broken(test, "no memory");

	return err == -ENOSPC || err == -ENOMEM || err == -EDQUOT ? SELFTEST_SKIP : result;
}

/* Return: SELFTEST_PASS if the buffers of a channel are there. */
static enum selftest_result need_buffers(struct selftest *test, uint32_t channel)
{
	int err = 0;

	if (!test->in)
		err = make_host(test, "self-test in", &test->in_mem, &test->in);
	if (!err && !test->out)
		err = make_host(test, "self-test out", &test->out_mem, &test->out);
	if (!err && !test->dram[channel])
		err = neuron_mem_alloc_device(test->ctx, SELFTEST_BUFFER_BYTES, channel, 0,
					      "self-test", SELFTEST_MS, &test->dram[channel]);
	return err ? no_memory(test, err) : SELFTEST_PASS;
}

/**
 * selftest_buffers_free() - give back what the parts have shared
 * @test: run
 *
 * What does not come back, since the card still uses it, is the driver's to keep.
 */
void selftest_buffers_free(struct selftest *test)
{
	size_t i;

	if (test->in_mem)
		neuron_mem_free(test->in_mem);
	if (test->out_mem)
		neuron_mem_free(test->out_mem);
	for (i = 0; i < COUNT(test->dram); i++)
		if (test->dram[i])
			neuron_mem_free(test->dram[i]);
}

/**
 * selftest_memory() - a DRAM channel keeps what the driver's own queues bring
 * @test: run
 * @channel: channel
 *
 * Return: result.
 */
enum selftest_result selftest_memory(struct selftest *test, uint32_t channel)
{
	enum selftest_result result = need_buffers(test, channel);
	size_t length = length_of(test);

	if (result != SELFTEST_PASS)
		return result;
	make_pattern(test, 0x1000 + channel, length);
	if (neuron_mem_copy(test->dram[channel], 0, test->in_mem, 0, length, SELFTEST_MS) ||
	    neuron_mem_copy(test->out_mem, 0, test->dram[channel], 0, length, SELFTEST_MS))
		return selftest_broken(test, "copying");
	result = judge_pattern(test, "copying", length);
	if (result != SELFTEST_PASS)
		return result;
	return selftest_says(test, SELFTEST_PASS, "%zu bytes there and back", length);
}

/* Why a ring did not get on: its engine knows more than the clock. */
static enum selftest_result no_end(struct selftest *test, uint32_t eng_id, uint32_t queue_id,
				   int finished)
{
	struct neuron_engine_info info;

	if (finished < 0)
		selftest_broken(test, "waiting");
	else
		selftest_says(test, SELFTEST_FAIL, "queue %" PRIu32 ": no end within %d s",
			      queue_id, SELFTEST_MS / 1000);
	if (!neuron_engine_get(test->tool->handle, test->device.index, eng_id, &info,
			       sizeof(info)) && info.state == NEURON_ENGINE_STATE_ABORTED)
		selftest_says(test, SELFTEST_FAIL, "queue %" PRIu32 ": aborted%s%s", queue_id,
			      info.cause[0] ? ": " : "", info.cause);
	return SELFTEST_FAIL;
}

/* There and back by one ring, on the queue that it is attached to. */
static enum selftest_result through_queue(struct selftest *test, struct neuron_ring *ring,
					  uint32_t eng_id, uint32_t queue_id)
{
	struct neuron_mem *dram = test->dram[eng_id % test->device.dram_channels];
	size_t length = length_of(test);
	struct neuron_entry entries[2];
	char where[32];
	int finished;

	make_pattern(test, eng_id << 8 | queue_id, length);
	neuron_entry_copy(&entries[0], dram, 0, test->in_mem, 0, length);
	neuron_entry_copy(&entries[1], test->out_mem, 0, dram, 0, length);
	if (neuron_ring_write(ring, entries, 2, NEURON_RING_START, NULL))
		return selftest_broken(test, "starting copies");
	finished = neuron_ring_ack(ring, 2, SELFTEST_MS);
	if (finished != 2)
		return no_end(test, eng_id, queue_id, finished);
	snprintf(where, sizeof(where), "queue %" PRIu32, queue_id);
	return judge_pattern(test, where, length);
}

/* struct rings_on - how many rings that we may see are on an engine */
struct rings_on {
	uint32_t eng_id, count;
};

static int count_ring(const struct neuron_ring_info *info, void *arg)
{
	struct rings_on *on = arg;

	on->count += NEURON_HAS(info, NEURON_A_RING_ENG_ID) && info->eng_id == on->eng_id;
	return 0;
}

/*
 * Queues of an engine that others use. The last engine of a core has a queue of
 * the driver's own, which counts once the driver has copied by it.
 */
static int others_on(struct selftest *test, const struct neuron_engine_info *engine,
		     uint32_t *count)
{
	uint32_t each = test->device.engines / test->device.cores;
	struct rings_on on = { .eng_id = engine->eng_id };
	int err = neuron_ring_list(test->tool->handle, (int)test->device.index, count_ring, &on);

	*count = engine->queues_used;
	if (engine->eng_id % each == each - 1 && *count == 1)
		*count = on.count;
	return err;
}

/* Whether an engine may be used. Return: SELFTEST_PASS if nobody else does. */
static enum selftest_result engine_free(struct selftest *test, uint32_t eng_id)
{
	struct neuron_engine_info engine;
	struct neuron_core_info core;
	uint32_t others;

	if (neuron_engine_get(test->tool->handle, test->device.index, eng_id, &engine,
			      sizeof(engine)) ||
	    neuron_core_get(test->tool->handle, test->device.index, engine.nc_id, &core,
			    sizeof(core)) ||
	    others_on(test, &engine, &others))
		return selftest_broken(test, "engine");
	if (engine.state == NEURON_ENGINE_STATE_ABORTED)
		return selftest_says(test, SELFTEST_FAIL, "aborted%s%s",
				     engine.cause[0] ? ": " : "", engine.cause);
	if (NEURON_HAS(&core, NEURON_A_CORE_CTX_ID))
		return selftest_says(test, SELFTEST_SKIP, "context %" PRIu32 " holds core %" PRIu32,
				     core.ctx_id, core.nc_id);
	if (others)
		return selftest_says(test, SELFTEST_SKIP, "others use %" PRIu32 " of its queues",
				     others);
	return SELFTEST_PASS;
}

/* Each queue of an engine; what somebody takes meanwhile is left to him. */
static enum selftest_result each_queue(struct selftest *test, struct neuron_ring *ring,
				       uint32_t eng_id)
{
	enum selftest_result result = SELFTEST_PASS;
	uint32_t queue_id, done = 0;
	int err;

	for (queue_id = 0; queue_id < test->device.queues_per_engine; queue_id++) {
		err = neuron_ring_attach(ring, eng_id, queue_id);
		/* Taken, or the driver's own. */
		if (err == -EBUSY || err == -EPERM)
			continue;
		if (err)
			return selftest_broken(test, "attaching a ring");
		result = through_queue(test, ring, eng_id, queue_id);
		if (result != SELFTEST_PASS)
			return result;
		if (neuron_ring_detach(ring, SELFTEST_MS))
			return selftest_broken(test, "stopping a queue");
		done++;
		if (test->mode == SELFTEST_QUICK)
			break;
	}
	return selftest_says(test, done ? SELFTEST_PASS : SELFTEST_SKIP,
			     "%" PRIu32 " of %" PRIu32 " queues, %zu bytes there and back", done,
			     test->device.queues_per_engine, length_of(test));
}

/**
 * selftest_engine() - the queues of an engine copy host to device to host
 * @test: run
 * @eng_id: engine
 *
 * Return: result.
 */
enum selftest_result selftest_engine(struct selftest *test, uint32_t eng_id)
{
	enum selftest_result result = engine_free(test, eng_id);
	struct neuron_ring *ring;

	if (result == SELFTEST_PASS)
		result = need_buffers(test, eng_id % test->device.dram_channels);
	if (result != SELFTEST_PASS)
		return result;
	if (neuron_ring_create(test->ctx, SELFTEST_RING, "self-test", &ring))
		return selftest_broken(test, "making a ring");
	result = each_queue(test, ring, eng_id);
	if (neuron_ring_destroy(ring, SELFTEST_MS) && result == SELFTEST_PASS)
		result = selftest_broken(test, "giving a ring back");
	return result;
}

/* Return: 0 if a ring is on a queue of an engine that nobody uses, else an errno. */
static int attach_anywhere(struct selftest *test, struct neuron_ring *ring)
{
	uint32_t nc_id;
	int err = -EBUSY;

	for (nc_id = 0; nc_id < test->device.cores && err == -EBUSY; nc_id++)
		err = neuron_ring_attach_core(ring, nc_id);
	return err;
}

/* Into the neighbour's memory by a ring of ours, back by its own queues. */
static enum selftest_result there_and_back(struct selftest *test, struct neuron_ring *ring,
					   struct neuron_ctx *peer, struct neuron_mem *far,
					   struct neuron_mem *back)
{
	size_t length = length_of(test);
	struct neuron_entry entry;
	unsigned char *map;
	int finished;

	make_pattern(test, 0x2000 + neuron_ctx_device(peer), length);
	neuron_entry_copy(&entry, far, 0, test->in_mem, 0, length);
	neuron_entry_to(&entry, peer);
	if (attach_anywhere(test, ring) ||
	    neuron_ring_write(ring, &entry, 1, NEURON_RING_START, NULL))
		return selftest_broken(test, "starting a transfer");
	finished = neuron_ring_ack(ring, 1, SELFTEST_MS);
	if (finished != 1)
		return no_end(test, neuron_ring_engine(ring), neuron_ring_queue(ring), finished);
	if (neuron_mem_copy(back, 0, far, 0, length, SELFTEST_MS) ||
	    neuron_mem_map(back, (void **)&map))
		return selftest_broken(test, "reading the neighbour's memory");
	memcpy(test->out, map, length);
	return judge_pattern(test, "transfer", length);
}

static enum selftest_result with_peer(struct selftest *test, struct neuron_ctx *peer)
{
	struct neuron_mem *far = NULL, *back = NULL;
	struct neuron_ring *ring = NULL;
	enum selftest_result result = SELFTEST_PASS;
	int err;

	err = neuron_mem_alloc_device(peer, SELFTEST_BUFFER_BYTES, 0, 0, "self-test",
				      SELFTEST_MS, &far);
	if (!err)
		err = neuron_mem_alloc_host(peer, SELFTEST_BUFFER_BYTES, "self-test", SELFTEST_MS,
					    &back);
	if (err)
		result = no_memory(test, err);
	else if (neuron_ring_create(test->ctx, SELFTEST_RING, "self-test", &ring))
		result = selftest_broken(test, "making a ring");
	if (result == SELFTEST_PASS)
		result = there_and_back(test, ring, peer, far, back);
	if (neuron_ring_destroy(ring, SELFTEST_MS) && result == SELFTEST_PASS)
		result = selftest_broken(test, "giving a ring back");
	if (back)
		neuron_mem_free(back);
	if (far)
		neuron_mem_free(far);
	return result;
}

/**
 * selftest_transfer() - a link carries data to the neighbour
 * @test: run; its text names the neighbour and stays, unless something fails
 * @peer_index: neighbour
 *
 * Return: result.
 */
enum selftest_result selftest_transfer(struct selftest *test, uint32_t peer_index)
{
	enum selftest_result result = need_buffers(test, 0);
	struct neuron_ctx *peer;
	size_t len;
	int err;

	if (result != SELFTEST_PASS)
		return result;
	err = neuron_ctx_open(test->tool->handle, peer_index, &peer);
	len = strlen(test->text);
	if (err == -EACCES || err == -EPERM || err == -ENOENT) {
		snprintf(test->text + len, sizeof(test->text) - len,
			 "; nothing was sent, for the neighbour may not be opened");
		return SELFTEST_PASS;
	}
	if (err)
		return selftest_broken(test, "neighbour");
	result = with_peer(test, peer);
	neuron_ctx_close(peer);
	if (result == SELFTEST_PASS)
		snprintf(test->text + len, sizeof(test->text) - len, ", %zu bytes sent",
			 length_of(test));
	return result;
}
