// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Batches: calls that are queued, sent many at once, and end together. A request
 * is carried out while it is sent, so its answer is there when sending returns;
 * what takes hardware time becomes a job, which raises the eventfd of the handle
 * when it has ended. So nothing here waits but neuron_batch_run().
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "batch.h"
#include "error.h"
#include "job.h"
#include "names.h"

/* Bytes of requests in one send, unless a single one has more. */
#define SEND_BYTES	32768

/* What an answer and its acknowledgement take of the receive buffer. */
#define ANSWER_BYTES	8192

/* The kernel keeps 64 results that nobody fetches: stay well below. */
#define MAX_JOBS	32

/* Jobs are looked at this often even if nothing tells of their end. */
#define LOOK_MS		250

enum entry_state { ENTRY_QUEUED, ENTRY_JOB, ENTRY_ANSWERED };

/*
 * struct entry - a queued call
 * @msg: request, NULL for a list
 * @each: the list
 * @ctx: context of what may become a job, else NULL
 * @how, @data: what becomes of the answer
 * @job_id: what it became, 0 again when that has ended
 * @job: how that ended
 * @result: of the call, once the batch has ended
 */
struct entry {
	struct nl_msg *msg;
	struct nreq_each each;
	struct neuron_ctx *ctx;
	const struct nreq_how *how;
	void *data;
	uint32_t cmd, job_id;
	struct neuron_job_info *job;
	enum entry_state state;
	int result;
	struct nreq_note *note;
};

/*
 * struct neuron_batch - calls that end together
 * @next: of the batches of the handle that run
 * @sent: entries of which the request was sent
 * @answered: entries that have a result
 * @blocking: somebody waits, so the last request of a send may, too
 */
struct neuron_batch {
	struct neuron_handle *handle;
	struct neuron_batch *next;
	struct entry *entries;
	unsigned int count, room, sent, answered;
	bool started, blocking, ended;
	neuron_batch_fn fn;
	void *arg;
};

/* An entry behind the last one. */
static struct entry *append(struct neuron_batch *batch)
{
	unsigned int room = batch->room ? 2 * batch->room : 16;
	struct entry *entries;

	if (batch->count == batch->room) {
		entries = realloc(batch->entries, room * sizeof(*entries));
		if (!entries)
			return NULL;
		batch->entries = entries;
		batch->room = room;
	}
	memset(&batch->entries[batch->count], 0, sizeof(*entries));
	return &batch->entries[batch->count];
}

static int add(struct neuron_batch *batch, struct nreq *request, struct neuron_ctx *ctx,
	       const struct nreq_how *how, const void *state)
{
	struct entry *entry = append(batch);

	if (!entry)
		return -ENOMEM;
	entry->data = malloc(how->state_bytes + 1);
	if (!entry->data)
		return -ENOMEM;
	if (state)
		memcpy(entry->data, state, how->state_bytes);
	entry->msg = request->msg;
	entry->cmd = request->cmd;
	entry->ctx = ctx;
	entry->how = how;
	batch->count++;
	return 0;
}

/**
 * batch_add() - queue a call
 * @request: built; gone afterwards
 * @ctx: context, if it may become a job, else NULL
 * @how: what becomes of the answer; ended at once if the call cannot be queued
 * @state: for @how, copied
 *
 * Return: 0 or a negative errno, noted in the handle.
 */
int batch_add(struct nreq *request, struct neuron_ctx *ctx, const struct nreq_how *how,
	      const void *state)
{
	struct nreq_end end = { .handle = request->handle, .cmd = request->cmd };

	error_clear(request->handle);
	end.err = request->err;
	if (!end.err)
		end.err = add(request->handle->queue, request, ctx, how, state);
	if (!end.err)
		return 0;
	nlmsg_free(request->msg);
	if (how->end)
		how->end(&end, (void *)state);
	return error_local(end.handle, end.cmd, end.err, NULL);
}

/**
 * batch_add_list() - queue a list
 * @each: list
 *
 * Return: 0 or a negative errno, noted in the handle.
 */
int batch_add_list(const struct nreq_each *each)
{
	struct entry *entry = append(each->handle->queue);

	error_clear(each->handle);
	if (!entry)
		return error_local(each->handle, each->cmd, -ENOMEM, NULL);
	entry->each = *each;
	entry->cmd = each->cmd;
	each->handle->queue->count++;
	return 0;
}

