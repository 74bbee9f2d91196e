// SPDX-License-Identifier: GPL-2.0
/*
 * nq-create, -destroy, -get, -ack.
 */
#include <linux/errno.h>
#include <linux/eventfd.h>

#include "claim.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"
#include "nq.h"

static int parse_nq(struct neuron_nq_spec *spec, const struct genl_info *info)
{
	static const u32 attr_of[] = {
		[NEURON_NQ_FIELD_NC] = NEURON_A_NQ_NC_ID,
		[NEURON_NQ_FIELD_ENG] = NEURON_A_NQ_NQ_ENG,
		[NEURON_NQ_FIELD_SIZE] = NEURON_A_NQ_SIZE,
	};
	struct nlattr *eng = info->attrs[NEURON_A_NQ_NQ_ENG];
	enum neuron_nq_field wrong;
	int err;

	err = neuron_nl_need(info, NEURON_A_NQ_NC_ID);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_NQ_NQ_TYPE);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_NQ_SIZE);
	if (err)
		return err;

	spec->nc = nla_get_u32(info->attrs[NEURON_A_NQ_NC_ID]);
	spec->type = nla_get_u32(info->attrs[NEURON_A_NQ_NQ_TYPE]);
	spec->eng = eng ? nla_get_u32(eng) : 0;
	spec->size = nla_get_u32(info->attrs[NEURON_A_NQ_SIZE]);

	err = neuron_nq_check(neuron_nl_device(info), spec, &wrong, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr_of[wrong]]);

	return err;
}

/* The last thing to look up, since it is counted. */
static int parse_eventfd(struct neuron_nq_spec *spec, const struct genl_info *info)
{
	struct nlattr *fd = info->attrs[NEURON_A_NQ_EVENTFD];
	struct eventfd_ctx *eventfd;

	spec->eventfd = NULL;
	if (!fd)
		return 0;

	eventfd = eventfd_ctx_fdget(nla_get_s32(fd));
	if (IS_ERR(eventfd)) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd, "Not an event file descriptor");
		return PTR_ERR(eventfd);
	}
	spec->eventfd = eventfd;

	return 0;
}

static int fill_created(struct sk_buff *skb, const struct neuron_nq *nq)
{
	if (nla_put_u32(skb, NEURON_A_NQ_NQ_ID, nq->id) ||
	    nla_put_u32(skb, NEURON_A_NQ_SIZE, nq->size) ||
	    neuron_nl_put_u64(skb, NEURON_A_NQ_MMAP_OFFSET, nq->buf.mmap_offset))
		return -EMSGSIZE;

	return 0;
}

/* The place may be taken, or its core; else there is no memory. */
static struct nlattr *blame_create(const struct genl_info *info, int err)
{
	struct nlattr *nc = info->attrs[NEURON_A_NQ_NC_ID];

	if (err != -EBUSY)
		return info->attrs[NEURON_A_NQ_SIZE];
	if (neuron_claim_check(neuron_nl_device(info), nla_get_u32(nc), neuron_nl_ctx(info)->id,
			       NULL))
		return nc;

	return info->attrs[NEURON_A_NQ_NQ_TYPE];
}

static int create(struct sk_buff *skb, const struct genl_info *info,
		  const struct neuron_nq_spec *spec)
{
	struct neuron_nq *nq;
	int err;

	nq = neuron_nq_create(neuron_nl_ctx(info), spec, info->extack);
	if (IS_ERR(nq)) {
		NL_SET_BAD_ATTR(info->extack, blame_create(info, PTR_ERR(nq)));
		return neuron_nl_blame_quota(info, PTR_ERR(nq));
	}

	err = fill_created(skb, nq);
	neuron_nq_put(nq);

	return err;
}

/**
 * neuron_nl_nq_create_doit() - nq-create
 * @skb: request
 * @info: request
 *
 * The reply is made first, so that lack of memory for it cannot hide the queue.
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_nq_create_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_nq_spec spec;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = parse_nq(&spec, info);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	reply = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(reply))
		return PTR_ERR(reply);

	err = parse_eventfd(&spec, info);

	return neuron_nl_reply_send(reply, hdr, info, err ?: create(reply, info, &spec));
}

static int no_such_nq(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_A_NQ_NQ_ID],
			    "The context has no such notification queue");
	return -ENOENT;
}

/* The queue that a request names, counted. */
static struct neuron_nq *named_nq(const struct genl_info *info)
{
	struct neuron_nq *nq;
	int err;

	err = neuron_nl_need(info, NEURON_A_NQ_NQ_ID);
	if (err)
		return ERR_PTR(err);

