// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor: what it tells equals what is, whatever gets lost on the way.
 */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/msg.h>

#include "fake.h"
#include "monitor.h"

#define CARDS	4

/* What exists, as the pretended kernel knows it. */
struct world {
	bool there[CARDS];
	uint32_t state[CARDS], link[CARDS];
	uint64_t seq, health_seq, usage_seq;
	bool no_links;		/* the driver is too old to know any */
};

/**
 * struct bed - a monitor between a pretended kernel and a socket of events
 * @view: state of the cards as the events tell it, -1 for none
 * @joined: groups that were joined, in all
 */
struct bed {
	struct fake fake;
	struct world world;
	struct neuron_monitor monitor;
	int event_fd;
	int view[CARDS];
	unsigned int resyncs, last_reason, events, synthesized;
};

static unsigned int joined;
static int overflows;

/* The socket of a pretended kernel cannot overflow by itself. */
ssize_t __real_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
			socklen_t *from_len);
ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
			socklen_t *from_len);

ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
			socklen_t *from_len)
{
	if (overflows) {
		overflows--;
		errno = ENOBUFS;
		return -1;
	}
	return __real_recvfrom(fd, buf, len, flags, from, from_len);
}

static int count_join(struct neuron_monitor *monitor, uint32_t group_id)
{
	(void)monitor;
	joined += group_id >= 70 && group_id <= 72;
	return 0;
}

static void put_device(struct nl_msg *msg, const struct world *world, uint32_t index)
{
	char bus[16];

	snprintf(bus, sizeof(bus), "0000:00:%02x.0", index + 4);
	fake_put_u32(msg, NEURON_A_DEVICE_DEV_INDEX, index);
	fake_put_string(msg, NEURON_A_DEVICE_BUS_NAME, bus);
	fake_put_u64(msg, NEURON_A_DEVICE_HOTPLUG_SEQ, world->seq);
	fake_put_u64(msg, NEURON_A_DEVICE_HEALTH_SEQ, world->health_seq);
	fake_put_u64(msg, NEURON_A_DEVICE_USAGE_SEQ, world->usage_seq);
	fake_put_u32(msg, NEURON_A_DEVICE_STATE, world->state[index]);
}

static void put_neighbor(struct nl_msg *msg, const struct world *world, uint32_t index)
{
	fake_put_u32(msg, NEURON_A_NEIGHBOR_DEV_INDEX, index);
	fake_put_u64(msg, NEURON_A_NEIGHBOR_HOTPLUG_SEQ, world->seq);
	fake_put_u32(msg, NEURON_A_NEIGHBOR_PORT, NEURON_PORT_EAST);
	fake_put_u32(msg, NEURON_A_NEIGHBOR_LINK_STATE, world->link[index]);
}

static void dump_world(struct fake *fake, const struct nlmsghdr *request)
{
	const struct world *world = fake->arg;
	struct nl_msg *msg;
	uint32_t i;

	if (world->no_links && fake_cmd(request) == NEURON_CMD_NEIGHBOR_GET) {
		fake_send(fake, fake_error(request, -EOPNOTSUPP, true));
		return;
	}
	for (i = 0; i < CARDS; i++) {
		if (!world->there[i])
			continue;
		msg = fake_reply(request, NLM_F_MULTI);
		if (fake_cmd(request) == NEURON_CMD_DEVICE_GET)
			put_device(msg, world, i);
		else
			put_neighbor(msg, world, i);
		fake_send(fake, msg);
	}
	fake_done(fake, request, 0);
}

static void begin(struct bed *bed, uint32_t flags)
{
	struct neuron_monitor *monitor = &bed->monitor;
	int fds[2];

	joined = 0;
	bed->world.seq = 10;
	memset(bed->view, 0xff, sizeof(bed->view));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	bed->event_fd = fds[1];
	monitor->handle = &bed->fake.handle;
	monitor->fd = fds[0];
	monitor->flags = flags | NEURON_MONITOR_HOTPLUG | NEURON_MONITOR_HEALTH;
	monitor->buf = malloc(HANDLE_BUF_BYTES);
	monitor->join = count_join;
}

static void start(struct bed *bed)
{
	fake_start(&bed->fake, dump_world, &bed->world);
	assert_int_equal(monitor_start(&bed->monitor), 0);
}

static void end(struct bed *bed)
{
	mon_state_fini(&bed->monitor.state);
	close(bed->monitor.fd);
	close(bed->event_fd);
	free(bed->monitor.buf);
	fake_stop(&bed->fake);
}

