// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs. An id is reserved when a job is made and published when it is
 * submitted; from then on its work item, its id and its request each hold it.
 *
 * A job that comes after another is queued by the end of that one. It names a job
 * that exists already, so there are no circles; and whoever ends a job without
 * running it queues it with neuron_job.skip set, so that a long line of jobs does
 * not end in one deep call.
 */
#include <linux/eventfd.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "ctx.h"
#include "device.h"
#include "events.h"
#include "job.h"
#include "quota.h"
#include "trace.h"

static void release(struct kref *ref)
{
	struct neuron_job *job = container_of(ref, struct neuron_job, ref);
	struct neuron_ctx *ctx = job->ctx;

	if (!job->submitted) {
		mutex_lock(&ctx->lock);
		xa_erase(&ctx->jobs, job->id);
		ctx->nr_unended--;
		mutex_unlock(&ctx->lock);
		/* A submitted one, which comes after nothing any more when it goes. */
		if (job->after)
			neuron_job_put(job->after);
	}
	if (job->drop)
		job->drop(job);
	if (job->eventfd)
		eventfd_ctx_put(job->eventfd);
	mem_cgroup_put(job->memcg);
	neuron_quota_sub(ctx->quota, NEURON_QUOTA_JOBS, 1);
	neuron_ctx_put(ctx);
	kfree(job);
}

/**
 * neuron_job_put() - drop a reference
 * @job: job
 *
 * Context: May sleep; neuron_ctx.lock is not held, unless others hold the job too.
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
	neuron_ctx_changed(ctx, NEURON_LIST_JOBS);
	atomic64_dec(&ctx->ndev->counters.jobs);
}

/*
 * Whoever started @job went away without its result: keep it, and tell. Returns
 * the oldest one if that is too many, whose id's reference the caller drops.
 */
static struct neuron_job *keep(struct neuron_job *job)
{
	struct neuron_ctx *ctx = job->ctx;
	struct neuron_job *oldest = NULL;

	lockdep_assert_held(&ctx->lock);
	list_add_tail(&job->node, &ctx->ended);
	ctx->nr_ended++;
	if (ctx->nr_ended > NEURON_JOBS_KEPT) {
		oldest = list_first_entry(&ctx->ended, struct neuron_job, node);
		unpublish(oldest);
	}
	if (ctx->eventfd)
		neuron_eventfd_signal(ctx->eventfd);

	return oldest;
}

/* It ends with -ECANCELED without having begun. */
static void skip(struct neuron_job *job, const char *text)
{
	job->skip = true;
	job->result.error = -ECANCELED;
	job->result.text = text;
}

/* It does not come after another job any more. Returns that, whose reference goes over. */
static struct neuron_job *part(struct neuron_job *job)
{
	struct neuron_job *after = job->after;

	lockdep_assert_held(&job->ctx->lock);
	list_del_init(&job->follow);
	job->after = NULL;
	WRITE_ONCE(job->after_id, 0);

	return after;
}

/* The job that @job comes after has ended: it begins, or never will. */
static struct neuron_job *follow(struct neuron_job *job)
{
	struct neuron_job *after = part(job);

	if (after->result.error && !job->always)
		skip(job, "The job that it comes after failed or was cancelled");
	queue_work(job->ctx->ndev->wq, &job->work);

	return after;
}

static void end(struct neuron_job *job)
{
	struct neuron_ctx *ctx = job->ctx;
	struct neuron_job *oldest = NULL;
	struct neuron_job *follower;
	struct neuron_job *next;
	bool told;

	mutex_lock(&ctx->lock);
	spin_lock(&job->lock);
	job->state = job->result.error ? NEURON_JOB_STATE_FAILED : NEURON_JOB_STATE_DONE;
	told = job->told;
	spin_unlock(&job->lock);
	ctx->nr_unended--;
	/* The reference of each is not the last: the work item's is dropped below. */
	list_for_each_entry_safe(follower, next, &job->followers, follow)
		neuron_job_put(follow(follower));
	if (told)
		oldest = keep(job);
	mutex_unlock(&ctx->lock);

	trace_neuron_job_end(job->ctx->ndev->index, job->ctx->id, job->id, job->cmd,
			     job->result.error);
	complete_all(&job->ended);
	if (job->eventfd)
		neuron_eventfd_signal(job->eventfd);
	if (oldest)
		neuron_job_put(oldest);
	neuron_job_put(job);
}

