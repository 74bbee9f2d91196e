// SPDX-License-Identifier: GPL-2.0
/*
 * Batches, and the form that does not wait, against a pretended kernel.
 */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fake.h"
#include "nlmsg.h"

#define CTX_FD	77
#define MANY	500

/**
 * struct kernel - how the pretended kernel behaves, and what it saw
 * @jobs: allocations and copies become jobs
 * @silent: jobs do not end before end_jobs()
 * @refuse: number of the request that is refused, from 1; 0 for none
 * @early_wait: a request that others followed in its send asked to wait
 * @last_wait: what the last request that can wait asked for
 * @running, @most: jobs that have not been freed
 */
struct kernel {
	bool jobs, silent;
	int job_error;
	unsigned int refuse, seen, frees;
	bool early_wait;
	uint32_t last_wait;
	unsigned int running, most, made;
	uint32_t events[MANY];
	int raise;
};

struct bed {
	struct fake fake;
	struct kernel kernel;
	struct neuron_ctx ctx;
	struct neuron_batch *batch;
	unsigned int ended;
};

/* Reads of the handle that fail with ENOBUFS, when so many requests have been answered. */
static int overflows;
static unsigned int overflow_after, answers;

ssize_t __real_recvmsg(int fd, struct msghdr *msg, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags);

ssize_t __wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t len = __real_recvmsg(fd, msg, flags);

	if (!overflows || len < 0)
		return len;
	while (__atomic_load_n(&answers, __ATOMIC_ACQUIRE) < overflow_after)
		sched_yield();
	overflows--;
	errno = ENOBUFS;
	return -1;
}

static void raise_fd(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

static void begin_job(struct kernel *kernel, struct nl_msg *msg, const struct nlmsghdr *request,
		      int eventfd_attr)
{
	kernel->raise = (int)fake_u32(request, eventfd_attr);
	fake_put_u32(msg, NEURON_A_MEM_JOB_ID, ++kernel->made);
	fake_put_u32(msg, NEURON_A_MEM_JOB_STATE, NEURON_JOB_STATE_RUNNING);
	if (++kernel->running > kernel->most)
		kernel->most = kernel->running;
	if (!kernel->silent)
		raise_fd(kernel->raise);
}

static void job_get(struct kernel *kernel, struct nl_msg *msg, const struct nlmsghdr *request)
{
	uint32_t job_id = fake_u32(request, NEURON_A_JOB_JOB_ID);

	fake_put_u32(msg, NEURON_A_JOB_JOB_ID, job_id);
	fake_put_u32(msg, NEURON_A_JOB_COMMAND, NEURON_CMD_MEM_ALLOC);
	if (kernel->silent) {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_RUNNING);
	} else if (kernel->job_error) {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_FAILED);
		fake_put_u32(msg, NEURON_A_JOB_JOB_ERROR, (uint32_t)kernel->job_error);
		fake_put_string(msg, NEURON_A_JOB_ERROR_TEXT, "The card was reset");
	} else {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_DONE);
		fake_put_u32(msg, NEURON_A_JOB_OBJECT_ID, 1000 + job_id);
		fake_put_u64(msg, NEURON_A_JOB_SIZE, 8192);
	}
}

static void note_wait(struct fake *fake, struct kernel *kernel, const struct nlmsghdr *request)
{
	kernel->last_wait = fake_u32(request, NEURON_A_MEM_WAIT_US);
	if (fake->left && kernel->last_wait)
		kernel->early_wait = true;
}

static void refuse(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_error(request, -ERANGE, true);

	nla_put_string(msg, NLMSGERR_ATTR_MSG, "Out of range");
	fake_send(fake, msg);
}

