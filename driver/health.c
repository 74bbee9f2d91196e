// SPDX-License-Identifier: GPL-2.0
/*
 * Health is detected, not assumed: by firmware requests that stay unanswered,
 * by looks at cards in use, and by rings that do not stop.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "device.h"
#include "events.h"
#include "health.h"
#include "hw_udma.h"
#include "irq.h"
#include "neighbor.h"
#include "nq.h"
#include "quarantine.h"
#include "reset.h"
#include "trace.h"

#define PERIOD_MIN_MS	10U

/**
 * neuron_health_present() - does the function still answer
 * @ndev: card, registered or being removed
 *
 * Context: Any; one read of the configuration space.
 * Return: false if the card has vanished.
 */
bool neuron_health_present(struct neuron_device *ndev)
{
	return pci_device_is_present(ndev->pdev);
}

static void note(struct neuron_device *ndev, u32 health, const char *cause, u32 eng)
{
	struct neuron_flight_entry entry = {
		.kind = NEURON_FLIGHT_HEALTH,
		.what = health,
		.id = eng,
		.text = cause,
	};

	neuron_flight_add(&ndev->flight, &entry);
	trace_neuron_health_report(ndev->index, health, eng, cause);
}

static void announce(struct neuron_device *ndev, const char *text, u32 eng,
		     const struct neuron_cause *cause)
{
	struct neuron_health_note event = {
		.text = text,
		.eng = eng,
		.cause = cause,
		.port = NEURON_EVENT_NO_PORT,
	};

	note(ndev, READ_ONCE(ndev->health), text, eng);
	neuron_event_health(ndev, &event);
}

/* Returns whether it is news. */
static bool store_health(struct neuron_device *ndev, enum neuron_health health,
			 const char *cause, u32 eng)
{
	bool news;

	spin_lock(&ndev->state_lock);
	if (health != NEURON_HEALTH_OK || ndev->health == NEURON_HEALTH_FAILED)
		health = max(health, ndev->health);
	news = health != ndev->health || eng != ndev->health_eng || !ndev->health_cause ||
	       strcmp(cause, ndev->health_cause);
	ndev->health = health;
	ndev->health_cause = cause;
	ndev->health_eng = eng;
	spin_unlock(&ndev->state_lock);

	return news;
}

/**
 * neuron_health_report() - something was noticed
 * @ndev: card
 * @health: how bad it is; NEURON_HEALTH_OK after recovery
 * @cause: fixed sentence
 * @eng: engine concerned, or NEURON_EVENT_NO_ENGINE
 *
 * Health only gets worse until it is OK again, which a failed card never is but
 * by neuron_health_reset(). What was announced last is not announced again.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_health_report(struct neuron_device *ndev, enum neuron_health health,
			  const char *cause, u32 eng)
{
	if (store_health(ndev, health, cause, eng))
		announce(ndev, cause, eng, NULL);
}

/**
 * neuron_health_check() - judge the result of a firmware request
 * @ndev: card
 * @err: 0 or negative errno of the request
 *
 * Every time-out leads to a look whether the card is still there.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 * Return: @err, or -ENODEV if the card turned out to be gone.
 */
int neuron_health_check(struct neuron_device *ndev, int err)
{
	neuron_irq_look(ndev);
	if (!err && READ_ONCE(ndev->health) == NEURON_HEALTH_SUSPECT)
		neuron_health_report(ndev, NEURON_HEALTH_OK, "The firmware answers again",
				     NEURON_EVENT_NO_ENGINE);
	if (err != -ETIMEDOUT)
		return err;

	if (neuron_hw_is_gone(&ndev->hw))
		return -ENODEV;
	if (!neuron_health_present(ndev)) {
		neuron_device_gone(ndev);
		return -ENODEV;
	}
	neuron_health_report(ndev, NEURON_HEALTH_SUSPECT, "The firmware did not answer",
			     NEURON_EVENT_NO_ENGINE);

	return err;
}

static enum neuron_engine_state state_of(u8 hw_state)
{
	switch (hw_state) {
	case NEURON_ENGINE_HW_IDLE:
		return NEURON_ENGINE_STATE_IDLE;
	case NEURON_ENGINE_HW_RUNNING:
		return NEURON_ENGINE_STATE_RUNNING;
	case NEURON_ENGINE_HW_ABORTED:
		return NEURON_ENGINE_STATE_ABORTED;
	default:
		return NEURON_ENGINE_STATE_UNKNOWN;
	}
}

