// SPDX-License-Identifier: GPL-2.0
/*
 * Cards: index, state, registration, start and removal.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "buf.h"
#include "copy.h"
#include "ctx.h"
#include "device.h"
#include "events.h"
#include "foreign.h"
#include "health.h"
#include "hw_reset.h"
#include "hw_udma.h"
#include "irq.h"
#include "neighbor.h"
#include "nq_watch.h"
#include "power.h"
#include "quarantine.h"
#include "reset.h"
#include "trace.h"

/* A reset that only helps a ring to let go; removal must not take minutes. */
#define REMOVAL_RESET_MS	5000U

static_assert(NEURON_HW_EAST == (int)NEURON_PORT_EAST);
static_assert(NEURON_HW_WEST == (int)NEURON_PORT_WEST);

static struct class neuron_class = { .name = "neuron" };
static dev_t neuron_devt;

/* Registered cards by index; reserved ones are not found. */
static DEFINE_XARRAY_ALLOC(neuron_devices);
static atomic_t neuron_generation = ATOMIC_INIT(1);

/**
 * neuron_device_class_init() - what all cards share
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int __init neuron_device_class_init(void)
{
	int err;

	err = alloc_chrdev_region(&neuron_devt, 0, NEURON_MAX_DEVICES, KBUILD_MODNAME);
	if (err)
		return err;

	err = class_register(&neuron_class);
	if (err)
		unregister_chrdev_region(neuron_devt, NEURON_MAX_DEVICES);

	return err;
}

/**
 * neuron_device_class_fini() - the opposite
 *
 * Context: May sleep; no card is left.
 */
void neuron_device_class_fini(void)
{
	class_unregister(&neuron_class);
	unregister_chrdev_region(neuron_devt, NEURON_MAX_DEVICES);
	xa_destroy(&neuron_devices);
}

/* Legal moves; whoever asks for another one lost a race. */
static const u32 next_states[] = {
	[NEURON_DEVICE_STATE_STARTING] = BIT(NEURON_DEVICE_STATE_READY) |
					 BIT(NEURON_DEVICE_STATE_FAILED) |
					 BIT(NEURON_DEVICE_STATE_REMOVED),
	[NEURON_DEVICE_STATE_READY] = BIT(NEURON_DEVICE_STATE_RESETTING) |
				      BIT(NEURON_DEVICE_STATE_FAILED) |
				      BIT(NEURON_DEVICE_STATE_REMOVED),
	[NEURON_DEVICE_STATE_RESETTING] = BIT(NEURON_DEVICE_STATE_READY) |
					  BIT(NEURON_DEVICE_STATE_FAILED) |
					  BIT(NEURON_DEVICE_STATE_REMOVED),
	[NEURON_DEVICE_STATE_FAILED] = BIT(NEURON_DEVICE_STATE_RESETTING) |
				       BIT(NEURON_DEVICE_STATE_REMOVED),
	[NEURON_DEVICE_STATE_REMOVED] = 0,
};

static void note_change(struct neuron_device *ndev, u32 from, u32 to)
{
	struct neuron_flight_entry entry = { .kind = NEURON_FLIGHT_STATE, .what = to };

	neuron_flight_add(&ndev->flight, &entry);
	trace_neuron_device_change(ndev->index, from, to);
}

/**
 * neuron_device_set_state() - change the state, if that is a legal move
 * @ndev: card
 * @state: new state
 *
 * Announces the change, except for removal, whose event comes at its end.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 * Return: whether the state was changed.
 */
bool neuron_device_set_state(struct neuron_device *ndev, enum neuron_device_state state)
{
	enum neuron_device_state before;
	bool legal;

	spin_lock(&ndev->state_lock);
	before = ndev->state;
	legal = next_states[before] & BIT(state);
	if (legal)
		ndev->state = state;
	spin_unlock(&ndev->state_lock);

	wake_up_var(&ndev->state);
	if (legal)
		note_change(ndev, before, state);
	if (legal && state != NEURON_DEVICE_STATE_REMOVED)
		neuron_event_device(ndev, NEURON_EVENT_DEVICE_CHANGE);

	return legal;
}

/**
 * neuron_device_state() - the state of this moment
 * @ndev: card
 *
 * Context: Any.
 * Return: the state.
 */
