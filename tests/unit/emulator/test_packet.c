// SPDX-License-Identifier: GPL-2.0
/* Descriptors, packets, completion entries and errors: docs/hardware, 3.9 to 3.12, 3.18. */
#include "model.h"

#define STATE_M2S(r) card_load((r)->card, 0, udma((r)->engine) + 0x200)
#define STATE_S2M(r) card_load((r)->card, 0, udma((r)->engine) + S2M + 0x200)
#define CAUSE_A(r) card_load((r)->card, 0, udma((r)->engine) + GEN + 0x2000)
#define CAUSE_B(r) card_load((r)->card, 0, udma((r)->engine) + GEN + 0x2040)
#define ABORT_M2S 0x2222u
#define ABORT_S2M 0x22222u

static void worked_example(void **state)
{
	/* Section 3.9.4, bytes as printed there, except for the host page. */
	static const uint8_t m2s[16] = { 0x00, 0x00, 0x00, 0x4d, 0x03, 0x00, 0x08, 0x01,
					 0x00, 0x50, 0x34, 0x12, 0x00, 0x40, 0x00, 0x00 };
	static const uint8_t s2m[16] = { 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
					 0x00, 0x01, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00 };
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 15, 64);
	uint8_t *src = m->host + (0x12345000 - HOST_IOVA), *got = malloc(65536);

	fill(src, 65536, 7);
	memcpy(r.desc[0], m2s, 16);
	memcpy(r.desc[1], s2m, 16);
	ring_start(&r, 1);
	ring_wait_empty(&r);
	dram_get(m->card, 0x100000100, got, 65536);
	assert_memory_equal(got, src, 65536);
	free(got);
}

static void marker_example(void **state)
{
	static const uint8_t m2s[16] = { 0x04, 0x00, 0x00, 0x0d, 0x03, 0x00, 0x08, 0x01,
					 0x00, 0x40, 0x23, 0x12, 0x00, 0x40, 0x00, 0x00 };
	static const uint8_t s2m[16] = { 0x04, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
					 0x04, 0x40, 0x23, 0x12, 0x00, 0x40, 0x00, 0x00 };
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 15, 64);
	uint8_t *marker = m->host + (0x12234000 - HOST_IOVA);

	put(marker, 0xABCDEF01);
	put(marker + 4, 0);
	put(marker + 8, 0x11111111);
	memcpy(r.desc[0], m2s, 16);
	memcpy(r.desc[1], s2m, 16);
	ring_start(&r, 1);
	until(get(marker + 4) == 0xABCDEF01);
	assert_int_equal(get(marker + 8), 0x11111111);
}

static void inline_is_done_on_return(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 3, 2048);
	unsigned int i;

	for (i = 0; i < 2000; i++)
		ring_put_copy(&r, dev_host(0x400000 + i * 64), dev_host(0x800000 + i * 64), 64);
	fill(m->host + 0x800000, 2000 * 64, 1);
	ring_start(&r, 2000);
	assert_memory_equal(m->host + 0x400000, m->host + 0x800000, 2000 * 64);
	assert_int_equal(ring_used(&r, 0), 0);
}

static void gather_and_scatter(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 0, 64);
	uint8_t *src = m->host + 0x400000, *dst = m->host + 0x500000;

	fill(src, 4096, 3);
	memset(dst, 0xEE, 4096);
	/* 100 + 3 + 897 bytes into 250 + 700 + 200 bytes: the last one is used in part. */
	ring_put(&r, 0, 100 | M2S_FIRST, OP_COPY, dev_host(0x400001));
	ring_put(&r, 0, 3, 0, dev_host(0x400000 + 2000));
	ring_put(&r, 0, 897 | M2S_LAST, 0, dev_host(0x400000 + 3000));
	ring_put(&r, 1, 250, 0, dev_host(0x500000));
	ring_put(&r, 1, 700, 0, dev_host(0x500000 + 1001));
	ring_put(&r, 1, 200, 0, dev_host(0x500000 + 3000));
	/* The next packet starts in a fresh descriptor. */
	ring_put_copy(&r, dev_host(0x500000 + 3500), dev_host(0x400000), 8);
	ring_add(&r, 1, 4);
	ring_add(&r, 0, 4);
	ring_wait_empty(&r);
	assert_memory_equal(dst, src + 1, 100);
	assert_memory_equal(dst + 100, src + 2000, 3);
	assert_memory_equal(dst + 103, src + 3000, 147);
	assert_memory_equal(dst + 1001, src + 3147, 700);
	assert_memory_equal(dst + 3000, src + 3847, 50);
	assert_int_equal(dst[3050], 0xEE);
	assert_memory_equal(dst + 3500, src, 8);
	assert_int_equal(ring_used(&r, 1), 0);
}

