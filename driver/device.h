/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card. It lives from probe until the last open file, mapping and job let go
 * of it; it is *registered* from the end of probe until removal begins.
 *
 * Order of locks, outermost first:
 *
 *   mmap_lock (fault, mmap)            genl's cb_lock (netlink requests)
 *     neuron_device.reg_lock             every entry holds it for reading
 *       neuron_ctx.empty_lock              not by entries: close and removal
 *       neuron_device.reset_lock           not by entries: who resets, all the time
 *       neuron_device.repair_lock          not by entries: jobs and looks at the health
 *         neuron_ctx.lock
 *           neuron_device.lock
 *             neuron_ring.lock
 *               neuron_copy_queue.lock
 *                 neuron_fwio.lock (the mailbox)
 *                 the neighbours' lock, then the event groups' locks, then that of echoes
 *                   neuron_device.dram_lock, .bufs_lock, neuron_buf.lock, the users' lock
 *                     the lock of the ties between rings and other cards (foreign.c)
 *                       neuron_device.state_lock, .claim_lock, xarrays' locks
 *                         neuron_pressure_told.lock
 *                         neuron_flight.lock, neuron_nq_watch.lock (taken by interrupts)
 *
 * Nothing but neuron_ctx.empty_lock, neuron_device.reset_lock, neuron_device.repair_lock,
 * neuron_copy_queue.lock and neuron_fwio.lock is held while the hardware is waited
 * for. Events may be announced under all
 * locks but dram_lock and what is below it.
 *
 * Two cards: while locks of one are held, of another only leaves are taken: dram_lock,
 * where the last reference of memory may be dropped, the lock of the ties, and what
 * stands below it; and never two of one kind at once. A card that goes, or is
 * reset, waits for rings of others that write to it with no lock but its reset_lock
 * held, and after its own have stopped or were taken from their owners. It does not
 * wait for a card that is being reset, so no two wait for each other.
 */
#ifndef NEURON_DEVICE_H
#define NEURON_DEVICE_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <linux/neuron.h>

#include "cause.h"
#include "claim.h"
#include "dram.h"
#include "flight.h"
#include "hw.h"
#include "irq.h"
#include "nq_watch.h"
#include "pressure.h"

struct netlink_ext_ack;
struct neuron_copy;
struct neuron_nq;
struct neuron_ring;
struct pci_dev;
struct task_struct;

#define NEURON_MAX_DEVICES	64
#define NEURON_MAX_ENGINES	12
#define NEURON_MAX_QUEUES	16
#define NEURON_MAX_CORES	4
#define NEURON_NQ_INSTANCES	4

/**
 * struct neuron_engine - what the driver knows of a DMA engine
 * @up: brought up since the last reset
 * @aborted: it aborted, and was not brought up since
 * @cause: why it last aborted since the last reset; valid if @cause_text
 * @cause_text: likewise in words, or NULL
 * @state: as last read
 * @revision: likewise; 0 if that failed
 * @read_at: when it was read, jiffies; valid if @was_read
 * @was_read: it was read since the last reset
 * @ring: ring on each queue; the driver's own queue shows in @driver_queue
 * @driver_queue: the driver's copy queue is set up here
 * @copies: batches that it was told
 * @copy_bytes: bytes that they move
 */
struct neuron_engine {
	bool up;
	bool aborted;
	struct neuron_cause cause;
	const char *cause_text;
	enum neuron_engine_state state;
	u32 revision;
	unsigned long read_at;
	bool was_read;
	struct neuron_ring *ring[NEURON_MAX_QUEUES];
	bool driver_queue;
	atomic64_t copies;
	atomic64_t copy_bytes;
};

/**
 * struct neuron_link - what the last look found at a port
 * @state: of the link
 * @peer_id: raw device id read through the window, valid while up
 * @peer: index of the confirmed card behind it, or -1
 * @read_at: when the firmware was asked, jiffies
 * @was_read: it was asked at all
 */
struct neuron_link {
	enum neuron_link_state state;
	u32 peer_id;
	s32 peer;
	unsigned long read_at;
	bool was_read;
};

