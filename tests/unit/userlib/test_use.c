// SPDX-License-Identifier: GPL-2.0
/*
 * Contexts at work: jobs, memory, rings, values, against a pretended kernel.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fake.h"

#define CTX_FD	77

#define SEEN	5	/* entries of a list that the script keeps */

/**
 * struct script - how the pretended kernel behaves
 * @looks: job-get says "running" so often before the end
 * @raise: raise the context's eventfd when the job ends
 * @job_error: how it ends
 * @refuse_at: entry of all that were written that is refused, or -1
 * @metric: statistics came
 * @cancelled: job that was cancelled last
 * @after, @fd: of the last request that may become a job, -1 if not given
 * @expect: reset-count that a reset expected, -1 if none; @engine, @action likewise
 */
struct script {
	bool job, raise;
	unsigned int looks;
	int job_error, refuse_at;
	unsigned int gets, frees, sets, writes, entries, acks, finished;
	unsigned int list_len[8];
	bool started;
	uint32_t wait_us;
	uint32_t cancelled;
	bool metric;
	int64_t after, fd;
	int64_t expect, engine, action;
	struct neuron_entry seen[SEEN];
	struct neuron_transfer transfer[SEEN];
	unsigned int transfers, transfer_requests;
};

static void job_get(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	bool running = script->gets++ < script->looks;

	fake_put_u32(msg, NEURON_A_JOB_JOB_ID, fake_u32(request, NEURON_A_JOB_JOB_ID));
	fake_put_u32(msg, NEURON_A_JOB_COMMAND, NEURON_CMD_MEM_ALLOC);
	if (running) {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_RUNNING);
	} else if (script->job_error) {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_FAILED);
		fake_put_u32(msg, NEURON_A_JOB_JOB_ERROR, (uint32_t)script->job_error);
		fake_put_string(msg, NEURON_A_JOB_ERROR_TEXT, "The firmware does not answer");
		fake_put_u32(msg, NEURON_A_JOB_DONE, 1);
	} else {
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, NEURON_JOB_STATE_DONE);
		fake_put_u32(msg, NEURON_A_JOB_OBJECT_ID, 6);
		fake_put_u64(msg, NEURON_A_JOB_SIZE, 8192);
		fake_put_u64(msg, NEURON_A_JOB_MMAP_OFFSET, 0x6000);
		fake_put_u32(msg, NEURON_A_JOB_VALUE, 11);
		fake_put_u32(msg, NEURON_A_JOB_VALUE, 12);
	}
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void context_set(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	uint64_t one = 1;
	int fd = (int)fake_u32(request, NEURON_A_CONTEXT_EVENTFD);

	script->sets++;
	fake_ack(fake, request);
	if (script->raise && write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

/* The attribute of this number, or -1. */
static int64_t number(const struct nlmsghdr *request, int type)
{
	return fake_attr(request, type, NULL) ? (int64_t)fake_u32(request, type) : -1;
}

/* Counters are their own number behind a high word; events are their own index. */
static void answer_list(struct nl_msg *msg, struct script *script,
			const struct nlmsghdr *request)
{
	struct nlattr *attr, *nest, *index;
	int left;

	script->metric = fake_cmd(request) == NEURON_CMD_METRIC_POST &&
			 fake_attr(request, NEURON_A_DEVICE_METRIC, NULL);
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)request, GENL_HDRLEN, left) {
		if (fake_cmd(request) == NEURON_CMD_COUNTERS_GET &&
		    nla_type(attr) == NEURON_A_REG_COUNTER)
			fake_put_u64(msg, NEURON_A_REG_COUNT, 1ull << 40 | nla_get_u32(attr));
		if (fake_cmd(request) != NEURON_CMD_EVENT_GET ||
		    nla_type(attr) != NEURON_A_EVENT_ENTRY)
			continue;
		index = nla_find(nla_data(attr), nla_len(attr), NEURON_A_EVENT_ENTRY_EVENT_ID);
		nest = nla_nest_start(msg, NEURON_A_EVENT_ENTRY);
		fake_put_u32(msg, NEURON_A_EVENT_ENTRY_VALUE, nla_get_u32(index));
		nla_nest_end(msg, nest);
	}
}

