// SPDX-License-Identifier: GPL-2.0
#include "test.h"
#include "card.h"
#include "hw_io.h"

#define MS	1000ull

static const u64 status_addr = CARD_MISC + 0x1c;

static int read_status(u32 *value)
{
	return neuron_fwio_read(&card.hw, &status_addr, value, 1);
}

static void read_answers_with_all_values_in_order(void **state)
{
	u64 addr[100];
	u32 value[100];
	u32 i;

	(void)state;
	for (i = 0; i < 100; i++) {
		addr[i] = CARD_CORES + 0x2700000 + 4 * (99 - i);
		card_set(addr[i], 7 * i + 1);
	}
	card_plan(CARD_GOOD, 30);
	assert_int_equal(neuron_fwio_read(&card.hw, addr, value, 100), 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(value[i], 7 * i + 1);
	assert_int_equal(card_stat(fwio_requests), 1);
	assert_int_equal(card_stat(fwio_retries), 0);
	assert_int_equal(card_stat(fwio_stale), 0);
}

static void read_of_no_or_too_many_registers_is_refused(void **state)
{
	u64 addr[101] = { 0 };
	u32 value[101];

	(void)state;
	assert_int_equal(neuron_fwio_read(&card.hw, addr, value, 0), -EINVAL);
	assert_int_equal(neuron_fwio_read(&card.hw, addr, value, 101), -EINVAL);
	assert_int_equal(card.stores, 0);
}

/* docs/hardware, section 4.2 */
static void each_attempt_stores_the_pointers_before_the_doorbell(void **state)
{
	static const u32 offs[] = { 0x1f4, 0x1f0, 0x1fc, 0x1f8, 0x800 };
	u32 value;
	u32 i;

	(void)state;
	card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(card.stores, 2 * ARRAY_SIZE(offs));
	for (i = 0; i < card.stores; i++)
		assert_int_equal(card.store[i].dev_addr,
				 CARD_MISC + offs[i % ARRAY_SIZE(offs)]);
	assert_int_equal(card_stat(reg_writes), 2 * ARRAY_SIZE(offs));
}

static void quick_answer_is_taken_quickly(void **state)
{
	u64 start = shim_now_us;
	u32 value;

	(void)state;
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(value, 1u << 31);
	assert_int_equal(shim_now_us, start);
	card_plan(CARD_GOOD, 0);
	card_plan(CARD_GOOD, 40);
	assert_int_equal(read_status(&value), 0);
	assert_in_range(shim_now_us - start, 40, 100);
}

static void lost_answer_is_asked_for_again(void **state)
{
	u64 start = shim_now_us;
	u32 value;

	(void)state;
	card_plan(CARD_LOST, 0);
	card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(value, 1u << 31);
	assert_in_range(shim_now_us - start, 2000 * MS, 2010 * MS);
	assert_int_equal(card_stat(fwio_requests), 1);
	assert_int_equal(card_stat(fwio_retries), 2);
	assert_int_equal(card_stat(fwio_timeouts), 2);
}

static void dead_firmware_ends_in_a_time_out(void **state)
{
	u64 start = shim_now_us;
	u32 value;
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), -ETIMEDOUT);
	assert_int_equal(card.requests, 3);
	assert_in_range(shim_now_us - start, 3000 * MS, 3010 * MS);
	assert_int_equal(card_stat(fwio_timeouts), 3);
}

static void late_answer_is_recognised_while_waiting_for_another(void **state)
{
	u64 other = CARD_CORES + 0x2701004;
	u32 value;

	(void)state;
	card_set(other, 77);
	/* The first comes 100 ms into the second attempt, whose own takes 200 ms. */
	card_plan(CARD_GOOD, 1100 * MS);
	card_plan(CARD_GOOD, 200 * MS);
	assert_int_equal(neuron_fwio_read_opts(&card.hw, &status_addr, &value, 1, 1, 1000),
			 -ETIMEDOUT);
	assert_int_equal(neuron_fwio_read(&card.hw, &other, &value, 1), 0);
	assert_int_equal(value, 77);
	assert_int_equal(card_stat(fwio_stale), 1);
}

