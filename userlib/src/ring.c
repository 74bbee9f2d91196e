// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rings: entries written, started and handed back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"
#include "ring.h"

/* An entry as attributes: a nest of at most three ids, three 64-bit values and flags. */
#define ENTRY_BYTES	88

struct neuron_ring {
	struct neuron_ctx *ctx;
	uint32_t id;
	uint32_t free;		/* descriptors, as last told */
	uint32_t eng_id, queue_id;
};

#define F(kind, attr, member) FIELD(kind, NEURON_A_RING_##attr, struct neuron_ring_info, member)

static const struct field ring_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, RING_ID, ring_id),
	F(FIELD_U32, DESCRIPTORS, descriptors),
	F(FIELD_STR, LABEL, label),
	F(FIELD_U32, STATE, state),
	F(FIELD_U32, ENG_ID, eng_id),
	F(FIELD_U32, QUEUE_ID, queue_id),
	F(FIELD_U32, FREE, free),
	F(FIELD_U64, WRITTEN, written),
	F(FIELD_U64, STARTED, started),
	F(FIELD_U64, FINISHED, finished),
	F(FIELD_U64, ACKED, acked),
	F(FIELD_U32, AXI_PORT, axi_port),
	F(FIELD_FLAG, COMPLETION, completion),
	F(FIELD_U64, FAILED, failed),
	F(FIELD_STR, LOST_TEXT, lost_text),
	F(FIELD_U32, KIND, kind),
	F(FIELD_U32, CHANNEL, channel),
};

static const struct field_table ring_table = FIELD_TABLE(ring_fields, struct neuron_ring_info);

NREQ_TELL(tell_ring, neuron_ring_fn)

/* Answer of ring-write, ring-start and ring-ack. */
struct ring_reply {
	uint64_t present;
	uint32_t done, error_index, count, free, job_id;
	int32_t error;
	char error_text[128];
};

#define R(kind, attr, member) FIELD(kind, NEURON_A_RING_##attr, struct ring_reply, member)

static const struct field reply_fields[] = {
	R(FIELD_U32, DONE, done),
	R(FIELD_S32, ERROR, error),
	R(FIELD_U32, ERROR_INDEX, error_index),
	R(FIELD_STR, ERROR_TEXT, error_text),
	R(FIELD_U32, COUNT, count),
	R(FIELD_U32, FREE, free),
	R(FIELD_U32, JOB_ID, job_id),
};

static const struct field_table reply_table = FIELD_TABLE(reply_fields, struct ring_reply);