static void may_be_job(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	struct nlattr *attr;
	int left;

	if (fake_cmd(request) == NEURON_CMD_DEVICE_RESET)
		script->expect = number(request, NEURON_A_DEVICE_EXPECT_RESET_COUNT);
	if (fake_cmd(request) == NEURON_CMD_ENGINE_SET) {
		script->engine = number(request, NEURON_A_ENGINE_ENG_ID);
		script->action = number(request, NEURON_A_ENGINE_ACTION);
	}
	script->wait_us = fake_u32(request, NEURON_A_MEM_WAIT_US);
	if (fake_cmd(request) == NEURON_CMD_MEM_ALLOC) {
		script->after = number(request, NEURON_A_MEM_AFTER_JOB);
		script->fd = number(request, NEURON_A_MEM_JOB_EVENTFD);
	}
	if (script->job) {
		fake_put_u32(msg, NEURON_A_MEM_JOB_ID, 5);
		fake_put_u32(msg, NEURON_A_MEM_JOB_STATE, NEURON_JOB_STATE_RUNNING);
	} else if (fake_cmd(request) == NEURON_CMD_MEM_ALLOC) {
		fake_put_u32(msg, NEURON_A_MEM_MEM_ID, 3);
		fake_put_u64(msg, NEURON_A_MEM_SIZE, 4096);
	} else if (fake_cmd(request) == NEURON_CMD_REG_READ) {
		nlmsg_for_each_attr(attr, (struct nlmsghdr *)request, GENL_HDRLEN, left)
			if (nla_type(attr) == NEURON_A_REG_OFFSET)
				fake_put_u32(msg, NEURON_A_REG_VALUE, ~nla_get_u32(attr));
	} else {
		answer_list(msg, script, request);
	}
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void see_transfer(struct script *script, struct nlattr *nest)
{
	struct nlattr *tb[NEURON_A_TRANSFER_MAX + 1];
	struct neuron_transfer seen = { 0 };

	if (script->transfers >= SEEN || nla_parse_nested(tb, NEURON_A_TRANSFER_MAX, nest, NULL))
		return;
	if (tb[NEURON_A_TRANSFER_SRC_MEM])
		seen.src_mem = nla_get_u32(tb[NEURON_A_TRANSFER_SRC_MEM]);
	if (tb[NEURON_A_TRANSFER_SRC_OFFSET])
		seen.src_offset = nla_get_u64(tb[NEURON_A_TRANSFER_SRC_OFFSET]);
	if (tb[NEURON_A_TRANSFER_PATTERN])
		seen.pattern = nla_get_u32(tb[NEURON_A_TRANSFER_PATTERN]);
	seen.dst_mem = nla_get_u32(tb[NEURON_A_TRANSFER_DST_MEM]);
	seen.dst_offset = nla_get_u64(tb[NEURON_A_TRANSFER_DST_OFFSET]);
	seen.length_bytes = nla_get_u64(tb[NEURON_A_TRANSFER_LENGTH]);
	script->transfer[script->transfers] = seen;
}

static void transfer(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	unsigned int done = 0;
	struct nlattr *attr;
	struct nl_msg *msg;
	int left;

	script->transfer_requests++;
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)request, GENL_HDRLEN, left) {
		if (nla_type(attr) != NEURON_A_MEM_TRANSFER)
			continue;
		see_transfer(script, attr);
		script->transfers++;
		done++;
	}
	if (script->job) {
		may_be_job(fake, script, request);
		return;
	}
	msg = fake_reply(request, 0);
	fake_put_u32(msg, NEURON_A_MEM_DONE, done);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

/* Context that entries of other cards go to. */
static const struct neuron_ctx other_card = { .fd = 77 };

static void see_entry(struct script *script, struct nlattr *nest)
{
	struct nlattr *tb[NEURON_A_ENTRY_MAX + 1];
	struct neuron_entry entry = { 0 };

	if (script->entries >= SEEN || nla_parse_nested(tb, NEURON_A_ENTRY_MAX, nest, NULL))
		return;
	entry.src_kind = tb[NEURON_A_ENTRY_IMM] ? NEURON_ENTRY_SRC_IMM : NEURON_ENTRY_SRC_MEM;
	if (tb[NEURON_A_ENTRY_IMM])
		entry.imm = nla_get_u32(tb[NEURON_A_ENTRY_IMM]);
	if (tb[NEURON_A_ENTRY_SRC_MEM])
		entry.src_mem = nla_get_u32(tb[NEURON_A_ENTRY_SRC_MEM]);
	if (tb[NEURON_A_ENTRY_SRC_OFFSET])
		entry.src_offset = nla_get_u64(tb[NEURON_A_ENTRY_SRC_OFFSET]);
	entry.dst_kind = tb[NEURON_A_ENTRY_DST_FIFO] ? NEURON_ENTRY_DST_FIFO :
			 tb[NEURON_A_ENTRY_DST_SEMAPHORE] ? NEURON_ENTRY_DST_SEMAPHORE :
			 tb[NEURON_A_ENTRY_DST_EVENT] ? NEURON_ENTRY_DST_EVENT :
			 NEURON_ENTRY_DST_MEM;
	if (tb[NEURON_A_ENTRY_DST_EVENT])
		entry.dst_event = nla_get_u32(tb[NEURON_A_ENTRY_DST_EVENT]);
	if (tb[NEURON_A_ENTRY_DST_SEMAPHORE])
		entry.dst_event = nla_get_u32(tb[NEURON_A_ENTRY_DST_SEMAPHORE]);
	if (tb[NEURON_A_ENTRY_SEMAPHORE_OP])
		entry.dst_op = nla_get_u32(tb[NEURON_A_ENTRY_SEMAPHORE_OP]);
	if (tb[NEURON_A_ENTRY_DST_CORE])
		entry.dst_core = nla_get_u32(tb[NEURON_A_ENTRY_DST_CORE]);
	if (tb[NEURON_A_ENTRY_DST_MEM])
		entry.dst_mem = nla_get_u32(tb[NEURON_A_ENTRY_DST_MEM]);
	if (tb[NEURON_A_ENTRY_DST_OFFSET])
		entry.dst_offset = nla_get_u64(tb[NEURON_A_ENTRY_DST_OFFSET]);
	if (tb[NEURON_A_ENTRY_DST_CTX_FD] &&
	    nla_get_u32(tb[NEURON_A_ENTRY_DST_CTX_FD]) == (uint32_t)other_card.fd)
		entry.dst_ctx = &other_card;
	entry.length_bytes = nla_get_u64(tb[NEURON_A_ENTRY_LENGTH]);
	if (tb[NEURON_A_ENTRY_FLAGS])
		entry.flags = nla_get_u32(tb[NEURON_A_ENTRY_FLAGS]);
	script->seen[script->entries] = entry;
}

