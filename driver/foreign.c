// SPDX-License-Identifier: GPL-2.0
/*
 * Ties of rings to contexts of neighbouring cards, and their revocation.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "ctx.h"
#include "device.h"
#include "foreign.h"
#include "neighbor.h"
#include "ring.h"

#define STEP_MS		20U	/* between two looks at what wakes nobody */

/**
 * struct neuron_tie - entries of a ring that go to a context of another card
 * @node: in the list of all ties; guarded by ties_lock
 * @on_ring: in neuron_ring.ties; guarded by neuron_ring.lock
 * @ring: the ring, which lives longer
 * @peer: the context, counted
 * @port: link that they take
 * @entries: number of them; guarded by neuron_ring.lock
 * @why: set once when the tie is revoked: a fixed sentence; guarded by ties_lock
 */
struct neuron_tie {
	struct list_head node;
	struct list_head on_ring;
	struct neuron_ring *ring;
	struct neuron_ctx *peer;
	u32 port;
	u32 entries;
	const char *why;
};

/*
 * Ties of all cards, one for each ring and context. They come and go with the first
 * and the last entry, so neither the lock nor the length of the list is felt.
 */
static LIST_HEAD(ties);
static DEFINE_SPINLOCK(ties_lock);

/* Woken when a tie ends or its ring is in quarantine. */
static DECLARE_WAIT_QUEUE_HEAD(ties_wq);

static int check_peer(struct neuron_device *ndev, const struct neuron_ctx *peer,
		      u32 *port, const char **why)
{
	int ret;

	if (peer->ndev == ndev) {
		*why = "Both contexts are of the same card";
		return -EINVAL;
	}
	ret = neuron_device_check_ready(peer->ndev, NULL);
	if (ret) {
		*why = "The other card is not ready";
		return ret;
	}
	if (READ_ONCE(peer->closed)) {
		*why = "The other context is closed";
		return -ECANCELED;
	}
	ret = neuron_neighbor_port(ndev, peer->ndev);
	if (ret < 0) {
		*why = "No link to the other card is up and confirmed";
		return ret;
	}
	*port = ret;

	return 0;
}

/**
 * neuron_foreign_check() - can entries go from one context to another at all
 * @ctx: whose ring it is
 * @peer: where to
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any but interrupts.
 * Return: 0; -EINVAL if both are of one card; -ENOLINK if their cards are no
 * confirmed neighbours, or the link is down; -EBUSY, -EIO or -ENODEV if the other card is
 * not ready; -ECANCELED if @peer is closed.
 */
int neuron_foreign_check(const struct neuron_ctx *ctx, const struct neuron_ctx *peer,
			 struct netlink_ext_ack *extack)
{
	const char *why = NULL;
	u32 port;
	int ret;

	ret = check_peer(ctx->ndev, peer, &port, &why);
	if (ret && extack)
		extack->_msg = why;

	return ret;
}

static struct neuron_tie *find_tie(const struct neuron_ring *ring, const struct neuron_ctx *peer,
				   u32 port)
{
	struct neuron_tie *tie;

	list_for_each_entry(tie, &ring->ties, on_ring)
		if (tie->peer == peer && tie->port == port && !tie->why)
			return tie;

	return NULL;
}

static void publish(struct neuron_tie *tie, struct neuron_ring *ring, struct neuron_ctx *peer,
		    u32 port)
{
	tie->ring = ring;
	tie->peer = neuron_ctx_get(peer);
	tie->port = port;
	list_add_tail(&tie->on_ring, &ring->ties);
	list_add_tail(&tie->node, &ties);
}

/* Returns NULL if a new tie is needed and there is no spare one, which is used up. */
static struct neuron_tie *get_tie(struct neuron_ring *ring, struct neuron_ctx *peer,
				  struct neuron_tie **spare, const char **why)
{
	struct neuron_tie *tie;
	u32 port = 0;
	int ret;

