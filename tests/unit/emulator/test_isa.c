// SPDX-License-Identifier: GPL-2.0
/* The stand-in instruction set: how programs come in, run, wait, stop and end; docs/isa.md. */
#include "isa_model.h"

#define BIG_A	0x10000000ull
#define BIG_B	0x20000000ull
#define BIG_C	0x30000000ull

/* 2^42 multiplications: hours. */
static struct insn endless(void)
{
	return matmul(0, 16384, 16384, 16384, (struct mat){ BIG_A, 16384 },
		      (struct mat){ BIG_B, 16384 }, (struct mat){ BIG_C, 65536 });
}

static struct insn never(void)
{
	return insn(S_WAIT, 0x77, 31, 1000, 0);
}

static void off_by_default(void **state)
{
	struct model *m = *state;
	struct json_object *show, *cores;
	struct ring r = ring_make(m, 0, 0, 64);
	struct insn in = insn(EV_SET, 1, 3, 1, 0);

	feed(m, 0, in);
	memcpy(m->host + 0x400000, &in, sizeof(in));
	feed_dma(&r, 0, dev_host(0x400000), 64);
	feed_dma(&r, 0, dev_host(0x400000), 63); /* bytes are swallowed as well */
	assert_int_equal(card_load(m->card, 2, EVENT(0, 3)), 0);
	assert_int_equal(counter(m, "isa_instructions"), 0);
	show = control_on(m->card, "show", 0);
	assert_true(json_object_object_get_ex(show, "cores", &cores));
	assert_false(json_object_object_get_ex(json_object_array_get_idx(cores, 0), "program",
					       NULL));
	json_object_put(show);
}

static void notify(void **state)
{
	struct model *m = *state;

	feed(m, 2, insn(NOTIFY, 9, 0, 0xDEADBEEF, 0x12345678));
	feed(m, 2, insn(NOTIFY, 9, 0, 5, 0x7FFFFFFF));
	record_is(m, 2, Q_NOTIFY, 0, 0xDEADBEEF, 0x12345678);
	record_is(m, 2, Q_NOTIFY, 1, 5, 0x7FFFFFFF);
	assert_int_equal(get(record_at(m, 2, Q_NOTIFY, 0)), 1 | 2 << 16);
	until(atomic_load(&m->irqs[27]) >= 1);
}

static void notify_instance(void **state)
{
	struct model *m = *state;
	uint64_t base = dev_host(0x700000);
	uint8_t *buf = m->host + 0x700000;

	memset(buf, 0, 64);
	wr(m, UNIT(1) + 0xBFC + 3 * 0x104, (uint32_t)base);
	wr(m, UNIT(1) + 0xBFC + 3 * 0x104 + 4, (uint32_t)(base >> 32));
	wr(m, UNIT(1) + 0xBFC + 3 * 0x104 + 8, 64);
	feed(m, 1, insn(NOTIFY, 0, 3, 42, 0));
	until(get(buf + 8) == PHASE);
	assert_int_equal(get(buf), 1 | 3 << 8 | 1 << 16);
	assert_int_equal(get(buf + 4), 42);
	assert_false(record_there(m, 1, Q_NOTIFY, 0));
}

static void trace(void **state)
{
	struct model *m = *state;

	feed(m, 0, insn(S_SET, 10, 0, 1, 0));
	feed(m, 0, insn(TRACE, 11, 0, 1, 0));
	feed(m, 0, insn(S_ADD, 12, 0, 1, 0));
	feed(m, 0, insn(EV_SET, 13, 0, 1, 0));
	feed(m, 0, insn(TRACE, 14, 0, 0, 0));
	feed(m, 0, insn(S_ADD, 15, 0, 1, 0));
	feed(m, 0, insn(NOTIFY, 16, 0, 0, 0));
	record_is(m, 0, Q_NOTIFY, 0, 0, 0);
	record_is(m, 0, Q_TRACE, 0, 11, TRACE);
	record_is(m, 0, Q_TRACE, 1, 12, S_ADD);
	record_is(m, 0, Q_TRACE, 2, 13, EV_SET);
	assert_int_equal(get(record_at(m, 0, Q_TRACE, 0)), 0);
	assert_false(record_there(m, 0, Q_TRACE, 3));
	assert_int_equal(counter(m, "records_trace"), 3);
}

