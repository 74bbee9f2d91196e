// SPDX-License-Identifier: GPL-2.0
/*
 * What an engine keeps of errors, counts of its work, and what holds work back:
 * docs/hardware, sections 3.4 to 3.6, 3.11 and 3.12.
 */
#include "model.h"

#define SEC_A		(GEN + 0x2000)
#define SEC_B		(GEN + 0x2040)
#define ABORT_MASK	0x30
#define GROUP_LOG_MASK	0x38
#define LOG		0x214
#define LOG_MASK	0x20C
#define LOG_CLEAR	0x224
#define AXI_ERROR(q)	(GEN + 0x2C00 + 12 * (q) + 4)
#define UNMAPPED	(CORES - 0x1000)

/* An error that leaves the engine running, so that the next one can be seen. */
static struct ring lenient_ring(struct model *m, unsigned int engine, unsigned int queue)
{
	struct ring r = ring_make(m, engine, queue, 64);

	wr(m, udma(engine) + SEC_A + ABORT_MASK, 0xffffffff);
	wr(m, udma(engine) + SEC_B + ABORT_MASK, 0xffffffff);
	return r;
}

static void fail_once(struct ring *r, uint64_t dst, uint64_t src, uint32_t len)
{
	uint32_t u = udma(r->engine);

	wr(r->m, u + SEC_A, 0);
	wr(r->m, u + SEC_B, 0);
	r->next[0] = r->next[1] = 0;
	r->id[0] = r->id[1] = 1;
	ring_program(r, 0, dev_host(RING_OFF(0)));
	ring_program(r, S2M, dev_host(RING_OFF(0) + 0x10000));
	ring_copy(r, dst, src, len);
	until(rd(r->m, u + SEC_A) || rd(r->m, u + SEC_B));
}

static void first_error_is_logged(void **state)
{
	struct model *m = *state;
	struct ring r = lenient_ring(m, 3, 2);
	uint32_t u = udma(3);

	fail_once(&r, dev_host(0x500000), UNMAPPED, 40);
	assert_int_equal(rd(m, u + LOG) & 0xffff, 40);
	assert_int_equal(rd(m, u + LOG + 4), OP_COPY);
	assert_int_equal(rd(m, u + LOG + 8), (uint32_t)UNMAPPED);
	assert_int_equal(rd(m, u + LOG + 12), (uint32_t)(UNMAPPED >> 32));
	fail_once(&r, dev_host(0x500000), UNMAPPED, 50);
	assert_int_equal(rd(m, u + LOG) & 0xffff, 40);
	wr(m, u + LOG_CLEAR, 0);
	assert_int_equal(rd(m, u + LOG) & 0xffff, 40);
	wr(m, u + LOG_CLEAR, 1);
	assert_int_equal(rd(m, u + LOG), 0);
	fail_once(&r, dev_host(0x500000), UNMAPPED, 60);
	assert_int_equal(rd(m, u + LOG) & 0xffff, 60);
	assert_int_equal(rd(m, u + S2M + LOG), 0);
	fail_once(&r, UNMAPPED, dev_host(0x400000), 70);
	assert_int_equal(rd(m, u + S2M + LOG) & 0xffff, 70);
	assert_int_equal(rd(m, u + S2M + LOG + 8), (uint32_t)UNMAPPED);
}

static void masked_error_is_not_logged(void **state)
{
	struct model *m = *state;
	struct ring r = lenient_ring(m, 3, 2);
	uint32_t u = udma(3);

	wr(m, u + LOG_MASK, 1u << 8);
	fail_once(&r, dev_host(0x500000), UNMAPPED, 40);
	assert_int_equal(rd(m, u + SEC_A), 1u << 8); /* the cause comes all the same */
	assert_int_equal(rd(m, u + LOG), 0);
	wr(m, u + LOG_MASK, 0);
	wr(m, u + SEC_A + GROUP_LOG_MASK, 1u << 8);
	fail_once(&r, dev_host(0x500000), UNMAPPED, 41);
	assert_int_equal(rd(m, u + LOG), 0);
	wr(m, u + SEC_A + GROUP_LOG_MASK, ~(1u << 8));
	fail_once(&r, dev_host(0x500000), UNMAPPED, 42);
	assert_int_equal(rd(m, u + LOG) & 0xffff, 42);
}