static void metadata_and_empty_packets(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 2, 64);

	fill(m->host + 0x400000, 64, 9);
	wr(m, udma(1) + 0x254, 0x000FFFFF); /* length 0 is 0 bytes now */
	/* A packet without bytes takes no destination descriptor. */
	ring_put(&r, 0, 0 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 0, 55 | 1u << 23 | M2S_FIRST, 0x1234, 0xdeadbeef);
	ring_put(&r, 0, 64 | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 1, 64 | 1u << 30, 0, 0xdeadbeef);
	ring_put(&r, 1, 64, 0, dev_host(0x500000));
	ring_add(&r, 1, 2);
	ring_add(&r, 0, 3);
	ring_wait_empty(&r);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 64);
	assert_int_equal(ring_used(&r, 1), 0);
	assert_int_equal(counter(m, "packets"), 2);
	assert_int_equal(counter(m, "bytes"), 64);
}

static void discard_writes_nothing(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 1, 64);

	put(m->host + 0x400000, 0x55);
	put(m->host + 0x500000, 0);
	ring_put(&r, 1, 4, 0, dev_host(0x500000));
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY & ~(1u << 19), dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	assert_int_equal(get(m->host + 0x500000), 0);
	ring_put(&r, 1, 4, 0, dev_host(0x500000));
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, 0, dev_host(0x400000)); /* no operation word */
	ring_start(&r, 1);
	until(get(m->host + 0x500000) == 0x55);
}

static void waits_for_last(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 4, 64);

	fill(m->host + 0x400000, 32, 2);
	ring_put(&r, 1, 32, 0, dev_host(0x500000));
	ring_add(&r, 1, 1);
	ring_put(&r, 0, 16 | M2S_FIRST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1);
	assert_int_equal(ring_used(&r, 0), 1);
	ring_put(&r, 0, 16 | M2S_LAST, 0, dev_host(0x400010));
	ring_add(&r, 0, 1);
	ring_wait_empty(&r);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 32);
}

static void waits_for_destination(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 5, 64);

	fill(m->host + 0x400000, 32, 2);
	ring_put(&r, 0, 32 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1);
	until(STATE_M2S(&r) == 0x10);
	assert_int_equal(STATE_S2M(&r), 0x10);
	ring_put(&r, 1, 20, 0, dev_host(0x500000));
	ring_add(&r, 1, 1);
	until(STATE_M2S(&r) == 0x10);
	assert_int_equal(ring_used(&r, 1), 1); /* 20 bytes do not do for 32: not consumed */
	ring_put(&r, 1, 20, 0, dev_host(0x500014));
	ring_add(&r, 1, 1);
	ring_wait_empty(&r);
	until(STATE_M2S(&r) == 0);
	assert_int_equal(STATE_S2M(&r), 0);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 32);
}

static void ring_ids_advance(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 7, 9, 48); /* no power of two */
	unsigned int i;

	for (i = 0; i < 48 * 5; i++) { /* ids 1 2 3 0 1 */
		put(m->host + 0x400000, i);
		ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
		until(get(m->host + 0x500000) == i);
		ring_wait_empty(&r);
	}
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 2u << 30);
	assert_int_equal(ring_reg(&r, 1, Q_TAIL), 2u << 30);
	assert_int_equal(counter(m, "ring_id_errors"), 0);
}

static void expect_abort(struct ring *r, uint32_t cause_a, uint32_t cause_b)
{
	until(STATE_M2S(r) == ABORT_M2S);
	assert_int_equal(STATE_S2M(r), ABORT_S2M);
	assert_int_equal(CAUSE_A(r), cause_a);
	assert_int_equal(CAUSE_B(r), cause_b);
}

static void wrong_source_ring_id(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 8, 0, 64);

	r.id[0] = 2;
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	expect_abort(&r, 1u << 17, 0);
	assert_int_equal(ring_used(&r, 0), 1); /* stays on the failing packet */
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30);
	/* The log holds the failing descriptor. */
	assert_int_equal(rd(m, udma(8) + 0x214), get(r.desc[0]));
	assert_int_equal(rd(m, udma(8) + 0x218), OP_COPY);
	wr(m, udma(8) + 0x224, 1);
	assert_int_equal(rd(m, udma(8) + 0x214), 0);
}

static void wrong_destination_ring_id(void **state)
{
	struct ring r = ring_make(*state, 8, 0, 64);

	r.id[1] = 3;
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	expect_abort(&r, 0, 1u << 11);
}

static void missing_first(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 64);

	ring_put(&r, 0, 4 | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1);
	expect_abort(&r, 1u << 16, 0);
}

static void first_inside(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 64);

	ring_put(&r, 0, 4 | M2S_FIRST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 2);
	expect_abort(&r, 1u << 15, 0);
}

static void too_many_descriptors(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 256);
	unsigned int i;

	ring_put(&r, 0, 4 | M2S_FIRST, OP_COPY, dev_host(0x400000));
	for (i = 1; i < 129; i++)
		ring_put(&r, 0, 4 | (i == 128 ? M2S_LAST : 0), 0, dev_host(0x400000));
	ring_add(&r, 0, 129);
	expect_abort(&r, 1u << 14, 0);
}

