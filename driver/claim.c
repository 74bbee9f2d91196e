// SPDX-License-Identifier: GPL-2.0
/*
 * Claims of cores.
 *
 * Who puts something on a core takes neuron_device.lock, asks here and does it
 * under that lock, so that a claim, which is made under the same lock, sees all
 * that is there and keeps out all that comes.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "events.h"
#include "nq.h"
#include "ring.h"

/* A ring that is on an engine of a core and is another context's. */
static bool others_ring(const struct neuron_device *ndev, u32 nc, u32 ctx_id)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u32 queue;
	u32 i;

	for (i = 0; i < map->engines_per_core; i++) {
		const struct neuron_engine *engine;

		engine = &ndev->engine[neuron_hw_map_engine(map, nc, i)];
		for (queue = 0; queue < map->queues; queue++)
			if (engine->ring[queue] && engine->ring[queue]->ctx_id != ctx_id)
				return true;
	}

	return false;
}

static bool others_nq(const struct neuron_device *ndev, u32 nc, u32 ctx_id)
{
	const struct neuron_nq *nq;
	u32 type;
	u32 eng;

	for (type = 0; type < NEURON_HW_NQ_TYPES; type++)
		for (eng = 0; eng < NEURON_NQ_INSTANCES; eng++) {
			nq = ndev->nq[nc][type][eng];
			if (nq && nq->ctx_id != ctx_id)
				return true;
		}

	return false;
}

static int check_take(struct neuron_device *ndev, u32 nc, u32 ctx_id,
		      struct netlink_ext_ack *extack)
{
	int ret;

	ret = neuron_core_check_nc(ndev, nc, extack);
	if (!ret)
		ret = neuron_claim_check(ndev, nc, ctx_id, extack);
	if (ret)
		return ret;

	if (others_ring(ndev, nc, ctx_id)) {
		NL_SET_ERR_MSG(extack, "Another context has a ring on an engine of the core");
		return -EBUSY;
	}
	if (others_nq(ndev, nc, ctx_id)) {
		NL_SET_ERR_MSG(extack, "Another context has a notification queue of the core");
		return -EBUSY;
	}

	return 0;
}

static void set_holder(struct neuron_device *ndev, u32 nc, u32 ctx_id)
{
	struct neuron_claim *claim = &ndev->claim[nc];

	spin_lock(&ndev->claim_lock);
	if (!claim->ctx_id) {
		claim->ctx_id = ctx_id;
		claim->since = jiffies;
	}
	spin_unlock(&ndev->claim_lock);
}

/**
 * neuron_claim_take() - claim cores, all of them or none
 * @ctx: who wants them; its card is entered
 * @nc: cores
 * @count: number of them
 * @wrong: set to the position of the core that cannot be had
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0, also for a core that @ctx holds already; -ERANGE if there is no such
 * core; -EBUSY if another context holds it or uses it.
 */
int neuron_claim_take(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
		      struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret = 0;
	u32 i;

	mutex_lock(&ndev->lock);
	for (*wrong = 0; *wrong < count; ++*wrong) {
		ret = check_take(ndev, nc[*wrong], ctx->id, extack);
		if (ret)
			break;
	}
	for (i = 0; !ret && i < count; i++)
		set_holder(ndev, nc[i], ctx->id);
	mutex_unlock(&ndev->lock);

	return ret;
}

static int check_release(struct neuron_device *ndev, u32 nc, u32 ctx_id,
			 struct netlink_ext_ack *extack)
{
	const struct neuron_claim *claim = &ndev->claim[nc];

	if (claim->ctx_id != ctx_id) {
		NL_SET_ERR_MSG(extack, "The context does not hold this core");
		return -ENOENT;
	}
	if (claim->feeds) {
		NL_SET_ERR_MSG(extack, "Ring entries for the core's FIFO are not handed back");
		return -EBUSY;
	}

	return 0;
}

/**
 * neuron_claim_release() - give cores back, all of them or none
 * @ctx: who holds them
 * @nc: cores
 * @count: number of them
 * @wrong: set to the position of the core that cannot be given back
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 * Return: 0; -ERANGE if there is no such core; -ENOENT if @ctx does not hold it;
 * -EBUSY while ring entries name its FIFO.
 */
int neuron_claim_release(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
			 struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret = 0;
	u32 i;

	spin_lock(&ndev->claim_lock);
	for (*wrong = 0; *wrong < count; ++*wrong) {
		ret = neuron_core_check_nc(ndev, nc[*wrong], extack);
		if (!ret)
			ret = check_release(ndev, nc[*wrong], ctx->id, extack);
		if (ret)
			break;
	}
	for (i = 0; !ret && i < count; i++)
		memset(&ndev->claim[nc[i]], 0, sizeof(ndev->claim[0]));
	spin_unlock(&ndev->claim_lock);
	for (i = 0; !ret && i < count; i++)
		neuron_event_core_release(ndev, nc[i]);

	return ret;
}