static void events(void **state)
{
	struct model *m = *state;

	feed(m, 3, insn(EV_SET, 0, 255, 1, 0));
	feed(m, 3, insn(EV_SET, 0, 255, 1, 0)); /* no change, no record */
	feed(m, 3, insn(EV_SET, 0, 0, 1, 0));
	feed(m, 3, insn(EV_SET, 0, 255, 0, 0));
	record_is(m, 3, Q_EVENT, 0, 255, 1);
	record_is(m, 3, Q_EVENT, 1, 0, 1);
	record_is(m, 3, Q_EVENT, 2, 255, 0);
	assert_int_equal(card_load(m->card, 2, EVENT(3, 0)), 1);
	assert_int_equal(card_load(m->card, 2, EVENT(3, 255)), 0);
	assert_int_equal(counter(m, "records_event"), 3);
}

static void semaphores(void **state)
{
	struct model *m = *state;

	feed(m, 1, insn(S_SET, 0, 31, 0x7FFFFFFF, 0));
	feed(m, 1, insn(S_ADD, 0, 31, 2, 0));
	feed(m, 1, insn(S_SET, 0, 0, 5, 0));
	feed(m, 1, insn(S_SUB, 0, 0, 7, 0));
	feed(m, 1, insn(NOTIFY, 0, 0, 0, 0));
	record_is(m, 1, Q_NOTIFY, 0, 0, 0);
	assert_int_equal(card_load(m->card, 2, SEM(1, 31)), 0x80000001);
	assert_int_equal(card_load(m->card, 2, SEM(1, 0)), (uint32_t)-2);
	assert_int_equal(card_load(m->card, 2, SEM(0, 0)), 0);
}

static void event_wait(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 0, 64);

	feed(m, 1, insn(EV_WAIT, 0, 7, 1, 0));
	feed(m, 1, insn(NOTIFY, 0, 0, 1, 0));
	feed(m, 1, insn(EV_WAIT, 0, 7, 0, 0));
	feed(m, 1, insn(NOTIFY, 0, 0, 2, 0));
	until(state_is(m, 1, "waiting"));
	card_store(m->card, 2, EVENT(1, 8), 1); /* another one */
	card_store(m->card, 2, EVENT(2, 7), 1); /* another core's */
	until(state_is(m, 1, "waiting"));
	assert_false(record_there(m, 1, Q_NOTIFY, 0));
	card_store(m->card, 2, EVENT(1, 7), 1);
	record_is(m, 1, Q_NOTIFY, 0, 1, 0);
	until(state_is(m, 1, "waiting"));
	put(m->host + 0x400000, 0);
	ring_copy(&r, CORES + EVENT(1, 7), dev_host(0x400000), 4);
	record_is(m, 1, Q_NOTIFY, 1, 2, 0);
	until(state_is(m, 1, "idle"));
}

static void semaphore_wait(void **state)
{
	struct model *m = *state;
	unsigned int i;

	feed(m, 0, insn(S_WAIT, 0, 4, (uint32_t)-3, 0)); /* 0 >= -3 */
	feed(m, 0, insn(NOTIFY, 0, 0, 0, 0));
	record_is(m, 0, Q_NOTIFY, 0, 0, 0);
	for (i = 1; i < 100; i++) {
		feed(m, 0, insn(S_WAIT, 0, 4, 3 * i, 0));
		feed(m, 0, insn(NOTIFY, 0, 0, i, 0));
		until(state_is(m, 0, "waiting"));
		card_store(m->card, 2, SEM_SET(0, 4), 3 * i - 1);
		until(state_is(m, 0, "waiting"));
		assert_false(record_there(m, 0, Q_NOTIFY, i));
		card_store(m->card, 2, SEM_SET(0, 4), 3 * i + (i & 1));
		record_is(m, 0, Q_NOTIFY, i, i, 0);
	}
}

static void waiting_core_lets_others_run(void **state)
{
	struct model *m = *state;
	unsigned int core;

	for (core = 0; core < 3; core++)
		feed(m, core, never());
	feed(m, 3, endless());
	for (core = 0; core < 3; core++)
		until(state_is(m, core, "waiting"));
	feed(m, 2, insn(NOTIFY, 0, 0, 1, 0));
	card_store(m->card, 2, SEM_SET(2, 31), 1000);
	record_is(m, 2, Q_NOTIFY, 0, 1, 0); /* beside core 3's endless work */
	assert_true(state_is(m, 3, "running"));
}

