/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card that does nothing but remember: stands in for the device model, so
 * that transport and control socket are tested without it. Defines the
 * functions of card.h; include it from one file per program.
 */
#ifndef NEURON_TEST_FAKE_CARD_H
#define NEURON_TEST_FAKE_CARD_H

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "hostmem.h"

#define FAKE_CARDS	3
#define FAKE_LOG	64

struct fake_access {
	unsigned int bar;
	uint64_t off;
	size_t len;
	uint8_t data[8];
};

struct emu_card {
	struct emu_hostmem *hm;
	int dram_fd;
	bool dead;
	bool master;
	bool asleep;
	unsigned int attached;
	unsigned int detached;
	unsigned int resets[3];
	unsigned int reads;
	unsigned int writes;
	struct fake_access last_read;
	struct fake_access written[FAKE_LOG];
	void (*raise)(void *arg, unsigned int source);
	void *raise_arg;
};

struct emu_box {
	struct emu_trace *trace;
	struct emu_card cards[FAKE_CARDS];
};

static inline void fake_card_init(struct emu_card *card)
{
	memset(card, 0, sizeof(*card));
	card->hm = emu_hostmem_create();
	card->dram_fd = memfd_create("dram", MFD_CLOEXEC);
	if (ftruncate(card->dram_fd, EMU_DRAM_BYTES))
		card->dram_fd = -1;
}

static inline void fake_card_fini(struct emu_card *card)
{
	emu_hostmem_destroy(card->hm);
	close(card->dram_fd);
}

unsigned int emu_box_count(const struct emu_box *box)
{
	(void)box;
	return FAKE_CARDS;
}

struct emu_card *emu_box_card(struct emu_box *box, unsigned int index)
{
	return &box->cards[index];
}

struct emu_trace *emu_box_trace(struct emu_box *box)
{
	return box->trace;
}

void emu_card_attach(struct emu_card *card)
{
	card->attached++;
}

void emu_card_detach(struct emu_card *card)
{
	card->detached++;
}

/* A byte is read as the low bits of its own offset. */
void emu_card_bar_read(struct emu_card *card, unsigned int bar, uint64_t off, void *buf,
		       size_t len)
{
	size_t i;

	card->reads++;
	card->last_read = (struct fake_access){ .bar = bar, .off = off, .len = len };
	for (i = 0; i < len; i++)
		((uint8_t *)buf)[i] = off + i;
}

void emu_card_bar_write(struct emu_card *card, unsigned int bar, uint64_t off, const void *buf,
			size_t len)
{
	struct fake_access *w = &card->written[card->writes++ % FAKE_LOG];

	*w = (struct fake_access){ .bar = bar, .off = off, .len = len };
	memcpy(w->data, buf, len < sizeof(w->data) ? len : sizeof(w->data));
}

void emu_card_reset(struct emu_card *card, enum emu_reset_kind kind)
{
	card->resets[kind]++;
}

void emu_card_set_bus_master(struct emu_card *card, bool on)
{
	card->master = on;
}

void emu_card_set_asleep(struct emu_card *card, bool asleep)
{
	card->asleep = asleep;
}

struct emu_hostmem *emu_card_hostmem(struct emu_card *card)
{
	return card->hm;
}

int emu_card_dram_fd(const struct emu_card *card)
{
	return card->dram_fd;
}

void emu_card_set_irq(struct emu_card *card, void (*raise)(void *arg, unsigned int source),
		      void *arg)
{
	card->raise = raise;
	card->raise_arg = arg;
}

bool emu_card_is_dead(const struct emu_card *card)
{
	return card->dead;
}

/* Commands of the stand-in: echo, fail, silent (error without a text), garbage. */
int emu_card_command(struct emu_card *card, int argc, char **argv, FILE *out)
{
	int i;

	(void)card;
	if (!strcmp(argv[0], "garbage"))
		return fputs("not JSON", out) < 0 ? -EIO : 0;
	if (!strcmp(argv[0], "silent")) {
		fputs("{}", out);
		return -ENODEV;
	}
	if (!strcmp(argv[0], "fail")) {
		fputs("{\"error\":\"as asked\"}\n", out);
		return -EINVAL;
	}
	fputs("{\n\t\"words\": [", out);
	for (i = 0; i < argc; i++)
		fprintf(out, "%s\n\"%s\"", i ? "," : "", argv[i]);
	fputs("]\n}\n", out);
	return 0;
}

#endif
