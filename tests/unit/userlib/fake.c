// SPDX-License-Identifier: GPL-2.0
/*
 * A pretended kernel. It asserts nothing itself: cmocka wants that to happen
 * in the main thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fake.h"

uint8_t fake_cmd(const struct nlmsghdr *request)
{
	return ((const struct genlmsghdr *)nlmsg_data(request))->cmd;
}

const void *fake_attr(const struct nlmsghdr *request, int attr, int *len)
{
	struct nlattr *found = nlmsg_find_attr((struct nlmsghdr *)request, GENL_HDRLEN, attr);

	if (found && len)
		*len = nla_len(found);
	return found ? nla_data(found) : NULL;
}

uint32_t fake_u32(const struct nlmsghdr *request, int attr)
{
	const void *data = fake_attr(request, attr, NULL);
	uint32_t value = 0xffffffff;

	if (data)
		memcpy(&value, data, sizeof(value));
	return value;
}

struct nl_msg *fake_message(uint16_t type, uint32_t seq, uint16_t flags, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(16384);
	struct nlmsghdr *hdr = nlmsg_put(msg, 0, seq, type, GENL_HDRLEN, flags);

	((struct genlmsghdr *)nlmsg_data(hdr))->cmd = cmd;
	((struct genlmsghdr *)nlmsg_data(hdr))->version = 1;
	return msg;
}

struct nl_msg *fake_reply(const struct nlmsghdr *request, uint16_t flags)
{
	return fake_message(request->nlmsg_type, request->nlmsg_seq, flags, fake_cmd(request));
}

void fake_put_u32(struct nl_msg *msg, int attr, uint32_t value)
{
	nla_put_u32(msg, attr, value);
}

void fake_put_u64(struct nl_msg *msg, int attr, uint64_t value)
{
	nla_put_u64(msg, attr, value);
}

void fake_put_string(struct nl_msg *msg, int attr, const char *text)
{
	nla_put_string(msg, attr, text);
}

void fake_send_fd(int fd, struct nl_msg *msg)
{
	if (send(fd, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len, MSG_NOSIGNAL) < 0)
		abort();
	nlmsg_free(msg);
}

void fake_send(struct fake *fake, struct nl_msg *msg)
{
	fake_send_fd(fake->fd, msg);
}

/* As the kernel does it: with the request echoed unless capped. */
struct nl_msg *fake_error(const struct nlmsghdr *request, int error, bool capped)
{
	struct nlmsgerr err = { .error = error, .msg = *request };
	struct nl_msg *msg = nlmsg_alloc_size(16384);

	nlmsg_put(msg, 0, request->nlmsg_seq, NLMSG_ERROR, 0,
		  (capped ? NLM_F_CAPPED : 0) | NLM_F_ACK_TLVS);
	nlmsg_append(msg, &err, sizeof(err), NLMSG_ALIGNTO);
	if (!capped && error)
		nlmsg_append(msg, nlmsg_data(request), (size_t)nlmsg_datalen(request),
			     NLMSG_ALIGNTO);
	return msg;
}

void fake_ack(struct fake *fake, const struct nlmsghdr *request)
{
	fake_send(fake, fake_error(request, 0, true));
}

void fake_done(struct fake *fake, const struct nlmsghdr *request, int error)
{
	struct nl_msg *msg = nlmsg_alloc_size(64);

	nlmsg_put(msg, 0, request->nlmsg_seq, NLMSG_DONE, 0, NLM_F_MULTI);
	nlmsg_append(msg, &error, sizeof(error), NLMSG_ALIGNTO);
	fake_send(fake, msg);
}

void fake_family(struct nl_msg *msg, uint16_t family)
{
	static const char *const names[] = { "hotplug", "health", "usage" };
	struct nlattr *groups, *group;
	int i;

	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, "neuron");
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, family);
	groups = nla_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
	for (i = 0; i < 3; i++) {
		group = nla_nest_start(msg, i + 1);
		nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, names[i]);
		nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, 70u + (unsigned int)i);
		nla_nest_end(msg, group);
	}
	nla_nest_end(msg, groups);
}

static void controller(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg;

	if (!fake->loaded) {
		fake_send(fake, fake_error(request, -ENOENT, true));
		return;
	}
	msg = fake_message(GENL_ID_CTRL, request->nlmsg_seq, 0, CTRL_CMD_NEWFAMILY);
	fake_family(msg, fake->family);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void serve_one(struct fake *fake, const struct nlmsghdr *request)
{
	if (request->nlmsg_type == GENL_ID_CTRL) {
		controller(fake, request);
	} else if (request->nlmsg_type != fake->family || !fake->loaded) {
		fake_send(fake, fake_error(request, -ENOENT, true));
	} else {
		fake->requests++;
		fake->fn(fake, request);
	}
}

static void serve_send(struct fake *fake, struct nlmsghdr *first, int len)
{
	struct nlmsghdr *request = first;
	int rest = len;

	fake->sends++;
	fake->left = 0;
	for (; nlmsg_ok(request, rest); request = nlmsg_next(request, &rest))
		fake->left++;
	fake->in_send = fake->left;
	if (fake->in_send > fake->most)
		fake->most = fake->in_send;
	for (request = first; nlmsg_ok(request, len); request = nlmsg_next(request, &len)) {
		fake->left--;
		serve_one(fake, request);
	}
}

static void *serve(void *arg)
{
	struct fake *fake = arg;
	static _Thread_local char buf[262144];
	ssize_t len;

	while ((len = recv(fake->fd, buf, sizeof(buf), 0)) > 0)
		serve_send(fake, (struct nlmsghdr *)buf, (int)len);
	return NULL;
}

void fake_start(struct fake *fake, fake_fn fn, void *arg)
{
	struct timeval limit = { .tv_sec = 20 };
	int fds[2];

	memset(fake, 0, sizeof(*fake));
	fake->fn = fn;
	fake->arg = arg;
	fake->loaded = true;
	fake->family = FAKE_FAMILY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		abort();
	setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (handle_init(&fake->handle, NULL, fds[0]))
		abort();
	fake->fd = fds[1];
	if (pthread_create(&fake->thread, NULL, serve, fake))
		abort();
}

/*
 * A child of fork() has none of our threads, but their memory in whatever state: it
 * must not be looked through for leaks.
 */
void fake_leave_child(bool good)
{
	execl("/bin/sh", "sh", "-c", good ? "exit 0" : "exit 1", (char *)NULL);
	abort();
}

void fake_stop(struct fake *fake)
{
	shutdown(fake->handle.fd, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
	close(fake->handle.fd);
	close(fake->fd);
	handle_fini(&fake->handle);
}