static void begin(struct nreq *request, const struct neuron_ring *ring, uint32_t cmd,
		  size_t attrs_bytes)
{
	nreq_init(request, ring->ctx->handle, cmd, attrs_bytes);
	nreq_put_device(request, ring->ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(request, NEURON_A_RING_RING_ID, ring->id);
}

/**
 * neuron_ring_create() - make a ring
 * @ctx: context
 * @descriptors: per half, 32 to NEURON_MAX_RING_ENTRIES. A write costs one per
 *	64 KiB piece of each entry, and one more; 16 stay unused
 * @label: for people, may be NULL
 * @ring: the new ring, on no queue
 *
 * Return: 0 or a negative errno.
 */
int neuron_ring_create(struct neuron_ctx *ctx, uint32_t descriptors, const char *label,
		       struct neuron_ring **ring)
{
	struct neuron_ring_spec spec = { .descriptors = descriptors, .label = label };

	return neuron_ring_create_spec(ctx, &spec, sizeof(spec), -1, ring);
}

/*
 * struct creating - a ring in the making
 * @to: where it goes
 */
struct creating {
	struct neuron_ring_info info;
	struct neuron_ring *new, **to;
};

static int got_created(const struct nlmsghdr *hdr, void *arg)
{
	struct creating *creating = arg;

	return fields_parse(&ring_table, hdr, &creating->info);
}

/* How much is free in a ring that a job has made. */
static int refresh(struct neuron_ring *ring)
{
	struct neuron_batch *queue = nreq_pause(ring->ctx->handle);
	struct neuron_ring_info info;
	int err = neuron_ring_get(ring, &info, sizeof(info));

	ring->ctx->handle->queue = queue;
	if (!err)
		ring->free = info.free;
	return err;
}

static int end_create(const struct nreq_end *end, void *state)
{
	struct creating *creating = state;
	struct neuron_ring *new = creating->new;

	if (end->err) {
		free(new);
		return end->err;
	}
	new->id = end->job ? end->job->object_id : creating->info.ring_id;
	new->free = creating->info.free;
	*creating->to = new;
	return end->job ? refresh(new) : 0;
}

/**
 * neuron_ring_create_spec() - make a ring with all that can be asked for
 * @ctx: context
 * @spec: what it shall be
 * @size: sizeof(*spec)
 * @timeout_ms: limit for clearing device memory
 * @ring: the new ring, on no queue
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; -ENOSPC if the DRAM
 * channel is too full; another negative errno.
 */
int neuron_ring_create_spec(struct neuron_ctx *ctx, const struct neuron_ring_spec *spec,
			    size_t size, int timeout_ms, struct neuron_ring **ring)
{
	static const struct nreq_how how = {
		.got = got_created, .end = end_create, .state_bytes = sizeof(struct creating),
	};
	struct creating creating = { .new = calloc(1, sizeof(*creating.new)), .to = ring };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_RING_CREATE, 0);
	if (creating.new)
		creating.new->ctx = ctx;
	if (!creating.new)
		request.err = -ENOMEM;
	else if (size != sizeof(*spec) || spec->reserved || spec->completion > 1)
		request.err = -EINVAL;
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_RING_DESCRIPTORS, spec->descriptors);
	if (spec->label)
		nreq_put_string(&request, NEURON_A_RING_LABEL, spec->label);
	if (spec->axi_port)
		nreq_put_u32(&request, NEURON_A_RING_AXI_PORT, spec->axi_port);
	if (spec->completion)
		nreq_put_flag(&request, NEURON_A_RING_COMPLETION);
	if (spec->kind) {
		nreq_put_u32(&request, NEURON_A_RING_KIND, spec->kind);
		nreq_put_u32(&request, NEURON_A_RING_CHANNEL, spec->channel);
	}
	return job_call(ctx, &request, timeout_ms, &how, &creating);
}

/*
 * struct taking - a ring that exists already
 * @to: where it goes
 */
struct taking {
	struct neuron_ring_info info;
	struct neuron_ring *new, **to;
};

static int got_taken(const struct nlmsghdr *hdr, void *arg)
{
	struct taking *taking = arg;

	return fields_parse(&ring_table, hdr, &taking->info);
}

static int end_take(const struct nreq_end *end, void *state)
{
	struct taking *taking = state;
	struct neuron_ring *new = taking->new;

	if (end->err) {
		free(new);
		return end->err;
	}
	new->free = taking->info.free;
	new->eng_id = taking->info.eng_id;
	new->queue_id = taking->info.queue_id;
	*taking->to = new;
	return 0;
}

/**
 * neuron_ring_from_id() - take hold of a ring that exists in the context
 * @ctx: context
 * @ring_id: id, for example the object_id of the job that made it
 * @ring: its object; only one at a time should destroy the ring
 *
 * Return: 0, -ENOENT if there is no such ring, another negative errno.
 */
int neuron_ring_from_id(struct neuron_ctx *ctx, uint32_t ring_id, struct neuron_ring **ring)
{
	static const struct nreq_how how = {
		.got = got_taken, .end = end_take, .state_bytes = sizeof(struct taking),
	};
	struct taking taking = { .new = calloc(1, sizeof(*taking.new)), .to = ring };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_RING_GET, 0);
	if (taking.new)
		*taking.new = (struct neuron_ring){ .ctx = ctx, .id = ring_id };
	else
		request.err = -ENOMEM;
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_RING_RING_ID, ring_id);
	return nreq_call(&request, &how, &taking);
}

struct attaching {
	struct neuron_ring_info info;
	struct neuron_ring *ring;
};

