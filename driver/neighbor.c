// SPDX-License-Identifier: GPL-2.0
/*
 * Links. The firmware tells which are up, and through the link the number that
 * the neighbour's driver has stored; a card that nobody has numbered since its
 * reset reads 0. So a neighbour counts as known only if both cards name each
 * other (docs/hardware, section 4.10).
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>

#include "device.h"
#include "events.h"
#include "foreign.h"
#include "health.h"
#include "hw_reset.h"
#include "neighbor.h"
#include "trace.h"

/* How often an unconfirmed link is looked at again after a change, and when. */
#define LOOKS		60
#define LOOK_AGAIN_MS	500U

/* Serializes looks at several cards, so that the last one sees everything. */
static DEFINE_MUTEX(confirm_lock);

static struct neuron_link get_link(struct neuron_device *ndev, u32 port)
{
	struct neuron_link link;

	spin_lock(&ndev->state_lock);
	link = ndev->link[port];
	spin_unlock(&ndev->state_lock);

	return link;
}

static u32 opposite(u32 port)
{
	return port == NEURON_PORT_EAST ? NEURON_PORT_WEST : NEURON_PORT_EAST;
}

/* Index of the card behind a link, or -1. */
static s32 confirmed_peer(struct neuron_device *ndev, u32 port)
{
	struct neuron_link link = get_link(ndev, port);
	struct neuron_device *peer;
	s32 index = -1;

	if (link.state != NEURON_LINK_STATE_UP)
		return -1;
	peer = neuron_device_find(link.peer_id);
	if (!peer)
		return -1;

	link = get_link(peer, opposite(port));
	if (neuron_device_state(peer) == NEURON_DEVICE_STATE_READY &&
	    link.state == NEURON_LINK_STATE_UP && link.peer_id == ndev->index)
		index = peer->index;
	neuron_device_put(peer);

	return index;
}

static void announce(struct neuron_device *ndev, u32 port)
{
	struct neuron_link link = get_link(ndev, port);

	trace_neuron_neighbor_change(ndev->index, port, link.state, link.peer);
	neuron_event_neighbor(ndev, port);
}

/* It looks as soon as it can, or when it was going to. */
static void look_soon(struct neuron_device *ndev)
{
	if (neuron_device_state(ndev) == NEURON_DEVICE_STATE_READY)
		neuron_device_queue_delayed(ndev, &ndev->neighbor_again, 0);
}

/* A card that has lost its neighbour may not have seen that its link went down. */
static void confirm(struct neuron_device *ndev, u32 port)
{
	s32 peer = confirmed_peer(ndev, port);
	bool changed;

	spin_lock(&ndev->state_lock);
	changed = ndev->link[port].peer != peer;
	ndev->link[port].peer = peer;
	spin_unlock(&ndev->state_lock);

	if (!changed)
		return;
	announce(ndev, port);
	if (peer < 0)
		look_soon(ndev);
}

static bool leads_to(struct neuron_device *ndev, u32 port, const struct neuron_device *peer)
{
	struct neuron_link link = get_link(ndev, port);

	return link.state == NEURON_LINK_STATE_UP && link.peer == (s32)peer->index;
}

/**
 * neuron_neighbor_port() - find the link that leads to a card
 * @ndev: card
 * @peer: the other one
 *
 * Both must have found each other when they looked last. If both links lead there,
 * the one in the east is it.
 *
 * Context: Any but interrupts.
 * Return: an enum neuron_port, or -ENOLINK.
 */
int neuron_neighbor_port(struct neuron_device *ndev, struct neuron_device *peer)
{
	u32 port;

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++)
		if (leads_to(ndev, port, peer) && leads_to(peer, opposite(port), ndev))
			return port;

	return -ENOLINK;
}

/* What one card found may make known what another one has behind it. */
static void confirm_others(struct neuron_device *self)
{
	struct neuron_device *ndev;
	unsigned long index = 0;
	u32 port;

	while ((ndev = neuron_device_next(&index))) {
		for (port = 0; ndev != self && port < NEURON_HW_NEIGHBORS; port++)
			confirm(ndev, port);
		neuron_device_put(ndev);
		index++;
	}
}