static void late_answer_between_two_requests_is_recognised(void **state)
{
	u32 value;

	(void)state;
	card_plan(CARD_GOOD, 1100 * MS);
	assert_int_equal(neuron_fwio_read_opts(&card.hw, &status_addr, &value, 1, 1, 1000),
			 -ETIMEDOUT);
	shim_sleep(500 * MS);
	assert_int_equal(card_stat(fwio_stale), 0);
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(card_stat(fwio_stale), 1);
	assert_int_equal(card_stat(fwio_retries), 0);
}

static void wrong_sequence_is_no_answer(void **state)
{
	u32 value = 5;

	(void)state;
	/* Sequence 1 would be answered with 0, which is no answer at all. */
	assert_int_equal(read_status(&value), 0);
	card_plan(CARD_GOOD, 0);
	card_plan(CARD_WRONG_SEQ, 0);
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(value, 1u << 31);
	assert_int_equal(card_stat(fwio_stale), 1);
	assert_int_equal(card_stat(fwio_timeouts), 1);
	assert_int_equal(card_stat(fwio_retries), 1);
}

static void error_and_wrong_size_are_asked_again_then_an_error(void **state)
{
	static const enum card_answer answers[] = { CARD_SHORT, CARD_LONG, CARD_FAILED };
	u64 start = shim_now_us;
	unsigned int i;
	u32 value = 5;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(answers); i++)
		card_plan(answers[i], 0);
	assert_int_equal(read_status(&value), -EIO);
	assert_int_equal(value, 5);
	assert_int_equal(card.requests, 3);
	assert_int_equal(card_stat(fwio_errors), 3);
	assert_int_equal(shim_now_us, start);

	card_plan(CARD_SHORT, 0);
	assert_int_equal(read_status(&value), 0);
	assert_int_equal(value, 1u << 31);
}

static void unknown_command_is_not_asked_again(void **state)
{
	u32 value;

	(void)state;
	card_plan(CARD_REFUSED, 0);
	assert_int_equal(read_status(&value), -EIO);
	assert_int_equal(card.requests, 1);
}

static void sequence_wraps_without_0(void **state)
{
	u32 value;
	int i;

	(void)state;
	for (i = 0; i < 600; i++)
		assert_int_equal(read_status(&value), 0);
	assert_int_equal(card.hw.fwio.seq, 600 - 2 * 255);
	assert_int_equal(card_stat(fwio_retries), 0);
}

static void parameters_become_the_fields_of_new_cards(void **state)
{
	u64 start;
	u32 value;

	(void)state;
	card_teardown(NULL);
	neuron_fwio_attempts = 2;
	neuron_fwio_timeout_ms = 50;
	card_setup(NULL);
	neuron_fwio_attempts = 3;
	neuron_fwio_timeout_ms = 1000;

	start = shim_now_us;
	card_plan(CARD_LOST, 0);
	card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), -ETIMEDOUT);
	assert_int_equal(card.requests, 2);
	assert_in_range(shim_now_us - start, 100 * MS, 110 * MS);
}

static void removal_ends_a_wait_at_once_and_all_later_ones(void **state)
{
	unsigned int stores;
	u32 value;

	(void)state;
	card.gone_at_us = shim_now_us + 300 * MS;
	card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), -ENODEV);
	assert_in_range(shim_now_us - card.gone_at_us, 0, 2 * MS);
	assert_true(card.hw.gone_wq.woken > 0);

	stores = card.stores;
	assert_int_equal(read_status(&value), -ENODEV);
	assert_int_equal(neuron_fwio_ring(&card.hw, 0x1ec, 1), -ENODEV);
	assert_int_equal(neuron_hw_sleep(&card.hw, 1000), -ENODEV);
	neuron_hw_write(&card.hw, 0, 1);
	neuron_hw_core_write(&card.hw, 0, 0, 1);
	assert_int_equal(card.stores, stores);
	assert_int_equal(card_stat(reg_writes), stores);
}

