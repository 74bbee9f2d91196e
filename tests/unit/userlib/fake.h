/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pretended kernel: the other end of a handle's socket, answered by a thread.
 */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "internal.h"

#define FAKE_FAMILY	0x25

struct fake;
struct nl_msg;

/* Answers one request with fake_...() below. */
typedef void (*fake_fn)(struct fake *fake, const struct nlmsghdr *request);

/**
 * struct fake - a pretended kernel
 * @loaded: whether the controller knows the family
 * @family: id that it has
 * @requests: requests for the family so far
 * @sends: datagrams so far
 * @in_send: requests of the datagram that is being answered, @left behind this one
 * @most: the largest @in_send so far
 */
struct fake {
	struct neuron_handle handle;
	fake_fn fn;
	void *arg;
	bool loaded;
	uint16_t family;
	unsigned int requests;
	unsigned int sends, in_send, left, most;
	pthread_t thread;
	int fd;
};

void fake_leave_child(bool good);
void fake_start(struct fake *fake, fake_fn fn, void *arg);
void fake_stop(struct fake *fake);

uint8_t fake_cmd(const struct nlmsghdr *request);
const void *fake_attr(const struct nlmsghdr *request, int attr, int *len);
uint32_t fake_u32(const struct nlmsghdr *request, int attr);

struct nl_msg *fake_message(uint16_t type, uint32_t seq, uint16_t flags, uint8_t cmd);
struct nl_msg *fake_reply(const struct nlmsghdr *request, uint16_t flags);
void fake_put_u32(struct nl_msg *msg, int attr, uint32_t value);
void fake_put_u64(struct nl_msg *msg, int attr, uint64_t value);
void fake_put_string(struct nl_msg *msg, int attr, const char *text);
void fake_send_fd(int fd, struct nl_msg *msg);
void fake_send(struct fake *fake, struct nl_msg *msg);
void fake_ack(struct fake *fake, const struct nlmsghdr *request);
void fake_done(struct fake *fake, const struct nlmsghdr *request, int error);
struct nl_msg *fake_error(const struct nlmsghdr *request, int error, bool capped);
void fake_family(struct nl_msg *msg, uint16_t family);

#endif
