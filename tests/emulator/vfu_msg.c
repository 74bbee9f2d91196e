// SPDX-License-Identifier: GPL-2.0
/* vfio-user messages on the socket: framing, and descriptors that travel along. */
#include "vfu_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for exactly VFU_MAX_FDS: the kernel closes what does not fit. */
union fd_space {
	char buf[CMSG_SPACE(sizeof(int) * VFU_MAX_FDS)];
	struct cmsghdr align;
};

static void keep_fd(struct vfu_msg *msg, int fd)
{
	if (msg->nr_fds < VFU_MAX_FDS) {
		msg->fds[msg->nr_fds++] = fd;
		return;
	}
	close(fd);
	msg->too_many_fds = true;
}

static void take_fds(struct vfu_msg *msg, struct msghdr *mh)
{
	struct cmsghdr *c;
	size_t count;
	size_t i;
	int fd;

	if (mh->msg_flags & MSG_CTRUNC)
		msg->too_many_fds = true;
	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			keep_fd(msg, fd);
		}
	}
}

/* Descriptors may come with any piece of a message, so look at each. */
static int recv_all(int sock, struct vfu_msg *msg, void *buf, size_t len)
{
	union fd_space space;
	size_t got = 0;

	while (got < len) {
		struct iovec iov = { .iov_base = (char *)buf + got, .iov_len = len - got };
		struct msghdr mh = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = space.buf,
			.msg_controllen = sizeof(space.buf),
		};
		ssize_t n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ECONNRESET;
		take_fds(msg, &mh);
		got += n;
	}
	return 0;
}

/**
 * vfu_msg_recv() - wait for the next message
 * @vfu: server, whose connection is read and whose receive buffer is filled
 * @msg: filled in; vfu_msg_close_fds() it afterwards
 *
 * Context: blocks; shutdown() of the connection ends the wait.
 * Return: 0; -ECONNRESET when the client has gone; -EPROTO when the length
 * makes no sense, so that nobody knows where the next message begins.
 */
int vfu_msg_recv(struct emu_vfu *vfu, struct vfu_msg *msg)
{
	size_t body_bytes;
	int ret;

	memset(msg, 0, sizeof(*msg));
	ret = recv_all(vfu->conn_fd, msg, &msg->hdr, sizeof(msg->hdr));
	if (ret)
		goto err_close;
	body_bytes = (size_t)msg->hdr.size - sizeof(msg->hdr);
	if (msg->hdr.size < sizeof(msg->hdr) || body_bytes > VFU_MAX_BODY_BYTES) {
		ret = -EPROTO;
		goto err_close;
	}
	ret = recv_all(vfu->conn_fd, msg, vfu->rx, body_bytes);
	if (ret)
		goto err_close;
	msg->body = vfu->rx;
	msg->body_bytes = body_bytes;
	return 0;

err_close:
	vfu_msg_close_fds(msg);
	return ret;
}

/**
 * vfu_msg_close_fds() - close the descriptors of a message that nobody kept
 * @msg: the message
 */
void vfu_msg_close_fds(struct vfu_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->nr_fds; i++)
		if (msg->fds[i] >= 0)
			close(msg->fds[i]);
	msg->nr_fds = 0;
}

static void attach_fd(struct msghdr *mh, union fd_space *space, int fd)
{
	struct cmsghdr *c;

	memset(space, 0, sizeof(*space));
	mh->msg_control = space->buf;
	mh->msg_controllen = CMSG_SPACE(sizeof(fd));
	c = CMSG_FIRSTHDR(mh);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

/* The client takes a header that comes in pieces for an error: send at once. */
static int send_all(int sock, const void *buf, size_t len, int fd)
{
	union fd_space space;
	size_t sent = 0;

	while (sent < len) {
		struct iovec iov = { .iov_base = (char *)buf + sent, .iov_len = len - sent };
		struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
		ssize_t n;

		if (fd >= 0 && !sent)
			attach_fd(&mh, &space, fd);
		n = sendmsg(sock, &mh, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		sent += n;
	}
	return 0;
}

/**
 * vfu_msg_reply() - answer a message, unless it wants no answer
 * @vfu: server, whose transmit buffer holds the body
 * @msg: what is answered
 * @reply: body and descriptor, not used for an error
 * @err: 0, or the positive errno that the client is told
 *
 * Return: 0, or -errno when the connection is broken.
 */
int vfu_msg_reply(struct emu_vfu *vfu, const struct vfu_msg *msg,
		  const struct vfu_reply *reply, int err)
{
	size_t body_bytes = err ? 0 : reply->body_bytes;
	struct vfu_hdr hdr = {
		.id = msg->hdr.id,
		.cmd = msg->hdr.cmd,
		.size = sizeof(hdr) + body_bytes,
		.flags = VFU_TYPE_REPLY | (err ? VFU_ERROR : 0),
		.error = err,
	};

	if (msg->hdr.flags & VFU_NO_REPLY)
		return 0;
	memcpy(vfu->tx, &hdr, sizeof(hdr));
	return send_all(vfu->conn_fd, vfu->tx, sizeof(hdr) + body_bytes,
			err ? -1 : reply->fd);
}
