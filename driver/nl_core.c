// SPDX-License-Identifier: GPL-2.0
/*
 * nq-create, -destroy, -get, -ack, event-get, event-set, reg-read.
 */
#include <linux/errno.h>

#include "core.h"
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

static int fill_created(struct sk_buff *skb, const struct neuron_nq *nq)
{
	if (nla_put_u32(skb, NEURON_A_NQ_NQ_ID, nq->id) ||
	    nla_put_u32(skb, NEURON_A_NQ_SIZE, nq->size) ||
	    neuron_nl_put_u64(skb, NEURON_A_NQ_MMAP_OFFSET, nq->buf.mmap_offset))
		return -EMSGSIZE;

	return 0;
}

static int create(struct sk_buff *skb, const struct genl_info *info,
		  const struct neuron_nq_spec *spec)
{
	struct neuron_nq *nq;
	int err;

	nq = neuron_nq_create(neuron_nl_ctx(info), spec, info->extack);
	if (IS_ERR(nq)) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[PTR_ERR(nq) == -EBUSY ?
							  NEURON_A_NQ_NQ_TYPE : NEURON_A_NQ_SIZE]);
		return PTR_ERR(nq);
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

	return neuron_nl_reply_send(reply, hdr, info, create(reply, info, &spec));
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
	job = neuron_job_create(neuron_nl_ctx(info), NEURON_CMD_NQ_DESTROY, destroy_run,
				sizeof(id));
	if (IS_ERR(job))
		return PTR_ERR(job);
	*(u32 *)job->arg = id;

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

static const char *read_text(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "The firmware did not answer";
	case -EIO:
		return "The firmware answered with an error";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/**
 * struct event_arg - an event register
 * @nc: core
 * @event: register
 */
struct event_arg {
	u32 nc;
	u32 event;
};

static int parse_event(struct event_arg *arg, const struct genl_info *info)
{
	struct nlattr *nc = info->attrs[NEURON_A_EVENT_NC_ID];
	struct nlattr *event = info->attrs[NEURON_A_EVENT_EVENT_ID];
	int err;

	err = neuron_nl_need(info, NEURON_A_EVENT_NC_ID);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_EVENT_EVENT_ID);
	if (err)
		return err;

	arg->nc = nla_get_u32(nc);
	arg->event = nla_get_u32(event);
	err = neuron_core_check_nc(neuron_nl_device(info), arg->nc, info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, nc);
		return err;
	}
	err = neuron_core_check_event(neuron_nl_device(info), arg->event, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, event);

	return err;
}

static void event_get_run(struct neuron_job *job)
{
	const struct event_arg *arg = job->arg;
	struct neuron_job_result *result = &job->result;

	result->error = neuron_core_event_get(job->ctx->ndev, arg->nc, arg->event, result->value);
	result->text = read_text(result->error);
	result->nr_values = result->error ? 0 : 1;
}

static int fill_event(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct event_arg *arg = job->arg;

	if (nla_put_u32(skb, NEURON_A_EVENT_NC_ID, arg->nc) ||
	    nla_put_u32(skb, NEURON_A_EVENT_EVENT_ID, arg->event) ||
	    nla_put_u32(skb, NEURON_A_EVENT_VALUE, job->result.value[0]))
		return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_event_get_doit() - event-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_event_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	struct event_arg arg;
	int err;

	err = parse_event(&arg, info);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	job = neuron_job_create(neuron_nl_ctx(info), NEURON_CMD_EVENT_GET, event_get_run,
				sizeof(arg));
	if (IS_ERR(job))
		return PTR_ERR(job);
	memcpy(job->arg, &arg, sizeof(arg));

	return neuron_nl_run_job(skb, info, job, fill_event);
}

/**
 * neuron_nl_event_set_doit() - event-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_event_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct event_arg arg;
	int err;

	err = parse_event(&arg, info);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_EVENT_VALUE);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	neuron_core_event_set(neuron_nl_device(info), arg.nc, arg.event,
			      nla_get_u32(info->attrs[NEURON_A_EVENT_VALUE]));

	return 0;
}

/**
 * struct reg_arg - registers to read
 * @count: number of them
 * @bar0_off: offsets in BAR0
 */
struct reg_arg {
	u32 count;
	u32 bar0_off[NEURON_MAX_REG_READS];
};

static int parse_regs(struct reg_arg *arg, const struct genl_info *info)
{
	struct neuron_device *ndev = neuron_nl_device(info);
	struct nlattr *attr;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_REG_OFFSET);
	if (err)
		return err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_REG_OFFSET)
			continue;
		if (arg->count == NEURON_MAX_REG_READS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "More registers than one request takes");
			return -E2BIG;
		}
		err = neuron_core_check_reg(ndev, nla_get_u32(attr), info->extack);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return err;
		}
		arg->bar0_off[arg->count++] = nla_get_u32(attr);
	}

	return 0;
}

static void reg_read_run(struct neuron_job *job)
{
	const struct reg_arg *arg = job->arg;
	struct neuron_job_result *result = &job->result;

	result->error = neuron_core_regs_read(job->ctx->ndev, arg->bar0_off, arg->count,
					      result->value);
	result->text = read_text(result->error);
	result->nr_values = result->error ? 0 : arg->count;
}

static int fill_regs(struct sk_buff *skb, const struct neuron_job *job)
{
	u32 i;

	for (i = 0; i < job->result.nr_values; i++)
		if (nla_put_u32(skb, NEURON_A_REG_VALUE, job->result.value[i]))
			return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_reg_read_doit() - reg-read
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_reg_read_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	job = neuron_job_create(neuron_nl_ctx(info), NEURON_CMD_REG_READ, reg_read_run,
				sizeof(struct reg_arg));
	if (IS_ERR(job))
		return PTR_ERR(job);

	err = parse_regs(job->arg, info);
	if (err) {
		neuron_job_put(job);
		return err;
	}

	return neuron_nl_run_job(skb, info, job, fill_regs);
}
