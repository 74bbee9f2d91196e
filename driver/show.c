// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver knows of a card, as text.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/time64.h>

#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nq.h"
#include "ring.h"
#include "show.h"

static const char * const device_states[] = {
	[NEURON_DEVICE_STATE_STARTING] = "starting",
	[NEURON_DEVICE_STATE_READY] = "ready",
	[NEURON_DEVICE_STATE_RESETTING] = "resetting",
	[NEURON_DEVICE_STATE_FAILED] = "failed",
	[NEURON_DEVICE_STATE_REMOVED] = "removed",
};

static const char * const healths[] = {
	[NEURON_HEALTH_OK] = "ok",
	[NEURON_HEALTH_SUSPECT] = "suspect",
	[NEURON_HEALTH_DEGRADED] = "degraded",
	[NEURON_HEALTH_FAILED] = "failed",
};

static const char * const engine_states[] = {
	[NEURON_ENGINE_STATE_UNUSED] = "unused",
	[NEURON_ENGINE_STATE_IDLE] = "idle",
	[NEURON_ENGINE_STATE_RUNNING] = "running",
	[NEURON_ENGINE_STATE_ABORTED] = "aborted",
	[NEURON_ENGINE_STATE_UNKNOWN] = "unknown",
};

static const char * const ring_states[] = {
	[NEURON_RING_STATE_DETACHED] = "detached",
	[NEURON_RING_STATE_ATTACHED] = "attached",
	[NEURON_RING_STATE_STOPPING] = "stopping",
	[NEURON_RING_STATE_LOST] = "lost",
};

static const char * const nq_types[] = {
	[NEURON_NQ_TYPE_TRACE] = "trace",
	[NEURON_NQ_TYPE_NOTIFY] = "notify",
	[NEURON_NQ_TYPE_EVENT] = "event",
	[NEURON_NQ_TYPE_ERROR] = "error",
};

static const char * const job_states[] = {
	[NEURON_JOB_STATE_RUNNING] = "running",
	[NEURON_JOB_STATE_DONE] = "done",
	[NEURON_JOB_STATE_FAILED] = "failed",
};

static const char * const link_states[] = {
	[NEURON_LINK_STATE_UNKNOWN] = "unknown",
	[NEURON_LINK_STATE_DOWN] = "down",
	[NEURON_LINK_STATE_UP] = "up",
};

static const char * const commands[] = {
#include "gen/neuron_cmd_names.h"
};

/* Of a value that is newer than its table, a question mark. */
static const char *name(const char * const *table, size_t count, u32 value)
{
	return value < count && table[value] ? table[value] : "?";
}

static const char *device_state_name(u32 value)
{
	return name(device_states, ARRAY_SIZE(device_states), value);
}

static const char *health_name(u32 value)
{
	return name(healths, ARRAY_SIZE(healths), value);
}

static const char *engine_state_name(u32 value)
{
	return name(engine_states, ARRAY_SIZE(engine_states), value);
}

static const char *ring_state_name(u32 value)
{
	return name(ring_states, ARRAY_SIZE(ring_states), value);
}

static const char *nq_type_name(u32 value)
{
	return name(nq_types, ARRAY_SIZE(nq_types), value);
}

static const char *job_state_name(u32 value)
{
	return name(job_states, ARRAY_SIZE(job_states), value);
}

static const char *link_state_name(u32 value)
{
	return name(link_states, ARRAY_SIZE(link_states), value);
}

static const char *command_name(u32 value)
{
	return name(commands, ARRAY_SIZE(commands), value);
}

/**
 * neuron_show_card() - identity, state, what is held
 * @m: text
 * @ndev: card
 *
 * Context: Sleeps; takes neuron_device.dram_lock and .state_lock.
 */
