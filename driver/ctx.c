// SPDX-License-Identifier: GPL-2.0
/*
 * Contexts: made at open, emptied at release or when their card goes.
 */
#include <linux/cred.h>
#include <linux/eventfd.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "claim.h"
#include "ctx.h"
#include "device.h"
#include "foreign.h"
#include "job.h"
#include "mem.h"
#include "nq.h"
#include "quota.h"
#include "ring.h"
#include "trace.h"

/* How often each list changed, of all contexts. */
static atomic_t neuron_changes[NEURON_LISTS];

/**
 * neuron_ctx_changed() - something came into a list, or went
 * @ctx: whose list, or what came or went
 * @list: which
 *
 * Context: Any, when it has happened.
 */
void neuron_ctx_changed(struct neuron_ctx *ctx, enum neuron_list list)
{
	atomic_inc(&ctx->changes[list]);
	atomic_inc(&neuron_changes[list]);
}

/**
 * neuron_ctx_generation() - how often a list changed
 * @ctx: whose list, or NULL for those of all contexts
 * @list: which
 *
 * Context: Any.
 * Return: a number that wraps.
 */
u32 neuron_ctx_generation(const struct neuron_ctx *ctx, enum neuron_list list)
{
	return atomic_read(ctx ? &ctx->changes[list] : &neuron_changes[list]);
}

static void teardown(struct neuron_ctx *ctx)
{
	struct neuron_device *ndev = ctx->ndev;

	neuron_ctx_empty(ctx);
	mutex_lock(&ndev->lock);
	xa_erase(&ndev->contexts, ctx->id);
	mutex_unlock(&ndev->lock);
	neuron_ctx_changed(ctx, NEURON_LIST_CONTEXTS);
	neuron_quota_sub(ctx->quota, NEURON_QUOTA_CONTEXTS, 1);
	atomic64_inc(&ndev->counters.contexts_closed);
	trace_neuron_ctx_end(ndev->index, ctx->id);
	neuron_ctx_put(ctx);
}

static void teardown_work(struct work_struct *work)
{
	teardown(container_of(work, struct neuron_ctx, teardown));
}

static void init_members(struct neuron_ctx *ctx)
{
	kref_init(&ctx->ref);
	mutex_init(&ctx->empty_lock);
	mutex_init(&ctx->lock);
	xa_init_flags(&ctx->mems, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&ctx->rings, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&ctx->nqs, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&ctx->jobs, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	ctx->mem_places = RB_ROOT;
	ctx->nq_places = RB_ROOT;
	INIT_LIST_HEAD(&ctx->ended);
	INIT_WORK(&ctx->teardown, teardown_work);
}

/* Its account, with the context itself on it. */
static int open_account(struct neuron_ctx *ctx)
{
	int ret;

	ctx->quota = neuron_quota_create(ctx->uid);
	if (IS_ERR(ctx->quota))
		return PTR_ERR(ctx->quota);
	ret = neuron_quota_add(ctx->quota, NEURON_QUOTA_CONTEXTS, 1, NULL);
	if (ret)
		neuron_quota_put(ctx->quota);

	return ret;
}

/* From here on others find it. */
static int publish(struct neuron_ctx *ctx)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->lock);
	ret = xa_alloc_cyclic(&ndev->contexts, &ctx->id, ctx, XA_LIMIT(1, S32_MAX),
			      &ndev->next_ctx_id, GFP_KERNEL_ACCOUNT);
	mutex_unlock(&ndev->lock);

	return min(ret, 0);
}

/**
 * neuron_ctx_create() - make the context of a file that is being opened
 * @ndev: card, entered
 * @mapping: page cache of the file
 *
 * Context: May sleep.
 * Return: the context, whose reference is the file's until neuron_ctx_close();
 * ERR_PTR: -ENOMEM, -EDQUOT if the user has too many.
 */
