// SPDX-License-Identifier: GPL-2.0
/*
 * mem-alloc, mem-free, mem-get.
 */
#include <linux/errno.h>

#include "ctx.h"
#include "device.h"
#include "job.h"
#include "mem.h"
#include "nl.h"

static const char *alloc_text(int err)
{
	switch (err) {
	case -ENOMEM:
		return "There is not enough host memory";
	case -ENOSPC:
		return "There is not enough memory in this DRAM channel";
	case -EIO:
	case -ETIMEDOUT:
		return "The card could not clear the memory";
	case -ECANCELED:
		return "The card was reset, or the context closed";
	case -EINVAL:
		return "The DRAM regions were changed meanwhile";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/**
 * struct alloc_arg - memory that is to be allocated
 * @spec: what was asked for
 * @mem: its object, until the job has given it an id
 */
struct alloc_arg {
	struct neuron_mem_spec spec;
	struct neuron_mem *mem;
};

/* Its id keeps it, if it has one; a job that is kept for its result does not. */
static void alloc_drop(struct neuron_job *job)
{
	struct alloc_arg *arg = job->arg;

	if (arg->mem)
		neuron_mem_put(arg->mem);
	arg->mem = NULL;
}

static void alloc_run(struct neuron_job *job)
{
	struct neuron_job_result *result = &job->result;
	const struct alloc_arg *arg = job->arg;
	const struct neuron_mem *mem = arg->mem;

	result->error = neuron_mem_alloc(job->ctx, arg->mem, &arg->spec, &job->progress);
	if (result->error) {
		result->text = alloc_text(result->error);
	} else {
		result->object_id = mem->id;
		result->size = mem->size;
		if (mem->kind == NEURON_MEM_KIND_HOST)
			result->mmap_offset = mem->buf.mmap_offset;
	}
	alloc_drop(job);
}

static int fill_alloc(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct neuron_job_result *result = &job->result;

	if (nla_put_u32(skb, NEURON_A_MEM_MEM_ID, result->object_id) ||
	    neuron_nl_put_u64(skb, NEURON_A_MEM_SIZE, result->size) ||
	    (result->mmap_offset &&
	     neuron_nl_put_u64(skb, NEURON_A_MEM_MMAP_OFFSET, result->mmap_offset)))
		return -EMSGSIZE;

	return 0;
}

static s64 number_or_none(const struct nlattr *attr)
{
	return attr ? (s64)nla_get_u32(attr) : -1;
}

static int parse_place(struct neuron_mem_spec *spec, const struct genl_info *info)
{
	struct nlattr *align = info->attrs[NEURON_A_MEM_ALIGN];
	struct nlattr *channel = info->attrs[NEURON_A_MEM_CHANNEL];
	struct nlattr *region = info->attrs[NEURON_A_MEM_REGION];
	struct nlattr *nc = info->attrs[NEURON_A_MEM_NC_ID];
	struct nlattr *any = align ?: channel ?: region ?: nc;

	if (spec->kind == NEURON_MEM_KIND_HOST && any) {
		NL_SET_ERR_MSG_ATTR(info->extack, any,
				    "Only device memory has an alignment and a place");
		return -EINVAL;
	}
	if (align) {
		spec->align = nla_get_u64(align);
		if (!spec->align) {
			NL_SET_ERR_MSG_ATTR(info->extack, align, "The alignment is zero");
			return -EINVAL;
		}
	}
	spec->channel = number_or_none(channel);
	spec->region = number_or_none(region);
	spec->nc = number_or_none(nc);

	return 0;
}

static int parse_spec(struct neuron_mem_spec *spec, const struct genl_info *info)
{
	static const u32 attr_of[] = {
		[NEURON_MEM_FIELD_SIZE] = NEURON_A_MEM_SIZE,
		[NEURON_MEM_FIELD_ALIGN] = NEURON_A_MEM_ALIGN,
		[NEURON_MEM_FIELD_CHANNEL] = NEURON_A_MEM_CHANNEL,
		[NEURON_MEM_FIELD_REGION] = NEURON_A_MEM_REGION,
		[NEURON_MEM_FIELD_NC] = NEURON_A_MEM_NC_ID,
	};
	enum neuron_mem_field wrong;
	int err;

	memset(spec, 0, sizeof(*spec));
	err = neuron_nl_need(info, NEURON_A_MEM_KIND);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_MEM_SIZE);
	if (err)
		return err;

	spec->kind = nla_get_u32(info->attrs[NEURON_A_MEM_KIND]);
	spec->size = nla_get_u64(info->attrs[NEURON_A_MEM_SIZE]);
	if (info->attrs[NEURON_A_MEM_LABEL])
		nla_strscpy(spec->label, info->attrs[NEURON_A_MEM_LABEL], sizeof(spec->label));
	err = parse_place(spec, info);
	if (err)
		return err;

	err = neuron_mem_check(neuron_nl_device(info), spec, &wrong, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr_of[wrong]]);

	return err;
}