static void too_many_bytes(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 64);
	unsigned int i;

	for (i = 0; i < 17; i++) /* 17 times 64 KiB */
		ring_put(&r, 0, (i ? 0 : M2S_FIRST) | (i == 16 ? M2S_LAST : 0), i ? 0 : OP_COPY,
			 dev_host(0x400000));
	ring_add(&r, 0, 17);
	expect_abort(&r, 1u << 13, 0);
}

static void unmapped_descriptors(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 0, 64);

	wr(m, queue_reg(6, 0, 0, Q_BASE + 4), 0x4fff); /* far beyond host memory */
	ring_add(&r, 0, 1);
	expect_abort(&r, 1u << 11, 0);
}

static void unmapped_destination_descriptors(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 0, 64);

	wr(m, queue_reg(6, S2M, 0, Q_BASE + 4), 0x4fff);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	expect_abort(&r, 0, 1u << 9);
}

static void unmapped_source(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 64);

	ring_copy(&r, dev_host(0x500000), HOST + HOST_IOVA + HOST_BYTES - 2, 4);
	expect_abort(&r, 1u << 8, 0);
	assert_int_equal(counter(r.m, "data_read_faults"), 1);
	assert_int_equal(counter(r.m, "aborts"), 1);
}

static void unmapped_destination(void **state)
{
	struct ring r = ring_make(*state, 6, 0, 64);

	ring_copy(&r, DRAM1 + (4ull << 30), dev_host(0x400000), 4);
	expect_abort(&r, 0, 1u << 1);
	assert_int_equal(counter(r.m, "data_write_faults"), 1);
}

static void unmapped_completion(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 0, 64);

	wr(m, queue_reg(6, 0, 0, Q_CBASE + 4), 0x4fff);
	wr(m, queue_reg(6, 0, 0, M2S_COMPLETION), 3);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	expect_abort(&r, 1u << 5, 0);
	assert_int_equal(counter(m, "completion_faults"), 1);
}

static void masked_error_does_not_abort(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 0, 64);

	wr(m, udma(6) + GEN + 0x2030, 0xffffffff);
	ring_copy(&r, dev_host(0x500000), DRAM1 - 64, 4);
	until(CAUSE_A(&r) == 1u << 8);
	assert_int_equal(STATE_M2S(&r), 0);
	assert_int_equal(ring_used(&r, 0), 1);
}

static void recovery(struct model *m, bool normal_first)
{
	struct ring r = ring_make(m, 10, 6, 64), other = ring_make_on(m, m->card, 10, 7, 64, RING_OFF(1));

	ring_copy(&r, dev_host(0x500000), DRAM1 - 64, 4);
	expect_abort(&r, 1u << 8, 0);
	put(m->host + 0x400000, 0x77);
	put(m->host + 0x500000, 0);
	/* Recorded, but not executed while aborted. */
	ring_copy(&other, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&other, 0), 1);
	assert_int_equal(ring_reg(&other, 0, Q_STATUS) >> 28, 0);
	if (normal_first) {
		wr(m, udma(10) + 0x204, 1);
		wr(m, udma(10) + S2M + 0x204, 1);
		assert_int_equal(STATE_M2S(&r), 0);
		/* Frozen until its own queue reset: neither retried nor continued. */
		assert_int_equal(ring_used(&r, 0), 1);
		assert_int_equal(ring_used(&other, 0), 1);
	}
	wr(m, udma(10) + GEN + 0x2000, 0);
	r = ring_make(m, 10, 6, 64);
	if (!normal_first) {
		wr(m, udma(10) + 0x204, 1);
		wr(m, udma(10) + S2M + 0x204, 1);
	}
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(get(m->host + 0x500000) == 0x77);
	ring_wait_empty(&r);
	assert_int_equal(ring_used(&other, 0), 1);
	assert_int_equal(CAUSE_A(&r), 0);
}

static void recovery_normal_first(void **state)
{
	recovery(*state, true);
}

static void recovery_reset_first(void **state)
{
	recovery(*state, false);
}

static void each_half_thaws_alone(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 10, 6, 64);

	wr(m, udma(10) + 0x204, 4);
	wr(m, udma(10) + S2M + 0x204, 4);
	wr(m, udma(10) + 0x204, 1);
	wr(m, udma(10) + S2M + 0x204, 1);
	put(m->host + 0x400000, 0x78);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	wr(m, queue_reg(10, 0, 6, M2S_CONTROL), QUEUE_RESET);
	ring_add(&r, 0, 1);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(STATE_M2S(&r), 0); /* frozen, so not even waiting */
	wr(m, queue_reg(10, S2M, 6, S2M_CONTROL), QUEUE_RESET);
	ring_add(&r, 1, 1);
	until(get(m->host + 0x500000) == 0x78);
}

static void abort_by_register(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 9, 0, 64);

	wr(m, udma(9) + 0x204, 4);
	wr(m, udma(9) + S2M + 0x204, 4);
	assert_int_equal(STATE_M2S(&r), ABORT_M2S);
	assert_int_equal(STATE_S2M(&r), ABORT_S2M);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 1);
}