static void axi_errors_clear_on_read(void **state)
{
	struct model *m = *state;
	struct ring r = lenient_ring(m, 9, 13);
	unsigned int q;

	fail_once(&r, UNMAPPED, dev_host(0x400000), 4);
	for (q = 0; q < 16; q++)
		if (q != 13)
			assert_int_equal(rd(m, udma(9) + AXI_ERROR(q)), 0);
	wr(m, udma(9) + AXI_ERROR(13), 0); /* software cannot clear it by a store */
	assert_int_not_equal(rd(m, udma(9) + AXI_ERROR(13)), 0);
	assert_int_equal(rd(m, udma(9) + AXI_ERROR(13)), 0);
	/* A wrong descriptor is no error of the bus. */
	r.id[0] = 3;
	ring_program(&r, 0, dev_host(RING_OFF(0)));
	r.next[0] = 0;
	wr(m, udma(9) + SEC_A, 0);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(rd(m, udma(9) + SEC_A) == 1u << 17);
	assert_int_equal(rd(m, udma(9) + AXI_ERROR(13)), 0);
}

/* Nothing is known to feed them; what software sets in them acts as in the others. */
static void axi_groups_abort_by_their_mask(void **state)
{
	static const uint32_t groups[] = { 0x2D00, 0x2E00, 0x2F00, 0x3000, 0x3100, 0x3200, 0x3300 };
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < 7; i++) {
		wr(m, udma(i) + GEN + groups[i] + 8, 1u << 30);
		assert_int_equal(rd(m, udma(i) + 0x200), 0);
		wr(m, udma(i) + GEN + groups[i] + ABORT_MASK, ~(1u << 4));
		wr(m, udma(i) + GEN + groups[i] + 8, 1u << 4);
		assert_int_equal(rd(m, udma(i) + 0x200), 0x2222);
		assert_int_equal(rd(m, udma(i) + S2M + 0x200), 0x22222);
		assert_int_equal(rd(m, udma(i) + GEN + 0xC0), 0); /* no bit of D is known for them */
	}
}

static void mailboxes_are_storage(void **state)
{
	struct model *m = *state;

	wr(m, udma(0) + GEN + 0x10, 0);
	wr(m, udma(0) + GEN + 0xD8, 0);
	wr(m, udma(0) + GEN + 0x2240, 1000000);	/* what a published driver writes there */
	wr(m, udma(0) + GEN + 0x33A0, 1);
	assert_int_equal(rd(m, udma(0) + GEN + 0xC0), 0);
	assert_int_equal(rd(m, udma(0) + GEN + 0x3300), 0);
	assert_int_equal(counter(m, "interrupts"), 0);
}

static void counters_of_both_halves(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 1, 64);
	uint32_t u = udma(2);
	unsigned int i;

	wr(m, queue_reg(2, S2M, 1, Q_CBASE), (uint32_t)dev_host(0x600000));
	wr(m, queue_reg(2, S2M, 1, Q_CBASE + 4), (uint32_t)(dev_host(0x600000) >> 32));
	wr(m, queue_reg(2, S2M, 1, S2M_COMPLETION), 1);
	for (i = 0; i < 5; i++) {
		ring_put(&r, 1, 100, 0, dev_host(0x500000));
		ring_put(&r, 1, 200, 0, dev_host(0x500100));
		ring_put(&r, 0, 150 | M2S_FIRST, OP_COPY, dev_host(0x400000));
		ring_put(&r, 0, 100, 0, dev_host(0x400100));
		ring_put(&r, 0, 10 | M2S_LAST, 0, dev_host(0x400200));
		ring_add(&r, 1, 2);
		ring_add(&r, 0, 3);
	}
	ring_wait_empty(&r);
	assert_int_equal(rd(m, u + 0x504), 5);		/* packets */
	assert_int_equal(rd(m, u + 0x508), 5 * 260);
	assert_int_equal(rd(m, u + 0x510), 15);
	assert_int_equal(rd(m, u + 0x514), 5);
	assert_int_equal(rd(m, u + 0x518), 0);		/* that half writes no entries */
	assert_int_equal(rd(m, u + 0x51C), 5);
	assert_int_equal(rd(m, u + S2M + 0x504), 0);	/* dropped */
	assert_int_equal(rd(m, u + S2M + 0x508), 5 * 260);
	assert_int_equal(rd(m, u + S2M + 0x510), 10);
	assert_int_equal(rd(m, u + S2M + 0x514), 5);
	assert_int_equal(rd(m, u + S2M + 0x518), 10);
	assert_int_equal(rd(m, u + S2M + 0x51C), 5);
	/* A queue reset leaves counters alone. */
	wr(m, queue_reg(2, 0, 1, M2S_CONTROL), QUEUE_RESET);
	wr(m, queue_reg(2, S2M, 1, S2M_CONTROL), QUEUE_RESET);
	assert_int_equal(rd(m, queue_reg(2, 0, 1, 0xC0)), 5);
	assert_int_equal(rd(m, queue_reg(2, S2M, 1, 0x68)), 5);
	assert_int_equal(rd(m, queue_reg(2, 0, 2, 0xC0)), 0);
}

