// SPDX-License-Identifier: GPL-2.0
/* Interrupt moderation: docs/hardware, sections 3.6, 3.12.1 and 8.2. */
#include "model.h"

#define A		0x0000u
#define B		0x0040u
#define SET		0x08
#define CAUSE		0x00
#define UNMASK		0x18
#define CONTROL		0x28
#define AUTO_CLEAR	(1u << 2)
#define POSEDGE		(1u << 3)
#define RESET_TIMERS	(1u << 4)
#define RESOLUTION(n)	((uint32_t)(n) << 24)
#define GROUP_INTERVAL(n) ((uint32_t)(n) << 16)
#define UNIT_NS		1000ull	/* assumed by the model, and said so there */
#define LONGEST_NS	(255 * 15 * UNIT_NS)
#define ENGINE		7u

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void w(struct model *m, uint32_t off, uint32_t value)
{
	wr(m, udma(ENGINE) + GEN + off, value);
}

static uint32_t causes(struct model *m)
{
	return rd(m, udma(ENGINE) + GEN + B + CAUSE);
}

static void set_interval(struct model *m, unsigned int group, unsigned int bit, uint32_t value)
{
	w(m, 0x400 + group * 0x100 + bit * 8, value);
}

static unsigned int messages(struct model *m)
{
	return atomic_load(&m->irqs[1 + ENGINE]);
}

static void unmask(struct model *m, uint32_t bits, uint32_t control)
{
	w(m, B + CONTROL, AUTO_CLEAR | POSEDGE | control);
	w(m, A + UNMASK, ~1u);
	w(m, B + UNMASK, ~bits);
}

static void raise_until(struct model *m, uint32_t bits, unsigned int count)
{
	w(m, B + SET, bits);
	until(messages(m) == count);
}

static void interval_is_kept(void **state)
{
	struct model *m = *state;
	uint64_t begin;

	unmask(m, 1u << 9, RESOLUTION(15));
	set_interval(m, 1, 9, 255);
	begin = now_ns();
	w(m, B + SET, 1u << 9);
	assert_int_equal(messages(m), 1); /* the first one goes at once */
	raise_until(m, 1u << 9, 2);
	assert_true(now_ns() - begin >= LONGEST_NS);
	raise_until(m, 1u << 9, 3);
	assert_true(now_ns() - begin >= 2 * LONGEST_NS);
}

static void burst_is_thinned(void **state)
{
	struct model *m = *state;
	uint64_t begin = now_ns(), most;
	unsigned int i;

	unmask(m, 1u << 3, RESOLUTION(15) | GROUP_INTERVAL(255));
	for (i = 0; i < 1000; i++)
		w(m, B + SET, 1u << 3);
	until(!causes(m)); /* nothing is lost: the last one is sent */
	until(messages(m) >= 2);
	most = 1 + (now_ns() - begin) / LONGEST_NS;
	assert_true(messages(m) <= most);
}

/* The interval of the group holds for causes that have none of their own. */
static void own_interval_counts_first(void **state)
{
	struct model *m = *state;
	uint64_t begin = now_ns();

	unmask(m, 6, RESOLUTION(1) | GROUP_INTERVAL(1));
	set_interval(m, 1, 2, 200);
	w(m, B + SET, 2);
	raise_until(m, 2, 2);
	assert_true(now_ns() - begin >= UNIT_NS);
	begin = now_ns();
	raise_until(m, 4, 3);
	raise_until(m, 4, 4);
	assert_true(now_ns() - begin >= 200 * UNIT_NS);
}

static void other_causes_are_not_held(void **state)
{
	struct model *m = *state;
	unsigned int i;

	unmask(m, 3u << 9, RESOLUTION(15));
	set_interval(m, 1, 9, 255);
	w(m, B + SET, 1u << 9);
	for (i = 2; i < 6; i++) {
		unsigned int before = messages(m);

		w(m, B + SET, 1u << 10);
		assert_in_range(messages(m), before + 1, before + 2);
	}
}

static void held_cause_is_told_later(void **state)
{
	struct model *m = *state;
	uint64_t begin = now_ns();

	unmask(m, 3u << 9, RESOLUTION(15));
	set_interval(m, 1, 9, 255);
	w(m, B + SET, 1u << 9);
	w(m, B + SET, 1u << 9);	/* held */
	w(m, B + SET, 1u << 10); /* goes at once, and takes only itself along */
	assert_false(causes(m) & 1u << 10);
	until(!causes(m));
	assert_true(now_ns() - begin >= LONGEST_NS);
}

static void timers_can_be_reset(void **state)
{
	struct model *m = *state;
	unsigned int i;

	unmask(m, 1, RESOLUTION(15) | GROUP_INTERVAL(255));
	for (i = 1; i <= 20; i++) {
		w(m, B + SET, 1);
		w(m, B + SET, 1);
		w(m, B + CONTROL, AUTO_CLEAR | POSEDGE | RESET_TIMERS | RESOLUTION(15) |
		  GROUP_INTERVAL(255));
		assert_int_equal(causes(m), 0);
		until(messages(m) > i);
	}
	assert_int_equal(rd(m, udma(ENGINE) + GEN + B + CONTROL),
			 AUTO_CLEAR | POSEDGE | RESOLUTION(15) | GROUP_INTERVAL(255));
}