	spin_lock(&ties_lock);
	ret = check_peer(ring->ndev, peer, &port, why);
	tie = ret ? ERR_PTR(ret) : find_tie(ring, peer, port);
	if (!tie && *spare) {
		tie = *spare;
		*spare = NULL;
		publish(tie, ring, peer, port);
	}
	spin_unlock(&ties_lock);

	return tie;
}

/**
 * neuron_foreign_tie() - count an entry that goes to another card
 * @ring: attached
 * @peer: context that it goes to
 * @why: set to a fixed sentence if that cannot be
 *
 * Context: Sleeps; neuron_ring.lock held.
 * Return: the tie, for neuron_foreign_untie(); ERR_PTR: as neuron_foreign_check(), or
 * -ENOMEM.
 */
struct neuron_tie *neuron_foreign_tie(struct neuron_ring *ring, struct neuron_ctx *peer,
				      const char **why)
{
	struct neuron_tie *spare = NULL;
	struct neuron_tie *tie;

	lockdep_assert_held(&ring->lock);
	tie = get_tie(ring, peer, &spare, why);
	if (!tie) {
		spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
		*why = "No memory";
		tie = spare ? get_tie(ring, peer, &spare, why) : ERR_PTR(-ENOMEM);
		kfree(spare);
	}
	if (IS_ERR(tie))
		return tie;

	tie->entries++;

	return tie;
}

/**
 * neuron_foreign_untie() - an entry was handed back or dropped
 * @tie: as given for it
 *
 * Context: Sleeps; neuron_ring.lock held.
 */
void neuron_foreign_untie(struct neuron_tie *tie)
{
	lockdep_assert_held(&tie->ring->lock);
	if (--tie->entries)
		return;

	list_del(&tie->on_ring);
	spin_lock(&ties_lock);
	list_del(&tie->node);
	spin_unlock(&ties_lock);
	wake_up_all(&ties_wq);

	neuron_ctx_put(tie->peer);
	kfree(tie);
}

/**
 * neuron_foreign_target() - the card that entries go to
 * @tie: theirs
 *
 * Context: neuron_ring.lock held.
 * Return: the card, which lives as long as the tie.
 */
struct neuron_device *neuron_foreign_target(const struct neuron_tie *tie)
{
	return tie->peer->ndev;
}

/**
 * neuron_foreign_window() - what selects another card in a device address
 * @tie: of an entry that goes there
 *
 * Context: neuron_ring.lock held.
 * Return: the base of its window, docs/hardware, section 2.1.
 */
u64 neuron_foreign_window(const struct neuron_tie *tie)
{
	return tie->ring->ndev->hw.map->neighbor_base[tie->port];
}

/**
 * neuron_foreign_revoked() - must a ring be stopped
 * @ring: the ring
 *
 * Context: neuron_ring.lock held.
 * Return: a fixed sentence that says why, or NULL.
 */
const char *neuron_foreign_revoked(const struct neuron_ring *ring)
{
	const struct neuron_tie *tie;
	const char *why = NULL;

	lockdep_assert_held(&ring->lock);
	spin_lock(&ties_lock);
	list_for_each_entry(tie, &ring->ties, on_ring)
		if (tie->why)
			why = tie->why;
	spin_unlock(&ties_lock);

	return why;
}

/**
 * neuron_foreign_left() - does a ring write to a card that is not ours any more
 * @ring: the ring
 *
 * Context: neuron_ring.lock held.
 * Return: true if such a card is removed, or being removed.
 */
bool neuron_foreign_left(const struct neuron_ring *ring)
{
	const struct neuron_tie *tie;

	lockdep_assert_held(&ring->lock);
	list_for_each_entry(tie, &ring->ties, on_ring)
		if (neuron_device_state(tie->peer->ndev) == NEURON_DEVICE_STATE_REMOVED)
			return true;

	return false;
}

static void revoke(struct neuron_tie *tie, const char *why)
{
	lockdep_assert_held(&ties_lock);
	if (!tie->why)
		tie->why = why;
	neuron_ring_revoke(tie->ring);
}

