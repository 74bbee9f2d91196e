// SPDX-License-Identifier: GPL-2.0
/* Events: how many a listener that sleeps keeps, and what listeners cost. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"

#define LISTENERS_MAX	100
#define ROUNDS		8
#define BURST		64	/* events of a turn; a default listener keeps more */
#define WAIT_MS		120000	/* only against what never comes */
#define ENOUGH		100000	/* no listener keeps so many */

/* Bound, for to a socket without a number the kernel's events would be its own. */
static int join(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);
	uint32_t group = groups.usage;

	if (fd < 0 || bind(fd, (void *)&any, sizeof(any)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("listener", errno);

	return fd;
}

static void ask(struct card *card, uint8_t cmd)
{
	card_request(card, cmd, NLM_F_ACK);
	msg_u32(&card->link, NEURON_A_CORE_CLAIM, 0);
	link_send(&card->link);
	link_get(&card->link, 1);
}

/*
 * One event: a core is given back. The driver tells that afterwards, and not if somebody
 * has taken it meanwhile, so a listener that reads is waited for.
 */
static void cause(struct card *card, int witness)
{
	struct pollfd wait = { .fd = witness, .events = POLLIN };
	uint8_t bytes[4096];

	ask(card, NEURON_CMD_CORE_CLAIM);
	ask(card, NEURON_CMD_CORE_RELEASE);
	if (poll(&wait, 1, WAIT_MS) != 1 || recv(witness, bytes, sizeof(bytes), 0) < 0)
		die("an event that does not come", errno ?: ETIMEDOUT);
}

static bool has_lost(int fd)
{
	uint32_t numbers[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(numbers);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, numbers, &size))
		die("SO_MEMINFO", errno);

	return numbers[SK_MEMINFO_DROPS];
}

static unsigned int drain(int fd)
{
	uint8_t bytes[4096];
	unsigned int count = 0;

	for (;;) {
		if (recv(fd, bytes, sizeof(bytes), 0) >= 0)
			count++;
		else if (errno != ENOBUFS)
			return count;
	}
}

static void burst(struct card *card, int witness)
{
	int fd = join();
	unsigned int sent = 0;

	for (; !has_lost(fd) && sent < ENOUGH; sent++)
		cause(card, witness);
	row_print(&ROW(.name = "events that a listener with default buffers keeps, asleep",
		       .unit = "events", .value = drain(fd), .at_least = 100));
	close(fd);
}

/* us for a burst of events while so many listen. */
static double turn(struct card *card, int witness, int *fds, unsigned int count)
{
	double begin = now_us();
	unsigned int i;

	for (i = 0; i < BURST; i++)
		cause(card, witness);
	begin = (now_us() - begin) / BURST;
	for (i = 0; i < count; i++)
		if (drain(fds[i]) < BURST)
			die("a listener lost events", ENOBUFS);

	return begin;
}

static void deliveries(struct card *card, int witness, unsigned int count)
{
	int fds[LISTENERS_MAX];
	double none = 0, all = 0, now;
	unsigned int i, round;
	char name[80];

	for (round = 0; round < ROUNDS; round++) {
		now = turn(card, witness, NULL, 0);
		none = !none || now < none ? now : none;
		for (i = 0; i < count; i++)
			fds[i] = join();
		now = turn(card, witness, fds, count);
		all = !all || now < all ? now : all;
		for (i = 0; i < count; i++)
			close(fds[i]);
	}
	snprintf(name, sizeof(name), "deliveries to %u listeners", count);
	row_print(&ROW(.name = name, .unit = "1/s", .value = count * 1e6 / all));
	snprintf(name, sizeof(name), "an event with %u more listeners to one with the witness alone", count);
	row_print(&ROW(.name = name, .unit = "us", .value = all, .reference = none,
		       .ratio = all / none));
}

void bench_events(void)
{
	static struct card card;
	int witness;

	say("events");
	if (!groups.usage)
		die("the family has no group usage", ENOENT);
	card_open(&card, 0);
	witness = join();
	burst(&card, witness);
	deliveries(&card, witness, 1);
	deliveries(&card, witness, 10);
	deliveries(&card, witness, 100);
	close(witness);
	card_close(&card);
}
