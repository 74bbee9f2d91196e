/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jobs: work that takes hardware time, done by a work item so that no netlink
 * request waits for longer than its wait-us.
 */
#ifndef NEURON_JOB_H
#define NEURON_JOB_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/neuron.h>

#include "progress.h"

struct eventfd_ctx;
struct mem_cgroup;
struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_job;

#define NEURON_JOB_VALUES	NEURON_MAX_REG_READS
#define NEURON_JOBS_KEPT	64	/* finished ones that a context keeps */

/**
 * struct neuron_job_result - what a job found or made
 * @error: 0 or a negative errno
 * @text: fixed sentence for people, or NULL
 * @object_id: id of the memory, ring or queue
 * @size: of it, bytes
 * @mmap_offset: of it
 * @list: the job is a list; set before it is submitted
 * @nr_values: valid entries of @value
 * @value: register or event values
 * @nr_counts: valid entries of @count
 * @count: values of counters, in neuron_job.arg
 */
struct neuron_job_result {
	int error;
	const char *text;
	u32 object_id;
	u64 size;
	u64 mmap_offset;
	bool list;
	u32 nr_values;
	u32 value[NEURON_JOB_VALUES];
	u32 nr_counts;
	const u64 *count;
};

/* Does the work; may sleep, on the card's work queue. Fills job->result. */
typedef void (*neuron_job_fn)(struct neuron_job *job);

/**
 * struct neuron_job - work that may outlast its request
 * @ref: its id, its work item, the request, each job in @followers
 * @ctx: its context, counted
 * @id: id in its context
 * @cmd: NEURON_CMD_* that started it
 * @run: does the work
 * @drop: if set, gives back what @arg still holds when the job goes
 * @arg: for @run, allocated with the job
 * @stoppable: @run looks at @progress and ends early
 * @always: it gives something back, so it is done whatever became of @after, and
 *	nobody but the end of its context cancels it
 * @memcg: what @run allocates for the caller is charged to it; counted
 * @work: on neuron_device.wq
 * @ended: completed when @run has returned
 * @node: in neuron_ctx.ended
 * @submitted: the id is published
 * @after: job that must have ended before, counted, while it has not; under
 *	neuron_ctx.lock once submitted
 * @after_id: its number, or 0
 * @follow: in the @followers of @after
 * @followers: jobs that begin when this one has ended; under neuron_ctx.lock
 * @eventfd: raised once when it has ended, counted, or NULL
 * @stop_text: why it was told to stop, or NULL; under neuron_ctx.lock
 * @skip: it ends without having begun; written before it is queued
 * @asker: neuron_event_asker() of the request
 * @progress: what @run tells meanwhile
 * @lock: guards @state and @told
 * @state: enum neuron_job_state, written before @ended completes
 * @told: the request went without the result, so the eventfd tells
 * @result: valid when @ended
 */
struct neuron_job {
	struct kref ref;
	struct neuron_ctx *ctx;
	u32 id;
	u32 cmd;
	neuron_job_fn run;
	neuron_job_fn drop;
	void *arg;
	bool stoppable;
	bool always;
	struct mem_cgroup *memcg;
	struct work_struct work;
	struct completion ended;
	struct list_head node;
	bool submitted;
	struct neuron_job *after;
	u32 after_id;
	struct list_head follow;
	struct list_head followers;
	struct eventfd_ctx *eventfd;
	const char *stop_text;
	bool skip;
	u64 asker;
	struct neuron_progress progress;
	spinlock_t lock;
	enum neuron_job_state state;
	bool told;
	struct neuron_job_result result;
};

struct neuron_job *neuron_job_create(struct neuron_ctx *ctx, u32 cmd, neuron_job_fn run,
				     size_t arg_bytes, struct netlink_ext_ack *extack);
int neuron_job_set_after(struct neuron_job *job, u32 id);
int neuron_job_submit(struct neuron_job *job, u32 wait_us);
struct neuron_job *neuron_job_get(struct neuron_ctx *ctx, u32 id);
struct neuron_job *neuron_job_next(struct neuron_ctx *ctx, unsigned long *id);
int neuron_job_wait(struct neuron_job *job, u32 wait_us);
enum neuron_job_state neuron_job_state(struct neuron_job *job);
void neuron_job_put(struct neuron_job *job);
int neuron_job_cancel(struct neuron_ctx *ctx, u32 id);
int neuron_job_free(struct neuron_ctx *ctx, u32 id);
void neuron_job_empty(struct neuron_ctx *ctx);

#endif
