// SPDX-License-Identifier: GPL-2.0
/* Registers of engines and queues: docs/hardware, sections 3.3 to 3.8, 3.10, 3.13 to 3.17. */
#include "model.h"

static void reset_values(void **state)
{
	static const uint32_t m2s[][2] = {
		{ 0x118, 0x10 }, { 0x11C, 0x10 }, { 0x120, 0x00080010 }, { 0x124, 0x20404040 },
		{ 0x200, 0 }, { 0x204, 0 }, { 0x228, 0x01000000 }, { 0x22C, 0x01000000 },
		{ 0x230, 0x01000000 }, { 0x238, 0x01000000 }, { 0x23C, 0x01000000 }, { 0x254, 0 },
		{ 0x300, 0x80 }, { 0x304, 0x00010040 }, { 0x308, 0x1041 }, { 0x310, 0x01000400 },
		{ 0x3D4, 7 }, { 0x408, 0 }, { 0x600, 0x80 }, { 0x604, 4 },
	};
	static const uint32_t s2m[][2] = {
		{ 0x124, 0x00400040 }, { 0x128, 0x40404040 }, { 0x234, 0x01000000 },
		{ 0x23C, 0x01000000 }, { 0x240, 0x01000000 }, { 0x250, 0 }, { 0x300, 0x80 },
		{ 0x304, 0x00010407 }, { 0x308, 0x841 }, { 0x30C, 8 }, { 0x380, 0x1004 },
	};
	static const uint32_t queue[][2] = {
		{ 0x20, 0x03000000 }, { 0x24, 0 }, { 0x28, 0 }, { 0x2C, 0 }, { 0x30, 0 },
		{ 0x34, 0x40000000 }, { 0x38, 0 }, { 0x3C, 0x40000000 }, { 0x40, 0x40000000 },
		{ 0x44, 0 }, { 0x48, 0 }, { 0x4C, 0x40000000 }, { 0x50, 0x40000000 },
	};
	struct model *m = *state;
	unsigned int e, q, i;

	for (e = 0; e < 12; e++) {
		for (i = 0; i < sizeof(m2s) / sizeof(m2s[0]); i++)
			assert_int_equal(rd(m, udma(e) + m2s[i][0]), m2s[i][1]);
		for (i = 0; i < sizeof(s2m) / sizeof(s2m[0]); i++)
			assert_int_equal(rd(m, udma(e) + S2M + s2m[i][0]), s2m[i][1]);
		for (q = 0; q < 16; q++) {
			for (i = 0; i < sizeof(queue) / sizeof(queue[0]); i++) {
				assert_int_equal(rd(m, queue_reg(e, 0, q, queue[i][0])), queue[i][1]);
				assert_int_equal(rd(m, queue_reg(e, S2M, q, queue[i][0])), queue[i][1]);
			}
			assert_int_equal(rd(m, queue_reg(e, 0, q, 0x74)), 7);
			assert_int_equal(rd(m, queue_reg(e, 0, q, 0xB0)), 0);
		}
		assert_int_equal(rd(m, udma(e) + GEN + 0x2010), 0xffffffff);
		assert_int_equal(rd(m, udma(e) + GEN + 0x2030), 0xffffffff);
		assert_int_equal(rd(m, udma(e) + GEN + 0x3460), 0);
	}
}

static void read_only_stays(void **state)
{
	static const uint32_t m2s[] = { 0x200, 0x204, 0x214, 0x220, 0x228, 0x230, 0x23C, 0x244,
					0x504, 0x508, 0x50C, 0x51C, 0x600, 0x604, 0x610 };
	static const uint32_t queue[] = { 0x24, 0x34, 0x38, 0x3C, 0x40, 0x4C, 0x50 };
	struct model *m = *state;
	uint32_t before;
	unsigned int i;

	for (i = 0; i < sizeof(m2s) / sizeof(m2s[0]); i++) {
		before = rd(m, udma(3) + m2s[i]);
		wr(m, udma(3) + m2s[i], 0xfffffff8);
		assert_int_equal(rd(m, udma(3) + m2s[i]), before);
	}
	for (i = 0; i < sizeof(queue) / sizeof(queue[0]); i++) {
		before = rd(m, queue_reg(3, 0, 5, queue[i]));
		wr(m, queue_reg(3, 0, 5, queue[i]), 0x12345678);
		assert_int_equal(rd(m, queue_reg(3, 0, 5, queue[i])), before);
	}
}