static int got_attached(const struct nlmsghdr *hdr, void *arg)
{
	struct attaching *attaching = arg;

	return fields_parse(&ring_table, hdr, &attaching->info);
}

static int end_attach(const struct nreq_end *end, void *state)
{
	struct attaching *attaching = state;

	if (end->err)
		return end->err;
	if (!NEURON_HAS(&attaching->info, NEURON_A_RING_ENG_ID))
		return error_local(end->handle, end->cmd, -EBADMSG,
				   "the kernel answered without a reply");
	attaching->ring->eng_id = attaching->info.eng_id;
	attaching->ring->queue_id = attaching->info.queue_id;
	return 0;
}

static int attach(struct neuron_ring *ring, struct nreq *request)
{
	static const struct nreq_how how = {
		.got = got_attached, .end = end_attach, .state_bytes = sizeof(struct attaching),
	};
	struct attaching attaching = { .ring = ring };

	return nreq_call(request, &how, &attaching);
}

/**
 * neuron_ring_attach() - put a ring on a queue
 * @ring: detached ring
 * @eng_id: engine
 * @queue_id: queue of the engine
 *
 * Return: 0; -EBUSY if the ring is attached or the queue taken; -EPERM for a
 * queue of the driver's own; -ERANGE if there is no such queue; another
 * negative errno.
 */
int neuron_ring_attach(struct neuron_ring *ring, uint32_t eng_id, uint32_t queue_id)
{
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_ATTACH, 0);
	nreq_put_u32(&request, NEURON_A_RING_ENG_ID, eng_id);
	nreq_put_u32(&request, NEURON_A_RING_QUEUE_ID, queue_id);
	return attach(ring, &request);
}

/**
 * neuron_ring_attach_core() - put a ring on any free queue of a core
 * @ring: detached ring
 * @nc_id: core
 *
 * Return: 0 or a negative errno; neuron_ring_engine() and neuron_ring_queue()
 * tell which it became.
 */
int neuron_ring_attach_core(struct neuron_ring *ring, uint32_t nc_id)
{
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_ATTACH, 0);
	nreq_put_u32(&request, NEURON_A_RING_NC_ID, nc_id);
	return attach(ring, &request);
}

/**
 * neuron_entry_copy() - entry: copy memory to memory
 * @entry: filled
 * @dst: destination
 * @dst_offset: bytes from its start
 * @src: source
 * @src_offset: bytes from its start
 * @length_bytes: how much; the kernel splits what exceeds one descriptor
 */
void neuron_entry_copy(struct neuron_entry *entry, const struct neuron_mem *dst,
		       uint64_t dst_offset, const struct neuron_mem *src, uint64_t src_offset,
		       uint64_t length_bytes)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_ENTRY_SRC_MEM, .src_mem = neuron_mem_id(src),
		.src_offset = src_offset,
		.dst_kind = NEURON_ENTRY_DST_MEM, .dst_mem = neuron_mem_id(dst),
		.dst_offset = dst_offset, .length_bytes = length_bytes,
	};
}

/**
 * neuron_entry_store() - entry: store a 32-bit value to memory
 * @entry: filled
 * @dst: destination
 * @dst_offset: bytes from its start
 * @value: value
 */
void neuron_entry_store(struct neuron_entry *entry, const struct neuron_mem *dst,
			uint64_t dst_offset, uint32_t value)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_ENTRY_SRC_IMM, .imm = value,
		.dst_kind = NEURON_ENTRY_DST_MEM, .dst_mem = neuron_mem_id(dst),
		.dst_offset = dst_offset, .length_bytes = 4,
	};
}

/**
 * neuron_entry_event() - entry: write an event register
 * @entry: filled
 * @nc_id: core of the register
 * @event_id: register
 * @value: 0 or 1; only a change makes a record in a notification queue
 */
void neuron_entry_event(struct neuron_entry *entry, uint32_t nc_id, uint32_t event_id,
			uint32_t value)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_ENTRY_SRC_IMM, .imm = value,
		.dst_kind = NEURON_ENTRY_DST_EVENT, .dst_core = nc_id, .dst_event = event_id,
		.length_bytes = 4,
	};
}