enum neuron_device_state neuron_device_state(struct neuron_device *ndev)
{
	return READ_ONCE(ndev->state);
}

/**
 * neuron_device_await_reset() - wait until no reset runs any more
 * @ndev: card
 *
 * Context: Sleeps for as long as a reset takes; no lock that a reset takes is held.
 * Return: 0 if the card is ready, and so whatever it did before the reset has
 * ended; -EIO if it has failed; -ENODEV if it is gone; -EBUSY for who makes the
 * reset and finds that another must follow.
 */
int neuron_device_await_reset(struct neuron_device *ndev)
{
	if (READ_ONCE(ndev->resetter) != current)
		wait_var_event(&ndev->state,
			       neuron_device_state(ndev) != NEURON_DEVICE_STATE_RESETTING);

	return neuron_device_check_ready(ndev, NULL);
}

/**
 * neuron_device_check_ready() - refuse what needs hardware that is not usable
 * @ndev: card
 * @extack: gets the reason, or NULL
 *
 * Context: Any.
 * Return: 0, -EBUSY while the card starts or resets, -EIO when it has failed,
 * -ENODEV when it is gone.
 */
int neuron_device_check_ready(struct neuron_device *ndev, struct netlink_ext_ack *extack)
{
	if (neuron_hw_is_gone(&ndev->hw)) {
		NL_SET_ERR_MSG(extack, "The card is gone");
		return -ENODEV;
	}

	switch (neuron_device_state(ndev)) {
	case NEURON_DEVICE_STATE_READY:
		return 0;
	case NEURON_DEVICE_STATE_STARTING:
	case NEURON_DEVICE_STATE_RESETTING:
		NL_SET_ERR_MSG(extack, "The card is being reset");
		return -EBUSY;
	case NEURON_DEVICE_STATE_FAILED:
		NL_SET_ERR_MSG(extack, "The card has failed; a device-reset may help");
		return -EIO;
	case NEURON_DEVICE_STATE_REMOVED:
		break;
	}

	NL_SET_ERR_MSG(extack, "The card is gone");
	return -ENODEV;
}

/**
 * neuron_device_queue() - queue a work item of the card's own
 * @ndev: card
 * @work: embedded in @ndev or in a counted object of it
 *
 * Does nothing once removal has begun. Work of contexts is queued under
 * reg_lock instead.
 *
 * Context: Any but interrupts.
 * Return: whether it was queued: false too if it was already.
 */
bool neuron_device_queue(struct neuron_device *ndev, struct work_struct *work)
{
	bool queued = false;

	spin_lock(&ndev->state_lock);
	if (!ndev->stopping)
		queued = queue_work(ndev->wq, work);
	spin_unlock(&ndev->state_lock);

	return queued;
}

/**
 * neuron_device_queue_delayed() - likewise, later
 * @ndev: card
 * @work: embedded in @ndev; nothing changes if it is pending
 * @delay: jiffies
 *
 * Context: Any but interrupts.
 */
void neuron_device_queue_delayed(struct neuron_device *ndev, struct delayed_work *work,
				 unsigned long delay)
{
	spin_lock(&ndev->state_lock);
	if (!ndev->stopping)
		queue_delayed_work(ndev->wq, work, delay);
	spin_unlock(&ndev->state_lock);
}

static void release(struct device *dev)
{
	struct neuron_device *ndev = container_of(dev, struct neuron_device, dev);

	mutex_destroy(&ndev->repair_lock);
	mutex_destroy(&ndev->reset_lock);
	mutex_destroy(&ndev->lock);
	mutex_destroy(&ndev->dram_lock);
	kfree(ndev);
}

static void init_members(struct neuron_device *ndev)
{
	init_rwsem(&ndev->reg_lock);
	mutex_init(&ndev->lock);
	xa_init_flags(&ndev->contexts, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&ndev->quarantine);
	mutex_init(&ndev->dram_lock);
	spin_lock_init(&ndev->bufs_lock);
	INIT_LIST_HEAD(&ndev->bufs);
	atomic64_set(&ndev->mmap_next, 0);
	spin_lock_init(&ndev->state_lock);
	spin_lock_init(&ndev->claim_lock);
	ndev->state = NEURON_DEVICE_STATE_STARTING;
	ndev->health = NEURON_HEALTH_OK;
	neuron_flight_init(&ndev->flight);
	neuron_reset_init(ndev);
	neuron_neighbor_init(ndev);
	neuron_nq_watch_init(ndev);
	neuron_health_init(ndev);
	neuron_power_init(ndev);
	neuron_pressure_init(ndev);
}

