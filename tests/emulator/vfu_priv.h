/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the vfio-user server; nothing but vfu*.c includes this. */
#ifndef NEURON_EMU_VFU_PRIV_H
#define NEURON_EMU_VFU_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "pcicfg.h"
#include "vfu.h"
#include "vfu_proto.h"

/* What the server tells its client that it accepts. */
#define VFU_MAX_FDS		16u
#define VFU_MAX_XFER_BYTES	(1u << 20)
#define VFU_PAGE_SIZES		4096u
#define VFU_MAX_DMA_MAPS	65535u

#define VFU_MAX_BODY_BYTES	(VFU_MAX_XFER_BYTES + sizeof(struct vfu_region_rw))

/**
 * struct vfu_msg - a message as received
 * @hdr: its header
 * @body: what follows the header, in the receive buffer
 * @body_bytes: length of @body
 * @fds: descriptors that came with it; a handler that keeps one puts -1 there
 * @nr_fds: number of @fds
 * @too_many_fds: there were more, which are closed already
 */
struct vfu_msg {
	struct vfu_hdr hdr;
	const uint8_t *body;
	size_t body_bytes;
	int fds[VFU_MAX_FDS];
	unsigned int nr_fds;
	bool too_many_fds;
};

/**
 * struct vfu_reply - what a handler answers
 * @body: where it puts the body, VFU_MAX_BODY_BYTES of room
 * @body_bytes: how much it put there
 * @fd: descriptor to pass along, or -1; stays the owner's
 */
struct vfu_reply {
	uint8_t *body;
	size_t body_bytes;
	int fd;
};

/**
 * struct vfu_irqs - eventfds of the one interrupt type that the card has
 * @lock: guards the rest; innermost lock of the emulator, raise() takes it
 *        in the thread of an engine
 * @fd: per vector, -1 without
 * @span: one more than the highest vector that has a descriptor
 * @pending: vectors (bit mask) raised while they had none, MSI-X only
 * @sent: interrupts signalled
 * @lost: interrupts nobody could be told of
 */
struct vfu_irqs {
	pthread_mutex_t lock;
	int fd[EMU_NR_VECTORS];
	unsigned int span;
	uint32_t pending;
	uint64_t sent;
	uint64_t lost;
};

/**
 * struct emu_vfu - server of one card
 * @card: the device model
 * @opts: command line
 * @index: number of the card, for messages and its serial number
 * @cfg_lock: guards @cfg; nothing else is taken while it is held
 * @cfg: configuration space
 * @msix_table: MSI-X table as stored, for clients that do not keep it themselves
 * @irqs: interrupts
 * @rx: body of the message being worked on
 * @tx: header and body of its reply
 * @ready: the client has introduced itself
 * @client_max_fds: descriptors that the client takes in one message
 * @logged: commands (bit mask) whose refusal is in the log already
 * @lock: guards @conn_fd and @stopping
 * @conn_fd: connection being served, or -1
 * @stopping: serve nobody any more
 * @listen_fd: named socket, or -1
 * @stop_fd: eventfd that ends the wait for a client
 * @path: name of @listen_fd
 * @thread: accepts and serves
 * @connected: what emu_vfu_get_stats() tells of it, as the following
 * @clients: see @connected
 * @messages: see @connected
 * @refused: see @connected
 */
struct emu_vfu {
	struct emu_card *card;
	struct emu_opts opts;
	unsigned int index;
	pthread_mutex_t cfg_lock;
	struct emu_pcicfg cfg;
	uint8_t msix_table[EMU_MSIX_TABLE_BYTES];
	struct vfu_irqs irqs;
	uint8_t *rx;
	uint8_t *tx;
	bool ready;
	uint32_t client_max_fds;
	uint32_t logged;

	pthread_mutex_t lock;
	int conn_fd;
	bool stopping;

	int listen_fd;
	int stop_fd;
	char *path;
	pthread_t thread;

	atomic_bool connected;
	atomic_ullong clients;
	atomic_ullong messages;
	atomic_ullong refused;
};

/* vfu_msg.c */
int vfu_msg_recv(struct emu_vfu *vfu, struct vfu_msg *msg);
void vfu_msg_close_fds(struct vfu_msg *msg);
int vfu_msg_reply(struct emu_vfu *vfu, const struct vfu_msg *msg,
		  const struct vfu_reply *reply, int err);

/* vfu_version.c */
int vfu_do_version(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);

/* vfu_region.c */
int vfu_do_region_info(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
int vfu_do_region_io_fds(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
int vfu_do_region_read(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
int vfu_do_region_write(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
int vfu_do_write_multi(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);

/* vfu_irq.c */
void vfu_irqs_init(struct vfu_irqs *irqs);
void vfu_irqs_close(struct vfu_irqs *irqs);
void vfu_irqs_forget(struct vfu_irqs *irqs);
uint32_t vfu_irqs_pending(struct vfu_irqs *irqs);
void vfu_irq_raise(void *arg, unsigned int source);
int vfu_do_irq_info(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
int vfu_do_set_irqs(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);

/* vfu.c */
void vfu_reset(struct emu_vfu *vfu, enum emu_reset_kind kind);

#endif
