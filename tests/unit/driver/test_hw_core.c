// SPDX-License-Identifier: GPL-2.0
/* Events, semaphores and notification queues. */
#include "test.h"
#include "card.h"
#include "hw_core.h"
#include "hw_nq.h"

static u64 core(u32 nc, u32 off)
{
	return CARD_CORES + nc * 0x4000000ull + off;
}

static u64 nq(u32 nc, u32 off)
{
	return CARD_APB + 0x404000 + nc * 0x10000 + off;
}

/* docs/hardware, section 2.4 */
static void addresses_are_those_of_the_core_window(void **state)
{
	const struct neuron_hw *hw = &card.hw;

	(void)state;
	assert_int_equal(neuron_hw_event_addr(hw, 0, 0), 0xfffc2700000);
	assert_int_equal(neuron_hw_event_addr(hw, 3, 255), core(3, 0x27003fc));
	assert_int_equal(neuron_hw_fifo_addr(hw, 0), 0xfffc265c000);
	assert_int_equal(neuron_hw_fifo_addr(hw, 2), core(2, 0x265c000));
	assert_int_equal(neuron_hw_semaphore_addr(hw, 0, 1, NEURON_SEMAPHORE_VALUE), 0xfffc2701004);
	assert_int_equal(neuron_hw_semaphore_addr(hw, 1, 0, NEURON_SEMAPHORE_SET),
			 core(1, 0x2701100));
	assert_int_equal(neuron_hw_semaphore_addr(hw, 2, 31, NEURON_SEMAPHORE_INC),
			 core(2, 0x270127c));
	assert_int_equal(neuron_hw_semaphore_addr(hw, 3, 2, NEURON_SEMAPHORE_DEC),
			 core(3, 0x2701308));
}

static void stores_reach_the_named_event_and_semaphore(void **state)
{
	(void)state;
	neuron_hw_event_set(&card.hw, 1, 17, true);
	neuron_hw_event_set(&card.hw, 1, 17, false);
	neuron_hw_semaphore_store(&card.hw, 3, 5, NEURON_SEMAPHORE_DEC, 9);
	assert_int_equal(card.stores, 3);
	assert_int_equal(card.store[0].dev_addr, core(1, 0x2700044));
	assert_int_equal(card.store[0].value, 1);
	assert_int_equal(card.store[1].value, 0);
	assert_int_equal(card.store[2].dev_addr, core(3, 0x2701314));
	assert_int_equal(card.store[2].value, 9);
}

static void all_events_are_read_in_three_requests(void **state)
{
	u32 value[256];
	u32 i;

	(void)state;
	for (i = 0; i < 256; i++)
		card_set(core(2, 0x2700000 + 4 * i), i % 3 == 0);
	assert_int_equal(neuron_hw_events_read(&card.hw, 2, 0, 256, value), 0);
	for (i = 0; i < 256; i++)
		assert_int_equal(value[i], i % 3 == 0);
	assert_int_equal(card.requests, 3);
}

static void semaphores_are_read_through_the_value_view(void **state)
{
	u32 value[2];

	(void)state;
	card_set(core(0, 0x2701000 + 4 * 30), 0xfffffffe);
	card_set(core(0, 0x2701000 + 4 * 31), 12);
	assert_int_equal(neuron_hw_semaphores_read(&card.hw, 0, 30, 2, value), 0);
	assert_int_equal(value[0], 0xfffffffe);
	assert_int_equal(value[1], 12);
	neuron_hw_gone(&card.hw);
	assert_int_equal(neuron_hw_semaphores_read(&card.hw, 0, 30, 2, value), -ENODEV);
}

/* docs/hardware, section 5.3 */
static void notification_registers_are_where_the_table_says(void **state)
{
	static const struct { u32 type, instance, off; } cases[] = {
		{ NEURON_HW_NQ_TRACE, 0, 0xc7c }, { NEURON_HW_NQ_TRACE, 3, 0xc7c + 3 * 0x104 },
		{ NEURON_HW_NQ_NOTIFY, 0, 0xbfc }, { NEURON_HW_NQ_NOTIFY, 2, 0xbfc + 2 * 0x104 },
		{ NEURON_HW_NQ_EVENT, 0, 0x1094 }, { NEURON_HW_NQ_ERROR, 0, 0x1074 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		card.stores = 0;
		neuron_hw_nq_start(&card.hw, 2, cases[i].type, cases[i].instance,
				   0x400012345000, 0x10000);
		assert_int_equal(card.stores, 3);
		assert_int_equal(card.store[0].dev_addr, nq(2, cases[i].off));
		assert_int_equal(card.store[0].value, 0x12345000);
		assert_int_equal(card.store[1].dev_addr, nq(2, cases[i].off + 4));
		assert_int_equal(card.store[1].value, 0x4000);
		assert_int_equal(card.store[2].dev_addr, nq(2, cases[i].off + 8));
		assert_int_equal(card.store[2].value, 0x10000);
	}
}

static void stopped_queue_loses_its_size_before_its_base(void **state)
{
	(void)state;
	neuron_hw_nq_start(&card.hw, 0, NEURON_HW_NQ_EVENT, 0, 0x400012345000, 0x10000);
	card.stores = 0;
	neuron_hw_nq_stop(&card.hw, 0, NEURON_HW_NQ_EVENT, 0);
	assert_int_equal(card.stores, 3);
	assert_int_equal(card.store[0].dev_addr, nq(0, 0x1094 + 8));
	assert_int_equal(card.store[0].value, 0);
	assert_int_equal(card_get(nq(0, 0x1094)), 0);
	assert_int_equal(card_get(nq(0, 0x1094 + 4)), 0);
}

static void drain_takes_a_millisecond_and_is_void_once_gone(void **state)
{
	u64 start = shim_now_us;

	(void)state;
	assert_int_equal(neuron_hw_nq_drain(&card.hw), 0);
	assert_true(shim_now_us - start >= 1000);
	neuron_hw_gone(&card.hw);
	assert_int_equal(neuron_hw_nq_drain(&card.hw), -ENODEV);
}

static void ack_stores_the_head_and_overflows_are_read(void **state)
{
	u32 lost;

	(void)state;
	neuron_hw_nq_ack(&card.hw, 1, NEURON_HW_NQ_ERROR, 0, 0x40);
	assert_int_equal(card_get(nq(1, 0x1074 + 0x18)), 0x40);
	card_set(nq(1, 0x1074 + 0x14), 3);
	assert_int_equal(neuron_hw_nq_overflows(&card.hw, 1, NEURON_HW_NQ_ERROR, 0, &lost), 0);
	assert_int_equal(lost, 3);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_card(addresses_are_those_of_the_core_window),
		on_card(stores_reach_the_named_event_and_semaphore),
		on_card(all_events_are_read_in_three_requests),
		on_card(semaphores_are_read_through_the_value_view),
		on_card(notification_registers_are_where_the_table_says),
		on_card(stopped_queue_loses_its_size_before_its_base),
		on_card(drain_takes_a_millisecond_and_is_void_once_gone),
		on_card(ack_stores_the_head_and_overflows_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
