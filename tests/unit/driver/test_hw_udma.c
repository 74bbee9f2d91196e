// SPDX-License-Identifier: GPL-2.0
#include "test.h"
#include "card.h"
#include "hw_udma.h"

/* docs/hardware, section 2.3: engine base table */
static const u32 udma[] = {
	0x040000, 0x080000, 0x0c0000, 0x140000, 0x180000, 0x1c0000,
	0x240000, 0x280000, 0x2c0000, 0x340000, 0x380000, 0x3c0000,
};

static const u32 tdma[] = {
	0x000000, 0x001000, 0x002000, 0x100000, 0x101000, 0x102000,
	0x200000, 0x201000, 0x202000, 0x300000, 0x301000, 0x302000,
};

#define S2M	0x20000
#define GEN	0x38000

static u64 apb(u32 off)
{
	return CARD_APB + off;
}

static u64 queue(u32 eng, u32 half, u32 q, u32 off)
{
	return apb(udma[eng] + half + 0x1000 + q * 0x1000 + off);
}

static void engines_are_where_the_table_says(void **state)
{
	u32 eng;

	(void)state;
	for (eng = 0; eng < 12; eng++) {
		assert_int_equal(neuron_hw_map_udma(card.hw.map, eng), udma[eng]);
		assert_int_equal(neuron_hw_map_tdma(card.hw.map, eng), tdma[eng]);
		assert_int_equal(neuron_hw_map_core_of(card.hw.map, eng), eng / 3);
		assert_int_equal(neuron_hw_map_engine(card.hw.map, eng / 3, eng % 3), eng);
	}
}

static void driver_keeps_one_queue_per_core(void **state)
{
	u32 eng, q, kept = 0;

	(void)state;
	for (eng = 0; eng < 12; eng++)
		for (q = 0; q < 16; q++)
			kept += neuron_hw_map_driver_queue(card.hw.map, eng, q);
	assert_int_equal(kept, 4);
	for (eng = 2; eng < 12; eng += 3)
		assert_true(neuron_hw_map_driver_queue(card.hw.map, eng, 15));
}

static void host_memory_gets_the_selector(void **state)
{
	(void)state;
	assert_int_equal(neuron_hw_host_addr(&card.hw, 0x12345000), 0x400012345000);
	assert_int_equal(neuron_hw_host_addr(&card.hw, (1ull << 46) - 1), 0x7fffffffffff);
	assert_int_equal(neuron_hw_map_dram(card.hw.map, 1, 0x100), 0x1000000100);
}

/* docs/hardware, section 3.13, second column, as far as it is taken over. */
static void engine_init_leaves_the_documented_values(void **state)
{
	static const struct { u32 off, value; } expect[] = {
		{ 0x310, 0x01000400 }, { 0x124, 0x20808080 }, { GEN + 0x2300, 100000000 },
		{ 0x408, 0 }, { 0x254, 0x010fffff }, { 0x258, 0x102 },
		{ S2M + 0x38c, 0 }, { S2M + 0x124, 0x00400080 }, { S2M + 0x128, 0x40804080 },
		{ GEN + 0x3460, 1 }, { GEN + 0x2028, 0x28 }, { GEN + 0x2068, 0x28 },
		{ GEN + 0x00e8, 0x28 }, { GEN + 0x2030, 0xf0000000 }, { GEN + 0x2070, 0x000010f8 },
		{ GEN + 0x20b0, 0xfffff000 }, { GEN + 0x2018, 0xf0000000 },
		{ GEN + 0x2058, 0x000010f8 }, { GEN + 0x2098, 0xfffff000 },
		{ GEN + 0x00d8, 0xfffff8ff }, { S2M + 0x380, 0x00001004 },
		{ 0x304, 0x00010080 }, { 0x308, 0x00008081 }, { 0x204, 1 }, { S2M + 0x204, 1 },
	};
	u32 i, q, eng = 7;

	(void)state;
	neuron_udma_engine_init(&card.hw, eng);
	for (i = 0; i < ARRAY_SIZE(expect); i++)
		assert_int_not_equal(card_find(apb(udma[eng] + expect[i].off), expect[i].value),
				     -1);
	for (q = 0; q < 16; q++)
		for (i = 0; i < 4; i++)
			assert_int_equal(card_get(apb(udma[eng] + 0x3c400 + q * 0x40 + 4 * i)),
					 0xffffffff);
	assert_int_equal(card_get(apb(tdma[eng] + 0x1c)), 1);
	assert_int_equal(card_get(apb(tdma[eng] + 0x20)) & 1, 0);
	assert_int_equal(card_get(apb(tdma[eng])), 1);
	assert_int_equal(card.requests, 0);
	assert_true(card.stores < 300);
}