/**
 * neuron_entry_semaphore() - entry: change a semaphore
 * @entry: filled
 * @nc_id: core of the semaphore
 * @semaphore_id: semaphore
 * @op: enum neuron_semaphore_op
 * @value: what it becomes, or what is added or taken away
 */
void neuron_entry_semaphore(struct neuron_entry *entry, uint32_t nc_id, uint32_t semaphore_id,
			    uint32_t op, uint32_t value)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_ENTRY_SRC_IMM, .imm = value,
		.dst_kind = NEURON_ENTRY_DST_SEMAPHORE, .dst_core = nc_id,
		.dst_event = semaphore_id, .dst_op = op, .length_bytes = 4,
	};
}

/**
 * neuron_entry_to() - turn the destination of an entry to a neighbouring card
 * @entry: filled by neuron_entry_copy(), _store(), _event() or _semaphore(), with
 *	memory of @ctx, of kind device, or a core of its card
 * @ctx: context of a card that is linked to that of the ring; it stays open until
 *	the entry is written
 *
 * The ring is stopped, and lost, when @ctx is closed, when its card is reset or
 * removed, or when the link goes down.
 */
void neuron_entry_to(struct neuron_entry *entry, const struct neuron_ctx *ctx)
{
	entry->dst_ctx = ctx;
	entry->dst_device = 0;
}

/**
 * neuron_entry_program() - entry: instructions for a core
 * @entry: filled
 * @nc_id: core, which the context has claimed
 * @src: where they are
 * @src_offset: bytes from its start, a multiple of 4
 * @length_bytes: how much, a multiple of 4
 */
void neuron_entry_program(struct neuron_entry *entry, uint32_t nc_id,
			  const struct neuron_mem *src, uint64_t src_offset,
			  uint64_t length_bytes)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_ENTRY_SRC_MEM, .src_mem = neuron_mem_id(src),
		.src_offset = src_offset,
		.dst_kind = NEURON_ENTRY_DST_FIFO, .dst_core = nc_id,
		.length_bytes = length_bytes,
	};
}

static void put_dst(struct nreq *request, const struct neuron_entry *entry)
{
	if (entry->dst_ctx)
		nreq_put_u32(request, NEURON_A_ENTRY_DST_CTX_FD, (uint32_t)entry->dst_ctx->fd);
	if (entry->dst_kind == NEURON_ENTRY_DST_MEM) {
		nreq_put_u32(request, NEURON_A_ENTRY_DST_MEM, entry->dst_mem);
		nreq_put_u64(request, NEURON_A_ENTRY_DST_OFFSET, entry->dst_offset);
		return;
	}
	nreq_put_u32(request, NEURON_A_ENTRY_DST_CORE, entry->dst_core);
	if (entry->dst_kind == NEURON_ENTRY_DST_EVENT) {
		nreq_put_u32(request, NEURON_A_ENTRY_DST_EVENT, entry->dst_event);
	} else if (entry->dst_kind == NEURON_ENTRY_DST_SEMAPHORE) {
		nreq_put_u32(request, NEURON_A_ENTRY_DST_SEMAPHORE, entry->dst_event);
		nreq_put_u32(request, NEURON_A_ENTRY_SEMAPHORE_OP, entry->dst_op);
	} else {
		nreq_put_flag(request, NEURON_A_ENTRY_DST_FIFO);
	}
}

/**
 * entry_put() - add an entry to a ring-write
 * @request: request
 * @entry: entry
 */
void entry_put(struct nreq *request, const struct neuron_entry *entry)
{
	struct nlattr *nest = nreq_nest_start(request, NEURON_A_RING_ENTRY);

	if (entry->src_kind == NEURON_ENTRY_SRC_IMM) {
		nreq_put_u32(request, NEURON_A_ENTRY_IMM, entry->imm);
	} else {
		nreq_put_u32(request, NEURON_A_ENTRY_SRC_MEM, entry->src_mem);
		nreq_put_u64(request, NEURON_A_ENTRY_SRC_OFFSET, entry->src_offset);
	}
	put_dst(request, entry);
	nreq_put_u64(request, NEURON_A_ENTRY_LENGTH, entry->length_bytes);
	if (entry->flags)
		nreq_put_u32(request, NEURON_A_ENTRY_FLAGS, entry->flags);
	nreq_nest_end(request, nest);
}