static void answer(struct fake *fake, struct kernel *kernel, const struct nlmsghdr *request,
		   struct nl_msg *msg)
{
	switch (fake_cmd(request)) {
	case NEURON_CMD_MEM_ALLOC:
		note_wait(fake, kernel, request);
		if (kernel->jobs) {
			begin_job(kernel, msg, request, NEURON_A_MEM_JOB_EVENTFD);
			break;
		}
		fake_put_u32(msg, NEURON_A_MEM_MEM_ID, kernel->seen);
		fake_put_u64(msg, NEURON_A_MEM_SIZE, 4096);
		break;
	case NEURON_CMD_RING_CREATE:
		fake_put_u32(msg, NEURON_A_RING_RING_ID, 2);
		fake_put_u32(msg, NEURON_A_RING_FREE, 100);
		break;
	case NEURON_CMD_RING_START:
		fake_put_u32(msg, NEURON_A_RING_COUNT, 7);
		fake_put_u32(msg, NEURON_A_RING_FREE, 93);
		break;
	case NEURON_CMD_EVENT_SET:
		if (kernel->seen <= MANY)
			kernel->events[kernel->seen - 1] =
				fake_u32(request, NEURON_A_EVENT_EVENT_ID);
		break;
	case NEURON_CMD_JOB_GET:
		job_get(kernel, msg, request);
		break;
	case NEURON_CMD_DEVICE_GET:
		fake_put_u32(msg, NEURON_A_DEVICE_DEV_INDEX, 5);
		break;
	}
}

static void act(struct fake *fake, const struct nlmsghdr *request)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	struct kernel *kernel = fake->arg;
	struct nl_msg *msg;

	kernel->seen++;
	if (fake_cmd(request) == NEURON_CMD_JOB_FREE) {
		kernel->running--;
		kernel->frees++;
	}
	if (kernel->seen == kernel->refuse) {
		refuse(fake, request);
		return;
	}
	msg = fake_reply(request, dump ? NLM_F_MULTI : 0);
	answer(fake, kernel, request, msg);
	fake_send(fake, msg);
	if (dump)
		fake_done(fake, request, 0);
	else
		fake_ack(fake, request);
	__atomic_add_fetch(&answers, 1, __ATOMIC_RELEASE);
}

static void begin(struct bed *bed)
{
	memset(bed, 0, sizeof(*bed));
	fake_start(&bed->fake, act, &bed->kernel);
	bed->ctx = (struct neuron_ctx){ .handle = &bed->fake.handle, .fd = CTX_FD, .job_fd = -1 };
	assert_int_equal(neuron_batch_new(&bed->fake.handle, &bed->batch), 0);
	assert_int_equal(neuron_batch_begin(bed->batch), 0);
}

static void end(struct bed *bed)
{
	neuron_batch_free(bed->batch);
	fake_stop(&bed->fake);
}

static bool readable(struct bed *bed)
{
	struct pollfd fd = { .fd = neuron_fd(&bed->fake.handle), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void calls_are_queued_and_fill_when_all_have_ended(void **state)
{
	struct neuron_device_info info = { 0 };
	struct neuron_mem *mem[2] = { NULL };
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem[0]), 0);
	assert_int_equal(neuron_device_get(&bed.fake.handle, 5, &info, sizeof(info)), 0);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 1, "x", 100, &mem[1]), 0);
	assert_int_equal(bed.fake.requests, 0);
	assert_null(mem[0]);
	assert_int_equal(neuron_batch_count(bed.batch), 3);
	assert_int_equal(neuron_batch_result(bed.batch, 0), -EINPROGRESS);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(bed.fake.sends, 2);	/* The first one asks for the family. */
	assert_int_equal(bed.fake.requests, 3);
	assert_int_equal(neuron_mem_id(mem[0]), 1);
	assert_int_equal(neuron_mem_id(mem[1]), 3);
	assert_int_equal(info.index, 5);
	assert_int_equal(neuron_batch_result(bed.batch, 2), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 3), -ERANGE);
	/* Not queued any more. */
	assert_int_equal(neuron_mem_free(mem[0]), 0);
	assert_int_equal(neuron_mem_free(mem[1]), 0);
	assert_int_equal(bed.fake.requests, 5);
	end(&bed);
}

