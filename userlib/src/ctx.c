// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Contexts: open device files. Their number goes into every request that uses
 * the card.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "nlmsg.h"

#define F(kind, attr, member) FIELD(kind, NEURON_A_CONTEXT_##attr, struct neuron_ctx_info, member)

static const struct field ctx_fields[] = {
	F(FIELD_U32, DEV_INDEX, index),
	F(FIELD_U32, CTX_ID, ctx_id),
	F(FIELD_U32, PID, pid),
	F(FIELD_STR, COMMAND, command),
	F(FIELD_U32, UID, uid),
	F(FIELD_STR, LABEL, label),
	F(FIELD_U32, MEMS, mems),
	F(FIELD_U32, RINGS, rings),
	F(FIELD_U32, NQS, nqs),
	F(FIELD_U32, JOBS, jobs),
	F(FIELD_U64, HOST_BYTES, host_bytes),
	F(FIELD_U64, DEVICE_BYTES, device_bytes),
	F(FIELD_U32, IDS, ids),
	F(FIELD_U64, HOST_LIMIT, host_limit),
	F(FIELD_U64, DEVICE_LIMIT, device_limit),
	F(FIELD_U32, ID_LIMIT, id_limit),
	F(FIELD_U32, JOB_LIMIT, job_limit),
	F(FIELD_U64, USER_HOST_BYTES, user_host_bytes),
	F(FIELD_U64, USER_DEVICE_BYTES, user_device_bytes),
	F(FIELD_U32, USER_IDS, user_ids),
	F(FIELD_U32, USER_JOBS, user_jobs),
	F(FIELD_U32, USER_CONTEXTS, user_contexts),
	F(FIELD_U64, USER_HOST_LIMIT, user_host_limit),
	F(FIELD_U64, USER_DEVICE_LIMIT, user_device_limit),
	F(FIELD_U32, USER_ID_LIMIT, user_id_limit),
	F(FIELD_U32, USER_JOB_LIMIT, user_job_limit),
	F(FIELD_U32, USER_CONTEXT_LIMIT, user_context_limit),
};

static const struct field_table ctx_table = FIELD_TABLE(ctx_fields, struct neuron_ctx_info);

NREQ_TELL(tell_ctx, neuron_ctx_fn)

/* Takes @fd over, also when it fails. */
static int adopt(struct neuron_handle *handle, int fd, struct neuron_ctx **ctx)
{
	struct neuron_batch *queue = nreq_pause(handle);
	struct neuron_ctx *new = calloc(1, sizeof(*new));
	struct neuron_ctx_info info;
	int err;

	if (!new) {
		handle->queue = queue;
		close(fd);
		return error_local(handle, 0, -ENOMEM, NULL);
	}
	new->handle = handle;
	new->fd = fd;
	new->job_fd = -1;
	/* The kernel says whether it is a context, and of which card. */
	err = neuron_ctx_get(new, &info, sizeof(info));
	handle->queue = queue;
	if (err) {
		neuron_ctx_close(new);
		return err;
	}
	new->index = info.index;
	new->ctx_id = info.ctx_id;
	*ctx = new;
	return 0;
}

/**
 * neuron_ctx_open() - open a card for use
 * @handle: handle, must outlive the context
 * @index: card
 * @ctx: the new context
 *
 * Return: 0; -ENOENT or -ENODEV without such a card; -EACCES if the mode of
 * /dev/neuronN does not let the caller in; another negative errno.
 */
int neuron_ctx_open(struct neuron_handle *handle, uint32_t index, struct neuron_ctx **ctx)
{
	char path[32], text[160];
	int fd;

	snprintf(path, sizeof(path), "/dev/neuron%u", index);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		int err = -errno;

		snprintf(text, sizeof(text), "%s: cannot be opened for writing: %m", path);
		return error_local(handle, 0, err, text);
	}
	return adopt(handle, fd, ctx);
}

/**
 * neuron_ctx_open_fd() - use a device file that was opened elsewhere
 * @handle: handle, must outlive the context
 * @fd: open for writing; duplicated, so it stays the caller's
 * @ctx: the new context; it shares everything with other users of the open file
 *
 * Return: 0, -EINVAL if it is no file of a card, another negative errno.
 */
int neuron_ctx_open_fd(struct neuron_handle *handle, int fd, struct neuron_ctx **ctx)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return error_local(handle, 0, -errno, NULL);
	return adopt(handle, copy, ctx);
}

/**
 * neuron_ctx_close() - close a context
 * @ctx: context or NULL; its memories, rings and queues must have been given
 *	up before, since they refer to it
 *
 * What the kernel still keeps for the open file goes with its last descriptor
 * and mapping.
 */
