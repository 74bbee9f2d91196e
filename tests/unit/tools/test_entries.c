// SPDX-License-Identifier: GPL-2.0
/*
 * Words that make entries of a ring, lists of counters, and bytes.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fw_words.h"
#include "ring_entry.h"

#define BIT(key)	(1ULL << (key))

/* A ring of context "here", with memory there and in another context. */
struct world {
	struct tool tool;
	struct session session;
	struct session_item here, there, ring, near, far;
	struct entry_words words;
	struct neuron_entry entry;
};

static void build(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->here = (struct session_item){ .next = &w->there, .kind = SESSION_CTX, .label = "here",
					 .ctx = (struct neuron_ctx *)&w->here };
	w->there = (struct session_item){ .kind = SESSION_CTX, .label = "there",
					  .ctx = (struct neuron_ctx *)&w->there };
	w->ring = (struct session_item){ .kind = SESSION_RING, .parent = &w->here, .id = 3 };
	w->near = (struct session_item){ .kind = SESSION_MEM, .parent = &w->here, .id = 7 };
	w->far = (struct session_item){ .kind = SESSION_MEM, .parent = &w->there, .id = 8 };
	w->session.items = &w->here;
	w->tool.session = &w->session;
}

static int make(struct world *w, uint64_t given)
{
	return entry_make(&w->tool, &w->ring, &w->words, given, &w->entry);
}

static void memory_goes_to_memory(void **state)
{
	struct world w;

	(void)state;
	build(&w);
	w.words = (struct entry_words){
		.src = { &w.near, 5 }, .dst = { &w.near, 1ULL << 40 }, .length = 1ULL << 33,
		.flags = NEURON_ENTRY_FLAG_MORE,
	};
	assert_int_equal(make(&w, BIT(ENTRY_SRC) | BIT(ENTRY_DST) | BIT(ENTRY_LENGTH) |
			      BIT(ENTRY_FLAGS)), EXIT_DONE);
	assert_int_equal(w.entry.src_kind, NEURON_ENTRY_SRC_MEM);
	assert_int_equal(w.entry.src_mem, 7);
	assert_int_equal(w.entry.src_offset, 5);
	assert_int_equal(w.entry.dst_kind, NEURON_ENTRY_DST_MEM);
	assert_true(w.entry.dst_offset == 1ULL << 40);
	assert_true(w.entry.length_bytes == 1ULL << 33);
	assert_int_equal(w.entry.flags, NEURON_ENTRY_FLAG_MORE);
	assert_null(w.entry.dst_ctx);
}

static void memory_knows_whose_it_is(void **state)
{
	uint64_t given = BIT(ENTRY_SRC) | BIT(ENTRY_DST) | BIT(ENTRY_LENGTH);
	struct world w;

	(void)state;
	build(&w);
	w.words = (struct entry_words){ .src = { &w.near, 0 }, .dst = { &w.far, 0 }, .length = 4 };
	assert_int_equal(make(&w, given), EXIT_DONE);
	assert_ptr_equal(w.entry.dst_ctx, w.there.ctx);
	assert_int_equal(w.entry.dst_mem, 8);
	w.words = (struct entry_words){ .src = { &w.far, 0 }, .dst = { &w.near, 0 }, .length = 4 };
	assert_int_equal(make(&w, given), EXIT_USAGE);
}

static void registers_say_whose_they_are(void **state)
{
	uint64_t given = BIT(ENTRY_IMM) | BIT(ENTRY_SEMA) | BIT(ENTRY_CORE) | BIT(ENTRY_OP);
	struct world w;

	(void)state;
	build(&w);
	w.words = (struct entry_words){
		.imm = 9, .sema = 31, .core = 2, .op = NEURON_SEMAPHORE_OP_DECREMENT, .to = "there",
	};
	assert_int_equal(make(&w, given), EXIT_DONE);
	assert_int_equal(w.entry.dst_kind, NEURON_ENTRY_DST_SEMAPHORE);
	assert_int_equal(w.entry.dst_event, 31);
	assert_int_equal(w.entry.dst_core, 2);
	assert_int_equal(w.entry.dst_op, NEURON_SEMAPHORE_OP_DECREMENT);
	assert_int_equal(w.entry.length_bytes, 4);
	assert_null(w.entry.dst_ctx);
	assert_int_equal(make(&w, given | BIT(ENTRY_TO)), EXIT_DONE);
	assert_ptr_equal(w.entry.dst_ctx, w.there.ctx);
	w.words.event = 255;
	assert_int_equal(make(&w, BIT(ENTRY_IMM) | BIT(ENTRY_EVENT) | BIT(ENTRY_CORE)), EXIT_DONE);
	assert_int_equal(w.entry.dst_kind, NEURON_ENTRY_DST_EVENT);
	assert_int_equal(w.entry.dst_event, 255);
	w.words.fifo = 3;
	w.words.src = (struct args_place){ &w.near, 64 };
	assert_int_equal(make(&w, BIT(ENTRY_SRC) | BIT(ENTRY_FIFO) | BIT(ENTRY_LENGTH)), EXIT_DONE);
	assert_int_equal(w.entry.dst_kind, NEURON_ENTRY_DST_FIFO);
	assert_int_equal(w.entry.dst_core, 3);
}