/* Packets of 8 MiB that are consumed without writing, so that 4 GiB are quickly there. */
static void byte_counter_is_64_bits_wide(void **state)
{
	const uint64_t most = (4ull << 30) + (8u << 20);
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 1, 128);
	uint64_t sum = 0;
	uint32_t i, low;

	wr(m, udma(2) + 0x254, 1u << 24); /* 64 KiB as 0, packets of any length */
	while (sum < most) {
		for (i = 0; i < 128; i++) {
			ring_put(&r, 1, 0, 0, dev_host(0x500000));
			ring_put(&r, 0, (i ? 0 : M2S_FIRST) | (i == 127 ? M2S_LAST : 0),
				 OP_COPY & ~(1u << 19), dev_host(0x400000));
		}
		ring_start(&r, 128);
		ring_wait_empty(&r);
		sum += 128 * 65536;
	}
	low = rd(m, udma(2) + 0x508); /* reading the low word takes the high one along */
	assert_int_equal(low, (uint32_t)sum);
	assert_int_equal(rd(m, udma(2) + 0x50C), 1);
	assert_int_equal(rd(m, udma(2) + S2M + 0x50C), 0); /* not sampled yet */
	assert_int_equal(rd(m, udma(2) + S2M + 0x508), (uint32_t)sum);
	assert_int_equal(rd(m, udma(2) + S2M + 0x50C), 1);
}

static void fifos_are_empty(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 5, 64);
	unsigned int q;

	ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1); /* waits in its ring, not in a FIFO */
	until(rd(m, udma(6) + 0x200) == 0x10);
	for (q = 0; q < 16; q++) {
		wr(m, udma(6) + 0x234, q);
		wr(m, udma(6) + S2M + 0x238, q);
		assert_int_equal(rd(m, udma(6) + 0x234), q);
		assert_int_equal(rd(m, udma(6) + 0x238), 0x01000000);
		assert_int_equal(rd(m, udma(6) + 0x23C), 0x01000000);
		assert_int_equal(rd(m, udma(6) + S2M + 0x23C), 0x01000000);
		assert_int_equal(rd(m, udma(6) + S2M + 0x240), 0x01000000);
	}
}

/* In order anyway: a barrier holds nothing, masked or not, and can be released. */
static void barrier_holds_nothing(void **state)
{
	const uint32_t dmb = 1u << 30;
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 5, 64);
	unsigned int lap;

	for (lap = 0; lap < 2; lap++) {
		put(m->host + 0x400000, 0x70 + lap);
		ring_put(&r, 1, 4, 0, dev_host(0x500000));
		ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST | dmb, OP_COPY, dev_host(0x400000));
		ring_put(&r, 1, 4, 0, dev_host(0x500004));
		ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x500000));
		ring_start(&r, 2);
		ring_wait_empty(&r);
		assert_int_equal(get(m->host + 0x500004), 0x70 + lap);
		assert_int_equal(ring_reg(&r, 0, Q_STATUS), 0x30000000);
		wr(m, queue_reg(6, 0, 5, M2S_CONTROL), 1);
		assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30 | 2 * (lap + 1));
		wr(m, queue_reg(6, 0, 5, 0x74), 3); /* the pause is unmasked */
	}
}