static void results_are_what_calls_would_have_returned(void **state)
{
	struct neuron_ring *ring;
	struct bed bed;

	(void)state;
	begin(&bed);
	neuron_batch_end(bed.batch);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	neuron_batch_begin(bed.batch);
	assert_int_equal(neuron_ring_start(ring, 0), 0);
	assert_int_equal(neuron_ring_destroy(ring, 10), 0);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 0), 7);
	assert_int_equal(neuron_batch_result(bed.batch, 1), 0);
	end(&bed);
}

static void many_calls_go_in_sends_whose_answers_fit(void **state)
{
	struct bed bed;
	uint32_t i;
	int bytes = 0;
	socklen_t len = sizeof(bytes);

	(void)state;
	begin(&bed);
	for (i = 0; i < MANY; i++)
		assert_int_equal(neuron_event_set(&bed.ctx, 0, i, 1), 0);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(bed.fake.requests, MANY);
	for (i = 0; i < MANY; i++)
		assert_int_equal(bed.kernel.events[i], i);
	getsockopt(bed.fake.handle.fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len);
	assert_true(bed.fake.most > 1);
	assert_true(bed.fake.most <= NREQ_MAX_CHUNK);
	assert_true(bed.fake.most * 8192 <= (unsigned int)bytes / 2);
	end(&bed);
}

static void large_requests_go_alone(void **state)
{
	struct neuron_event_entry list[NEURON_MAX_CORE_ENTRIES] = { { 0 } };
	struct bed bed;
	int i;

	(void)state;
	begin(&bed);
	/* About 3 KB each: ten fit. */
	for (i = 0; i < 24; i++)
		assert_int_equal(neuron_events_set(&bed.ctx, list, NEURON_MAX_CORE_ENTRIES), 0);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(bed.fake.requests, 24);
	assert_in_range(bed.fake.most, 2, 12);
	end(&bed);
}

static void only_the_last_of_a_send_may_wait(void **state)
{
	struct neuron_mem *mem[8];
	struct bed bed;
	int i;

	(void)state;
	begin(&bed);
	for (i = 0; i < 8; i++)
		neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem[i]);
	assert_int_equal(neuron_batch_run(bed.batch, 100), 0);
	assert_false(bed.kernel.early_wait);
	assert_int_equal(bed.kernel.last_wait, NEURON_DEFAULT_WAIT_US);
	for (i = 0; i < 8; i++)
		neuron_mem_free(mem[i]);
	end(&bed);
}

static void a_refused_call_stops_no_other(void **state)
{
	struct neuron_error_info info;
	struct neuron_mem *mem = NULL;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.kernel.refuse = 2;
	neuron_event_set(&bed.ctx, 0, 1, 1);
	neuron_event_set(&bed.ctx, 9, 1, 1);
	neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), -ERANGE);
	assert_string_equal(neuron_last_error(&bed.fake.handle), "event-set: Out of range");
	assert_int_equal(neuron_batch_result(bed.batch, 0), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 1), -ERANGE);
	assert_string_equal(neuron_batch_error(bed.batch, 1), "event-set: Out of range");
	assert_string_equal(neuron_batch_error(bed.batch, 0), "");
	assert_int_equal(neuron_batch_error_info(bed.batch, 1, &info, sizeof(info)), 0);
	assert_string_equal(info.op, "event-set");
	assert_true(info.from_kernel);
	assert_non_null(mem);
	neuron_mem_free(mem);
	end(&bed);
}

static void jobs_are_awaited_together_and_freed(void **state)
{
	struct neuron_mem *mem[100];
	struct bed bed;
	int i;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = true;
	for (i = 0; i < 100; i++)
		neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem[i]);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(bed.kernel.frees, 100);
	/* The kernel would forget the results of more. */
	assert_in_range(bed.kernel.most, 2, 32);
	for (i = 0; i < 100; i++) {
		assert_int_equal(neuron_mem_id(mem[i]), 1001 + i);
		assert_int_equal(neuron_batch_job(bed.batch, i), 0);
		neuron_mem_free(mem[i]);
	}
	end(&bed);
}

