// SPDX-License-Identifier: GPL-2.0
/* Loads and stores from the bus: docs/hardware, sections 1.3, 1.4 and 9. */
#include "model.h"

static int setup_default(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.true_bar_reads = false;
	*state = model_create(&opts);
	return 0;
}

static void loads_answer_ones(void **state)
{
	struct model *m = *state;
	uint64_t eight = 0;

	assert_int_equal(rd(m, udma(0) + 0x604), 0xffffffff);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0xffffffff);
	emu_card_bar_read(m->card, 0, MISC, &eight, 8);
	assert_true(eight == ~0ull);
	assert_int_equal(counter(m, "direct_loads"), 3);
}

static void true_loads(void **state)
{
	struct model *m = *state;
	uint64_t eight;
	uint16_t two = 0;

	emu_card_bar_read(m->card, 0, udma(1) + 0x600, &eight, 8);
	assert_true(eight == 0x0000000400000080ull);
	emu_card_bar_read(m->card, 0, udma(1) + 0x604, &two, 2);
	assert_int_equal(two, 0xffff);
}

static void store_widths(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} bad[] = { { 0, 1 }, { 0, 2 }, { 1, 4 }, { 2, 4 }, { 4, 8 }, { 0, 3 }, { 0, 0 }, { 0, 12 } };
	struct model *m = *state;
	uint64_t off = udma(2) + GEN + 0x2300, value = 0x1111222233334444ull;
	uint8_t bytes[16] = { 0xff };
	unsigned int i;

	emu_card_bar_write(m->card, 0, off, &value, 8);
	assert_int_equal(rd(m, off), 0x33334444);
	assert_int_equal(rd(m, off + 4), 0x11112222);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		emu_card_bar_write(m->card, 0, off + bad[i].off, bytes, bad[i].len);
		emu_card_bar_write(m->card, 2, 0x2701100 + bad[i].off, bytes, bad[i].len);
	}
	assert_int_equal(counter(m, "ignored_stores"), 2 * i);
	assert_int_equal(rd(m, off), 0x33334444);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0);
}

/* Low word first: a base written by one store is complete when the size follows. */
static void split_order(void **state)
{
	struct model *m = *state;
	uint64_t both = 1ull << 32; /* low word: set to 0, high word: event 1 */

	card_store(m->card, 2, 0x2700000, 1);
	emu_card_bar_write(m->card, 2, 0x2700000, &both, 8);
	assert_int_equal(card_load(m->card, 2, 0x2700000), 0);
	assert_int_equal(card_load(m->card, 2, 0x2700004), 1);
}

static void everything_is_accepted(void **state)
{
	struct model *m = *state;
	uint64_t off, unknown = 0;

	for (off = 0; off < EMU_BAR0_BYTES; off += 0x3FC) {
		if (off >= MISC && off < MISC + 0x1000)
			continue;
		wr(m, off, 0);
		rd(m, off);
		unknown++;
	}
	for (off = 0; off < EMU_BAR2_BYTES; off += 0xFFFC)
		card_store(m->card, 2, off, (uint32_t)off);
	for (off = 0; off < EMU_BAR2_BYTES; off += 0xFFFC)
		if (off % 0x4000000 < 0x265C000)
			assert_int_equal(card_load(m->card, 2, off), off);
	assert_true(counter(m, "unknown_stores") > 0 && counter(m, "unknown_stores") < unknown);
	assert_int_equal(counter(m, "aborts"), 0);
}

static void beyond_the_bars(void **state)
{
	static const struct {
		unsigned int bar;
		uint64_t off;
	} bad[] = {
		{ 0, EMU_BAR0_BYTES }, { 2, EMU_BAR2_BYTES }, { 4, EMU_DRAM_BYTES },
		{ 0, EMU_BAR0_BYTES - 2 }, { 4, EMU_DRAM_BYTES - 2 }, { 0, ~0ull }, { 2, ~3ull },
		{ 4, ~0ull }, { 1, 0 }, { 3, 0 }, { 5, 0 }, { 6, 0 }, { 99, 0 },
	};
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		card_store(m->card, bad[i].bar, bad[i].off, 0x12345678);
		assert_int_equal(card_load(m->card, bad[i].bar, bad[i].off), 0xffffffff);
	}
}

