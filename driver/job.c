// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs. An id is reserved when a job is made and published when it is
 * submitted; from then on its work item, its id and its request each hold it.
 */
#include <linux/eventfd.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "trace.h"

static void release(struct kref *ref)
{
	struct neuron_job *job = container_of(ref, struct neuron_job, ref);

	if (!job->submitted)
		xa_erase(&job->ctx->jobs, job->id);
	if (job->drop)
		job->drop(job);
	neuron_ctx_put(job->ctx);
	kfree(job);
}

/**
 * neuron_job_put() - drop a reference
 * @job: job
 *
 * Context: May sleep.
 */
void neuron_job_put(struct neuron_job *job)
{
	kref_put(&job->ref, release);
}

/* The id is gone; under neuron_ctx.lock. The caller drops the id's reference. */
static void unpublish(struct neuron_job *job)
{
	struct neuron_ctx *ctx = job->ctx;

	lockdep_assert_held(&ctx->lock);
	xa_erase(&ctx->jobs, job->id);
	if (!list_empty(&job->node)) {
		list_del_init(&job->node);
		ctx->nr_ended--;
	}
	atomic_dec(&ctx->nr_jobs);
	atomic64_dec(&ctx->ndev->counters.jobs);
}

/* Whoever started @job went away without its result: keep it, and tell. */
static void keep(struct neuron_job *job)
{
	struct neuron_ctx *ctx = job->ctx;
	struct neuron_job *oldest = NULL;

	mutex_lock(&ctx->lock);
	if (xa_load(&ctx->jobs, job->id) == job && list_empty(&job->node)) {
		list_add_tail(&job->node, &ctx->ended);
		ctx->nr_ended++;
	}
	if (ctx->nr_ended > NEURON_JOBS_KEPT) {
		oldest = list_first_entry(&ctx->ended, struct neuron_job, node);
		unpublish(oldest);
	}
	if (ctx->eventfd)
		neuron_eventfd_signal(ctx->eventfd);
	mutex_unlock(&ctx->lock);

	if (oldest)
		neuron_job_put(oldest);
}

static void end(struct neuron_job *job)
{
	bool told;

	spin_lock(&job->lock);
	job->state = job->result.error ? NEURON_JOB_STATE_FAILED : NEURON_JOB_STATE_DONE;
	told = job->told;
	spin_unlock(&job->lock);

	trace_neuron_job_end(job->ctx->ndev->index, job->ctx->id, job->id, job->cmd,
			     job->result.error);
	complete_all(&job->ended);
	if (told)
		keep(job);
	neuron_job_put(job);
}

static void job_work(struct work_struct *work)
{
	struct neuron_job *job = container_of(work, struct neuron_job, work);

	trace_neuron_job_begin(job->ctx->ndev->index, job->ctx->id, job->id, job->cmd);
	job->run(job);
	end(job);
}

/**
 * neuron_job_create() - prepare a job
 * @ctx: context that it is for
 * @cmd: NEURON_CMD_* that asks for it
 * @run: does the work; fills neuron_job.result
 * @arg_bytes: size of neuron_job.arg, which is cleared
 *
 * Context: May sleep.
 * Return: the job, which neuron_job_put() forgets unless it is submitted;
 * ERR_PTR: -ENOMEM, or -ENODEV if the context is closed.
 */
struct neuron_job *neuron_job_create(struct neuron_ctx *ctx, u32 cmd, neuron_job_fn run,
				     size_t arg_bytes)
{
	struct neuron_job *job = kzalloc(sizeof(*job) + arg_bytes, GFP_KERNEL_ACCOUNT);
	int err;

	if (!job)
		return ERR_PTR(-ENOMEM);

	kref_init(&job->ref);
	job->cmd = cmd;
	job->run = run;
	job->arg = job + 1;
	job->state = NEURON_JOB_STATE_RUNNING;
	INIT_WORK(&job->work, job_work);
	init_completion(&job->ended);
	INIT_LIST_HEAD(&job->node);
	spin_lock_init(&job->lock);

	mutex_lock(&ctx->lock);
	err = ctx->closed ? -ENODEV : xa_alloc_cyclic(&ctx->jobs, &job->id, NULL,
						       XA_LIMIT(1, S32_MAX), &ctx->next_job,
						       GFP_KERNEL_ACCOUNT);
	mutex_unlock(&ctx->lock);
	if (err < 0) {
		kfree(job);
		return ERR_PTR(err);
	}
	job->ctx = neuron_ctx_get(ctx);

	return job;
}

static bool still_running(struct neuron_job *job)
{
	return neuron_job_state(job) == NEURON_JOB_STATE_RUNNING;
}

/* From now on the eventfd tells, unless it has ended already. */
static bool tell_later(struct neuron_job *job)
{
	bool running;

	spin_lock(&job->lock);
	running = job->state == NEURON_JOB_STATE_RUNNING;
	if (running)
		job->told = true;
	spin_unlock(&job->lock);

	return running;
}