static void job_work(struct work_struct *work)
{
	struct neuron_job *job = container_of(work, struct neuron_job, work);
	struct mem_cgroup *old = set_active_memcg(job->memcg);

	if (!job->skip) {
		trace_neuron_job_begin(job->ctx->ndev->index, job->ctx->id, job->id, job->cmd);
		neuron_event_work(job->asker, true);
		job->run(job);
		neuron_event_work(job->asker, false);
	}
	set_active_memcg(old);
	if (job->result.error == -ECANCELED && neuron_progress_cancelled(&job->progress))
		job->result.text = job->stop_text;
	end(job);
}

static int reserve(struct neuron_ctx *ctx, u32 *id, struct netlink_ext_ack *extack)
{
	int err;

	if (ctx->closed)
		return -ENODEV;
	if (ctx->nr_unended >= NEURON_MAX_JOBS) {
		NL_SET_ERR_MSG(extack, "Too many jobs of the context have not ended");
		return -EDQUOT;
	}

	err = xa_alloc_cyclic(&ctx->jobs, id, NULL, XA_LIMIT(1, S32_MAX), &ctx->next_job,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	ctx->nr_unended++;

	return 0;
}

/**
 * neuron_job_create() - prepare a job
 * @ctx: context that it is for
 * @cmd: NEURON_CMD_* that asks for it
 * @run: does the work; fills neuron_job.result
 * @arg_bytes: size of neuron_job.arg, which is cleared
 * @extack: gets a sentence that names a limit; may be NULL
 *
 * Memory that @run allocates with GFP_KERNEL_ACCOUNT is charged to the memory
 * cgroup of the calling process.
 *
 * Context: May sleep; in the process that asks.
 * Return: the job, which neuron_job_put() forgets unless it is submitted;
 * ERR_PTR: -ENOMEM, -EDQUOT if NEURON_MAX_JOBS of the context have not ended or a
 * limit is reached, or -ENODEV if it is closed.
 */
struct neuron_job *neuron_job_create(struct neuron_ctx *ctx, u32 cmd, neuron_job_fn run,
				     size_t arg_bytes, struct netlink_ext_ack *extack)
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
	INIT_LIST_HEAD(&job->follow);
	INIT_LIST_HEAD(&job->followers);
	spin_lock_init(&job->lock);

	err = neuron_quota_add(ctx->quota, NEURON_QUOTA_JOBS, 1, extack);
	if (err)
		goto err_free;
	mutex_lock(&ctx->lock);
	err = reserve(ctx, &job->id, extack);
	mutex_unlock(&ctx->lock);
	if (err)
		goto err_quota;
	job->memcg = get_mem_cgroup_from_mm(current->mm);
	job->asker = neuron_event_asker();
	job->ctx = neuron_ctx_get(ctx);

	return job;

err_quota:
	neuron_quota_sub(ctx->quota, NEURON_QUOTA_JOBS, 1);
err_free:
	kfree(job);
	return ERR_PTR(err);
}

/**
 * neuron_job_set_after() - begin when another job has ended
 * @job: job that is not submitted
 * @id: number of the other one, of the same context
 *
 * If that fails or is cancelled, @job ends with -ECANCELED without having begun,
 * unless it is neuron_job.always done. One that has ended already counts too.
 *
 * Context: Any.
 * Return: 0, or -ENOENT if there is no such job.
 */
