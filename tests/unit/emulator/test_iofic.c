// SPDX-License-Identifier: GPL-2.0
/* Interrupt controllers and their messages: docs/hardware, sections 3.12 and 8. */
#include "model.h"

#define CAUSE		0x00
#define SET		0x08
#define MASK		0x10
#define UNMASK		0x18
#define STATUS		0x20
#define CONTROL		0x28
#define ABORT_MASK	0x30
#define A		0x0000u
#define B		0x0040u
#define C		0x0080u
#define D		0x00C0u
#define SEC_A		0x2000u
#define SEC_B		0x2040u

#define CLEAR_ON_READ	(1u << 0)
#define AUTO_MASK	(1u << 1)
#define AUTO_CLEAR	(1u << 2)
#define POSEDGE		(1u << 3)
#define SUPPRESS	(1u << 5)

static void w(struct model *m, uint32_t group, uint32_t reg, uint32_t value)
{
	wr(m, udma(4) + GEN + group + reg, value);
}

static uint32_t r(struct model *m, uint32_t group, uint32_t reg)
{
	return rd(m, udma(4) + GEN + group + reg);
}

static unsigned int completions(struct model *m)
{
	return atomic_load(&m->irqs[1 + 4]);
}

static unsigned int errors(struct model *m)
{
	return atomic_load(&m->irqs[13 + 4]);
}

static void group_registers(void **state)
{
	static const uint32_t groups[] = { A, B, C, D, SEC_A, SEC_B, 0x2080, 0x2D00, 0x2E00,
					   0x2F00, 0x3000, 0x3100, 0x3200, 0x3300 };
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		uint32_t g = groups[i];

		assert_int_equal(r(m, g, MASK), 0xffffffff);
		assert_int_equal(r(m, g, ABORT_MASK), 0xffffffff);
		assert_int_equal(r(m, g, UNMASK), 0);
		w(m, g, SET, 0xf0);
		w(m, g, SET, 0x0f);
		assert_int_equal(r(m, g, CAUSE), 0xff);
		w(m, g, CAUSE, 0xffffff3f); /* 0 clears, 1 leaves */
		assert_int_equal(r(m, g, CAUSE), 0x3f);
		w(m, g, UNMASK, 0xffff00ff); /* 0 unmasks, 1 leaves */
		w(m, g, UNMASK, 0xff00ffff);
		assert_int_equal(r(m, g, MASK), 0xff0000ff);
		w(m, g, MASK, 0xffffffff);
		w(m, g, CONTROL, CLEAR_ON_READ);
		assert_int_equal(r(m, g, CAUSE), 0x3f);
		assert_int_equal(r(m, g, CAUSE), 0);
		w(m, g, CONTROL, 0);
	}
	assert_int_equal(counter(m, "interrupts"), 0);
}

static void edge_scheme(void **state)
{
	struct model *m = *state;

	w(m, B, CONTROL, AUTO_CLEAR | POSEDGE);
	w(m, A, UNMASK, ~1u);
	w(m, B, UNMASK, ~(1u << 15));
	w(m, B, SET, 1u << 15);
	assert_int_equal(completions(m), 1);
	assert_int_equal(r(m, B, CAUSE), 0); /* cleared by sending */
	w(m, B, SET, 1u << 15);
	assert_int_equal(completions(m), 2);
	w(m, B, SET, 1u << 14); /* masked: stays, silently */
	assert_int_equal(completions(m), 2);
	assert_int_equal(r(m, B, CAUSE), 1u << 14);
	w(m, B, UNMASK, ~(1u << 14));
	assert_int_equal(completions(m), 3);
}

static void auto_mask(void **state)
{
	struct model *m = *state;

	w(m, B, CONTROL, AUTO_CLEAR | AUTO_MASK);
	w(m, A, UNMASK, ~1u);
	w(m, B, UNMASK, ~2u);
	w(m, B, SET, 2);
	w(m, B, SET, 2);
	w(m, B, SET, 2);
	assert_int_equal(completions(m), 1);
	assert_int_equal(r(m, B, MASK), 0xffffffff);
	w(m, B, UNMASK, ~2u); /* what came meanwhile is told now */
	assert_int_equal(completions(m), 2);
}

