// SPDX-License-Identifier: GPL-2.0
/*
 * Notification queues.
 *
 * There is one per core, type and instance. Its place in the card's table is
 * taken before the hardware learns of it, and free again when the hardware has
 * had the time to forget it; so nobody else's records get in.
 */
#include <linux/errno.h>
#include <linux/eventfd.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "claim.h"
#include "ctx.h"
#include "device.h"
#include "events.h"
#include "health.h"
#include "hw_nq.h"
#include "nq.h"
#include "nq_watch.h"
#include "trace.h"

#define RECORD_BYTES	sizeof(struct neuron_nq_record)

/* The numbers of the interface are the hardware's. */
static_assert((int)NEURON_NQ_TYPE_TRACE == NEURON_HW_NQ_TRACE);
static_assert((int)NEURON_NQ_TYPE_NOTIFY == NEURON_HW_NQ_NOTIFY);
static_assert((int)NEURON_NQ_TYPE_EVENT == NEURON_HW_NQ_EVENT);
static_assert((int)NEURON_NQ_TYPE_ERROR == NEURON_HW_NQ_ERROR);

static_assert(NEURON_MAX_CORES * NEURON_HW_NQ_TYPES * NEURON_NQ_INSTANCES <= NEURON_HW_NQ_PLACES);

static enum neuron_hw_nq_type hw_type(enum neuron_nq_type type)
{
	return (enum neuron_hw_nq_type)type;
}

static struct neuron_nq **place(const struct neuron_nq *nq)
{
	return &nq->ndev->nq[nq->nc][nq->type][nq->eng];
}

/**
 * neuron_nq_check() - can what is asked for be had at all
 * @ndev: the card
 * @spec: what is asked for
 * @wrong: set if it cannot: the field to blame
 * @extack: gets the reason; may be NULL
 *
 * Context: Any.
 * Return: 0; -ERANGE for a core or instance that does not exist or a size
 * outside of the limits; -EINVAL for a size that is no power of two.
 */
int neuron_nq_check(struct neuron_device *ndev, const struct neuron_nq_spec *spec,
		    enum neuron_nq_field *wrong, struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ndev->hw.map;

	*wrong = NEURON_NQ_FIELD_NC;
	if (spec->nc >= map->cores) {
		NL_SET_ERR_MSG(extack, "The card has no such core");
		return -ERANGE;
	}
	*wrong = NEURON_NQ_FIELD_ENG;
	if (spec->eng >= min_t(u32, map->nq[hw_type(spec->type)].instances, NEURON_NQ_INSTANCES)) {
		NL_SET_ERR_MSG(extack, "The core has no such queue of this type");
		return -ERANGE;
	}
	*wrong = NEURON_NQ_FIELD_SIZE;
	if (!is_power_of_2(spec->size)) {
		NL_SET_ERR_MSG(extack, "The size is not a power of two");
		return -EINVAL;
	}
	if (spec->size < max_t(u32, map->nq_bytes_min, NEURON_MIN_NQ_BYTES) ||
	    spec->size > min_t(u32, map->nq_bytes_max, NEURON_MAX_NQ_BYTES)) {
		NL_SET_ERR_MSG(extack, "A queue of this size cannot be");
		return -ERANGE;
	}

	return 0;
}

static void nq_release(struct kref *ref)
{
	struct neuron_nq *nq = container_of(ref, struct neuron_nq, ref);
	struct neuron_device *ndev = nq->ndev;

	if (nq->eventfd)
		eventfd_ctx_put(nq->eventfd);
	neuron_buf_fini(&nq->buf);
	neuron_charge_give(&nq->charge);
	kfree(nq);
	atomic64_dec(&ndev->counters.nqs);
	neuron_device_put(ndev);
}

static struct neuron_nq *nq_new(struct neuron_ctx *ctx, const struct neuron_nq_spec *spec,
				struct netlink_ext_ack *extack)
{
	struct neuron_nq *nq = kzalloc(sizeof(*nq), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!nq) {
		NL_SET_ERR_MSG(extack, "No memory for a queue of this size");
		return ERR_PTR(-ENOMEM);
	}