static void disable_and_normal(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 9, 0, 64);

	wr(m, udma(9) + 0x204, 2);
	wr(m, udma(9) + S2M + 0x204, 2);
	put(m->host + 0x400000, 0x99);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(STATE_M2S(&r), 0);
	wr(m, udma(9) + 0x204, 1);
	assert_int_equal(ring_used(&r, 0), 1);
	wr(m, udma(9) + S2M + 0x204, 1);
	until(get(m->host + 0x500000) == 0x99);
}

static void paused_queue_remembers(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 11, 0, 64);

	wr(m, queue_reg(11, S2M, 0, Q_CONFIG), 0x03000000);
	put(m->host + 0x400000, 0x42);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 1);
	wr(m, queue_reg(11, S2M, 0, Q_CONFIG), 0x00030000);
	until(get(m->host + 0x500000) == 0x42);
}

static void completion_entries(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 32);
	uint8_t *tx = m->host + 0x600000, *rx = m->host + 0x601000;
	unsigned int i;

	memset(tx, 0, 0x2000);
	wr(m, queue_reg(0, 0, 0, Q_CBASE), (uint32_t)dev_host(0x600000));
	wr(m, queue_reg(0, 0, 0, Q_CBASE + 4), (uint32_t)(dev_host(0x600000) >> 32));
	wr(m, queue_reg(0, S2M, 0, Q_CBASE), (uint32_t)dev_host(0x601000));
	wr(m, queue_reg(0, S2M, 0, Q_CBASE + 4), (uint32_t)(dev_host(0x601000) >> 32));
	wr(m, queue_reg(0, 0, 0, M2S_COMPLETION), 3);
	wr(m, queue_reg(0, S2M, 0, S2M_COMPLETION), 3);
	ring_put(&r, 0, 10 | M2S_FIRST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 0, 30 | M2S_LAST, 0, dev_host(0x400000));
	ring_put(&r, 1, 24, 0, dev_host(0x500000));
	ring_put(&r, 1, 24, 0, dev_host(0x500100));
	ring_start(&r, 2);
	ring_wait_empty(&r);
	assert_int_equal(get(tx), 1u << 24 | 1u << 26);
	assert_int_equal(get(tx + 4), 1u << 24 | 1u << 27);
	assert_int_equal(get(rx), 1u << 24 | 1u << 26 | 1u << 30);
	assert_int_equal(get(rx + 4), 24);
	assert_int_equal(get(rx + 16), 1u << 24 | 1u << 27 | 1u << 30);
	assert_int_equal(get(rx + 20), 16);
	assert_int_equal(ring_reg(&r, 1, Q_CHEAD), 1u << 30 | 2);
	/* 64 KiB in one buffer reads 0; after the wrap entries carry the next ring id. */
	for (i = 0; i < 31; i++) {
		ring_copy(&r, DRAM1, DRAM0, 65536);
		ring_wait_empty(&r);
	}
	assert_int_equal(get(rx + 16 * 31), 1u << 24 | 3u << 26 | 1u << 30);
	assert_int_equal(get(rx + 16 * 31 + 4), 0);
	assert_int_equal(get(rx), 2u << 24 | 3u << 26 | 1u << 30);
	assert_int_equal(get(tx), 2u << 24 | 3u << 26);
	assert_int_equal(ring_reg(&r, 0, Q_CHEAD), 2u << 30 | 1);
}

static void completion_entry_sizes(void **state)
{
	static const uint32_t words[] = { 2, 4, 8 };
	struct model *m = *state;
	uint8_t *rx = m->host + 0x601000;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct ring r = ring_make(m, 0, 0, 32);

		memset(rx, 0, 256);
		wr(m, udma(0) + S2M + 0x380, 0x1000 | words[i]);
		wr(m, queue_reg(0, S2M, 0, Q_CBASE), (uint32_t)dev_host(0x601000));
		wr(m, queue_reg(0, S2M, 0, Q_CBASE + 4), (uint32_t)(dev_host(0x601000) >> 32));
		wr(m, queue_reg(0, S2M, 0, S2M_COMPLETION), 3);
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 5);
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 6);
		ring_start(&r, 2);
		ring_wait_empty(&r);
		assert_int_equal(get(rx + 4), 5);
		assert_int_equal(get(rx + 4 * words[i] + 4), 6);
		wr(m, queue_reg(0, S2M, 0, S2M_COMPLETION), 0);
	}
}

#define SECOND_BUFFER (1u << 31)
#define GRANULES(n) ((uint32_t)(n) << 16)

/* Completion ring of the S2M half at @off of host memory. */
static void complete_at(struct ring *r, size_t off, uint32_t words)
{
	memset(r->m->host + off, 0, 4096);
	wr(r->m, udma(r->engine) + S2M + 0x380, 0x1000 | words);
	wr(r->m, queue_reg(r->engine, S2M, r->queue, Q_CBASE), (uint32_t)dev_host(off));
	wr(r->m, queue_reg(r->engine, S2M, r->queue, Q_CBASE + 4), (uint32_t)(dev_host(off) >> 32));
	wr(r->m, queue_reg(r->engine, S2M, r->queue, S2M_COMPLETION), 3);
}

