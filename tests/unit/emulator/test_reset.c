// SPDX-License-Identifier: GPL-2.0
/* Resets, asked for by software or by the bus: docs/hardware, section 6. */
#include "model.h"

#define READY 0x80000000u

static void ask(struct model *m, uint32_t kind)
{
	wr(m, MISC + 0x1EC, kind);
	wr(m, MISC + 0x800, 1);
}

static void dirty(struct model *m)
{
	unsigned int core;

	wr(m, MISC + 0x24, 42);
	wr(m, MISC + 0xC0, 43);
	for (core = 0; core < 4; core++) {
		card_store(m->card, 2, core * 0x4000000 + 0x2701100, 5);
		card_store(m->card, 2, core * 0x4000000 + 0x2700000, 1);
		card_store(m->card, 2, core * 0x4000000 + 0x1000, 77);
		wr(m, 0x404000 + core * 0x10000 + 0x109C, 4096);
		wr(m, udma(3 * core + 1) + 0x124, 0x1234);
		wr(m, udma(3 * core + 1) + GEN + 0x2018, 0);
		wr(m, queue_reg(3 * core + 1, 0, 7, Q_LENGTH), 64);
		wr(m, queue_reg(3 * core + 1, 0, 7, Q_ADD), 3);
		wr(m, core * 0x100000 + 0x1000 + 0x20, 0xFE);
	}
}

static void check_core(struct model *m, unsigned int core, bool clean)
{
	unsigned int e = 3 * core + 1;

	assert_int_equal(card_load(m->card, 2, core * 0x4000000 + 0x2701000), clean ? 0 : 5);
	assert_int_equal(card_load(m->card, 2, core * 0x4000000 + 0x2700000), clean ? 0 : 1);
	assert_int_equal(rd(m, 0x404000 + core * 0x10000 + 0x109C), clean ? 0 : 4096);
	assert_int_equal(rd(m, udma(e) + 0x124), clean ? 0x20404040 : 0x1234);
	assert_int_equal(rd(m, udma(e) + GEN + 0x2010), clean ? 0xffffffff : 0);
	assert_int_equal(rd(m, queue_reg(e, 0, 7, Q_LENGTH)), clean ? 0 : 64);
	assert_int_equal(rd(m, queue_reg(e, 0, 7, Q_STATUS)), clean ? 0 : 3);
	assert_int_equal(rd(m, queue_reg(e, 0, 7, Q_TAIL)), clean ? 1u << 30 : 1u << 30 | 3);
	assert_int_equal(rd(m, core * 0x100000 + 0x1020), clean ? 0 : 0xFE);
}

static void device_reset(void **state)
{
	struct model *m = *state;
	uint32_t word = 0x5555;
	unsigned int core;

	dirty(m);
	dram_put(m->card, 0x1000, &word, 4);
	ask(m, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	assert_int_equal(rd(m, MISC + 0x1C), READY);
	for (core = 0; core < 4; core++) {
		check_core(m, core, true);
		assert_int_equal(card_load(m->card, 2, core * 0x4000000 + 0x1000), 0);
	}
	assert_int_equal(rd(m, MISC + 0x24), 0);
	assert_int_equal(rd(m, MISC + 0xC0), 0);
	assert_int_equal(rd(m, MISC), 2);
	dram_get(m->card, 0x1000, &word, 4);
	assert_int_equal(word, 0);
	assert_int_equal(counter(m, "resets_device"), 1);
	until(atomic_load(&m->irqs[0]) == 1);
}

static void core_reset(void **state)
{
	struct model *m = *state;
	uint32_t word = 0x5555;

	dirty(m);
	dram_put(m->card, 0x1000, &word, 4);
	wr(m, MISC + 0x1D8, 5);
	ask(m, 2);
	until(rd(m, MISC + 0x1EC) == 0);
	check_core(m, 0, true);
	check_core(m, 1, false);
	check_core(m, 2, true);
	check_core(m, 3, false);
	assert_int_equal(rd(m, MISC + 0x24), 42);
	dram_get(m->card, 0x1000, &word, 4);
	assert_int_equal(word, 0x5555);
}

static void core_reset_of_none(void **state)
{
	struct model *m = *state;
	unsigned int core;

	dirty(m);
	wr(m, MISC + 0x1D8, 0);
	ask(m, 2);
	until(rd(m, MISC + 0x1EC) == 0);
	for (core = 0; core < 4; core++)
		check_core(m, core, false);
	assert_int_equal(counter(m, "resets_cores"), 1);
}

static void silent_while_resetting(void **state)
{
	struct model *m = *state;

	control(m, "inject device reset-hang"); /* so that the middle can be looked at */
	put(m->host + 0x20000, 0);
	ask(m, 1);
	assert_int_equal(rd(m, MISC + 0x1C), 0);
	assert_int_equal(rd(m, MISC + 0x1EC), 1);
	wr(m, MISC + 0x800, 1);
	assert_int_equal(counter(m, "fwio_lost_in_reset"), 1);
	/* Stores are lost, except to misc RAM. */
	wr(m, udma(0) + 0x124, 0x77);
	card_store(m->card, 2, 0x2701100, 9);
	wr(m, MISC + 0xC4, 0x77);
	assert_int_equal(rd(m, udma(0) + 0x124), 0x20404040);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0);
	assert_int_equal(rd(m, MISC + 0xC4), 0x77);
	assert_int_equal(counter(m, "stores_in_reset"), 2);
	control(m, "inject device ready");
	assert_int_equal(rd(m, MISC + 0x1C), READY);
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(rd(m, MISC + 0xC4), 0);
	wr(m, udma(0) + 0x124, 0x77);
	assert_int_equal(rd(m, udma(0) + 0x124), 0x77);
}