static void raise_event(struct neuron_handle *handle)
{
	uint64_t one = 1;
	ssize_t ret;

	/* It fails only when it is raised already, very often. */
	ret = write(handle->event_fd, &one, sizeof(one));
	(void)ret;
}

static void answered(struct neuron_batch *batch, struct entry *entry, int result)
{
	entry->result = result;
	entry->state = ENTRY_ANSWERED;
	batch->answered++;
	if (result < 0)
		nreq_note_take(&entry->note, batch->handle, result);
}

static int got(const struct nlmsghdr *hdr, void *arg)
{
	struct entry *entry = arg;
	int err = 0;

	if (entry->ctx)
		err = job_of(hdr, &entry->job_id);
	return err || !entry->how->got ? err : entry->how->got(hdr, entry->data);
}

/* How many answers the receive buffer can hold for sure. */
static unsigned int answers_at_once(int fd)
{
	socklen_t len = sizeof(int);
	unsigned int n;
	int bytes = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) || bytes < 0)
		return 1;
	/* Twice what was asked for is told, and that is what is accounted. */
	n = (unsigned int)bytes / 2 / ANSWER_BYTES;
	return n < 1 ? 1 : n < NREQ_MAX_CHUNK ? n : NREQ_MAX_CHUNK;
}

/* Entries that go next: a list alone, else as many as their answers have room. */
static unsigned int next_chunk(const struct neuron_batch *batch)
{
	unsigned int max = answers_at_once(batch->handle->fd), jobs = batch->handle->jobs, n;
	const struct entry *entry;
	size_t bytes = 0;

	for (n = 0; n < max && batch->sent + n < batch->count; n++) {
		entry = &batch->entries[batch->sent + n];
		if (!entry->msg)
			return n ? n : 1;
		bytes += NLMSG_ALIGN(nlmsg_hdr(entry->msg)->nlmsg_len);
		if ((n && bytes > SEND_BYTES) || (entry->ctx && jobs++ >= MAX_JOBS))
			break;
	}
	return n;
}

/* All of a send run under a lock of the kernel, so only the last one may wait. */
static void let_wait(struct entry *entry, uint32_t wait_us)
{
	const struct nn_op *op = nn_op(entry->cmd);
	struct nlattr *attr = NULL;

	if (op && op->wait_us)
		attr = nlmsg_find_attr(nlmsg_hdr(entry->msg), GENL_HDRLEN, op->wait_us);
	if (attr)
		memcpy(nla_data(attr), &wait_us, sizeof(wait_us));
}

/* Room for its result is there before it is needed, or nobody waits for it. */
static void became_job(struct neuron_batch *batch, struct entry *entry)
{
	entry->job = calloc(1, sizeof(*entry->job));
	if (!entry->job) {
		error_local(batch->handle, entry->cmd, -ENOMEM, "goes on as a job");
		answered(batch, entry, -ENOMEM);
		return;
	}
	entry->state = ENTRY_JOB;
	batch->handle->jobs++;
}

static void send_chunk(struct neuron_batch *batch, unsigned int count)
{
	struct nreq_part parts[NREQ_MAX_CHUNK];
	struct entry *entry = &batch->entries[batch->sent];
	unsigned int i;

	for (i = 0; i < count; i++)
		parts[i] = (struct nreq_part){
			.msg = entry[i].msg, .fn = got, .arg = &entry[i], .note = &entry[i].note,
		};
	let_wait(&entry[count - 1], batch->blocking ? NEURON_DEFAULT_WAIT_US : 0);
	nreq_send(batch->handle, parts, count);
	/* Notes have been taken; what the handle says is of the last failure. */
	error_clear(batch->handle);
	for (i = 0; i < count; i++) {
		nlmsg_free(entry[i].msg);
		entry[i].msg = NULL;
		if (parts[i].result || !entry[i].job_id)
			answered(batch, &entry[i], parts[i].result);
		else
			became_job(batch, &entry[i]);
	}
	batch->sent += count;
}

static void send_next(struct neuron_batch *batch)
{
	unsigned int count = next_chunk(batch);

	if (!count)
		return;
	if (batch->entries[batch->sent].msg)
		send_chunk(batch, count);
	else
		/* A list is read when the batch ends, in one go. */
		answered(batch, &batch->entries[batch->sent++], 0);
}

