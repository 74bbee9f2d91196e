// SPDX-License-Identifier: GPL-2.0
/*
 * The multicast groups. Each numbers its events; the state that an event
 * carries is read and the event is sent under the group's lock, so that numbers,
 * states and messages have one order. An event counts also if nobody listens, or
 * if it cannot be built: then the listeners are told that they lost something.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "device.h"
#include "events.h"
#include "nl.h"
#include "nl_echo.h"
#include "nq.h"

struct group {
	struct mutex lock;
	atomic64_t seq;
	atomic64_t lost;
	unsigned int number;
};

static struct group hotplug = {
	.lock = __MUTEX_INITIALIZER(hotplug.lock),
	.number = NEURON_NLGRP_HOTPLUG,
};

static struct group health = {
	.lock = __MUTEX_INITIALIZER(health.lock),
	.number = NEURON_NLGRP_HEALTH,
};

static struct group usage = {
	.lock = __MUTEX_INITIALIZER(usage.lock),
	.number = NEURON_NLGRP_USAGE,
};

/**
 * neuron_event_hotplug_seq() - number of the latest hotplug event
 *
 * Read before the state that it goes with: a later event is then applied by
 * whoever has seen that state.
 *
 * Context: Any.
 * Return: 0 before the first event.
 */
u64 neuron_event_hotplug_seq(void)
{
	return atomic64_read(&hotplug.seq);
}

/**
 * neuron_event_health_seq() - number of the latest health event
 *
 * Context: Any.
 * Return: 0 before the first event.
 */
u64 neuron_event_health_seq(void)
{
	return atomic64_read(&health.seq);
}

/**
 * neuron_event_usage_seq() - number of the latest usage event
 *
 * Context: Any.
 * Return: 0 before the first event.
 */
u64 neuron_event_usage_seq(void)
{
	return atomic64_read(&usage.seq);
}

/**
 * neuron_event_hotplug_lost() - hotplug events that could not be built
 *
 * Context: Any.
 * Return: how many.
 */
u64 neuron_event_hotplug_lost(void)
{
	return atomic64_read(&hotplug.lost);
}

/**
 * neuron_event_health_lost() - health events that could not be built
 *
 * Context: Any.
 * Return: how many.
 */
u64 neuron_event_health_lost(void)
{
	return atomic64_read(&health.lost);
}

/**
 * neuron_event_usage_lost() - usage events that could not be built
 *
 * Context: Any.
 * Return: how many.
 */
u64 neuron_event_usage_lost(void)
{
	return atomic64_read(&usage.lost);
}

static void report_loss(struct group *group)
{
	struct net *net;

	atomic64_inc(&group->lost);
	rcu_read_lock();
	for_each_net_rcu(net)
		genl_set_err(&neuron_nl_family, net, 0, group->number, -ENOBUFS);
	rcu_read_unlock();
}

struct event {
	u8 cmd;
	struct neuron_device *ndev;
	u32 port;
	const struct neuron_health_note *note;
	u32 nc;
	enum neuron_mem_kind kind;
	enum neuron_pressure pressure;
	u32 count;
};

typedef int (*fill_fn)(struct sk_buff *skb, const struct event *event,
		       const struct genl_info *info);

static struct sk_buff *build(const struct event *event, fill_fn fill)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	struct genl_info info;

	if (!skb)
		return NULL;

	genl_info_init_ntf(&info, &neuron_nl_family, event->cmd);
	if (!fill(skb, event, &info))
		return skb;
	nlmsg_free(skb);

	return NULL;
}

/* Those who are too slow are told by their sockets. */
static int deliver(struct group *group, struct sk_buff *skb, const struct neuron_nl_echo *echo)
{
	if (!skb)
		return -ENOMEM;
	if (echo)
		return neuron_nl_echo_send(echo, skb, group->number);
	genlmsg_multicast_allns(&neuron_nl_family, skb, 0, group->number);

	return 0;
}

static void send(struct group *group, const struct event *event, fill_fn fill)
{
	const struct neuron_nl_echo *echo;

	mutex_lock(&group->lock);
	atomic64_inc(&group->seq);
	echo = neuron_nl_echo_get();
	if ((echo || genl_has_listeners(&neuron_nl_family, &init_net, group->number)) &&
	    deliver(group, build(event, fill), echo))
		report_loss(group);
	neuron_nl_echo_put(echo);
	mutex_unlock(&group->lock);
}