/* Status and request word change together, whenever one looks. */
static void one_instant(void **state)
{
	struct model *m = *state;
	unsigned int lap;

	for (lap = 0; lap < 20; lap++) {
		uint32_t both[8];

		ask(m, 1);
		do {
			both[1] = rd(m, MISC + 0x1EC);
			both[0] = rd(m, MISC + 0x1C);
			assert_false(both[1] == 0 && !(both[0] & READY));
		} while (both[1]);
		assert_int_equal(rd(m, MISC + 0x1C), READY);
	}
}

static void other_request_words(void **state)
{
	struct model *m = *state;

	ask(m, 3);
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(rd(m, MISC + 0x1C), READY);
	assert_int_equal(counter(m, "resets_device"), 0);
	assert_int_equal(counter(m, "fwio_requests"), 1);
}

static void reset_ends_running_work(void **state)
{
	struct model *m = *state;
	unsigned int lap, i;

	for (lap = 0; lap < 5; lap++) {
		struct ring r = ring_make(m, 5, 14, 256);

		for (i = 0; i < 200; i++)
			ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 65536);
		ring_start(&r, 200);
		ask(m, 1);
		until(rd(m, MISC + 0x1EC) == 0);
		memset(m->host + 0x500000, 0xEE, 0x10000);
		assert_int_equal(ring_used(&r, 0), 0);
		assert_int_equal(m->host[0x500000], 0xEE);
	}
}

/* The engine that rings the reset doorbell is itself stopped by it. */
static void reset_by_dma(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 14, 256);

	put(m->host + 0x400000, 1);
	ring_put_copy(&r, APB + MISC + 0x1EC, dev_host(0x400000), 4);
	ring_put_copy(&r, APB + MISC + 0x800, dev_host(0x400000), 4);
	ring_start(&r, 2);
	until(counter(m, "resets_device") == 1);
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(ring_used(&r, 0), 0);
}

static void power_on_kinds(void **state)
{
	static const enum emu_reset_kind kinds[] = {
		EMU_RESET_BUS, EMU_RESET_FLR, EMU_RESET_CLIENT_GONE,
	};
	struct model *m = *state;
	unsigned int i, core;

	for (i = 0; i < 3; i++) {
		struct ring r = ring_make(m, 5, 14, 256);

		ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
		ring_add(&r, 0, 1);
		dirty(m);
		emu_card_reset(m->card, kinds[i]);
		for (core = 0; core < 4; core++)
			check_core(m, core, true);
		assert_int_equal(ring_used(&r, 0), 0);
		assert_int_equal(rd(m, MISC + 0x24), 0);
		assert_int_equal(rd(m, MISC + 0x1C), READY);
	}
	/* In the middle of a reset that software asked for, too. */
	control(m, "inject device reset-hang");
	ask(m, 1);
	emu_card_reset(m->card, EMU_RESET_FLR);
	assert_int_equal(rd(m, MISC + 0x1C), READY);
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(counter(m, "resets_power_on"), 4);
}

/* In D3hot: no DMA, no mailbox, no records, no interrupts; then everything is new. */
static void asleep(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 14, 256);
	unsigned int before;

	wr(m, 0x404000 + 0x1094, (uint32_t)dev_host(0x700000));
	wr(m, 0x404000 + 0x1098, (uint32_t)(dev_host(0x700000) >> 32));
	wr(m, 0x404000 + 0x109C, 4096);
	put(m->host + 0x400000, 0x99);
	put(m->host + 0x500000, 0);
	put(m->host + 0x700008, 0);
	wr(m, udma(5) + GEN + 0x18, ~1u);
	wr(m, udma(5) + GEN + 0x58, 0);
	emu_card_set_asleep(m->card, true);
	wr(m, udma(5) + GEN + 0x48, 1); /* a cause, with all of its masks open */
	assert_int_equal(atomic_load(&m->irqs[1 + 5]), 0);
	before = atomic_load(&m->irqs[25]);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	json_object_put(control_on(m->card, "raise event 0 0 1 1", 0));
	wr(m, MISC + 0x800, 1);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(get(m->host + 0x500000), 0);
	assert_int_equal(get(m->host + 0x700008), 0);
	assert_int_equal(atomic_load(&m->irqs[25]), before);
	assert_int_equal(counter(m, "fwio_no_bus_master"), 1);
	assert_int_equal(counter(m, "records_no_bus_master"), 1);
	emu_card_reset(m->card, EMU_RESET_FLR);
	r = ring_make(m, 5, 14, 256);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(get(m->host + 0x500000) == 0x99);
}