void neuron_show_card(struct seq_file *m, struct neuron_device *ndev)
{
	static const char * const ports[] = { "east", "west" };
	struct neuron_link link[NEURON_HW_NEIGHBORS];
	const char *cause;
	u64 used;
	u32 i;

	mutex_lock(&ndev->dram_lock);
	used = neuron_dram_used(&ndev->dram);
	mutex_unlock(&ndev->dram_lock);
	spin_lock(&ndev->state_lock);
	memcpy(link, ndev->link, sizeof(link));
	cause = ndev->health_cause;
	spin_unlock(&ndev->state_lock);

	seq_printf(m, "card %u at %s, id %04x revision %02x\n", ndev->index, ndev->bus_name,
		   ndev->device_id, ndev->revision);
	seq_printf(m, "state %s\n", device_state_name(neuron_device_state(ndev)));
	seq_printf(m, "health %s%s%s\n", health_name(READ_ONCE(ndev->health)),
		   cause ? ": " : "", cause ?: "");
	seq_printf(m, "resets %u, begun %u, cut off %d, gone %d\n", READ_ONCE(ndev->reset_count),
		   READ_ONCE(ndev->epoch), READ_ONCE(ndev->cut), neuron_hw_is_gone(&ndev->hw));
	seq_printf(m, "contexts %d\n", atomic_read(&ndev->nr_contexts));
	seq_printf(m, "vectors %u, tried %d, trusted: engines %d, cores %d, firmware %d\n",
		   ndev->hw.irq.vectors, READ_ONCE(ndev->irq.tried),
		   neuron_hw_irq_trusted(&ndev->hw, NEURON_HW_IRQ_ENGINE),
		   neuron_hw_irq_trusted(&ndev->hw, NEURON_HW_IRQ_CORE),
		   neuron_hw_irq_trusted(&ndev->hw, NEURON_HW_IRQ_FIRMWARE));
	seq_printf(m, "dram-used %llu of %llu\n", used, neuron_dram_bytes(&ndev->dram));
	seq_printf(m, "host-used %lld\n", atomic64_read(&ndev->counters.host_used));
	for (i = 0; i < NEURON_HW_NEIGHBORS; i++)
		seq_printf(m, "link %s %s, card %d\n", ports[i],
			   link_state_name(link[i].state), link[i].peer);
}

/**
 * neuron_show_engines() - engines, as last known
 * @m: text
 * @ndev: card
 *
 * Context: Sleeps; takes neuron_device.lock.
 */
void neuron_show_engines(struct seq_file *m, struct neuron_device *ndev)
{
	const struct neuron_engine *engine;
	u32 eng, queue;
	u32 rings;

	mutex_lock(&ndev->lock);
	for (eng = 0; eng < ndev->hw.map->engines; eng++) {
		engine = &ndev->engine[eng];
		for (rings = 0, queue = 0; queue < ndev->hw.map->queues; queue++)
			rings += !!engine->ring[queue];
		seq_printf(m, "engine %u core %u %s, up %d, rings %u, driver-queue %d", eng,
			   neuron_device_core_of(ndev, eng), engine_state_name(engine->state),
			   engine->up, rings, engine->driver_queue);
		if (engine->was_read)
			seq_printf(m, ", read %u ms ago",
				   jiffies_to_msecs(jiffies - engine->read_at));
		seq_putc(m, '\n');
	}
	mutex_unlock(&ndev->lock);
}

static void show_ring(struct seq_file *m, struct neuron_ring *ring)
{
	struct neuron_ring_info info;

	neuron_ring_info(ring, &info);
	seq_printf(m, "queue %u.%u ctx %u ring %u %s, descriptors %u, written %llu, started %llu, finished %llu, acked %llu\n",
		   info.eng, info.queue, ring->ctx_id, ring->id, ring_state_name(info.state),
		   ring->descriptors, info.written, info.started, info.finished, info.acked);
}

static void show_nq(struct seq_file *m, const struct neuron_nq *nq)
{
	seq_printf(m, "nq core %u %s %u ctx %u nq %u, size %u, read to %u\n", nq->nc,
		   nq_type_name(nq->type), nq->eng, nq->ctx_id, nq->id, nq->size, nq->head);
}

