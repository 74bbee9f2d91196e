// SPDX-License-Identifier: GPL-2.0
/* Reset, readiness and links. */
#include "test.h"
#include "card.h"
#include "hw_reset.h"

#define MS	1000ull
#define EAST_ID	(0x800000000000ull | (CARD_MISC + 0x24))
#define WEST_ID	(0xc00000000000ull | (CARD_MISC + 0x24))

static void reset_is_requested_and_awaited(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	neuron_hw_set_device_id(&card.hw, 5);
	assert_int_equal(card_get(CARD_MISC + 0x24), 5);
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), 0);
	assert_int_equal(card.resets, 1);
	assert_int_equal(card_get(CARD_MISC + 0x24), 0);
	assert_in_range(shim_now_us - start, 50 * MS, 200 * MS);
}

/* Silence for 8 s costs at most half as much again. */
static void slow_reset_is_awaited_with_growing_patience(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	card.reset_us = 8000 * MS;
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), 0);
	assert_int_equal(card.resets, 1);
	assert_in_range(shim_now_us - start, 8000 * MS, 14000 * MS);
	assert_true(card_stat(fwio_timeouts) < 20);
}

static void endless_reset_is_given_up(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	card.reset_us = 3600 * 1000 * MS;
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), -ETIMEDOUT);
	assert_in_range(shim_now_us - start, 120000 * MS, 160000 * MS);
}

static void slow_firmware_gets_the_time_it_needs(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 30; i++)
		card_plan(CARD_GOOD, 4000 * MS);
	assert_int_equal(neuron_hw_wait_ready(&card.hw, 120000), 0);
	assert_true(card_stat(fwio_stale) > 0);
}

static void removal_ends_a_reset(void **state)
{
	(void)state;
	card.reset_us = 3600 * 1000 * MS;
	card.gone_at_us = shim_now_us + 700 * MS;
	assert_int_equal(neuron_hw_reset(&card.hw, 120000), -ENODEV);
	assert_in_range(shim_now_us - card.gone_at_us, 0, 2 * MS);
}

static void ready_card_is_ready_at_once(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	assert_int_equal(neuron_hw_wait_ready(&card.hw, 1000), 0);
	assert_int_equal(shim_now_us, start);
}

static void card_that_is_never_ready_is_given_up(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	card_set(CARD_MISC + 0x1c, 0);
	assert_int_equal(neuron_hw_wait_ready(&card.hw, 1000), -ETIMEDOUT);
	assert_in_range(shim_now_us - start, 1000 * MS, 2000 * MS);
}

static void links_name_the_neighbours(void **state)
{
	u32 east, west, east_id, west_id;

	(void)state;
	card_set(EAST_ID, 3);
	card_set(WEST_ID, 9);
	card_set(CARD_MISC + 0x1c, 1u << 31 | 3);
	assert_int_equal(neuron_hw_links(&card.hw, &east, &west, &east_id, &west_id), 0);
	assert_int_equal(east, 1);
	assert_int_equal(west, 1);
	assert_int_equal(east_id, 3);
	assert_int_equal(west_id, 9);
	assert_int_equal(card.requests, 2);

	card_set(CARD_MISC + 0x1c, 1u << 31 | 2);
	assert_int_equal(neuron_hw_links(&card.hw, &east, &west, &east_id, &west_id), 0);
	assert_int_equal(east, 0);
	assert_int_equal(east_id, U32_MAX);
	assert_int_equal(west, 1);
	assert_int_equal(west_id, 9);
}

static void card_without_links_is_asked_once(void **state)
{
	u32 east, west, east_id, west_id;

	(void)state;
	assert_int_equal(neuron_hw_links(&card.hw, &east, &west, &east_id, &west_id), 0);
	assert_int_equal(east | west, 0);
	assert_int_equal(card.requests, 1);
}

static void link_that_fails_in_between_keeps_the_flags(void **state)
{
	u32 east, west, east_id, west_id;
	int i;

	(void)state;
	card_set(CARD_MISC + 0x1c, 1u << 31 | 1);
	card_plan(CARD_GOOD, 0);
	for (i = 0; i < 3; i++)
		card_plan(CARD_FAILED, 0);
	assert_int_equal(neuron_hw_links(&card.hw, &east, &west, &east_id, &west_id), -EIO);
	assert_int_equal(east, 1);
	assert_int_equal(west, 0);
	assert_int_equal(east_id, U32_MAX);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_card(reset_is_requested_and_awaited),
		on_card(slow_reset_is_awaited_with_growing_patience),
		on_card(endless_reset_is_given_up),
		on_card(slow_firmware_gets_the_time_it_needs),
		on_card(removal_ends_a_reset),
		on_card(ready_card_is_ready_at_once),
		on_card(card_that_is_never_ready_is_given_up),
		on_card(links_name_the_neighbours),
		on_card(card_without_links_is_asked_once),
		on_card(link_that_fails_in_between_keeps_the_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