static void summary_has_its_own(void **state)
{
	struct model *m = *state;
	uint64_t begin = now_ns();

	unmask(m, 3, 0);
	w(m, A + CONTROL, AUTO_CLEAR | RESOLUTION(15));
	set_interval(m, 0, 0, 255);
	w(m, B + SET, 1);
	assert_int_equal(messages(m), 1);
	raise_until(m, 2, 2);
	assert_true(now_ns() - begin >= LONGEST_NS);
}

static void without_resolution_nothing_is_held(void **state)
{
	struct model *m = *state;
	unsigned int i;

	unmask(m, 1, GROUP_INTERVAL(255));
	set_interval(m, 1, 0, 255);
	for (i = 1; i <= 20; i++) {
		w(m, B + SET, 1);
		assert_int_equal(messages(m), i);
	}
}

/* Without auto-clear the line stays up: the end of the interval repeats nothing. */
static void level_is_told_once(void **state)
{
	uint32_t other = udma(ENGINE + 1) + GEN;
	struct model *m = *state;

	w(m, B + CONTROL, RESOLUTION(15) | GROUP_INTERVAL(255));
	w(m, A + UNMASK, ~1u);
	w(m, B + UNMASK, ~1u);
	w(m, B + SET, 1);
	w(m, B + SET, 1);
	/* The same on another engine, later, tells when the interval here is over. */
	wr(m, other + B + CONTROL, AUTO_CLEAR | RESOLUTION(15) | GROUP_INTERVAL(255));
	wr(m, other + A + UNMASK, ~1u);
	wr(m, other + B + UNMASK, ~1u);
	wr(m, other + B + SET, 1);
	wr(m, other + B + SET, 1);
	until(atomic_load(&m->irqs[1 + ENGINE + 1]) == 2);
	assert_int_equal(messages(m), 1);
	w(m, B + CAUSE, 0);
	raise_until(m, 1, 2);
}

static void intervals_read_back(void **state)
{
	struct model *m = *state;
	unsigned int group, bit;

	for (group = 0; group < 4; group++) {
		for (bit = 0; bit < 32; bit++) {
			uint32_t off = udma(ENGINE) + GEN + 0x400 + group * 0x100 + bit * 8;

			wr(m, off, group << 5 | bit);
			wr(m, off + 4, 0x1000 + bit); /* target id: kept, without effect */
			assert_int_equal(rd(m, off), group << 5 | bit);
			assert_int_equal(rd(m, off + 4), 0x1000 + bit);
		}
	}
}

static void interrupts_of_work(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, ENGINE, 9, 256);
	uint64_t begin = now_ns(), most;
	unsigned int i;

	unmask(m, 1u << 9, RESOLUTION(15) | GROUP_INTERVAL(255));
	for (i = 0; i < 200; i++) {
		ring_put(&r, 1, 4 | DESC_INT, 0, dev_host(0x500000));
		ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
		ring_start(&r, 1);
	}
	ring_wait_empty(&r);
	until(!causes(m));
	until(messages(m) >= 1);
	most = 1 + (now_ns() - begin) / LONGEST_NS;
	assert_true(messages(m) <= most);
}

/* A reset forgets the timers, and the register with them. */
static void reset_frees(void **state)
{
	struct model *m = *state;

	unmask(m, 1, RESOLUTION(15) | GROUP_INTERVAL(255));
	set_interval(m, 1, 0, 255);
	w(m, B + SET, 1);
	emu_card_reset(m->card, EMU_RESET_FLR);
	assert_int_equal(rd(m, udma(ENGINE) + GEN + 0x500), 0);
	unmask(m, 1, 0);
	w(m, B + SET, 1);
	assert_int_equal(messages(m), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_MODES("no two messages of a cause are nearer than its interval",
			   interval_is_kept),
		ONE_MODE("a burst sends few messages and loses none", burst_is_thinned),
		ONE_MODE("a cause's own interval counts before the group's",
			 own_interval_counts_first),
		ONE_MODE("other causes of the group are not held", other_causes_are_not_held),
		ONE_MODE("a held cause is told when its time comes", held_cause_is_told_later),
		ONE_MODE("control bit 4 frees what is held, and reads 0", timers_can_be_reset),
		ONE_MODE("group A is moderated as well", summary_has_its_own),
		ONE_MODE("a resolution of 0 moderates nothing", without_resolution_nothing_is_held),
		ONE_MODE("a level is told once, not once per interval", level_is_told_once),
		ONE_MODE("intervals and target ids read back", intervals_read_back),
		BOTH_MODES("interrupts of descriptors are moderated", interrupts_of_work),
		BOTH_MODES("a reset forgets moderation", reset_frees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
