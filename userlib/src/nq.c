// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Notification queues.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "error.h"
#include "job.h"
#include "nqread.h"

/* The card may have no interrupt: look, then look again after growing naps. */
#define WAIT_LOOKS	2000
#define WAIT_NAP_MIN_NS	20000
#define WAIT_NAP_MAX_NS	1000000
#define WAIT_CHECK_MS	100

/*
 * struct neuron_nq - a notification queue of a context
 * @addr: where it is mapped, NULL if it is not
 */
struct neuron_nq {
	struct neuron_ctx *ctx;
	uint64_t mmap_offset;
	void *addr;
	struct nq_reader reader;
	uint32_t size_bytes;
	uint32_t id;
};

#define F(kind, attr, member) FIELD(kind, NEURON_A_NQ_##attr, struct neuron_nq_info, member)

static const struct field nq_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, NQ_ID, nq_id),
	F(FIELD_U32, NC_ID, nc_id),
	F(FIELD_U32, NQ_TYPE, nq_type),
	F(FIELD_U32, NQ_ENG, nq_eng),
	F(FIELD_U32, SIZE, size_bytes),
	F(FIELD_U64, MMAP_OFFSET, mmap_offset),
	F(FIELD_U32, MAPPINGS, mappings),
	F(FIELD_U32, STATE, state),
	F(FIELD_U32, HEAD, head),
};

static const struct field_table nq_table = FIELD_TABLE(nq_fields, struct neuron_nq_info);

NREQ_TELL(tell_nq, neuron_nq_fn)

static void begin(struct nreq *request, const struct neuron_nq *nq, uint32_t cmd)
{
	nreq_init(request, nq->ctx->handle, cmd, 0);
	nreq_put_device(request, nq->ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(request, NEURON_A_NQ_NQ_ID, nq->id);
}

/*
 * struct creating - a queue in the making
 * @to: where it goes
 */
struct creating {
	struct neuron_nq_info info;
	struct neuron_nq *new, **to;
};

static int got_created(const struct nlmsghdr *hdr, void *arg)
{
	struct creating *creating = arg;

	return fields_parse(&nq_table, hdr, &creating->info);
}

static int end_create(const struct nreq_end *end, void *state)
{
	struct creating *creating = state;
	struct neuron_nq *new = creating->new;
	int err = end->err;

	if (!err && !NEURON_HAS(&creating->info, NEURON_A_NQ_NQ_ID))
		err = error_local(end->handle, end->cmd, -EBADMSG,
				  "the kernel answered without a reply");
	if (err) {
		free(new);
		return err;
	}
	new->id = creating->info.nq_id;
	new->size_bytes = creating->info.size_bytes;
	new->mmap_offset = creating->info.mmap_offset;
	*creating->to = new;
	return 0;
}

/**
 * neuron_nq_create_eventfd() - make a notification queue that tells of its records
 * @ctx: context
 * @nc_id: core
 * @nq_type: enum neuron_nq_type
 * @nq_eng: engine instance for trace and notify queues, else 0
 * @size_bytes: a power of two, NEURON_MIN_NQ_BYTES to NEURON_MAX_NQ_BYTES
 * @eventfd: descriptor that the kernel raises when records were written, or -1; it
 *	stays the caller's, who may close it
 * @nq: the new queue
 *
 * Return: 0; -EBUSY if this queue of the core exists; -EBADF or -EINVAL for what is
 * no eventfd; another negative errno.
 */
int neuron_nq_create_eventfd(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t nq_type,
			     uint32_t nq_eng, uint32_t size_bytes, int eventfd,
			     struct neuron_nq **nq)
{
	static const struct nreq_how how = {
		.got = got_created, .end = end_create, .state_bytes = sizeof(struct creating),
	};
	struct creating creating = { .new = calloc(1, sizeof(*creating.new)), .to = nq };
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_NQ_CREATE, 0);
	if (creating.new)
		creating.new->ctx = ctx;
	else
		request.err = -ENOMEM;
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_NQ_NC_ID, nc_id);
	nreq_put_u32(&request, NEURON_A_NQ_NQ_TYPE, nq_type);
	nreq_put_u32(&request, NEURON_A_NQ_NQ_ENG, nq_eng);
	nreq_put_u32(&request, NEURON_A_NQ_SIZE, size_bytes);
	if (eventfd >= 0)
		nreq_put_u32(&request, NEURON_A_NQ_EVENTFD, (uint32_t)eventfd);
	return nreq_call(&request, &how, &creating);
}