static void ring_write(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	unsigned int done = 0, refused = 0;
	struct nlattr *attr;
	int left;

	script->started = fake_attr(request, NEURON_A_RING_START, NULL) != NULL;
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)request, GENL_HDRLEN, left) {
		if (nla_type(attr) != NEURON_A_RING_ENTRY)
			continue;
		if (script->refuse_at >= 0 && script->entries == (unsigned int)script->refuse_at)
			refused = 1;
		if (refused)
			continue;
		see_entry(script, attr);
		script->entries++;
		done++;
	}
	if (script->writes < 8)
		script->list_len[script->writes] = done;
	script->writes++;
	fake_put_u32(msg, NEURON_A_RING_DONE, done);
	fake_put_u32(msg, NEURON_A_RING_FREE, 1000 - script->entries);
	if (refused) {
		fake_put_u32(msg, NEURON_A_RING_ERROR, (uint32_t)-ERANGE);
		fake_put_u32(msg, NEURON_A_RING_ERROR_INDEX, done);
		fake_put_string(msg, NEURON_A_RING_ERROR_TEXT, "Outside of the memory");
	}
	fake_send(fake, msg);
	fake_ack(fake, request);
}

/* Every request finds one more finished entry, up to what is finished at all. */
static void ring_ack(struct fake *fake, struct script *script, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	uint32_t count = script->acks < script->finished ? 1 : 0;

	script->acks++;
	script->wait_us = fake_u32(request, NEURON_A_RING_WAIT_US);
	fake_put_u32(msg, NEURON_A_RING_COUNT, count);
	fake_put_u32(msg, NEURON_A_RING_FREE, 500 + script->acks);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

/* Two entries, the first asked for and one behind it. */
static void ring_read(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);
	struct nlattr *nest;

	nla_put_u64(msg, NEURON_A_RING_FIRST, 40);
	nest = nla_nest_start(msg, NEURON_A_RING_ENTRY);
	nla_put_u32(msg, NEURON_A_ENTRY_SRC_MEM, 3);
	nla_put_u64(msg, NEURON_A_ENTRY_SRC_OFFSET, 1ull << 40);
	nla_put_u32(msg, NEURON_A_ENTRY_DST_MEM, 4);
	nla_put_u64(msg, NEURON_A_ENTRY_DST_OFFSET, 8);
	nla_put_u64(msg, NEURON_A_ENTRY_LENGTH, 1ull << 33);
	nla_put_u32(msg, NEURON_A_ENTRY_FLAGS, NEURON_ENTRY_FLAG_MORE);
	nla_put_u32(msg, NEURON_A_ENTRY_STATE, NEURON_ENTRY_STATE_FAILED);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, NEURON_A_RING_ENTRY);
	nla_put_u32(msg, NEURON_A_ENTRY_IMM, 9);
	nla_put_u32(msg, NEURON_A_ENTRY_DST_CORE, 2);
	nla_put_u32(msg, NEURON_A_ENTRY_DST_SEMAPHORE, 31);
	nla_put_u32(msg, NEURON_A_ENTRY_SEMAPHORE_OP, NEURON_SEMAPHORE_OP_DECREMENT);
	nla_put_u64(msg, NEURON_A_ENTRY_LENGTH, 4);
	nla_put_u32(msg, NEURON_A_ENTRY_STATE, NEURON_ENTRY_STATE_WRITTEN);
	nla_put_u32(msg, NEURON_A_ENTRY_DST_DEV_INDEX, 2);
	nla_nest_end(msg, nest);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void ring_create(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg = fake_reply(request, 0);

	fake_put_u32(msg, NEURON_A_RING_RING_ID, 2);
	fake_put_u32(msg, NEURON_A_RING_FREE, 1000);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

/* Ring 9 is all there is. */
static void ring_get(struct fake *fake, const struct nlmsghdr *request)
{
	struct nl_msg *msg;

	if (fake_u32(request, NEURON_A_RING_RING_ID) != 9) {
		fake_send(fake, fake_error(request, -ENOENT, true));
		return;
	}
	msg = fake_reply(request, 0);
	fake_put_u32(msg, NEURON_A_RING_RING_ID, 9);
	fake_put_u32(msg, NEURON_A_RING_ENG_ID, 4);
	fake_put_u32(msg, NEURON_A_RING_QUEUE_ID, 2);
	fake_put_u32(msg, NEURON_A_RING_FREE, 77);
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void act(struct fake *fake, const struct nlmsghdr *request)
{
	struct script *script = fake->arg;

	if (fake_u32(request, NEURON_A_MEM_CTX_FD) != CTX_FD) {
		fake_send(fake, fake_error(request, -EBADF, true));
		return;
	}
	switch (fake_cmd(request)) {
	case NEURON_CMD_JOB_GET:
		job_get(fake, script, request);
		break;
	case NEURON_CMD_JOB_FREE:
		script->frees++;
		fake_ack(fake, request);
		break;
	case NEURON_CMD_JOB_CANCEL:
		script->cancelled = fake_u32(request, NEURON_A_JOB_JOB_ID);
		fake_ack(fake, request);
		break;
	case NEURON_CMD_CONTEXT_SET:
		context_set(fake, script, request);
		break;
	case NEURON_CMD_RING_CREATE:
		ring_create(fake, request);
		break;
	case NEURON_CMD_RING_GET:
		ring_get(fake, request);
		break;
	case NEURON_CMD_RING_WRITE:
		ring_write(fake, script, request);
		break;
	case NEURON_CMD_RING_READ:
		ring_read(fake, request);
		break;
	case NEURON_CMD_RING_ACK:
		ring_ack(fake, script, request);
		break;
	case NEURON_CMD_MEM_FREE:
		fake_ack(fake, request);
		break;
	case NEURON_CMD_MEM_COPY:
	case NEURON_CMD_MEM_FILL:
		transfer(fake, script, request);
		break;
	default:
		may_be_job(fake, script, request);
	}
}

struct bed {
	struct fake fake;
	struct script script;
	struct neuron_ctx ctx;
};

static void begin(struct bed *bed)
{
	memset(bed, 0, sizeof(*bed));
	bed->script.refuse_at = -1;
	fake_start(&bed->fake, act, &bed->script);
	bed->ctx = (struct neuron_ctx){ .handle = &bed->fake.handle, .fd = CTX_FD, .job_fd = -1 };
}

static void end(struct bed *bed)
{
	if (bed->ctx.job_fd >= 0)
		close(bed->ctx.job_fd);
	fake_stop(&bed->fake);
}

static void quick_work_is_one_request(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;
	void *addr;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 4000, "x", 1000, &mem), 0);
	assert_int_equal(bed.fake.requests, 1);
	assert_int_equal(bed.script.wait_us, NEURON_DEFAULT_WAIT_US);
	assert_int_equal(neuron_mem_id(mem), 3);
	assert_true(neuron_mem_size(mem) == 4096);
	/* No mmap-offset in the answer. */
	assert_int_equal(neuron_mem_map(mem, &addr), -EOPNOTSUPP);
	assert_int_equal(neuron_mem_free(mem), 0);
	end(&bed);
}

