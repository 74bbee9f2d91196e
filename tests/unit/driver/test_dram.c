// SPDX-License-Identifier: GPL-2.0
#include "test.h"
#include <linux/rbtree_augmented.h>
#include "dram.h"

#define GIB		(1ull << 30)
#define GRANULE		NEURON_DRAM_GRANULE

static void dram_refuses_what_cannot_be(void **state)
{
	struct neuron_dram_block block;
	struct neuron_dram dram;

	(void)state;
	assert_int_equal(neuron_dram_init(&dram, 0, GIB, 1), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 3, GIB, 1), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, GIB, 0), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, GIB, 3), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, GIB, 8), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, GRANULE, 2), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, 4 * GIB + GRANULE, 1), -EINVAL);
	assert_int_equal(neuron_dram_init(&dram, 2, GIB, 2), 0);

	assert_int_equal(neuron_dram_alloc(&dram, 2, 0, 1, 1, &block), -EINVAL);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 2, 1, 1, &block), -EINVAL);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 0, 1, &block), -EINVAL);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 1, 0, &block), -EINVAL);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 1, 768, &block), -EINVAL);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, GIB / 2 + 1, 1, &block), -E2BIG);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, UINT64_MAX, 1, &block), -E2BIG);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 1, 1ull << 63, &block), -E2BIG);
	assert_int_equal(neuron_dram_used(&dram), 0);
}

static void dram_gives_out_the_first_byte_and_rounds_up(void **state)
{
	struct neuron_dram_block first, second;
	struct neuron_dram dram;

	(void)state;
	neuron_dram_init(&dram, 2, 4 * GIB, 1);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 1, 1, &first), 0);
	assert_int_equal(first.offset, 0);
	assert_int_equal(first.bytes, GRANULE);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, GRANULE + 1, 1, &second), 0);
	assert_int_equal(second.offset, GRANULE);
	assert_int_equal(second.bytes, 2 * GRANULE);
	assert_int_equal(neuron_dram_used(&dram), 3 * GRANULE);
	assert_int_equal(dram.blocks, 2);
}

static void dram_fills_each_region_of_each_channel(void **state)
{
	struct neuron_dram_block whole[2][4], more;
	struct neuron_dram_usage usage;
	struct neuron_dram dram;
	u32 channel, i;

	(void)state;
	neuron_dram_init(&dram, 2, 4 * GIB, 4);
	assert_int_equal(neuron_dram_bytes(&dram), 8 * GIB);
	for (channel = 0; channel < 2; channel++)
		for (i = 0; i < 4; i++) {
			assert_int_equal(neuron_dram_alloc(&dram, channel, i, GIB, 1,
							   &whole[channel][i]), 0);
			assert_int_equal(whole[channel][i].offset, i * GIB);
			assert_int_equal(neuron_dram_alloc(&dram, channel, i, 1, 1, &more),
					 -ENOSPC);
		}
	assert_int_equal(neuron_dram_used(&dram), 8 * GIB);
	assert_int_equal(neuron_dram_usage(&dram, 1, 3, &usage), 0);
	assert_int_equal(usage.free, 0);
	assert_int_equal(usage.largest, 0);

	neuron_dram_free(&dram, &whole[1][3]);
	assert_int_equal(neuron_dram_usage(&dram, 1, 3, &usage), 0);
	assert_int_equal(usage.largest, GIB);
	assert_int_equal(neuron_dram_usage(&dram, 1, 4, &usage), -EINVAL);
}

static void dram_takes_the_smallest_hole_that_fits(void **state)
{
	struct neuron_dram_block b[6], block;
	struct neuron_dram dram;
	u32 i;

	(void)state;
	neuron_dram_init(&dram, 1, GIB, 1);
	/* Holes of 8, 2 and 4 granules between blocks that stay. */
	for (i = 0; i < 6; i++)
		neuron_dram_alloc(&dram, 0, 0, (i == 0 ? 8 : i == 2 ? 2 : i == 4 ? 4 : 1) * GRANULE,
				  1, &b[i]);
	for (i = 0; i < 6; i += 2)
		neuron_dram_free(&dram, &b[i]);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 3 * GRANULE, 1, &block), 0);
	assert_int_equal(block.offset, b[4].offset);
}

