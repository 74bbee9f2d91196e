// SPDX-License-Identifier: GPL-2.0
/*
 * device-get, neighbor-get, neighbor-refresh, stats-get, engine-get.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "ctx.h"
#include "device.h"
#include "events.h"
#include "irq.h"
#include "job.h"
#include "neighbor.h"
#include "nl.h"

static u64 age_ms(unsigned long since)
{
	return jiffies_to_msecs(jiffies - since);
}

static u32 links_up(const struct neuron_device *ndev)
{
	u32 count = 0;
	u32 port;

	for (port = 0; port < NEURON_HW_NEIGHBORS; port++)
		count += READ_ONCE(ndev->link[port].state) == NEURON_LINK_STATE_UP;

	return count;
}

static int fill_device_identity(struct sk_buff *skb, struct neuron_device *ndev)
{
	if (nla_put_u32(skb, NEURON_A_DEVICE_VENDOR_ID, PCI_VENDOR_ID_AMAZON) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_DEVICE_ID, ndev->device_id) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_REVISION, ndev->revision) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_ARCH, NEURON_ARCH_INFERENTIA) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_FLAGS, ndev->flags | neuron_irq_flags(ndev)) ||
	    nla_put_s32(skb, NEURON_A_DEVICE_NUMA_NODE, ndev->numa_node))
		return -EMSGSIZE;

	return 0;
}

static int fill_device_state(struct sk_buff *skb, struct neuron_device *ndev)
{
	if (nla_put_u32(skb, NEURON_A_DEVICE_STATE, neuron_device_state(ndev)) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_HEALTH, READ_ONCE(ndev->health)) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_CONTEXTS, atomic_read(&ndev->nr_contexts)) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_LINKS_UP, links_up(ndev)) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_RESET_COUNT, READ_ONCE(ndev->reset_count)))
		return -EMSGSIZE;

	return 0;
}

static int fill_device_size(struct sk_buff *skb, struct neuron_device *ndev)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u64 bytes, used;
	u32 regions;

	mutex_lock(&ndev->dram_lock);
	bytes = neuron_dram_bytes(&ndev->dram);
	used = neuron_dram_used(&ndev->dram);
	regions = ndev->dram.regions;
	mutex_unlock(&ndev->dram_lock);

	if (nla_put_u32(skb, NEURON_A_DEVICE_CORES, map->cores) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_ENGINES, map->engines) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_QUEUES_PER_ENGINE, map->queues) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_DRAM_CHANNELS, ndev->dram.channels) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_DRAM_BYTES, bytes) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_DRAM_USED, used) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_HOST_USED,
			      atomic64_read(&ndev->counters.host_used)) ||
	    nla_put_u32(skb, NEURON_A_DEVICE_DRAM_REGIONS, regions))
		return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_fill_device_get() - write a card as device-get answers it
 * @skb: message buffer
 * @ndev: card
 * @part: 0; there is no other
 * @info: request or notification
 *
 * Context: Takes neuron_device.dram_lock.
 * Return: 0, -EMSGSIZE if it does not fit, -ENOENT for another part.
 */
int neuron_nl_fill_device_get(struct sk_buff *skb, struct neuron_device *ndev, u32 part,
			      const struct genl_info *info)
{
	void *hdr;

	if (part)
		return -ENOENT;

	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_DEVICE_DEV_INDEX, ndev->index) ||
	    nla_put_string(skb, NEURON_A_DEVICE_BUS_NAME, ndev->bus_name) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_HOTPLUG_SEQ, neuron_event_hotplug_seq()) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_HEALTH_SEQ, neuron_event_health_seq()) ||
	    neuron_nl_put_u64(skb, NEURON_A_DEVICE_USAGE_SEQ, neuron_event_usage_seq()) ||
	    fill_device_identity(skb, ndev) || fill_device_state(skb, ndev) ||
	    fill_device_size(skb, ndev)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_device_get_doit() - device-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_part(info, 0, neuron_nl_fill_device_get);
}

/**
 * neuron_nl_device_get_dumpit() - device-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, neuron_nl_fill_device_get);
}

static int fill_peer(struct sk_buff *skb, s32 index)
{
	struct neuron_device *peer;
	int err = 0;

	if (index < 0)
		return 0;
	peer = neuron_device_find(index);
	if (!peer)
		return 0;

	if (nla_put_u32(skb, NEURON_A_NEIGHBOR_PEER_INDEX, peer->index) ||
	    nla_put_string(skb, NEURON_A_NEIGHBOR_PEER_BUS_NAME, peer->bus_name))
		err = -EMSGSIZE;
	neuron_device_put(peer);

	return err;
}

/**
 * neuron_nl_fill_neighbor() - write a port as neighbor-get answers it
 * @skb: message buffer
 * @ndev: card
 * @port: enum neuron_port
 * @info: request or notification
 *
 * Context: Takes neuron_device.state_lock.
 * Return: 0, -EMSGSIZE if it does not fit, -ENOENT if there is no such port.
 */