static void second_buffer(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 7, 64);
	uint8_t *src = m->host + 0x400000, *dst = m->host + 0x500000, *rx = m->host + 0x601000;

	fill(src, 4096, 6);
	memset(dst, 0xEE, 0x10000);
	complete_at(&r, 0x601000, 4);
	/* 100 and 128 bytes, then 40 and (64 with 32 unused): 300 bytes in two descriptors. */
	ring_put(&r, 1, 100 | SECOND_BUFFER | GRANULES(2), (uint32_t)dev_host(0x502000),
		 dev_host(0x500000));
	ring_put(&r, 1, 40 | SECOND_BUFFER | GRANULES(1), (uint32_t)dev_host(0x503001),
		 dev_host(0x501000));
	ring_put(&r, 0, 300 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 1, 2);
	ring_add(&r, 0, 1);
	ring_wait_empty(&r);
	assert_memory_equal(dst, src, 100);
	assert_int_equal(dst[100], 0xEE);
	assert_memory_equal(dst + 0x2000, src + 100, 128);
	assert_int_equal(dst[0x2000 + 128], 0xEE);
	assert_memory_equal(dst + 0x1000, src + 228, 40);
	assert_memory_equal(dst + 0x3001, src + 268, 32);
	assert_int_equal(dst[0x3001 + 32], 0xEE);
	assert_int_equal(get(rx), 1u << 24 | 1u << 26 | 1u << 30);
	assert_int_equal(get(rx + 4), 100);
	assert_int_equal(get(rx + 8), 1u << 31 | 128u << 16);
	assert_int_equal(get(rx + 12), 0);
	assert_int_equal(get(rx + 16), 1u << 24 | 1u << 27 | 1u << 30);
	assert_int_equal(get(rx + 20), 40);
	assert_int_equal(get(rx + 24), 1u << 31 | 32u << 16);
}

static void second_buffer_unused(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 7, 64);
	uint8_t *src = m->host + 0x400000, *dst = m->host + 0x500000, *rx = m->host + 0x601000;

	fill(src, 4096, 6);
	memset(dst, 0xEE, 0x10000);
	complete_at(&r, 0x601000, 8);
	/* The first one suffices; none of 0 granules; metadata has none at all. */
	ring_put(&r, 1, 64 | SECOND_BUFFER | GRANULES(4), (uint32_t)dev_host(0x502000),
		 dev_host(0x500000));
	ring_put(&r, 1, 32 | SECOND_BUFFER, (uint32_t)dev_host(0x502000), dev_host(0x501000));
	ring_put(&r, 1, 32 | SECOND_BUFFER | 1u << 30 | GRANULES(4), (uint32_t)dev_host(0x502000),
		 dev_host(0x502000));
	ring_put(&r, 1, 32, 0, dev_host(0x503000));
	ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400100));
	ring_add(&r, 1, 4);
	ring_add(&r, 0, 2);
	ring_wait_empty(&r);
	assert_memory_equal(dst, src, 64);
	assert_memory_equal(dst + 0x1000, src + 0x100, 32);
	assert_memory_equal(dst + 0x3000, src + 0x120, 32);
	assert_int_equal(dst[0x2000], 0xEE);
	assert_int_equal(get(rx + 8), 0);
	assert_int_equal(get(rx + 32 + 8), 0);
	assert_int_equal(get(rx + 64), 1u << 24); /* metadata: an entry without a buffer */
	assert_int_equal(get(rx + 96 + 4), 32);
	assert_int_equal(ring_used(&r, 1), 0);
}

static void second_buffer_alone(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 7, 64);
	uint8_t *src = m->host + 0x400000, *dst = m->host + 0x500000, *rx = m->host + 0x601000;

	wr(m, udma(3) + 0x254, 0x000FFFFF); /* length 0 is 0 bytes now */
	fill(src, 4096, 6);
	complete_at(&r, 0x601000, 2);
	memset(rx, 0xEE, 64);
	ring_put(&r, 1, SECOND_BUFFER | GRANULES(1), (uint32_t)dev_host(0x502000),
		 dev_host(0x500000));
	ring_put(&r, 0, 50 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	assert_memory_equal(dst + 0x2000, src, 50);
	/* An entry of two words has no room for word 2. */
	assert_int_equal(get(rx), 1u << 24 | 3u << 26);
	assert_int_equal(get(rx + 4), 0);
	assert_int_equal(get(rx + 8), 0xEEEEEEEE);
}