/*
 * struct moving - a write, a start or a handing back
 * @done: where it goes how many were written, or NULL
 * @first, @count: entries that are written, and the position of the first one
 */
struct moving {
	struct ring_reply reply;
	struct neuron_ring *ring;
	uint32_t *done;
	uint32_t first, count;
};

static int got_moved(const struct nlmsghdr *hdr, void *arg)
{
	struct moving *moving = arg;

	return fields_parse(&reply_table, hdr, &moving->reply);
}

static void note_free(const struct moving *moving)
{
	if (NEURON_HAS(&moving->reply, NEURON_A_RING_FREE))
		moving->ring->free = moving->reply.free;
}

static int end_write(const struct nreq_end *end, void *state)
{
	const struct moving *moving = state;
	const struct ring_reply *reply = &moving->reply;
	uint32_t done = 0;

	note_free(moving);
	if (!end->err)
		done = NEURON_HAS(reply, NEURON_A_RING_DONE) ? reply->done : moving->count;
	if (moving->done)
		*moving->done = done;
	if (!end->err && NEURON_HAS(reply, NEURON_A_RING_ERROR) && reply->error < 0)
		return error_partial(end->handle, end->cmd, reply->error,
				     moving->first + reply->error_index, reply->error_text);
	return end->err;
}

/* The time that is over is no failure. */
static int end_count(const struct nreq_end *end, void *state)
{
	const struct moving *moving = state;

	note_free(moving);
	if (end->err)
		return end->cmd == NEURON_CMD_RING_ACK && end->err == -ETIMEDOUT ? 0 : end->err;
	return (int)moving->reply.count;
}

/* One request; @first is the position of its entries in the caller's list. */
static int write_part(struct neuron_ring *ring, const struct neuron_entry *entries, uint32_t first,
		      uint32_t count, uint32_t flags, uint32_t *done)
{
	static const struct nreq_how how = {
		.got = got_moved, .end = end_write, .state_bytes = sizeof(struct moving),
	};
	struct moving moving = { .ring = ring, .done = done, .first = first, .count = count };
	struct nreq request;
	uint32_t i;

	begin(&request, ring, NEURON_CMD_RING_WRITE, 256 + (size_t)count * ENTRY_BYTES);
	for (i = 0; i < count; i++) {
		if (entries[i].dst_device || entries[i].src_kind > NEURON_ENTRY_SRC_IMM ||
		    entries[i].dst_kind > NEURON_ENTRY_DST_FIFO)
			request.err = request.err ? request.err : -EINVAL;
		else
			entry_put(&request, &entries[i]);
	}
	if (flags & NEURON_RING_START)
		nreq_put_flag(&request, NEURON_A_RING_START);
	/* Descriptors in device memory are on their way; that ends by itself. */
	return job_call(ring->ctx, &request, JOB_UNTIMED, &how, &moving);
}

/* Entries of a part: a packet goes to the kernel in one piece. */
static uint32_t part_of(const struct neuron_entry *entries, uint32_t count)
{
	uint32_t part = NEURON_MAX_ENTRIES;

	if (count <= NEURON_MAX_ENTRIES)
		return count;
	while (part > 1 && entries[part - 1].flags & NEURON_ENTRY_FLAG_MORE)
		part--;
	return part;
}

/**
 * neuron_ring_write() - write entries behind the last one
 * @ring: attached ring
 * @entries: list
 * @count: its length
 * @flags: NEURON_RING_START to start them too
 * @written: how many were written, may be NULL; also set when it fails
 *
 * Lists of more than NEURON_MAX_ENTRIES go to the kernel in parts. Entries with
 * NEURON_ENTRY_FLAG_MORE are one packet with the next one: written all or none.
 *
 * Return: 0; -ENOSPC if the ring is full; -ENOENT for an unknown memory; -ENOLINK
 * if no link leads to the card of neuron_entry_to(); -ENOTCONN if the ring is not
 * attached, or was lost;
 * -EOVERFLOW or -ERANGE for a range that wraps or lies outside; -EINVAL for an
 * entry that makes no sense or a packet without an end; -E2BIG for a packet that is
 * too large; another negative errno.
 */