/**
 * neuron_foreign_revoke_ctx() - a context is closed: stop what writes to it
 * @ctx: context, marked as closed
 *
 * Does not wait. What entries of other cards' rings name stays until these rings
 * have let go of it.
 *
 * Context: Any but interrupts.
 */
void neuron_foreign_revoke_ctx(const struct neuron_ctx *ctx)
{
	struct neuron_tie *tie;

	spin_lock(&ties_lock);
	list_for_each_entry(tie, &ties, node)
		if (tie->peer == ctx)
			revoke(tie, "The ring was stopped: a context it writes to was closed");
	spin_unlock(&ties_lock);
}

/**
 * neuron_foreign_revoke_device() - a card goes: stop what writes to it
 * @ndev: card, not in the state READY any more
 * @why: fixed sentence for the owners of the rings
 *
 * Does not wait; neuron_foreign_await() does.
 *
 * Context: Any but interrupts.
 */
void neuron_foreign_revoke_device(const struct neuron_device *ndev, const char *why)
{
	struct neuron_tie *tie;

	spin_lock(&ties_lock);
	list_for_each_entry(tie, &ties, node)
		if (tie->peer->ndev == ndev)
			revoke(tie, why);
	spin_unlock(&ties_lock);
}

/**
 * neuron_foreign_revoke_port() - a link is down: stop what writes through it
 * @ndev: card
 * @port: its link, whose state was stored already
 *
 * Whoever is behind the link when it comes up again is not who was meant.
 *
 * Context: Any but interrupts.
 */
void neuron_foreign_revoke_port(const struct neuron_device *ndev, u32 port)
{
	struct neuron_tie *tie;

	spin_lock(&ties_lock);
	list_for_each_entry(tie, &ties, node)
		if (tie->ring->ndev == ndev && tie->port == port)
			revoke(tie, "The ring was stopped: the link it writes through went down");
	spin_unlock(&ties_lock);
}

/*
 * Will the ring let go by itself soon? One in quarantine will not, and one that was
 * lost is in the hands of its own card's reset or recovery. That reset may wait for
 * ours, so it does not count.
 */
static bool is_stopping(const struct neuron_ring *ring, bool late)
{
	if (READ_ONCE(ring->stuck) ||
	    neuron_device_state(ring->ndev) == NEURON_DEVICE_STATE_RESETTING)
		return false;

	return !late || READ_ONCE(ring->state) != NEURON_RING_STATE_LOST;
}

static bool is_written_to(const struct neuron_device *ndev, bool late)
{
	const struct neuron_tie *tie;
	bool found = false;

	spin_lock(&ties_lock);
	list_for_each_entry(tie, &ties, node)
		if (tie->peer->ndev == ndev && is_stopping(tie->ring, late))
			found = true;
	spin_unlock(&ties_lock);

	return found;
}

/**
 * neuron_foreign_await() - wait until nothing writes to a card any more
 * @ndev: card whose ties are revoked
 *
 * Rings that do not stop are not waited for beyond their own time-outs: they are in
 * quarantine on their cards then, and what they may write to stays allocated. Nor is
 * anything waited for once @ndev itself is gone.
 *
 * Context: Sleeps; no lock but neuron_device.reset_lock held, and no ring of @ndev
 * needs the caller to stop.
 */
void neuron_foreign_await(struct neuron_device *ndev)
{
	unsigned long end = jiffies + msecs_to_jiffies(neuron_stop_timeout_ms);

	while (!neuron_hw_is_gone(&ndev->hw) && is_written_to(ndev, time_after(jiffies, end)))
		wait_event_timeout(ties_wq, !is_written_to(ndev, false),
				   msecs_to_jiffies(STEP_MS));
}

/**
 * neuron_foreign_stuck() - a ring went into quarantine: who waits for it need not
 *
 * Context: Any.
 */
void neuron_foreign_stuck(void)
{
	wake_up_all(&ties_wq);
}
