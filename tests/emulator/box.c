// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "box.h"

static void stop_threads(struct emu_box *box, bool clock, bool pool)
{
	if (clock)
		emu_clock_stop(&box->clock);
	if (pool)
		emu_pool_stop(&box->pool);
}

static void free_cards(struct emu_box *box)
{
	unsigned int i;

	for (i = 0; box->card && i < box->nr_cards; i++) {
		if (!box->card[i])
			continue;
		emu_card_fini(box->card[i]);
		free(box->card[i]);
	}
	free(box->card);
	free(box->link_up);
	emu_trace_destroy(box->trace);
	free(box);
}

static int make_cards(struct emu_box *box)
{
	unsigned int i;
	int err;

	box->card = calloc(box->nr_cards, sizeof(*box->card));
	box->link_up = calloc(box->nr_cards, sizeof(*box->link_up));
	box->trace = emu_trace_create(box->nr_cards);
	if (!box->card || !box->link_up || !box->trace)
		return -ENOMEM;
	for (i = 0; i < box->nr_cards; i++) {
		atomic_init(&box->link_up[i], true);
		box->card[i] = calloc(1, sizeof(*box->card[i]));
		if (!box->card[i])
			return -ENOMEM;
		err = emu_card_init(box->card[i], box, i);
		if (err)
			return err;
	}
	return 0;
}

/**
 * emu_box_create() - make the cards of one process
 * @opts: copied
 * Context: any; starts threads.
 * Return: the box, or NULL with errno set.
 */
struct emu_box *emu_box_create(const struct emu_opts *opts)
{
	struct emu_box *box = calloc(1, sizeof(*box));
	int err;

	if (!box)
		return NULL;
	box->opts = *opts;
	if (!box->opts.bar4_bytes || box->opts.bar4_bytes > EMU_DRAM_BYTES)
		box->opts.bar4_bytes = EMU_DRAM_BYTES;
	box->nr_cards = opts->nr_cards + opts->nr_spare;
	err = emu_clock_start(&box->clock);
	if (err)
		goto fail_free;
	err = emu_pool_start(&box->pool, opts->dma_inline);
	if (!err)
		err = make_cards(box);
	if (!err)
		return box;
	stop_threads(box, true, true);
fail_free:
	free_cards(box);
	errno = -err;
	return NULL;
}

/**
 * emu_box_destroy() - stop the threads and free everything
 * @box: may be NULL
 * Context: nobody uses the box or its cards any more.
 */
void emu_box_destroy(struct emu_box *box)
{
	if (!box)
		return;
	stop_threads(box, true, true);
	free_cards(box);
}

/**
 * emu_box_count() - how many cards there are
 * @box: the box
 * Context: any.
 * Return: cards and spare cards together.
 */
unsigned int emu_box_count(const struct emu_box *box)
{
	return box->nr_cards;
}

/**
 * emu_box_card() - one card
 * @box: the box
 * @index: cards first, then spare ones
 * Context: any.
 * Return: the card, or NULL if there is none.
 */
struct emu_card *emu_box_card(struct emu_box *box, unsigned int index)
{
	return index < box->nr_cards ? box->card[index] : NULL;
}

/**
 * emu_box_trace() - the log of what happens on the cards
 * @box: the box
 * Context: any.
 * Return: owned by the box.
 */
struct emu_trace *emu_box_trace(struct emu_box *box)
{
	return box->trace;
}

/* The card whose east side carries the link, or -1: there is none. */
static int link_of(const struct emu_card *card, enum emu_side side)
{
	unsigned int linked = card->opts->nr_cards, i = card->index;

	if (i >= linked || linked < 2 || card->opts->topology == EMU_TOPOLOGY_NONE)
		return -1;
	if (card->opts->topology == EMU_TOPOLOGY_LINE &&
	    i == (side == EMU_EAST ? linked - 1 : 0))
		return -1;
	return (int)(side == EMU_EAST ? i : (i + linked - 1) % linked);
}

/**
 * emu_box_configured() - the card at the other end of a link, whether it is up or not
 * @card: this card
 * @side: which of its sides
 * Context: any.
 * Return: the card, or NULL if nothing is linked there.
 */
struct emu_card *emu_box_configured(struct emu_card *card, enum emu_side side)
{
	unsigned int linked = card->opts->nr_cards;
	int link = link_of(card, side);

	if (link < 0)
		return NULL;
	return card->box->card[side == EMU_EAST ? (card->index + 1) % linked : (unsigned int)link];
}

/**
 * emu_box_neighbour() - the card that can be reached on a side now
 * @card: this card
 * @side: which of its sides
 * Context: any.
 * Return: the card, or NULL: not linked, link down, or no live card at the other end.
 */
struct emu_card *emu_box_neighbour(struct emu_card *card, enum emu_side side)
{
	struct emu_card *peer = emu_box_configured(card, side);

	if (!peer || !atomic_load(&card->box->link_up[link_of(card, side)]) ||
	    !atomic_load(&peer->attached) || atomic_load(&peer->dead))
		return NULL;
	return peer;
}

/* A card learns that something changed at one of its sides. */
static void tell(struct emu_card *card, enum emu_side side)
{
	if (!card)
		return;
	EMU_TRACE(&card->trace, LINK, link, .east = side == EMU_EAST,
		  .up = emu_box_neighbour(card, side));
	emu_card_enter(card);
	emu_card_irq(card, EMU_IRQ_FIRMWARE);
	emu_card_leave(card);
}

/**
 * emu_box_links_changed() - neighbours learn that a card came or went
 * @card: that card
 * Context: no card lock held.
 */
void emu_box_links_changed(struct emu_card *card)
{
	tell(emu_box_configured(card, EMU_EAST), EMU_WEST);
	tell(emu_box_configured(card, EMU_WEST), EMU_EAST);
}

/**
 * emu_box_set_link() - plug or unplug the cable at one side of a card
 * @card: this card
 * @side: which of its sides
 * @up: true: plugged
 * Context: no card lock held.
 * Return: 0, or -ENODEV if nothing is linked there.
 */
int emu_box_set_link(struct emu_card *card, enum emu_side side, bool up)
{
	int link = link_of(card, side);

	if (link < 0)
		return -ENODEV;
	if (atomic_exchange(&card->box->link_up[link], up) == up)
		return 0;
	tell(card, side);
	tell(emu_box_configured(card, side), side == EMU_EAST ? EMU_WEST : EMU_EAST);
	return 0;
}