static void small_window(void **state)
{
	struct emu_opts opts = model_opts(true);
	uint32_t word = 0x5a5a5a5a;
	struct model *m;
	struct ring r;

	(void)state;
	opts.bar4_bytes = 1ull << 30;
	m = model_create(&opts);
	r = ring_make(m, 0, 0, 64);
	emu_card_bar_write(m->card, 4, (1ull << 30) - 4, &word, 4);
	assert_int_equal(card_load(m->card, 4, (1ull << 30) - 4), word);
	emu_card_bar_write(m->card, 4, 1ull << 30, &word, 4);
	assert_int_equal(card_load(m->card, 4, 1ull << 30), 0xffffffff);
	/* The DRAM behind it stays whole. */
	put(m->host + 0x400000, 0x99);
	ring_copy(&r, DRAM1 + 0xC0000000, dev_host(0x400000), 4);
	ring_copy(&r, dev_host(0x500000), DRAM1 + 0xC0000000, 4);
	assert_int_equal(get(m->host + 0x500000), 0x99);
	model_destroy(m);
}

static void smaller_bar0(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;
	struct ring r;

	(void)state;
	opts.bar0_bytes = 8ull << 20;
	m = model_create(&opts);
	wr(m, MISC + 0x24, 7);
	assert_int_equal(rd(m, MISC + 0x24), 7);
	assert_int_equal(rd(m, (8u << 20) - 4), 0);
	assert_int_equal(rd(m, 8u << 20), 0xffffffff);
	wr(m, 8u << 20, 1);
	assert_int_equal(counter(m, "ignored_stores"), 1);
	/* The registers' window of descriptors has the length of the BAR. */
	r = ring_make(m, 0, 0, 64);
	wr(m, udma(0) + GEN + 0x2030, 0xffffffff);
	ring_copy(&r, dev_host(0x500000), APB + (8u << 20), 4);
	assert_int_equal(rd(m, udma(0) + GEN + 0x2000), 1u << 8);
	model_destroy(m);
}

static void larger_bars(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;

	(void)state;
	opts.bar0_bytes = 64ull << 20;
	opts.bar2_bytes = 512ull << 20;
	m = model_create(&opts);
	wr(m, (64u << 20) - 4, 1); /* accepted, unknown */
	assert_int_equal(rd(m, (64u << 20) - 4), 0);
	assert_int_equal(rd(m, 64u << 20), 0xffffffff);
	card_store(m->card, 2, EMU_BAR2_BYTES - 4, 0x77);
	assert_int_equal(card_load(m->card, 2, EMU_BAR2_BYTES - 4), 0x77);
	card_store(m->card, 2, EMU_BAR2_BYTES, 0x78); /* there are only four cores */
	card_store(m->card, 2, EMU_BAR2_BYTES + 0x2701100, 0x78);
	assert_int_equal(card_load(m->card, 2, EMU_BAR2_BYTES), 0xffffffff);
	assert_int_equal(card_load(m->card, 2, 0), 0);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0);
	assert_int_equal(counter(m, "ignored_stores"), 2);
	model_destroy(m);
}

/* DRAM is memory: any width, any alignment, also across the border of the channels. */
static void dram_takes_any_width(void **state)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, got[8] = { 0 };
	struct model *m = *state;
	size_t len;

	for (len = 1; len <= 8; len++) {
		emu_card_bar_write(m->card, 4, 0xFFFFFFFD, bytes, len);
		memset(got, 0, sizeof(got));
		emu_card_bar_read(m->card, 4, 0xFFFFFFFD, got, len);
		assert_memory_equal(got, bytes, len);
	}
	assert_int_equal(counter(m, "ignored_stores"), 0);
	assert_int_equal(counter(m, "direct_loads"), 0);
}

static void loads_of_odd_widths(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} odd[] = { { 0, 1 }, { 0, 2 }, { 3, 1 }, { 2, 2 }, { 1, 4 }, { 2, 4 }, { 4, 8 }, { 0, 3 },
		    { 0, 16 } };
	const uint8_t ones[16] = { [0 ... 15] = 0xff };
	struct model *m = *state;
	uint8_t got[16];
	unsigned int i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		memset(got, 0, sizeof(got));
		emu_card_bar_read(m->card, 0, udma(1) + 0x600 + odd[i].off, got, odd[i].len);
		assert_memory_equal(got, ones, odd[i].len);
		emu_card_bar_read(m->card, 2, 0x2701000 + odd[i].off, got, odd[i].len);
		assert_memory_equal(got, ones, odd[i].len);
	}
	assert_int_equal(counter(m, "direct_loads"), 2 * i);
}

/* Half inside of the BAR is outside: neither half is taken. */
static void straddling_accesses(void **state)
{
	struct model *m = *state;
	uint64_t eight = 0x1111111122222222ull;

	emu_card_bar_write(m->card, 0, EMU_BAR0_BYTES - 4, &eight, 8);
	emu_card_bar_write(m->card, 2, EMU_BAR2_BYTES - 4, &eight, 8);
	emu_card_bar_write(m->card, 4, EMU_DRAM_BYTES - 4, &eight, 8);
	assert_int_equal(card_load(m->card, 2, EMU_BAR2_BYTES - 4), 0);
	assert_int_equal(card_load(m->card, 4, EMU_DRAM_BYTES - 4), 0);
	emu_card_bar_read(m->card, 4, EMU_DRAM_BYTES - 4, &eight, 8);
	assert_true(eight == ~0ull);
	assert_int_equal(counter(m, "ignored_stores"), 2);
}