static void send_device(struct bed *bed, uint8_t cmd, uint32_t index)
{
	struct nl_msg *msg = fake_message(bed->fake.family, 0, 0, cmd);

	bed->world.seq++;
	put_device(msg, &bed->world, index);
	fake_send_fd(bed->event_fd, msg);
}

static void add_card(struct bed *bed, uint32_t index, bool told)
{
	bed->world.there[index] = true;
	bed->world.state[index] = NEURON_DEVICE_STATE_READY;
	if (told)
		send_device(bed, NEURON_CMD_DEVICE_ADD_NTF, index);
	else
		bed->world.seq++;
}

static void remove_card(struct bed *bed, uint32_t index, bool told)
{
	bed->world.there[index] = false;
	if (told)
		send_device(bed, NEURON_CMD_DEVICE_DEL_NTF, index);
	else
		bed->world.seq++;
}

static void change_card(struct bed *bed, uint32_t index, uint32_t to, bool told)
{
	bed->world.state[index] = to;
	if (told)
		send_device(bed, NEURON_CMD_DEVICE_CHANGE_NTF, index);
	else
		bed->world.seq++;
}

static void send_family(struct bed *bed, uint8_t cmd)
{
	struct nl_msg *msg = fake_message(GENL_ID_CTRL, 0, 0, cmd);

	fake_family(msg, bed->fake.family);
	fake_send_fd(bed->event_fd, msg);
}

static void apply(struct bed *bed, const struct neuron_event *event)
{
	bed->events++;
	bed->synthesized += event->synthesized && event->type != NEURON_EVENT_RESYNC;
	switch (event->type) {
	case NEURON_EVENT_DEVICE_ADD:
		assert_int_equal(bed->view[event->device.index], -1);
		bed->view[event->device.index] = (int)event->device.state;
		break;
	case NEURON_EVENT_DEVICE_CHANGE:
		assert_int_not_equal(bed->view[event->device.index], -1);
		bed->view[event->device.index] = (int)event->device.state;
		break;
	case NEURON_EVENT_DEVICE_DEL:
		assert_int_not_equal(bed->view[event->device.index], -1);
		bed->view[event->device.index] = -1;
		break;
	case NEURON_EVENT_RESYNC:
		bed->resyncs++;
		bed->last_reason = event->reason;
		break;
	}
}

static void read_all(struct bed *bed)
{
	struct neuron_event event;
	int err;

	for (;;) {
		err = neuron_monitor_next(&bed->monitor, &event, sizeof(event));
		if (err)
			break;
		apply(bed, &event);
	}
	assert_int_equal(err, -EAGAIN);
}

static void view_is_the_world(struct bed *bed)
{
	uint32_t i;

	read_all(bed);
	for (i = 0; i < CARDS; i++)
		assert_int_equal(bed->view[i], bed->world.there[i] ? (int)bed->world.state[i] : -1);
}

static void begins_with_what_exists(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	add_card(&bed, 0, false);
	add_card(&bed, 2, false);
	start(&bed);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 1);
	assert_int_equal(bed.last_reason, NEURON_RESYNC_START);
	assert_int_equal(joined, 2);
	end(&bed);
}

static void tells_only_news_if_asked(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, 0);
	add_card(&bed, 0, false);
	start(&bed);
	read_all(&bed);
	assert_int_equal(bed.events, 0);
	add_card(&bed, 1, true);
	read_all(&bed);
	assert_int_equal(bed.events, 1);
	assert_int_equal(bed.synthesized, 0);
	assert_int_equal(bed.view[1], NEURON_DEVICE_STATE_READY);
	end(&bed);
}

static void follows_the_messages(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	start(&bed);
	add_card(&bed, 0, true);
	add_card(&bed, 1, true);
	change_card(&bed, 0, NEURON_DEVICE_STATE_RESETTING, true);
	remove_card(&bed, 1, true);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 1);
	assert_int_equal(bed.synthesized, 0);
	end(&bed);
}

static void older_than_the_dump_is_no_news(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	bed.fake.family = FAKE_FAMILY;
	/* Queued between joining and the dump. */
	add_card(&bed, 0, true);
	add_card(&bed, 1, true);
	change_card(&bed, 0, NEURON_DEVICE_STATE_FAILED, true);
	remove_card(&bed, 1, true);
	add_card(&bed, 3, true);
	start(&bed);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 1);
	assert_int_equal(bed.events, 1 + bed.synthesized);
	change_card(&bed, 3, NEURON_DEVICE_STATE_RESETTING, true);
	view_is_the_world(&bed);
	end(&bed);
}