struct neuron_ctx *neuron_ctx_create(struct neuron_device *ndev, struct address_space *mapping)
{
	struct neuron_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!ctx)
		return ERR_PTR(-ENOMEM);

	init_members(ctx);
	ctx->uid = current_euid();
	ret = open_account(ctx);
	if (ret) {
		kfree(ctx);
		return ERR_PTR(ret);
	}
	ctx->ndev = neuron_device_get(ndev);
	ctx->mapping = mapping;
	ctx->pid = get_pid(task_tgid(current));
	get_task_comm(ctx->comm, current->group_leader);
	ret = publish(ctx);
	if (ret) {
		neuron_quota_sub(ctx->quota, NEURON_QUOTA_CONTEXTS, 1);
		neuron_ctx_put(ctx);
		return ERR_PTR(ret);
	}

	neuron_ctx_changed(ctx, NEURON_LIST_CONTEXTS);
	atomic_inc(&ndev->nr_contexts);
	atomic64_inc(&ndev->counters.contexts_opened);
	trace_neuron_ctx_open(ndev->index, ctx->id);

	return ctx;
}

/**
 * neuron_ctx_close() - the file is gone
 * @ctx: context; the file's reference is used up
 *
 * Never waits for hardware: that is left to the card's work queue. If the card
 * was removed, removal has emptied the context already.
 *
 * Context: Sleeps for a moment.
 */
void neuron_ctx_close(struct neuron_ctx *ctx)
{
	struct neuron_device *ndev = ctx->ndev;

	trace_neuron_ctx_close(ndev->index, ctx->id);
	ctx->mapping = NULL;
	atomic_dec(&ndev->nr_contexts);

	if (neuron_device_enter(ndev)) {
		teardown(ctx);
		return;
	}

	queue_work(ndev->wq, &ctx->teardown);
	neuron_device_leave(ndev);
}

/**
 * neuron_ctx_empty() - give back everything that a context owns
 * @ctx: counted context
 *
 * Nothing can be added afterwards. What the hardware does not let go of stays
 * in quarantine, which is the card's, and what rings of other cards write to stays
 * until they have let go of it, which is not waited for. Calling it again is
 * harmless; who comes second waits for the first.
 *
 * Context: Sleeps; waits for jobs to end and rings to stop.
 */
void neuron_ctx_empty(struct neuron_ctx *ctx)
{
	mutex_lock(&ctx->empty_lock);

	mutex_lock(&ctx->lock);
	ctx->closed = true;
	mutex_unlock(&ctx->lock);

	neuron_foreign_revoke_ctx(ctx);
	neuron_job_empty(ctx);
	neuron_ring_empty(ctx);
	neuron_nq_empty(ctx);
	neuron_claim_empty(ctx);
	neuron_mem_empty(ctx);

	mutex_unlock(&ctx->empty_lock);
}

/**
 * neuron_ctx_get() - take a reference
 * @ctx: context
 *
 * Context: Any.
 * Return: @ctx.
 */
struct neuron_ctx *neuron_ctx_get(struct neuron_ctx *ctx)
{
	kref_get(&ctx->ref);
	return ctx;
}

/**
 * neuron_ctx_scratch_get() - memory for a list that is being parsed
 * @ctx: whose list it is
 * @bytes: size of it
 *
 * The page of the last list if that is free and will do: many kernels clear all memory
 * that they allocate, which for a short list is more work than the list.
 *
 * Context: May sleep.
 * Return: memory with anything in it, for neuron_ctx_scratch_put(); NULL without memory.
 */
void *neuron_ctx_scratch_get(struct neuron_ctx *ctx, size_t bytes)
{
	void *page;

	if (bytes > PAGE_SIZE)
		return kvmalloc(bytes, NEURON_GFP_ASKED);

	page = xchg(&ctx->scratch, NULL);

	return page ?: kmalloc(PAGE_SIZE, NEURON_GFP_ASKED);
}

/**
 * neuron_ctx_scratch_put() - the list is done
 * @ctx: whose list it was
 * @scratch: as neuron_ctx_scratch_get() returned it; may be NULL
 * @bytes: as it was asked for
 *
 * Context: May sleep.
 */
void neuron_ctx_scratch_put(struct neuron_ctx *ctx, void *scratch, size_t bytes)
{
	if (bytes > PAGE_SIZE || !scratch || cmpxchg(&ctx->scratch, NULL, scratch))
		kvfree(scratch);
}

static void release(struct kref *ref)
{
	struct neuron_ctx *ctx = container_of(ref, struct neuron_ctx, ref);

	kfree(ctx->scratch);
	if (ctx->eventfd)
		eventfd_ctx_put(ctx->eventfd);
	put_pid(ctx->pid);
	xa_destroy(&ctx->mems);
	xa_destroy(&ctx->rings);
	xa_destroy(&ctx->nqs);
	xa_destroy(&ctx->jobs);
	mutex_destroy(&ctx->lock);
	mutex_destroy(&ctx->empty_lock);
	neuron_quota_put(ctx->quota);
	neuron_device_put(ctx->ndev);
	kfree(ctx);
}