static void dram_joins_neighbours_when_freed_in_any_order(void **state)
{
	static const u32 orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	struct neuron_dram_usage usage;
	struct neuron_dram_block b[3];
	struct neuron_dram dram;
	u32 i, k;

	(void)state;
	neuron_dram_init(&dram, 1, 3 * GRANULE, 1);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		for (k = 0; k < 3; k++)
			assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 1, 1, &b[k]), 0);
		for (k = 0; k < 3; k++)
			neuron_dram_free(&dram, &b[orders[i][k]]);
		neuron_dram_usage(&dram, 0, 0, &usage);
		assert_int_equal(usage.largest, 3 * GRANULE);
		assert_int_equal(usage.used, 0);
		assert_int_equal(dram.blocks, 0);
	}
}

/* More misplaced holes than are tried, and one at the end that is right. */
static void dram_finds_the_only_aligned_place(void **state)
{
	static struct neuron_dram_block b[201], block;
	struct neuron_dram_usage usage;
	struct neuron_dram dram;
	u32 i;

	(void)state;
	/* 100 holes of 2 granules at odd granules, then one at an even one. */
	neuron_dram_init(&dram, 1, (1 + 100 * 4 + 1 + 2) * GRANULE, 1);
	neuron_dram_alloc(&dram, 0, 0, GRANULE, 1, &b[0]);
	for (i = 1; i < 201; i++)
		assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 1, &b[i]), 0);
	for (i = 1; i < 201; i += 2)
		neuron_dram_free(&dram, &b[i]);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 2 * GRANULE, &block), 0);
	assert_int_equal(block.offset, 402 * GRANULE);
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 2 * GRANULE, &b[1]), -ENOSPC);
	neuron_dram_free(&dram, &block);
	neuron_dram_usage(&dram, 0, 0, &usage);
	assert_int_equal(usage.largest, 3 * GRANULE);
}

#define GRANULES	4096
#define LIVE_MAX	300

struct live {
	struct neuron_dram_block block;
	bool used;
};

static void claim(u8 *map, const struct neuron_dram_block *block, u8 old, u8 new)
{
	u64 i;

	for (i = 0; i < block->bytes / GRANULE; i++) {
		assert_int_equal(map[block->offset / GRANULE + i], old);
		map[block->offset / GRANULE + i] = new;
	}
}

static u64 largest_run(const u8 *map)
{
	u64 best = 0, run = 0;
	u32 i;

	for (i = 0; i < GRANULES; i++) {
		run = map[i] ? 0 : run + 1;
		best = max(best, run);
	}

	return best * GRANULE;
}

/* Is there an aligned place at all? The answer that the allocator must give too. */
static bool place_exists(const u8 *map, u64 granules, u64 step)
{
	u64 at, i;

	for (at = 0; at + granules <= GRANULES; at += step) {
		for (i = 0; i < granules && !map[at + i]; i++)
			;
		if (i == granules)
			return true;
	}

	return false;
}