/**
 * neuron_job_submit() - start a job
 * @job: prepared job; the caller keeps its reference
 * @wait_us: how long to wait for its end
 *
 * A job that ended in this time stays published until neuron_job_free().
 *
 * Context: Sleeps; the card is entered.
 * Return: 0 if it has ended (see neuron_job.result), -EINPROGRESS if it goes
 * on, -ECANCELED if the caller is killed (it goes on then, too), -ENODEV if the
 * context is closed.
 */
int neuron_job_submit(struct neuron_job *job, u32 wait_us)
{
	struct neuron_ctx *ctx = job->ctx;
	int err = 0;

	mutex_lock(&ctx->lock);
	if (ctx->closed) {
		err = -ENODEV;
	} else {
		kref_get(&job->ref);
		kref_get(&job->ref);
		job->submitted = true;
		/* The slot was reserved, so this cannot fail. */
		xa_store(&ctx->jobs, job->id, job, GFP_KERNEL);
		atomic_inc(&ctx->nr_jobs);
		atomic64_inc(&ctx->ndev->counters.jobs);
		queue_work(ctx->ndev->wq, &job->work);
	}
	mutex_unlock(&ctx->lock);
	if (err)
		return err;

	err = neuron_job_wait(job, wait_us);
	if (err && !tell_later(job))
		err = 0;

	return err;
}

/**
 * neuron_job_get() - look a job up
 * @ctx: context
 * @id: number
 *
 * Context: Any.
 * Return: the job, counted, or NULL.
 */
struct neuron_job *neuron_job_get(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_job *job;

	xa_lock(&ctx->jobs);
	job = xa_load(&ctx->jobs, id);
	if (job)
		kref_get(&job->ref);
	xa_unlock(&ctx->jobs);

	return job;
}

/**
 * neuron_job_next() - walk the jobs of a context
 * @ctx: context
 * @id: lowest number wanted; set to that of the job found
 *
 * Context: Any.
 * Return: the job, counted, or NULL at the end.
 */
struct neuron_job *neuron_job_next(struct neuron_ctx *ctx, unsigned long *id)
{
	struct neuron_job *job;

	xa_lock(&ctx->jobs);
	job = xa_find(&ctx->jobs, id, ULONG_MAX, XA_PRESENT);
	if (job)
		kref_get(&job->ref);
	xa_unlock(&ctx->jobs);

	return job;
}

/**
 * neuron_job_wait() - wait for the end of a job
 * @job: submitted job
 * @wait_us: for how long at most
 *
 * Context: Sleeps.
 * Return: 0 if it has ended, -EINPROGRESS if not, -ECANCELED if the caller is
 * killed.
 */
int neuron_job_wait(struct neuron_job *job, u32 wait_us)
{
	long left;

	if (!wait_us)
		return still_running(job) ? -EINPROGRESS : 0;

	left = wait_for_completion_killable_timeout(&job->ended, usecs_to_jiffies(wait_us));
	if (left < 0)
		return -ECANCELED;

	return still_running(job) ? -EINPROGRESS : 0;
}

/**
 * neuron_job_state() - how far a job is
 * @job: job
 *
 * Context: Any but interrupts.
 * Return: the state; the result is valid unless it is running.
 */
enum neuron_job_state neuron_job_state(struct neuron_job *job)
{
	enum neuron_job_state state;

	spin_lock(&job->lock);
	state = job->state;
	spin_unlock(&job->lock);

	return state;
}

/**
 * neuron_job_free() - forget a finished job
 * @ctx: context
 * @id: number
 *
 * Context: Takes neuron_ctx.lock.
 * Return: 0, -ENOENT if there is no such job, -EBUSY while it runs.
 */
int neuron_job_free(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_job *job;
	int err = 0;

	mutex_lock(&ctx->lock);
	job = xa_load(&ctx->jobs, id);
	if (!job)
		err = -ENOENT;
	else if (still_running(job))
		err = -EBUSY;
	else
		unpublish(job);
	mutex_unlock(&ctx->lock);

	if (!err)
		neuron_job_put(job);

	return err;
}

/**
 * neuron_job_empty() - cancel or await the jobs of a context, and forget them
 * @ctx: closed context
 *
 * What was not begun ends with -ECANCELED, so that no work item waits for one
 * that is queued behind it.
 *
 * Context: Sleeps until running jobs have ended.
 */
void neuron_job_empty(struct neuron_ctx *ctx)
{
	struct neuron_job *job;
	unsigned long id = 1;

	while ((job = neuron_job_next(ctx, &id))) {
		if (cancel_work(&job->work)) {
			job->result.error = -ECANCELED;
			job->result.text = "The context was closed";
			end(job);
		}
		wait_for_completion(&job->ended);
		neuron_job_free(ctx, job->id);
		neuron_job_put(job);
		id++;
	}
}