int neuron_nl_fill_neighbor(struct sk_buff *skb, struct neuron_device *ndev, u32 port,
			    const struct genl_info *info)
{
	u64 seq = neuron_event_hotplug_seq();
	struct neuron_link link;
	void *hdr;

	if (port >= NEURON_HW_NEIGHBORS)
		return -ENOENT;

	spin_lock(&ndev->state_lock);
	link = ndev->link[port];
	spin_unlock(&ndev->state_lock);

	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_NEIGHBOR_DEV_INDEX, ndev->index) ||
	    nla_put_string(skb, NEURON_A_NEIGHBOR_BUS_NAME, ndev->bus_name) ||
	    neuron_nl_put_u64(skb, NEURON_A_NEIGHBOR_HOTPLUG_SEQ, seq) ||
	    nla_put_u32(skb, NEURON_A_NEIGHBOR_PORT, port) ||
	    nla_put_u32(skb, NEURON_A_NEIGHBOR_LINK_STATE, link.state) ||
	    fill_peer(skb, link.peer) ||
	    (link.was_read &&
	     neuron_nl_put_u64(skb, NEURON_A_NEIGHBOR_AGE_MS, age_ms(link.read_at)))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_neighbor_get_doit() - neighbor-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_neighbor_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = neuron_nl_need(info, NEURON_A_NEIGHBOR_PORT);

	if (err)
		return err;

	return neuron_nl_reply_part(info, nla_get_u32(info->attrs[NEURON_A_NEIGHBOR_PORT]),
				    neuron_nl_fill_neighbor);
}