static void storage_keeps(void **state)
{
	static const uint32_t off[] = {
		0x100, 0x124, 0x20C, 0x234, 0x254, 0x258, 0x310, 0x340, 0x408,
		S2M + 0x124, S2M + 0x128, S2M + 0x250, S2M + 0x344, S2M + 0x38C,
		GEN + 0x2104, GEN + 0x211C, GEN + 0x2240, GEN + 0x2300, GEN + 0x2C00, GEN + 0x404,
		GEN + 0x3460, GEN_EX + 0x400, GEN_EX + 0x7CC, 0x1000 + 15 * 0x1000 + 0x74,
		S2M + 0x1000 + 7 * 0x1000 + 0x5C,
	};
	struct model *m = *state;
	unsigned int e, i;

	for (e = 0; e < 12; e++)
		for (i = 0; i < sizeof(off) / sizeof(off[0]); i++)
			wr(m, udma(e) + off[i], (e << 20 | i << 8) + 1);
	for (e = 0; e < 12; e++)
		for (i = 0; i < sizeof(off) / sizeof(off[0]); i++)
			assert_int_equal(rd(m, udma(e) + off[i]), (e << 20 | i << 8) + 1);
	wr(m, 0x302000 + 0x20, 0xFFFFFFFE);
	assert_int_equal(rd(m, 0x302020), 0xFFFFFFFE);
	assert_int_equal(rd(m, 0x301020), 0);
}

static void bases_read_back(void **state)
{
	struct model *m = *state;

	wr(m, queue_reg(0, 0, 1, Q_BASE), 0xffffffff);
	wr(m, queue_reg(0, 0, 1, Q_BASE + 4), 0xffffffff);
	wr(m, queue_reg(0, S2M, 1, Q_CBASE), 0x12345678);
	wr(m, queue_reg(0, 0, 1, Q_LENGTH), 0xffffffff);
	assert_int_equal(rd(m, queue_reg(0, 0, 1, Q_BASE)), 0xffffffc0);
	assert_int_equal(rd(m, queue_reg(0, 0, 1, Q_BASE + 4)), 0xffffffff);
	assert_int_equal(rd(m, queue_reg(0, S2M, 1, Q_CBASE)), 0x12345640);
	assert_int_equal(rd(m, queue_reg(0, 0, 1, Q_LENGTH)), 0x00ffffff);
}

static void tail_counts_and_wraps(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 1, 32);

	wr(m, queue_reg(1, 0, 1, Q_CONFIG), 0x03000000);
	ring_add(&r, 0, 20);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 20);
	assert_int_equal(ring_reg(&r, 0, Q_TAIL), 1u << 30 | 20);
	ring_add(&r, 0, 12);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 1u << 31 | 32);
	assert_int_equal(ring_reg(&r, 0, Q_TAIL), 2u << 30);
	/* Full: more is limited to the room there is. */
	ring_add(&r, 0, 5);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 1u << 31 | 32);
	assert_int_equal(counter(m, "tail_limited"), 1);
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30);
	ring_add(&r, 0, 0xff000000);
	assert_int_equal(counter(m, "tail_limited"), 1);
	wr(m, queue_reg(1, 0, 1, M2S_CONTROL), QUEUE_RESET);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 0);
	assert_int_equal(ring_reg(&r, 0, Q_TAIL), 1u << 30);
	assert_int_equal(ring_reg(&r, 0, Q_CONFIG), 0x03000000);
	assert_int_equal(ring_reg(&r, 0, Q_LENGTH), 32);
}