/**
 * neuron_show_queues() - rings on queues, and notification queues
 * @m: text
 * @ndev: card
 *
 * Positions are those that the progress words in memory tell.
 *
 * Context: Sleeps; takes neuron_device.lock and those of rings.
 */
void neuron_show_queues(struct seq_file *m, struct neuron_device *ndev)
{
	struct neuron_nq **nq = &ndev->nq[0][0][0];
	u32 eng, queue;
	size_t i;

	mutex_lock(&ndev->lock);
	for (eng = 0; eng < ndev->hw.map->engines; eng++) {
		for (queue = 0; queue < ndev->hw.map->queues; queue++)
			if (ndev->engine[eng].ring[queue])
				show_ring(m, ndev->engine[eng].ring[queue]);
		if (ndev->engine[eng].driver_queue)
			seq_printf(m, "queue %u.%u driver\n", eng, ndev->hw.map->driver_queue);
	}
	for (i = 0; i < sizeof(ndev->nq) / sizeof(*nq); i++)
		if (nq[i])
			show_nq(m, nq[i]);
	mutex_unlock(&ndev->lock);
}

static void show_region(struct seq_file *m, struct neuron_dram *dram, u32 channel, u32 region)
{
	struct neuron_dram_usage usage;
	struct neuron_dram_block *block;

	neuron_dram_usage(dram, channel, region, &usage);
	seq_printf(m, "channel %u region %u: %llu bytes, used %llu, largest %llu\n",
		   channel, region, usage.bytes, usage.used, usage.largest);
	list_for_each_entry(block, &dram->region[channel][region].head.order, order) {
		if (seq_has_overflowed(m))
			return;
		seq_printf(m, "  %#011llx %llu ctx %u\n", block->offset, block->bytes,
			   block->owner);
	}
}

/**
 * neuron_show_memory() - who has which piece of the DRAM
 * @m: text
 * @ndev: card
 *
 * Context: Sleeps; takes neuron_device.dram_lock.
 */
void neuron_show_memory(struct seq_file *m, struct neuron_device *ndev)
{
	u32 channel, region;

	mutex_lock(&ndev->dram_lock);
	for (channel = 0; channel < ndev->dram.channels; channel++)
		for (region = 0; region < ndev->dram.regions; region++)
			show_region(m, &ndev->dram, channel, region);
	mutex_unlock(&ndev->dram_lock);
}

/**
 * neuron_show_jobs() - contexts and their jobs
 * @m: text
 * @ndev: card
 *
 * Context: Sleeps; takes neuron_device.lock and those of jobs.
 */
void neuron_show_jobs(struct seq_file *m, struct neuron_device *ndev)
{
	struct neuron_ctx *ctx;
	struct neuron_job *job;
	unsigned long number;
	u32 id = 0;

	for (; (ctx = neuron_ctx_next(ndev, &id)); id++) {
		seq_printf(m, "ctx %u: mems %d, rings %d, nqs %d, jobs %d\n", ctx->id,
			   atomic_read(&ctx->nr_mems), atomic_read(&ctx->nr_rings),
			   atomic_read(&ctx->nr_nqs), atomic_read(&ctx->nr_jobs));
		for (number = 1; (job = neuron_job_next(ctx, &number)); number++) {
			seq_printf(m, "  job %u %s %s\n", job->id, command_name(job->cmd),
				   job_state_name(neuron_job_state(job)));
			neuron_job_put(job);
		}
		neuron_ctx_put(ctx);
	}
}

/**
 * neuron_show_quarantine() - what the hardware did not let go of
 * @m: text
 * @ndev: card
 *
 * Context: Sleeps; takes neuron_device.lock.
 */
void neuron_show_quarantine(struct seq_file *m, struct neuron_device *ndev)
{
	struct neuron_held *held;

	seq_printf(m, "quarantined %lld\n", atomic64_read(&ndev->counters.quarantined));
	mutex_lock(&ndev->lock);
	list_for_each_entry(held, &ndev->quarantine, node)
		seq_printf(m, "%s\n", held->ops->what ?: "?");
	mutex_unlock(&ndev->lock);
}

