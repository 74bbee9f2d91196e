// SPDX-License-Identifier: GPL-2.0
/* What a request costs, compared with what any generic netlink request costs. */
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"

#define TIMES		200
#define CALLS		5000

/* The smallest request of another family: the controller about itself, by number. */
void get_family(void *arg, unsigned int times)
{
	struct link *link = arg;

	while (times--) {
		msg_new(link, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
		msg_text(link, CTRL_ATTR_FAMILY_NAME, "nlctrl");
		link_send(link);
		link_get(link, 1);
	}
}

void get_device(void *arg, unsigned int times)
{
	struct asked *asked = arg;
	struct link *link = &asked->card.link;

	while (times--) {
		msg_new(link, groups.family, NEURON_CMD_DEVICE_GET, 0);
		msg_u32(link, NEURON_A_DEVICE_DEV_INDEX, asked->card.index);
		link_send(link);
		link_get(link, 1);
	}
}

void get_memory(void *arg, unsigned int times)
{
	struct asked *asked = arg;
	struct link *link = &asked->card.link;

	while (times--) {
		card_request(&asked->card, NEURON_CMD_MEM_GET, 0);
		msg_u32(link, NEURON_A_MEM_MEM_ID, asked->mem);
		link_send(link);
		link_get(link, 1);
	}
}

static void alloc_and_free(void *arg, unsigned int times)
{
	struct asked *asked = arg;
	uint32_t mem;

	while (times--) {
		mem = card_memory(&asked->card, PAGE);
		card_request(&asked->card, NEURON_CMD_MEM_FREE, NLM_F_ACK);
		msg_u32(&asked->card.link, NEURON_A_MEM_MEM_ID, mem);
		link_send(&asked->card.link);
		link_get(&asked->card.link, 1);
	}
}

static void open_and_close(void *arg, unsigned int times)
{
	struct asked *asked = arg;
	char path[32];

	snprintf(path, sizeof(path), "/dev/neuron%u", asked->card.index);
	while (times--)
		close(open(path, O_RDWR | O_CLOEXEC));
}

static void system_call(void *arg, unsigned int times)
{
	(void)arg;
	while (times--)
		syscall(SYS_getppid);
}

static void against_floor(const char *name, struct link *link, struct asked *asked,
			  void (*go)(void *, unsigned int), double at_most)
{
	struct side floor = { get_family, link, TIMES, 0, NULL };
	struct side side = { go, asked, TIMES, 0, NULL };

	race(&floor, &side);
	row_print(&ROW(.name = name, .unit = "us", .value = side.us, .reference = floor.us,
		       .ratio = side.us / floor.us, .at_most = at_most));
}

void bench_costs(void)
{
	static struct asked asked;
	static struct link link;
	struct side call = { system_call, NULL, CALLS, 0, NULL };
	struct side floor = { get_family, &link, TIMES, 0, NULL };

	say("costs");
	link_open(&link);
	card_open(&asked.card, 0);
	asked.mem = card_memory(&asked.card, PAGE);
	race(&call, &floor);
	row_print(&ROW(.name = "system call, bare", .unit = "us", .value = call.us));
	row_print(&ROW(.name = "CTRL_CMD_GETFAMILY to a bare system call", .unit = "us",
		       .value = floor.us, .reference = call.us,
		       .ratio = floor.us / call.us));
	against_floor("device-get to CTRL_CMD_GETFAMILY", &link, &asked, get_device, 1.3);
	against_floor("mem-get to CTRL_CMD_GETFAMILY", &link, &asked, get_memory, 1.3);
	against_floor("mem-alloc and mem-free, one page, to CTRL_CMD_GETFAMILY", &link, &asked,
		      alloc_and_free, 0);
	against_floor("context open and close to CTRL_CMD_GETFAMILY", &link, &asked,
		      open_and_close, 0);
	card_close(&asked.card);
	link_close(&link);
}
