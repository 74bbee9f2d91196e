// SPDX-License-Identifier: GPL-2.0
/*
 * Resets of the whole card, the first one included, and recovery of one engine.
 *
 * What the card may reach stays where it is until the card is known to be reset:
 * at the beginning of a reset, and under the lock that everything is put on the
 * card with, rings and notification queues are taken from their owners and go into
 * quarantine; at its successful end quarantine is emptied. A reset that fails
 * leaves all there. Nobody waits for a resetting card: requests to the firmware
 * end, and who waits for engines waits for the end of the reset instead.
 *
 * There is one sequence that brings a card up, whoever took it down: a probe, a
 * request, the driver itself, or the system (power.c).
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "coredump.h"
#include "ctx.h"
#include "device.h"
#include "events.h"
#include "foreign.h"
#include "health.h"
#include "hw_reset.h"
#include "hw_udma.h"
#include "irq.h"
#include "mem.h"
#include "neighbor.h"
#include "nq.h"
#include "quarantine.h"
#include "reset.h"
#include "ring.h"
#include "trace.h"

#define LOOK_MS		1	/* between two looks at an engine that recovers */

/*
 * Bus mastering comes on right before the first reset is asked for: the firmware
 * tells its end by DMA only. What an earlier owner left running has until the
 * doorbell, the very next stores, and was stopped by errors before if it tried
 * to reach host memory while bus mastering was off.
 */
static int reset_card(struct neuron_device *ndev)
{
	unsigned int timeout_ms = READ_ONCE(neuron_reset_timeout_ms);
	struct neuron_flight_entry entry = { .kind = NEURON_FLIGHT_RESET };
	ktime_t began = ktime_get();
	int err;

	if (READ_ONCE(ndev->down))
		return -ECANCELED;

	trace_neuron_reset_begin(ndev->index, timeout_ms);
	neuron_hw_irq_distrust(&ndev->hw);
	WRITE_ONCE(ndev->irq.tried, false);
	pci_set_master(ndev->pdev);
	err = neuron_hw_reset(&ndev->hw, timeout_ms);
	entry.us = ktime_us_delta(ktime_get(), began);
	entry.err = err;
	neuron_flight_add(&ndev->flight, &entry);
	trace_neuron_reset_end(ndev->index, entry.us, err);
	if (err == -ECANCELED)
		return err;
	if (err) {
		atomic64_inc(&ndev->counters.reset_failures);
		return err;
	}

	neuron_hw_set_device_id(&ndev->hw, ndev->index);

	return 0;
}

/* The card is usable; returns -ENODEV if it went at this very moment. */
static int finished(struct neuron_device *ndev)
{
	atomic64_inc(&ndev->counters.resets);
	spin_lock(&ndev->state_lock);
	ndev->reset_count++;
	spin_unlock(&ndev->state_lock);

	if (!neuron_device_set_state(ndev, NEURON_DEVICE_STATE_READY))
		return -ENODEV;
	neuron_irq_prove(ndev);
	neuron_neighbor_refresh_all();
	neuron_health_watch(ndev);

	return 0;
}

/*
 * Returns @err, or -ENODEV if the card turns out to be gone. While it is down, who
 * took it down brings it up again, so that it has not failed.
 */
static int failed(struct neuron_device *ndev, int err, const char *cause)
{
	if (neuron_hw_is_gone(&ndev->hw))
		return -ENODEV;
	if (READ_ONCE(ndev->down))
		return -ECANCELED;
	if (!neuron_health_present(ndev)) {
		neuron_device_gone(ndev);
		return -ENODEV;
	}

	neuron_coredump_take(ndev, err);
	neuron_device_set_state(ndev, NEURON_DEVICE_STATE_FAILED);
	neuron_health_report(ndev, NEURON_HEALTH_FAILED, cause, NEURON_EVENT_NO_ENGINE);

	return err;
}