static void killed_caller_gives_up(void **state)
{
	u32 value;

	(void)state;
	card.killed_at_us = shim_now_us + 300 * MS;
	card_plan(CARD_LOST, 0);
	assert_int_equal(read_status(&value), -ECANCELED);
	assert_in_range(shim_now_us - card.killed_at_us, 0, 2 * MS);
	assert_int_equal(read_status(&value), -ECANCELED);
	assert_int_equal(card.requests, 1);
	shim_killed = false;
	card.killed_at_us = 0;
	assert_int_equal(read_status(&value), 0);
}

static void short_bars_are_refused(void **state)
{
	const struct neuron_hw_map *map = neuron_hw_map_get(0x7067);
	struct neuron_hw hw = { 0 };

	(void)state;
	assert_int_equal(neuron_hw_init(&hw, &card.dev, NULL, 0x78e7ff, NULL, 1ull << 28, map),
			 -ENXIO);
	assert_int_equal(neuron_hw_init(&hw, &card.dev, NULL, 1 << 24, NULL, 1 << 27, map),
			 -ENXIO);
}

static void only_the_four_device_ids_have_a_map(void **state)
{
	u32 id;

	(void)state;
	for (id = 0; id <= U16_MAX; id++)
		assert_int_equal(!!neuron_hw_map_get(id), id >= 0x7064 && id <= 0x7067);
}

/* A mistake of a caller is loud and does not reach the card. */
static void stores_beyond_the_bar_are_dropped(void **state)
{
	(void)state;
	neuron_hw_write(&card.hw, 0x1000000, 1);
	neuron_hw_write(&card.hw, 0xfffffe, 1);
	neuron_hw_core_write(&card.hw, 4, 0, 1);
	assert_int_equal(shim_warnings, 3);
	assert_int_equal(card.stores, 0);
	shim_warnings = 0;
	neuron_hw_write(&card.hw, 0xfffffc, 1);
	neuron_hw_core_write(&card.hw, 3, 0x3fffffc, 1);
	assert_int_equal(card.stores, 2);
}

static void reserved_mailbox_is_only_for_resets(void **state)
{
	u64 start = shim_now_us;
	u32 value = 0;

	(void)state;
	neuron_fwio_reserve(&card.hw, true);
	assert_int_equal(read_status(&value), -ECANCELED);
	assert_int_equal(card.requests, 0);
	assert_int_equal(shim_now_us, start);
	assert_int_equal(neuron_fwio_read_opts(&card.hw, &status_addr, &value, 1, 1, 100), 0);
	assert_int_equal(value, 1u << 31);
	neuron_fwio_reserve(&card.hw, false);
	assert_int_equal(read_status(&value), 0);
}

static void reservation_ends_a_wait(void **state)
{
	u64 start = shim_now_us;
	u32 value;

	(void)state;
	card_plan(CARD_LOST, 0);
	card.reserved_at_us = start + 300 * MS;
	assert_int_equal(read_status(&value), -ECANCELED);
	assert_in_range(shim_now_us - start, 300 * MS, 302 * MS);
	assert_int_equal(card.requests, 1);
	assert_int_equal(card_stat(fwio_timeouts), 0);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_card(read_answers_with_all_values_in_order),
		on_card(read_of_no_or_too_many_registers_is_refused),
		on_card(each_attempt_stores_the_pointers_before_the_doorbell),
		on_card(quick_answer_is_taken_quickly),
		on_card(lost_answer_is_asked_for_again),
		on_card(dead_firmware_ends_in_a_time_out),
		on_card(late_answer_is_recognised_while_waiting_for_another),
		on_card(late_answer_between_two_requests_is_recognised),
		on_card(wrong_sequence_is_no_answer),
		on_card(error_and_wrong_size_are_asked_again_then_an_error),
		on_card(unknown_command_is_not_asked_again),
		on_card(sequence_wraps_without_0),
		on_card(parameters_become_the_fields_of_new_cards),
		on_card(removal_ends_a_wait_at_once_and_all_later_ones),
		on_card(killed_caller_gives_up),
		on_card(reserved_mailbox_is_only_for_resets),
		on_card(reservation_ends_a_wait),
		on_card(short_bars_are_refused),
		on_card(only_the_four_device_ids_have_a_map),
		on_card(stores_beyond_the_bar_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
