// SPDX-License-Identifier: GPL-2.0
/* Events, semaphores and notification queues. */
#include "test.h"
#include "card.h"
#include "hw_core.h"
#include "hw_counter.h"
#include "hw_nq.h"
#include "hw_regs_deny.h"

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

static void counters_are_cut_out_of_their_registers(void **state)
{
	static const u32 counter[] = {
		NEURON_HW_COUNTER_RX_BYTES, NEURON_HW_COUNTER_TX_DESCRIPTORS,
		NEURON_HW_COUNTER_POWER_SAMPLES, NEURON_HW_COUNTER_POWER,
		NEURON_HW_COUNTER_ECC_STACK3_CORRECTED,
	};
	const u64 apb = 0xffff0000000;
	u64 value[5];

	(void)state;
	/* Engine 4: the second one of core 1. */
	card_set(apb + 0x1a0508, 0x89abcdef);
	card_set(apb + 0x1a050c, 0x01234567);
	card_set(apb + 0x180510, 0xfffffffe);
	card_set(apb + 0x78e054, 0x12340063);
	card_set(apb + 0x78e050, 0x00050006);
	assert_int_equal(neuron_hw_counters_read(&card.hw, 4, counter, 5, value), 0);
	assert_true(value[0] == 0x0123456789abcdefull);
	assert_int_equal(value[1], 0xfffffffe);
	assert_int_equal(value[2], 0x1234);
	assert_int_equal(value[3], 0x63);
	assert_int_equal(value[4], 5);
	assert_int_equal(card.requests, 1);
	assert_true(neuron_hw_counter_of_engine(counter[1]));
	assert_false(neuron_hw_counter_of_engine(counter[2]));
	assert_int_equal(neuron_hw_counters_read(&card.hw, 4, counter, 51, value), -EINVAL);
}

/* docs/hardware, sections 3.3 to 3.7, 4.1, 5.3 */
static void registers_of_the_driver_are_known(void **state)
{
	static const u32 owned[] = {
		0x78e024, 0x78e1d8, 0x78e1ec, 0x78e1f0, 0x78e1fc, 0x78e800, 0x40204, 0x60204,
		0x60380, 0x41028, 0x5002c, 0x61038, 0x70064, 0x78000, 0x7c400, 0x7fffc, 0x3e1038,
		0x0, 0x302020, 0x404bfc, 0x405094, 0x4350ac,
	};
	static const u32 free[] = {
		0x78e0c0, 0x78e100, 0x78e1a0, 0x40124, 0x60124, 0x40380, 0x3c0304, 0x480000, 0xffeffc,
	};
	const struct neuron_hw_map *map = card.hw.map;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(owned); i++)
		assert_true(neuron_hw_reg_owned(map, owned[i]));
	for (i = 0; i < ARRAY_SIZE(free); i++)
		assert_false(neuron_hw_reg_owned(map, free[i]));
	assert_true(neuron_hw_core_reg_owned(map, 0x265c000));
	assert_true(neuron_hw_core_reg_owned(map, 0xc000000 + 0x265fffc));
	assert_false(neuron_hw_core_reg_owned(map, 0x2660000));
	assert_false(neuron_hw_core_reg_owned(map, 0x4000000 + 0x2701100));
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
	struct neuron_hw_nq_place at[] = { { 1, NEURON_HW_NQ_ERROR, 0 },
					   { 2, NEURON_HW_NQ_EVENT, 0 } };
	u32 lost[2];

	(void)state;
	neuron_hw_nq_ack(&card.hw, 1, NEURON_HW_NQ_ERROR, 0, 0x40);
	assert_int_equal(card_get(nq(1, 0x1074 + 0x18)), 0x40);
	card_set(nq(1, 0x1074 + 0x14), 3);
	card_set(nq(2, 0x1094 + 0x14), 4);
	assert_int_equal(neuron_hw_nq_overflows(&card.hw, at, lost, 2), 0);
	assert_int_equal(lost[0], 3);
	assert_int_equal(lost[1], 4);
	assert_int_equal(neuron_hw_nq_overflows(&card.hw, at, lost, NEURON_HW_NQ_PLACES + 1), -EINVAL);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

static void cores_have_places_of_their_own(void **state)
{
	const struct neuron_hw_map *map = card.hw.map;
	u32 taken, regions, nc, channel, region;

	(void)state;
	for (regions = 1; regions <= map->dram_regions_max; regions *= 2) {
		for (taken = 0, nc = 0; nc < map->cores; nc++) {
			neuron_hw_map_home(map, regions, nc, &channel, &region);
			assert_int_equal(channel, nc % 2);
			assert_int_equal(region, nc * regions / 4);
			taken |= 1u << (channel * 4 + region);
		}
		assert_int_equal(__builtin_popcount(taken), regions == 1 ? 2 : 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_card(cores_have_places_of_their_own),
		on_card(addresses_are_those_of_the_core_window),
		on_card(stores_reach_the_named_event_and_semaphore),
		on_card(counters_are_cut_out_of_their_registers),
		on_card(registers_of_the_driver_are_known),
		on_card(notification_registers_are_where_the_table_says),
		on_card(stopped_queue_loses_its_size_before_its_base),
		on_card(drain_takes_a_millisecond_and_is_void_once_gone),
		on_card(ack_stores_the_head_and_overflows_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