static void level_scheme(void **state)
{
	struct model *m = *state;

	w(m, A, UNMASK, ~3u);
	w(m, C, UNMASK, 0);
	w(m, C, SET, 1);
	assert_int_equal(completions(m), 1);
	assert_int_equal(r(m, A, CAUSE), 2);
	assert_int_equal(r(m, A, STATUS), 2);
	w(m, C, SET, 2); /* the line is up already */
	assert_int_equal(completions(m), 1);
	w(m, C, CAUSE, 0);
	assert_int_equal(r(m, A, CAUSE), 0);
	w(m, C, SET, 2);
	assert_int_equal(completions(m), 2);
}

static void suppressed(void **state)
{
	struct model *m = *state;

	w(m, A, UNMASK, ~7u);
	w(m, B, UNMASK, 0);
	w(m, B, CONTROL, SUPPRESS);
	w(m, B, SET, 1);
	assert_int_equal(completions(m), 0);
	assert_int_equal(r(m, A, CAUSE), 1);
	w(m, B, CONTROL, 0);
	assert_int_equal(completions(m), 1);
}

static void summary_needs_its_own_unmask(void **state)
{
	struct model *m = *state;

	w(m, B, UNMASK, 0);
	w(m, B, SET, 1);
	assert_int_equal(completions(m), 0);
	w(m, A, UNMASK, ~1u);
	assert_int_equal(completions(m), 1);
}

static void errors_sum_up(void **state)
{
	struct model *m = *state;

	w(m, SEC_A, UNMASK, 0xF0000000);
	w(m, D, UNMASK, ~(1u << 8));
	w(m, A, UNMASK, ~4u);
	w(m, SEC_A, SET, 1u << 17);
	assert_int_equal(errors(m), 1);
	assert_int_equal(completions(m), 0);
	assert_int_equal(r(m, D, CAUSE), 1u << 8);
	assert_int_equal(r(m, A, CAUSE), 4);
	assert_int_equal(rd(m, udma(4) + 0x200), 0); /* abort mask is set */
	w(m, SEC_A, CAUSE, 0);
	assert_int_equal(r(m, A, CAUSE), 0);
}

static void as_published_errors_are_silent(void **state)
{
	struct model *m = *state;

	w(m, SEC_A, CONTROL, 0x28);
	w(m, D, CONTROL, 0x28);
	w(m, SEC_A, UNMASK, 0xF0000000);
	w(m, D, UNMASK, 0xFFFFFAFF);
	w(m, A, UNMASK, 0);
	w(m, SEC_A, SET, 1u << 8);
	assert_int_equal(errors(m), 0);
	assert_int_equal(r(m, D, CAUSE), 1u << 8);
	/* Latched at the edge: it stays when the source has gone. */
	w(m, SEC_A, CAUSE, 0);
	assert_int_equal(r(m, D, CAUSE), 1u << 8);
	w(m, D, CAUSE, 0);
	assert_int_equal(r(m, D, CAUSE), 0);
}

static void cause_set_aborts(void **state)
{
	struct model *m = *state;

	w(m, SEC_B, ABORT_MASK, ~(1u << 24));
	w(m, SEC_B, SET, 1u << 25);
	assert_int_equal(rd(m, udma(4) + 0x200), 0);
	w(m, SEC_B, SET, 1u << 24);
	assert_int_equal(rd(m, udma(4) + 0x200), 0x2222);
	assert_int_equal(rd(m, udma(4) + S2M + 0x200), 0x22222);
	/* Other engines do not care, and clearing a mask later changes nothing. */
	assert_int_equal(rd(m, udma(5) + 0x200), 0);
}