static void no_more_jobs_run_than_the_kernel_keeps(void **state)
{
	struct neuron_mem *mem[100];
	struct bed bed;
	int i;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = bed.kernel.silent = true;
	for (i = 0; i < 100; i++)
		neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem[i]);
	neuron_batch_start(bed.batch, NULL, NULL);
	while (readable(&bed))
		neuron_process(&bed.fake.handle);
	assert_int_equal(bed.kernel.running, 32);
	bed.kernel.silent = false;
	raise_fd(bed.kernel.raise);
	while (readable(&bed))
		neuron_process(&bed.fake.handle);
	assert_int_equal(bed.kernel.frees, 100);
	assert_int_equal(neuron_batch_pending(bed.batch), 0);
	for (i = 0; i < 100; i++)
		neuron_mem_free(mem[i]);
	end(&bed);
}

static void a_failed_job_tells_why(void **state)
{
	struct neuron_mem *mem = NULL;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = true;
	bed.kernel.job_error = -ECANCELED;
	neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), -ECANCELED);
	assert_string_equal(neuron_batch_error(bed.batch, 0), "mem-alloc: The card was reset");
	assert_null(mem);
	end(&bed);
}

static void jobs_go_on_when_the_time_is_over(void **state)
{
	struct neuron_mem *mem = NULL;
	struct neuron_job_info job;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = bed.kernel.silent = true;
	neuron_event_set(&bed.ctx, 0, 1, 1);
	neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem);
	assert_int_equal(neuron_batch_run(bed.batch, 20), -ETIMEDOUT);
	assert_int_equal(neuron_batch_result(bed.batch, 0), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 1), -ETIMEDOUT);
	assert_string_equal(neuron_batch_error(bed.batch, 1), "mem-alloc: goes on as a job");
	assert_null(mem);
	bed.kernel.silent = false;
	assert_int_equal(neuron_job_wait(&bed.ctx, neuron_batch_job(bed.batch, 1), 0, &job,
					 sizeof(job)), 0);
	assert_int_equal(job.object_id, 1001);
	end(&bed);
}

static void note_end(struct neuron_batch *batch, void *arg)
{
	struct bed *bed = arg;

	bed->ended++;
	assert_int_equal(neuron_batch_pending(batch), 0);
}

static void a_started_batch_never_waits(void **state)
{
	struct neuron_mem *mem = NULL;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = bed.kernel.silent = true;
	neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem);
	assert_false(readable(&bed));
	assert_int_equal(neuron_batch_start(bed.batch, note_end, &bed), 0);
	assert_true(readable(&bed));
	assert_int_equal(neuron_process(&bed.fake.handle), 1);
	assert_int_equal(bed.kernel.last_wait, 0);
	assert_false(readable(&bed));
	assert_int_equal(neuron_batch_pending(bed.batch), 1);
	assert_int_equal(neuron_process(&bed.fake.handle), 1);
	assert_int_equal(bed.ended, 0);
	bed.kernel.silent = false;
	raise_fd(bed.kernel.raise);
	assert_true(readable(&bed));
	assert_int_equal(neuron_process(&bed.fake.handle), 0);
	assert_int_equal(bed.ended, 1);
	assert_int_equal(neuron_mem_id(mem), 1001);
	assert_false(readable(&bed));
	neuron_mem_free(mem);
	end(&bed);
}

static void each_round_sends_one_group(void **state)
{
	struct bed bed;
	int i, rounds = 0;

	(void)state;
	begin(&bed);
	for (i = 0; i < MANY; i++)
		neuron_event_set(&bed.ctx, 0, i, 1);
	neuron_batch_start(bed.batch, NULL, NULL);
	while (readable(&bed)) {
		neuron_process(&bed.fake.handle);
		rounds++;
		assert_true(bed.fake.requests <= (unsigned int)rounds * NREQ_MAX_CHUNK);
	}
	assert_int_equal(bed.fake.requests, MANY);
	assert_int_equal(neuron_batch_pending(bed.batch), 0);
	end(&bed);
}