int neuron_ring_write(struct neuron_ring *ring, const struct neuron_entry *entries, uint32_t count,
		      uint32_t flags, uint32_t *written)
{
	uint32_t total = 0, part, done;
	int err = 0;

	if (written)
		*written = 0;
	if (!count || flags & ~NEURON_RING_START)
		return error_local(ring->ctx->handle, NEURON_CMD_RING_WRITE, -EINVAL,
				   count ? "unknown flag" : "no entries");
	if (ring->ctx->handle->queue)
		return count <= NEURON_MAX_ENTRIES ?
		       write_part(ring, entries, 0, count, flags, written) :
		       nreq_too_long(ring->ctx, NEURON_CMD_RING_WRITE);
	while (!err && total < count) {
		part = part_of(entries + total, count - total);
		err = write_part(ring, entries + total, total, part, flags, &done);
		total += done;
		if (!err && done < part)
			err = error_local(ring->ctx->handle, NEURON_CMD_RING_WRITE, -EBADMSG,
					  "fewer entries were written than asked for");
	}
	if (written)
		*written = total;
	return err;
}

static const struct nreq_how count_how = {
	.got = got_moved, .end = end_count, .state_bytes = sizeof(struct moving),
};

/**
 * neuron_ring_start() - start written entries
 * @ring: attached ring
 * @count: how many; 0 for all that are written
 *
 * Return: how many were started; -ERANGE for more than are written; another
 * negative errno.
 */
int neuron_ring_start(struct neuron_ring *ring, uint32_t count)
{
	struct moving moving = { .ring = ring };
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_START, 0);
	if (count)
		nreq_put_u32(&request, NEURON_A_RING_COUNT, count);
	return job_call(ring->ctx, &request, JOB_UNTIMED, &count_how, &moving);
}

static int ack_once(struct neuron_ring *ring, uint32_t count, uint32_t wait_us)
{
	struct moving moving = { .ring = ring };
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_ACK, 0);
	if (count) {
		nreq_put_u32(&request, NEURON_A_RING_COUNT, count);
		nreq_put_u32(&request, NEURON_A_RING_WAIT_US, wait_us);
	}
	return nreq_call(&request, &count_how, &moving);
}

/**
 * neuron_ring_ack() - hand finished entries back
 * @ring: attached ring
 * @count: how many to wait for; 0 for all that are finished now, without waiting
 * @timeout_ms: limit of the wait for @count
 *
 * The kernel waits in steps of a few milliseconds; in between other requests
 * get their turn.
 *
 * Return: how many were handed back, fewer than @count if the time was over;
 * -ERANGE for more than are started and not handed back; another negative
 * errno.
 */
int neuron_ring_ack(struct neuron_ring *ring, uint32_t count, int timeout_ms)
{
	uint64_t start_ms = now_ms(), spent_ms;
	uint32_t acked = 0, wait_us;
	int ret;

	if (!count || ring->ctx->handle->queue)
		return ack_once(ring, count, 0);
	for (;;) {
		spent_ms = now_ms() - start_ms;
		wait_us = NEURON_DEFAULT_WAIT_US;
		if (timeout_ms >= 0 && spent_ms >= (uint64_t)timeout_ms)
			wait_us = 0;
		ret = ack_once(ring, count - acked, wait_us);
		if (ret < 0)
			return ret;
		acked += (uint32_t)ret;
		if (acked >= count || !wait_us)
			return (int)acked;
	}
}

#define E(kind, attr, member) FIELD(kind, NEURON_A_ENTRY_##attr, struct seen, member)

/* An entry as the kernel tells it. */
struct seen {
	uint64_t present;
	uint64_t src_offset, dst_offset, length;
	uint32_t src_mem, imm, dst_mem, dst_event, dst_core, dst_semaphore, op, flags, state;
	uint32_t dst_index;
};