static void order_and_pieces(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	struct insn in[3] = {
		insn(NOTIFY, 0, 0, 1, 0), insn(NOTIFY, 0, 0, 2, 0), insn(NOTIFY, 0, 0, 3, 0),
	};
	uint64_t pair;
	unsigned int i;

	/* One by words to one and the same place, one by 64-bit stores, one cut by copies. */
	for (i = 0; i < 16; i++)
		card_store(m->card, 2, FIFO(0), in[0].w[i]);
	for (i = 0; i < 16; i += 2) {
		memcpy(&pair, &in[1].w[i], 8);
		emu_card_bar_write(m->card, 2, FIFO(0) + 0x100 + 4 * i, &pair, 8);
	}
	memcpy(m->host + 0x400000, &in[2], 64);
	feed_dma(&r, 0, dev_host(0x400000), 4);
	feed_dma(&r, 0, dev_host(0x400004), 40);
	assert_int_equal(program(m, 0, "words"), 11);
	card_store(m->card, 2, FIFO(0), in[2].w[11]);
	feed_dma(&r, 0, dev_host(0x400030), 16);
	for (i = 0; i < 3; i++)
		record_is(m, 0, Q_NOTIFY, i, i + 1, 0);
}

static void many_by_one_copy(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 11, 14, 64);
	struct insn *in = (struct insn *)(m->host + 0x400000);
	unsigned int i;

	for (i = 0; i < 256; i++)
		in[i] = insn(i % 3 ? S_ADD : NOTIFY, i, 0, i, 0);
	feed_dma(&r, 3, dev_host(0x400000), 256 * 64); /* the whole window */
	for (i = 0; i < 86; i++)
		record_is(m, 3, Q_NOTIFY, i, 3 * i, 0);
	until(program(m, 3, "executed") == 256);
	assert_int_equal(card_load(m->card, 2, SEM(3, 0)), 21675);
}

static void halt(void **state)
{
	struct model *m = *state;

	feed(m, 0, never());
	feed(m, 0, insn(HALT, 0, 0, 0, 0));
	feed(m, 0, insn(NOTIFY, 0, 0, 1, 0));
	card_store(m->card, 2, SEM_SET(0, 31), 1000);
	until(state_is(m, 0, "halted"));
	feed(m, 0, insn(NOTIFY, 0, 0, 2, 0));
	assert_int_equal(counter(m, "isa_words_dropped"), 16);
	feed_clear(m, 0);
	feed(m, 0, insn(NOTIFY, 0, 0, 3, 0));
	record_is(m, 0, Q_NOTIFY, 0, 3, 0);
	assert_false(record_there(m, 0, Q_NOTIFY, 1));
}

static void clear_anywhere(void **state)
{
	struct model *m = *state;
	struct insn bad = insn(NOTIFY, 0, 9, 0, 0), half = insn(CLEAR, 0, 0, 0, 0);
	unsigned int i;

	for (i = 0; i < 48; i++) {
		card_store(m->card, 2, SEM_SET(0, 9), 4);
		if (i < 16)
			feed(m, 0, never());
		else if (i < 32)
			feed(m, 0, bad);
		else
			feed(m, 0, endless());
		feed_words(m, 0, half.w, i % 16); /* also half a CLEAR */
		feed_clear(m, 0);
		assert_true(state_is(m, 0, "idle"));
		assert_int_equal(program(m, 0, "queued"), 0);
		assert_int_equal(card_load(m->card, 2, SEM(0, 9)), 4); /* registers stay */
		feed(m, 0, insn(NOTIFY, 0, 0, i, 0));
		record_is(m, 0, Q_NOTIFY, i, i, 0);
	}
}

static void clear_at_any_moment(void **state)
{
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < 300; i++) {
		/* Short enough to be complete at about the time of the CLEAR. */
		feed(m, 0, matmul(0, 8 + i % 64, 64, 64, (struct mat){ BIG_A, 64 },
				  (struct mat){ BIG_B, 64 }, (struct mat){ BIG_C, 256 }));
		if (i & 1)
			sched_yield();
		feed_clear(m, 0);
		assert_true(state_is(m, 0, "idle"));
		assert_int_equal(program(m, 0, "queued"), 0);
		feed(m, 0, insn(NOTIFY, 0, 0, i, 0));
		record_is(m, 0, Q_NOTIFY, i, i, 0);
	}
	assert_int_equal(counter(m, "isa_errors"), 0);
}

