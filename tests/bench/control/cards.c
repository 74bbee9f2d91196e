// SPDX-License-Identifier: GPL-2.0
/* Open cards, and what is needed of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "control.h"

unsigned int cards_count(void)
{
	unsigned int count = 0;
	char path[32];

	for (; count < MAX_CARDS; count++) {
		snprintf(path, sizeof(path), "/dev/neuron%u", count);
		if (access(path, R_OK | W_OK))
			break;
	}

	return count;
}

void card_open(struct card *card, unsigned int index)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/neuron%u", index);
	card->index = index;
	card->fd = open(path, O_RDWR | O_CLOEXEC);
	if (card->fd < 0)
		die(path, errno);
	link_open(&card->link);
}

void card_close(struct card *card)
{
	close(card->fd);
	link_close(&card->link);
}

/* A request with the card's authority. ctx-fd is attribute 1 of every set of an object. */
void card_request(struct card *card, uint8_t cmd, uint16_t flags)
{
	msg_new(&card->link, groups.family, cmd, flags);
	msg_u32(&card->link, NEURON_A_DEVICE_CTX_FD, card->fd);
}

/* Asks for something to be made and sees the job that it may become to its end; the id. */
uint32_t card_make(struct card *card, uint16_t id_nr)
{
	struct link *link = &card->link;
	uint32_t job;

	link_ask(link);
	if (link_value(link, id_nr) != ALL_ONES)
		return link_value(link, id_nr);

	job = link_value(link, NEURON_A_DEVICE_JOB_ID);
	do {
		card_request(card, NEURON_CMD_JOB_GET, 0);
		msg_u32(link, NEURON_A_JOB_JOB_ID, job);
		msg_u32(link, NEURON_A_JOB_WAIT_US, NEURON_MAX_WAIT_US);
		link_ask(link);
	} while (link_value(link, NEURON_A_JOB_JOB_STATE) == NEURON_JOB_STATE_RUNNING);
	if (link_value(link, NEURON_A_JOB_JOB_STATE) != NEURON_JOB_STATE_DONE)
		die("job", EIO);

	return link_value(link, NEURON_A_JOB_OBJECT_ID);
}

uint32_t card_memory(struct card *card, uint32_t size)
{
	card_request(card, NEURON_CMD_MEM_ALLOC, 0);
	msg_u32(&card->link, NEURON_A_MEM_KIND, NEURON_MEM_KIND_HOST);
	msg_u64(&card->link, NEURON_A_MEM_SIZE, size);

	return card_make(card, NEURON_A_MEM_MEM_ID);
}

/* A ring on some queue of core 0. */
uint32_t card_ring(struct card *card, uint32_t descriptors)
{
	uint32_t ring;

	card_request(card, NEURON_CMD_RING_CREATE, 0);
	msg_u32(&card->link, NEURON_A_RING_DESCRIPTORS, descriptors);
	ring = card_make(card, NEURON_A_RING_RING_ID);
	card_request(card, NEURON_CMD_RING_ATTACH, 0);
	msg_u32(&card->link, NEURON_A_RING_RING_ID, ring);
	msg_u32(&card->link, NEURON_A_RING_NC_ID, 0);
	link_ask(&card->link);

	return ring;
}

/* One of the driver's counters of the card. */
uint64_t card_stat(struct card *card, uint16_t nr)
{
	msg_new(&card->link, groups.family, NEURON_CMD_STATS_GET, 0);
	msg_u32(&card->link, NEURON_A_STATS_DEV_INDEX, card->index);
	link_ask(&card->link);

	return link_value(&card->link, nr);
}