static void init_identity(struct neuron_device *ndev, struct pci_dev *pdev, u32 flags)
{
	u32 eng;

	ndev->pdev = pdev;
	ndev->device_id = pdev->device;
	ndev->revision = pdev->revision;
	ndev->flags = flags;
	ndev->numa_node = dev_to_node(&pdev->dev);
	strscpy(ndev->bus_name, pci_name(pdev), sizeof(ndev->bus_name));
	for (eng = 0; eng < NEURON_MAX_ENGINES; eng++)
		ndev->engine[eng].state = NEURON_ENGINE_STATE_UNUSED;
}

/**
 * neuron_device_create() - make the card of a PCI function
 * @pdev: function that is being bound
 * @flags: enum neuron_device_flag
 *
 * Reserves the lowest free index. Nobody finds the card before
 * neuron_device_register(); until then neuron_device_destroy() undoes this.
 *
 * Context: May sleep.
 * Return: the card, or ERR_PTR: -ENOMEM, -EBUSY if there are too many.
 */
struct neuron_device *neuron_device_create(struct pci_dev *pdev, u32 flags)
{
	struct neuron_device *ndev;
	int err;

	ndev = kzalloc(sizeof(*ndev), GFP_KERNEL);
	if (!ndev)
		return ERR_PTR(-ENOMEM);

	device_initialize(&ndev->dev);
	ndev->dev.class = &neuron_class;
	ndev->dev.parent = &pdev->dev;
	ndev->dev.release = release;
	init_members(ndev);
	init_identity(ndev, pdev, flags);

	err = xa_alloc(&neuron_devices, &ndev->index, NULL, XA_LIMIT(0, NEURON_MAX_DEVICES - 1),
		       GFP_KERNEL);
	if (err)
		goto err_put;

	ndev->hw.index = ndev->index;
	ndev->dev.devt = neuron_devt + ndev->index;
	err = dev_set_name(&ndev->dev, "neuron%u", ndev->index);
	if (err)
		goto err_index;

	err = -ENOMEM;
	ndev->wq = alloc_workqueue("neuron%u", WQ_UNBOUND, 0, ndev->index);
	if (!ndev->wq)
		goto err_index;

	return ndev;

err_index:
	xa_erase(&neuron_devices, ndev->index);
err_put:
	neuron_device_put(ndev);
	return ERR_PTR(err);
}

/**
 * neuron_device_destroy() - undo neuron_device_create()
 * @ndev: card that was not registered, or is no more; the reference is used up
 *
 * Context: Sleeps until running work has ended.
 */
void neuron_device_destroy(struct neuron_device *ndev)
{
	destroy_workqueue(ndev->wq);
	ndev->wq = NULL;
	xa_erase(&neuron_devices, ndev->index);
	neuron_device_put(ndev);
}

static void bump_generation(void)
{
	/* 0 would mean to netlink that nobody counts. */
	if (!atomic_inc_return(&neuron_generation))
		atomic_inc(&neuron_generation);
}

/* No entry begins any more, and those that run end soon: none waits for long. */
static void close_entries(struct neuron_device *ndev)
{
	down_write(&ndev->reg_lock);
	ndev->registered = false;
	up_write(&ndev->reg_lock);

	spin_lock(&ndev->state_lock);
	ndev->stopping = true;
	spin_unlock(&ndev->state_lock);
}

/**
 * neuron_device_register() - let everybody see and use the card, and start it
 * @ndev: card with its hardware layer set up
 * @fops: operations of the character node
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int neuron_device_register(struct neuron_device *ndev, const struct file_operations *fops)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	int err;

	if (WARN_ON(map->engines > NEURON_MAX_ENGINES || map->queues > NEURON_MAX_QUEUES ||
		    map->cores > NEURON_MAX_CORES))
		return -EINVAL;

	err = neuron_dram_init(&ndev->dram, map->channels, map->channel[0].bytes, 1);
	if (err)
		return err;
	err = neuron_copy_init(ndev);
	if (err)
		return err;

	/* An open that comes right after cdev_device_add() must find it usable. */
	ndev->registered = true;
	cdev_init(&ndev->cdev, fops);
	ndev->cdev.owner = THIS_MODULE;
	err = cdev_device_add(&ndev->cdev, &ndev->dev);
	if (err) {
		close_entries(ndev);
		neuron_copy_fini(ndev);
		return err;
	}

	/* The slot was reserved, so this cannot fail. */
	xa_store(&neuron_devices, ndev->index, ndev, GFP_KERNEL);
	bump_generation();
	neuron_event_device(ndev, NEURON_EVENT_DEVICE_ADD);
	neuron_device_queue(ndev, &ndev->start_work);

	return 0;
}

