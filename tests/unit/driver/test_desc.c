// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include "test.h"
#include "desc.h"

#define HOST		0x400000000000ull
#define RESERVE		16

static void assert_bytes(const struct neuron_desc *desc, const char *hex)
{
	char text[3 * sizeof(*desc) + 1] = "";
	const u8 *byte = (const u8 *)desc;
	size_t i;

	for (i = 0; i < sizeof(*desc); i++)
		sprintf(text + 3 * i, "%02x ", byte[i]);
	text[3 * sizeof(*desc) - 1] = '\0';
	assert_string_equal(text, hex);
}

/* docs/hardware, section 3.9.4 */
static void desc_encodes_the_documented_examples(void **state)
{
	struct neuron_desc desc;

	(void)state;
	neuron_desc_tx(&desc, HOST | 0x12345000, 65536,
		       NEURON_DESC_FIRST | NEURON_DESC_LAST | NEURON_DESC_BARRIER, 1);
	assert_bytes(&desc, "00 00 00 4d 03 00 08 01 00 50 34 12 00 40 00 00");
	neuron_desc_rx(&desc, 0x1000000100, 65536, 0, 1);
	assert_bytes(&desc, "00 00 00 01 00 00 00 00 00 01 00 00 10 00 00 00");
	neuron_desc_tx(&desc, HOST | 0x01234000, 4, NEURON_DESC_FIRST | NEURON_DESC_LAST, 1);
	assert_bytes(&desc, "04 00 00 0d 03 00 08 01 00 40 23 01 00 40 00 00");
	neuron_desc_rx(&desc, HOST | 0x01234004, 4, 0, 1);
	assert_bytes(&desc, "04 00 00 01 00 00 00 00 04 40 23 01 00 40 00 00");
}

static void desc_flags_reach_only_their_half(void **state)
{
	struct neuron_desc desc;

	(void)state;
	neuron_desc_rx(&desc, 0, 1, NEURON_DESC_FIRST | NEURON_DESC_LAST | NEURON_DESC_BARRIER, 0);
	assert_int_equal(le32_to_cpu(desc.ctrl), 1);
	neuron_desc_rx(&desc, 0, 1, NEURON_DESC_INT, 3);
	assert_int_equal(le32_to_cpu(desc.ctrl), 0x13000001);
	neuron_desc_tx(&desc, 0, 65535, NEURON_DESC_LAST | NEURON_DESC_INT, 2);
	assert_int_equal(le32_to_cpu(desc.ctrl), 0x1a00ffff);
	assert_int_equal(desc.aux, 0);
}

static void ring_id_starts_at_1_and_wraps_modulo_4(void **state)
{
	static const u32 ids[] = { 1, 2, 3, 0, 1, 2 };
	struct neuron_ring_pos pos;
	u32 i;

	(void)state;
	neuron_ring_pos_init(&pos);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_int_equal(pos.index, 0);
		assert_int_equal(pos.ring_id, ids[i]);
		neuron_ring_pos_advance(&pos, 48, 48);
	}
}

static void ring_pos_of_any_length_equals_single_steps(void **state)
{
	static const u32 lengths[] = { 32, 48, 4080, 0xfffff0 };
	struct neuron_ring_pos one;
	struct neuron_ring_pos many;
	u32 i, n, step;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		neuron_ring_pos_init(&one);
		neuron_ring_pos_init(&many);
		one.index = lengths[i] - 7;
		many.index = lengths[i] - 7;
		for (n = 0; n <= 32; n++) {
			for (step = 0; step < n; step++)
				neuron_ring_pos_advance(&one, lengths[i], 1);
			neuron_ring_pos_advance(&many, lengths[i], n);
			assert_int_equal(one.index, many.index);
			assert_int_equal(one.ring_id, many.ring_id);
		}
	}
}

static void ring_pos_at_a_count_equals_steps(void **state)
{
	struct neuron_ring_pos steps;
	struct neuron_ring_pos pos;
	u64 n;

	(void)state;
	neuron_ring_pos_init(&steps);
	for (n = 0; n < 500; n++) {
		neuron_ring_pos_at(&pos, 48, n);
		assert_int_equal(pos.index, steps.index);
		assert_int_equal(pos.ring_id, steps.ring_id);
		neuron_ring_pos_advance(&steps, 48, 1);
	}

	/* 2^32 turns later ids are where they were. */
	neuron_ring_pos_at(&pos, 0xfffff0, ((u64)0xfffff0 << 32) + 5);
	assert_int_equal(pos.index, 5);
	assert_int_equal(pos.ring_id, NEURON_RING_ID_FIRST);
}