static void partial_pointer_resets(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 1, 32);

	wr(m, queue_reg(1, 0, 1, Q_CONFIG), 0x03000000);
	ring_add(&r, 0, 20);
	wr(m, queue_reg(1, 0, 1, M2S_CONTROL), 1u << 2); /* head: it is there already */
	assert_int_equal(ring_used(&r, 0), 20);
	wr(m, queue_reg(1, 0, 1, M2S_CONTROL), 1u << 1);
	assert_int_equal(ring_used(&r, 0), 0);
	assert_int_equal(ring_reg(&r, 0, Q_TAIL), 1u << 30);
	wr(m, queue_reg(1, 0, 1, M2S_CONTROL), 1); /* release of a barrier that never holds */
	assert_int_equal(ring_used(&r, 0), 0);
}

static void no_ring_no_work(void **state)
{
	struct model *m = *state;

	wr(m, queue_reg(0, 0, 15, Q_CONFIG), 0x00030000);
	wr(m, queue_reg(0, S2M, 15, Q_CONFIG), 0x00030000);
	wr(m, queue_reg(0, S2M, 15, Q_ADD), 1);
	wr(m, queue_reg(0, 0, 15, Q_ADD), 1);
	assert_int_equal(rd(m, queue_reg(0, 0, 15, Q_STATUS)), 0x30000000);
	assert_int_equal(counter(m, "tail_ignored"), 2);
	assert_int_equal(rd(m, udma(0) + 0x200), 0);
}

static void init_2_24(struct model *m, unsigned int e)
{
	uint32_t u = udma(e), g = u + GEN, q;

	for (q = 0; q < 16; q++) {
		wr(m, queue_reg(e, 0, q, 0x20), 0x00030000);
		wr(m, queue_reg(e, S2M, q, 0x20), 0x00030000);
	}
	wr(m, u + 0x310, 0x01000400);
	wr(m, u + 0x124, 0x20808080);
	wr(m, g + 0x2300, 100000000);
	wr(m, u + 0x408, 0);
	wr(m, u + 0x254, 0x010FFFFF);
	wr(m, u + 0x258, 0x00000102);
	for (q = 0; q < 16; q++)
		wr(m, u + GEN_EX + 0x400 + q * 0x40, 0xFFFFFFFF);
	wr(m, u + S2M + 0x38C, 0);
	for (q = 0; q < 16; q++) {
		wr(m, u + GEN_EX + 0x404 + q * 0x40, 0xFFFFFFFF);
		wr(m, u + GEN_EX + 0x408 + q * 0x40, 0xFFFFFFFF);
		wr(m, u + GEN_EX + 0x40C + q * 0x40, 0xFFFFFFFF);
	}
	wr(m, u + S2M + 0x124, 0x00400080);
	wr(m, u + S2M + 0x128, 0x40804080);
	wr(m, g + 0x3460, 1);
	wr(m, g + 0x2028, 0x28);
	wr(m, g + 0x00E8, 0x28);
	wr(m, g + 0x2030, 0xF0000000);
	wr(m, g + 0x20B0, 0xFFFFFFC0);
	wr(m, g + 0x2018, 0xF0000000);
	wr(m, g + 0x2098, 0xFFFFFFC0);
	wr(m, g + 0x00D8, 0xFFFFFAFF);
	wr(m, g + 0x2068, 0x28);
	wr(m, g + 0x00E8, 0x28);
	wr(m, g + 0x2070, 0x000010F8);
	wr(m, g + 0x20B0, 0xFFFFF03F);
	wr(m, g + 0x2058, 0x000010F8);
	wr(m, g + 0x2098, 0xFFFFF03F);
	wr(m, g + 0x00D8, 0xFFFFF9FF);
	wr(m, u + S2M + 0x380, 0x00001004);
	wr(m, u + 0x304, 0x00010080);
	wr(m, u + 0x308, 0x00008081);
	wr(m, u - 0x40000 - e % 3 * 0x3F000 + 0x1C, 1);
	wr(m, u - 0x40000 - e % 3 * 0x3F000 + 0x20, 0xFFFFFFFE);
	wr(m, u - 0x40000 - e % 3 * 0x3F000 + 0x00, 1);
}