/* The end of a job: its result is taken and it is forgotten. */
static void look_at(struct neuron_batch *batch, struct entry *entry)
{
	int err = job_get(entry->ctx, entry->job_id, entry->job);

	if (!err && entry->job->state == NEURON_JOB_STATE_RUNNING)
		return;
	if (!err)
		err = job_free(entry->ctx, entry->job_id);
	if (!err) {
		entry->job_id = 0;
		err = job_result(entry->ctx, entry->job);
	}
	batch->handle->jobs--;
	answered(batch, entry, err);
}

static void look_at_jobs(struct neuron_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->sent; i++)
		if (batch->entries[i].state == ENTRY_JOB)
			look_at(batch, &batch->entries[i]);
}

static void unlink_batch(struct neuron_batch *batch)
{
	struct neuron_batch **at = &batch->handle->running;

	while (*at && *at != batch)
		at = &(*at)->next;
	if (*at)
		*at = batch->next;
}

static void end_entry(struct neuron_batch *batch, struct entry *entry)
{
	struct nreq_end end = {
		.handle = batch->handle, .cmd = entry->cmd, .err = entry->result,
		.job = entry->job_id ? NULL : entry->job,
	};

	error_clear(batch->handle);
	if (!entry->how)
		entry->result = entry->result ? entry->result : nreq_each_now(&entry->each);
	else if (entry->how->end)
		entry->result = entry->how->end(&end, entry->data);
	if (entry->result < 0)
		nreq_note_take(&entry->note, batch->handle, entry->result);
	free(entry->job);
	entry->job = NULL;
	free(entry->data);
	entry->data = NULL;
	nlmsg_free(entry->msg);
	entry->msg = NULL;
}

/* All calls get their results, in the order in which they were made. */
static void end_batch(struct neuron_batch *batch)
{
	struct neuron_batch *queue = nreq_pause(batch->handle);
	unsigned int i;

	unlink_batch(batch);
	for (i = 0; i < batch->count; i++)
		end_entry(batch, &batch->entries[i]);
	batch->ended = true;
	batch->handle->queue = queue;
}

/* Gives up what has no result yet. */
static void give_up(struct neuron_batch *batch, int error, const char *text)
{
	struct entry *entry;
	unsigned int i;

	for (i = 0; i < batch->count; i++) {
		entry = &batch->entries[i];
		if (entry->state == ENTRY_ANSWERED && entry->how)
			continue;
		if (entry->state == ENTRY_JOB)
			batch->handle->jobs--;
		if (entry->state == ENTRY_ANSWERED)
			batch->answered--;
		error_local(batch->handle, entry->cmd, error,
			    entry->state == ENTRY_JOB ? "goes on as a job" : text);
		answered(batch, entry, error);
	}
	batch->sent = batch->count;
	end_batch(batch);
}

static struct neuron_batch *one_that_is_done(const struct neuron_handle *handle)
{
	struct neuron_batch *batch;

	for (batch = handle->running; batch; batch = batch->next)
		if (batch->answered == batch->count)
			break;
	return batch;
}

static void go_on(struct neuron_handle *handle)
{
	struct neuron_batch *batch;
	bool more = false;

	for (batch = handle->running; batch; batch = batch->next) {
		look_at_jobs(batch);
		send_next(batch);
		if (batch->sent < batch->count && next_chunk(batch))
			more = true;
	}
	if (more)
		raise_event(handle);
}

/**
 * neuron_batch_new() - make an empty batch
 * @handle: handle, must outlive the batch
 * @batch: the new batch
 *
 * Return: 0 or a negative errno.
 */
int neuron_batch_new(struct neuron_handle *handle, struct neuron_batch **batch)
{
	int fd = neuron_fd(handle);
	struct neuron_batch *new;

	if (fd < 0)
		return fd;
	new = calloc(1, sizeof(*new));
	if (!new)
		return error_local(handle, 0, -ENOMEM, NULL);
	new->handle = handle;
	*batch = new;
	return 0;
}

/**
 * neuron_batch_free() - give a batch up
 * @batch: batch or NULL; what has not ended is stopped as neuron_batch_stop() does
 */
void neuron_batch_free(struct neuron_batch *batch)
{
	unsigned int i;

	if (!batch)
		return;
	if (batch->handle->queue == batch)
		batch->handle->queue = NULL;
	if (!batch->ended)
		give_up(batch, -ECANCELED, NULL);
	for (i = 0; i < batch->count; i++)
		free(batch->entries[i].note);
	free(batch->entries);
	free(batch);
}

