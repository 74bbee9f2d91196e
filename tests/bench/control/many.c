// SPDX-License-Identifier: GPL-2.0
/* Many cards: a dump of all against one by one, and two threads on two cards against one. */
#include <linux/netlink.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>

#include "control.h"

#define TIMES		20
#define GETS		400
#define THREADS		2

/** struct crowd - all cards, asked by one socket */
struct crowd {
	struct link link;
	unsigned int cards;
};

static void dump_all(void *arg, unsigned int times)
{
	static uint8_t bytes[65536] __attribute__((aligned(8)));
	struct crowd *crowd = arg;
	const struct nlmsghdr *hdr;
	bool done;
	ssize_t got;

	while (times--) {
		msg_new(&crowd->link, groups.family, NEURON_CMD_DEVICE_GET, NLM_F_DUMP);
		link_send(&crowd->link);
		for (done = false; !done;) {
			got = recv(crowd->link.fd, bytes, sizeof(bytes), 0);
			for (hdr = (void *)bytes; NLMSG_OK(hdr, got); hdr = NLMSG_NEXT(hdr, got))
				done |= hdr->nlmsg_type == NLMSG_DONE;
		}
	}
}

static void get_all(void *arg, unsigned int times)
{
	struct crowd *crowd = arg;
	unsigned int i;

	while (times--) {
		for (i = 0; i < crowd->cards; i++) {
			msg_new(&crowd->link, groups.family, NEURON_CMD_DEVICE_GET, 0);
			msg_u32(&crowd->link, NEURON_A_DEVICE_DEV_INDEX, i);
			link_send(&crowd->link);
			link_get(&crowd->link, 1);
		}
	}
}

void bench_dumps(void)
{
	static struct crowd crowd;
	struct side dump = { dump_all, &crowd, TIMES, 0, NULL };
	struct side single = { get_all, &crowd, TIMES, 0, NULL };
	char name[80];

	say("dumps");
	link_open(&crowd.link);
	crowd.cards = cards_count();
	race(&dump, &single);
	snprintf(name, sizeof(name), "dump of %u cards to %u times device-get", crowd.cards,
		 crowd.cards);
	row_print(&ROW(.name = name, .unit = "us", .value = dump.us, .reference = single.us,
		       .ratio = dump.us / single.us, .at_most = 1));
	link_close(&crowd.link);
}

static void *run(void *arg)
{
	get_memory(arg, GETS);

	return NULL;
}

static double turn(struct asked *asked, unsigned int count)
{
	pthread_t threads[THREADS];
	double begin = now_us();
	unsigned int i;

	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, &asked[i]))
			die("thread", 11);
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);

	return count * GETS / (now_us() - begin) * 1e6;
}

void bench_threads(void)
{
	static struct asked asked[THREADS];
	double one = 0, two = 0, now;
	unsigned int i;

	say("threads");
	for (i = 0; i < THREADS; i++) {
		card_open(&asked[i].card, i);
		asked[i].mem = card_memory(&asked[i].card, PAGE);
	}
	for (i = 0; i < 20; i++) {
		now = turn(asked, 1);
		one = now > one ? now : one;
		now = turn(asked, THREADS);
		two = now > two ? now : two;
	}
	row_print(&ROW(.name = "mem-get by two threads on two cards to one thread", .unit = "1/s",
		       .value = two, .reference = one, .ratio = two / one, .at_least = 1.5));
	for (i = 0; i < THREADS; i++)
		card_close(&asked[i].card);
}