static void engine_init_leaves_queues_disabled_and_starts_last(void **state)
{
	u32 q, half;

	(void)state;
	neuron_udma_engine_init(&card.hw, 0);
	for (q = 0; q < 16; q++)
		for (half = 0; half <= S2M; half += S2M) {
			assert_int_equal(card_get(queue(0, half, q, 0x20)), 0x03000000);
			assert_int_equal(card_get(queue(0, half, q, half ? 0x64 : 0xb0)), 0x100);
			assert_int_equal(card_get(queue(0, half, q, 0x30)), 0);
		}
	assert_int_equal(card.store[card.stores - 2].dev_addr, apb(udma[0] + 0x204));
	assert_int_equal(card.store[card.stores - 1].dev_addr, apb(udma[0] + S2M + 0x204));
}

static void check_half(u32 first, u32 half, u64 ring_addr, u32 entries)
{
	const struct card_store *store = &card.store[first];
	u32 control = half ? 0x64 : 0xb0;
	u32 compl_config = half ? 0x54 : 0xa0;
	const struct { u32 off, value; } expect[] = {
		{ 0x20, 0x03000000 }, { control, 0x100 },
		{ 0x28, (u32)ring_addr }, { 0x2c, ring_addr >> 32 }, { 0x30, entries },
		{ compl_config, 0 }, { 0x20, 0x03030000 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(expect); i++) {
		assert_int_equal(store[i].dev_addr, queue(11, half, 4, expect[i].off));
		assert_int_equal(store[i].value, expect[i].value);
	}
}

/* docs/hardware, section 3.14: seven stores per half, M2S first */
static void queue_init_stores_in_the_published_order(void **state)
{
	struct neuron_udma_half tx = { .ring_addr = 0x400012345000, .entries = 48 };
	struct neuron_udma_half rx = { .ring_addr = 0x1000000100, .entries = 64 };

	(void)state;
	neuron_udma_queue_init(&card.hw, 11, 4, &tx, &rx);
	assert_int_equal(card.stores, 14);
	check_half(0, 0, tx.ring_addr, 48);
	check_half(7, S2M, rx.ring_addr, 64);
}

static void queue_init_takes_completion_rings(void **state)
{
	struct neuron_udma_half tx = { 0x400000001000, 32, 0x400000002000 };
	struct neuron_udma_half rx = { 0x400000003000, 32, 0x400000004000 };

	(void)state;
	neuron_udma_queue_init(&card.hw, 0, 0, &tx, &rx);
	assert_int_equal(card_get(queue(0, 0, 0, 0x44)), 0x2000);
	assert_int_equal(card_get(queue(0, 0, 0, 0x48)), 0x4000);
	assert_int_equal(card_get(queue(0, 0, 0, 0xa0)), 3);
	assert_int_equal(card_get(queue(0, S2M, 0, 0x44)), 0x4000);
	assert_int_equal(card_get(queue(0, S2M, 0, 0x54)), 3);
}

static void start_adds_to_the_receive_half_first(void **state)
{
	(void)state;
	neuron_udma_queue_start(&card.hw, 5, 15, 3, 2);
	assert_int_equal(card.stores, 2);
	assert_int_equal(card.store[0].dev_addr, queue(5, S2M, 15, 0x38));
	assert_int_equal(card.store[0].value, 2);
	assert_int_equal(card.store[1].dev_addr, queue(5, 0, 15, 0x38));
	assert_int_equal(card.store[1].value, 3);
	assert_int_equal(card_stat(doorbells), 2);
}

static void start_of_nothing_stores_nothing(void **state)
{
	(void)state;
	neuron_udma_queue_start(&card.hw, 5, 15, 0, 0);
	assert_int_equal(card.stores, 0);
	neuron_udma_queue_start(&card.hw, 5, 15, 1, 0);
	assert_int_equal(card.stores, 1);
	assert_int_equal(card_stat(doorbells), 1);
}

static void quiet_needs_both_halves_stopped(void **state)
{
	static const struct { u32 tx, rx; int quiet; } cases[] = {
		{ 0, 0, 1 }, { 5, 1u << 31 | 3, 1 },
		{ 1 << 28, 0, 0 }, { 0, 1 << 29, 0 }, { 1 << 29, 0, 0 }, { 0, 1 << 28, 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		card_set(queue(3, 0, 9, 0x24), cases[i].tx);
		card_set(queue(3, S2M, 9, 0x24), cases[i].rx);
		assert_int_equal(neuron_udma_queue_quiet(&card.hw, 3, 9), cases[i].quiet);
	}
	assert_int_equal(card.requests, ARRAY_SIZE(cases));
	neuron_hw_gone(&card.hw);
	assert_int_equal(neuron_udma_queue_quiet(&card.hw, 3, 9), -ENODEV);
}

static void reset_queue_has_no_ring(void **state)
{
	struct neuron_udma_half ring = { .ring_addr = 0x400012345000, .entries = 48 };
	u32 half;

	(void)state;
	neuron_udma_queue_init(&card.hw, 1, 2, &ring, &ring);
	neuron_udma_queue_disable(&card.hw, 1, 2);
	neuron_udma_queue_reset(&card.hw, 1, 2);
	for (half = 0; half <= S2M; half += S2M) {
		assert_int_equal(card_get(queue(1, half, 2, 0x20)), 0x03000000);
		assert_int_equal(card_get(queue(1, half, 2, 0x28)), 0);
		assert_int_equal(card_get(queue(1, half, 2, 0x2c)), 0);
		assert_int_equal(card_get(queue(1, half, 2, 0x30)), 0);
	}
}

static void pointers_come_from_both_halves_without_ring_ids(void **state)
{
	struct neuron_udma_pointers p;

	(void)state;
	card_set(queue(8, 0, 1, 0x34), 0x40000011);
	card_set(queue(8, 0, 1, 0x3c), 0x80000022);
	card_set(queue(8, S2M, 1, 0x34), 0xc0000033);
	card_set(queue(8, S2M, 1, 0x3c), 0x40fffff0);
	card_set(queue(8, 0, 1, 0x24), 0x30000011);
	card_set(queue(8, S2M, 1, 0x24), 0x80000001);
	assert_int_equal(neuron_udma_queue_pointers(&card.hw, 8, 1, &p), 0);
	assert_int_equal(p.tx_head, 0x11);
	assert_int_equal(p.tx_tail, 0x22);
	assert_int_equal(p.rx_head, 0x33);
	assert_int_equal(p.rx_tail, 0xfffff0);
	assert_int_equal(p.tx_status, 0x30000011);
	assert_int_equal(p.rx_status, 0x80000001);
	assert_int_equal(card.requests, 1);
}

static u8 state_of(u32 m2s, u32 s2m)
{
	u8 states[12];

	card_set(apb(udma[6] + 0x200), m2s);
	card_set(apb(udma[6] + S2M + 0x200), s2m);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 0, 12, states, NULL), 0);

	return states[6];
}