static int check(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		 struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	lockdep_assert_held(&ndev->lock);
	if (neuron_device_state(ndev) != NEURON_DEVICE_STATE_FAILED ||
	    neuron_hw_is_gone(&ndev->hw)) {
		ret = neuron_device_check_ready(ndev, extack);
		if (ret)
			return ret;
	}
	if (ask->counted && ask->count != READ_ONCE(ndev->reset_count)) {
		NL_SET_ERR_MSG(extack, "The card has been reset in the meantime");
		return -ESTALE;
	}

	return ask->privileged ? 0 : neuron_ctx_check_alone(ctx, extack);
}

/**
 * neuron_reset_check() - would a reset begin now
 * @ctx: who asks
 * @ask: with what authority, and on what condition
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: as neuron_reset_run() for what makes it not begin.
 */
int neuron_reset_check(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		       struct netlink_ext_ack *extack)
{
	int ret;

	mutex_lock(&ctx->ndev->lock);
	ret = check(ctx, ask, extack);
	mutex_unlock(&ctx->ndev->lock);

	return ret;
}

/**
 * neuron_reset_cut() - a reset begins: from here on nothing is put on the card
 * @ndev: card, whose state is changed already
 *
 * What is there is lost to its owners, and who waits for the firmware stops to.
 *
 * Context: neuron_device.lock held; takes those of rings.
 */
void neuron_reset_cut(struct neuron_device *ndev)
{
	u32 eng;

	lockdep_assert_held(&ndev->lock);
	WRITE_ONCE(ndev->cut, true);
	WRITE_ONCE(ndev->epoch, ndev->epoch + 1);
	for (eng = 0; eng < ndev->hw.map->engines; eng++)
		neuron_ring_lose(ndev, eng);
	neuron_nq_lose(ndev);
	neuron_fwio_reserve(&ndev->hw, true);
}

/**
 * neuron_reset_await_others() - wait for those who are not ended by a reset's beginning
 * @ndev: card of which a reset has begun
 *
 * They repair something, look at the health, or write to the card from another one.
 *
 * Context: Sleeps until they have ended, rings of other cards only as long as their
 * time-outs allow; takes neuron_device.repair_lock.
 */
void neuron_reset_await_others(struct neuron_device *ndev)
{
	neuron_foreign_revoke_device(ndev, "The ring was stopped: a card it writes to was reset");
	mutex_lock(&ndev->repair_lock);
	mutex_unlock(&ndev->repair_lock);
	neuron_foreign_await(ndev);
}

static int begin(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		 struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->lock);
	ret = check(ctx, ask, extack);
	if (!ret && !neuron_device_set_state(ndev, NEURON_DEVICE_STATE_RESETTING))
		ret = -ENODEV;
	if (!ret)
		neuron_reset_cut(ndev);
	mutex_unlock(&ndev->lock);

	return ret;
}

/* The hardware has let go of everything, and nothing is set up. */
static void forget(struct neuron_device *ndev)
{
	struct neuron_engine *engine;
	u32 eng;

	mutex_lock(&ndev->lock);
	for (eng = 0; eng < ndev->hw.map->engines; eng++) {
		engine = &ndev->engine[eng];
		engine->up = false;
		engine->aborted = false;
		engine->cause_text = NULL;
		engine->was_read = false;
		engine->state = NEURON_ENGINE_STATE_UNUSED;
	}
	memset(ndev->nq_lost, 0, sizeof(ndev->nq_lost));
	WRITE_ONCE(ndev->cut, false);
	mutex_unlock(&ndev->lock);

	neuron_quarantine_release(ndev);
}

/* What device memory holds now is nobody's business. */
static int clear_memory(struct neuron_device *ndev)
{
	struct neuron_ctx *ctx;
	int ret = 0;
	u32 id = 0;

	while (!ret && (ctx = neuron_ctx_next(ndev, &id))) {
		ret = neuron_mem_clear_again(ctx);
		neuron_ctx_put(ctx);
		id++;
	}

	return ret;
}

/* The one way to a usable card, whether it has just got power or was in use. */
static int bring_up(struct neuron_device *ndev)
{
	int ret;

	lockdep_assert_held(&ndev->reset_lock);
	neuron_reset_await_others(ndev);
	WRITE_ONCE(ndev->resetter, current);
	ret = reset_card(ndev);
	neuron_fwio_reserve(&ndev->hw, false);
	if (!ret) {
		forget(ndev);
		ret = clear_memory(ndev);
	}
	WRITE_ONCE(ndev->resetter, NULL);
	if (ret)
		return ret;

	neuron_health_reset(ndev);

	return finished(ndev);
}