static void start_next(struct neuron_batch *batch, void *arg)
{
	struct bed *bed = arg;

	neuron_batch_free(batch);
	bed->batch = NULL;
	bed->ended++;
	if (bed->ended == 3)
		return;
	assert_int_equal(neuron_batch_new(&bed->fake.handle, &batch), 0);
	neuron_batch_begin(batch);
	neuron_event_set(&bed->ctx, 0, bed->ended, 1);
	neuron_batch_start(batch, start_next, bed);
}

static void functions_may_free_and_start_batches(void **state)
{
	struct bed bed;

	(void)state;
	begin(&bed);
	neuron_event_set(&bed.ctx, 0, 0, 1);
	neuron_batch_start(bed.batch, start_next, &bed);
	while (readable(&bed))
		neuron_process(&bed.fake.handle);
	assert_int_equal(bed.ended, 3);
	assert_int_equal(bed.fake.requests, 3);
	end(&bed);
}

static int count_device(const struct neuron_device_info *info, void *arg)
{
	assert_int_equal(info->index, 5);
	++*(int *)arg;
	return 0;
}

static void lists_can_be_queued(void **state)
{
	struct bed bed;
	int devices = 0;

	(void)state;
	begin(&bed);
	neuron_event_set(&bed.ctx, 0, 0, 1);
	assert_int_equal(neuron_device_list(&bed.fake.handle, count_device, &devices), 0);
	neuron_event_set(&bed.ctx, 0, 0, 0);
	assert_int_equal(devices, 0);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(devices, 1);
	end(&bed);
}

static void a_driver_that_was_reloaded_is_found(void **state)
{
	struct bed bed;

	(void)state;
	begin(&bed);
	neuron_batch_end(bed.batch);
	assert_int_equal(neuron_event_set(&bed.ctx, 0, 0, 1), 0);
	bed.fake.family++;
	neuron_batch_begin(bed.batch);
	neuron_event_set(&bed.ctx, 0, 1, 1);
	neuron_event_set(&bed.ctx, 0, 2, 1);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_string_equal(neuron_batch_error(bed.batch, 0), "");
	bed.fake.loaded = false;
	neuron_batch_free(bed.batch);
	neuron_batch_new(&bed.fake.handle, &bed.batch);
	neuron_batch_begin(bed.batch);
	neuron_event_set(&bed.ctx, 0, 1, 1);
	neuron_event_set(&bed.ctx, 0, 2, 1);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), -ENOENT);
	assert_non_null(strstr(neuron_batch_error(bed.batch, 1), "not loaded"));
	end(&bed);
}

static void a_lost_answer_is_told_to_whom_it_was(void **state)
{
	struct bed bed;
	int i;

	(void)state;
	begin(&bed);
	neuron_batch_end(bed.batch);
	answers = 0;
	overflow_after = 4;
	neuron_event_set(&bed.ctx, 0, 0, 1);
	neuron_batch_begin(bed.batch);
	for (i = 0; i < 3; i++)
		neuron_event_set(&bed.ctx, 0, 0, 1);
	/* The answer and the acknowledgement of the first. */
	overflows = 2;
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), -ENOBUFS);
	assert_int_equal(overflows, 0);
	assert_int_equal(neuron_batch_result(bed.batch, 0), -ENOBUFS);
	assert_non_null(strstr(neuron_batch_error(bed.batch, 0), "may have been done"));
	/* What came before and behind is there. */
	assert_int_equal(neuron_batch_result(bed.batch, 1), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 2), 0);
	assert_int_equal(neuron_event_set(&bed.ctx, 0, 0, 1), 0);
	end(&bed);
}