/* The ring id, INT and no snoop win over length bits at their place. */
static void second_buffer_length(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 7, 64);
	uint8_t *dst = m->host + 0x500000;

	fill(m->host + 0x400000, 0x18000, 8);
	memset(dst, 0xEE, 0x20000);
	/* 255 granules beside INT and no snoop: 16320 bytes and no more. */
	ring_put(&r, 1, 64 | SECOND_BUFFER | GRANULES(255) | DESC_INT | 1u << 29,
		 (uint32_t)dev_host(0x501000), dev_host(0x500000));
	ring_put(&r, 0, (64 + 16320) | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	assert_memory_equal(dst + 0x1000, m->host + 0x400040, 16320);
	assert_int_equal(rd(m, udma(3) + GEN + 0x40), 1u << 7);
	/* One byte more waits for another buffer. */
	ring_put(&r, 1, 64 | SECOND_BUFFER | GRANULES(255), (uint32_t)dev_host(0x501000),
		 dev_host(0x500000));
	ring_put(&r, 0, (64 + 16321) | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	until(STATE_M2S(&r) == 0x10);
	assert_int_equal(ring_used(&r, 0), 1);
	ring_put(&r, 1, 1, 0, dev_host(0x51f000));
	ring_add(&r, 1, 1);
	ring_wait_empty(&r);
	/* 256 granules are a ring id: 1 is expected, 2 is what is there. */
	r.id[1] = 2;
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 64);
	ring_start(&r, 1);
	expect_abort(&r, 0, 1u << 11);
}

static void second_buffer_above_4_gib(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 7, 64);
	uint8_t got[64];

	fill(m->host + 0x400000, 128, 8);
	ring_put(&r, 1, 64 | SECOND_BUFFER | GRANULES(1), 0xFFFFF000, DRAM1 + 0x1000);
	ring_put(&r, 0, 128 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	dram_get(m->card, 0x1FFFFF000, got, 64); /* word 3 counts for both */
	assert_memory_equal(got, m->host + 0x400040, 64);
	ring_put(&r, 1, 64 | SECOND_BUFFER | GRANULES(1), 0xFFFFFFF0, DRAM1 + 0x1000);
	ring_put(&r, 0, 128 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	expect_abort(&r, 0, 1u << 1);
}

static void fails_in_a_row(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 2, 64);
	unsigned int i;

	fill(m->host + 0x400000, 64 * 64, 3);
	memset(m->host + 0x500000, 0, 64 * 64);
	for (i = 0; i < 20; i++)
		ring_put_copy(&r, i == 13 ? DRAM1 - 64 : dev_host(0x500000 + 64 * i),
			      dev_host(0x400000 + 64 * i), 64);
	ring_start(&r, 20);
	expect_abort(&r, 0, 1u << 1);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 13 * 64);
	assert_int_equal(get(m->host + 0x500000 + 14 * 64), 0);
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30 | 13);
	assert_int_equal(ring_reg(&r, 1, Q_HEAD), 1u << 30 | 13);
	assert_int_equal(ring_used(&r, 0), 7);
	assert_int_equal(counter(m, "packets"), 13);
}

static void descriptors_that_end_with_their_page(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 2, 64);
	uint64_t base = HOST + HOST_IOVA + HOST_BYTES - 256;
	unsigned int i;

	wr(m, queue_reg(6, 0, 2, Q_BASE), (uint32_t)base);
	wr(m, queue_reg(6, 0, 2, Q_BASE + 4), (uint32_t)(base >> 32));
	r.desc[0] = m->host + HOST_BYTES - 256;
	for (i = 0; i < 16; i++)
		ring_put_copy(&r, dev_host(0x500000 + 4 * i), dev_host(0x400000), 4);
	ring_add(&r, 1, 16);
	ring_add(&r, 0, 20); /* four that cannot be read */
	expect_abort(&r, 1u << 11, 0);
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30 | 16);
	assert_int_equal(counter(m, "packets"), 16);
}

/* A packet may stop its own engine: those before it and itself are done, none behind is. */
static void abort_in_a_row(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 2, 64);

	put(m->host + 0x400000, 4);
	put(m->host + 0x500004, 0);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_put_copy(&r, APB + udma(6) + 0x204, dev_host(0x400000), 4);
	ring_put_copy(&r, dev_host(0x500004), dev_host(0x400000), 4);
	ring_start(&r, 3);
	until(ring_used(&r, 0) == 1);
	assert_int_equal(STATE_M2S(&r), ABORT_M2S);
	assert_int_equal(ring_reg(&r, 0, Q_HEAD), 1u << 30 | 2);
	assert_int_equal(ring_reg(&r, 1, Q_HEAD), 1u << 30 | 2);
	assert_int_equal(get(m->host + 0x500000), 4);
	assert_int_equal(get(m->host + 0x500004), 0);
	assert_int_equal(counter(m, "packets"), 2);
}

/* Packet 1 of 3 stores @value from host memory into the register at @reg of its own engine. */
static struct ring store_in_a_row(struct model *m, uint32_t reg, uint32_t value)
{
	struct ring r = ring_make(m, 6, 2, 64);

	put(m->host + 0x400000, value);
	put(m->host + 0x500004, 0);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_put_copy(&r, APB + reg, dev_host(0x400000), 4);
	ring_put_copy(&r, dev_host(0x500004), dev_host(0x400000), 4);
	ring_start(&r, 3);
	until(ring_used(&r, 0) == 1);
	return r;
}