static void job_is_awaited_and_freed(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.script.job = bed.script.raise = true;
	bed.script.looks = 2;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, NEURON_FOREVER, &mem), 0);
	assert_int_equal(neuron_mem_id(mem), 6);
	assert_true(neuron_mem_size(mem) == 8192);
	assert_int_equal(bed.script.sets, 1);
	assert_int_equal(bed.script.gets, 3);
	assert_int_equal(bed.script.frees, 1);
	assert_int_equal(neuron_ctx_last_job(&bed.ctx), 0);
	assert_int_equal(neuron_mem_free(mem), 0);
	end(&bed);
}

static void eventfd_that_stays_silent_does_not_hang(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.script.job = true;
	bed.script.looks = 1;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, NEURON_FOREVER, &mem), 0);
	assert_int_equal(neuron_mem_free(mem), 0);
	end(&bed);
}

static void job_goes_on_after_the_time(void **state)
{
	struct neuron_mem *mem;
	struct neuron_job_info job;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.script.job = true;
	bed.script.looks = 2;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, 0, &mem), -EINPROGRESS);
	assert_int_equal(bed.script.wait_us, 0);
	assert_int_equal(neuron_ctx_last_job(&bed.ctx), 5);
	assert_int_equal(neuron_job_get(&bed.ctx, 5, &job, sizeof(job)), 0);
	assert_int_equal(job.state, NEURON_JOB_STATE_RUNNING);
	assert_int_equal(neuron_job_wait(&bed.ctx, 5, 0, &job, sizeof(job)), 0);
	assert_int_equal(job.object_id, 6);
	assert_int_equal(job.values, 2);
	assert_int_equal(job.value[1], 12);
	assert_int_equal(bed.script.frees, 1);
	end(&bed);
}

