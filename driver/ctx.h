/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A context: an open file of /dev/neuronN and everything that it owns. The
 * file's mappings keep the file, so a context outlives them too.
 */
#ifndef NEURON_CTX_H
#define NEURON_CTX_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <linux/neuron.h>

struct address_space;
struct eventfd_ctx;
struct netlink_ext_ack;
struct neuron_device;
struct neuron_quota;
struct pid;

/* Lists that a dump goes through. */
enum neuron_list {
	NEURON_LIST_CONTEXTS,
	NEURON_LIST_MEMS,
	NEURON_LIST_RINGS,
	NEURON_LIST_NQS,
	NEURON_LIST_JOBS,
	NEURON_LISTS
};

/**
 * struct neuron_ctx - what an open file owns
 * @ref: the file, and each job
 * @ndev: the card, counted
 * @id: number on its card
 * @mapping: page cache of the opened inode, for unmapping; valid while the file lives
 * @pid: process that opened the file
 * @uid: user that opened the file
 * @comm: command name at open
 * @quota: account of what it holds; its own, and set up while it lives
 * @empty_lock: held while everything is given back, so that who comes second waits
 * @lock: guards @closed, @label, @eventfd, @ended, @nr_unended, and publishing and removing ids
 * @closed: emptied, or being emptied; nothing can be added any more
 * @label: free text
 * @eventfd: raised when a job ends, or NULL
 * @mems: struct neuron_mem by id
 * @rings: struct neuron_ring by id
 * @nqs: struct neuron_nq by id
 * @mem_places: host memory of @mems by mapping offset, under its lock
 * @nq_places: @nqs by mapping offset, under its lock
 * @jobs: struct neuron_job by id
 * @next_job: id to try first
 * @ended: finished jobs that somebody may still ask for, oldest first
 * @nr_ended: number of them
 * @nr_unended: jobs that were made and have not ended
 * @nr_mems: objects by kind
 * @nr_rings: likewise
 * @nr_nqs: likewise
 * @nr_jobs: likewise
 * @changes: how often each list changed, for dumps
 * @teardown: gives everything back after the file was closed
 * @scratch: a page for the list that is parsed next, or NULL
 *
 * Ids start at 1. Look-ups take the xarray's own lock and a reference of the
 * object; see neuron_mem_get() and its sisters.
 */
struct neuron_ctx {
	struct kref ref;
	struct neuron_device *ndev;
	u32 id;
	struct address_space *mapping;
	struct pid *pid;
	kuid_t uid;
	char comm[TASK_COMM_LEN];
	struct neuron_quota *quota;

	struct mutex empty_lock;
	struct mutex lock;
	bool closed;
	char label[NEURON_MAX_LABEL + 1];
	struct eventfd_ctx *eventfd;

	struct xarray mems;
	struct xarray rings;
	struct xarray nqs;
	struct rb_root mem_places;
	struct rb_root nq_places;
	struct xarray jobs;
	u32 next_job;
	struct list_head ended;
	u32 nr_ended;
	u32 nr_unended;
	atomic_t nr_mems;
	atomic_t nr_rings;
	atomic_t nr_nqs;
	atomic_t nr_jobs;
	atomic_t changes[NEURON_LISTS];
	struct work_struct teardown;
	void *scratch;
};

struct neuron_ctx *neuron_ctx_create(struct neuron_device *ndev, struct address_space *mapping);
void neuron_ctx_close(struct neuron_ctx *ctx);
void neuron_ctx_empty(struct neuron_ctx *ctx);
struct neuron_ctx *neuron_ctx_get(struct neuron_ctx *ctx);
void neuron_ctx_put(struct neuron_ctx *ctx);
struct neuron_ctx *neuron_ctx_next(struct neuron_device *ndev, u32 *id);
void neuron_ctx_changed(struct neuron_ctx *ctx, enum neuron_list list);
u32 neuron_ctx_generation(const struct neuron_ctx *ctx, enum neuron_list list);
bool neuron_ctx_exists(struct neuron_device *ndev, u32 id);
bool neuron_ctx_others_hold(struct neuron_device *ndev, u32 id);
int neuron_ctx_check_alone(struct neuron_ctx *ctx, struct netlink_ext_ack *extack);
void neuron_ctx_set_label(struct neuron_ctx *ctx, const char *label);
void *neuron_ctx_scratch_get(struct neuron_ctx *ctx, size_t bytes);
void neuron_ctx_scratch_put(struct neuron_ctx *ctx, void *scratch, size_t bytes);
void neuron_ctx_set_eventfd(struct neuron_ctx *ctx, struct eventfd_ctx *eventfd);

#endif