	kref_init(&nq->ref);
	nq->ctx_id = ctx->id;
	nq->nc = spec->nc;
	nq->type = spec->type;
	nq->eng = spec->eng;
	nq->size = spec->size;
	ret = neuron_charge_take(&nq->charge, ctx->ndev, ctx->quota, NEURON_MEM_KIND_HOST,
				 PAGE_ALIGN(spec->size), extack);
	if (!ret)
		ret = neuron_buf_init(&nq->buf, ctx->ndev, spec->size, true, false, NULL);
	if (ret) {
		if (ret != -EDQUOT)
			NL_SET_ERR_MSG(extack, "No memory for a queue of this size");
		neuron_charge_give(&nq->charge);
		kfree(nq);
		return ERR_PTR(ret);
	}
	nq->eventfd = spec->eventfd;
	nq->ndev = neuron_device_get(ctx->ndev);
	atomic64_inc(&nq->ndev->counters.nqs);

	return nq;
}

/* Take the place and let the hardware write, or -EBUSY. */
static int start(struct neuron_nq *nq, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = nq->ndev;
	struct neuron_desc_span span;
	int ret;

	neuron_buf_span(&nq->buf, 0, &span);

	mutex_lock(&ndev->lock);
	ret = neuron_device_check_ready(ndev, extack);
	if (!ret)
		ret = neuron_claim_check(ndev, nq->nc, nq->ctx_id, extack);
	if (!ret && *place(nq)) {
		NL_SET_ERR_MSG(extack, "This queue of the core exists already");
		ret = -EBUSY;
	} else if (!ret) {
		kref_get(&nq->ref);
		*place(nq) = nq;
		nq->state = NEURON_NQ_STATE_ACTIVE;
		neuron_nq_watch_add(nq);
		neuron_hw_nq_start(&ndev->hw, nq->nc, hw_type(nq->type), nq->eng, span.dev_addr,
				   nq->size);
	}
	mutex_unlock(&ndev->lock);

	return ret;
}

/* An id is reserved first, so that nothing can fail after the start. */
static int start_and_publish(struct neuron_ctx *ctx, struct neuron_nq *nq,
			     struct netlink_ext_ack *extack)
{
	int ret;

	lockdep_assert_held(&ctx->lock);
	if (ctx->closed) {
		NL_SET_ERR_MSG(extack, "The context is closed");
		return -ECANCELED;
	}
	ret = xa_alloc(&ctx->nqs, &nq->id, NULL, XA_LIMIT(1, INT_MAX), GFP_KERNEL_ACCOUNT);
	if (ret)
		return ret;
	ret = start(nq, extack);
	if (ret) {
		xa_erase(&ctx->nqs, nq->id);
		return ret;
	}

	kref_get(&nq->ref);
	xa_lock(&ctx->nqs);
	__xa_store(&ctx->nqs, nq->id, nq, GFP_KERNEL_ACCOUNT);
	neuron_buf_place(&ctx->nq_places, &nq->buf);
	xa_unlock(&ctx->nqs);
	trace_neuron_nq_create(ctx->ndev->index, ctx->id, nq->id, nq->nc, nq->type, nq->eng,
			       nq->size);
	atomic_inc(&ctx->nr_nqs);
	neuron_ctx_changed(ctx, NEURON_LIST_NQS);

	return 0;
}

/**
 * neuron_nq_create() - make a notification queue and let the card write to it
 * @ctx: owner; its card is entered
 * @spec: what is asked for, checked by neuron_nq_check(); its event file goes over
 *	to the queue, also if that is refused
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the locks of context and card.
 * Return: the queue, with a reference for the caller besides that of the id; or
 * an ERR_PTR: -EDQUOT; -ENOMEM; -EBUSY if there is one already, or another context has
 * claimed the core, or the card is being reset; -EIO if it has failed;
 * -ECANCELED if the context was closed; -ENODEV.
 */
struct neuron_nq *neuron_nq_create(struct neuron_ctx *ctx, const struct neuron_nq_spec *spec,
				   struct netlink_ext_ack *extack)
{
	struct neuron_nq *nq = nq_new(ctx, spec, extack);
	int ret;

	if (IS_ERR(nq)) {
		if (spec->eventfd)
			eventfd_ctx_put(spec->eventfd);
		return nq;
	}

	mutex_lock(&ctx->lock);
	ret = start_and_publish(ctx, nq, extack);
	mutex_unlock(&ctx->lock);
	if (ret) {
		neuron_nq_put(nq);
		return ERR_PTR(ret);
	}

	return nq;
}

static struct neuron_nq *live(struct neuron_nq *nq)
{
	if (!nq || nq->doomed)
		return NULL;
	kref_get(&nq->ref);

	return nq;
}