static void next_job_is_about_one_call(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ctx_next_job(&bed.ctx, 0, -2), -EINVAL);
	assert_int_equal(neuron_ctx_next_job(&bed.ctx, 4, 0), 0);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, 0, &mem), 0);
	assert_int_equal(bed.script.after, 4);
	assert_int_equal(bed.script.fd, 0);
	assert_int_equal(neuron_mem_free(mem), 0);
	bed.script.job = true;
	bed.script.looks = 2;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, 0, &mem), -EINPROGRESS);
	assert_int_equal(bed.script.after, -1);
	assert_int_equal(bed.script.fd, -1);
	assert_int_equal(neuron_job_cancel(&bed.ctx, neuron_ctx_last_job(&bed.ctx)), 0);
	assert_int_equal(bed.script.cancelled, 5);
	end(&bed);
}

static void lists_come_whole_and_in_order(void **state)
{
	struct neuron_event_entry event[3] = { { .event_id = 7 }, { .event_id = 8 },
					       { .event_id = 9 } };
	uint32_t counters[2] = { NEURON_COUNTER_RX_BYTES, NEURON_COUNTER_POWER };
	uint64_t counts[2];
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_events_get(&bed.ctx, event, 3, 1000), 0);
	assert_int_equal(event[0].value, 7);
	assert_int_equal(event[2].value, 9);
	assert_int_equal(neuron_events_get(&bed.ctx, event, 101, 1000), -EINVAL);
	assert_int_equal(neuron_counters_get(&bed.ctx, 0, counters, counts, 2, 1000), 0);
	assert_true(counts[0] == (1ull << 40 | NEURON_COUNTER_RX_BYTES));
	assert_true(counts[1] == (1ull << 40 | NEURON_COUNTER_POWER));
	assert_int_equal(neuron_counters_get(&bed.ctx, 0, counters, counts, 51, 0), -EINVAL);
	assert_int_equal(neuron_metric_post(&bed.ctx, counts, 0, 1000), -EINVAL);
	assert_int_equal(neuron_metric_post(&bed.ctx, counts, 129, 1000), -EINVAL);
	assert_int_equal(neuron_metric_post(&bed.ctx, counts, sizeof(counts), 1000), 0);
	assert_true(bed.script.metric);
	assert_int_equal(neuron_reg_write(&bed.ctx, 0, NULL, 0), -EINVAL);
	/* As a job: the values of job-get. */
	bed.script.job = true;
	assert_int_equal(neuron_events_get(&bed.ctx, event, 2, 1000), 0);
	assert_int_equal(event[1].value, 12);
	assert_int_equal(neuron_events_get(&bed.ctx, event, 3, 1000), -EBADMSG);
	end(&bed);
}

static void time_limit_is_kept(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.script.job = true;
	bed.script.looks = 1000000;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, 20, &mem), -ETIMEDOUT);
	assert_int_equal(neuron_ctx_last_job(&bed.ctx), 5);
	assert_int_equal(bed.script.frees, 0);
	assert_non_null(strstr(neuron_last_error(&bed.fake.handle), "job 5"));
	end(&bed);
}

static void failed_job_tells_why(void **state)
{
	struct neuron_mem *mem;
	struct bed bed;

	(void)state;
	begin(&bed);
	bed.script.job = true;
	bed.script.job_error = -ETIMEDOUT;
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 8000, NULL, 1000, &mem), -ETIMEDOUT);
	assert_string_equal(neuron_last_error(&bed.fake.handle),
			    "mem-alloc: The firmware does not answer");
	assert_int_equal(neuron_ctx_last_job(&bed.ctx), 0);
	assert_int_equal(bed.script.frees, 1);
	end(&bed);
}

static void values_come_in_order(void **state)
{
	uint32_t offsets[NEURON_MAX_REG_READS + 1], values[NEURON_MAX_REG_READS + 1], i;
	struct bed bed;

	(void)state;
	begin(&bed);
	for (i = 0; i <= NEURON_MAX_REG_READS; i++)
		offsets[i] = 4 * i;
	assert_int_equal(neuron_reg_read(&bed.ctx, offsets, values, NEURON_MAX_REG_READS, 1000), 0);
	for (i = 0; i < NEURON_MAX_REG_READS; i++)
		assert_int_equal(values[i], ~(4 * i));
	assert_int_equal(neuron_reg_read(&bed.ctx, offsets, values, NEURON_MAX_REG_READS + 1,
					 1000), -EINVAL);
	assert_int_equal(neuron_reg_read(&bed.ctx, offsets, values, 0, 1000), -EINVAL);
	bed.script.job = true;
	assert_int_equal(neuron_reg_read(&bed.ctx, offsets, values, 2, 1000), 0);
	assert_int_equal(values[0], 11);
	assert_int_equal(values[1], 12);
	/* The job has two values only. */
	assert_int_equal(neuron_reg_read(&bed.ctx, offsets, values, 3, 1000), -EBADMSG);
	end(&bed);
}