static void tell_lost(struct neuron_device *ndev, u32 port)
{
	struct neuron_health_note note = {
		.text = "A link to a neighbour went down",
		.eng = NEURON_EVENT_NO_ENGINE,
		.port = port,
	};

	atomic64_inc(&ndev->counters.links_lost);
	neuron_event_health(ndev, &note);
}

/* Returns whether it is news. */
static bool store(struct neuron_device *ndev, u32 port, const struct neuron_link *found)
{
	struct neuron_link *link = &ndev->link[port];
	bool changed = false;
	bool lost = false;

	spin_lock(&ndev->state_lock);
	if (!link->was_read || !time_before(found->read_at, link->read_at)) {
		changed = link->state != found->state;
		lost = link->state == NEURON_LINK_STATE_UP &&
		       found->state == NEURON_LINK_STATE_DOWN;
		link->state = found->state;
		link->peer_id = found->peer_id;
		link->read_at = found->read_at;
		link->was_read = true;
	}
	spin_unlock(&ndev->state_lock);
	if (lost)
		tell_lost(ndev, port);

	return changed;
}

/*
 * A link that the firmware did not tell of may still be what it was; nothing new is
 * written through it, and nothing old is stopped.
 */
static bool has_broken(const struct neuron_link *was, const struct neuron_link *is)
{
	return is->state == NEURON_LINK_STATE_DOWN ||
	       (is->state == NEURON_LINK_STATE_UP && is->peer_id != was->peer_id);
}

static bool look_at_port(struct neuron_device *ndev, u32 port, const struct neuron_link *found)
{
	struct neuron_link was = get_link(ndev, port);
	bool changed = store(ndev, port, found);
	struct neuron_link is = get_link(ndev, port);

	if (has_broken(&was, &is))
		neuron_foreign_revoke_port(ndev, port);

	return changed;
}

/* Returns whether anything is news. */
static bool update(struct neuron_device *ndev, const struct neuron_link *found)
{
	s32 peer;
	u32 port;
	bool changed[NEURON_HW_NEIGHBORS];
	bool news = false;

	mutex_lock(&confirm_lock);
	for (port = 0; port < NEURON_HW_NEIGHBORS; port++)
		changed[port] = look_at_port(ndev, port, &found[port]);

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++) {
		peer = confirmed_peer(ndev, port);
		spin_lock(&ndev->state_lock);
		changed[port] |= ndev->link[port].peer != peer;
		ndev->link[port].peer = peer;
		spin_unlock(&ndev->state_lock);
		if (changed[port])
			announce(ndev, port);
		news |= changed[port];
	}
	confirm_others(ndev);
	mutex_unlock(&confirm_lock);

	return news;
}

/* A failed second request leaves what the first one told. */
static enum neuron_link_state state_of(u32 up, bool told)
{
	if (!told)
		return NEURON_LINK_STATE_UNKNOWN;

	return up ? NEURON_LINK_STATE_UP : NEURON_LINK_STATE_DOWN;
}

/* As neuron_neighbor_refresh(), once; *@news is whether anything changed. */
static int refresh(struct neuron_device *ndev, bool *news)
{
	struct neuron_link found[NEURON_HW_NEIGHBORS] = { };
	u32 up[NEURON_HW_NEIGHBORS];
	u32 id[NEURON_HW_NEIGHBORS];
	unsigned long now = jiffies;
	bool told;
	u32 port;
	int err;

	err = neuron_hw_links(&ndev->hw, &up[NEURON_HW_EAST], &up[NEURON_HW_WEST],
			      &id[NEURON_HW_EAST], &id[NEURON_HW_WEST]);
	err = neuron_health_check(ndev, err);
	*news = false;
	if (err == -ECANCELED)
		return err;
	told = !err || up[NEURON_HW_EAST] || up[NEURON_HW_WEST];
	for (port = 0; port < NEURON_HW_NEIGHBORS; port++) {
		found[port].state = state_of(up[port], told);
		found[port].peer_id = id[port];
		found[port].read_at = now;
	}
	*news = update(ndev, found);

	return err;
}