static void pointers_are_reset_one_by_one(void **state)
{
	static const uint32_t control[2] = { 0xB0, 0x64 };
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 5, 64);
	unsigned int i, half;

	for (i = 0; i < 3; i++)
		ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_wait_empty(&r);
	for (half = 0; half < 2; half++) {
		uint32_t at = queue_reg(6, half ? S2M : 0, 5, control[half]);

		wr(m, queue_reg(6, half ? S2M : 0, 5, Q_CONFIG), 0x03000000);
		wr(m, at, 1u << 4); /* of the S2M half the prefetch FIFO; nothing is in it */
		assert_int_equal(ring_reg(&r, half, Q_HEAD), 1u << 30 | 3);
		ring_add(&r, half, 2);
		wr(m, at, 1u << 3);
		assert_int_equal(ring_reg(&r, half, Q_CURRENT), 1u << 30);
		assert_int_equal(ring_reg(&r, half, Q_HEAD), 1u << 30);
		assert_int_equal(ring_reg(&r, half, Q_TAIL), 1u << 30 | 5);
		assert_int_equal(ring_used(&r, half), 5);
		wr(m, at, 1u << 1);
		assert_int_equal(ring_reg(&r, half, Q_TAIL), 1u << 30);
		assert_int_equal(ring_used(&r, half), 0);
	}
}

static void disabled_stream(struct model *m, uint32_t reg)
{
	struct ring r = ring_make(m, 6, 5, 64);

	put(m->host + 0x400000, 0x42);
	put(m->host + 0x500000, 0);
	wr(m, udma(6) + reg, 1);
	assert_int_equal(rd(m, udma(6) + 0x200), 0);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	/* What waits to enter shows as a busy stream, as published software knows it. */
	until(rd(m, udma(6) + 0x200) == 0x10);
	assert_int_equal(rd(m, udma(6) + S2M + 0x200), 0x10);
	assert_int_equal(get(m->host + 0x500000), 0);
	wr(m, udma(6) + reg, 0x102); /* threshold mode does not disable */
	until(get(m->host + 0x500000) == 0x42);
	ring_wait_empty(&r);
}

static void stream_switches(void **state)
{
	disabled_stream(*state, 0x258);
	disabled_stream(*state, S2M + 0x250);
}

static void strict_rings(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;
	struct ring r;

	(void)state;
	opts.strict_rings = true;
	m = model_create(&opts);
	r = ring_make_on(m, m->card, 6, 5, 64, RING_OFF(0) + 64);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 0);
	assert_int_equal(counter(m, "tail_unaligned"), 2);
	r = ring_make(m, 6, 5, 40); /* ends on 128 bytes */
	ring_add(&r, 0, 1);
	assert_int_equal(counter(m, "tail_unaligned"), 3);
	r = ring_make(m, 6, 5, 48);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_wait_empty(&r);
	assert_int_equal(counter(m, "packets"), 1);
	assert_int_equal(counter(m, "tail_unaligned"), 3);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_MODES("the log keeps the first error until it is cleared",
			   first_error_is_logged),
		BOTH_MODES("either log mask keeps an error out of the log",
			   masked_error_is_not_logged),
		BOTH_MODES("bus errors are noted for their queue, cleared by reading",
			   axi_errors_clear_on_read),
		ONE_MODE("causes of the AXI groups abort as their masks say",
			 axi_groups_abort_by_their_mask),
		ONE_MODE("stores to mailboxes raise nothing", mailboxes_are_storage),
		BOTH_MODES("counters tell packets, descriptors, entries and acknowledges",
			   counters_of_both_halves),
		ONE_MODE("byte counters pass 4 GiB, high word with the low one",
			 byte_counter_is_64_bits_wide),
		BOTH_MODES("FIFOs are empty whatever queue is selected", fifos_are_empty),
		BOTH_MODES("a barrier neither holds nor hurts", barrier_holds_nothing),
		ONE_MODE("each pointer of each half can be reset alone",
			 pointers_are_reset_one_by_one),
		BOTH_MODES("a disabled stream lets nothing pass until enabled", stream_switches),
		PLAIN("strict: rings that are not on 256 bytes take nothing", strict_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