/**
 * neuron_nl_neighbor_get_dumpit() - neighbor-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_neighbor_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, neuron_nl_fill_neighbor);
}

static void run_refresh(struct neuron_job *job)
{
	job->result.error = neuron_neighbor_refresh(job->ctx->ndev);
	if (job->result.error)
		job->result.text = "The card did not tell its links";
}

/**
 * neuron_nl_neighbor_refresh_doit() - neighbor-refresh
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_neighbor_refresh_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	job = neuron_nl_new_job(info, run_refresh, 0);
	if (IS_ERR(job))
		return PTR_ERR(job);

	return neuron_nl_run_job(skb, info, job, NULL);
}

static int put_count(struct sk_buff *skb, u32 attr, const atomic64_t *value)
{
	return neuron_nl_put_u64(skb, attr, atomic64_read(value));
}

static int fill_hw_stats(struct sk_buff *skb, const struct neuron_hw_stats *stats)
{
	if (put_count(skb, NEURON_A_STATS_FWIO_REQUESTS, &stats->fwio_requests) ||
	    put_count(skb, NEURON_A_STATS_FWIO_RETRIES, &stats->fwio_retries) ||
	    put_count(skb, NEURON_A_STATS_FWIO_TIMEOUTS, &stats->fwio_timeouts) ||
	    put_count(skb, NEURON_A_STATS_FWIO_ERRORS, &stats->fwio_errors) ||
	    put_count(skb, NEURON_A_STATS_FWIO_STALE, &stats->fwio_stale) ||
	    put_count(skb, NEURON_A_STATS_REG_WRITES, &stats->reg_writes) ||
	    put_count(skb, NEURON_A_STATS_DOORBELLS, &stats->doorbells) ||
	    put_count(skb, NEURON_A_STATS_INTERRUPTS, &stats->irqs) ||
	    put_count(skb, NEURON_A_STATS_INTERRUPTS_LOST, &stats->irqs_lost))
		return -EMSGSIZE;

	return 0;
}

static int fill_counters(struct sk_buff *skb, const struct neuron_counters *counters)
{
	if (put_count(skb, NEURON_A_STATS_DESCRIPTORS, &counters->descriptors) ||
	    put_count(skb, NEURON_A_STATS_BYTES, &counters->bytes) ||
	    put_count(skb, NEURON_A_STATS_CLEARED_BYTES, &counters->cleared_bytes) ||
	    put_count(skb, NEURON_A_STATS_CONTEXTS_OPENED, &counters->contexts_opened) ||
	    put_count(skb, NEURON_A_STATS_CONTEXTS_CLOSED, &counters->contexts_closed) ||
	    put_count(skb, NEURON_A_STATS_MEMS, &counters->mems) ||
	    put_count(skb, NEURON_A_STATS_RINGS, &counters->rings) ||
	    put_count(skb, NEURON_A_STATS_NQS, &counters->nqs) ||
	    put_count(skb, NEURON_A_STATS_JOBS, &counters->jobs) ||
	    put_count(skb, NEURON_A_STATS_QUARANTINED, &counters->quarantined) ||
	    put_count(skb, NEURON_A_STATS_ENGINE_ABORTS, &counters->engine_aborts) ||
	    put_count(skb, NEURON_A_STATS_RESETS, &counters->resets) ||
	    put_count(skb, NEURON_A_STATS_COPIES, &counters->copies) ||
	    put_count(skb, NEURON_A_STATS_COPY_FAILURES, &counters->copy_failures) ||
	    put_count(skb, NEURON_A_STATS_RESET_FAILURES, &counters->reset_failures) ||
	    put_count(skb, NEURON_A_STATS_REVOKED, &counters->revoked))
		return -EMSGSIZE;

	return 0;
}

static int fill_events(struct sk_buff *skb)
{
	if (neuron_nl_put_u64(skb, NEURON_A_STATS_HOTPLUG_EVENTS, neuron_event_hotplug_seq()) ||
	    neuron_nl_put_u64(skb, NEURON_A_STATS_HOTPLUG_LOST, neuron_event_hotplug_lost()) ||
	    neuron_nl_put_u64(skb, NEURON_A_STATS_HEALTH_EVENTS, neuron_event_health_seq()) ||
	    neuron_nl_put_u64(skb, NEURON_A_STATS_HEALTH_LOST, neuron_event_health_lost()) ||
	    neuron_nl_put_u64(skb, NEURON_A_STATS_USAGE_EVENTS, neuron_event_usage_seq()) ||
	    neuron_nl_put_u64(skb, NEURON_A_STATS_USAGE_LOST, neuron_event_usage_lost()))
		return -EMSGSIZE;

	return 0;
}

static int fill_trouble(struct sk_buff *skb, const struct neuron_counters *counters)
{
	if (put_count(skb, NEURON_A_STATS_INTERRUPTIONS, &counters->interruptions) ||
	    put_count(skb, NEURON_A_STATS_PCIE_ERRORS, &counters->pcie_errors) ||
	    put_count(skb, NEURON_A_STATS_PCIE_CORRECTED, &counters->pcie_corrected) ||
	    put_count(skb, NEURON_A_STATS_QUARANTINED_BYTES, &counters->quarantined_bytes) ||
	    put_count(skb, NEURON_A_STATS_OWN_RESETS, &counters->own_resets) ||
	    put_count(skb, NEURON_A_STATS_NQ_OVERRUNS, &counters->nq_overruns) ||
	    put_count(skb, NEURON_A_STATS_LINKS_LOST, &counters->links_lost) ||
	    put_count(skb, NEURON_A_STATS_MEMORY_REFUSALS, &counters->memory_refusals))
		return -EMSGSIZE;

	return 0;
}

static int fill_stats(struct sk_buff *skb, struct neuron_device *ndev, u32 part,
		      const struct genl_info *info)
{
	void *hdr;

	if (part)
		return -ENOENT;

	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_STATS_DEV_INDEX, ndev->index) ||
	    nla_put_string(skb, NEURON_A_STATS_BUS_NAME, ndev->bus_name) ||
	    fill_hw_stats(skb, &ndev->hw.stats) || fill_counters(skb, &ndev->counters) ||
	    fill_trouble(skb, &ndev->counters) || fill_events(skb)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_stats_get_doit() - stats-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_part(info, 0, fill_stats);
}

/**
 * neuron_nl_stats_get_dumpit() - stats-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, fill_stats);
}

static u32 queues_used(const struct neuron_engine *engine)
{
	u32 used = engine->driver_queue;
	u32 queue;

	for (queue = 0; queue < NEURON_MAX_QUEUES; queue++)
		used += !!engine->ring[queue];

	return used;
}

static int fill_cause(struct sk_buff *skb, const struct neuron_engine *engine)
{
	if (!engine->cause_text)
		return 0;
	if (nla_put_string(skb, NEURON_A_ENGINE_CAUSE, engine->cause_text) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_CAUSE_M2S, engine->cause.m2s) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_CAUSE_S2M, engine->cause.s2m) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_CAUSE_PARITY, engine->cause.parity))
		return -EMSGSIZE;

	return 0;
}

static int fill_engine(struct sk_buff *skb, struct neuron_device *ndev, u32 eng,
		       const struct genl_info *info)
{
	struct neuron_engine engine;
	void *hdr;

	if (eng >= ndev->hw.map->engines)
		return -ENOENT;

	mutex_lock(&ndev->lock);
	engine = ndev->engine[eng];
	mutex_unlock(&ndev->lock);

	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_ENGINE_DEV_INDEX, ndev->index) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_ENG_ID, eng) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_NC_ID, neuron_device_core_of(ndev, eng)) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_STATE, engine.state) ||
	    nla_put_u32(skb, NEURON_A_ENGINE_QUEUES_USED, queues_used(&engine)) ||
	    put_count(skb, NEURON_A_ENGINE_COPIES, &engine.copies) ||
	    put_count(skb, NEURON_A_ENGINE_COPY_BYTES, &engine.copy_bytes) ||
	    fill_cause(skb, &engine) ||
	    (engine.was_read && engine.revision &&
	     nla_put_u32(skb, NEURON_A_ENGINE_REVISION, engine.revision)) ||
	    (engine.was_read &&
	     neuron_nl_put_u64(skb, NEURON_A_ENGINE_AGE_MS, age_ms(engine.read_at)))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_engine_get_doit() - engine-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno; -ERANGE for an engine that does not exist.
 */
int neuron_nl_engine_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_numbered(info, NEURON_A_ENGINE_ENG_ID, fill_engine,
					"There is no such engine");
}

/**
 * neuron_nl_engine_get_dumpit() - engine-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_engine_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, fill_engine);
}