static const struct field seen_fields[] = {
	E(FIELD_U32, SRC_MEM, src_mem),
	E(FIELD_U64, SRC_OFFSET, src_offset),
	E(FIELD_U32, IMM, imm),
	E(FIELD_U32, DST_MEM, dst_mem),
	E(FIELD_U64, DST_OFFSET, dst_offset),
	E(FIELD_U32, DST_EVENT, dst_event),
	E(FIELD_U32, DST_CORE, dst_core),
	E(FIELD_U64, LENGTH, length),
	E(FIELD_U32, FLAGS, flags),
	E(FIELD_U32, DST_SEMAPHORE, dst_semaphore),
	E(FIELD_U32, SEMAPHORE_OP, op),
	E(FIELD_U32, STATE, state),
	E(FIELD_U32, DST_DEV_INDEX, dst_index),
};

static const struct field_table seen_table = FIELD_TABLE(seen_fields, struct seen);

static void entry_of(struct neuron_entry *entry, const struct seen *seen)
{
	*entry = (struct neuron_entry){
		.src_kind = NEURON_HAS(seen, NEURON_A_ENTRY_SRC_MEM) ? NEURON_ENTRY_SRC_MEM :
			    NEURON_ENTRY_SRC_IMM,
		.src_mem = seen->src_mem, .src_offset = seen->src_offset, .imm = seen->imm,
		.dst_kind = NEURON_ENTRY_DST_FIFO,
		.dst_mem = seen->dst_mem, .dst_offset = seen->dst_offset,
		.dst_core = seen->dst_core, .dst_event = seen->dst_event,
		.length_bytes = seen->length, .flags = seen->flags,
		.dst_device = NEURON_HAS(seen, NEURON_A_ENTRY_DST_DEV_INDEX) ?
			      seen->dst_index + 1 : 0,
	};
	if (NEURON_HAS(seen, NEURON_A_ENTRY_DST_MEM)) {
		entry->dst_kind = NEURON_ENTRY_DST_MEM;
	} else if (NEURON_HAS(seen, NEURON_A_ENTRY_DST_EVENT)) {
		entry->dst_kind = NEURON_ENTRY_DST_EVENT;
	} else if (NEURON_HAS(seen, NEURON_A_ENTRY_DST_SEMAPHORE)) {
		entry->dst_kind = NEURON_ENTRY_DST_SEMAPHORE;
		entry->dst_event = seen->dst_semaphore;
		entry->dst_op = seen->op;
	}
}

/* What a ring-read fills. */
struct reading {
	uint64_t *first;
	struct neuron_entry *entries;
	uint32_t *states;
	uint32_t room, count;
};

static int got_entries(const struct nlmsghdr *hdr, void *arg)
{
	struct reading *reading = arg;
	struct nlattr *attr;
	struct seen seen;
	int err, rem;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)hdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == NEURON_A_RING_FIRST && nla_len(attr) == sizeof(uint64_t))
			*reading->first = nla_get_u64(attr);
		if (nla_type(attr) != NEURON_A_RING_ENTRY || reading->count == reading->room)
			continue;
		err = fields_parse_attrs(&seen_table, nla_data(attr), nla_len(attr), &seen);
		if (err)
			return err;
		entry_of(&reading->entries[reading->count], &seen);
		if (reading->states)
			reading->states[reading->count] = seen.state;
		reading->count++;
	}
	return 0;
}

static int end_read(const struct nreq_end *end, void *state)
{
	const struct reading *reading = state;

	return end->err ? end->err : (int)reading->count;
}

/**
 * neuron_ring_read() - entries as they were given, and how far they are
 * @ring: ring
 * @first: number of the first one to read, counted since the ring was attached; set
 *	to that of the first one that is told: what was handed back is gone
 * @entries: filled; dst_ctx is NULL: of another card only the index is told, in
 *	dst_device, and neuron_entry_to() has to name a context before such an entry
 *	can be written again
 * @states: filled with enum neuron_entry_state, or NULL
 * @count: room for so many; the kernel tells NEURON_MAX_READ_ENTRIES at most
 *
 * Return: how many were read, 0 behind the last one; or a negative errno.
 */