/* The kernel reads the number of a dump before the state: the state may be newer. */
static void dump_ahead_of_its_number_is_told_once(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	add_card(&bed, 0, false);
	bed.world.there[1] = true;
	bed.world.state[1] = NEURON_DEVICE_STATE_STARTING;
	start(&bed);
	view_is_the_world(&bed);
	add_card(&bed, 1, true);
	change_card(&bed, 2, NEURON_DEVICE_STATE_FAILED, true);
	remove_card(&bed, 2, true);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 1);
	end(&bed);
}

static void gap_brings_a_dump(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	add_card(&bed, 0, false);
	start(&bed);
	add_card(&bed, 1, true);
	view_is_the_world(&bed);
	remove_card(&bed, 0, false);
	change_card(&bed, 1, NEURON_DEVICE_STATE_FAILED, false);
	add_card(&bed, 2, true);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 2);
	assert_int_equal(bed.last_reason, NEURON_RESYNC_GAP);
	end(&bed);
}

static void overflow_brings_a_dump(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	start(&bed);
	add_card(&bed, 0, true);
	add_card(&bed, 1, true);
	remove_card(&bed, 0, false);
	overflows = 2;
	view_is_the_world(&bed);
	assert_int_equal(bed.last_reason, NEURON_RESYNC_OVERFLOW);
	/* Card 1 and its port. */
	assert_int_equal(bed.synthesized, 2);
	add_card(&bed, 3, true);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 2);
	end(&bed);
}

static void survives_a_reload(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	add_card(&bed, 0, false);
	add_card(&bed, 1, false);
	start(&bed);
	view_is_the_world(&bed);
	/* The message about card 1 got lost. */
	remove_card(&bed, 0, true);
	remove_card(&bed, 1, false);
	bed.fake.loaded = false;
	send_family(&bed, CTRL_CMD_DELFAMILY);
	view_is_the_world(&bed);
	assert_int_equal(bed.last_reason, NEURON_RESYNC_UNLOADED);
	bed.fake.loaded = true;
	bed.fake.family++;
	bed.world.seq = 0;
	joined = 0;
	send_family(&bed, CTRL_CMD_NEWFAMILY);
	read_all(&bed);
	assert_int_equal(bed.last_reason, NEURON_RESYNC_LOADED);
	assert_int_equal(joined, 2);
	add_card(&bed, 0, true);
	add_card(&bed, 1, true);
	view_is_the_world(&bed);
	assert_int_equal(bed.resyncs, 3);
	end(&bed);
}

static void waits_for_the_driver(void **state)
{
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	fake_start(&bed.fake, dump_world, &bed.world);
	bed.fake.loaded = false;
	assert_int_equal(monitor_start(&bed.monitor), 0);
	view_is_the_world(&bed);
	bed.fake.loaded = true;
	add_card(&bed, 2, false);
	send_family(&bed, CTRL_CMD_NEWFAMILY);
	view_is_the_world(&bed);
	assert_int_equal(bed.view[2], NEURON_DEVICE_STATE_READY);
	end(&bed);
}

static void other_families_do_not_matter(void **state)
{
	struct bed bed = { 0 };
	struct nl_msg *msg;

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	start(&bed);
	read_all(&bed);
	msg = fake_message(GENL_ID_CTRL, 0, 0, CTRL_CMD_DELFAMILY);
	fake_put_string(msg, CTRL_ATTR_FAMILY_NAME, "other");
	fake_send_fd(bed.event_fd, msg);
	msg = fake_message((uint16_t)(bed.fake.family + 1), 0, 0, NEURON_CMD_DEVICE_ADD_NTF);
	put_device(msg, &bed.world, 1);
	fake_send_fd(bed.event_fd, msg);
	read_all(&bed);
	assert_int_equal(bed.events, 1);
	end(&bed);
}

static void send_health(struct bed *bed, uint64_t seq)
{
	struct nl_msg *msg = fake_message(bed->fake.family, 0, 0, NEURON_CMD_HEALTH_NTF);

	bed->world.health_seq = seq;
	fake_put_u32(msg, NEURON_A_HEALTH_DEV_INDEX, 0);
	fake_put_u64(msg, NEURON_A_HEALTH_HEALTH_SEQ, seq);
	fake_put_u32(msg, NEURON_A_HEALTH_HEALTH, NEURON_HEALTH_SUSPECT);
	fake_put_string(msg, NEURON_A_HEALTH_CAUSE, "The firmware left a request unanswered");
	fake_send_fd(bed->event_fd, msg);
}