/**
 * neuron_claim_empty() - a context is gone
 * @ctx: context; its rings are destroyed or in quarantine
 *
 * A core that a ring in quarantine may still feed stays taken until that ring is
 * let go.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_claim_empty(struct neuron_ctx *ctx)
{
	struct neuron_device *ndev = ctx->ndev;
	unsigned long released = 0;
	u32 nc;

	spin_lock(&ndev->claim_lock);
	for (nc = 0; nc < ndev->hw.map->cores; nc++) {
		struct neuron_claim *claim = &ndev->claim[nc];

		if (claim->ctx_id != ctx->id)
			continue;
		if (claim->feeds) {
			claim->left = true;
			continue;
		}
		memset(claim, 0, sizeof(*claim));
		__set_bit(nc, &released);
	}
	spin_unlock(&ndev->claim_lock);

	for_each_set_bit(nc, &released, NEURON_MAX_CORES)
		neuron_event_core_release(ndev, nc);
}

/**
 * neuron_claim_check() - may a context use a core
 * @ndev: the card
 * @nc: core, which exists
 * @ctx_id: context
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any; under neuron_device.lock if the answer shall hold.
 * Return: 0, or -EBUSY if another context has claimed it.
 */
int neuron_claim_check(struct neuron_device *ndev, u32 nc, u32 ctx_id,
		       struct netlink_ext_ack *extack)
{
	u32 holder = neuron_claim_look(ndev, nc).ctx_id;

	if (!holder || holder == ctx_id)
		return 0;

	NL_SET_ERR_MSG(extack, "Another context has claimed the core");

	return -EBUSY;
}

/**
 * neuron_claim_check_fifo() - may a context put instructions into a core
 * @ndev: the card
 * @nc: core, which exists
 * @ctx_id: context
 * @extack: gets the reason of a refusal; may be NULL
 *
 * What instructions do is not seen by the driver. Nothing but an IOMMU keeps
 * them from memory of the host that is not the caller's.
 *
 * Context: Any.
 * Return: 0; -EACCES if the context has not claimed the core; -EPERM without an
 * IOMMU unless the administrator allows it.
 */
int neuron_claim_check_fifo(struct neuron_device *ndev, u32 nc, u32 ctx_id,
			    struct netlink_ext_ack *extack)
{
	if (neuron_claim_look(ndev, nc).ctx_id != ctx_id) {
		NL_SET_ERR_MSG(extack, "The context has not claimed the core");
		return -EACCES;
	}
	if (!(ndev->flags & NEURON_DEVICE_FLAG_IOMMU) &&
	    !READ_ONCE(neuron_allow_unprotected_programs)) {
		NL_SET_ERR_MSG(extack, "Programs need an IOMMU or allow_unprotected_programs");
		return -EPERM;
	}

	return 0;
}

/**
 * neuron_claim_feed() - a ring entry goes into a core's FIFO
 * @ndev: the card
 * @nc: core
 * @ctx_id: context of the ring
 *
 * Context: Any.
 * Return: 0, to be followed by neuron_claim_unfeed(); -EACCES if the context does
 * not hold the core.
 */
int neuron_claim_feed(struct neuron_device *ndev, u32 nc, u32 ctx_id)
{
	struct neuron_claim *claim = &ndev->claim[nc];
	int ret = -EACCES;

	spin_lock(&ndev->claim_lock);
	if (claim->ctx_id == ctx_id && !claim->left) {
		claim->feeds++;
		ret = 0;
	}
	spin_unlock(&ndev->claim_lock);

	return ret;
}

/**
 * neuron_claim_unfeed() - that entry was handed back or dropped
 * @ndev: the card
 * @nc: core
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_claim_unfeed(struct neuron_device *ndev, u32 nc)
{
	struct neuron_claim *claim = &ndev->claim[nc];
	bool released;

	spin_lock(&ndev->claim_lock);
	released = !--claim->feeds && claim->left;
	if (released)
		memset(claim, 0, sizeof(*claim));
	spin_unlock(&ndev->claim_lock);

	if (released)
		neuron_event_core_release(ndev, nc);
}

/**
 * neuron_claim_look() - who holds a core
 * @ndev: the card
 * @nc: core, which exists
 *
 * Context: Any.
 * Return: a copy.
 */
struct neuron_claim neuron_claim_look(struct neuron_device *ndev, u32 nc)
{
	struct neuron_claim claim;

	spin_lock(&ndev->claim_lock);
	claim = ndev->claim[nc];
	spin_unlock(&ndev->claim_lock);

	return claim;
}