int neuron_ring_read(struct neuron_ring *ring, uint64_t *first, struct neuron_entry *entries,
		     uint32_t *states, uint32_t count)
{
	static const struct nreq_how how = {
		.got = got_entries, .end = end_read, .state_bytes = sizeof(struct reading),
	};
	struct reading reading = {
		.first = first, .entries = entries, .states = states, .room = count,
	};
	struct nreq request;

	if (!count)
		return 0;
	begin(&request, ring, NEURON_CMD_RING_READ, 0);
	nreq_put_u64(&request, NEURON_A_RING_FIRST, *first);
	nreq_put_u32(&request, NEURON_A_RING_COUNT, count);
	return nreq_call(&request, &how, &reading);
}

/**
 * neuron_ring_detach() - stop a ring and take it off its queue
 * @ring: attached ring
 * @timeout_ms: limit
 *
 * Entries that are not finished are dropped.
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_ring_detach(struct neuron_ring *ring, int timeout_ms)
{
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_DETACH, 0);
	return job_order(ring->ctx, &request, timeout_ms);
}

static int end_destroy(const struct nreq_end *end, void *state)
{
	free(*(struct neuron_ring **)state);
	return end->err;
}

/**
 * neuron_ring_destroy() - stop a ring and give everything back
 * @ring: ring or NULL; gone afterwards, whatever is returned
 * @timeout_ms: limit
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_ring_destroy(struct neuron_ring *ring, int timeout_ms)
{
	static const struct nreq_how how = {
		.end = end_destroy, .state_bytes = sizeof(struct neuron_ring *),
	};
	struct nreq request;

	if (!ring)
		return 0;
	begin(&request, ring, NEURON_CMD_RING_DESTROY, 0);
	return job_call(ring->ctx, &request, timeout_ms, &how, &ring);
}

/**
 * neuron_ring_get() - what the kernel knows of a ring
 * @ring: ring
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_ring_get(struct neuron_ring *ring, struct neuron_ring_info *info, size_t size)
{
	struct nreq request;

	begin(&request, ring, NEURON_CMD_RING_GET, 0);
	return nreq_get(&request, &ring_table, info, size);
}

/**
 * neuron_ring_id() - id of a ring within its context
 * @ring: ring
 *
 * Return: the id.
 */
uint32_t neuron_ring_id(const struct neuron_ring *ring)
{
	return ring->id;
}

/**
 * neuron_ring_free_descriptors() - room in a ring, as the kernel told last
 * @ring: ring
 *
 * Return: descriptors that could still be written after the last write, start
 * or ack.
 */
uint32_t neuron_ring_free_descriptors(const struct neuron_ring *ring)
{
	return ring->free;
}

/**
 * neuron_ring_engine() - engine that a ring was attached to last
 * @ring: ring
 *
 * Return: the engine.
 */
uint32_t neuron_ring_engine(const struct neuron_ring *ring)
{
	return ring->eng_id;
}

/**
 * neuron_ring_queue() - queue that a ring was attached to last
 * @ring: ring
 *
 * Return: the queue of neuron_ring_engine().
 */
uint32_t neuron_ring_queue(const struct neuron_ring *ring)
{
	return ring->queue_id;
}

static int ring_list(struct neuron_handle *handle, int fd, int index, neuron_ring_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_RING_GET, .fd = fd, .index = index,
		.table = &ring_table, .tell = tell_ring, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_ring_list() - rings of every context that the caller may see
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per ring
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ring_list(struct neuron_handle *handle, int index, neuron_ring_fn fn, void *arg)
{
	return ring_list(handle, -1, index, fn, arg);
}

/**
 * neuron_ctx_rings() - rings of a context
 * @ctx: context
 * @fn: called per ring
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ctx_rings(struct neuron_ctx *ctx, neuron_ring_fn fn, void *arg)
{
	return ring_list(ctx->handle, ctx->fd, NEURON_ALL_DEVICES, fn, arg);
}