static void health_is_told_and_its_gaps(void **state)
{
	struct neuron_event event;
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, 0);
	add_card(&bed, 0, false);
	start(&bed);
	send_health(&bed, 1);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_HEALTH);
	assert_int_equal(event.health.health, NEURON_HEALTH_SUSPECT);
	assert_string_equal(event.health.cause, "The firmware left a request unanswered");
	assert_false(NEURON_HAS(&event.health, NEURON_A_HEALTH_ENG_ID));
	send_health(&bed, 4);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_RESYNC);
	assert_int_equal(event.reason, NEURON_RESYNC_GAP);
	end(&bed);
}

static void send_usage(struct bed *bed, uint8_t cmd, uint64_t seq)
{
	struct nl_msg *msg = fake_message(bed->fake.family, 0, 0, cmd);

	bed->world.usage_seq = seq;
	fake_put_u32(msg, NEURON_A_USAGE_DEV_INDEX, 0);
	fake_put_u64(msg, NEURON_A_USAGE_USAGE_SEQ, seq);
	if (cmd == NEURON_CMD_CORE_RELEASE_NTF) {
		fake_put_u32(msg, NEURON_A_USAGE_NC_ID, 3);
	} else {
		fake_put_u32(msg, NEURON_A_USAGE_KIND, NEURON_MEM_KIND_DEVICE);
		fake_put_u32(msg, NEURON_A_USAGE_PRESSURE, NEURON_PRESSURE_REFUSED);
		fake_put_u32(msg, NEURON_A_USAGE_COUNT, 7);
	}
	fake_send_fd(bed->event_fd, msg);
}

static void usage_is_told_and_its_gaps(void **state)
{
	struct neuron_event event;
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, NEURON_MONITOR_USAGE);
	add_card(&bed, 0, false);
	bed.world.usage_seq = 5;
	start(&bed);
	assert_int_equal(joined, 3);
	send_usage(&bed, NEURON_CMD_CORE_RELEASE_NTF, 6);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_CORE_RELEASE);
	assert_int_equal(event.usage.nc_id, 3);
	assert_false(NEURON_HAS(&event.usage, NEURON_A_USAGE_PRESSURE));
	send_usage(&bed, NEURON_CMD_MEMORY_PRESSURE_NTF, 7);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_MEMORY_PRESSURE);
	assert_int_equal(event.usage.kind, NEURON_MEM_KIND_DEVICE);
	assert_int_equal(event.usage.pressure, NEURON_PRESSURE_REFUSED);
	assert_int_equal(event.usage.count, 7);
	send_usage(&bed, NEURON_CMD_CORE_RELEASE_NTF, 9);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_RESYNC);
	assert_int_equal(event.reason, NEURON_RESYNC_GAP);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), -EAGAIN);
	send_usage(&bed, NEURON_CMD_CORE_RELEASE_NTF, 10);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_CORE_RELEASE);
	end(&bed);
}

static void usage_that_is_not_wanted_is_not_told(void **state)
{
	struct neuron_event event;
	struct bed bed = { 0 };

	(void)state;
	begin(&bed, 0);
	add_card(&bed, 0, false);
	start(&bed);
	send_usage(&bed, NEURON_CMD_CORE_RELEASE_NTF, 1);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), -EAGAIN);
	end(&bed);
}

static void links_are_followed(void **state)
{
	struct neuron_event event;
	struct bed bed = { 0 };
	struct nl_msg *msg;

	(void)state;
	begin(&bed, 0);
	add_card(&bed, 1, false);
	start(&bed);
	bed.world.link[1] = NEURON_LINK_STATE_UP;
	bed.world.seq++;
	msg = fake_message(bed.fake.family, 0, 0, NEURON_CMD_NEIGHBOR_CHANGE_NTF);
	put_neighbor(msg, &bed.world, 1);
	fake_send_fd(bed.event_fd, msg);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_NEIGHBOR_CHANGE);
	assert_int_equal(event.neighbor.link_state, NEURON_LINK_STATE_UP);
	/* Lost: the link goes down. */
	bed.world.link[1] = NEURON_LINK_STATE_DOWN;
	bed.world.seq++;
	overflows = 1;
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_RESYNC);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_NEIGHBOR_CHANGE);
	assert_true(event.synthesized);
	assert_int_equal(event.neighbor.link_state, NEURON_LINK_STATE_DOWN);
	end(&bed);
}

