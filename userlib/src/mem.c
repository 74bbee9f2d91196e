// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that the card reaches.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "error.h"
#include "job.h"

/*
 * struct neuron_mem - a memory of a context
 * @addr: where it is mapped, NULL if it is not
 */
struct neuron_mem {
	struct neuron_ctx *ctx;
	uint64_t size_bytes;
	uint64_t mmap_offset;
	void *addr;
	uint32_t id;
	bool mappable;
};

#define F(kind, attr, member) FIELD(kind, NEURON_A_MEM_##attr, struct neuron_mem_info, member)

static const struct field mem_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, MEM_ID, mem_id),
	F(FIELD_U32, KIND, kind),
	F(FIELD_U64, SIZE, size_bytes),
	F(FIELD_U32, CHANNEL, channel),
	F(FIELD_STR, LABEL, label),
	F(FIELD_U64, MMAP_OFFSET, mmap_offset),
	F(FIELD_U32, MAPPINGS, mappings),
	F(FIELD_U32, USERS, users),
	F(FIELD_FLAG, CONTENT_LOST, content_lost),
	F(FIELD_U32, REGION, region),
	F(FIELD_U32, NC_ID, nc_id),
};

static const struct field_table mem_table = FIELD_TABLE(mem_fields, struct neuron_mem_info);

NREQ_TELL(tell_mem, neuron_mem_fn)

/*
 * struct taking - a memory that somebody wants to take hold of
 * @info: what the kernel tells of it
 * @new: the object in the making
 * @to: where it goes
 */
struct taking {
	struct neuron_mem_info info;
	struct neuron_mem *new, **to;
};

static int got_mem(const struct nlmsghdr *hdr, void *arg)
{
	struct taking *taking = arg;

	return fields_parse(&mem_table, hdr, &taking->info);
}

/* From the answer, or from the job that it became. */
static int take(const struct nreq_end *end, struct taking *taking)
{
	const struct neuron_mem_info *info = &taking->info;
	const struct neuron_job_info *job = end->job;
	struct neuron_mem *mem = taking->new;
	bool told;

	if (end->err)
		return end->err;
	if (job) {
		mem->id = job->object_id;
		mem->size_bytes = job->size_bytes;
		mem->mmap_offset = job->mmap_offset;
		mem->mappable = NEURON_HAS(job, NEURON_A_JOB_MMAP_OFFSET);
		told = NEURON_HAS(job, NEURON_A_JOB_OBJECT_ID);
	} else {
		mem->id = info->mem_id;
		mem->size_bytes = info->size_bytes;
		mem->mmap_offset = info->mmap_offset;
		mem->mappable = NEURON_HAS(info, NEURON_A_MEM_MMAP_OFFSET);
		told = NEURON_HAS(info, NEURON_A_MEM_MEM_ID);
	}
	return told ? 0 : error_local(end->handle, end->cmd, -EBADMSG, NULL);
}

static int end_take(const struct nreq_end *end, void *state)
{
	struct taking *taking = state;
	int err = take(end, taking);

	if (err)
		free(taking->new);
	else
		*taking->to = taking->new;
	return err;
}

static const struct nreq_how take_how = {
	.got = got_mem, .end = end_take, .state_bytes = sizeof(struct taking),
};

static void begin_take(struct taking *taking, struct neuron_ctx *ctx, struct nreq *request,
		       struct neuron_mem **mem)
{
	*taking = (struct taking){ .new = calloc(1, sizeof(*taking->new)), .to = mem };
	if (taking->new)
		taking->new->ctx = ctx;
	else
		request->err = -ENOMEM;
}

/* Sends @request, to which the size and the label are still to be added. */
static int alloc_mem(struct neuron_ctx *ctx, struct nreq *request, uint64_t size_bytes,
		     const char *label, int timeout_ms, struct neuron_mem **mem)
{
	struct taking taking;

	begin_take(&taking, ctx, request, mem);
	nreq_put_device(request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u64(request, NEURON_A_MEM_SIZE, size_bytes);
	if (label)
		nreq_put_string(request, NEURON_A_MEM_LABEL, label);
	return job_call(ctx, request, timeout_ms, &take_how, &taking);
}

/**
 * neuron_mem_alloc_host() - allocate host memory that the card can reach
 * @ctx: context
 * @size_bytes: size, rounded up to pages
 * @label: for people, may be NULL
 * @timeout_ms: limit
 * @mem: the new memory, cleared
 *
 * If it goes on as a job (see neuron_ctx_last_job()), neuron_job_wait() gives
 * the id for neuron_mem_from_id().
 *
 * Return: 0 or a negative errno.
 */
int neuron_mem_alloc_host(struct neuron_ctx *ctx, uint64_t size_bytes, const char *label,
			  int timeout_ms, struct neuron_mem **mem)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_MEM_ALLOC, 0);
	nreq_put_u32(&request, NEURON_A_MEM_KIND, NEURON_MEM_KIND_HOST);
	return alloc_mem(ctx, &request, size_bytes, label, timeout_ms, mem);
}