static void interrupts_of_work(void **state)
{
	struct model *m = *state;
	struct ring ring = ring_make(m, 4, 9, 64);
	unsigned int i;

	w(m, B, CONTROL, AUTO_CLEAR | POSEDGE);
	w(m, A, UNMASK, ~1u);
	w(m, B, UNMASK, ~(1u << 9));
	for (i = 1; i <= 100; i++) {
		put(m->host + 0x400000, i);
		ring_put(&ring, 1, 4 | DESC_INT, 0, dev_host(0x500000));
		ring_put(&ring, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
		ring_start(&ring, 1);
		until(completions(m) == i);
		assert_int_equal(get(m->host + 0x500000), i); /* data before interrupt */
	}
}

/* Section 8.4: which source has which number. */
static void every_engine_has_its_vectors(void **state)
{
	struct model *m = *state;
	unsigned int e, v, expected;

	for (e = 0; e < 12; e++) {
		uint32_t g = udma(e) + GEN;

		wr(m, g + A + UNMASK, 0);
		wr(m, g + B + UNMASK, 0);
		wr(m, g + C + UNMASK, 0);
		wr(m, g + D + UNMASK, 0);
		wr(m, g + (e & 1 ? B : C) + SET, 1u << e);
		wr(m, g + D + SET, 1u << 11);
	}
	for (v = 0; v < 32; v++) {
		expected = v >= 1 && v < 25;
		assert_int_equal(atomic_load(&m->irqs[v]), expected);
	}
}

static int setup_linked(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.nr_cards = 3;
	*state = model_create(&opts);
	return 0;
}

static void firmware_tells_of_links(void **state)
{
	struct model *m = *state;
	unsigned int before = atomic_load(&m->irqs[0]);

	control(m, "link east down");
	assert_int_equal(atomic_load(&m->irqs[0]), before + 1);
	emu_card_detach(emu_box_card(m->box, 2)); /* the western neighbour goes */
	assert_int_equal(atomic_load(&m->irqs[0]), before + 2);
	control(m, "link east down"); /* no change */
	assert_int_equal(atomic_load(&m->irqs[0]), before + 2);
}

static int setup_no_irq(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.irq_mode = EMU_IRQ_NONE;
	*state = model_create(&opts);
	return 0;
}

static void nothing_sent_nothing_cleared(void **state)
{
	struct model *m = *state;

	w(m, B, CONTROL, AUTO_CLEAR | AUTO_MASK | POSEDGE);
	w(m, A, UNMASK, 0);
	w(m, B, UNMASK, 0);
	w(m, B, SET, 4);
	assert_int_equal(completions(m), 0);
	assert_int_equal(r(m, B, CAUSE), 4);
	assert_int_equal(r(m, B, MASK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("all 14 groups set, clear, mask and clear on read", group_registers),
		ONE_MODE("auto-clear: every cause sends one message", edge_scheme),
		ONE_MODE("auto-mask: one message until unmasked", auto_mask),
		ONE_MODE("level: one message until the causes are cleared", level_scheme),
		ONE_MODE("control bit 5 keeps a group silent", suppressed),
		ONE_MODE("group A has to be unmasked as well", summary_needs_its_own_unmask),
		ONE_MODE("unmasked errors reach the error vector", errors_sum_up),
		ONE_MODE("as published drivers program it, errors are latched and silent",
			 as_published_errors_are_silent),
		ONE_MODE("a cause set by software aborts as its mask says", cause_set_aborts),
		ONE_MODE("every engine has two vectors of its own", every_engine_has_its_vectors),
		{ "vector 0 tells of links that change", firmware_tells_of_links, setup_linked,
		  model_teardown, NULL },
		BOTH_MODES("every INT descriptor interrupts once, after its data",
			   interrupts_of_work),
		{ "without an interrupt capability nothing is cleared by sending",
		  nothing_sent_nothing_cleared, setup_no_irq, model_teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