static int fill_device(struct sk_buff *skb, const struct event *event,
		       const struct genl_info *info)
{
	return neuron_nl_fill_device_get(skb, event->ndev, 0, info);
}

static int fill_neighbor(struct sk_buff *skb, const struct event *event,
			 const struct genl_info *info)
{
	return neuron_nl_fill_neighbor(skb, event->ndev, event->port, info);
}

static int fill_note(struct sk_buff *skb, const struct neuron_health_note *note)
{
	const struct neuron_cause *cause = note->cause;
	const struct neuron_nq *nq = note->nq;

	if (nla_put_string(skb, NEURON_A_HEALTH_CAUSE, note->text) ||
	    (note->eng != NEURON_EVENT_NO_ENGINE &&
	     nla_put_u32(skb, NEURON_A_HEALTH_ENG_ID, note->eng)) ||
	    (note->port != NEURON_EVENT_NO_PORT &&
	     nla_put_u32(skb, NEURON_A_HEALTH_PORT, note->port)))
		return -EMSGSIZE;
	if (cause && (nla_put_u32(skb, NEURON_A_HEALTH_CAUSE_M2S, cause->m2s) ||
		      nla_put_u32(skb, NEURON_A_HEALTH_CAUSE_S2M, cause->s2m) ||
		      nla_put_u32(skb, NEURON_A_HEALTH_CAUSE_PARITY, cause->parity)))
		return -EMSGSIZE;
	if (nq && (nla_put_u32(skb, NEURON_A_HEALTH_NC_ID, nq->nc) ||
		   nla_put_u32(skb, NEURON_A_HEALTH_NQ_TYPE, nq->type) ||
		   nla_put_u32(skb, NEURON_A_HEALTH_NQ_ENG, nq->eng) ||
		   nla_put_u64_64bit(skb, NEURON_A_HEALTH_LOST, note->lost, NEURON_A_HEALTH_PAD)))
		return -EMSGSIZE;

	return 0;
}

static int put_count(struct sk_buff *skb, u32 attr, const atomic64_t *count)
{
	return neuron_nl_put_u64(skb, attr, atomic64_read(count));
}

static int fill_health_counts(struct sk_buff *skb, const struct neuron_device *ndev)
{
	const struct neuron_counters *counters = &ndev->counters;
	const struct neuron_hw_stats *stats = &ndev->hw.stats;

	if (put_count(skb, NEURON_A_HEALTH_FWIO_TIMEOUTS, &stats->fwio_timeouts) ||
	    put_count(skb, NEURON_A_HEALTH_FWIO_ERRORS, &stats->fwio_errors) ||
	    put_count(skb, NEURON_A_HEALTH_ENGINE_ABORTS, &counters->engine_aborts) ||
	    put_count(skb, NEURON_A_HEALTH_QUARANTINED, &counters->quarantined) ||
	    put_count(skb, NEURON_A_HEALTH_NQ_OVERRUNS, &counters->nq_overruns) ||
	    put_count(skb, NEURON_A_HEALTH_LINKS_LOST, &counters->links_lost) ||
	    put_count(skb, NEURON_A_HEALTH_PCIE_ERRORS, &counters->pcie_errors))
		return -EMSGSIZE;

	return 0;
}

static int fill_health(struct sk_buff *skb, const struct event *event,
		       const struct genl_info *info)
{
	struct neuron_device *ndev = event->ndev;
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr ||
	    nla_put_u32(skb, NEURON_A_HEALTH_DEV_INDEX, ndev->index) ||
	    nla_put_string(skb, NEURON_A_HEALTH_BUS_NAME, ndev->bus_name) ||
	    nla_put_u64_64bit(skb, NEURON_A_HEALTH_HEALTH_SEQ, neuron_event_health_seq(),
			      NEURON_A_HEALTH_PAD) ||
	    nla_put_u32(skb, NEURON_A_HEALTH_HEALTH, READ_ONCE(ndev->health)) ||
	    fill_note(skb, event->note) || fill_health_counts(skb, ndev))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);

	return 0;
}