static void disable_queue_in_a_row(void **state)
{
	struct model *m = *state;
	struct ring r = store_in_a_row(m, queue_reg(6, 0, 2, Q_CONFIG), 0x03000000);

	until(ring_reg(&r, 0, Q_STATUS) >> 28 == 0);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(ring_reg(&r, 1, Q_HEAD), 1u << 30 | 2);
	assert_int_equal(get(m->host + 0x500004), 0);
	wr(m, queue_reg(6, 0, 2, Q_CONFIG), 0x03030000);
	until(get(m->host + 0x500004) == 0x03000000);
	ring_wait_empty(&r);
	assert_int_equal(counter(m, "packets"), 3);
}

static void disable_engine_in_a_row(void **state)
{
	struct model *m = *state;
	struct ring r = store_in_a_row(m, udma(6) + S2M + 0x204, 2);

	until(STATE_S2M(&r) == 0);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(get(m->host + 0x500004), 0);
	wr(m, udma(6) + S2M + 0x204, 1);
	until(get(m->host + 0x500004) == 2);
}

static void most_of_a_packet(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 0, 256);
	unsigned int i;

	fill(m->host + 0x400000, 512, 9);
	for (i = 0; i < 128; i++) {
		ring_put(&r, 0, 4 | (i ? 0 : M2S_FIRST) | (i == 127 ? M2S_LAST : 0),
			 i ? 0 : OP_COPY, dev_host(0x400000 + 4 * i));
		ring_put(&r, 1, 4, 0, dev_host(0x500000 + 4 * i));
	}
	ring_start(&r, 128);
	ring_wait_empty(&r);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 512);
	/* 0xFFFFF bytes: 15 times 64 KiB and one byte less than that. */
	fill(m->host + 0x800000, 0x100000, 9);
	for (i = 0; i < 16; i++) {
		ring_put(&r, 0, (i == 15 ? 0xffff | M2S_LAST : 0) | (i ? 0 : M2S_FIRST),
			 i ? 0 : OP_COPY, dev_host(0x800000 + 0x10000 * i));
		ring_put(&r, 1, 0, 0, dev_host(0xA00000 + 0x10000 * i));
	}
	m->host[0xAFFFFF] = 0xEE;
	ring_start(&r, 16);
	ring_wait_empty(&r);
	assert_memory_equal(m->host + 0xA00000, m->host + 0x800000, 0xFFFFF);
	assert_int_equal(m->host[0xAFFFFF], 0xEE);
	assert_int_equal(counter(m, "aborts"), 0);
}

static void reset_in_a_row(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 2, 64);

	put(m->host + 0x400000, QUEUE_RESET);
	put(m->host + 0x500004, 0);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_put_copy(&r, APB + queue_reg(6, S2M, 2, S2M_CONTROL), dev_host(0x400000), 4);
	ring_put_copy(&r, APB + queue_reg(6, 0, 2, M2S_CONTROL), dev_host(0x400000), 4);
	ring_start(&r, 2);
	until(ring_used(&r, 1) == 0);
	until(counter(m, "packets_cancelled"));
	/* The pointers are those of the reset, not moved on by packets from before it. */
	assert_int_equal(ring_reg(&r, 1, Q_HEAD), 1u << 30);
	assert_int_equal(ring_reg(&r, 1, Q_TAIL), 1u << 30);
	assert_int_equal(get(m->host + 0x500000), QUEUE_RESET);
}

static void completion_head_without_ring(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 32);

	ring_copy(&r, DRAM1, DRAM0, 64);
	ring_wait_empty(&r);
	assert_int_equal(ring_reg(&r, 0, Q_CHEAD), 1u << 30);
	wr(m, udma(0) + GEN + 0x3460, 0);
	ring_copy(&r, DRAM1, DRAM0, 64);
	ring_wait_empty(&r);
	assert_int_equal(ring_reg(&r, 0, Q_CHEAD), 1u << 30 | 1);
	assert_int_equal(ring_reg(&r, 1, Q_CHEAD), 1u << 30 | 1);
}

static void interrupt_bit_sets_cause(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 11, 32);

	ring_put(&r, 1, 4 | DESC_INT, 0, dev_host(0x500000));
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	assert_int_equal(rd(m, udma(2) + GEN + 0x40), 1u << 11);
	assert_int_equal(rd(m, udma(2) + GEN + 0x80), 0);
	ring_put(&r, 1, 4, 0, dev_host(0x500000));
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST | DESC_INT, OP_COPY, dev_host(0x400000));
	ring_start(&r, 1);
	ring_wait_empty(&r);
	assert_int_equal(rd(m, udma(2) + GEN + 0x80), 1u << 11);
}