static void sleep_stops_copies(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 14, 256);
	unsigned int i;

	for (i = 0; i < 200; i++)
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 65536);
	ring_start(&r, 200);
	emu_card_set_asleep(m->card, true);
	memset(m->host + 0x500000, 0xEE, 0x10000);
	for (i = 0; i < 100; i++)
		sched_yield();
	assert_int_equal(m->host[0x500000], 0xEE);
}

/* Section 6.3: the engines stop at the doorbell, not at the end of the reset. */
static void engines_stop_at_the_request(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 14, 256), other = ring_make_on(m, m->card, 0, 3, 64,
								       RING_OFF(2));

	put(m->host + 0x400000, 0x31);
	put(m->host + 0x500000, 0);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_add(&r, 1, 1);
	control(m, "inject device reset-hang");
	wr(m, MISC + 0x1D8, 1u << 1); /* core 1: engines 3 to 5 */
	ask(m, 2);
	ring_add(&r, 0, 1); /* recorded, not done */
	ring_copy(&other, dev_host(0x500004), dev_host(0x400000), 4);
	until(get(m->host + 0x500004) == 0x31); /* other cores work on */
	assert_int_equal(get(m->host + 0x500000), 0);
	assert_int_equal(rd(m, MISC + 0x1EC), 2);
	control(m, "inject device ready");
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(ring_used(&r, 0), 0);
	assert_int_equal(get(m->host + 0x500000), 0);
}

/* The firmware's own words outlive a reset; links are looked at anew. */
static void firmware_words_stay(void **state)
{
	struct model *m = *state;

	control(m, "misc 0x44 0x00050002");
	control(m, "misc 0x64 1");
	control(m, "misc 0 7");
	ask(m, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	assert_int_equal(rd(m, MISC + 0x44), 0x00050002);
	assert_int_equal(rd(m, MISC + 0x64), 1);
	assert_int_equal(rd(m, MISC), 7);
}

static void links_after_reset(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;

	(void)state;
	opts.nr_cards = 3;
	m = model_create(&opts);
	control(m, "inject device reset-hang");
	ask(m, 1);
	assert_int_equal(rd(m, MISC + 0x1C), 3); /* links up, not ready */
	emu_card_detach(emu_box_card(m->box, 1));
	control(m, "inject device ready");
	assert_int_equal(rd(m, MISC + 0x1C), READY | 2);
	model_destroy(m);
}

/* A published driver may write its request before a READ's doorbell starts the reset. */
static void anybodys_doorbell_starts_it(void **state)
{
	struct model *m = *state;

	wr(m, MISC + 0x1EC, 1);
	assert_int_equal(rd(m, MISC + 0x1C), READY); /* a word in RAM does nothing by itself */
	wr(m, MISC + 0x800, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	assert_int_equal(counter(m, "resets_device"), 1);
	assert_int_equal(counter(m, "fwio_requests"), 0);
}

static void never_ready(void **state)
{
	struct model *m = *state;

	control(m, "inject device never-ready");
	assert_int_equal(rd(m, MISC + 0x1C), 0);
	ask(m, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	assert_int_equal(rd(m, MISC + 0x1C), 0);
	emu_card_reset(m->card, EMU_RESET_BUS);
	assert_int_equal(rd(m, MISC + 0x1C), 0);
	control(m, "inject device ready");
	assert_int_equal(rd(m, MISC + 0x1C), READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("a device reset clears all but the firmware's own words", device_reset),
		ONE_MODE("a core reset clears the cores of its map and nothing else", core_reset),
		ONE_MODE("a core reset with an empty map only acknowledges", core_reset_of_none),
		ONE_MODE("while resetting: silence, lost stores, not ready",
			 silent_while_resetting),
		ONE_MODE("request word and ready bit change in the same instant", one_instant),
		ONE_MODE("other request words are no resets and are cleared", other_request_words),
		BOTH_MODES("a reset ends running copies", reset_ends_running_work),
		BOTH_MODES("a reset that DMA asks for does not wait for itself", reset_by_dma),
		BOTH_MODES("bus reset, FLR and a lost client are power-on resets", power_on_kinds),
		BOTH_MODES("in D3hot nothing is read, written or signalled", asleep),
		BOTH_MODES("entering D3hot ends running copies", sleep_stops_copies),
		BOTH_MODES("engines stop at the request, those of other cores do not",
			   engines_stop_at_the_request),
		ONE_MODE("counters and API version outlive a reset", firmware_words_stay),
		PLAIN("links are looked at anew by a reset", links_after_reset),
		ONE_MODE("the doorbell makes a reset request, whoever rings it",
			 anybodys_doorbell_starts_it),
		ONE_MODE("a card can be made never ready, until it is released", never_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
