// SPDX-License-Identifier: GPL-2.0
/* Descriptors that a client may send along, and what it may do to them afterwards. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

/**
 * fuzz_memory_file() - an anonymous file
 * @len_bytes: its length
 * @seals: of it
 * Return: a descriptor.
 */
int fuzz_memory_file(uint64_t len_bytes, unsigned int seals)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	fuzz_expect(fd >= 0, "this machine has a memory file left");
	if (ftruncate(fd, (off_t)len_bytes))
		len_bytes = 0;
	if (seals)
		fcntl(fd, F_ADD_SEALS, seals);
	return fd;
}

static int odd_size(struct fuzz_in *in)
{
	static const uint64_t bytes[] = {
		0, 1, 7, 4095, 4096, 4097, 65536, 1u << 20, (1u << 20) + 1, 1ull << 40,
		INT64_MAX - 4095,
	};

	return fuzz_memory_file(bytes[fuzz_u8(in) % (sizeof(bytes) / sizeof(bytes[0]))], 0);
}

static int reopened(int fd, int flags)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags | O_CLOEXEC);
}

static int socket_end(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	close(pair[1]);
	return pair[0];
}

/* One end of a pipe; the other one is closed. */
static int pipe_end(unsigned int end)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	close(fds[!end]);
	return fds[end];
}

/* A counter that cannot be added to: a write to it would wait. */
static int full_eventfd(void)
{
	const uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);

	if (fd >= 0 && write(fd, &most, sizeof(most)) < 0)
		return fd;
	return fd;
}

static int special(uint8_t which)
{
	switch (which) {
	case 0:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 1:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case 2:
		return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case 3:
		return open("/", O_PATH | O_CLOEXEC);
	case 4:
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	case 5:
		return epoll_create1(EPOLL_CLOEXEC);
	case 6:
		return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	default:
		return full_eventfd();
	}
}

/**
 * fuzz_odd_fd() - a descriptor of any kind
 * @in: the input
 * @memory_fd: the memory file of this client
 * @sock: its connection
 * Return: a new descriptor, which the caller closes; -1 if this kind failed.
 */
int fuzz_odd_fd(struct fuzz_in *in, int memory_fd, int sock)
{
	uint8_t kind = fuzz_u8(in);

	switch (kind % 16) {
	case 0:
		return odd_size(in);
	case 1:
		return fuzz_memory_file(65536, F_SEAL_SHRINK | F_SEAL_GROW);
	case 2:
		return fuzz_memory_file(65536, F_SEAL_WRITE);
	case 3:
		return fuzz_memory_file(65536, F_SEAL_FUTURE_WRITE);
	case 4:
		return reopened(memory_fd, O_RDONLY);
	case 5:
		return reopened(memory_fd, O_WRONLY);
	case 6:
		return pipe_end(kind >> 4 & 1);
	case 7:
		return socket_end();
	case 8:
		return special(kind >> 4 & 7);
	case 9:
		return fcntl(sock, F_DUPFD_CLOEXEC, 0);
	case 10:
	case 11:
		return fcntl(memory_fd, F_DUPFD_CLOEXEC, 0);
	default:
		return eventfd(kind >> 4 & 1, EFD_CLOEXEC | (kind & 0x20 ? EFD_NONBLOCK : 0));
	}
}

/**
 * fuzz_disturb_file() - do to a memory file what its owner can do at any time
 * @in: the input
 * @fd: the file, mapped by the emulator or not
 */
void fuzz_disturb_file(struct fuzz_in *in, int fd)
{
	static const uint64_t bytes[] = { 0, 1, 4096, 0x8000, 0x8001, 0x10000, 0x20000, 1u << 20 };
	uint8_t what = fuzz_u8(in);
	int ignored = 0;

	if (what & 0x80)
		ignored |= fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 0x8000);
	else if (what & 0x40)
		ignored |= fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | (what & F_SEAL_WRITE));
	else
		ignored |= ftruncate(fd, (off_t)bytes[what & 7]);
	(void)ignored;
}
