// SPDX-License-Identifier: GPL-2.0
/*
 * event-get, event-set, reg-read.
 */
#include <linux/errno.h>

#include "core.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"

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