static void entries_are_read_back(void **state)
{
	struct neuron_entry list[3];
	struct neuron_ring *ring;
	uint32_t states[3];
	uint64_t first = 7;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	assert_int_equal(neuron_ring_read(ring, &first, list, states, 3), 2);
	assert_int_equal(first, 40);
	assert_int_equal(list[0].src_kind, NEURON_ENTRY_SRC_MEM);
	assert_int_equal(list[0].src_mem, 3);
	assert_int_equal(list[0].src_offset, 1ull << 40);
	assert_int_equal(list[0].dst_kind, NEURON_ENTRY_DST_MEM);
	assert_int_equal(list[0].dst_mem, 4);
	assert_int_equal(list[0].dst_offset, 8);
	assert_int_equal(list[0].length_bytes, 1ull << 33);
	assert_int_equal(list[0].flags, NEURON_ENTRY_FLAG_MORE);
	assert_int_equal(states[0], NEURON_ENTRY_STATE_FAILED);
	assert_int_equal(list[0].dst_device, 0);
	assert_int_equal(list[1].dst_device, 3);
	assert_int_equal(list[1].src_kind, NEURON_ENTRY_SRC_IMM);
	assert_int_equal(list[1].imm, 9);
	assert_int_equal(list[1].dst_kind, NEURON_ENTRY_DST_SEMAPHORE);
	assert_int_equal(list[1].dst_core, 2);
	assert_int_equal(list[1].dst_event, 31);
	assert_int_equal(list[1].dst_op, NEURON_SEMAPHORE_OP_DECREMENT);
	assert_int_equal(states[1], NEURON_ENTRY_STATE_WRITTEN);
	/* No more than there is room for. */
	assert_int_equal(neuron_ring_read(ring, &first, list, NULL, 1), 1);
	assert_int_equal(neuron_ring_read(ring, &first, NULL, NULL, 0), 0);
	assert_int_equal(neuron_ring_destroy(ring, 1000), 0);
	end(&bed);
}

static void packets_go_to_the_kernel_in_one_piece(void **state)
{
	static struct neuron_entry list[NEURON_MAX_ENTRIES + 8];
	struct neuron_ring *ring;
	uint32_t written, i;
	struct bed bed;

	(void)state;
	for (i = 0; i < NEURON_MAX_ENTRIES + 8; i++) {
		list[i] = (struct neuron_entry){ .src_mem = 1, .dst_mem = 2, .length_bytes = 4 };
		if (i >= NEURON_MAX_ENTRIES - 100 && i < NEURON_MAX_ENTRIES + 7)
			list[i].flags = NEURON_ENTRY_FLAG_MORE;
	}
	begin(&bed);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	assert_int_equal(neuron_ring_write(ring, list, NEURON_MAX_ENTRIES + 8, 0, &written), 0);
	assert_int_equal(written, NEURON_MAX_ENTRIES + 8);
	assert_int_equal(bed.script.writes, 2);
	assert_int_equal(bed.script.list_len[0], NEURON_MAX_ENTRIES - 100);
	assert_int_equal(bed.script.list_len[1], 108);
	assert_int_equal(neuron_ring_destroy(ring, 1000), 0);
	end(&bed);
}

static void repairs_say_what_they_are_for(void **state)
{
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_device_reset(&bed.ctx, 7, 1000), 0);
	assert_int_equal(bed.script.expect, 7);
	assert_int_equal(neuron_device_reset(&bed.ctx, 0, 1000), 0);
	assert_int_equal(bed.script.expect, 0);
	assert_int_equal(neuron_device_reset(&bed.ctx, NEURON_ANY_RESET_COUNT, 1000), 0);
	assert_int_equal(bed.script.expect, -1);
	assert_int_equal(neuron_engine_recover(&bed.ctx, 11, 1000), 0);
	assert_int_equal(bed.script.engine, 11);
	assert_int_equal(bed.script.action, NEURON_ENGINE_ACTION_RECOVER);
	bed.script.job = bed.script.raise = true;
	bed.script.job_error = -ETIMEDOUT;
	assert_int_equal(neuron_device_reset(&bed.ctx, 7, 1000), -ETIMEDOUT);
	assert_int_equal(neuron_ctx_last_job(&bed.ctx), 0);
	end(&bed);
}