static void *put_usage(struct sk_buff *skb, const struct event *event,
		       const struct genl_info *info)
{
	struct neuron_device *ndev = event->ndev;
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr ||
	    nla_put_u32(skb, NEURON_A_USAGE_DEV_INDEX, ndev->index) ||
	    nla_put_string(skb, NEURON_A_USAGE_BUS_NAME, ndev->bus_name) ||
	    neuron_nl_put_u64(skb, NEURON_A_USAGE_USAGE_SEQ, neuron_event_usage_seq()))
		return NULL;

	return hdr;
}

static int fill_core_release(struct sk_buff *skb, const struct event *event,
			     const struct genl_info *info)
{
	void *hdr = put_usage(skb, event, info);

	if (!hdr || nla_put_u32(skb, NEURON_A_USAGE_NC_ID, event->nc))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);

	return 0;
}

static int fill_pressure(struct sk_buff *skb, const struct event *event,
			 const struct genl_info *info)
{
	void *hdr = put_usage(skb, event, info);

	if (!hdr || nla_put_u32(skb, NEURON_A_USAGE_KIND, event->kind) ||
	    nla_put_u32(skb, NEURON_A_USAGE_PRESSURE, event->pressure) ||
	    nla_put_u32(skb, NEURON_A_USAGE_COUNT, event->count))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_event_device() - a card came, went or changed
 * @ndev: card
 * @event: which of them
 *
 * Context: Sleeps; takes the lock of the group.
 */
void neuron_event_device(struct neuron_device *ndev, enum neuron_event event)
{
	static const u8 cmd[] = {
		[NEURON_EVENT_DEVICE_ADD] = NEURON_CMD_DEVICE_ADD_NTF,
		[NEURON_EVENT_DEVICE_DEL] = NEURON_CMD_DEVICE_DEL_NTF,
		[NEURON_EVENT_DEVICE_CHANGE] = NEURON_CMD_DEVICE_CHANGE_NTF,
	};
	struct event e = { .cmd = cmd[event], .ndev = ndev };

	send(&hotplug, &e, fill_device);
}

/**
 * neuron_event_neighbor() - a link, or what is behind it, changed
 * @ndev: card
 * @port: enum neuron_port
 *
 * Context: Sleeps; takes the lock of the group.
 */
void neuron_event_neighbor(struct neuron_device *ndev, u32 port)
{
	struct event e = { .cmd = NEURON_CMD_NEIGHBOR_CHANGE_NTF, .ndev = ndev, .port = port };

	send(&hotplug, &e, fill_neighbor);
}

/**
 * neuron_event_health() - something was noticed; neuron_device.health is set already
 * @ndev: card
 * @note: what
 *
 * Context: Sleeps; takes the lock of the group.
 */
void neuron_event_health(struct neuron_device *ndev, const struct neuron_health_note *note)
{
	struct event e = { .cmd = NEURON_CMD_HEALTH_NTF, .ndev = ndev, .note = note };

	send(&health, &e, fill_health);
}

/**
 * neuron_event_core_release() - nobody holds a core any more
 * @ndev: card
 * @nc: core
 *
 * Context: Sleeps; takes the lock of the group.
 */
void neuron_event_core_release(struct neuron_device *ndev, u32 nc)
{
	struct event e = { .cmd = NEURON_CMD_CORE_RELEASE_NTF, .ndev = ndev, .nc = nc };

	send(&usage, &e, fill_core_release);
}

/**
 * neuron_event_pressure() - memory runs short
 * @ndev: card
 * @kind: which memory
 * @pressure: how
 * @count: how often that happened since the last such event
 *
 * Context: Sleeps; takes the lock of the group.
 */
void neuron_event_pressure(struct neuron_device *ndev, enum neuron_mem_kind kind,
			   enum neuron_pressure pressure, u32 count)
{
	struct event e = {
		.cmd = NEURON_CMD_MEMORY_PRESSURE_NTF,
		.ndev = ndev,
		.kind = kind,
		.pressure = pressure,
		.count = count,
	};

	send(&usage, &e, fill_pressure);
}