/**
 * neuron_nq_create() - make a notification queue
 * @ctx: context
 * @nc_id: core
 * @nq_type: enum neuron_nq_type
 * @nq_eng: engine instance for trace and notify queues, else 0
 * @size_bytes: a power of two, NEURON_MIN_NQ_BYTES to NEURON_MAX_NQ_BYTES
 * @nq: the new queue
 *
 * Return: 0; -EBUSY if this queue of the core exists; another negative errno.
 */
int neuron_nq_create(struct neuron_ctx *ctx, uint32_t nc_id, uint32_t nq_type, uint32_t nq_eng,
		     uint32_t size_bytes, struct neuron_nq **nq)
{
	return neuron_nq_create_eventfd(ctx, nc_id, nq_type, nq_eng, size_bytes, -1, nq);
}

/**
 * neuron_nq_map() - map a queue, which poll and wait need
 * @nq: queue
 * @addr: where it is, read-only; the same at every call; may be NULL
 *
 * Return: 0 or a negative errno.
 */
int neuron_nq_map(struct neuron_nq *nq, const void **addr)
{
	void *map;

	if (!nq->addr) {
		map = mmap(NULL, nq->size_bytes, PROT_READ, MAP_SHARED, nq->ctx->fd,
			   (off_t)nq->mmap_offset);
		if (map == MAP_FAILED)
			return error_local(nq->ctx->handle, 0, -errno, NULL);
		nq->addr = map;
		nq_reader_init(&nq->reader, map, nq->size_bytes);
	}
	if (addr)
		*addr = nq->addr;
	return 0;
}

/**
 * neuron_nq_poll() - take the records that are there
 * @nq: mapped queue
 * @records: filled
 * @max: room in @records
 *
 * Makes no system call.
 *
 * Return: how many there were, 0 for none; -EOVERFLOW once if records were
 * lost; -EINVAL if the queue is not mapped.
 */
int neuron_nq_poll(struct neuron_nq *nq, struct neuron_nq_record *records, unsigned int max)
{
	int n;

	if (!nq->addr)
		return error_local(nq->ctx->handle, 0, -EINVAL, "the queue is not mapped");
	n = nq_reader_take(&nq->reader, records, max);
	if (n < 0)
		return error_local(nq->ctx->handle, 0, n,
				   "the card overwrote records that were not read in time");
	return n;
}

static void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
#endif
}

/* A queue that is lost gets no more records: do not wait for them. */
static int check_alive(struct neuron_nq *nq)
{
	struct neuron_batch *queue = nreq_pause(nq->ctx->handle);
	struct neuron_nq_info info;
	int err = neuron_nq_get(nq, &info, sizeof(info));

	nq->ctx->handle->queue = queue;
	if (!err && info.state == NEURON_NQ_STATE_LOST)
		err = error_local(nq->ctx->handle, 0, -ECANCELED,
				  "the queue was lost by a reset or removal of the card");
	return err;
}

static int nap_until_record(struct neuron_nq *nq, struct neuron_nq_record *records,
			    unsigned int max, int timeout_ms)
{
	struct timespec nap = { .tv_nsec = WAIT_NAP_MIN_NS };
	uint64_t start_ms = now_ms(), checked_ms = start_ms, time_ms;
	int n;

	for (;;) {
		time_ms = now_ms();
		n = neuron_nq_poll(nq, records, max);
		if (n || (timeout_ms >= 0 && time_ms - start_ms >= (uint64_t)timeout_ms))
			return n ? n : -ETIMEDOUT;
		if (time_ms - checked_ms >= WAIT_CHECK_MS) {
			checked_ms = time_ms;
			n = check_alive(nq);
			if (n)
				return n;
		}
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < WAIT_NAP_MAX_NS / 2)
			nap.tv_nsec *= 2;
	}
}