/**
 * neuron_nq_get() - find a queue
 * @ctx: owner
 * @id: of the queue
 *
 * Context: Any.
 * Return: the queue with a reference, or NULL.
 */
struct neuron_nq *neuron_nq_get(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_nq *nq;

	xa_lock(&ctx->nqs);
	nq = live(xa_load(&ctx->nqs, id));
	xa_unlock(&ctx->nqs);

	return nq;
}

/**
 * neuron_nq_next() - find the next queue, for dumps
 * @ctx: owner
 * @id: least id; set to the one that was found
 *
 * Context: Any.
 * Return: the queue with a reference, or NULL at the end.
 */
struct neuron_nq *neuron_nq_next(struct neuron_ctx *ctx, unsigned long *id)
{
	struct neuron_nq *nq;

	xa_lock(&ctx->nqs);
	nq = xa_find(&ctx->nqs, id, ULONG_MAX, XA_PRESENT);
	while (nq && nq->doomed)
		nq = xa_find_after(&ctx->nqs, id, ULONG_MAX, XA_PRESENT);
	nq = live(nq);
	xa_unlock(&ctx->nqs);

	return nq;
}

/**
 * neuron_nq_put() - drop a reference
 * @nq: the queue
 *
 * Context: Sleeps if it is the last one; takes the locks of the buffer.
 */
void neuron_nq_put(struct neuron_nq *nq)
{
	kref_put(&nq->ref, nq_release);
}

/**
 * neuron_nq_doom() - give an id up before the queue can be
 * @ctx: owner
 * @id: of the queue
 *
 * Nobody finds the queue any more, but its context still owns it: if the job
 * that shall destroy it never runs, teardown does.
 *
 * Context: Any.
 * Return: 0, or -ENOENT.
 */
int neuron_nq_doom(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_nq *nq;
	int ret = -ENOENT;

	xa_lock(&ctx->nqs);
	nq = xa_load(&ctx->nqs, id);
	if (nq && !nq->doomed) {
		nq->doomed = true;
		neuron_ctx_changed(ctx, NEURON_LIST_NQS);
		ret = 0;
	}
	xa_unlock(&ctx->nqs);

	return ret;
}

/**
 * neuron_nq_take() - take a queue, doomed or not, away from its context
 * @ctx: owner
 * @id: of the queue
 *
 * Context: Sleeps; takes the context's lock.
 * Return: the queue with the id's reference, or NULL.
 */
struct neuron_nq *neuron_nq_take(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_nq *nq;

	mutex_lock(&ctx->lock);
	xa_lock(&ctx->nqs);
	nq = __xa_erase(&ctx->nqs, id);
	if (nq)
		neuron_buf_displace(&ctx->nq_places, &nq->buf);
	xa_unlock(&ctx->nqs);
	if (nq) {
		atomic_dec(&ctx->nr_nqs);
		neuron_ctx_changed(ctx, NEURON_LIST_NQS);
	}
	mutex_unlock(&ctx->lock);

	return nq;
}

/* The card cannot write to it any more. */
static void let_go(struct neuron_nq *nq)
{
	struct neuron_device *ndev = nq->ndev;

	mutex_lock(&ndev->lock);
	*place(nq) = NULL;
	mutex_unlock(&ndev->lock);
	neuron_nq_put(nq);
}

static void held_release(struct neuron_held *held)
{
	let_go(container_of(held, struct neuron_nq, held));
}

static const struct neuron_held_ops held_ops = {
	.what = "notification queue",
	.release = held_release,
};

/**
 * neuron_nq_stop() - let the card write no more
 * @nq: the queue; the caller's reference stays the caller's
 *
 * Context: Sleeps for some milliseconds; takes the card's lock for moments.
 * Return: 0, also if it was stopped before; -ENODEV if the card is gone: the
 * memory is then in quarantine until removal has switched DMA off.
 */
int neuron_nq_stop(struct neuron_nq *nq)
{
	struct neuron_device *ndev = nq->ndev;
	bool active;
	int ret;

	mutex_lock(&ndev->lock);
	active = nq->state == NEURON_NQ_STATE_ACTIVE;
	if (active) {
		neuron_hw_nq_stop(&ndev->hw, nq->nc, hw_type(nq->type), nq->eng);
		neuron_nq_watch_end(nq);
	}
	nq->state = NEURON_NQ_STATE_LOST;
	mutex_unlock(&ndev->lock);
	if (!active)
		return 0;

	trace_neuron_nq_stop(ndev->index, nq->ctx_id, nq->id);
	ret = neuron_hw_nq_drain(&ndev->hw);
	if (ret)
		neuron_quarantine_add(ndev, &nq->held, &held_ops, nq->ctx_id, nq->size);
	else
		let_go(nq);

	return ret;
}