/* docs/hardware, section 3.8 */
static void engine_state_is_the_worst_of_all_fields(void **state)
{
	u32 shift;

	(void)state;
	assert_int_equal(state_of(0, 0), NEURON_ENGINE_HW_IDLE);
	for (shift = 0; shift <= 12; shift += 4) {
		assert_int_equal(state_of(1 << shift, 0), NEURON_ENGINE_HW_RUNNING);
		assert_int_equal(state_of(0, 1 << shift), NEURON_ENGINE_HW_RUNNING);
		assert_int_equal(state_of(2 << shift, 0x11111), NEURON_ENGINE_HW_ABORTED);
		assert_int_equal(state_of(0x1111, 2 << shift), NEURON_ENGINE_HW_ABORTED);
		assert_int_equal(state_of(3 << shift, 0), NEURON_ENGINE_HW_UNKNOWN);
	}
	assert_int_equal(state_of(0, 1 << 16), NEURON_ENGINE_HW_RUNNING);
	assert_int_equal(state_of(1 << 16, 0), NEURON_ENGINE_HW_IDLE);
	assert_int_equal(state_of(0xffffffff, 0xffffffff), NEURON_ENGINE_HW_UNKNOWN);
}

static void all_engine_states_take_one_request(void **state)
{
	u32 revisions[12];
	u8 states[12];

	(void)state;
	card_set(apb(udma[3] + 0x604), 4);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 0, 12, states, revisions), 0);
	assert_int_equal(card.requests, 1);
	assert_int_equal(revisions[3], 4);
	assert_int_equal(revisions[4], 0);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 11, 1, states, NULL), 0);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 11, 2, states, NULL), -EINVAL);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 0, 13, states, NULL), -EINVAL);
	assert_int_equal(neuron_udma_engine_states(&card.hw, 0, 0, states, NULL), -EINVAL);
	assert_int_equal(neuron_udma_engine_states(&card.hw, U32_MAX, 2, states, NULL), -EINVAL);
}