static void halves_are_no_entry(void **state)
{
	static const uint64_t bad[] = {
		0, BIT(ENTRY_SRC), BIT(ENTRY_DST), BIT(ENTRY_IMM),
		BIT(ENTRY_SRC) | BIT(ENTRY_IMM) | BIT(ENTRY_DST),
		BIT(ENTRY_IMM) | BIT(ENTRY_DST) | BIT(ENTRY_FIFO),
		BIT(ENTRY_IMM) | BIT(ENTRY_EVENT), BIT(ENTRY_IMM) | BIT(ENTRY_SEMA),
		BIT(ENTRY_IMM) | BIT(ENTRY_EVENT) | BIT(ENTRY_SEMA) | BIT(ENTRY_CORE),
		BIT(ENTRY_IMM) | BIT(ENTRY_DST) | BIT(ENTRY_CORE),
		BIT(ENTRY_IMM) | BIT(ENTRY_FIFO) | BIT(ENTRY_CORE),
		BIT(ENTRY_IMM) | BIT(ENTRY_EVENT) | BIT(ENTRY_CORE) | BIT(ENTRY_OP),
		BIT(ENTRY_IMM) | BIT(ENTRY_DST) | BIT(ENTRY_TO),
	};
	struct world w;
	size_t i;

	(void)state;
	build(&w);
	w.words.src.mem = w.words.dst.mem = &w.near;
	w.words.to = "there";
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(make(&w, bad[i] | BIT(ENTRY_LENGTH)), EXIT_USAGE);
}

static void counters_go_by_name(void **state)
{
	struct counter_list list;
	char many[16 * NEURON_MAX_COUNTERS + 16] = "tx-bytes";
	unsigned int i;

	(void)state;
	assert_int_equal(counters_parse("power,tx-bytes,power", &list), EXIT_DONE);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.value[0], NEURON_COUNTER_POWER);
	assert_int_equal(list.value[1], NEURON_COUNTER_TX_BYTES);
	assert_int_equal(counters_parse("", &list), EXIT_USAGE);
	assert_int_equal(counters_parse("power,", &list), EXIT_USAGE);
	assert_int_equal(counters_parse("powe", &list), EXIT_USAGE);
	assert_int_equal(counters_parse("powers", &list), EXIT_USAGE);
	for (i = 1; i < NEURON_MAX_COUNTERS; i++)
		strcat(many, ",tx-bytes");
	assert_int_equal(counters_parse(many, &list), EXIT_DONE);
	assert_int_equal(list.count, NEURON_MAX_COUNTERS);
	strcat(many, ",power");
	assert_int_equal(counters_parse(many, &list), EXIT_USAGE);
}

static void every_counter_is_of_one_kind(void **state)
{
	struct counter_list engine, card;
	unsigned int i, named = 0;

	(void)state;
	counters_all(&engine, true);
	counters_all(&card, false);
	while (neuron_counter_name(named))
		named++;
	assert_int_equal(engine.count + card.count, named);
	for (i = 0; i < engine.count; i++)
		assert_true(!strncmp(neuron_counter_name(engine.value[i]), "tx-", 3) ||
			    !strncmp(neuron_counter_name(engine.value[i]), "rx-", 3));
	for (i = 0; i < card.count; i++)
		assert_true(strncmp(neuron_counter_name(card.value[i]), "tx-", 3) &&
			    strncmp(neuron_counter_name(card.value[i]), "rx-", 3));
}

static void bytes_are_pairs_of_digits(void **state)
{
	static const char *const bad[] = { "0", "0g", "g0", "000", "00:", ":00", "00::00", " 00",
					   "0 0", "0x00", "00,00" };
	unsigned char bytes[4];
	size_t size, i;

	(void)state;
	assert_int_equal(bytes_hex("00fFA510", bytes, sizeof(bytes), &size), EXIT_DONE);
	assert_int_equal(size, 4);
	assert_memory_equal(bytes, "\0\xff\xa5\x10", 4);
	assert_int_equal(bytes_hex("01:02 03", bytes, sizeof(bytes), &size), EXIT_DONE);
	assert_int_equal(size, 3);
	assert_memory_equal(bytes, "\1\2\3", 3);
	assert_int_equal(bytes_hex("", bytes, sizeof(bytes), &size), EXIT_DONE);
	assert_int_equal(size, 0);
	assert_int_equal(bytes_hex("0102030405", bytes, sizeof(bytes), &size), EXIT_USAGE);
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(bytes_hex(bad[i], bytes, sizeof(bytes), &size), EXIT_USAGE);
}

static void files_fit_or_are_refused(void **state)
{
	char path[] = "/tmp/test_entries.XXXXXX";
	unsigned char bytes[4];
	size_t size;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abcd", 4), 4);
	assert_int_equal(bytes_file(path, bytes, sizeof(bytes), &size), EXIT_DONE);
	assert_int_equal(size, 4);
	assert_memory_equal(bytes, "abcd", 4);
	assert_int_equal(write(fd, "e", 1), 1);
	assert_int_equal(bytes_file(path, bytes, sizeof(bytes), &size), EXIT_USAGE);
	assert_int_equal(bytes_file("/", bytes, sizeof(bytes), &size), EXIT_USAGE);
	close(fd);
	unlink(path);
	assert_int_equal(bytes_file(path, bytes, sizeof(bytes), &size), EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_goes_to_memory),
		cmocka_unit_test(memory_knows_whose_it_is),
		cmocka_unit_test(registers_say_whose_they_are),
		cmocka_unit_test(halves_are_no_entry),
		cmocka_unit_test(counters_go_by_name),
		cmocka_unit_test(every_counter_is_of_one_kind),
		cmocka_unit_test(bytes_are_pairs_of_digits),
		cmocka_unit_test(files_fit_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