static void empty_contexts(struct neuron_device *ndev)
{
	struct neuron_ctx *ctx;
	u32 id = 0;

	while ((ctx = neuron_ctx_next(ndev, &id))) {
		neuron_ctx_empty(ctx);
		neuron_ctx_put(ctx);
		id++;
	}
}

static bool has_quarantine(struct neuron_device *ndev)
{
	bool has;

	mutex_lock(&ndev->lock);
	has = !list_empty(&ndev->quarantine);
	mutex_unlock(&ndev->lock);

	return has;
}

/*
 * With a live card rings stop in order, and one that does not is stopped by a
 * reset. While a reset runs nothing else does, and nothing is waited for; nor is it
 * after one that has failed.
 */
static void quiesce(struct neuron_device *ndev, bool started)
{
	bool cut;

	mutex_lock(&ndev->lock);
	cut = ndev->cut;
	mutex_unlock(&ndev->lock);
	if (cut || !started || !neuron_health_present(ndev))
		neuron_hw_gone(&ndev->hw);

	cancel_work_sync(&ndev->start_work);
	cancel_work_sync(&ndev->irq.prove_work);
	cancel_work_sync(&ndev->neighbor_work);
	cancel_delayed_work_sync(&ndev->neighbor_again);
	cancel_delayed_work_sync(&ndev->health_work);
	cancel_delayed_work_sync(&ndev->power_work);
	cancel_delayed_work_sync(&ndev->nq_watch.work);
	empty_contexts(ndev);
	neuron_foreign_await(ndev);
	if (has_quarantine(ndev) && !neuron_hw_is_gone(&ndev->hw))
		neuron_hw_reset(&ndev->hw, min(neuron_reset_timeout_ms, REMOVAL_RESET_MS));

	neuron_hw_gone(&ndev->hw);
	pci_clear_master(ndev->pdev);
	drain_workqueue(ndev->wq);
}

/**
 * neuron_device_unregister() - end of a card, whether it still answers or not
 * @ndev: registered card; the driver's reference is used up
 *
 * Open files keep the structure; whatever is asked of them is refused. All DMA
 * memory is given back, all work has ended when this returns.
 *
 * Context: Sleeps; waits for rings to stop and for the firmware, within their
 * time-outs, if the card still answers.
 */
void neuron_device_unregister(struct neuron_device *ndev)
{
	bool started;

	close_entries(ndev);
	started = neuron_device_state(ndev) != NEURON_DEVICE_STATE_STARTING;
	neuron_device_set_state(ndev, NEURON_DEVICE_STATE_REMOVED);
	neuron_foreign_revoke_device(ndev, "The ring was stopped: a card it writes to was removed");
	cdev_device_del(&ndev->cdev, &ndev->dev);

	quiesce(ndev, started);
	neuron_irq_fini(ndev);
	empty_contexts(ndev);
	neuron_quarantine_release(ndev);
	neuron_buf_orphan_all(ndev);
	neuron_copy_fini(ndev);
	neuron_hw_fini(&ndev->hw);

	xa_store(&neuron_devices, ndev->index, NULL, GFP_KERNEL);
	bump_generation();
	neuron_event_device(ndev, NEURON_EVENT_DEVICE_DEL);
	neuron_neighbor_refresh_all();
	neuron_device_destroy(ndev);
}