static void published_init_works(void **state)
{
	struct model *m = *state;
	unsigned int e;

	for (e = 0; e < 12; e++)
		init_2_24(m, e);
	for (e = 0; e < 12; e++) {
		uint32_t g = udma(e) + GEN;

		assert_int_equal(rd(m, g + 0x2010), 0xF0000000);
		assert_int_equal(rd(m, g + 0x2050), 0x000010F8);
		assert_int_equal(rd(m, g + 0x2090), 0xFFFFF000);
		assert_int_equal(rd(m, g + 0x00D0), 0xFFFFF8FF);
		assert_int_equal(rd(m, e / 3 * 0x100000 + e % 3 * 0x1000 + 0x20), 0xFFFFFFFE);
		assert_int_equal(rd(m, udma(e) + 0x200), 0);
	}
	assert_int_equal(counter(m, "aborts"), 0);
	assert_int_equal(counter(m, "unknown_stores"), 0);
}

/* Section 3.14 with a base of 0 and both halves in the same memory, twice; then work. */
static void dummy_ring_and_reinit(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 15, 64);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		ring_program(&r, 0, 0);
		ring_program(&r, S2M, 0);
		ring_program(&r, 0, dev_host(RING_OFF(0)));
		ring_program(&r, S2M, dev_host(RING_OFF(0)));
	}
	assert_int_equal(rd(m, udma(5) + 0x200), 0);
	r = ring_make(m, 5, 15, 64);
	put(m->host + 0x400000, 0x31);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(get(m->host + 0x500000) == 0x31);
}

static void reset_while_enabled(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 15, 64);

	ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1);
	until(rd(m, udma(5) + 0x200) == 0x10);
	wr(m, queue_reg(5, 0, 15, M2S_CONTROL), QUEUE_RESET);
	assert_int_equal(rd(m, udma(5) + 0x200), 0);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 0x30000000);
	assert_int_equal(ring_used(&r, 0), 0);
}

/* After the queue reset's store has returned, its packet touches nothing any more. */
static void reset_stops_the_copy(void **state)
{
	struct model *m = *state;
	unsigned int lap, i;

	for (lap = 0; lap < 50; lap++) {
		struct ring r = ring_make(m, 5, 14, 256);

		memset(m->host + 0x400000, (int)lap, 0x10000);
		for (i = 0; i < 200; i++)
			ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 65536);
		ring_start(&r, 200);
		wr(m, queue_reg(5, 0, 14, M2S_CONTROL), QUEUE_RESET);
		memset(m->host + 0x500000, 0xEE, 0x10000);
		assert_int_equal(ring_used(&r, 0), 0);
		assert_int_equal(m->host[0x500000], 0xEE);
		assert_int_equal(m->host[0x50ffff], 0xEE);
	}
}

struct gate {
	atomic_bool reached;
	atomic_bool store_begins;
	atomic_bool opened;
};

/* Holds the worker in the middle of its packet until the other thread is in its store. */
static void hold_in_packet(void *arg, unsigned int source)
{
	struct gate *gate = arg;
	unsigned int i;

	if (source != 25)
		return;
	atomic_store(&gate->reached, true);
	until(atomic_load(&gate->store_begins));
	for (i = 0; i < 5000; i++) /* a store that does not wait returns meanwhile */
		sched_yield();
	atomic_store(&gate->opened, true);
}

static void store_waits_for_the_packet(struct model *m, uint64_t off, uint32_t value)
{
	struct ring r = ring_make(m, 5, 14, 64);
	struct gate gate = { 0 };

	card_store(m->card, 2, 0x2700000, 0);
	emu_card_set_irq(m->card, hold_in_packet, &gate);
	wr(m, 0x404000 + 0x1094, (uint32_t)dev_host(0x700000));
	wr(m, 0x404000 + 0x1098, (uint32_t)(dev_host(0x700000) >> 32));
	wr(m, 0x404000 + 0x109C, 4096);
	put(m->host + 0x400000, 1);
	put(m->host + 0x500000, 0xEE);
	ring_put(&r, 1, 4, 0, CORES + 0x2700000);
	ring_put(&r, 1, 4, 0, dev_host(0x500000));
	ring_put(&r, 0, 4 | M2S_FIRST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 0, 4 | M2S_LAST, 0, dev_host(0x400000));
	ring_start(&r, 2);
	until(atomic_load(&gate.reached));
	atomic_store(&gate.store_begins, true);
	wr(m, off, value);
	assert_true(atomic_load(&gate.opened));
	assert_int_equal(get(m->host + 0x500000), 0xEE); /* the rest was not begun */
	emu_card_set_irq(m->card, NULL, NULL);
}