/* Any message may get lost; after the next one that arrives the view is right. */
static void random_losses_do_no_harm(void **state)
{
	uint32_t random = 12345, round, index;
	struct bed bed = { 0 };
	bool told;

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	add_card(&bed, 0, false);
	start(&bed);
	for (round = 0; round < 2000; round++) {
		random = random * 1664525u + 1013904223u;
		index = random >> 30;
		told = random >> 20 & 3;
		if (!bed.world.there[index])
			add_card(&bed, index, told);
		else if (random >> 24 & 1)
			remove_card(&bed, index, told);
		else
			change_card(&bed, index, random >> 16 & 3, told);
		if (random >> 12 & 1)
			read_all(&bed);
		if (told && random >> 8 & 1)
			view_is_the_world(&bed);
	}
	end(&bed);
}

static void wrong_flags_are_refused(void **state)
{
	struct neuron_monitor *monitor;

	(void)state;
	assert_int_equal(neuron_monitor_open(0, &monitor), -EINVAL);
	assert_int_equal(neuron_monitor_open(NEURON_MONITOR_INITIAL, &monitor), -EINVAL);
	assert_int_equal(neuron_monitor_open(0x80, &monitor), -EINVAL);
}

static void real_sockets_are_set_up(void **state)
{
	struct neuron_monitor *monitor;
	struct neuron_event event;
	int err;

	(void)state;
	assert_int_equal(neuron_monitor_open(NEURON_MONITOR_HOTPLUG | NEURON_MONITOR_INITIAL,
					     &monitor), 0);
	assert_true(neuron_monitor_fd(monitor) >= 0);
	err = neuron_monitor_next(monitor, &event, sizeof(event));
	assert_int_equal(err, 0);
	assert_int_equal(event.type, NEURON_EVENT_RESYNC);
	neuron_monitor_close(monitor);
	neuron_monitor_close(NULL);
}

static void a_driver_without_links_is_watched(void **state)
{
	struct bed bed = { .world.no_links = true };
	struct neuron_event event;

	(void)state;
	begin(&bed, NEURON_MONITOR_INITIAL);
	bed.world.there[0] = true;
	start(&bed);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_RESYNC);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_DEVICE_ADD);
	add_card(&bed, 1, true);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_DEVICE_ADD);
	assert_int_equal(event.device.index, 1);
	end(&bed);
}

static void a_child_takes_no_event_of_its_parents(void **state)
{
	struct bed bed = { 0 };
	struct neuron_event event;
	int status;
	pid_t pid;

	(void)state;
	begin(&bed, 0);
	start(&bed);
	add_card(&bed, 1, true);
	pid = fork();
	if (!pid)
		fake_leave_child(neuron_monitor_next(&bed.monitor, &event,
						     sizeof(event)) == -EPERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(neuron_monitor_next(&bed.monitor, &event, sizeof(event)), 0);
	assert_int_equal(event.type, NEURON_EVENT_DEVICE_ADD);
	end(&bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_what_exists),
		cmocka_unit_test(tells_only_news_if_asked),
		cmocka_unit_test(follows_the_messages),
		cmocka_unit_test(older_than_the_dump_is_no_news),
		cmocka_unit_test(dump_ahead_of_its_number_is_told_once),
		cmocka_unit_test(gap_brings_a_dump),
		cmocka_unit_test(overflow_brings_a_dump),
		cmocka_unit_test(survives_a_reload),
		cmocka_unit_test(waits_for_the_driver),
		cmocka_unit_test(other_families_do_not_matter),
		cmocka_unit_test(health_is_told_and_its_gaps),
		cmocka_unit_test(usage_is_told_and_its_gaps),
		cmocka_unit_test(usage_that_is_not_wanted_is_not_told),
		cmocka_unit_test(links_are_followed),
		cmocka_unit_test(random_losses_do_no_harm),
		cmocka_unit_test(wrong_flags_are_refused),
		cmocka_unit_test(real_sockets_are_set_up),
		cmocka_unit_test(a_driver_without_links_is_watched),
		cmocka_unit_test(a_child_takes_no_event_of_its_parents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