static void dram_agrees_with_a_bitmap_over_random_use(void **state)
{
	static struct live live[LIVE_MAX];
	static u8 map[GRANULES];
	struct neuron_dram_usage usage;
	struct neuron_dram dram;
	int round;

	(void)state;
	srand(2);
	neuron_dram_init(&dram, 1, GRANULES * GRANULE, 1);
	for (round = 0; round < 40000; round++) {
		struct live *one = &live[rand() % LIVE_MAX];
		u64 granules = 1 + rand() % (rand() % 8 ? 16 : 400);
		u64 step = 1ull << rand() % 6;
		int ret;

		if (one->used) {
			claim(map, &one->block, 1, 0);
			neuron_dram_free(&dram, &one->block);
			one->used = false;
			continue;
		}
		ret = neuron_dram_alloc(&dram, 0, 0, granules * GRANULE, step * GRANULE,
					&one->block);
		assert_int_equal(ret, place_exists(map, granules, step) ? 0 : -ENOSPC);
		if (ret)
			continue;
		assert_int_equal(one->block.offset % (step * GRANULE), 0);
		assert_int_equal(one->block.bytes, granules * GRANULE);
		claim(map, &one->block, 0, 1);
		one->used = true;
		neuron_dram_usage(&dram, 0, 0, &usage);
		assert_int_equal(usage.largest, largest_run(map));
	}
}

/* A walk of all holes would take 10^10 steps here; a path in the tree is computed anew. */
static void dram_takes_100000_blocks_without_a_linear_step(void **state)
{
	static struct neuron_dram_block block[100000];
	struct neuron_dram dram;
	u64 before;
	u32 i;

	(void)state;
	neuron_dram_init(&dram, 2, 4 * GIB, 1);
	before = shim_rb_steps + shim_rb_computes;
	for (i = 0; i < ARRAY_SIZE(block); i++)
		assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 4096, 4096, &block[i]), 0);
	for (i = 0; i < ARRAY_SIZE(block); i += 2)
		neuron_dram_free(&dram, &block[i]);
	for (i = 0; i < ARRAY_SIZE(block); i += 2)
		assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 4096, 4096, &block[i]), 0);
	for (i = 0; i < ARRAY_SIZE(block); i++)
		neuron_dram_free(&dram, &block[i]);
	assert_int_equal(neuron_dram_used(&dram), 0);
	assert_true(shim_rb_steps + shim_rb_computes - before <= 3 * ARRAY_SIZE(block) * 200);
}

/* 10000 holes are large enough but misplaced, and there is room elsewhere. */
static void dram_does_not_try_all_misplaced_holes(void **state)
{
	static struct neuron_dram_block block[20001], aligned;
	struct neuron_dram dram;
	u64 before;
	u32 i;

	(void)state;
	neuron_dram_init(&dram, 1, GIB, 1);
	neuron_dram_alloc(&dram, 0, 0, GRANULE, 1, &block[0]);
	for (i = 1; i < ARRAY_SIZE(block); i++)
		neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 1, &block[i]);
	for (i = 1; i < ARRAY_SIZE(block); i += 2)
		neuron_dram_free(&dram, &block[i]);
	before = shim_rb_steps + shim_rb_computes;
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 2 * GRANULE, &aligned), 0);
	assert_true(shim_rb_steps + shim_rb_computes - before <= 200);
	assert_true(aligned.offset >= 40000 * GRANULE);
	/* Now there is none left: that is known as fast. */
	neuron_dram_alloc(&dram, 0, 0, GIB - 40004 * GRANULE, 1, &block[1]);
	before = shim_rb_steps + shim_rb_computes;
	assert_int_equal(neuron_dram_alloc(&dram, 0, 0, 2 * GRANULE, 2 * GRANULE, &block[3]),
			 -ENOSPC);
	assert_true(shim_rb_steps + shim_rb_computes == before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dram_refuses_what_cannot_be),
		cmocka_unit_test(dram_gives_out_the_first_byte_and_rounds_up),
		cmocka_unit_test(dram_fills_each_region_of_each_channel),
		cmocka_unit_test(dram_takes_the_smallest_hole_that_fits),
		cmocka_unit_test(dram_joins_neighbours_when_freed_in_any_order),
		cmocka_unit_test(dram_finds_the_only_aligned_place),
		cmocka_unit_test(dram_agrees_with_a_bitmap_over_random_use),
		cmocka_unit_test(dram_takes_100000_blocks_without_a_linear_step),
		cmocka_unit_test(dram_does_not_try_all_misplaced_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