static void stopping_stores_wait(void **state)
{
	store_waits_for_the_packet(*state, queue_reg(5, 0, 14, M2S_CONTROL), QUEUE_RESET);
	store_waits_for_the_packet(*state, queue_reg(5, S2M, 14, S2M_CONTROL), QUEUE_RESET);
	store_waits_for_the_packet(*state, udma(5) + 0x204, 4);
}

static void disabled_queue_gets_quiet(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 14, 256);
	uint32_t used;
	unsigned int i;

	for (i = 0; i < 200; i++)
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 65536);
	ring_start(&r, 200);
	wr(m, queue_reg(5, 0, 14, Q_CONFIG), 0x03000000);
	wr(m, queue_reg(5, S2M, 14, Q_CONFIG), 0x03000000);
	until(!(ring_reg(&r, 0, Q_STATUS) & 0x30000000));
	until(!(ring_reg(&r, 1, Q_STATUS) & 0x30000000));
	used = ring_used(&r, 0);
	memset(m->host + 0x500000, 0xEE, 0x10000);
	for (i = 0; i < 100; i++)
		sched_yield();
	assert_int_equal(ring_used(&r, 0), used);
	assert_int_equal(ring_used(&r, 1), used);
	assert_int_equal(m->host[0x500000], 0xEE);
	wr(m, queue_reg(5, S2M, 14, Q_CONFIG), 0x03030000);
	wr(m, queue_reg(5, 0, 14, Q_CONFIG), 0x03030000);
	ring_wait_empty(&r);
}

static void length_change_is_survived(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 13, 64);

	wr(m, queue_reg(5, 0, 13, Q_CONFIG), 0);
	ring_add(&r, 0, 40);
	wr(m, queue_reg(5, 0, 13, Q_LENGTH), 8);
	assert_int_equal(ring_used(&r, 0), 8);
	ring_add(&r, 0, 1);
	assert_int_equal(ring_used(&r, 0), 8);
	wr(m, queue_reg(5, 0, 13, Q_LENGTH), 0);
	assert_int_equal(ring_used(&r, 0), 0);
	wr(m, queue_reg(5, 0, 13, Q_CONFIG), 0x30000);
	assert_int_equal(rd(m, udma(5) + 0x200), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("every engine and queue has the reset values of the facts", reset_values),
		ONE_MODE("read-only and write-only registers keep nothing", read_only_stays),
		ONE_MODE("all other registers are storage, each engine its own", storage_keeps),
		ONE_MODE("bases read back every stored bit", bases_read_back),
		ONE_MODE("tail increments count, wrap and stop at a full ring",
			 tail_counts_and_wraps),
		ONE_MODE("single pointers can be reset", partial_pointer_resets),
		ONE_MODE("a tail increment without a ring is ignored", no_ring_no_work),
		ONE_MODE("the published initialisation leaves every engine ready",
			 published_init_works),
		BOTH_MODES("null and shared dummy rings do no harm", dummy_ring_and_reinit),
		BOTH_MODES("a queue reset is accepted while a packet waits", reset_while_enabled),
		BOTH_MODES("a queue reset has stopped its packet when it returns",
			   reset_stops_the_copy),
		{ "a store that stops a queue waits for the packet under way (async)",
		  stopping_stores_wait, model_setup_async, model_teardown, NULL },
		BOTH_MODES("a disabled queue gets quiet and goes on when enabled",
			   disabled_queue_gets_quiet),
		ONE_MODE("a ring that shrinks while in use does no harm", length_change_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