/**
 * neuron_batch_begin() - queue calls from now on
 * @batch: batch that has not been started
 *
 * Calls with the handle, and with what belongs to it, are queued until
 * neuron_batch_end(): they return 0, or a negative errno and are not queued. What they
 * are to fill is filled when the batch ends, and has to live until then, as has what
 * they are about. Done at once as always are neuron_ctx_open(), neuron_ctx_open_fd(),
 * neuron_ctx_job_fd(), neuron_job_wait(), and what makes no request.
 *
 * Return: 0; -EBUSY if it has been started, or if calls go to another batch.
 */
int neuron_batch_begin(struct neuron_batch *batch)
{
	struct neuron_handle *handle = batch->handle;

	if (batch->started || (handle->queue && handle->queue != batch))
		return error_local(handle, 0, -EBUSY, batch->started ?
				   "the batch has been started" : "another batch is being filled");
	handle->queue = batch;
	return 0;
}

/**
 * neuron_batch_end() - queue no more calls
 * @batch: batch
 */
void neuron_batch_end(struct neuron_batch *batch)
{
	if (batch->handle->queue == batch)
		batch->handle->queue = NULL;
}

/**
 * neuron_batch_start() - let a batch begin, without waiting
 * @batch: batch; neuron_batch_end() is implied
 * @fn: called by neuron_process() when it has ended, may be NULL; may free it
 * @arg: for @fn
 *
 * The first requests are sent by the next neuron_process().
 *
 * Return: 0, or -EBUSY if it has been started already.
 */
int neuron_batch_start(struct neuron_batch *batch, neuron_batch_fn fn, void *arg)
{
	struct neuron_handle *handle = batch->handle;
	struct neuron_batch **at = &handle->running;
	int err = handle_check(handle, 0);

	if (err)
		return err;
	neuron_batch_end(batch);
	if (batch->started)
		return error_local(handle, 0, -EBUSY, "the batch has been started");
	batch->started = true;
	batch->fn = fn;
	batch->arg = arg;
	while (*at)
		at = &(*at)->next;
	*at = batch;
	raise_event(handle);
	return 0;
}

/**
 * neuron_batch_stop() - wait no longer for a batch
 * @batch: batch
 *
 * It ends: what has no result gets -ECANCELED. Requests that were not sent never
 * are; jobs go on, see neuron_batch_job().
 */
void neuron_batch_stop(struct neuron_batch *batch)
{
	neuron_batch_end(batch);
	batch->started = true;
	if (!batch->ended)
		give_up(batch, -ECANCELED, "stopped before it was sent");
}

/* The first failure becomes the handle's. */
static int first_failure(struct neuron_batch *batch)
{
	struct neuron_handle *handle = batch->handle;
	unsigned int i;
	int result;

	error_clear(handle);
	for (i = 0; i < batch->count; i++) {
		result = batch->entries[i].result;
		if (result >= 0)
			continue;
		error_local(handle, batch->entries[i].cmd, result, NULL);
		if (batch->entries[i].note) {
			handle->err = batch->entries[i].note->err;
			memcpy(handle->sentence, batch->entries[i].note->sentence,
			       sizeof(handle->sentence));
		}
		return result;
	}
	return 0;
}

/**
 * neuron_batch_run() - start a batch and wait for its end
 * @batch: batch; neuron_batch_end() is implied
 * @timeout_ms: limit for all of it
 *
 * When the time is over, what has no result gets -ETIMEDOUT (with 0 as time:
 * -EINPROGRESS); jobs go on, see neuron_batch_job().
 *
 * Return: 0, or the first negative result of its calls.
 */
int neuron_batch_run(struct neuron_batch *batch, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = batch->handle->event_fd, .events = POLLIN };
	uint64_t start_ms = now_ms(), spent_ms;
	int err;

	err = neuron_batch_start(batch, NULL, NULL);
	if (err)
		return err;
	batch->blocking = timeout_ms != 0;
	for (;;) {
		err = neuron_process(batch->handle);
		if (batch->ended)
			return first_failure(batch);
		spent_ms = now_ms() - start_ms;
		if (err < 0)
			give_up(batch, err, NULL);
		else if (timeout_ms >= 0 && spent_ms >= (uint64_t)timeout_ms &&
			 !(batch->sent < batch->count && next_chunk(batch)))
			give_up(batch, timeout_ms ? -ETIMEDOUT : -EINPROGRESS,
				"not sent within the time");
		else
			poll(&poll_fd, 1, timeout_ms < 0 ||
			     (uint64_t)timeout_ms - spent_ms > LOOK_MS ? LOOK_MS :
			     (int)((uint64_t)timeout_ms - spent_ms));
		if (batch->ended)
			return first_failure(batch);
	}
}