static void busy_stream_counts_unless_it_is_off_and_nobody_receives(void **state)
{
	(void)state;
	assert_int_equal(state_of(0, 1 << 4), NEURON_ENGINE_HW_RUNNING);
	card_set(apb(udma[6] + S2M + 0x250), 0x111);
	assert_int_equal(state_of(0, 1 << 4), NEURON_ENGINE_HW_IDLE);
	assert_int_equal(state_of(0, 1 << 8), NEURON_ENGINE_HW_RUNNING);
	card_set(queue(6, S2M, 15, 0x20), 0x03020000);
	assert_int_equal(state_of(0, 1 << 4), NEURON_ENGINE_HW_IDLE);
	card_set(queue(6, S2M, 15, 0x20), 0x03030000);
	assert_int_equal(state_of(0, 1 << 4), NEURON_ENGINE_HW_RUNNING);
}

static void change_reaches_both_halves_m2s_first(void **state)
{
	(void)state;
	neuron_udma_engine_change(&card.hw, 2, NEURON_ENGINE_ABORT);
	assert_int_equal(card.stores, 2);
	assert_int_equal(card.store[0].dev_addr, apb(udma[2] + 0x204));
	assert_int_equal(card.store[0].value, 4);
	assert_int_equal(card.store[1].dev_addr, apb(udma[2] + S2M + 0x204));
	assert_int_equal(card.store[1].value, 4);
}

/* docs/hardware, section 3.15 */
static void recovery_aborts_resets_clears_and_starts_in_this_order(void **state)
{
	s64 abort, reset, cause, normal;
	u32 q;

	(void)state;
	neuron_udma_engine_recover(&card.hw, 7);
	abort = card_find(apb(udma[7] + S2M + 0x204), 4);
	normal = card_find(apb(udma[7] + 0x204), 1);
	assert_true(abort >= 0);
	for (q = 0; q < 16; q++) {
		reset = card_find(queue(7, 0, q, 0xb0), 1 << 8);
		assert_in_range(reset, abort + 1, normal - 1);
		reset = card_find(queue(7, S2M, q, 0x64), 1 << 8);
		assert_in_range(reset, abort + 1, normal - 1);
		assert_int_equal(card_get(queue(7, 0, q, 0x30)), 0);
		assert_int_equal(card_get(queue(7, S2M, q, 0x30)), 0);
	}
	for (q = 0x2000; q <= 0x2080; q += 0x40) {
		cause = card_find(apb(udma[7] + GEN + q), 0);
		assert_in_range(cause, reset + 1, normal - 1);
	}
	assert_in_range(card_find(apb(udma[7] + 0x224), 1), reset + 1, normal - 1);
	assert_in_range(card_find(apb(udma[7] + S2M + 0x224), 1), reset + 1, normal - 1);
	assert_int_equal(normal, (s64)card.stores - 2);
}

#define on_card(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

static void port_alias_is_for_dram_only(void **state)
{
	const struct neuron_hw_map *map = neuron_hw_map_get(0x7064);

	(void)state;
	assert_int_equal(neuron_hw_map_port(map, 0x0, 0), 0x0);
	assert_int_equal(neuron_hw_map_port(map, 0x0, 1), 0x100000000000);
	assert_int_equal(neuron_hw_map_port(map, 0xffffffff, 1), 0x1000ffffffff);
	assert_int_equal(neuron_hw_map_port(map, 0x100000000, 1), 0x100000000);
	assert_int_equal(neuron_hw_map_port(map, 0x1000000000, 1), 0x101000000000);
	assert_int_equal(neuron_hw_map_port(map, 0x1100000000, 1), 0x1100000000);
	/* Core windows, host memory, neighbours. */
	assert_int_equal(neuron_hw_map_port(map, 0xfffc2700000, 1), 0xfffc2700000);
	assert_int_equal(neuron_hw_map_port(map, 0x400000000000, 1), 0x400000000000);
	assert_int_equal(neuron_hw_map_port(map, 0x800000000000, 1), 0x800000000000);
	assert_int_equal(neuron_hw_map_port(map, 0xc00000000000, 1), 0xc00000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_alias_is_for_dram_only),
		on_card(engines_are_where_the_table_says),
		on_card(driver_keeps_one_queue_per_core),
		on_card(host_memory_gets_the_selector),
		on_card(engine_init_leaves_the_documented_values),
		on_card(engine_init_leaves_queues_disabled_and_starts_last),
		on_card(queue_init_stores_in_the_published_order),
		on_card(queue_init_takes_completion_rings),
		on_card(start_adds_to_the_receive_half_first),
		on_card(start_of_nothing_stores_nothing),
		on_card(quiet_needs_both_halves_stopped),
		on_card(reset_queue_has_no_ring),
		on_card(pointers_come_from_both_halves_without_ring_ids),
		on_card(engine_state_is_the_worst_of_all_fields),
		on_card(all_engine_states_take_one_request),
		on_card(busy_stream_counts_unless_it_is_off_and_nobody_receives),
		on_card(change_reaches_both_halves_m2s_first),
		on_card(recovery_aborts_resets_clears_and_starts_in_this_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