static void hardware_counters(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 1, 32);
	unsigned int i;

	for (i = 0; i < 3; i++)
		ring_copy(&r, DRAM1, DRAM0, 65536);
	ring_wait_empty(&r);
	assert_int_equal(rd(m, udma(2) + 0x504), 3);
	assert_int_equal(rd(m, udma(2) + 0x508), 3 * 65536);
	assert_int_equal(rd(m, udma(2) + 0x50C), 0);
	assert_int_equal(rd(m, udma(2) + 0x510), 3);
	assert_int_equal(rd(m, udma(2) + S2M + 0x504), 0);
	assert_int_equal(rd(m, udma(2) + S2M + 0x508), 3 * 65536);
	assert_int_equal(rd(m, udma(2) + S2M + 0x514), 3);
	assert_int_equal(rd(m, queue_reg(2, 0, 1, 0xC0)), 3);
	assert_int_equal(rd(m, queue_reg(2, S2M, 1, 0x68)), 3);
}

static int setup_lenient(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.lenient_ring_ids = true;
	*state = model_create(&opts);
	return 0;
}

static void lenient_ring_ids(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 8, 0, 64);

	r.id[0] = 2;
	r.id[1] = 0;
	put(m->host + 0x400000, 5);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(get(m->host + 0x500000), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_MODES("the 64 KiB example of the facts lands on DRAM channel 1", worked_example),
		BOTH_MODES("the marker example copies exactly four bytes", marker_example),
		ONE_MODE("inline: a batch is in place when the tail write returns",
			 inline_is_done_on_return),
		BOTH_MODES("packets gather and scatter, and start in fresh buffers", gather_and_scatter),
		BOTH_MODES("metadata and empty packets move no bytes", metadata_and_empty_packets),
		BOTH_MODES("a cleared copy bit consumes without writing", discard_writes_nothing),
		BOTH_MODES("a packet waits until LAST is in the ring", waits_for_last),
		BOTH_MODES("a packet waits for destination buffers, visibly", waits_for_destination),
		BOTH_MODES("ring ids go 1 2 3 0 1 on a ring of 48", ring_ids_advance),
		BOTH_MODES("wrong source ring id: cause A17, abort, log", wrong_source_ring_id),
		BOTH_MODES("wrong destination ring id: cause B11", wrong_destination_ring_id),
		BOTH_MODES("no FIRST: cause A16", missing_first),
		BOTH_MODES("FIRST inside a packet: cause A15", first_inside),
		BOTH_MODES("129 descriptors in a packet: cause A14", too_many_descriptors),
		BOTH_MODES("more than 1 MiB in a packet: cause A13", too_many_bytes),
		BOTH_MODES("unmapped source ring: cause A11", unmapped_descriptors),
		BOTH_MODES("unmapped destination ring: cause B9", unmapped_destination_descriptors),
		BOTH_MODES("a source that ends in unmapped memory: cause A8", unmapped_source),
		BOTH_MODES("a destination behind DRAM: cause B1", unmapped_destination),
		BOTH_MODES("unmapped completion ring: cause A5", unmapped_completion),
		BOTH_MODES("an error with its abort mask set does not abort",
			   masked_error_does_not_abort),
		BOTH_MODES("recovery works with normal before queue reset", recovery_normal_first),
		BOTH_MODES("recovery works with queue reset before normal", recovery_reset_first),
		BOTH_MODES("each half of a queue stays frozen until its own reset",
			   each_half_thaws_alone),
		BOTH_MODES("change-state abort freezes both halves", abort_by_register),
		BOTH_MODES("a disabled engine records work and does it when normal",
			   disable_and_normal),
		BOTH_MODES("a paused queue remembers its tail", paused_queue_remembers),
		BOTH_MODES("completion entries tell ring id, borders and bytes", completion_entries),
		BOTH_MODES("completion entries have 2, 4 or 8 words", completion_entry_sizes),
		BOTH_MODES("a second buffer takes what the first one leaves", second_buffer),
		BOTH_MODES("a second buffer without use stays untouched", second_buffer_unused),
		BOTH_MODES("a second buffer serves without a first one", second_buffer_alone),
		BOTH_MODES("ring id and flags win over the second buffer's length",
			   second_buffer_length),
		BOTH_MODES("both buffers share the high address word", second_buffer_above_4_gib),
		BOTH_MODES("a fault in a row of packets stays on its packet", fails_in_a_row),
		BOTH_MODES("descriptors before unmapped memory are executed",
			   descriptors_that_end_with_their_page),
		BOTH_MODES("a packet that aborts its engine is the last one done", abort_in_a_row),
		BOTH_MODES("a packet that disables its queue is the last one until then",
			   disable_queue_in_a_row),
		BOTH_MODES("a packet that disables its engine is the last one until then",
			   disable_engine_in_a_row),
		BOTH_MODES("128 descriptors and 0xFFFFF bytes are not too much", most_of_a_packet),
		BOTH_MODES("a packet that resets its queue leaves the reset's pointers",
			   reset_in_a_row),
		BOTH_MODES("the spare bit holds the completion head", completion_head_without_ring),
		BOTH_MODES("the INT bit sets its queue's cause", interrupt_bit_sets_cause),
		BOTH_MODES("hardware counters count", hardware_counters),
		{ "lenient: ring ids are ignored", lenient_ring_ids, setup_lenient, model_teardown,
		  NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