/* Who took the card down meanwhile queues this again. */
static void start_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(work, struct neuron_device, start_work);
	enum neuron_device_state state;
	bool first;
	int err;

	mutex_lock(&ndev->reset_lock);
	state = neuron_device_state(ndev);
	first = state == NEURON_DEVICE_STATE_STARTING;
	if (!first && state != NEURON_DEVICE_STATE_RESETTING)
		goto out_unlock;

	err = bring_up(ndev);
	if (err)
		err = failed(ndev, err, first ? "The card did not start" :
			     "The card did not come back from its reset");
	if (err && err != -ENODEV && err != -ECANCELED)
		dev_err(&ndev->pdev->dev, "the card did not start: %pe\n", ERR_PTR(err));

out_unlock:
	mutex_unlock(&ndev->reset_lock);
}

/**
 * neuron_reset_init() - prepare the first reset
 * @ndev: card that is being made
 *
 * Context: Any.
 */
void neuron_reset_init(struct neuron_device *ndev)
{
	mutex_init(&ndev->reset_lock);
	mutex_init(&ndev->repair_lock);
	INIT_WORK(&ndev->start_work, start_work);
}

/**
 * neuron_reset_run() - reset the whole card
 * @ctx: who asks
 * @ask: with what authority, and on what condition, seen to when it begins
 * @extack: gets a sentence if it fails; may be NULL
 *
 * Rings and notification queues of all contexts are lost, copies and requests
 * that run end with -ECANCELED, device memory is cleared. Host memory, ids and
 * claims stay.
 *
 * Context: Sleeps, up to the parameter reset_timeout_ms and longer: in a job.
 * Return: 0 when the card is usable again; -EBUSY if it is being reset, or if
 * others hold something and @ask is not privileged; -ESTALE; -ETIMEDOUT or -EIO
 * if the card failed, of which nothing is given back then; -ECANCELED if the system
 * took power or link away meanwhile, and brings the card up itself; -ENODEV.
 */
int neuron_reset_run(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		     struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->reset_lock);
	ret = begin(ctx, ask, extack);
	if (ret) {
		mutex_unlock(&ndev->reset_lock);
		return ret;
	}
	ret = bring_up(ndev);
	if (ret)
		ret = failed(ndev, ret, "The card did not come back from its reset");
	mutex_unlock(&ndev->reset_lock);

	if (ret == -ENODEV)
		NL_SET_ERR_MSG(extack, "The card is gone");
	else if (ret == -ECANCELED)
		NL_SET_ERR_MSG(extack, "The system took the card away; it is being reset");
	else if (ret)
		NL_SET_ERR_MSG(extack, "The card did not come back from its reset");

	return ret;
}

/**
 * neuron_reset_self() - reset the card by the driver's own decision
 * @ndev: card
 * @ctx_id: who may hold something on it; 0 for nobody
 * @why: fixed sentence, announced with the health "degraded"
 *
 * Does not wait for the end: the events tell.
 *
 * Context: Sleeps; takes neuron_device.lock and those of rings.
 * Return: 0 if the reset has begun, or if one runs already; -EBUSY if others hold
 * something.
 */
int neuron_reset_self(struct neuron_device *ndev, u32 ctx_id, const char *why)
{
	bool begun = false;
	int ret = 0;

	mutex_lock(&ndev->lock);
	if (neuron_ctx_others_hold(ndev, ctx_id))
		ret = -EBUSY;
	else if (neuron_device_state(ndev) == NEURON_DEVICE_STATE_READY)
		begun = neuron_device_set_state(ndev, NEURON_DEVICE_STATE_RESETTING);
	if (begun)
		neuron_reset_cut(ndev);
	mutex_unlock(&ndev->lock);
	if (!begun)
		return ret;

	atomic64_inc(&ndev->counters.own_resets);
	neuron_health_report(ndev, NEURON_HEALTH_DEGRADED, why, NEURON_EVENT_NO_ENGINE);
	neuron_device_queue(ndev, &ndev->start_work);

	return 0;
}