/**
 * neuron_nl_mem_alloc_doit() - mem-alloc
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_mem_alloc_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_mem_spec spec;
	struct alloc_arg *arg;
	struct neuron_job *job;
	struct neuron_mem *mem;
	int err;

	err = parse_spec(&spec, info);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	mem = neuron_mem_create(neuron_nl_ctx(info), &spec, info->extack);
	if (IS_ERR(mem))
		return neuron_nl_blame_quota(info, PTR_ERR(mem));
	job = neuron_nl_new_job(info, alloc_run, sizeof(*arg));
	if (IS_ERR(job)) {
		neuron_mem_put(mem);
		return PTR_ERR(job);
	}
	arg = job->arg;
	arg->spec = spec;
	arg->mem = mem;
	job->drop = alloc_drop;
	job->stoppable = true;

	return neuron_nl_run_job(skb, info, job, fill_alloc);
}

static int no_such_mem(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_A_MEM_MEM_ID],
			    "The context has no such memory");
	return -ENOENT;
}

/**
 * neuron_nl_mem_free_doit() - mem-free
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_mem_free_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = neuron_nl_need(info, NEURON_A_MEM_MEM_ID);
	if (err)
		return err;

	err = neuron_mem_free(neuron_nl_ctx(info), nla_get_u32(info->attrs[NEURON_A_MEM_MEM_ID]));

	return err ? no_such_mem(info) : 0;
}

static int fill_place(struct sk_buff *skb, struct neuron_mem *mem)
{
	if (mem->kind == NEURON_MEM_KIND_DEVICE)
		return nla_put_u32(skb, NEURON_A_MEM_CHANNEL, mem->block.channel) ?:
		       nla_put_u32(skb, NEURON_A_MEM_REGION, mem->block.region) ?:
		       (mem->nc >= 0 ? nla_put_u32(skb, NEURON_A_MEM_NC_ID, mem->nc) : 0) ?:
		       (neuron_mem_content_lost(mem) ?
			nla_put_flag(skb, NEURON_A_MEM_CONTENT_LOST) : 0);

	return neuron_nl_put_u64(skb, NEURON_A_MEM_MMAP_OFFSET, mem->buf.mmap_offset) ?:
	       nla_put_u32(skb, NEURON_A_MEM_MAPPINGS, neuron_buf_mappings(&mem->buf));
}

static int fill_mem(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
		    const struct genl_info *info)
{
	struct neuron_mem *mem = object;
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_MEM_DEV_INDEX, ctx->ndev->index) ||
	    nla_put_u32(skb, NEURON_A_MEM_CTX_ID, ctx->id) ||
	    nla_put_u32(skb, NEURON_A_MEM_MEM_ID, mem->id) ||
	    nla_put_u32(skb, NEURON_A_MEM_KIND, mem->kind) ||
	    neuron_nl_put_u64(skb, NEURON_A_MEM_SIZE, mem->size) ||
	    (mem->label[0] && nla_put_string(skb, NEURON_A_MEM_LABEL, mem->label)) ||
	    nla_put_u32(skb, NEURON_A_MEM_USERS, atomic_read(&mem->users)) ||
	    fill_place(skb, mem)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_mem_get_doit() - mem-get of one
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_mem_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_mem *mem;
	int err;

	err = neuron_nl_need(info, NEURON_A_MEM_MEM_ID);
	if (err)
		return err;
	mem = neuron_mem_get(neuron_nl_ctx(info), nla_get_u32(info->attrs[NEURON_A_MEM_MEM_ID]));
	if (!mem)
		return no_such_mem(info);

	err = neuron_nl_reply_object(info, mem, fill_mem);
	neuron_mem_put(mem);

	return err;
}

static void *next(struct neuron_ctx *ctx, unsigned long *id)
{
	return neuron_mem_next(ctx, id);
}

static void put(void *object)
{
	neuron_mem_put(object);
}

/**
 * neuron_nl_mem_get_dumpit() - mem-get of all
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_mem_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct neuron_nl_objects_ops ops = {
		.list = NEURON_LIST_MEMS,
		.next = next,
		.put = put,
		.fill = fill_mem,
	};

	return neuron_nl_dump_objects(skb, cb, &ops);
}