/**
 * neuron_mem_alloc_device() - allocate DRAM of the card
 * @ctx: context
 * @size_bytes: size, rounded up to the allocator's granule
 * @channel: DRAM channel
 * @align_bytes: a power of two; 0 for the kernel's default
 * @label: for people, may be NULL
 * @timeout_ms: limit
 * @mem: the new memory, cleared
 *
 * Return: 0 or a negative errno.
 */
int neuron_mem_alloc_device(struct neuron_ctx *ctx, uint64_t size_bytes, uint32_t channel,
			    uint64_t align_bytes, const char *label, int timeout_ms,
			    struct neuron_mem **mem)
{
	struct neuron_mem_place place = {
		.channel = channel, .region = NEURON_ANY_PLACE, .nc_id = NEURON_ANY_PLACE,
		.align_bytes = align_bytes,
	};

	return neuron_mem_alloc_place(ctx, size_bytes, &place, label, timeout_ms, mem);
}

/**
 * neuron_mem_alloc_place() - allocate DRAM of the card in a certain place
 * @ctx: context
 * @size_bytes: size, rounded up to the allocator's granule
 * @place: where; its members may be NEURON_ANY_PLACE
 * @label: for people, may be NULL
 * @timeout_ms: limit
 * @mem: the new memory, cleared
 *
 * A core has a channel and a region of its own as long as others keep to theirs;
 * any core reaches all DRAM.
 *
 * Return: 0; -EINVAL for a place that there is not, and for a region that is not
 * the core's; another negative errno.
 */
int neuron_mem_alloc_place(struct neuron_ctx *ctx, uint64_t size_bytes,
			   const struct neuron_mem_place *place, const char *label,
			   int timeout_ms, struct neuron_mem **mem)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_MEM_ALLOC, 0);
	nreq_put_u32(&request, NEURON_A_MEM_KIND, NEURON_MEM_KIND_DEVICE);
	if (place->channel != NEURON_ANY_PLACE)
		nreq_put_u32(&request, NEURON_A_MEM_CHANNEL, place->channel);
	if (place->region != NEURON_ANY_PLACE)
		nreq_put_u32(&request, NEURON_A_MEM_REGION, place->region);
	if (place->nc_id != NEURON_ANY_PLACE)
		nreq_put_u32(&request, NEURON_A_MEM_NC_ID, place->nc_id);
	if (place->align_bytes)
		nreq_put_u64(&request, NEURON_A_MEM_ALIGN, place->align_bytes);
	return alloc_mem(ctx, &request, size_bytes, label, timeout_ms, mem);
}