/**
 * neuron_nq_wait() - wait for records and take them
 * @nq: mapped queue
 * @records: filled
 * @max: room in @records, at least 1
 * @timeout_ms: limit
 *
 * Makes no system call while records are there or come at once; then naps.
 *
 * Return: how many there were; -ETIMEDOUT for none; -EOVERFLOW once if records
 * were lost; -ECANCELED or -ENODEV if the card took the queue away; another
 * negative errno.
 */
int neuron_nq_wait(struct neuron_nq *nq, struct neuron_nq_record *records, unsigned int max,
		   int timeout_ms)
{
	int looks, n;

	for (looks = 0; looks < WAIT_LOOKS; looks++) {
		n = neuron_nq_poll(nq, records, max);
		if (n)
			return n;
		if (!timeout_ms)
			break;
		pause_cpu();
	}
	n = nap_until_record(nq, records, max, timeout_ms);
	if (n == -ETIMEDOUT)
		error_local(nq->ctx->handle, 0, n, "no notification came in time");
	return n;
}

/**
 * neuron_nq_ack() - tell the card how far the queue was read
 * @nq: mapped queue
 *
 * From the first call on the card drops records rather than overwriting what
 * was not read, so it has to be called again before the queue is full.
 *
 * Return: 0 or a negative errno.
 */
int neuron_nq_ack(struct neuron_nq *nq)
{
	struct nreq request;

	begin(&request, nq, NEURON_CMD_NQ_ACK);
	nreq_put_u32(&request, NEURON_A_NQ_HEAD,
		     nq->reader.pos * (uint32_t)sizeof(struct neuron_nq_record));
	return nreq_order(&request);
}

static int end_destroy(const struct nreq_end *end, void *state)
{
	free(*(struct neuron_nq **)state);
	return end->err;
}

/**
 * neuron_nq_destroy() - unmap and give up a queue
 * @nq: queue or NULL; gone afterwards, whatever is returned
 * @timeout_ms: limit
 *
 * Return: 0; -ETIMEDOUT or -EINPROGRESS if it goes on as a job; another
 * negative errno.
 */
int neuron_nq_destroy(struct neuron_nq *nq, int timeout_ms)
{
	static const struct nreq_how how = {
		.end = end_destroy, .state_bytes = sizeof(struct neuron_nq *),
	};
	struct nreq request;

	if (!nq)
		return 0;
	if (nq->addr)
		munmap(nq->addr, nq->size_bytes);
	begin(&request, nq, NEURON_CMD_NQ_DESTROY);
	return job_call(nq->ctx, &request, timeout_ms, &how, &nq);
}

/**
 * neuron_nq_get() - what the kernel knows of a queue
 * @nq: queue
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_nq_get(struct neuron_nq *nq, struct neuron_nq_info *info, size_t size)
{
	struct nreq request;

	begin(&request, nq, NEURON_CMD_NQ_GET);
	return nreq_get(&request, &nq_table, info, size);
}

/**
 * neuron_nq_id() - id of a queue within its context
 * @nq: queue
 *
 * Return: the id.
 */
uint32_t neuron_nq_id(const struct neuron_nq *nq)
{
	return nq->id;
}

/**
 * neuron_nq_records_read() - how many records were taken so far
 * @nq: queue
 *
 * Return: records.
 */
uint64_t neuron_nq_records_read(const struct neuron_nq *nq)
{
	return nq->reader.taken;
}

/**
 * neuron_nq_overruns() - how often records were lost so far
 * @nq: queue
 *
 * Return: number of losses that poll and wait reported, of at least one record
 * each.
 */
uint32_t neuron_nq_overruns(const struct neuron_nq *nq)
{
	return nq->reader.overruns;
}

static int nq_list(struct neuron_handle *handle, int fd, int index, neuron_nq_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_NQ_GET, .fd = fd, .index = index,
		.table = &nq_table, .tell = tell_nq, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_nq_list() - queues of every context that the caller may see
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per queue
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_nq_list(struct neuron_handle *handle, int index, neuron_nq_fn fn, void *arg)
{
	return nq_list(handle, -1, index, fn, arg);
}

/**
 * neuron_ctx_nqs() - queues of a context
 * @ctx: context
 * @fn: called per queue
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ctx_nqs(struct neuron_ctx *ctx, neuron_nq_fn fn, void *arg)
{
	return nq_list(ctx->handle, ctx->fd, NEURON_ALL_DEVICES, fn, arg);
}