/**
 * neuron_nq_lose() - take all queues of a card from their owners
 * @ndev: the card, about to be reset
 *
 * They are lost, and in quarantine until it has been; those that somebody stops
 * are left to him.
 *
 * Context: neuron_device.lock held.
 */
void neuron_nq_lose(struct neuron_device *ndev)
{
	struct neuron_nq **all = &ndev->nq[0][0][0];
	size_t i;

	lockdep_assert_held(&ndev->lock);
	for (i = 0; i < sizeof(ndev->nq) / sizeof(*all); i++) {
		if (!all[i] || all[i]->state != NEURON_NQ_STATE_ACTIVE)
			continue;
		all[i]->state = NEURON_NQ_STATE_LOST;
		trace_neuron_nq_lost(ndev->index, all[i]->ctx_id, all[i]->id);
		neuron_nq_watch_end(all[i]);
		neuron_quarantine_add_locked(ndev, &all[i]->held, &held_ops, all[i]->ctx_id,
					     all[i]->size);
	}
}

/**
 * neuron_nq_ack() - tell the card how far the queue was read
 * @nq: the queue
 * @head: offset of the first record that was not read, bytes
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0; -EINVAL if @head is within a record; -ERANGE if it is beyond the
 * end; -ENOTCONN if the queue was lost in a reset.
 */
int neuron_nq_ack(struct neuron_nq *nq, u32 head, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = nq->ndev;
	int ret = 0;

	if (head % RECORD_BYTES) {
		NL_SET_ERR_MSG(extack, "The position is within a record");
		return -EINVAL;
	}
	if (head >= nq->size) {
		NL_SET_ERR_MSG(extack, "The position is beyond the end of the queue");
		return -ERANGE;
	}

	mutex_lock(&ndev->lock);
	if (nq->state == NEURON_NQ_STATE_ACTIVE) {
		nq->head = head;
		nq->acked = true;
		trace_neuron_nq_ack(ndev->index, nq->ctx_id, nq->id, head);
		neuron_hw_nq_ack(&ndev->hw, nq->nc, hw_type(nq->type), nq->eng, head);
	} else {
		NL_SET_ERR_MSG(extack, "The queue was lost in a reset");
		ret = -ENOTCONN;
	}
	mutex_unlock(&ndev->lock);
	if (!ret)
		neuron_health_watch(ndev);

	return ret;
}

/* The queues whose owners tell how far they read, each counted, and where they are. */
static u32 get_acked(struct neuron_device *ndev, struct neuron_nq **nq,
		     struct neuron_hw_nq_place *at)
{
	struct neuron_nq **all = &ndev->nq[0][0][0];
	u32 count = 0;
	size_t i;

	mutex_lock(&ndev->lock);
	for (i = 0; i < sizeof(ndev->nq) / sizeof(*all); i++) {
		if (!all[i] || !all[i]->acked || all[i]->state != NEURON_NQ_STATE_ACTIVE)
			continue;
		kref_get(&all[i]->ref);
		nq[count] = all[i];
		at[count].nc = all[i]->nc;
		at[count].type = hw_type(all[i]->type);
		at[count].instance = all[i]->eng;
		count++;
	}
	mutex_unlock(&ndev->lock);

	return count;
}

/*
 * How many records are lost since the last look. Whether the counter begins anew with
 * a queue is not known (A16), so one that went back is taken to have done so.
 */
static u32 account_lost(struct neuron_nq *nq, u32 now)
{
	struct neuron_device *ndev = nq->ndev;
	u32 *known = &ndev->nq_lost[nq->nc][nq->type][nq->eng];
	u32 lost = 0;

	mutex_lock(&ndev->lock);
	if (nq->state == NEURON_NQ_STATE_ACTIVE) {
		lost = now >= *known ? now - *known : now;
		*known = now;
	}
	mutex_unlock(&ndev->lock);

	return lost;
}

static void tell_lost(struct neuron_nq *nq, u32 lost)
{
	struct neuron_health_note note = {
		.text = "A notification queue was full and has lost records",
		.eng = NEURON_EVENT_NO_ENGINE,
		.nq = nq,
		.lost = lost,
		.port = NEURON_EVENT_NO_PORT,
	};

	atomic64_add(lost, &nq->ndev->counters.nq_overruns);
	neuron_event_health(nq->ndev, &note);
}