static void entries_arrive_as_given(void **state)
{
	struct neuron_mem *mem;
	struct neuron_ring *ring;
	struct neuron_entry list[SEEN];
	uint32_t written;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_mem_alloc_host(&bed.ctx, 1, NULL, 0, &mem), 0);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, "r", &ring), 0);
	neuron_entry_copy(&list[0], mem, 1ull << 40, mem, 5, 1ull << 33);
	neuron_entry_store(&list[1], mem, 8, 0xdeadbeef);
	neuron_entry_event(&list[2], 3, 255, 1);
	list[2].flags = NEURON_ENTRY_FLAG_BARRIER;
	neuron_entry_semaphore(&list[3], 2, 31, NEURON_SEMAPHORE_OP_DECREMENT, 7);
	neuron_entry_program(&list[4], 1, mem, 64, 1 << 20);
	neuron_entry_to(&list[0], &other_card);
	neuron_entry_to(&list[3], &other_card);
	assert_int_equal(neuron_ring_write(ring, list, SEEN, NEURON_RING_START, &written), 0);
	assert_int_equal(written, SEEN);
	assert_true(bed.script.started);
	assert_memory_equal(bed.script.seen, list, sizeof(list));
	assert_int_equal(neuron_ring_free_descriptors(ring), 1000 - SEEN);
	assert_int_equal(neuron_ring_write(ring, list, 1, 0, NULL), 0);
	assert_false(bed.script.started);
	assert_int_equal(neuron_ring_destroy(ring, 1000), 0);
	neuron_mem_free(mem);
	end(&bed);
}

static void a_ring_is_found_by_its_id(void **state)
{
	struct neuron_ring *ring = NULL;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ring_from_id(&bed.ctx, 8, &ring), -ENOENT);
	assert_null(ring);
	assert_int_equal(neuron_ring_from_id(&bed.ctx, 9, &ring), 0);
	assert_int_equal(neuron_ring_id(ring), 9);
	assert_int_equal(neuron_ring_free_descriptors(ring), 77);
	assert_int_equal(neuron_ring_engine(ring), 4);
	assert_int_equal(neuron_ring_queue(ring), 2);
	assert_int_equal(neuron_ring_destroy(ring, 1000), 0);
	end(&bed);
}

static void transfers_arrive_as_given(void **state)
{
	struct neuron_transfer list[2] = {
		{ .src_mem = 3, .dst_mem = 4, .src_offset = 1ull << 40, .dst_offset = 7,
		  .length_bytes = 1ull << 33 },
		{ .src_mem = 4, .dst_mem = 3, .length_bytes = 1 },
	};
	static struct neuron_transfer many[NEURON_MAX_TRANSFERS + 3];
	struct neuron_transfer fill = { .dst_mem = 9, .length_bytes = 5, .pattern = 0xa5a5 };
	struct bed bed;
	uint32_t done;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ctx_copy(&bed.ctx, list, 2, 1000, &done), 0);
	assert_int_equal(done, 2);
	assert_memory_equal(bed.script.transfer, list, sizeof(list));
	bed.script.transfers = 0;
	assert_int_equal(neuron_ctx_fill(&bed.ctx, &fill, 1, 1000, NULL), 0);
	assert_memory_equal(bed.script.transfer, &fill, sizeof(fill));
	bed.script.transfer_requests = 0;
	assert_int_equal(neuron_ctx_copy(&bed.ctx, many, NEURON_MAX_TRANSFERS + 3, 1000, &done), 0);
	assert_int_equal(done, NEURON_MAX_TRANSFERS + 3);
	assert_int_equal(bed.script.transfer_requests, 2);
	assert_int_equal(neuron_ctx_copy(&bed.ctx, &fill, 1, 1000, &done), -EINVAL);
	assert_int_equal(neuron_ctx_copy(&bed.ctx, list, 0, 1000, &done), -EINVAL);
	assert_int_equal(bed.script.transfer_requests, 2);
	end(&bed);
}

static void a_failed_list_tells_how_far_it_came(void **state)
{
	struct neuron_transfer list[3] = { { .dst_mem = 1, .length_bytes = 1 } };
	struct bed bed;
	uint32_t done;

	(void)state;
	begin(&bed);
	bed.script.job = true;
	bed.script.job_error = -EIO;
	assert_int_equal(neuron_ctx_fill(&bed.ctx, list, 3, 1000, &done), -EIO);
	assert_int_equal(done, 1);
	end(&bed);
}

static void bad_lists_stay_at_home(void **state)
{
	struct neuron_entry entry = { .length_bytes = 4, .dst_device = 1 };
	struct neuron_ring *ring;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	assert_int_equal(neuron_ring_write(ring, &entry, 1, 0, NULL), -EINVAL);
	neuron_entry_to(&entry, NULL);
	entry.src_kind = 2;
	assert_int_equal(neuron_ring_write(ring, &entry, 1, 0, NULL), -EINVAL);
	entry.src_kind = 0;
	entry.dst_kind = 4;
	assert_int_equal(neuron_ring_write(ring, &entry, 1, 0, NULL), -EINVAL);
	entry.dst_kind = 0;
	assert_int_equal(neuron_ring_write(ring, &entry, 1, 4, NULL), -EINVAL);
	assert_int_equal(neuron_ring_write(ring, &entry, 0, 0, NULL), -EINVAL);
	assert_int_equal(bed.script.writes, 0);
	neuron_ring_destroy(ring, 1000);
	end(&bed);
}