/**
 * struct neuron_counters - what the objects count, besides struct neuron_hw_stats
 * @descriptors: descriptor pairs handed to the hardware
 * @bytes: bytes that they move
 * @cleared_bytes: device memory cleared for its next owner, bytes
 * @contexts_opened: contexts ever made
 * @contexts_closed: contexts whose resources are all given back
 * @mems: memory objects that exist now
 * @rings: likewise
 * @nqs: likewise
 * @jobs: likewise
 * @quarantined: objects that are held back now
 * @quarantined_bytes: memory that they hold
 * @own_resets: resets that the driver made by its own decision
 * @nq_overruns: notification records that did not find room
 * @links_lost: how often a link went down
 * @memory_refusals: requests refused for lack of memory, or by a limit of it
 * @engine_aborts: aborts noticed
 * @revoked: rings stopped because what they write to on another card went
 * @resets: finished resets
 * @interruptions: how often power, link or configuration were taken away
 * @pcie_errors: errors of PCI Express that the card did not correct by itself
 * @pcie_corrected: those that it did
 * @host_used: host memory of all contexts, bytes
 * @copies: batches of the driver's copy queues
 * @copy_failures: those that did not end well
 * @reset_failures: resets that the card did not come back from
 */
struct neuron_counters {
	atomic64_t descriptors;
	atomic64_t bytes;
	atomic64_t cleared_bytes;
	atomic64_t contexts_opened;
	atomic64_t contexts_closed;
	atomic64_t mems;
	atomic64_t rings;
	atomic64_t nqs;
	atomic64_t jobs;
	atomic64_t quarantined;
	atomic64_t quarantined_bytes;
	atomic64_t own_resets;
	atomic64_t nq_overruns;
	atomic64_t links_lost;
	atomic64_t memory_refusals;
	atomic64_t engine_aborts;
	atomic64_t revoked;
	atomic64_t resets;
	atomic64_t interruptions;
	atomic64_t pcie_errors;
	atomic64_t pcie_corrected;
	atomic64_t host_used;
	atomic64_t copies;
	atomic64_t copy_failures;
	atomic64_t reset_failures;
};

/**
 * struct neuron_device - a card
 * @dev: device of the character node; its reference count is the card's
 * @cdev: /dev/neuronN
 * @pdev: the PCI function; valid while registered and in removal
 * @index: lowest free number at probe
 * @bus_name: PCI address
 * @device_id: PCI device id
 * @revision: PCI revision byte
 * @flags: enum neuron_device_flag, but for interrupts: see neuron_irq_flags()
 * @numa_node: of the slot, or -1
 * @hw: the hardware layer
 * @irq: interrupt vectors
 * @reg_lock: read-held around every entry, write-held once by removal
 * @registered: guarded by @reg_lock
 * @reset_lock: held by who resets the card, from the beginning to the end; guards
 *	@resetter
 * @resetter: who that is, for whom nobody waits but himself
 * @repair_lock: held by who repairs an engine or looks at the card's health; both
 *	stay away from a card that is not ready
 * @lock: guards @contexts, @next_ctx_id, @engine, @nq, @quarantine, @cut, @epoch; a
 *	reset begins under it; guards @down against being set twice
 * @cut: a reset has begun and not ended well: nothing may be set up
 * @down: power, link or configuration are being taken away: see power.c
 * @epoch: resets begun; what was set up in another one is gone
 * @contexts: open contexts and those being torn down, by their number
 * @nr_contexts: open ones
 * @next_ctx_id: number to try first for the next context
 * @engine: by engine id
 * @nq: by core, type and instance
 * @nq_watch: queues whose owners are told of records
 * @nq_lost: the hardware's counter of each, as last read
 * @quarantine: rings and queues that did not stop; their memory is held back
 * @claim_lock: guards @claim
 * @claim: who holds each core
 * @dram_lock: guards @dram
 * @dram: who has which piece of the DRAM
 * @bufs_lock: guards @bufs
 * @bufs: all DMA buffers, for removal
 * @mmap_next: next free mapping offset, bytes; offsets are never used twice
 * @state_lock: guards @state, @health*, @link, @reset_count, and @stopping against queueing
 * @state: enum neuron_device_state
 * @health: enum neuron_health
 * @health_cause: what was last announced, or NULL
 * @health_eng: engine that it was about
 * @link: by enum neuron_port
 * @reset_count: finished resets
 * @stopping: removal has begun: no work item of the card is queued any more
 * @wq: jobs, start, teardown; destroyed by removal
 * @start_work: bring-up: after probe, after the card lost power or was reset from
 *	outside, and by the driver's own decision
 * @neighbor_work: asks for the links
 * @neighbor_again: asks once more while a link is up and nobody confirmed behind it
 * @neighbor_looks: how often it still may
 * @health_work: reads engine states while rings are attached, retries quarantine
 * @power_work: gives up a card whose link the system does not bring back
 * @copy: the driver's own copy queues
 * @counters: see there
 * @pressure: what was told of memory that runs short
 * @flight: what happened last
 */