/* A link that is up while nobody is known behind it: that will change. */
static bool is_unsettled(const struct neuron_link *link)
{
	return link->state == NEURON_LINK_STATE_UP && link->peer < 0;
}

static bool has_unsettled(struct neuron_device *ndev)
{
	struct neuron_link link;
	u32 port;

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++) {
		link = get_link(ndev, port);
		if (is_unsettled(&link))
			return true;
	}

	return false;
}

/* The card that the firmware names may have seen the link last when it was down. */
static void let_peers_look(struct neuron_device *ndev)
{
	struct neuron_device *peer;
	struct neuron_link link;
	u32 port;

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++) {
		link = get_link(ndev, port);
		peer = is_unsettled(&link) ? neuron_device_find(link.peer_id) : NULL;
		if (!peer)
			continue;
		if (peer != ndev)
			look_soon(peer);
		neuron_device_put(peer);
	}
}

/*
 * A card that was pulled leaves before its links go down, and one that was
 * plugged brings them up before it is known, so look again, but not for ever:
 * the card behind may belong to another driver. Two cards that let each other look
 * do so no faster than this: each has queued its own next look before.
 */
static void look(struct neuron_device *ndev)
{
	bool news;

	refresh(ndev, &news);
	if (!has_unsettled(ndev) || atomic_dec_if_positive(&ndev->neighbor_looks) < 0)
		return;
	neuron_device_queue_delayed(ndev, &ndev->neighbor_again,
				    msecs_to_jiffies(LOOK_AGAIN_MS));
	let_peers_look(ndev);
}

/**
 * neuron_neighbor_refresh() - ask the firmware for both links
 * @ndev: card
 *
 * Announces what changed, at other cards too. A card behind a link that came up or
 * went down is asked for its own links afterwards, so that both ends are known.
 *
 * Context: Sleeps; up to two firmware requests.
 * Return: 0 or a negative errno as of neuron_hw_links(); what is known was
 * updated in any case but -ECANCELED, for a reset that has begun.
 */
int neuron_neighbor_refresh(struct neuron_device *ndev)
{
	bool news;
	int err = refresh(ndev, &news);

	if (news && has_unsettled(ndev))
		neuron_device_queue(ndev, &ndev->neighbor_work);

	return err;
}

static void neighbor_again(struct work_struct *work)
{
	look(container_of(to_delayed_work(work), struct neuron_device, neighbor_again));
}

static void neighbor_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(work, struct neuron_device, neighbor_work);

	atomic_set(&ndev->neighbor_looks, LOOKS);
	look(ndev);
}

/**
 * neuron_neighbor_init() - nothing is known yet
 * @ndev: card that is being made
 *
 * Context: Any.
 */
void neuron_neighbor_init(struct neuron_device *ndev)
{
	u32 port;

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++) {
		ndev->link[port].state = NEURON_LINK_STATE_UNKNOWN;
		ndev->link[port].peer_id = U32_MAX;
		ndev->link[port].peer = -1;
	}
	INIT_WORK(&ndev->neighbor_work, neighbor_work);
	INIT_DELAYED_WORK(&ndev->neighbor_again, neighbor_again);
}

/**
 * neuron_neighbor_refresh_all() - let all usable cards look again
 *
 * A card became usable or went: those linked to it see something new.
 *
 * Context: May sleep; only queues work.
 */
void neuron_neighbor_refresh_all(void)
{
	struct neuron_device *ndev;
	unsigned long index = 0;

	while ((ndev = neuron_device_next(&index))) {
		if (neuron_device_state(ndev) == NEURON_DEVICE_STATE_READY)
			neuron_device_queue(ndev, &ndev->neighbor_work);
		neuron_device_put(ndev);
		index++;
	}
}