static void long_lists_go_in_parts(void **state)
{
	static struct neuron_entry list[2 * NEURON_MAX_ENTRIES + 1];
	struct neuron_ring *ring;
	uint32_t written, i;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	for (i = 0; i < 2 * NEURON_MAX_ENTRIES + 1; i++)
		list[i] = (struct neuron_entry){
			.src_mem = 1, .dst_mem = 2, .length_bytes = 4, .flags = 3,
			.src_offset = i, .dst_offset = i,
		};
	assert_int_equal(neuron_ring_write(ring, list, 2 * NEURON_MAX_ENTRIES + 1, 0, &written), 0);
	assert_int_equal(written, 2 * NEURON_MAX_ENTRIES + 1);
	assert_int_equal(bed.script.writes, 3);
	assert_int_equal(bed.script.list_len[0], NEURON_MAX_ENTRIES);
	assert_int_equal(bed.script.list_len[2], 1);
	bed.script.refuse_at = (int)bed.script.entries + NEURON_MAX_ENTRIES + 7;
	assert_int_equal(neuron_ring_write(ring, list, 2 * NEURON_MAX_ENTRIES + 1, 0, &written),
			 -ERANGE);
	assert_int_equal(written, NEURON_MAX_ENTRIES + 7);
	assert_string_equal(neuron_last_error(&bed.fake.handle),
			    "ring-write: entry 519: Outside of the memory");
	neuron_ring_destroy(ring, 1000);
	end(&bed);
}

static void ack_waits_for_its_count(void **state)
{
	struct neuron_ring *ring;
	struct bed bed;

	(void)state;
	begin(&bed);
	assert_int_equal(neuron_ring_create(&bed.ctx, 64, NULL, &ring), 0);
	bed.script.finished = 5;
	assert_int_equal(neuron_ring_ack(ring, 4, NEURON_FOREVER), 4);
	assert_int_equal(bed.script.acks, 4);
	assert_int_equal(neuron_ring_free_descriptors(ring), 504);
	/* One is left of five. */
	assert_int_equal(neuron_ring_ack(ring, 2, 10), 1);
	assert_int_equal(bed.script.wait_us, 0);
	assert_int_equal(neuron_ring_ack(ring, 0, 10), 0);
	assert_int_equal(bed.script.wait_us, 0xffffffff);
	neuron_ring_destroy(ring, 1000);
	end(&bed);
}

static void foreign_files_are_refused(void **state)
{
	struct neuron_ctx *ctx = NULL;
	struct bed bed;
	int fds[2];

	(void)state;
	begin(&bed);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(neuron_ctx_open_fd(&bed.fake.handle, fds[0], &ctx), -EBADF);
	assert_int_equal(neuron_ctx_open_fd(&bed.fake.handle, -1, &ctx), -EBADF);
	assert_int_equal(neuron_ctx_open(&bed.fake.handle, 4000000000u, &ctx), -ENOENT);
	assert_non_null(strstr(neuron_last_error(&bed.fake.handle), "/dev/neuron4000000000"));
	assert_null(ctx);
	/* Still open: the library closed only its copy. */
	assert_int_equal(close(fds[0]), 0);
	close(fds[1]);
	end(&bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_work_is_one_request),
		cmocka_unit_test(job_is_awaited_and_freed),
		cmocka_unit_test(eventfd_that_stays_silent_does_not_hang),
		cmocka_unit_test(job_goes_on_after_the_time),
		cmocka_unit_test(next_job_is_about_one_call),
		cmocka_unit_test(lists_come_whole_and_in_order),
		cmocka_unit_test(time_limit_is_kept),
		cmocka_unit_test(failed_job_tells_why),
		cmocka_unit_test(values_come_in_order),
		cmocka_unit_test(entries_are_read_back),
		cmocka_unit_test(packets_go_to_the_kernel_in_one_piece),
		cmocka_unit_test(repairs_say_what_they_are_for),
		cmocka_unit_test(entries_arrive_as_given),
		cmocka_unit_test(a_ring_is_found_by_its_id),
		cmocka_unit_test(transfers_arrive_as_given),
		cmocka_unit_test(a_failed_list_tells_how_far_it_came),
		cmocka_unit_test(bad_lists_stay_at_home),
		cmocka_unit_test(long_lists_go_in_parts),
		cmocka_unit_test(ack_waits_for_its_count),
		cmocka_unit_test(foreign_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
