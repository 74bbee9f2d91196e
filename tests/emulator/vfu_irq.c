// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts: sources of the card onto the vectors that the client granted.
 *
 * The 32 sources of docs/hardware, section 8.4, fold onto fewer vectors:
 * source s goes to vector s modulo the number granted. Linux without interrupt
 * remapping grants one MSI, so a driver has to look at all its waiters then.
 */
#include "vfu_priv.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/**
 * vfu_irqs_init() - no vector granted
 * @irqs: interrupts
 */
void vfu_irqs_init(struct vfu_irqs *irqs)
{
	unsigned int i;

	memset(irqs, 0, sizeof(*irqs));
	pthread_mutex_init(&irqs->lock, NULL);
	for (i = 0; i < EMU_NR_VECTORS; i++)
		irqs->fd[i] = -1;
}

/* May not block: a full counter means that the client has work to do anyway. */
static void signal_locked(struct vfu_irqs *irqs, unsigned int vector)
{
	struct pollfd pfd = { .fd = irqs->fd[vector], .events = POLLOUT };
	const uint64_t one = 1;

	if (poll(&pfd, 1, 0) == 1 && pfd.revents == POLLOUT &&
	    write(pfd.fd, &one, sizeof(one)) == sizeof(one))
		irqs->sent++;
	else
		irqs->lost++;
}

/* Takes fd over, -1 to take the vector away. What was pending is sent now. */
static void set_vector_locked(struct vfu_irqs *irqs, unsigned int vector, int fd)
{
	if (irqs->fd[vector] >= 0)
		close(irqs->fd[vector]);
	irqs->fd[vector] = fd;
	if (fd >= 0 && irqs->pending & 1u << vector) {
		irqs->pending &= ~(1u << vector);
		signal_locked(irqs, vector);
	}
	irqs->span = EMU_NR_VECTORS;
	while (irqs->span && irqs->fd[irqs->span - 1] < 0)
		irqs->span--;
}

/**
 * vfu_irqs_close() - take all vectors away
 * @irqs: interrupts
 */
void vfu_irqs_close(struct vfu_irqs *irqs)
{
	unsigned int i;

	pthread_mutex_lock(&irqs->lock);
	for (i = 0; i < EMU_NR_VECTORS; i++)
		set_vector_locked(irqs, i, -1);
	irqs->pending = 0;
	pthread_mutex_unlock(&irqs->lock);
}

/**
 * vfu_irqs_forget() - nothing is pending any more, as after a reset
 * @irqs: interrupts
 */
void vfu_irqs_forget(struct vfu_irqs *irqs)
{
	pthread_mutex_lock(&irqs->lock);
	irqs->pending = 0;
	pthread_mutex_unlock(&irqs->lock);
}

/**
 * vfu_irqs_pending() - the MSI-X pending bits
 * @irqs: interrupts
 *
 * Return: one bit per vector.
 */
uint32_t vfu_irqs_pending(struct vfu_irqs *irqs)
{
	uint32_t pending;

	pthread_mutex_lock(&irqs->lock);
	pending = irqs->pending;
	pthread_mutex_unlock(&irqs->lock);
	return pending;
}

/**
 * vfu_irq_raise() - a source of the card fires
 * @arg: the server
 * @source: number, docs/hardware, section 8.4
 *
 * Context: any thread, with locks of the card held; takes the innermost lock,
 * calls nobody and does not block.
 */
void vfu_irq_raise(void *arg, unsigned int source)
{
	struct emu_vfu *vfu = arg;
	struct vfu_irqs *irqs = &vfu->irqs;
	unsigned int vector;

	pthread_mutex_lock(&irqs->lock);
	vector = irqs->span ? source % irqs->span : 0;
	if (irqs->fd[vector] >= 0)
		signal_locked(irqs, vector);
	else if (irqs->span && vfu->opts.irq_mode == EMU_IRQ_MSIX)
		irqs->pending |= 1u << vector;
	else
		irqs->lost++;
	pthread_mutex_unlock(&irqs->lock);
}