/**
 * neuron_show_fwio() - the mailbox and what the hardware layer counted
 * @m: text
 * @ndev: card
 *
 * Context: Any.
 */
void neuron_show_fwio(struct seq_file *m, struct neuron_device *ndev)
{
	const struct neuron_hw_stats *stats = &ndev->hw.stats;

	seq_printf(m, "attempts %u, timeout %u ms, last sequence number %u, reserved %d\n",
		   ndev->hw.fwio.attempts, ndev->hw.fwio.timeout_ms,
		   READ_ONCE(ndev->hw.fwio.seq), READ_ONCE(ndev->hw.fwio.reserved));
	seq_printf(m, "requests %lld\n", atomic64_read(&stats->fwio_requests));
	seq_printf(m, "retries %lld\n", atomic64_read(&stats->fwio_retries));
	seq_printf(m, "timeouts %lld\n", atomic64_read(&stats->fwio_timeouts));
	seq_printf(m, "errors %lld\n", atomic64_read(&stats->fwio_errors));
	seq_printf(m, "stale %lld\n", atomic64_read(&stats->fwio_stale));
	seq_printf(m, "reg-writes %lld\n", atomic64_read(&stats->reg_writes));
	seq_printf(m, "doorbells %lld\n", atomic64_read(&stats->doorbells));
}

static void show_entry(struct seq_file *m, u64 number, const struct neuron_flight_entry *entry)
{
	u64 us = div_u64(entry->at_ns, NSEC_PER_USEC);
	u32 rest;

	us = div_u64_rem(us, USEC_PER_SEC, &rest);
	seq_printf(m, "%llu %llu.%06u ", number, us, rest);
	switch (entry->kind) {
	case NEURON_FLIGHT_REQUEST:
		seq_printf(m, "request %s ctx %u id %u: %d, %llu us\n", command_name(entry->what),
			   entry->ctx_id, entry->id, entry->err, entry->us);
		break;
	case NEURON_FLIGHT_STATE:
		seq_printf(m, "state %s\n", device_state_name(entry->what));
		break;
	case NEURON_FLIGHT_RESET:
		seq_printf(m, "reset: %d, %llu us\n", entry->err, entry->us);
		break;
	case NEURON_FLIGHT_HEALTH:
		seq_printf(m, "health %s eng %d: %s\n", health_name(entry->what),
			   (s32)entry->id, entry->text);
		break;
	default:
		seq_puts(m, "?\n");
	}
}

/**
 * neuron_show_flight() - the flight recorder, oldest first
 * @m: text
 * @ndev: card
 *
 * Context: Any but interrupts.
 */
void neuron_show_flight(struct seq_file *m, struct neuron_device *ndev)
{
	struct neuron_flight_entry entry;
	u64 number;

	for (number = 0; neuron_flight_next(&ndev->flight, &number, &entry); number++)
		show_entry(m, number, &entry);
}

/**
 * neuron_show_all() - all of the above, each under a heading
 * @m: text
 * @ndev: card
 *
 * Context: as all of them.
 */
void neuron_show_all(struct seq_file *m, struct neuron_device *ndev)
{
	static const struct {
		const char *name;
		void (*show)(struct seq_file *m, struct neuron_device *ndev);
	} part[] = {
		{ "state", neuron_show_card },
		{ "fwio", neuron_show_fwio },
		{ "engines", neuron_show_engines },
		{ "queues", neuron_show_queues },
		{ "jobs", neuron_show_jobs },
		{ "quarantine", neuron_show_quarantine },
		{ "memory", neuron_show_memory },
		{ "flight", neuron_show_flight },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(part); i++) {
		seq_printf(m, "[%s]\n", part[i].name);
		part[i].show(m, ndev);
	}
}