int neuron_job_set_after(struct neuron_job *job, u32 id)
{
	job->after = neuron_job_get(job->ctx, id);
	if (!job->after)
		return -ENOENT;
	job->after_id = id;

	return 0;
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

/* Publish and queue it. Returns a job whose reference the caller drops, or NULL. */
static struct neuron_job *start(struct neuron_job *job)
{
	struct neuron_ctx *ctx = job->ctx;

	lockdep_assert_held(&ctx->lock);
	kref_get(&job->ref);
	kref_get(&job->ref);
	job->submitted = true;
	/* The slot was reserved, so this cannot fail. */
	xa_store(&ctx->jobs, job->id, job, GFP_KERNEL);
	atomic_inc(&ctx->nr_jobs);
	neuron_ctx_changed(ctx, NEURON_LIST_JOBS);
	atomic64_inc(&ctx->ndev->counters.jobs);

	if (!job->after) {
		queue_work(ctx->ndev->wq, &job->work);
		return NULL;
	}
	if (!still_running(job->after))
		return follow(job);
	list_add_tail(&job->follow, &job->after->followers);

	return NULL;
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
	struct neuron_job *after = NULL;
	int err = 0;

	mutex_lock(&ctx->lock);
	if (ctx->closed)
		err = -ENODEV;
	else
		after = start(job);
	mutex_unlock(&ctx->lock);
	if (err)
		return err;
	if (after)
		neuron_job_put(after);

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

/*
 * Tell @job to stop. Returns 1 if it never begins: the caller ends it then. 0 if it
 * stops by itself, -EALREADY if it has ended, -EOPNOTSUPP if it goes on.
 */
static int stop(struct neuron_job *job, const char *text)
{
	bool waits = job->after;
	bool never_begun;

	lockdep_assert_held(&job->ctx->lock);
	if (!still_running(job))
		return -EALREADY;
	if (job->stop_text)
		return 0;

	/* What it waits for has not ended, so this reference is not the last one. */
	if (waits)
		neuron_job_put(part(job));
	never_begun = waits || cancel_work(&job->work);
	if (!never_begun && !job->stoppable)
		return -EOPNOTSUPP;

	job->stop_text = text;
	WRITE_ONCE(job->progress.cancel, true);
	if (never_begun)
		skip(job, text);

	return never_begun;
}

/**
 * neuron_job_cancel() - let a job end early
 * @ctx: context
 * @id: number
 *
 * One that has not begun ends at once; one that runs does at its next batch, with
 * -ECANCELED, unless it was about to end anyway. Those that come after it are not
 * done either.
 *
 * Context: Sleeps; takes neuron_ctx.lock. Does not wait for the job.
 * Return: 0; -ENOENT if there is no such job; -EALREADY if it has ended;
 * -EOPNOTSUPP if it cannot be stopped.
 */
int neuron_job_cancel(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_job *job;
	int ret;

	mutex_lock(&ctx->lock);
	job = xa_load(&ctx->jobs, id);
	if (!job)
		ret = -ENOENT;
	else if (job->always && still_running(job))
		ret = -EOPNOTSUPP;
	else
		ret = stop(job, "The job was cancelled");
	mutex_unlock(&ctx->lock);

	/* Its work item's reference keeps a job that has not ended. */
	if (ret == 1)
		end(job);

	return min(ret, 0);
}

/* Nothing begins any more, and what can be stopped stops. */
static void stop_all(struct neuron_ctx *ctx)
{
	struct neuron_job *job;
	unsigned long id = 1;
	int ret;

	while ((job = neuron_job_next(ctx, &id))) {
		mutex_lock(&ctx->lock);
		ret = stop(job, "The context was closed");
		mutex_unlock(&ctx->lock);
		if (ret == 1)
			end(job);
		neuron_job_put(job);
		id++;
	}
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

	stop_all(ctx);
	while ((job = neuron_job_next(ctx, &id))) {
		wait_for_completion(&job->ended);
		neuron_job_free(ctx, job->id);
		neuron_job_put(job);
		id++;
	}
}
