// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: a netlink socket each.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "error.h"
#include "nlmsg.h"

#ifndef NEURON_VERSION
#error "NEURON_VERSION comes from the Makefile"
#endif

#define HANDLE_SOCKET_BYTES	262144

/**
 * now_ms() - monotonic time
 *
 * Return: milliseconds.
 */
uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/**
 * copy_out() - give a struct to a caller who may know an older or newer one
 * @to: caller's struct
 * @to_size: its size, bytes
 * @from: ours
 * @from_size: its size, bytes
 *
 * Return: 0, -EINVAL if @to_size is 0.
 */
int copy_out(void *to, size_t to_size, const void *from, size_t from_size)
{
	if (!to || !to_size)
		return -EINVAL;
	if (to_size > from_size)
		memset((char *)to + from_size, 0, to_size - from_size);
	memcpy(to, from, to_size < from_size ? to_size : from_size);
	return 0;
}

/**
 * handle_check() - is this the process that the handle belongs to?
 * @handle: handle
 * @cmd: operation that is about to be tried, 0 if none
 *
 * After a fork the two would take each other's answers.
 *
 * Return: 0, or -EPERM in another process.
 */
int handle_check(struct neuron_handle *handle, uint32_t cmd)
{
	if (handle->pid == getpid())
		return 0;
	return error_local(handle, cmd, -EPERM,
			   "the handle belongs to the process that opened it; open one after fork()");
}

/**
 * handle_init() - set up a handle on a connected socket
 * @handle: cleared memory
 * @sock: owner of @fd, given up by handle_fini(); NULL to leave @fd alone
 * @fd: socket
 *
 * Return: 0 or -ENOMEM.
 */
int handle_init(struct neuron_handle *handle, struct nl_sock *sock, int fd)
{
	handle->buf = malloc(HANDLE_BUF_BYTES);
	if (!handle->buf)
		return -ENOMEM;
	handle->sock = sock;
	handle->fd = fd;
	handle->pid = getpid();
	handle->event_fd = -1;
	pthread_mutex_init(&handle->lock, NULL);
	return 0;
}

/**
 * handle_fini() - undo handle_init()
 * @handle: handle
 */
void handle_fini(struct neuron_handle *handle)
{
	pthread_mutex_destroy(&handle->lock);
	nl_socket_free(handle->sock);
	if (handle->event_fd >= 0)
		close(handle->event_fd);
	free(handle->buf);
}

static int connect_socket(struct nl_sock *sock)
{
	struct timeval limit = { .tv_sec = HANDLE_ANSWER_MS / 1000 };
	int one = 1, fd;

	errno = 0;
	if (genl_connect(sock))
		return errno ? -errno : -EIO;
	fd = nl_socket_get_fd(sock);
	/* Refused where rmem_max is small: then the default must do. */
	(void)nl_socket_set_buffer_size(sock, HANDLE_SOCKET_BYTES, HANDLE_SOCKET_BYTES);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return -errno;
	return fd;
}

/**
 * neuron_open() - make a handle
 * @handle: the new handle
 *
 * Works without the driver; requests then fail with -ENOENT. The socket stands
 * for the credentials of this moment: open it after changing them.
 *
 * Return: 0 or a negative errno.
 */
int neuron_open(struct neuron_handle **handle)
{
	struct neuron_handle *new = calloc(1, sizeof(*new));
	struct nl_sock *sock = nl_socket_alloc();
	int fd = -ENOMEM, err;

	if (new && sock)
		fd = connect_socket(sock);
	err = fd < 0 ? fd : handle_init(new, sock, fd);
	if (err) {
		nl_socket_free(sock);
		free(new);
		return err;
	}
	*handle = new;
	return 0;
}

/**
 * neuron_close() - give a handle up
 * @handle: handle without contexts, or NULL
 */
void neuron_close(struct neuron_handle *handle)
{
	if (!handle)
		return;
	handle_fini(handle);
	free(handle);
}

/**
 * neuron_version() - version of the library
 *
 * Return: three numbers with dots between.
 */
const char *neuron_version(void)
{
	return NEURON_VERSION;
}