void neuron_ctx_close(struct neuron_ctx *ctx)
{
	if (!ctx)
		return;
	if (ctx->job_fd >= 0)
		close(ctx->job_fd);
	close(ctx->fd);
	free(ctx);
}

/**
 * neuron_ctx_handle() - handle of a context
 * @ctx: context
 *
 * Return: the handle.
 */
struct neuron_handle *neuron_ctx_handle(const struct neuron_ctx *ctx)
{
	return ctx->handle;
}

/**
 * neuron_ctx_fd() - device file of a context
 * @ctx: context
 *
 * Return: the descriptor; it stays the library's.
 */
int neuron_ctx_fd(const struct neuron_ctx *ctx)
{
	return ctx->fd;
}

/**
 * neuron_ctx_id() - number of a context on its card
 * @ctx: context
 *
 * Return: the number.
 */
uint32_t neuron_ctx_id(const struct neuron_ctx *ctx)
{
	return ctx->ctx_id;
}

/**
 * neuron_ctx_device() - card of a context
 * @ctx: context
 *
 * Return: its index.
 */
uint32_t neuron_ctx_device(const struct neuron_ctx *ctx)
{
	return ctx->index;
}

/**
 * neuron_ctx_get() - what a context holds
 * @ctx: context
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0 or a negative errno.
 */
int neuron_ctx_get(struct neuron_ctx *ctx, struct neuron_ctx_info *info, size_t size)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_CONTEXT_GET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	return nreq_get(&request, &ctx_table, info, size);
}

/**
 * neuron_ctx_set_label() - name a context for people
 * @ctx: context
 * @label: at most NEURON_MAX_LABEL bytes
 *
 * Return: 0 or a negative errno.
 */
int neuron_ctx_set_label(struct neuron_ctx *ctx, const char *label)
{
	struct nreq request;

	nreq_init(&request, ctx->handle, NEURON_CMD_CONTEXT_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	nreq_put_string(&request, NEURON_A_CONTEXT_LABEL, label);
	return nreq_order(&request);
}

/**
 * neuron_ctx_set_limit() - give a context a limit of its own
 * @ctx: context
 * @which: what is limited
 * @limit: bytes or objects, 0 for no limit
 *
 * The limits of the user hold besides. What the context has already it keeps.
 *
 * Return: 0; -EPERM for raising a limit without CAP_SYS_RESOURCE; -EINVAL for a
 * @which that there is not; -ERANGE for a number of objects beyond 32 bits;
 * another negative errno.
 */
int neuron_ctx_set_limit(struct neuron_ctx *ctx, enum neuron_limit which, uint64_t limit)
{
	static const uint16_t attr_of[] = {
		[NEURON_LIMIT_HOST_BYTES] = NEURON_A_CONTEXT_HOST_LIMIT,
		[NEURON_LIMIT_DEVICE_BYTES] = NEURON_A_CONTEXT_DEVICE_LIMIT,
		[NEURON_LIMIT_IDS] = NEURON_A_CONTEXT_ID_LIMIT,
		[NEURON_LIMIT_JOBS] = NEURON_A_CONTEXT_JOB_LIMIT,
	};
	struct nreq request;

	if ((unsigned int)which >= sizeof(attr_of) / sizeof(attr_of[0]))
		return error_local(ctx->handle, NEURON_CMD_CONTEXT_SET, -EINVAL,
				   "there is no such limit");
	if (which >= NEURON_LIMIT_IDS && limit > UINT32_MAX)
		return error_local(ctx->handle, NEURON_CMD_CONTEXT_SET, -ERANGE,
				   "the limit is too large a number");
	nreq_init(&request, ctx->handle, NEURON_CMD_CONTEXT_SET, 0);
	nreq_put_device(&request, ctx->fd, NEURON_ALL_DEVICES);
	if (which >= NEURON_LIMIT_IDS)
		nreq_put_u32(&request, attr_of[which], (uint32_t)limit);
	else
		nreq_put_u64(&request, attr_of[which], limit);
	return nreq_order(&request);
}

/**
 * neuron_ctx_list() - every context that the caller may see
 * @handle: handle
 * @index: card, or NEURON_ALL_DEVICES
 * @fn: called per context
 * @arg: for @fn
 *
 * Return: 0, what @fn returned, or a negative errno.
 */
int neuron_ctx_list(struct neuron_handle *handle, int index, neuron_ctx_fn fn, void *arg)
{
	const struct nreq_each each = {
		.handle = handle, .cmd = NEURON_CMD_CONTEXT_GET, .fd = -1, .index = index,
		.table = &ctx_table, .tell = tell_ctx, .fn = (nreq_any_fn)fn, .arg = arg,
	};

	return nreq_each(&each);
}