/**
 * neuron_ctx_put() - drop a reference
 * @ctx: context
 *
 * Context: May sleep.
 */
void neuron_ctx_put(struct neuron_ctx *ctx)
{
	kref_put(&ctx->ref, release);
}

/**
 * neuron_ctx_next() - walk the contexts of a card
 * @ndev: card
 * @id: lowest number wanted; set to that of the context found
 *
 * Those that are being torn down are among them.
 *
 * Context: Any.
 * Return: the context, counted, or NULL at the end.
 */
struct neuron_ctx *neuron_ctx_next(struct neuron_device *ndev, u32 *id)
{
	unsigned long index = *id;
	struct neuron_ctx *ctx;

	xa_lock(&ndev->contexts);
	ctx = xa_find(&ndev->contexts, &index, ULONG_MAX, XA_PRESENT);
	if (ctx) {
		*id = index;
		neuron_ctx_get(ctx);
	}
	xa_unlock(&ndev->contexts);

	return ctx;
}

static bool holds_something(struct neuron_ctx *ctx)
{
	u32 nc;

	for (nc = 0; nc < ctx->ndev->hw.map->cores; nc++)
		if (neuron_claim_look(ctx->ndev, nc).ctx_id == ctx->id)
			return true;

	return atomic_read(&ctx->nr_mems) || atomic_read(&ctx->nr_rings) ||
	       atomic_read(&ctx->nr_nqs) || atomic_read(&ctx->nr_jobs);
}

/**
 * neuron_ctx_exists() - is a context open, or being torn down
 * @ndev: card
 * @id: its number
 *
 * Context: neuron_device.lock held.
 * Return: true if so.
 */
bool neuron_ctx_exists(struct neuron_device *ndev, u32 id)
{
	lockdep_assert_held(&ndev->lock);

	return xa_load(&ndev->contexts, id);
}

/**
 * neuron_ctx_others_hold() - does anybody but one hold anything on the card
 * @ndev: card
 * @id: number of the one; 0 for nobody
 *
 * Those that are being torn down count; quarantine does not.
 *
 * Context: neuron_device.lock held.
 * Return: true if so.
 */
bool neuron_ctx_others_hold(struct neuron_device *ndev, u32 id)
{
	struct neuron_ctx *ctx;
	unsigned long at;

	lockdep_assert_held(&ndev->lock);
	xa_for_each(&ndev->contexts, at, ctx)
		if (ctx->id != id && holds_something(ctx))
			return true;

	return false;
}

/**
 * neuron_ctx_check_alone() - does no other context hold anything on the card
 * @ctx: context
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: neuron_device.lock held.
 * Return: 0, or -EBUSY if one does.
 */
int neuron_ctx_check_alone(struct neuron_ctx *ctx, struct netlink_ext_ack *extack)
{
	if (!neuron_ctx_others_hold(ctx->ndev, ctx->id))
		return 0;

	NL_SET_ERR_MSG(extack, "Other contexts hold something; this needs CAP_SYS_ADMIN");

	return -EBUSY;
}

/**
 * neuron_ctx_set_label() - name a context
 * @ctx: context
 * @label: at most NEURON_MAX_LABEL bytes
 *
 * Context: Takes neuron_ctx.lock.
 */
void neuron_ctx_set_label(struct neuron_ctx *ctx, const char *label)
{
	mutex_lock(&ctx->lock);
	strscpy(ctx->label, label, sizeof(ctx->label));
	mutex_unlock(&ctx->lock);
}

/**
 * neuron_ctx_set_eventfd() - say what to raise when a job ends
 * @ctx: context
 * @eventfd: counted; the reference goes over to @ctx
 *
 * Context: Takes neuron_ctx.lock.
 */
void neuron_ctx_set_eventfd(struct neuron_ctx *ctx, struct eventfd_ctx *eventfd)
{
	struct eventfd_ctx *old;

	mutex_lock(&ctx->lock);
	old = ctx->eventfd;
	ctx->eventfd = eventfd;
	mutex_unlock(&ctx->lock);

	if (old)
		eventfd_ctx_put(old);
}
