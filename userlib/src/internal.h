/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the library share.
 */
#ifndef NEURON_INTERNAL_H
#define NEURON_INTERNAL_H

#include <neuron/libneuron.h>

#include <pthread.h>
#include <sys/types.h>

struct nl_sock;

/* Enough for what the kernel puts into one datagram of a dump. */
#define HANDLE_BUF_BYTES	65536

/* Answers come while the request is being sent; this only ends a hang. */
#define HANDLE_ANSWER_MS	30000

/* How often an interrupted dump is begun again. */
#define HANDLE_DUMP_TRIES	10

#define HANDLE_MAX_GROUPS	4

struct nreq_group {
	char name[16];
	uint32_t id;
};

/**
 * struct neuron_handle - a socket for requests
 * @sock: owner of @fd; NULL if somebody else owns it
 * @fd: netlink socket
 * @family: id of the family, 0 before it is resolved
 * @seq: sequence number of the last request
 * @buf: receive buffer, HANDLE_BUF_BYTES
 * @groups: multicast groups of the family
 * @lock: serializes use of the socket, guards everything above
 * @err: what went wrong last
 * @sentence: @err for people
 * @pid: process that it belongs to
 * @event_fd: eventfd that jobs of batches raise when they end, -1 before the first batch
 * @queue: batch that calls are queued onto, or NULL
 * @running: batches that have been started and have not ended
 * @jobs: jobs that they wait for
 */
struct neuron_handle {
	struct nl_sock *sock;
	int fd;
	uint16_t family;
	uint32_t seq;
	unsigned char *buf;
	struct nreq_group groups[HANDLE_MAX_GROUPS];
	pthread_mutex_t lock;
	struct neuron_error_info err;
	char sentence[512];
	pid_t pid;
	int event_fd;
	struct neuron_batch *queue;
	struct neuron_batch *running;
	unsigned int jobs;
};

int handle_check(struct neuron_handle *handle, uint32_t cmd);
int handle_init(struct neuron_handle *handle, struct nl_sock *sock, int fd);
void handle_fini(struct neuron_handle *handle);

/*
 * struct neuron_ctx - an open device file
 * @job_fd: eventfd that the kernel raises when a job ends, -1 before the first
 * @next_after: job that the next one comes after, or 0
 * @next_fd: one more than the eventfd that the next one raises, or 0
 */
struct neuron_ctx {
	struct neuron_handle *handle;
	int fd;
	int job_fd;
	uint32_t index;
	uint32_t ctx_id;
	uint32_t last_job;
	uint32_t next_after;
	uint32_t next_fd;
};

uint64_t now_ms(void);
int copy_out(void *to, size_t to_size, const void *from, size_t from_size);

#endif