/**
 * neuron_batch_count() - calls in a batch
 * @batch: batch
 *
 * Return: how many were queued. They are numbered from 0 in their order.
 */
unsigned int neuron_batch_count(const struct neuron_batch *batch)
{
	return batch->count;
}

/**
 * neuron_batch_pending() - calls that have no result yet
 * @batch: batch
 *
 * Return: how many; 0 once it has ended.
 */
unsigned int neuron_batch_pending(const struct neuron_batch *batch)
{
	unsigned int left = batch->count - batch->answered;

	return batch->ended || left ? left : 1;
}

/**
 * neuron_batch_result() - what a call of a batch would have returned
 * @batch: batch
 * @i: number of the call
 *
 * Return: that; -EINPROGRESS until the batch has ended; -ERANGE without such a call.
 */
int neuron_batch_result(const struct neuron_batch *batch, unsigned int i)
{
	if (i >= batch->count)
		return -ERANGE;
	return batch->ended ? batch->entries[i].result : -EINPROGRESS;
}

/**
 * neuron_batch_error() - why a call of a batch failed
 * @batch: batch
 * @i: number of the call
 *
 * Return: a sentence as of neuron_last_error(), empty if it did not; it lives as
 * long as the batch.
 */
const char *neuron_batch_error(const struct neuron_batch *batch, unsigned int i)
{
	return i < batch->count && batch->entries[i].note ? batch->entries[i].note->sentence : "";
}

/**
 * neuron_batch_error_info() - the parts of the error of a call
 * @batch: batch
 * @i: number of the call
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0, -ERANGE without such a call, -EINVAL if @size is 0.
 */
int neuron_batch_error_info(const struct neuron_batch *batch, unsigned int i,
			    struct neuron_error_info *info, size_t size)
{
	static const struct neuron_error_info none;

	if (i >= batch->count)
		return -ERANGE;
	return copy_out(info, size, batch->entries[i].note ? &batch->entries[i].note->err : &none,
			sizeof(none));
}

/**
 * neuron_batch_job() - the job that goes on when a call of a batch was given up
 * @batch: batch
 * @i: number of the call
 *
 * Return: its id, for neuron_job_wait(); 0 if there is none.
 */
uint32_t neuron_batch_job(const struct neuron_batch *batch, unsigned int i)
{
	return i < batch->count ? batch->entries[i].job_id : 0;
}

/**
 * neuron_fd() - descriptor that tells when neuron_process() has something to do
 * @handle: handle
 *
 * For poll(): readable then. It stays the library's, and is not to be read.
 *
 * Return: the descriptor or a negative errno.
 */
int neuron_fd(struct neuron_handle *handle)
{
	int err = handle_check(handle, 0);

	if (err)
		return err;
	if (handle->event_fd < 0)
		handle->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return handle->event_fd < 0 ? error_local(handle, 0, -errno, NULL) : handle->event_fd;
}

/**
 * neuron_process() - bring the started batches of a handle forward, without waiting
 * @handle: handle
 *
 * Sends at most one group of requests of each batch, takes the results of jobs that
 * have ended, and calls the functions of batches that have ended.
 *
 * Return: how many batches are left that have not ended, or a negative errno.
 */
int neuron_process(struct neuron_handle *handle)
{
	int fd = neuron_fd(handle), left = 0;
	struct neuron_batch *batch;
	uint64_t raised;

	if (fd < 0)
		return fd;
	if (read(fd, &raised, sizeof(raised)) < 0 && errno != EAGAIN && errno != EINTR)
		return error_local(handle, 0, -errno, NULL);
	go_on(handle);
	while ((batch = one_that_is_done(handle))) {
		end_batch(batch);
		if (batch->fn)
			batch->fn(batch, batch->arg);
	}
	for (batch = handle->running; batch; batch = batch->next)
		left++;
	return left;
}