static void clear_ends_tracing(void **state)
{
	struct model *m = *state;

	feed(m, 0, insn(TRACE, 1, 0, 1, 0));
	record_is(m, 0, Q_TRACE, 0, 1, TRACE);
	feed_clear(m, 0);
	feed(m, 0, insn(NOTIFY, 0, 0, 0, 0));
	record_is(m, 0, Q_NOTIFY, 0, 0, 0);
	assert_false(record_there(m, 0, Q_TRACE, 1));
}

static void error_stops(void **state)
{
	struct model *m = *state;

	feed(m, 1, never());
	feed(m, 1, insn(NOTIFY, 1, 0, 1, 0));
	feed(m, 1, insn(NOTIFY, 0x2222, 4, 2, 0)); /* there is no instance 4 */
	feed(m, 1, insn(NOTIFY, 3, 0, 3, 0));
	card_store(m->card, 2, SEM_SET(1, 31), 1000);
	record_is(m, 1, Q_ERROR, 0, BAD_OPERAND, 0x2222);
	assert_int_equal(get(record_at(m, 1, Q_ERROR, 0)) & 0xff, 3);
	record_is(m, 1, Q_NOTIFY, 0, 1, 0);
	until(state_is(m, 1, "stopped"));
	assert_int_equal(program(m, 1, "error"), BAD_OPERAND);
	assert_int_equal(program(m, 1, "tag"), 0x2222);
	assert_int_equal(program(m, 1, "queued"), 0);
	feed(m, 1, insn(NOTIFY, 4, 0, 4, 0));
	feed(m, 0, insn(NOTIFY, 5, 0, 5, 0)); /* other cores go on */
	record_is(m, 0, Q_NOTIFY, 0, 5, 0);
	assert_false(record_there(m, 1, Q_NOTIFY, 1));
	assert_int_equal(counter(m, "isa_errors"), 1);
	assert_int_equal(counter(m, "isa_words_dropped"), 16);
}

static void overflow(void **state)
{
	struct model *m = *state;
	unsigned int i;

	feed(m, 2, never());
	for (i = 1; i < 1024; i++)
		feed(m, 2, insn(S_ADD, i, 0, 1, 0));
	assert_int_equal(program(m, 2, "queued"), 1024);
	card_store(m->card, 2, SEM_SET(2, 31), 1000);
	until(state_is(m, 2, "idle")); /* a full queue loses nothing */
	assert_int_equal(card_load(m->card, 2, SEM(2, 0)), 1023);

	card_store(m->card, 2, SEM_SET(2, 31), 0);
	feed(m, 2, never());
	for (i = 1; i < 1024; i++)
		feed(m, 2, insn(S_ADD, i, 0, 1, 0));
	assert_false(record_there(m, 2, Q_ERROR, 0));
	feed(m, 2, insn(S_ADD, 0x9999, 0, 1, 0));
	record_is(m, 2, Q_ERROR, 0, OVERFLOW, 0x9999);
	assert_true(state_is(m, 2, "stopped"));
	card_store(m->card, 2, SEM_SET(2, 31), 1000);
	assert_int_equal(card_load(m->card, 2, SEM(2, 0)), 1023);
}

static void ask_reset(struct model *m, uint32_t kind)
{
	wr(m, MISC + 0x1D8, 1 << 2);
	wr(m, MISC + 0x1EC, kind);
	wr(m, MISC + 0x800, 1);
}

static void works(struct model *m, unsigned int core)
{
	queues_make(m, core);
	feed(m, core, insn(NOTIFY, 0, 0, 0x600D, 0));
	record_is(m, core, Q_NOTIFY, 0, 0x600D, 0);
}

/* Each kind of reset ends each kind of program, and the core works again. */
static void check_reset(struct model *m, struct insn in, const char *busy, unsigned int how)
{
	feed(m, 2, in);
	feed(m, 2, insn(NOTIFY, 0, 0, 0xBAD, 0));
	feed_words(m, 2, in.w, 5);
	until(state_is(m, 2, busy));
	if (how == 0) {
		emu_card_reset(m->card, EMU_RESET_FLR);
	} else if (how == 1) {
		emu_card_detach(m->card);
		emu_card_reset(m->card, EMU_RESET_CLIENT_GONE);
		emu_card_attach(m->card);
	} else {
		ask_reset(m, how - 1); /* 1 device, 2 cores */
		until(rd(m, MISC + 0x1EC) == 0);
	}
	assert_true(state_is(m, 2, "idle"));
	assert_int_equal(program(m, 2, "words"), 0);
	assert_false(record_there(m, 2, Q_NOTIFY, 0));
	works(m, 2);
}