	nq = neuron_nq_get(neuron_nl_ctx(info), nla_get_u32(info->attrs[NEURON_A_NQ_NQ_ID]));

	return nq ?: ERR_PTR(no_such_nq(info));
}

static void destroy_run(struct neuron_job *job)
{
	struct neuron_job_result *result = &job->result;
	struct neuron_nq *nq;

	result->object_id = *(u32 *)job->arg;
	nq = neuron_nq_take(job->ctx, result->object_id);
	if (!nq) {
		result->error = -ENOENT;
		result->text = "The context has no such notification queue";
		return;
	}

	result->error = neuron_nq_stop(nq);
	if (result->error)
		result->text = "The card is gone";
	neuron_nq_put(nq);
}

static int fill_destroyed(struct sk_buff *skb, const struct neuron_job *job)
{
	return nla_put_u32(skb, NEURON_A_NQ_NQ_ID, job->result.object_id);
}

/**
 * neuron_nl_nq_destroy_doit() - nq-destroy
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_nq_destroy_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;
	u32 id;

	err = neuron_nl_need(info, NEURON_A_NQ_NQ_ID);
	if (err)
		return err;
	id = nla_get_u32(info->attrs[NEURON_A_NQ_NQ_ID]);
	job = neuron_nl_new_job(info, destroy_run, sizeof(id));
	if (IS_ERR(job))
		return PTR_ERR(job);
	*(u32 *)job->arg = id;
	job->always = true;

	/* The last thing that can fail; whatever becomes of the job, teardown is left. */
	if (neuron_nq_doom(neuron_nl_ctx(info), id)) {
		neuron_job_put(job);
		return no_such_nq(info);
	}

	return neuron_nl_run_job(skb, info, job, fill_destroyed);
}

static int fill_nq(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
		   const struct genl_info *info)
{
	struct neuron_nq *nq = object;
	enum neuron_nq_state state;
	void *hdr = neuron_nl_put(skb, info);
	u32 head;

	if (!hdr)
		return -EMSGSIZE;

	neuron_nq_where(nq, &state, &head);
	if (nla_put_u32(skb, NEURON_A_NQ_DEV_INDEX, ctx->ndev->index) ||
	    nla_put_u32(skb, NEURON_A_NQ_CTX_ID, ctx->id) ||
	    nla_put_u32(skb, NEURON_A_NQ_NQ_ID, nq->id) ||
	    nla_put_u32(skb, NEURON_A_NQ_NC_ID, nq->nc) ||
	    nla_put_u32(skb, NEURON_A_NQ_NQ_TYPE, nq->type) ||
	    nla_put_u32(skb, NEURON_A_NQ_NQ_ENG, nq->eng) ||
	    nla_put_u32(skb, NEURON_A_NQ_SIZE, nq->size) ||
	    neuron_nl_put_u64(skb, NEURON_A_NQ_MMAP_OFFSET, nq->buf.mmap_offset) ||
	    nla_put_u32(skb, NEURON_A_NQ_MAPPINGS, neuron_buf_mappings(&nq->buf)) ||
	    nla_put_u32(skb, NEURON_A_NQ_STATE, state) ||
	    nla_put_u32(skb, NEURON_A_NQ_HEAD, head)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_nq_get_doit() - nq-get of one
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_nq_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_nq *nq = named_nq(info);
	int err;

	if (IS_ERR(nq))
		return PTR_ERR(nq);

	err = neuron_nl_reply_object(info, nq, fill_nq);
	neuron_nq_put(nq);

	return err;
}

static void *next(struct neuron_ctx *ctx, unsigned long *id)
{
	return neuron_nq_next(ctx, id);
}

static void put(void *object)
{
	neuron_nq_put(object);
}

/**
 * neuron_nl_nq_get_dumpit() - nq-get of all
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_nq_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct neuron_nl_objects_ops ops = {
		.list = NEURON_LIST_NQS,
		.next = next,
		.put = put,
		.fill = fill_nq,
	};

	return neuron_nl_dump_objects(skb, cb, &ops);
}

/**
 * neuron_nl_nq_ack_doit() - nq-ack
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_nq_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_nq *nq;
	int err;

	err = neuron_nl_need(info, NEURON_A_NQ_HEAD);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	nq = named_nq(info);
	if (IS_ERR(nq))
		return PTR_ERR(nq);

	err = neuron_nq_ack(nq, nla_get_u32(info->attrs[NEURON_A_NQ_HEAD]), info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[err == -ENOTCONN ? NEURON_A_NQ_NQ_ID :
									     NEURON_A_NQ_HEAD]);
	neuron_nq_put(nq);

	return err;
}
