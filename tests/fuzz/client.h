/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client of a vfio-user server that says anything, yet always knows where the server is
 * in the stream: so it can wait for an answer whenever there must be one.
 */
#ifndef NEURON_FUZZ_CLIENT_H
#define NEURON_FUZZ_CLIENT_H

#include <pthread.h>

#include "fuzz.h"
#include "vfu.h"
#include "vfu_proto.h"

#define CLIENT_MAX_FDS	20u
#define CLIENT_SYNC_ID	0xFFFFu		/* of the messages that wait for their answer */

struct client {
	struct emu_vfu *vfu;
	pthread_t server;
	int sock;
	int server_fd;
	int dram_fd;		/* the last descriptor that the server sent, or -1 */
	unsigned int split;	/* send in pieces of so many bytes; 0: at once */
	bool closed;		/* the server has hung up */

	/* Sent so far: the header under way, and what the server still waits for. */
	uint8_t frame[16];
	size_t frame_used;
	uint64_t owed;
	bool senseless;		/* a length that ends the connection was sent */

	/* Received so far. */
	struct vfu_hdr reply;
	size_t reply_used;
	uint64_t reply_left;
	bool answered;		/* a message with CLIENT_SYNC_ID */
};

void client_connect(struct client *c, struct emu_vfu *vfu);
void client_send(struct client *c, const void *bytes, size_t len, const int *fds,
		 unsigned int nr_fds);
void client_message(struct client *c, uint16_t cmd, const void *body, size_t len,
		    const int *fds, unsigned int nr_fds);
void client_sync(struct client *c);
void client_hang_up(struct client *c);

#endif