/* Stores a new state; returns whether the engine has just aborted. */
static bool store(struct neuron_engine *engine, enum neuron_engine_state state, u32 revision,
		  const struct neuron_cause *cause)
{
	bool aborted = state == NEURON_ENGINE_STATE_ABORTED && engine->state != state;

	if (!engine->up)
		return false;
	if (aborted) {
		engine->cause = *cause;
		engine->cause_text = neuron_cause_text(cause);
	}
	engine->state = state;
	engine->revision = revision;
	engine->read_at = jiffies;
	engine->was_read = true;

	return aborted;
}

/* A request for each engine that is seen aborted for the first time. */
static int ask_causes(struct neuron_device *ndev, const u8 *hw_state, struct neuron_cause *cause)
{
	u32 eng;
	int ret;

	for (eng = 0; eng < ndev->hw.map->engines; eng++) {
		if (hw_state[eng] != NEURON_ENGINE_HW_ABORTED ||
		    READ_ONCE(ndev->engine[eng].state) == NEURON_ENGINE_STATE_ABORTED)
			continue;
		ret = neuron_udma_engine_cause(&ndev->hw, eng, &cause[eng]);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * neuron_health_look_locked() - ask what all engines do
 * @ndev: card, ready
 *
 * Counts and announces those that have just aborted, and why.
 *
 * Context: Sleeps for a firmware request, and one for each of them; takes
 * neuron_device.lock and the locks of events. neuron_device.repair_lock is held, so
 * that nobody recovers an engine while its state is on the way.
 */
void neuron_health_look_locked(struct neuron_device *ndev)
{
	struct neuron_cause cause[NEURON_MAX_ENGINES] = { };
	u32 revision[NEURON_MAX_ENGINES] = { };
	u8 hw_state[NEURON_MAX_ENGINES];
	u32 count = ndev->hw.map->engines;
	unsigned long aborted = 0;
	u32 eng;
	int err;

	lockdep_assert_held(&ndev->repair_lock);
	err = neuron_udma_engine_states(&ndev->hw, 0, count, hw_state, revision);
	if (!err)
		err = ask_causes(ndev, hw_state, cause);
	err = neuron_health_check(ndev, err);
	if (err == -ECANCELED)
		return;

	mutex_lock(&ndev->lock);
	for (eng = 0; eng < count; eng++)
		if (store(&ndev->engine[eng],
			  err ? NEURON_ENGINE_STATE_UNKNOWN : state_of(hw_state[eng]),
			  revision[eng], &cause[eng]))
			__set_bit(eng, &aborted);
	mutex_unlock(&ndev->lock);

	for_each_set_bit(eng, &aborted, count) {
		const char *text = neuron_cause_text(&cause[eng]);

		atomic64_inc(&ndev->counters.engine_aborts);
		if (store_health(ndev, NEURON_HEALTH_DEGRADED, text, eng))
			announce(ndev, text, eng, &cause[eng]);
	}
}

/**
 * neuron_health_look() - likewise, by who does not hold neuron_device.repair_lock
 * @ndev: card, ready
 *
 * Context: as neuron_health_look_locked(); takes neuron_device.repair_lock.
 */
void neuron_health_look(struct neuron_device *ndev)
{
	mutex_lock(&ndev->repair_lock);
	neuron_health_look_locked(ndev);
	mutex_unlock(&ndev->repair_lock);
}

struct usage {
	bool in_use;
	bool hurt;
};

static struct usage get_usage(struct neuron_device *ndev)
{
	struct usage usage = { };
	struct neuron_engine *engine;
	u32 eng, queue;

	lockdep_assert_held(&ndev->lock);
	usage.hurt = !list_empty(&ndev->quarantine);
	usage.in_use = usage.hurt;
	for (eng = 0; eng < ndev->hw.map->engines; eng++) {
		engine = &ndev->engine[eng];
		usage.hurt |= engine->up && engine->state == NEURON_ENGINE_STATE_ABORTED;
		for (queue = 0; queue < ndev->hw.map->queues; queue++)
			usage.in_use |= !!engine->ring[queue];
	}

	return usage;
}

static bool is_in_use(struct neuron_device *ndev)
{
	bool in_use;

	mutex_lock(&ndev->lock);
	in_use = get_usage(ndev).in_use;
	mutex_unlock(&ndev->lock);

	return in_use;
}

/**
 * neuron_health_recovered() - something was repaired: was it the last?
 * @ndev: card
 *
 * Announces that the card has recovered if no engine is aborted and nothing in
 * quarantine any more.
 *
 * Context: Sleeps; takes neuron_device.lock and the locks of events.
 */
void neuron_health_recovered(struct neuron_device *ndev)
{
	static const char cause[] = "The card has recovered";
	bool news = false;

	/* With the lock that guards the quarantine, see neuron_health_held(). */
	mutex_lock(&ndev->lock);
	if (!get_usage(ndev).hurt && READ_ONCE(ndev->health) == NEURON_HEALTH_DEGRADED)
		news = store_health(ndev, NEURON_HEALTH_OK, cause, NEURON_EVENT_NO_ENGINE);
	mutex_unlock(&ndev->lock);

	if (news)
		announce(ndev, cause, NEURON_EVENT_NO_ENGINE, NULL);
}

/**
 * neuron_health_held() - something has come into quarantine
 * @ndev: card
 *
 * Why it did is announced before. A look in between may have found that nothing is
 * wrong any more: then it is said again. The card is looked at from now on.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_health_held(struct neuron_device *ndev)
{
	if (READ_ONCE(ndev->health) < NEURON_HEALTH_DEGRADED)
		neuron_health_report(ndev, NEURON_HEALTH_DEGRADED, "Something is in quarantine",
				     NEURON_EVENT_NO_ENGINE);
	neuron_health_watch(ndev);
}

/**
 * neuron_health_reset() - the card was reset: whatever was wrong with it is over
 * @ndev: card
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_health_reset(struct neuron_device *ndev)
{
	static const char cause[] = "The card has recovered by a reset";
	bool news;

	spin_lock(&ndev->state_lock);
	news = ndev->health != NEURON_HEALTH_OK;
	ndev->health = NEURON_HEALTH_OK;
	if (news) {
		ndev->health_cause = cause;
		ndev->health_eng = NEURON_EVENT_NO_ENGINE;
	}
	spin_unlock(&ndev->state_lock);

	if (news)
		announce(ndev, cause, NEURON_EVENT_NO_ENGINE, NULL);
}

static void look(struct neuron_device *ndev)
{
	bool in_use;

	neuron_health_look_locked(ndev);
	in_use = neuron_nq_look(ndev);
	neuron_neighbor_refresh(ndev);
	neuron_quarantine_retry(ndev);
	neuron_health_recovered(ndev);
	if (in_use || is_in_use(ndev))
		neuron_health_watch(ndev);
}

/* Only a reset frees what the hardware keeps; it must hit nobody else. */
static void judge_quarantine(struct neuron_device *ndev)
{
	static const char why[] = "Too much is in quarantine; the card is being reset";
	struct neuron_quarantine_look found = neuron_quarantine_look(ndev);

	if (!found.full && !found.overdue)
		return;
	if (neuron_reset_self(ndev, found.ctx_id, why))
		neuron_health_report(ndev, NEURON_HEALTH_DEGRADED,
				     "Too much is in quarantine, and others use the card",
				     NEURON_EVENT_NO_ENGINE);
}

/* The end of a reset makes the looks begin again. */
static void health_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(to_delayed_work(work), struct neuron_device,
						  health_work);
	bool ready;

	mutex_lock(&ndev->repair_lock);
	ready = neuron_device_state(ndev) == NEURON_DEVICE_STATE_READY;
	if (ready)
		look(ndev);
	mutex_unlock(&ndev->repair_lock);

	if (ready)
		judge_quarantine(ndev);
}

/**
 * neuron_health_init() - nothing was noticed yet
 * @ndev: card that is being made
 *
 * Context: Any.
 */
void neuron_health_init(struct neuron_device *ndev)
{
	ndev->health_eng = NEURON_EVENT_NO_ENGINE;
	INIT_DELAYED_WORK(&ndev->health_work, health_work);
}

/**
 * neuron_health_watch() - look at a card that is in use, from now on
 * @ndev: card
 *
 * Call it when a ring is attached. It ends by itself when nothing is left to look at.
 *
 * Context: Any but interrupts.
 */
void neuron_health_watch(struct neuron_device *ndev)
{
	neuron_device_queue_delayed(ndev, &ndev->health_work,
				    msecs_to_jiffies(max(neuron_health_period_ms, PERIOD_MIN_MS)));
}
