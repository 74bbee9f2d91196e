// SPDX-License-Identifier: GPL-2.0
/* What one of many costs, in one send or in one list, compared with one alone. */
#include <linux/netlink.h>
#include <stdio.h>

#include "control.h"

#define SINGLES		200
#define GROUPS		16
#define RING		65536	/* descriptors */
#define LIST_TARGET	32

/** struct batch - so many requests in one send */
struct batch {
	struct asked *asked;
	unsigned int size;
	bool memory;
};

static void send_batch(void *arg, unsigned int times)
{
	struct batch *batch = arg;
	struct card *card = &batch->asked->card;
	unsigned int i;

	while (times--) {
		card->link.length = 0;
		for (i = 0; i < batch->size; i++) {
			msg_more(&card->link, groups.family, batch->memory ?
				 NEURON_CMD_MEM_GET : NEURON_CMD_DEVICE_GET, 0);
			if (batch->memory) {
				msg_u32(&card->link, NEURON_A_MEM_CTX_FD, card->fd);
				msg_u32(&card->link, NEURON_A_MEM_MEM_ID, batch->asked->mem);
			} else {
				msg_u32(&card->link, NEURON_A_DEVICE_DEV_INDEX, card->index);
			}
		}
		link_send(&card->link);
		link_get(&card->link, batch->size);
	}
}

static void one_batch(struct asked *asked, unsigned int size, bool memory)
{
	struct batch batch = { asked, size, memory };
	struct side single = { memory ? get_memory : get_device, asked, SINGLES, 0, NULL };
	struct side many = { send_batch, &batch, GROUPS, 0, NULL };
	char name[80];

	race(&single, &many);
	snprintf(name, sizeof(name), "%s, one of %u in a send, to one alone",
		 memory ? "mem-get" : "device-get", size);
	row_print(&ROW(.name = name, .unit = "us", .value = many.us / size,
		       .reference = single.us, .ratio = many.us / size / single.us));
}

/** struct list - so many entries in one request */
struct list {
	struct asked *asked;
	uint32_t ring;
	unsigned int size;
};

/*
 * Room is made, and the request: neither is what is measured. What was written and not
 * started goes with its queue.
 */
static void prepare_list(void *arg)
{
	struct list *list = arg;
	struct card *card = &list->asked->card;

	card_request(card, NEURON_CMD_RING_DETACH, 0);
	msg_u32(&card->link, NEURON_A_RING_RING_ID, list->ring);
	msg_u32(&card->link, NEURON_A_RING_WAIT_US, NEURON_MAX_WAIT_US);
	card_make(card, NEURON_A_RING_RING_ID);
	card_request(card, NEURON_CMD_RING_ATTACH, 0);
	msg_u32(&card->link, NEURON_A_RING_RING_ID, list->ring);
	msg_u32(&card->link, NEURON_A_RING_NC_ID, 0);
	link_ask(&card->link);

	make_write(card, list->ring, list->asked->mem, list->size);
}

static void write_list(void *arg, unsigned int times)
{
	struct list *list = arg;
	struct link *link = &list->asked->card.link;

	while (times--) {
		link_send(link);
		link_get(link, 1);
	}
}

static void one_list(struct asked *asked, uint32_t ring, unsigned int size)
{
	struct list one = { .asked = asked, .ring = ring, .size = 1 };
	struct list many = { .asked = asked, .ring = ring, .size = size };
	struct side single = { write_list, &one, SINGLES, 0, prepare_list };
	struct side list = { write_list, &many, GROUPS, 0, prepare_list };
	char name[80];

	race(&single, &list);
	snprintf(name, sizeof(name), "ring-write, one of %u in a list, to one alone", size);
	row_print(&ROW(.name = name, .unit = "us", .value = list.us / size,
		       .reference = single.us, .ratio = list.us / size / single.us,
		       .at_most = size == LIST_TARGET ? 0.1 : 0));
}

void bench_batches(void)
{
	static const unsigned int sizes[] = { 8, 32, 128 };
	static struct asked asked;
	unsigned int i;
	uint32_t ring;

	say("batches and lists");
	card_open(&asked.card, 0);
	asked.mem = card_memory(&asked.card, PAGE);
	for (i = 0; i < 3; i++) {
		one_batch(&asked, sizes[i], false);
		one_batch(&asked, sizes[i], true);
	}
	ring = card_ring(&asked.card, RING);
	for (i = 0; i < 3; i++)
		one_list(&asked, ring, sizes[i]);
	card_close(&asked.card);
}
