// SPDX-License-Identifier: GPL-2.0
/* --latency-us and --bandwidth-mbps. Bounds are lower ones, by the model's clock. */
#include "model.h"

#include "clock.h"

#define HOUR_US		3600000000u
#define NS_PER_US	1000ull

static struct model *make(bool dma_inline, uint32_t latency_us, uint32_t bandwidth_mbps)
{
	struct emu_opts opts = model_opts(dma_inline);

	opts.latency_us = latency_us;
	opts.bandwidth_mbps = bandwidth_mbps;
	return model_create(&opts);
}

/* Runs both ways of doing DMA, which must not differ here. */
#define FOR_BOTH(dma_inline) \
	for (int dma_inline = 0; dma_inline < 2; dma_inline++)

static void latency(void **state)
{
	unsigned int i;

	(void)state;
	FOR_BOTH(dma_inline) {
		struct model *m = make(dma_inline, 1500, 0);
		struct ring r = ring_make(m, 1, 2, 64);
		uint64_t begun_ns = emu_clock_now_ns();

		for (i = 0; i < 20; i++)
			ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
		ring_start(&r, 20);
		ring_wait_empty(&r);
		assert_true(emu_clock_now_ns() - begun_ns >= 20 * 1500 * NS_PER_US);
		assert_int_equal(counter(m, "packets"), 20);
		/* After a rest, too. */
		begun_ns = emu_clock_now_ns();
		ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
		ring_wait_empty(&r);
		assert_true(emu_clock_now_ns() - begun_ns >= 1500 * NS_PER_US);
		model_destroy(m);
	}
}

static void bandwidth(void **state)
{
	unsigned int i;

	(void)state;
	FOR_BOTH(dma_inline) {
		struct model *m = make(dma_inline, 0, 20);
		struct ring r[2];
		uint64_t begun_ns = emu_clock_now_ns();

		r[0] = ring_make(m, 1, 2, 64);
		r[1] = ring_make_on(m, m->card, 1, 9, 64, RING_OFF(1));
		for (i = 0; i < 8; i++) {
			ring_put_copy(&r[0], DRAM1, DRAM0, 65536);
			ring_put_copy(&r[1], DRAM1, DRAM0, 65536);
		}
		ring_start(&r[0], 8);
		ring_start(&r[1], 8);
		ring_wait_empty(&r[0]);
		ring_wait_empty(&r[1]);
		/* Two queues of an engine share it: 1 MiB at 20 bytes per microsecond. */
		assert_true(emu_clock_now_ns() - begun_ns >= (1 << 20) / 20 * NS_PER_US);
		assert_int_equal(counter(m, "bytes"), 1 << 20);
		model_destroy(m);
	}
}

static void both_add_up(void **state)
{
	uint64_t begun_ns;
	struct model *m;
	struct ring r;

	(void)state;
	m = make(false, 10000, 10);
	r = ring_make(m, 1, 2, 64);
	begun_ns = emu_clock_now_ns();
	ring_copy(&r, DRAM1, DRAM0, 65536);
	ring_wait_empty(&r);
	assert_true(emu_clock_now_ns() - begun_ns >= (10000 + 65536 / 10) * NS_PER_US);
	model_destroy(m);
}

/* What shows first that data moved is the marker behind it. */
static void in_order(void **state)
{
	unsigned int i;

	(void)state;
	FOR_BOTH(dma_inline) {
		struct model *m = make(dma_inline, 500, 100);
		struct ring r = ring_make(m, 1, 2, 64);

		for (i = 1; i <= 20; i++) {
			fill(m->host + 0x400000, 4096, i);
			put(m->host + 0x410000, i);
			ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4096);
			ring_put_copy(&r, dev_host(0x510000), dev_host(0x410000), 4);
			ring_start(&r, 2);
			until(get(m->host + 0x510000) == i);
			assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 4096);
		}
		model_destroy(m);
	}
}

/* An hour does not pass: the store returns, nothing has moved, all else goes on. */
static void nobody_is_held_up(void **state)
{
	(void)state;
	FOR_BOTH(dma_inline) {
		struct model *m = make(dma_inline, HOUR_US, 0);
		struct ring r = ring_make(m, 1, 2, 64);

		put(m->host + 0x400000, 7);
		put(m->host + 0x500000, 0);
		ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
		until(rd(m, udma(1) + 0x200) == 0x1100); /* busy, although nothing runs */
		assert_int_equal(ring_used(&r, 0), 1);
		assert_int_equal(get(m->host + 0x500000), 0);
		card_store(m->card, 2, 0x2701100, 5);
		assert_int_equal(card_load(m->card, 2, 0x2701000), 5);
		/* A queue reset and an abort take the packet back at once. */
		wr(m, queue_reg(1, 0, 2, M2S_CONTROL), QUEUE_RESET);
		assert_int_equal(ring_used(&r, 0), 0);
		assert_int_equal(rd(m, udma(1) + 0x200), 0);
		model_destroy(m);
	}
}

/* 128 and more descriptors at half a second each: who waited behind would hang the test. */
static void cancelled_time_is_not_waited_for(void **state)
{
	struct model *m = *state;
	struct ring slow = ring_make(m, 1, 2, 256);
	struct ring other = ring_make_on(m, m->card, 1, 3, 64, RING_OFF(1));
	unsigned int i;

	control(m, "inject dma slow 500000 1");
	for (i = 0; i < 128; i++) {
		ring_put(&slow, 0, 4 | (i ? 0 : M2S_FIRST) | (i == 127 ? M2S_LAST : 0),
			 i ? 0 : OP_COPY, dev_host(0x400000));
		ring_put(&slow, 1, 4, 0, dev_host(0x500000));
	}
	ring_start(&slow, 128);
	until(rd(m, udma(1) + 0x200) == 0x1100);
	put(m->host + 0x400010, 9);
	ring_copy(&other, dev_host(0x500010), dev_host(0x400010), 4);
	wr(m, queue_reg(1, 0, 2, M2S_CONTROL), QUEUE_RESET);
	until(get(m->host + 0x500010) == 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN("each packet takes the latency, in a row and after a rest", latency),
		PLAIN("the queues of an engine share its bandwidth", bandwidth),
		PLAIN("latency and bandwidth add up", both_add_up),
		PLAIN("packets that take time stay in order", in_order),
		PLAIN("a store returns and registers answer while a packet waits",
		      nobody_is_held_up),
		BOTH_MODES("a cancelled packet's time holds up no other queue",
			   cancelled_time_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