static void reset_ends_programs(void **state)
{
	struct model *m = *state;
	unsigned int how;

	for (how = 0; how < 4; how++) {
		queues_make(m, 2);
		check_reset(m, endless(), "running", how);
		queues_make(m, 2);
		check_reset(m, never(), "waiting", how);
		queues_make(m, 2);
		check_reset(m, insn(HALT, 0, 0, 0, 0), "halted", how);
		queues_make(m, 2);
		check_reset(m, insn(0xEE, 0, 0, 0, 0), "stopped", how);
	}
}

static void core_reset_spares_others(void **state)
{
	struct model *m = *state;

	feed(m, 1, never());
	feed(m, 1, insn(NOTIFY, 0, 0, 1, 0));
	feed(m, 2, never());
	until(state_is(m, 1, "waiting"));
	until(state_is(m, 2, "waiting"));
	ask_reset(m, 2);
	until(rd(m, MISC + 0x1EC) == 0);
	assert_true(state_is(m, 2, "idle"));
	card_store(m->card, 2, SEM_SET(1, 31), 1000);
	record_is(m, 1, Q_NOTIFY, 0, 1, 0);
}

static void reset_keeps_its_memory_clean(void **state)
{
	struct model *m = *state;
	int8_t ones[4096];
	uint32_t got[1024];
	unsigned int i, round;

	memset(ones, 1, sizeof(ones));
	for (round = 0; round < 10; round++) {
		mem_put(m, BIG_A, ones, sizeof(ones));
		mem_put(m, BIG_B, ones, sizeof(ones));
		feed(m, 0, matmul(0, 16384, 16384, 1, (struct mat){ BIG_A, 1 },
				  (struct mat){ BIG_B, 16384 }, (struct mat){ BIG_C, 65536 }));
		until(!state_is(m, 0, "idle"));
		until((mem_get(m, BIG_C, got, 4), got[0] == 1));
		emu_card_reset(m->card, EMU_RESET_BUS);
		/* Nothing of the program comes after the reset has returned. */
		for (i = 0; i < 50; i++) {
			mem_get(m, BIG_C + i * 65536ull, got, sizeof(got));
			assert_int_equal(got[0], 0);
			sched_yield();
		}
	}
}

static void death_and_return(void **state)
{
	struct model *m = *state;
	uint8_t ones[4096];
	uint32_t got[64], before, i;

	memset(ones, 1, sizeof(ones));
	mem_put(m, BIG_A, ones, sizeof(ones));
	mem_put(m, BIG_B, ones, sizeof(ones));
	feed(m, 0, never());
	/* All rows of A are the same one; the result adds to itself, so twice would be seen. */
	feed(m, 0, matmul(F_ACCUMULATE, 128, 64, 1024, (struct mat){ BIG_A, 1024 },
			  (struct mat){ BIG_B, 64 }, (struct mat){ BIG_C, 256 }));
	feed(m, 0, insn(NOTIFY, 0, 0, 1, 0));
	until(state_is(m, 0, "waiting"));
	card_store(m->card, 2, SEM_SET(0, 31), 1000);
	for (i = 0; i < 20; i++) {
		control(m, "inject device dead");
		before = (uint32_t)program(m, 0, "executed");
		sched_yield();
		assert_int_equal(program(m, 0, "executed"), before);
		control(m, "inject device alive");
	}
	record_is(m, 0, Q_NOTIFY, 0, 1, 0);
	mem_get(m, BIG_C, got, sizeof(got));
	/* Rows of ones: of A the first four, of B the first 64. */
	for (i = 0; i < 64; i++)
		assert_int_equal(got[i], 64);
	mem_get(m, BIG_C + 4 * 256, got, sizeof(got));
	assert_int_equal(got[0], 0);
}

