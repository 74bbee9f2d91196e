// SPDX-License-Identifier: GPL-2.0
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The longest message that the protocol's limits allow, docs/emulator.md. */
#define MAX_MESSAGE	(16u + (1u << 20) + 16u)

static void *serve(void *arg)
{
	struct client *c = arg;

	emu_vfu_serve(c->vfu, c->server_fd);
	return NULL;
}

/**
 * client_connect() - begin a connection, served by a thread
 * @c: filled in
 * @vfu: the server, which serves nobody else
 */
void client_connect(struct client *c, struct emu_vfu *vfu)
{
	int pair[2];

	memset(c, 0, sizeof(*c));
	c->vfu = vfu;
	c->dram_fd = -1;
	fuzz_expect(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
		    "this machine has a pair of sockets left");
	c->sock = pair[0];
	c->server_fd = pair[1];
	fuzz_expect(!pthread_create(&c->server, NULL, serve, c), "there is a thread left");
}

static void take_fd(struct client *c, struct msghdr *mh)
{
	struct cmsghdr *cm;

	for (cm = CMSG_FIRSTHDR(mh); cm; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		fuzz_expect(cm->cmsg_len == CMSG_LEN(sizeof(int)), "one descriptor at a time");
		if (c->dram_fd >= 0)
			close(c->dram_fd);
		memcpy(&c->dram_fd, CMSG_DATA(cm), sizeof(int));
	}
}