static void what_is_stopped_is_cancelled(void **state)
{
	struct neuron_mem *mem = NULL;
	struct bed bed;
	int devices = 0;

	(void)state;
	begin(&bed);
	bed.kernel.jobs = bed.kernel.silent = true;
	neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem);
	neuron_device_list(&bed.fake.handle, count_device, &devices);
	neuron_batch_start(bed.batch, note_end, &bed);
	while (readable(&bed))
		neuron_process(&bed.fake.handle);
	neuron_batch_stop(bed.batch);
	assert_int_equal(neuron_batch_pending(bed.batch), 0);
	assert_int_equal(neuron_batch_result(bed.batch, 0), -ECANCELED);
	assert_int_equal(neuron_batch_result(bed.batch, 1), -ECANCELED);
	assert_int_equal(neuron_batch_job(bed.batch, 0), 1);
	assert_int_equal(neuron_process(&bed.fake.handle), 0);
	assert_int_equal(bed.ended, 0);
	assert_int_equal(devices, 0);
	assert_null(mem);
	end(&bed);
}

static void what_is_wrong_at_once_is_not_queued(void **state)
{
	static struct neuron_transfer list[NEURON_MAX_TRANSFERS + 1];
	struct neuron_batch *other;
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ctx_copy(&bed.ctx, list, NEURON_MAX_TRANSFERS + 1, 0, NULL), -E2BIG);
	neuron_ctx_next_job(&bed.ctx, 0, 3);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 1, NULL, 100, &mem), -EINVAL);
	assert_non_null(strstr(neuron_last_error(&bed.fake.handle), "descriptor of the handle"));
	assert_int_equal(neuron_batch_count(bed.batch), 0);
	assert_int_equal(neuron_batch_new(&bed.fake.handle, &other), 0);
	assert_int_equal(neuron_batch_begin(other), -EBUSY);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	assert_int_equal(neuron_batch_begin(bed.batch), -EBUSY);
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), -EBUSY);
	neuron_batch_free(other);
	end(&bed);
}

/* What a child of fork() finds; its status tells. */
static int child(struct bed *bed)
{
	struct neuron_device_info info;
	const char *why = neuron_last_error(&bed->fake.handle);

	if (neuron_device_get(&bed->fake.handle, 0, &info, sizeof(info)) != -EPERM ||
	    !strstr(why, "open one after fork()"))
		return 1;
	if (neuron_process(&bed->fake.handle) != -EPERM)
		return 2;
	if (neuron_batch_start(bed->batch, NULL, NULL) != -EPERM)
		return 3;
	neuron_batch_free(bed->batch);
	return 0;
}

static void a_child_is_refused_its_parents_handle(void **state)
{
	struct bed bed;
	int status;
	pid_t pid;

	(void)state;
	begin(&bed);
	neuron_event_set(&bed.ctx, 0, 0, 1);
	neuron_batch_end(bed.batch);
	pid = fork();
	if (!pid)
		fake_leave_child(child(&bed) == 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(bed.fake.requests, 0);
	/* The parent's goes on. */
	assert_int_equal(neuron_batch_run(bed.batch, NEURON_FOREVER), 0);
	end(&bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_queued_and_fill_when_all_have_ended),
		cmocka_unit_test(results_are_what_calls_would_have_returned),
		cmocka_unit_test(many_calls_go_in_sends_whose_answers_fit),
		cmocka_unit_test(large_requests_go_alone),
		cmocka_unit_test(only_the_last_of_a_send_may_wait),
		cmocka_unit_test(a_refused_call_stops_no_other),
		cmocka_unit_test(jobs_are_awaited_together_and_freed),
		cmocka_unit_test(no_more_jobs_run_than_the_kernel_keeps),
		cmocka_unit_test(a_failed_job_tells_why),
		cmocka_unit_test(jobs_go_on_when_the_time_is_over),
		cmocka_unit_test(a_started_batch_never_waits),
		cmocka_unit_test(each_round_sends_one_group),
		cmocka_unit_test(functions_may_free_and_start_batches),
		cmocka_unit_test(lists_can_be_queued),
		cmocka_unit_test(a_driver_that_was_reloaded_is_found),
		cmocka_unit_test(a_lost_answer_is_told_to_whom_it_was),
		cmocka_unit_test(what_is_stopped_is_cancelled),
		cmocka_unit_test(what_is_wrong_at_once_is_not_queued),
		cmocka_unit_test(a_child_is_refused_its_parents_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
