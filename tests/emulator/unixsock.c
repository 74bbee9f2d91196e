// SPDX-License-Identifier: GPL-2.0
#include "unixsock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fill_addr(struct sockaddr_un *addr, const char *path)
{
	size_t len = strlen(path);

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (!len || len >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	memcpy(addr->sun_path, path, len);
	return 0;
}

static int fail_closing(int fd)
{
	int err = errno;

	close(fd);
	return -err;
}

/**
 * emu_unix_connect() - connect to a named stream socket
 * @path: its name
 *
 * Return: a descriptor that is closed on exec, or -errno.
 */
int emu_unix_connect(const char *path)
{
	struct sockaddr_un addr;
	int ret = fill_addr(&addr, path);
	int fd;

	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail_closing(fd);
	return fd;
}

/* A socket that a killed process left behind may go; a living one may not. */
static int remove_stale(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = emu_unix_connect(path);
	if (fd >= 0) {
		close(fd);
		return -EADDRINUSE;
	}
	if (fd != -ECONNREFUSED)
		return fd;
	return unlink(path) ? -errno : 0;
}

/**
 * emu_unix_listen() - make a named stream socket and listen on it
 * @path: its name; a socket nobody listens on any more is replaced
 * @backlog: connections that may wait
 *
 * Return: a descriptor that is closed on exec, or -errno: -EADDRINUSE when
 * somebody serves that name, -EEXIST when it is something else than a socket,
 * -ENAMETOOLONG when it does not fit into a socket address.
 */
int emu_unix_listen(const char *path, int backlog)
{
	struct sockaddr_un addr;
	int ret = fill_addr(&addr, path);
	int fd;

	if (!ret)
		ret = remove_stale(path);
	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail_closing(fd);
	if (listen(fd, backlog)) {
		ret = fail_closing(fd);
		unlink(path);
		return ret;
	}
	return fd;
}