static void begin_reply(struct client *c)
{
	const struct vfu_hdr *reply = &c->reply;

	fuzz_expect((reply->flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY, "only replies come");
	fuzz_expect(reply->size >= sizeof(*reply) && reply->size <= MAX_MESSAGE,
		    "a reply has a sane length");
	fuzz_expect(!(reply->flags & VFU_ERROR) || (reply->error && reply->size == sizeof(*reply)),
		    "an error has a number and nothing else");
	c->reply_left = reply->size - sizeof(*reply);
	if (reply->id == CLIENT_SYNC_ID)
		c->answered = true;
}

static void take_replies(struct client *c, const uint8_t *bytes, size_t len)
{
	size_t piece;

	while (len) {
		if (c->reply_left) {
			piece = len < c->reply_left ? len : c->reply_left;
			c->reply_left -= piece;
		} else {
			piece = sizeof(c->reply) - c->reply_used;
			piece = len < piece ? len : piece;
			memcpy((uint8_t *)&c->reply + c->reply_used, bytes, piece);
			c->reply_used += piece;
			if (c->reply_used == sizeof(c->reply)) {
				c->reply_used = 0;
				begin_reply(c);
			}
		}
		bytes += piece;
		len -= piece;
	}
}

static void receive(struct client *c)
{
	static uint8_t bytes[1 << 18];
	char space[CMSG_SPACE(sizeof(int) * 4)] __attribute__((aligned(8)));
	struct iovec iov = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	ssize_t got = recvmsg(c->sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		c->closed = true;
		return;
	}
	take_fd(c, &mh);
	fuzz_no_secret(bytes, (size_t)got, "what the server sent");
	take_replies(c, bytes, (size_t)got);
}

/* Waits until something can be done, and reads what there is to be read. */
static bool wait_for(struct client *c, short events)
{
	struct pollfd pfd = { .fd = c->sock, .events = events | POLLIN };

	if (poll(&pfd, 1, -1) < 0)
		return false;
	if (pfd.revents & (POLLIN | POLLHUP | POLLERR))
		receive(c);
	return pfd.revents & events;
}

/* What the server makes of the bytes: a header, then as many as it says. */
static void account(struct client *c, const uint8_t *bytes, size_t len)
{
	struct vfu_hdr hdr;
	size_t piece;

	while (len && !c->senseless) {
		piece = c->owed ? c->owed : sizeof(c->frame) - c->frame_used;
		piece = len < piece ? len : piece;
		if (c->owed) {
			c->owed -= piece;
		} else {
			memcpy(c->frame + c->frame_used, bytes, piece);
			c->frame_used += piece;
		}
		if (c->frame_used == sizeof(c->frame)) {
			memcpy(&hdr, c->frame, sizeof(hdr));
			c->senseless = hdr.size < sizeof(hdr) || hdr.size > MAX_MESSAGE;
			c->owed = hdr.size - sizeof(hdr);
			c->frame_used = 0;
		}
		bytes += piece;
		len -= piece;
	}
}

static ssize_t send_piece(struct client *c, const uint8_t *bytes, size_t len, const int *fds,
			  unsigned int nr_fds)
{
	char space[CMSG_SPACE(sizeof(int) * CLIENT_MAX_FDS)] __attribute__((aligned(8))) = "";
	struct iovec iov = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;

	if (nr_fds) {
		mh.msg_control = space;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * nr_fds);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int) * nr_fds);
		memcpy(CMSG_DATA(cm), fds, sizeof(int) * nr_fds);
	}
	return sendmsg(c->sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/**
 * client_send() - bytes onto the stream, as they are
 * @c: the client
 * @bytes: what
 * @len: how many
 * @fds: descriptors that go with the first piece
 * @nr_fds: how many of them
 */
void client_send(struct client *c, const void *bytes, size_t len, const int *fds,
		 unsigned int nr_fds)
{
	const uint8_t *at = bytes;
	size_t piece;
	ssize_t sent;

	while (len && !c->closed) {
		piece = c->split && c->split < len ? c->split : len;
		sent = send_piece(c, at, piece, fds, nr_fds);
		if (sent < 0) {
			if (errno == EAGAIN)
				wait_for(c, POLLOUT);
			else
				c->closed = true;
			continue;
		}
		account(c, at, (size_t)sent);
		nr_fds = 0;
		at += sent;
		len -= (size_t)sent;
		if (c->split)
			sched_yield();
	}
}

/**
 * client_message() - a message with a correct header
 * @c: the client
 * @cmd: command
 * @body: what follows the header
 * @len: its length
 * @fds: descriptors that go along
 * @nr_fds: how many
 */
void client_message(struct client *c, uint16_t cmd, const void *body, size_t len,
		    const int *fds, unsigned int nr_fds)
{
	struct vfu_hdr hdr = { .id = 1, .cmd = cmd, .size = (uint32_t)(sizeof(hdr) + len) };

	client_send(c, &hdr, sizeof(hdr), fds, nr_fds);
	client_send(c, body, len, NULL, 0);
}

/* Ends the message under way, so that the next one is understood. */
static void pay(struct client *c)
{
	static const uint8_t zeros[4096];
	uint64_t owed;

	while (!c->closed && !c->senseless && (c->owed || c->frame_used)) {
		owed = c->owed ? c->owed : sizeof(c->frame) - c->frame_used;
		client_send(c, zeros, owed < sizeof(zeros) ? owed : sizeof(zeros), NULL, 0);
	}
}

/**
 * client_sync() - wait until the server has done all that was sent, or hung up
 * @c: the client
 */
void client_sync(struct client *c)
{
	struct {
		struct vfu_hdr hdr;
		struct vfu_device_info info;
	} ask = {
		.hdr = { .id = CLIENT_SYNC_ID, .cmd = VFU_GET_INFO, .size = sizeof(ask) },
		.info = { .argsz = sizeof(ask.info) },
	};

	c->split = 0;
	pay(c);
	c->answered = false;
	client_send(c, &ask, sizeof(ask), NULL, 0);
	while (!c->closed && !c->answered)
		wait_for(c, 0);
}

/**
 * client_hang_up() - no more is sent; read to the end, and see the server's thread end
 * @c: the client
 */
void client_hang_up(struct client *c)
{
	shutdown(c->sock, SHUT_WR);
	while (!c->closed)
		wait_for(c, 0);
	pthread_join(c->server, NULL);
	close(c->sock);
	if (c->dram_fd >= 0)
		close(c->dram_fd);
}