/**
 * neuron_nq_look() - have queues lost records
 * @ndev: the card, ready
 *
 * Counts and announces. Only queues of which a position was told can be full.
 *
 * Context: Sleeps for a firmware request; takes neuron_device.lock and the locks of
 * events.
 * Return: whether there is any such queue.
 */
bool neuron_nq_look(struct neuron_device *ndev)
{
	struct neuron_hw_nq_place at[NEURON_HW_NQ_PLACES];
	struct neuron_nq *nq[NEURON_HW_NQ_PLACES];
	u32 total[NEURON_HW_NQ_PLACES];
	u32 count = get_acked(ndev, nq, at);
	int err = -ENOENT;
	u32 lost;
	u32 i;

	if (count) {
		err = neuron_hw_nq_overflows(&ndev->hw, at, total, count);
		err = neuron_health_check(ndev, err);
	}
	for (i = 0; i < count; i++) {
		lost = err ? 0 : account_lost(nq[i], total[i]);
		if (lost)
			tell_lost(nq[i], lost);
		neuron_nq_put(nq[i]);
	}

	return count;
}

/**
 * neuron_nq_where() - look at a queue
 * @nq: the queue
 * @state: set to its state
 * @head: set to the consumer's position, bytes
 *
 * Context: Sleeps; takes the card's lock.
 */
void neuron_nq_where(struct neuron_nq *nq, enum neuron_nq_state *state, u32 *head)
{
	struct neuron_device *ndev = nq->ndev;

	mutex_lock(&ndev->lock);
	*state = nq->state;
	*head = nq->head;
	mutex_unlock(&ndev->lock);
}

/**
 * neuron_nq_empty() - destroy all queues of a context
 * @ctx: context, which is closed and has no jobs
 *
 * Context: as neuron_nq_stop(), and the context's lock.
 */
void neuron_nq_empty(struct neuron_ctx *ctx)
{
	struct neuron_nq *nq;
	unsigned long id;

	xa_for_each(&ctx->nqs, id, nq) {
		nq = neuron_nq_take(ctx, id);
		if (!nq)
			continue;
		neuron_nq_stop(nq);
		neuron_nq_put(nq);
	}
}

/**
 * neuron_nq_find_offset() - find a queue by where it is mapped
 * @ctx: owner
 * @mmap_offset: as told to the owner, bytes
 *
 * Context: Any.
 * Return: the queue with a reference, or NULL.
 */
struct neuron_nq *neuron_nq_find_offset(struct neuron_ctx *ctx, u64 mmap_offset)
{
	struct neuron_nq *nq = NULL;
	struct neuron_buf *buf;

	xa_lock(&ctx->nqs);
	buf = neuron_buf_at(&ctx->nq_places, mmap_offset);
	if (buf)
		nq = live(container_of(buf, struct neuron_nq, buf));
	xa_unlock(&ctx->nqs);

	return nq;
}

static void vma_open(struct vm_area_struct *vma)
{
	struct neuron_nq *nq = vma->vm_private_data;

	kref_get(&nq->ref);
	neuron_buf_open(&nq->buf);
}

static void vma_close(struct vm_area_struct *vma)
{
	struct neuron_nq *nq = vma->vm_private_data;

	neuron_buf_close(&nq->buf);
	neuron_nq_put(nq);
}

static vm_fault_t vma_fault(struct vm_fault *vmf)
{
	struct neuron_nq *nq = vmf->vma->vm_private_data;

	return neuron_buf_fault(&nq->buf, vmf);
}

static const struct vm_operations_struct vm_ops = {
	.open = vma_open,
	.close = vma_close,
	.fault = vma_fault,
};

/**
 * neuron_nq_mmap() - make a VMA show a queue
 * @nq: the queue
 * @vma: new
 *
 * The VMA takes a reference of its own.
 *
 * Context: mmap_lock held for writing.
 * Return: as neuron_buf_map(), which refuses to write.
 */
int neuron_nq_mmap(struct neuron_nq *nq, struct vm_area_struct *vma)
{
	int ret = neuron_buf_map(&nq->buf, vma);

	if (ret)
		return ret;

	kref_get(&nq->ref);
	vma->vm_private_data = nq;
	vma->vm_ops = &vm_ops;

	return 0;
}