static void dram_is_the_file(void **state)
{
	struct model *m = *state;
	uint32_t word = 0x77777777, got = 0;

	emu_card_bar_write(m->card, 4, 0x180000004, &word, 4);
	assert_int_equal(pread(emu_card_dram_fd(m->card), &got, 4, 0x180000004), 4);
	assert_int_equal(got, word);
	assert_int_equal(lseek(emu_card_dram_fd(m->card), 0, SEEK_END), EMU_DRAM_BYTES);
}

static void dram_keeps_its_size(void **state)
{
	struct model *m = *state;

	assert_int_not_equal(ftruncate(emu_card_dram_fd(m->card), 0), 0);
	assert_int_not_equal(ftruncate(emu_card_dram_fd(m->card), EMU_DRAM_BYTES * 2), 0);
	assert_int_equal(card_load(m->card, 4, EMU_DRAM_BYTES - 4), 0);
}

static void dead_card(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 3, 64);

	put(m->host + 0x400000, 0x66);
	put(m->host + 0x500000, 0);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_add(&r, 1, 1);
	control(m, "inject device dead");
	assert_true(emu_card_is_dead(m->card));
	assert_int_equal(rd(m, MISC + 0x1C), 0xffffffff);
	assert_int_equal(card_load(m->card, 2, 0), 0xffffffff);
	assert_int_equal(card_load(m->card, 4, 0), 0xffffffff);
	ring_add(&r, 0, 1); /* vanishes */
	card_store(m->card, 4, 0, 5);
	control(m, "inject device alive");
	assert_int_equal(card_load(m->card, 4, 0), 0);
	assert_int_equal(ring_used(&r, 0), 0);
	assert_int_equal(ring_used(&r, 1), 1);
	ring_add(&r, 0, 1);
	until(get(m->host + 0x500000) == 0x66);
}

static void death_stops_dma(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 3, 256);
	unsigned int i;

	for (i = 0; i < 200; i++)
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 65536);
	ring_start(&r, 200);
	control(m, "inject device dead");
	memset(m->host + 0x500000, 0xEE, 0x10000);
	for (i = 0; i < 100; i++)
		sched_yield();
	assert_int_equal(m->host[0x500000], 0xEE);
	control(m, "inject device alive");
	ring_wait_empty(&r);
	assert_int_equal(counter(m, "packets"), 200);
}

static void lines_of_the_log(void **state)
{
	struct emu_opts opts = model_opts(true);
	char *text = NULL;
	size_t bytes = 0;
	struct model *m;
	unsigned int i;

	(void)state;
	opts.log = open_memstream(&text, &bytes);
	m = model_create(&opts);
	for (i = 0; i < 100; i++) {
		wr(m, 0x780000, 1);
		rd(m, 0);
	}
	model_destroy(m);
	fclose(opts.log);
	assert_string_equal(text, "card 0: store to unknown register at BAR0 + 0x780000\n"
			    "card 0: direct load of 4 bytes from BAR0 + 0\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "direct loads answer all ones and are counted", loads_answer_ones, setup_default,
		  model_teardown, NULL },
		ONE_MODE("with true reads, words and pairs are read", true_loads),
		ONE_MODE("64-bit stores are split, odd ones ignored and counted", store_widths),
		ONE_MODE("the low word is stored first", split_order),
		ONE_MODE("no store to any offset does harm", everything_is_accepted),
		ONE_MODE("nothing is read or written beyond the BARs", beyond_the_bars),
		PLAIN("a small BAR4 keeps all of the DRAM behind it", small_window),
		PLAIN("BAR0 may be as small as 8 MiB", smaller_bar0),
		PLAIN("what larger BARs add holds nothing", larger_bars),
		ONE_MODE("DRAM takes stores of any width and alignment", dram_takes_any_width),
		ONE_MODE("loads of odd widths answer ones even where true reads are on",
			 loads_of_odd_widths),
		ONE_MODE("an access that leaves its BAR does nothing", straddling_accesses),
		ONE_MODE("BAR4 is the memory file that guests map", dram_is_the_file),
		ONE_MODE("nobody who has BAR4's memory file can cut it", dram_keeps_its_size),
		BOTH_MODES("a dead card answers ones, and goes on when alive", dead_card),
		BOTH_MODES("death stops DMA until the card is alive", death_stops_dma),
		PLAIN("the log has one line per cause", lines_of_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