/**
 * neuron_device_gone() - the card does not answer any more
 * @ndev: card
 *
 * Everybody who waits for it returns. Its removal by the PCI core may follow.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_device_gone(struct neuron_device *ndev)
{
	neuron_hw_gone(&ndev->hw);
	neuron_nq_watch_gone(ndev);
	neuron_device_set_state(ndev, NEURON_DEVICE_STATE_FAILED);
	neuron_foreign_revoke_device(ndev, "The ring was stopped: a card it writes to is gone");
	neuron_health_report(ndev, NEURON_HEALTH_FAILED, "The card is gone",
			     NEURON_EVENT_NO_ENGINE);
	neuron_device_queue(ndev, &ndev->neighbor_work);
	neuron_neighbor_refresh_all();
}

/**
 * neuron_device_find() - look a card up by its index
 * @index: index
 *
 * Context: Any.
 * Return: the card, counted, or NULL.
 */
struct neuron_device *neuron_device_find(u32 index)
{
	struct neuron_device *ndev;

	xa_lock(&neuron_devices);
	ndev = xa_load(&neuron_devices, index);
	if (ndev)
		neuron_device_get(ndev);
	xa_unlock(&neuron_devices);

	return ndev;
}

/**
 * neuron_device_find_name() - look a card up by its PCI address
 * @bus_name: for example 0000:00:1e.0
 *
 * Context: Any.
 * Return: the card, counted, or NULL.
 */
struct neuron_device *neuron_device_find_name(const char *bus_name)
{
	struct neuron_device *ndev;
	unsigned long index = 0;

	while ((ndev = neuron_device_next(&index))) {
		if (!strcmp(ndev->bus_name, bus_name))
			return ndev;
		neuron_device_put(ndev);
		index++;
	}

	return NULL;
}

/**
 * neuron_device_next() - walk the cards
 * @index: lowest index wanted; set to that of the card found
 *
 * Context: Any.
 * Return: the card, counted, or NULL at the end.
 */
struct neuron_device *neuron_device_next(unsigned long *index)
{
	struct neuron_device *ndev;

	xa_lock(&neuron_devices);
	ndev = xa_find(&neuron_devices, index, ULONG_MAX, XA_PRESENT);
	if (ndev)
		neuron_device_get(ndev);
	xa_unlock(&neuron_devices);

	return ndev;
}

/**
 * neuron_device_generation() - how often the list of cards changed
 *
 * Context: Any.
 * Return: a number that is never 0.
 */
u32 neuron_device_generation(void)
{
	return atomic_read(&neuron_generation);
}

/**
 * neuron_device_enter() - begin an entry
 * @ndev: counted card
 *
 * Until neuron_device_leave() the card stays registered: its work queue may be
 * used, its registers may be written.
 *
 * Context: Sleeps for a moment; not nested.
 * Return: 0, or -ENODEV if the card was removed.
 */
int neuron_device_enter(struct neuron_device *ndev)
{
	down_read(&ndev->reg_lock);
	if (ndev->registered)
		return 0;

	up_read(&ndev->reg_lock);
	return -ENODEV;
}

/**
 * neuron_device_leave() - end an entry
 * @ndev: card
 *
 * Context: Any that neuron_device_enter() was called in.
 */
void neuron_device_leave(struct neuron_device *ndev)
{
	up_read(&ndev->reg_lock);
}

/**
 * neuron_device_core_of() - core that an engine belongs to
 * @ndev: card
 * @eng: engine
 *
 * Context: Any.
 * Return: the core.
 */
u32 neuron_device_core_of(const struct neuron_device *ndev, u32 eng)
{
	return neuron_hw_map_core_of(ndev->hw.map, eng);
}

/**
 * neuron_engine_up() - bring an engine up unless it is
 * @ndev: card
 * @eng: engine
 *
 * Context: neuron_device.lock held.
 * Return: 0, -ECANCELED from the beginning of a reset to its good end, -ENODEV
 * once the card is gone.
 */
int neuron_engine_up(struct neuron_device *ndev, u32 eng)
{
	struct neuron_engine *engine = &ndev->engine[eng];

	lockdep_assert_held(&ndev->lock);
	if (neuron_hw_is_gone(&ndev->hw))
		return -ENODEV;
	if (ndev->cut)
		return -ECANCELED;

	if (!engine->up) {
		if (engine->aborted)
			neuron_udma_engine_recover(&ndev->hw, eng);
		else
			neuron_udma_engine_init(&ndev->hw, eng);
		engine->aborted = false;
		engine->state = NEURON_ENGINE_STATE_UNKNOWN;
		engine->up = true;
	}

	return 0;
}