struct neuron_device {
	struct device dev;
	struct cdev cdev;
	struct pci_dev *pdev;
	u32 index;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	u16 device_id;
	u8 revision;
	u32 flags;
	s32 numa_node;
	struct neuron_hw hw;
	struct neuron_irq irq;

	struct rw_semaphore reg_lock;
	bool registered;

	struct mutex reset_lock;
	struct task_struct *resetter;
	struct mutex repair_lock;
	struct mutex lock;
	bool cut;
	bool down;
	u32 epoch;
	struct xarray contexts;
	atomic_t nr_contexts;
	u32 next_ctx_id;
	struct neuron_engine engine[NEURON_MAX_ENGINES];
	struct neuron_nq *nq[NEURON_MAX_CORES][NEURON_HW_NQ_TYPES][NEURON_NQ_INSTANCES];
	struct neuron_nq_watch nq_watch;
	u32 nq_lost[NEURON_MAX_CORES][NEURON_HW_NQ_TYPES][NEURON_NQ_INSTANCES];
	struct list_head quarantine;

	spinlock_t claim_lock;
	struct neuron_claim claim[NEURON_MAX_CORES];

	struct mutex dram_lock;
	struct neuron_dram dram;

	spinlock_t bufs_lock;
	struct list_head bufs;
	atomic64_t mmap_next;

	spinlock_t state_lock;
	enum neuron_device_state state;
	enum neuron_health health;
	const char *health_cause;
	u32 health_eng;
	struct neuron_link link[NEURON_HW_NEIGHBORS];
	u32 reset_count;
	bool stopping;

	struct workqueue_struct *wq;
	struct work_struct start_work;
	struct work_struct neighbor_work;
	struct delayed_work neighbor_again;
	atomic_t neighbor_looks;
	struct delayed_work health_work;
	struct delayed_work power_work;

	struct neuron_copy *copy;
	struct neuron_counters counters;
	struct neuron_pressure_told pressure;
	struct neuron_flight flight;
};

/* Module parameters, defined in main.c. */
extern unsigned int neuron_stop_timeout_ms;
extern unsigned int neuron_health_period_ms;
extern unsigned int neuron_reset_timeout_ms;
extern unsigned int neuron_link_timeout_ms;
extern unsigned int neuron_copy_queues;
extern unsigned int neuron_quarantine_limit;
extern unsigned int neuron_quarantine_limit_mib;
extern unsigned int neuron_quarantine_timeout_ms;
extern bool neuron_allow_unprotected_programs;

int neuron_device_class_init(void);
void neuron_device_class_fini(void);

struct neuron_device *neuron_device_create(struct pci_dev *pdev, u32 flags);
void neuron_device_destroy(struct neuron_device *ndev);
int neuron_device_register(struct neuron_device *ndev, const struct file_operations *fops);
void neuron_device_unregister(struct neuron_device *ndev);
void neuron_device_gone(struct neuron_device *ndev);

static inline struct neuron_device *neuron_device_get(struct neuron_device *ndev)
{
	get_device(&ndev->dev);
	return ndev;
}

static inline void neuron_device_put(struct neuron_device *ndev)
{
	put_device(&ndev->dev);
}

struct neuron_device *neuron_device_find(u32 index);
struct neuron_device *neuron_device_find_name(const char *bus_name);
struct neuron_device *neuron_device_next(unsigned long *index);
u32 neuron_device_generation(void);

int neuron_device_enter(struct neuron_device *ndev);
void neuron_device_leave(struct neuron_device *ndev);
int neuron_device_check_ready(struct neuron_device *ndev, struct netlink_ext_ack *extack);

bool neuron_device_queue(struct neuron_device *ndev, struct work_struct *work);
void neuron_device_queue_delayed(struct neuron_device *ndev, struct delayed_work *work,
				 unsigned long delay);
bool neuron_device_set_state(struct neuron_device *ndev, enum neuron_device_state state);
int neuron_device_await_reset(struct neuron_device *ndev);
enum neuron_device_state neuron_device_state(struct neuron_device *ndev);

u32 neuron_device_core_of(const struct neuron_device *ndev, u32 eng);
int neuron_engine_up(struct neuron_device *ndev, u32 eng);

#endif
