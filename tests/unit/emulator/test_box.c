// SPDX-License-Identifier: GPL-2.0
/* Cards of one process: links, topologies, hot-plug slots; docs/hardware, section 4.10. */
#include "model.h"

static uint32_t links(struct model *m, unsigned int card)
{
	return card_load(emu_box_card(m->box, card), 0, MISC + 0x1C) & 3;
}

static struct model *make(unsigned int cards, unsigned int spare, enum emu_topology topology)
{
	struct emu_opts opts = model_opts(true);

	opts.nr_cards = cards;
	opts.nr_spare = spare;
	opts.topology = topology;
	return model_create(&opts);
}

static void topologies(void **state)
{
	static const struct {
		unsigned int cards;
		enum emu_topology topology;
		uint32_t first, middle, last;
	} want[] = {
		{ 4, EMU_TOPOLOGY_RING, 3, 3, 3 }, { 4, EMU_TOPOLOGY_LINE, 1, 3, 2 },
		{ 4, EMU_TOPOLOGY_NONE, 0, 0, 0 }, { 2, EMU_TOPOLOGY_RING, 3, 3, 3 },
		{ 2, EMU_TOPOLOGY_LINE, 1, 2, 2 }, { 1, EMU_TOPOLOGY_RING, 0, 0, 0 },
		{ 1, EMU_TOPOLOGY_LINE, 0, 0, 0 }, { 16, EMU_TOPOLOGY_RING, 3, 3, 3 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct model *m = make(want[i].cards, 2, want[i].topology);

		assert_int_equal(emu_box_count(m->box), want[i].cards + 2);
		assert_null(emu_box_card(m->box, want[i].cards + 2));
		assert_int_equal(links(m, 0), want[i].first);
		assert_int_equal(links(m, want[i].cards / 2), want[i].middle);
		assert_int_equal(links(m, want[i].cards - 1), want[i].last);
		assert_int_equal(links(m, want[i].cards), 0); /* spare cards have no links */
		model_destroy(m);
	}
}

static void links_need_a_peer(void **state)
{
	struct model *m = make(3, 0, EMU_TOPOLOGY_RING);
	struct emu_card *east = emu_box_card(m->box, 1);
	unsigned int told = atomic_load(&m->irqs[0]);

	(void)state;
	emu_card_detach(east);
	assert_int_equal(links(m, 0), 2);
	assert_int_equal(links(m, 2), 1);
	assert_int_equal(atomic_load(&m->irqs[0]), told + 1);
	emu_card_attach(east);
	assert_int_equal(links(m, 0), 3);
	json_object_put(control_on(east, "inject device dead", 0));
	assert_int_equal(links(m, 0), 2);
	json_object_put(control_on(east, "inject device alive", 0));
	assert_int_equal(links(m, 0), 3);
	model_destroy(m);
}

static void cables_have_two_ends(void **state)
{
	struct model *m = make(3, 1, EMU_TOPOLOGY_LINE);

	(void)state;
	control(m, "link east down");
	assert_int_equal(links(m, 0), 0);
	assert_int_equal(links(m, 1), 1);
	json_object_put(control_on(emu_box_card(m->box, 1), "link west up", 0));
	assert_int_equal(links(m, 0), 1);
	json_object_put(control_on(m->card, "link west up", -19)); /* ENODEV: end of the line */
	json_object_put(control_on(emu_box_card(m->box, 3), "link east up", -19));
	model_destroy(m);
}

static void two_cards_have_two_cables(void **state)
{
	struct model *m = make(2, 0, EMU_TOPOLOGY_RING);

	(void)state;
	control(m, "link east down");
	assert_int_equal(links(m, 0), 2);
	assert_int_equal(links(m, 1), 1);
	model_destroy(m);
}

static void irq_of_one_card(void **state)
{
	struct model *m = make(2, 0, EMU_TOPOLOGY_NONE);

	(void)state;
	json_object_put(control_on(emu_box_card(m->box, 1), "show", 0));
	card_store(emu_box_card(m->box, 1), 0, MISC + 0x1EC, 1);
	card_store(emu_box_card(m->box, 1), 0, MISC + 0x800, 1);
	until(!card_load(emu_box_card(m->box, 1), 0, MISC + 0x1EC));
	assert_int_equal(atomic_load(&m->irqs[0]), 0);
	emu_card_set_irq(m->card, NULL, NULL);
	card_store(m->card, 0, MISC + 0x1EC, 2);
	card_store(m->card, 0, MISC + 0x800, 1);
	until(!rd(m, MISC + 0x1EC));
	assert_int_equal(atomic_load(&m->irqs[0]), 0);
	model_destroy(m);
}

static void destroyed_while_working(void **state)
{
	unsigned int lap, i;

	(void)state;
	for (lap = 0; lap < 10; lap++) {
		struct emu_opts opts = model_opts(lap & 1);
		struct model *m;
		struct ring r;

		opts.reset_ms = 1000;
		m = model_create(&opts);
		r = ring_make(m, 0, 0, 256);
		for (i = 0; i < 200; i++)
			ring_put_copy(&r, DRAM1, DRAM0, 65536);
		ring_start(&r, 200);
		control(m, "inject fwio delay 1000");
		wr(m, MISC + 0x800, 1);
		if (lap & 2)
			wr(m, MISC + 0x1EC, 1);
		wr(m, MISC + 0x800, 1);
		model_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN("rings, lines and lone cards are linked as asked", topologies),
		PLAIN("a link is up only while a live card is at its end", links_need_a_peer),
		PLAIN("a cable that is unplugged is down at both ends", cables_have_two_ends),
		PLAIN("two cards in a ring have two cables", two_cards_have_two_cables),
		PLAIN("interrupts are a card's own, and end when unset", irq_of_one_card),
		PLAIN("a box can be destroyed in the middle of its work", destroyed_while_working),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