static uint32_t vectors(const struct emu_vfu *vfu, uint32_t index)
{
	if ((index == VFU_IRQ_MSI && vfu->opts.irq_mode == EMU_IRQ_MSI) ||
	    (index == VFU_IRQ_MSIX && vfu->opts.irq_mode == EMU_IRQ_MSIX))
		return EMU_NR_VECTORS;
	return 0;
}

/**
 * vfu_do_irq_info() - describe one interrupt type
 * @vfu: server
 * @msg: message, a struct vfu_irq_info
 * @reply: answer, likewise; count 0 for a type that the function lacks
 *
 * Return: 0; -EINVAL for an unknown index or too little room.
 */
int vfu_do_irq_info(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_irq_info info;

	memcpy(&info, msg->body, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_NR_IRQS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.count = vectors(vfu, info.index);
	info.flags = info.count ? VFU_IRQ_EVENTFD : 0;
	memcpy(reply->body, &info, sizeof(info));
	reply->body_bytes = sizeof(info);
	return 0;
}

/* Each message replaces what its vectors had; no descriptors take them away. */
static int set_eventfds(struct emu_vfu *vfu, const struct vfu_irq_set *set, struct vfu_msg *msg)
{
	uint32_t i;

	if (!set->count || (msg->nr_fds && msg->nr_fds != set->count))
		return -EINVAL;
	pthread_mutex_lock(&vfu->irqs.lock);
	for (i = 0; i < set->count; i++) {
		set_vector_locked(&vfu->irqs, set->start + i, msg->nr_fds ? msg->fds[i] : -1);
		if (msg->nr_fds)
			msg->fds[i] = -1;
	}
	pthread_mutex_unlock(&vfu->irqs.lock);
	return 0;
}

/* The client itself triggers vectors: all of the range, or those flagged in want. */
static void trigger(struct emu_vfu *vfu, const struct vfu_irq_set *set, const uint8_t *want)
{
	uint32_t i;

	pthread_mutex_lock(&vfu->irqs.lock);
	for (i = 0; i < set->count; i++)
		if ((!want || want[i]) && vfu->irqs.fd[set->start + i] >= 0)
			signal_locked(&vfu->irqs, set->start + i);
	pthread_mutex_unlock(&vfu->irqs.lock);
}

/* Nothing here can be masked by message, so triggering is the only action. */
static int check_set(const struct emu_vfu *vfu, const struct vfu_irq_set *set,
		     const struct vfu_msg *msg)
{
	uint32_t have;

	if (set->argsz < sizeof(*set) || set->argsz > msg->body_bytes ||
	    set->index >= VFU_NR_IRQS)
		return -EINVAL;
	if ((set->flags & ~VFU_IRQ_DATA_MASK) != VFU_IRQ_ACTION_TRIGGER)
		return -EINVAL;
	have = vectors(vfu, set->index);
	if (set->start > have || set->count > have - set->start)
		return -EINVAL;
	if (msg->nr_fds && !(set->flags & VFU_IRQ_DATA_EVENTFD))
		return -EINVAL;
	return 0;
}

/**
 * vfu_do_set_irqs() - grant, take away or trigger vectors
 * @vfu: server
 * @msg: message, a struct vfu_irq_set with flags or descriptors
 * @reply: answer, empty
 *
 * Return: 0; -EINVAL for a range, an action or a number of descriptors that
 * does not fit.
 */
int vfu_do_set_irqs(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_irq_set set;
	const uint8_t *flags = msg->body + sizeof(set);
	int ret;

	(void)reply;
	memcpy(&set, msg->body, sizeof(set));
	ret = check_set(vfu, &set, msg);
	if (ret)
		return ret;

	switch (set.flags & VFU_IRQ_DATA_MASK) {
	case VFU_IRQ_DATA_EVENTFD:
		return set_eventfds(vfu, &set, msg);
	case VFU_IRQ_DATA_BOOL:
		if (set.argsz - sizeof(set) != set.count)
			return -EINVAL;
		trigger(vfu, &set, flags);
		return 0;
	case VFU_IRQ_DATA_NONE:
		/* A count of zero disables the type, if it is the one there is. */
		if (set.count)
			trigger(vfu, &set, NULL);
		else if (vectors(vfu, set.index))
			vfu_irqs_close(&vfu->irqs);
		return 0;
	default:
		return -EINVAL;
	}
}