static void begin_get(struct nreq *request, struct neuron_ctx *ctx, uint32_t mem_id)
{
	nreq_init(request, ctx->handle, NEURON_CMD_MEM_GET, 0);
	nreq_put_device(request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(request, NEURON_A_MEM_MEM_ID, mem_id);
}

/**
 * neuron_mem_from_id() - take hold of a memory that exists in the context
 * @ctx: context
 * @mem_id: id
 * @mem: its object; only one at a time should free the id
 *
 * Return: 0, -ENOENT if there is no such id, another negative errno.
 */
int neuron_mem_from_id(struct neuron_ctx *ctx, uint32_t mem_id, struct neuron_mem **mem)
{
	struct taking taking;
	struct nreq request;

	begin_get(&request, ctx, mem_id);
	begin_take(&taking, ctx, &request, mem);
	return nreq_call(&request, &take_how, &taking);
}

static int end_free(const struct nreq_end *end, void *state)
{
	free(*(struct neuron_mem **)state);
	return end->err;
}

/**
 * neuron_mem_free() - unmap and give up a memory
 * @mem: memory or NULL; gone afterwards, also when the kernel refuses
 *
 * Descriptors that name it keep the memory itself alive.
 *
 * Return: 0 or a negative errno.
 */
int neuron_mem_free(struct neuron_mem *mem)
{
	static const struct nreq_how how_free = {
		.end = end_free, .state_bytes = sizeof(struct neuron_mem *),
	};
	struct nreq request;

	if (!mem)
		return 0;
	neuron_mem_unmap(mem);
	nreq_init(&request, mem->ctx->handle, NEURON_CMD_MEM_FREE, 0);
	nreq_put_device(&request, mem->ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_u32(&request, NEURON_A_MEM_MEM_ID, mem->id);
	return nreq_call(&request, &how_free, &mem);
}

/**
 * neuron_mem_id() - id of a memory within its context
 * @mem: memory
 *
 * Return: the id.
 */
uint32_t neuron_mem_id(const struct neuron_mem *mem)
{
	return mem->id;
}

/**
 * neuron_mem_size() - size of a memory
 * @mem: memory
 *
 * Return: bytes, as rounded by the kernel.
 */
uint64_t neuron_mem_size(const struct neuron_mem *mem)
{
	return mem->size_bytes;
}

/**
 * neuron_mem_copy() - copy memory, host or device, to other memory
 * @dst: destination, of the same context as @src
 * @dst_offset: bytes from its start
 * @src: source
 * @src_offset: bytes from its start
 * @length_bytes: how much
 * @timeout_ms: limit
 *
 * Return: as neuron_ctx_copy().
 */
int neuron_mem_copy(struct neuron_mem *dst, uint64_t dst_offset,
		    const struct neuron_mem *src, uint64_t src_offset, uint64_t length_bytes,
		    int timeout_ms)
{
	struct neuron_transfer transfer = {
		.src_mem = src->id, .src_offset = src_offset,
		.dst_mem = dst->id, .dst_offset = dst_offset, .length_bytes = length_bytes,
	};

	if (src->ctx != dst->ctx)
		return error_local(dst->ctx->handle, NEURON_CMD_MEM_COPY, -EXDEV,
				   "the two belong to different contexts");
	return neuron_ctx_copy(dst->ctx, &transfer, 1, timeout_ms, NULL);
}

/**
 * neuron_mem_fill() - fill memory with a pattern
 * @dst: memory
 * @dst_offset: bytes from its start
 * @length_bytes: how much
 * @pattern: repeated from @dst_offset on, the low byte first
 * @timeout_ms: limit
 *
 * Return: as neuron_ctx_copy().
 */
int neuron_mem_fill(struct neuron_mem *dst, uint64_t dst_offset, uint64_t length_bytes,
		    uint32_t pattern, int timeout_ms)
{
	struct neuron_transfer transfer = {
		.dst_mem = dst->id, .dst_offset = dst_offset, .length_bytes = length_bytes,
		.pattern = pattern,
	};

	return neuron_ctx_fill(dst->ctx, &transfer, 1, timeout_ms, NULL);
}

/**
 * neuron_mem_get() - what the kernel knows of a memory
 * @mem: memory
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_mem_get(struct neuron_mem *mem, struct neuron_mem_info *info, size_t size)
{
	struct nreq request;

	begin_get(&request, mem->ctx, mem->id);
	return nreq_get(&request, &mem_table, info, size);
}

/**
 * neuron_mem_map() - map host memory
 * @mem: memory
 * @addr: where it is, for reading and writing; the same at every call
 *
 * Return: 0; -EOPNOTSUPP for device memory; another negative errno.
 */
int neuron_mem_map(struct neuron_mem *mem, void **addr)
{
	void *map;

	if (!mem->mappable)
		return error_local(mem->ctx->handle, 0, -EOPNOTSUPP,
				   "only host memory can be mapped");
	if (!mem->addr) {
		map = mmap(NULL, mem->size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			   mem->ctx->fd, (off_t)mem->mmap_offset);
		if (map == MAP_FAILED)
			return error_local(mem->ctx->handle, 0, -errno, NULL);
		mem->addr = map;
	}
	*addr = mem->addr;
	return 0;
}

/**
 * neuron_mem_unmap() - undo neuron_mem_map()
 * @mem: memory, mapped or not
 *
 * Return: 0 or a negative errno.
 */
int neuron_mem_unmap(struct neuron_mem *mem)
{
	if (mem->addr && munmap(mem->addr, mem->size_bytes))
		return error_local(mem->ctx->handle, 0, -errno, NULL);
	mem->addr = NULL;
	return 0;
}

static int mem_list(struct neuron_handle *handle, int fd, int index, neuron_mem_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_MEM_GET, .fd = fd, .index = index,
		.table = &mem_table, .tell = tell_mem, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}

/**
 * neuron_mem_list() - memory of every context that the caller may see
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per memory
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_mem_list(struct neuron_handle *handle, int index, neuron_mem_fn fn, void *arg)
{
	return mem_list(handle, -1, index, fn, arg);
}

/**
 * neuron_ctx_mems() - memory of a context
 * @ctx: context
 * @fn: called per memory
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ctx_mems(struct neuron_ctx *ctx, neuron_mem_fn fn, void *arg)
{
	return mem_list(ctx->handle, ctx->fd, NEURON_ALL_DEVICES, fn, arg);
}
