// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-user server: life of a connection, dispatch of its messages, and the
 * messages about DMA and the device as a whole.
 *
 * A reply is never held back: the client gives up on a late one, and an answer
 * to a request it gave up on breaks the connection for good.
 */
#include "vfu_priv.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hostmem.h"
#include "unixsock.h"

#define BACKLOG	4

/**
 * vfu_reset() - reset the function: configuration space and the card
 * @vfu: server
 * @kind: why
 *
 * Vectors stay granted: they are the client's, not the function's.
 */
void vfu_reset(struct emu_vfu *vfu, enum emu_reset_kind kind)
{
	pthread_mutex_lock(&vfu->cfg_lock);
	if (kind == EMU_RESET_CLIENT_GONE)
		emu_pcicfg_power_on(&vfu->cfg);
	else
		emu_pcicfg_reset(&vfu->cfg);
	pthread_mutex_unlock(&vfu->cfg_lock);
	memset(vfu->msix_table, 0, sizeof(vfu->msix_table));
	emu_card_set_bus_master(vfu->card, false);
	emu_card_reset(vfu->card, kind);
	vfu_irqs_forget(&vfu->irqs);
}

static int do_dma_map(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_dma_map map;
	unsigned int prot = 0;

	(void)reply;
	memcpy(&map, msg->body, sizeof(map));
	if (map.argsz < sizeof(map))
		return -EINVAL;
	if (map.flags & VFU_DMA_MAP_READ)
		prot |= EMU_HOSTMEM_READ;
	if (map.flags & VFU_DMA_MAP_WRITE)
		prot |= EMU_HOSTMEM_WRITE;
	return emu_hostmem_map(emu_card_hostmem(vfu->card), map.iova, map.size,
			       msg->nr_fds ? msg->fds[0] : -1, map.offset, prot);
}

/* The document wants ranges that match a mapping; the client sends any. */
static int do_dma_unmap(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct emu_hostmem *hm = emu_card_hostmem(vfu->card);
	struct vfu_dma_unmap unmap;

	memcpy(&unmap, msg->body, sizeof(unmap));
	if (unmap.argsz < sizeof(unmap) || unmap.flags & ~VFU_DMA_UNMAP_ALL)
		return -EINVAL;
	if (unmap.flags & VFU_DMA_UNMAP_ALL)
		emu_hostmem_unmap_all(hm);
	else if (unmap.size)
		emu_hostmem_unmap(hm, unmap.iova, unmap.size);
	else
		return -EINVAL;
	memcpy(reply->body, &unmap, sizeof(unmap));
	reply->body_bytes = sizeof(unmap);
	return 0;
}

static int do_device_info(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_device_info info;

	(void)vfu;
	memcpy(&info, msg->body, sizeof(info));
	if (info.argsz < sizeof(info))
		return -EINVAL;
	info = (struct vfu_device_info){
		.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.num_regions = VFU_NR_REGIONS,
		.num_irqs = VFU_NR_IRQS,
	};
	memcpy(reply->body, &info, sizeof(info));
	reply->body_bytes = sizeof(info);
	return 0;
}

static int do_device_reset(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	(void)msg;
	(void)reply;
	vfu_reset(vfu, EMU_RESET_BUS);
	return 0;
}

#define ANY_BYTES	SIZE_MAX

/*
 * Commands this server carries out. A body must have at least and at most so
 * many bytes, so that a handler may copy its structure out unchecked; and no
 * more descriptors than it knows what to do with.
 */
static const struct {
	int (*handle)(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply);
	size_t min_bytes;
	size_t max_bytes;
	unsigned int max_fds;
} commands[VFU_NR_CMDS] = {
	[VFU_VERSION] = {
		vfu_do_version, sizeof(struct vfu_version), ANY_BYTES, 0 },
	[VFU_DMA_MAP] = {
		do_dma_map, sizeof(struct vfu_dma_map), sizeof(struct vfu_dma_map), 1 },
	[VFU_DMA_UNMAP] = {
		do_dma_unmap, sizeof(struct vfu_dma_unmap), sizeof(struct vfu_dma_unmap), 0 },
	[VFU_GET_INFO] = {
		do_device_info, sizeof(struct vfu_device_info),
		sizeof(struct vfu_device_info), 0 },
	[VFU_GET_REGION_INFO] = {
		vfu_do_region_info, sizeof(struct vfu_region_info), ANY_BYTES, 0 },
	[VFU_GET_REGION_IO_FDS] = {
		vfu_do_region_io_fds, sizeof(struct vfu_region_io_fds),
		sizeof(struct vfu_region_io_fds), 0 },
	[VFU_GET_IRQ_INFO] = {
		vfu_do_irq_info, sizeof(struct vfu_irq_info), sizeof(struct vfu_irq_info), 0 },
	[VFU_SET_IRQS] = {
		vfu_do_set_irqs, sizeof(struct vfu_irq_set), ANY_BYTES, VFU_MAX_FDS },
	[VFU_REGION_READ] = {
		vfu_do_region_read, sizeof(struct vfu_region_rw),
		sizeof(struct vfu_region_rw), 0 },
	[VFU_REGION_WRITE] = {
		vfu_do_region_write, sizeof(struct vfu_region_rw), ANY_BYTES, 0 },
	[VFU_DEVICE_RESET] = {
		do_device_reset, 0, 0, 0 },
	[VFU_REGION_WRITE_MULTI] = {
		vfu_do_write_multi, sizeof(struct vfu_write_multi), ANY_BYTES, 0 },
};