static void ring_free_keeps_the_reserve(void **state)
{
	(void)state;
	assert_int_equal(neuron_ring_free(48, RESERVE, 0, 0), 32);
	assert_int_equal(neuron_ring_free(48, RESERVE, 32, 0), 0);
	assert_int_equal(neuron_ring_free(48, RESERVE, 40, 0), 0);
	assert_int_equal(neuron_ring_free(48, RESERVE, 10, 40), 14);
	assert_int_equal(neuron_ring_used(48, 10, 40), 18);
	assert_int_equal(neuron_ring_free(0xfffff0, RESERVE, 5, 5), 0xffffe0);
	assert_int_equal(neuron_ring_free(16, RESERVE, 0, 0), 0);
}

static void span_check_refuses_empty_wrapping_and_beyond(void **state)
{
	(void)state;
	assert_int_equal(neuron_span_check(0, 4096, 4096), 0);
	assert_int_equal(neuron_span_check(4095, 1, 4096), 0);
	assert_int_equal(neuron_span_check(0, 0, 4096), -EINVAL);
	assert_int_equal(neuron_span_check(4096, 1, 4096), -ERANGE);
	assert_int_equal(neuron_span_check(1, 4096, 4096), -ERANGE);
	assert_int_equal(neuron_span_check(0xffffffff, 2, 0x100000000), -ERANGE);
	assert_int_equal(neuron_span_check(UINT64_MAX, 1, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(neuron_span_check(1, UINT64_MAX, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(neuron_span_check(UINT64_MAX - 1, 1, UINT64_MAX), 0);
	assert_int_equal(neuron_span_check(0, UINT64_MAX, UINT64_MAX), 0);
}

static void iter_splits_at_64_kib(void **state)
{
	struct neuron_desc_span src = { .dev_addr = HOST | 0x1000, .len = 200000 };
	struct neuron_desc_span dst = { .dev_addr = 0x1000000000, .len = 200000 };
	struct neuron_span_array from = { .span = &src, .count = 1 };
	struct neuron_span_array to = { .span = &dst, .count = 1 };
	static const u32 lens[] = { 65536, 65536, 65536, 3392 };
	struct neuron_desc_iter iter;
	struct neuron_desc_pair pair;
	u64 done = 0;
	u64 pairs;
	u32 i;

	(void)state;
	neuron_desc_iter_init(&iter, neuron_span_array_lookup, &from, 0,
			      neuron_span_array_lookup, &to, 0, 200000);
	assert_int_equal(neuron_desc_iter_count(&iter, &pairs), 0);
	assert_int_equal(pairs, ARRAY_SIZE(lens));
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		assert_int_equal(neuron_desc_iter_next(&iter, &pair), 1);
		assert_int_equal(pair.len, lens[i]);
		assert_int_equal(pair.src_addr, src.dev_addr + done);
		assert_int_equal(pair.dst_addr, dst.dev_addr + done);
		done += pair.len;
	}
	assert_int_equal(neuron_desc_iter_next(&iter, &pair), 0);
}

static void iter_refuses_a_side_that_is_too_short(void **state)
{
	struct neuron_desc_span shorter = { .dev_addr = 0, .len = 99 };
	struct neuron_desc_span longer = { .dev_addr = 4096, .len = 200 };
	struct neuron_span_array a = { .span = &shorter, .count = 1 };
	struct neuron_span_array b = { .span = &longer, .count = 1 };
	struct neuron_desc_iter iter;
	u64 pairs;

	(void)state;
	neuron_desc_iter_init(&iter, neuron_span_array_lookup, &a, 0,
			      neuron_span_array_lookup, &b, 0, 100);
	assert_int_equal(neuron_desc_iter_count(&iter, &pairs), -ERANGE);
	neuron_desc_iter_init(&iter, neuron_span_array_lookup, &b, 0,
			      neuron_span_array_lookup, &a, 0, 100);
	assert_int_equal(neuron_desc_iter_count(&iter, &pairs), -ERANGE);
	neuron_desc_iter_init(&iter, neuron_span_array_lookup, &b, 200,
			      neuron_span_array_lookup, &a, 0, 1);
	assert_int_equal(neuron_desc_iter_count(&iter, &pairs), -ERANGE);
}

/* Spans of random lengths, apart from each other, so that no two are one. */
static u64 scatter(struct neuron_desc_span *span, u32 count, u32 len_max)
{
	u64 addr = 0x1000;
	u64 total = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		span[i].dev_addr = addr;
		span[i].len = 1 + rand() % len_max;
		addr += span[i].len + 1 + rand() % 100;
		total += span[i].len;
	}

	return total;
}

static u64 addr_at(const struct neuron_desc_span *span, u64 offset)
{
	while (offset >= span->len)
		offset -= span++->len;

	return span->dev_addr + offset;
}

static void iter_moves_every_byte_once_between_scattered_sides(void **state)
{
	struct neuron_desc_span src[20], dst[20];
	struct neuron_desc_iter iter;
	struct neuron_desc_pair pair;
	u64 src_off, dst_off, len, done;
	int round;

	(void)state;
	srand(1);
	for (round = 0; round < 300; round++) {
		struct neuron_span_array from = { .span = src, .count = 20 };
		struct neuron_span_array to = { .span = dst, .count = 20 };
		u64 src_bytes = scatter(src, 20, round % 3 ? 5000 : 200000);
		u64 dst_bytes = scatter(dst, 20, round % 2 ? 5000 : 200000);

		src_off = rand() % src_bytes;
		dst_off = rand() % dst_bytes;
		len = min(src_bytes - src_off, dst_bytes - dst_off);
		neuron_desc_iter_init(&iter, neuron_span_array_lookup, &from, src_off,
				      neuron_span_array_lookup, &to, dst_off, len);
		for (done = 0; done < len; done += pair.len) {
			assert_int_equal(neuron_desc_iter_next(&iter, &pair), 1);
			assert_in_range(pair.len, 1, NEURON_DESC_MAX_BYTES);
			assert_int_equal(pair.src_addr, addr_at(src, src_off + done));
			assert_int_equal(pair.dst_addr, addr_at(dst, dst_off + done));
			assert_int_equal(pair.src_addr + pair.len - 1,
					 addr_at(src, src_off + done + pair.len - 1));
			assert_int_equal(pair.dst_addr + pair.len - 1,
					 addr_at(dst, dst_off + done + pair.len - 1));
		}
		assert_int_equal(done, len);
		assert_int_equal(neuron_desc_iter_next(&iter, &pair), 0);
	}
}

/* Cut at any place, also in the middle of a piece that was begun, nothing is moved twice. */
static void iter_split_parts_equal_the_whole(void **state)
{
	struct neuron_desc_span src[20], dst[20];
	struct neuron_desc_iter iter, front;
	struct neuron_desc_pair pair;
	u64 len, done, part;
	int round;

	(void)state;
	srand(2);
	for (round = 0; round < 300; round++) {
		struct neuron_span_array from = { .span = src, .count = 20 };
		struct neuron_span_array to = { .span = dst, .count = 20 };
		u64 src_bytes = scatter(src, 20, 9000);
		u64 dst_bytes = scatter(dst, 20, round % 2 ? 300 : 9000);

		len = min(src_bytes, dst_bytes);
		neuron_desc_iter_init(&iter, neuron_span_array_lookup, &from, 0,
				      neuron_span_array_lookup, &to, 0, len);
		for (done = 0; done < len;) {
			if (rand() % 2) {
				assert_int_equal(neuron_desc_iter_next(&iter, &pair), 1);
				assert_int_equal(pair.src_addr, addr_at(src, done));
				done += pair.len;
				continue;
			}
			part = rand() % (len - done + 1);
			neuron_desc_iter_split(&iter, part, &front);
			assert_int_equal(front.left, part);
			for (part += done; done < part; done += pair.len) {
				assert_int_equal(neuron_desc_iter_next(&front, &pair), 1);
				assert_int_equal(pair.src_addr, addr_at(src, done));
				assert_int_equal(pair.dst_addr, addr_at(dst, done));
			}
			assert_int_equal(neuron_desc_iter_next(&front, &pair), 0);
			assert_int_equal(iter.left, len - done);
		}
	}
}

static int lookup_fails(void *priv, u64 offset, struct neuron_desc_span *span)
{
	(void)offset;
	(void)span;

	return *(int *)priv;
}

static void iter_passes_on_what_a_lookup_says(void **state)
{
	struct neuron_desc_pair pair;
	struct neuron_desc_iter iter;
	int verdict = -ENODATA;

	(void)state;
	neuron_desc_iter_init(&iter, lookup_fails, &verdict, 0, lookup_fails, &verdict, 0, 1);
	assert_int_equal(neuron_desc_iter_next(&iter, &pair), -ENODATA);
	/* A lookup that succeeds with nothing must not become an endless loop. */
	verdict = 0;
	assert_int_equal(neuron_desc_iter_next(&iter, &pair), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(desc_encodes_the_documented_examples),
		cmocka_unit_test(desc_flags_reach_only_their_half),
		cmocka_unit_test(ring_id_starts_at_1_and_wraps_modulo_4),
		cmocka_unit_test(ring_pos_of_any_length_equals_single_steps),
		cmocka_unit_test(ring_pos_at_a_count_equals_steps),
		cmocka_unit_test(ring_free_keeps_the_reserve),
		cmocka_unit_test(span_check_refuses_empty_wrapping_and_beyond),
		cmocka_unit_test(iter_splits_at_64_kib),
		cmocka_unit_test(iter_refuses_a_side_that_is_too_short),
		cmocka_unit_test(iter_moves_every_byte_once_between_scattered_sides),
		cmocka_unit_test(iter_split_parts_equal_the_whole),
		cmocka_unit_test(iter_passes_on_what_a_lookup_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