/* Returns 0 when the engine is not aborted any more. */
static int await_engine(struct neuron_device *ndev, u32 eng)
{
	unsigned long end = jiffies + msecs_to_jiffies(neuron_stop_timeout_ms);
	u8 hw_state;
	int ret;

	for (;;) {
		bool late = time_after(jiffies, end);

		ret = neuron_udma_engine_states(&ndev->hw, eng, 1, &hw_state, NULL);
		ret = neuron_health_check(ndev, ret);
		if (ret || hw_state == NEURON_ENGINE_HW_IDLE ||
		    hw_state == NEURON_ENGINE_HW_RUNNING)
			return ret;
		if (late)
			return -EIO;
		ret = neuron_hw_sleep(&ndev->hw, LOOK_MS);
		if (ret)
			return ret;
	}
}

static int check_engine(struct neuron_ctx *ctx, u32 eng, bool privileged,
			struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	lockdep_assert_held(&ndev->lock);
	ret = neuron_device_check_ready(ndev, extack);
	if (!ret && !privileged)
		ret = neuron_ctx_check_alone(ctx, extack);
	if (!ret && !ndev->engine[eng].up) {
		NL_SET_ERR_MSG(extack, "The engine is not in use");
		ret = -EINVAL;
	}

	return ret;
}

static int is_aborted(struct neuron_device *ndev, u32 eng, struct netlink_ext_ack *extack)
{
	u8 hw_state;
	int ret;

	ret = neuron_udma_engine_states(&ndev->hw, eng, 1, &hw_state, NULL);
	ret = neuron_health_check(ndev, ret);
	if (ret) {
		NL_SET_ERR_MSG(extack, "The firmware did not tell the engine's state");
		return ret;
	}
	if (hw_state == NEURON_ENGINE_HW_ABORTED)
		return 0;

	NL_SET_ERR_MSG(extack, "The engine has not aborted");

	return -EINVAL;
}

static int bring_up_again(struct neuron_ctx *ctx, u32 eng, bool privileged,
			  struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->lock);
	ret = check_engine(ctx, eng, privileged, extack);
	if (!ret) {
		neuron_ring_lose(ndev, eng);
		neuron_udma_engine_recover(&ndev->hw, eng);
		ndev->engine[eng].state = NEURON_ENGINE_STATE_UNKNOWN;
		ndev->engine[eng].was_read = false;
	}
	mutex_unlock(&ndev->lock);
	if (ret)
		return ret;

	ret = await_engine(ndev, eng);
	if (ret)
		NL_SET_ERR_MSG(extack, "The engine does not recover; reset the card");

	return ret;
}

/**
 * neuron_reset_engine() - bring an engine up anew that has aborted
 * @ctx: who asks
 * @eng: engine, which exists
 * @privileged: also if other contexts hold something on the card
 * @extack: gets a sentence if it fails; may be NULL
 *
 * Its rings are lost; what they hold is given back when the firmware says that
 * they are quiet. Other engines go on.
 *
 * Context: Sleeps for firmware requests, up to the parameter stop_timeout_ms and
 * longer: in a job.
 * Return: 0; -EINVAL if it has not aborted; -EBUSY if the card is being reset,
 * or if others hold something and the caller is not @privileged; -EIO if it
 * stays aborted; or as neuron_fwio_read().
 */
int neuron_reset_engine(struct neuron_ctx *ctx, u32 eng, bool privileged,
			struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	mutex_lock(&ndev->repair_lock);
	mutex_lock(&ndev->lock);
	ret = check_engine(ctx, eng, privileged, extack);
	mutex_unlock(&ndev->lock);
	if (!ret)
		ret = is_aborted(ndev, eng, extack);
	if (!ret)
		ret = bring_up_again(ctx, eng, privileged, extack);
	if (!ret) {
		neuron_health_look_locked(ndev);
		neuron_quarantine_retry(ndev);
	}
	mutex_unlock(&ndev->repair_lock);

	if (!ret)
		neuron_health_recovered(ndev);
	neuron_health_watch(ndev);

	return ret;
}