static int dispatch(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	uint16_t cmd = msg->hdr.cmd;

	if ((msg->hdr.flags & VFU_TYPE_MASK) != VFU_TYPE_COMMAND)
		return -EINVAL;
	if (cmd >= VFU_NR_CMDS || !commands[cmd].handle)
		return -ENOTSUP;
	if (!vfu->ready && cmd != VFU_VERSION)
		return -EINVAL;
	if (msg->body_bytes < commands[cmd].min_bytes ||
	    msg->body_bytes > commands[cmd].max_bytes ||
	    msg->nr_fds > commands[cmd].max_fds || msg->too_many_fds)
		return -EINVAL;
	return commands[cmd].handle(vfu, msg, reply);
}

/* One line per command that was ever refused: a client may repeat itself. */
static void log_refusal(struct emu_vfu *vfu, const struct vfu_msg *msg, int err)
{
	uint32_t bit = 1u << (msg->hdr.cmd < VFU_NR_CMDS ? msg->hdr.cmd : 0);

	vfu->refused++;
	if (!vfu->opts.log || vfu->logged & bit)
		return;
	vfu->logged |= bit;
	fprintf(vfu->opts.log,
		"card%u: vfio-user: command %u, %u bytes, %u descriptors: refused: %s\n",
		vfu->index, msg->hdr.cmd, msg->hdr.size, msg->nr_fds, strerror(err));
}

/*
 * Receive and answer one message. A reply is dropped: this server sends no
 * requests of its own, so there is nothing it could belong to.
 */