static void stores_during_a_reset(void **state)
{
	struct model *m = *state;
	struct insn in = insn(NOTIFY, 0, 0, 1, 0);

	control(m, "inject device reset-hang");
	ask_reset(m, 1);
	feed(m, 0, in);
	assert_int_equal(counter(m, "stores_in_reset"), 16);
	control(m, "inject device ready");
	until(rd(m, MISC + 0x1EC) == 0);
	assert_int_equal(program(m, 0, "executed"), 0);
	works(m, 0);
}

static void from_the_neighbour(void **state)
{
	struct model *m = *state;
	struct emu_card *east = emu_box_card(m->box, 1);
	struct ring r = ring_make_on(m, east, 0, 0, 64, RING_OFF(1));
	struct insn in = insn(NOTIFY, 0, 0, 1, 0);

	dram_put(east, 0x1000, &in, sizeof(in));
	ring_copy(&r, WEST + CORES + FIFO(1), 0x1000, 64);
	record_is(m, 1, Q_NOTIFY, 0, 1, 0);
	/* The base of relative addresses would be in another card's memory. */
	in = argmax(F_RELATIVE, 1, 1, (struct mat){ 64, 4 }, (struct mat){ 68, 4 });
	dram_put(east, 0x1000, &in, sizeof(in));
	ring_copy(&r, WEST + CORES + FIFO(1), 0x1000, 64);
	record_is(m, 1, Q_ERROR, 0, NO_BASE, 0xA36);
}

static void reads_as_zero(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);

	feed(m, 0, never());
	until(state_is(m, 0, "waiting"));
	put(m->host + 0x400000, 1);
	ring_copy(&r, dev_host(0x400000), CORES + FIFO(0), 4);
	until(get(m->host + 0x400000) == 0);
	assert_int_equal(card_load(m->card, 2, FIFO(0)), 0);
	/* Instructions come in whole words. */
	ring_copy(&r, CORES + FIFO(0), dev_host(0x400000), 6);
	until(rd(m, udma(0) + GEN + 0x2040) == 1u << 1);
}

static void ends_while_busy(void **state)
{
	struct emu_opts opts = model_opts(false);
	struct model *m;

	(void)state;
	opts.isa = EMU_ISA_STAND_IN;
	m = model_create(&opts);
	feed(m, 0, endless());
	feed(m, 1, never());
	until(state_is(m, 1, "waiting"));
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_MODES("unless asked for, the FIFO swallows what is written", off_by_default),
		BOTH_ISA("NOTIFY writes an explicit record", notify),
		BOTH_ISA("NOTIFY goes to the queue of the instance that it names", notify_instance),
		BOTH_ISA("while tracing, each instruction makes a record", trace),
		BOTH_ISA("events that change by instruction make event records", events),
		BOTH_ISA("semaphores are set, added to and subtracted from, and wrap", semaphores),
		BOTH_ISA("a program waits for an event to be set or cleared", event_wait),
		BOTH_ISA("a program waits for a semaphore to be large enough", semaphore_wait),
		BOTH_ISA("a waiting or busy core does not hold up others",
			 waiting_core_lets_others_run),
		BOTH_ISA("words from stores and copies are taken in order, in any pieces",
			 order_and_pieces),
		BOTH_ISA("one copy brings a whole window of instructions", many_by_one_copy),
		BOTH_ISA("HALT drops what follows until CLEAR", halt),
		BOTH_ISA("CLEAR works wherever it comes", clear_anywhere),
		BOTH_ISA("CLEAR works whenever it comes", clear_at_any_moment),
		BOTH_ISA("CLEAR ends tracing", clear_ends_tracing),
		BOTH_ISA("a bad instruction is told and stops its core alone", error_stops),
		BOTH_ISA("one instruction too many is told and stops the program", overflow),
		BOTH_ISA("every reset ends every program", reset_ends_programs),
		BOTH_ISA("a reset of one core spares the programs of others",
			 core_reset_spares_others),
		BOTH_ISA("after a reset a program writes no more", reset_keeps_its_memory_clean),
		BOTH_ISA("a card that comes back from death goes on where it was", death_and_return),
		BOTH_ISA("instructions stored during a reset are lost", stores_during_a_reset),
		BOTH_ISA("a neighbour may send instructions", from_the_neighbour),
		BOTH_ISA("the FIFO reads as zero and takes whole words", reads_as_zero),
		PLAIN("an emulator ends while programs are busy", ends_while_busy),
	};

	return cmocka_run_group_tests_name("isa", tests, NULL, NULL);
}