static bool serve_one(struct emu_vfu *vfu)
{
	struct vfu_reply reply = { .body = vfu->tx + sizeof(struct vfu_hdr), .fd = -1 };
	struct vfu_msg msg;
	int err;
	int ret;

	if (vfu_msg_recv(vfu, &msg))
		return false;
	vfu->messages++;
	if ((msg.hdr.flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY) {
		vfu_msg_close_fds(&msg);
		return true;
	}
	err = -dispatch(vfu, &msg, &reply);
	if (err)
		log_refusal(vfu, &msg, err);
	ret = vfu_msg_reply(vfu, &msg, &reply, err);
	vfu_msg_close_fds(&msg);
	/* Who cannot introduce himself has nothing more to say. */
	return !ret && vfu->ready;
}

static bool take_connection(struct emu_vfu *vfu, int fd)
{
	bool taken;

	pthread_mutex_lock(&vfu->lock);
	taken = !vfu->stopping;
	if (taken)
		vfu->conn_fd = fd;
	pthread_mutex_unlock(&vfu->lock);
	return taken;
}

static void drop_connection(struct emu_vfu *vfu, int fd)
{
	pthread_mutex_lock(&vfu->lock);
	vfu->conn_fd = -1;
	pthread_mutex_unlock(&vfu->lock);
	close(fd);
}

/* Memory first: from here on nothing of the client's may be touched. */
static void client_gone(struct emu_vfu *vfu)
{
	emu_hostmem_unmap_all(emu_card_hostmem(vfu->card));
	vfu_irqs_close(&vfu->irqs);
	vfu_reset(vfu, EMU_RESET_CLIENT_GONE);
	emu_card_detach(vfu->card);
	vfu->ready = false;
	vfu->connected = false;
}

/**
 * emu_vfu_serve() - serve one client until it goes
 * @vfu: server
 * @fd: connected stream socket, closed here
 *
 * Context: blocks until the client closes its end. One call at a time; for
 * servers that listen, their own thread makes it.
 */
void emu_vfu_serve(struct emu_vfu *vfu, int fd)
{
	if (!take_connection(vfu, fd)) {
		close(fd);
		return;
	}
	while (serve_one(vfu))
		;
	if (vfu->ready)
		client_gone(vfu);
	drop_connection(vfu, fd);
}

static bool stopping(struct emu_vfu *vfu)
{
	bool ret;

	pthread_mutex_lock(&vfu->lock);
	ret = vfu->stopping;
	pthread_mutex_unlock(&vfu->lock);
	return ret;
}

static void *server_thread(void *arg)
{
	struct emu_vfu *vfu = arg;

	while (!stopping(vfu)) {
		struct pollfd pfd[] = {
			{ .fd = vfu->listen_fd, .events = POLLIN },
			{ .fd = vfu->stop_fd, .events = POLLIN },
		};
		int fd;

		if (poll(pfd, 2, -1) < 0 || !(pfd[0].revents & POLLIN))
			continue;
		fd = accept4(vfu->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			emu_vfu_serve(vfu, fd);
	}
	return NULL;
}

/**
 * emu_vfu_create() - make the server of one card
 * @card: the device model, which must outlive the server
 * @opts: command line, copied
 * @index: number of the card
 *
 * Return: the server, or NULL without memory or descriptors.
 */
struct emu_vfu *emu_vfu_create(struct emu_card *card, const struct emu_opts *opts,
			       unsigned int index)
{
	struct emu_vfu *vfu = calloc(1, sizeof(*vfu));

	if (!vfu)
		return NULL;
	vfu->card = card;
	vfu->opts = *opts;
	vfu->index = index;
	vfu->conn_fd = -1;
	vfu->listen_fd = -1;
	vfu->rx = malloc(VFU_MAX_BODY_BYTES);
	vfu->tx = malloc(sizeof(struct vfu_hdr) + VFU_MAX_BODY_BYTES);
	vfu->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (!vfu->rx || !vfu->tx || vfu->stop_fd < 0) {
		if (vfu->stop_fd >= 0)
			close(vfu->stop_fd);
		free(vfu->tx);
		free(vfu->rx);
		free(vfu);
		return NULL;
	}
	pthread_mutex_init(&vfu->lock, NULL);
	pthread_mutex_init(&vfu->cfg_lock, NULL);
	vfu_irqs_init(&vfu->irqs);
	emu_pcicfg_init(&vfu->cfg, opts, index);
	emu_card_set_irq(card, vfu_irq_raise, vfu);
	return vfu;
}

static void stop(struct emu_vfu *vfu)
{
	const uint64_t one = 1;

	pthread_mutex_lock(&vfu->lock);
	vfu->stopping = true;
	if (vfu->conn_fd >= 0)
		shutdown(vfu->conn_fd, SHUT_RDWR);
	pthread_mutex_unlock(&vfu->lock);
	while (write(vfu->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

/**
 * emu_vfu_destroy() - send the client away, remove the socket, free the server
 * @vfu: server, or NULL
 *
 * Context: waits for the server's thread.
 */
void emu_vfu_destroy(struct emu_vfu *vfu)
{
	if (!vfu)
		return;
	stop(vfu);
	if (vfu->listen_fd >= 0) {
		pthread_join(vfu->thread, NULL);
		close(vfu->listen_fd);
		unlink(vfu->path);
	}
	emu_card_set_irq(vfu->card, NULL, NULL);
	vfu_irqs_close(&vfu->irqs);
	pthread_mutex_destroy(&vfu->irqs.lock);
	pthread_mutex_destroy(&vfu->cfg_lock);
	pthread_mutex_destroy(&vfu->lock);
	close(vfu->stop_fd);
	free(vfu->path);
	free(vfu->tx);
	free(vfu->rx);
	free(vfu);
}

/**
 * emu_vfu_listen() - serve clients on a named socket, one after the other
 * @vfu: server that does not listen yet
 * @path: name of the socket, removed by emu_vfu_destroy()
 *
 * Return: 0 once clients can connect, or -errno, see emu_unix_listen().
 */
int emu_vfu_listen(struct emu_vfu *vfu, const char *path)
{
	int ret;

	vfu->path = strdup(path);
	if (!vfu->path)
		return -ENOMEM;
	ret = emu_unix_listen(path, BACKLOG);
	if (ret < 0)
		goto err_path;
	vfu->listen_fd = ret;
	ret = -pthread_create(&vfu->thread, NULL, server_thread, vfu);
	if (ret)
		goto err_socket;
	return 0;

err_socket:
	close(vfu->listen_fd);
	vfu->listen_fd = -1;
	unlink(path);
err_path:
	free(vfu->path);
	vfu->path = NULL;
	return ret;
}

/**
 * emu_vfu_error() - record a PCI Express error in the function's AER registers
 * @vfu: server
 * @kind: which status register
 * @bit: its number there
 *
 * Context: any thread.
 * Return: false if there is no such error.
 */
bool emu_vfu_error(struct emu_vfu *vfu, enum emu_pcicfg_error kind, unsigned int bit)
{
	bool known;

	pthread_mutex_lock(&vfu->cfg_lock);
	known = emu_pcicfg_error(&vfu->cfg, kind, bit);
	pthread_mutex_unlock(&vfu->cfg_lock);
	return known;
}

/**
 * emu_vfu_get_stats() - what the server has done so far
 * @vfu: server
 * @stats: filled in
 *
 * Context: any thread.
 */
void emu_vfu_get_stats(struct emu_vfu *vfu, struct emu_vfu_stats *stats)
{
	struct vfu_irqs *irqs = &vfu->irqs;
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	stats->connected = vfu->connected;
	stats->clients = vfu->clients;
	stats->messages = vfu->messages;
	stats->refused = vfu->refused;
	stats->dma_maps = emu_hostmem_count(emu_card_hostmem(vfu->card));
	pthread_mutex_lock(&irqs->lock);
	for (i = 0; i < EMU_NR_VECTORS; i++)
		stats->vectors += irqs->fd[i] >= 0;
	stats->irqs_sent = irqs->sent;
	stats->irqs_lost = irqs->lost;
	pthread_mutex_unlock(&irqs->lock);
}
