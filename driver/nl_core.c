// SPDX-License-Identifier: GPL-2.0
/*
 * core-get, -claim, -release, event-get, -set, semaphore-get, -set, reg-read.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"

static u64 held_ms(const struct neuron_claim *claim)
{
	return jiffies_to_msecs(jiffies - claim->since);
}

static int fill_core(struct sk_buff *skb, struct neuron_device *ndev, u32 nc,
		     const struct genl_info *info)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	struct neuron_claim claim;
	void *hdr;

	if (nc >= map->cores)
		return -ENOENT;

	claim = neuron_claim_look(ndev, nc);
	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_CORE_DEV_INDEX, ndev->index) ||
	    nla_put_u32(skb, NEURON_A_CORE_NC_ID, nc) ||
	    (claim.ctx_id &&
	     (nla_put_u32(skb, NEURON_A_CORE_CTX_ID, claim.ctx_id) ||
	      neuron_nl_put_u64(skb, NEURON_A_CORE_HELD_MS, held_ms(&claim)))) ||
	    nla_put_u32(skb, NEURON_A_CORE_EVENTS, map->events) ||
	    nla_put_u32(skb, NEURON_A_CORE_SEMAPHORES, map->semaphores) ||
	    nla_put_u32(skb, NEURON_A_CORE_FIFO_BYTES, map->fifo_bytes)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_core_get_doit() - core-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_numbered(info, NEURON_A_CORE_NC_ID, fill_core,
					"The card has no such core");
}

/**
 * neuron_nl_core_get_dumpit() - core-get of all
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_core_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, fill_core);
}

/* Claims cores, or releases them. */
typedef int (*claim_fn)(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
			struct netlink_ext_ack *extack);

static int for_cores(const struct genl_info *info, claim_fn fn)
{
	const struct nlattr *from[NEURON_MAX_CORES];
	u32 nc[NEURON_MAX_CORES];
	struct nlattr *attr;
	u32 count = 0;
	u32 wrong;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_CORE_CLAIM);
	if (err)
		return err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_CORE_CLAIM)
			continue;
		if (count == NEURON_MAX_CORES) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "More cores than a card has");
			return -E2BIG;
		}
		from[count] = attr;
		nc[count++] = nla_get_u32(attr);
	}

	err = fn(neuron_nl_ctx(info), nc, count, &wrong, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, from[wrong]);

	return err;
}

/**
 * neuron_nl_core_claim_doit() - core-claim
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_claim_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_cores(info, neuron_claim_take);
}

/**
 * neuron_nl_core_release_doit() - core-release
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_release_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_cores(info, neuron_claim_release);
}

static const char *read_text(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "The firmware did not answer";
	case -EIO:
		return "The firmware answered with an error";
	case -ECANCELED:
		return "The card was reset";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/**
 * struct index_arg - an event register or semaphore
 * @nc: core
 * @index: which one of the core
 */
struct index_arg {
	u32 nc;
	u32 index;
};

/* Does a core have the event or semaphore of this number? */
typedef int (*index_check)(struct neuron_device *ndev, u32 index, struct netlink_ext_ack *extack);

static int parse_index(struct index_arg *arg, const struct genl_info *info, u32 nc_attr,
		       u32 index_attr, index_check check)
{
	struct neuron_device *ndev = neuron_nl_device(info);
	int err;

	err = neuron_nl_need(info, nc_attr);
	if (!err)
		err = neuron_nl_need(info, index_attr);
	if (err)
		return err;

	arg->nc = nla_get_u32(info->attrs[nc_attr]);
	arg->index = nla_get_u32(info->attrs[index_attr]);
	err = neuron_core_check_nc(ndev, arg->nc, info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[nc_attr]);
		return err;
	}
	err = check(ndev, arg->index, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[index_attr]);

	return err;
}

static int parse_event(struct index_arg *arg, const struct genl_info *info)
{
	return parse_index(arg, info, NEURON_A_EVENT_NC_ID, NEURON_A_EVENT_EVENT_ID,
			   neuron_core_check_event);
}

static int parse_semaphore(struct index_arg *arg, const struct genl_info *info)
{
	return parse_index(arg, info, NEURON_A_SEMAPHORE_NC_ID, NEURON_A_SEMAPHORE_SEMAPHORE_ID,
			   neuron_core_check_semaphore);
}

/* Ask the firmware for it, in a job. */
static int read_index(struct sk_buff *skb, struct genl_info *info, const struct index_arg *arg,
		      neuron_job_fn run, neuron_nl_fill_result fill)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	job = neuron_nl_new_job(info, run, sizeof(*arg));
	if (IS_ERR(job))
		return PTR_ERR(job);
	memcpy(job->arg, arg, sizeof(*arg));

	return neuron_nl_run_job(skb, info, job, fill);
}

static void got_value(struct neuron_job *job, int err)
{
	job->result.error = err;
	job->result.text = read_text(err);
	job->result.nr_values = err ? 0 : 1;
}

static void event_get_run(struct neuron_job *job)
{
	const struct index_arg *arg = job->arg;

	got_value(job, neuron_core_event_get(job->ctx->ndev, arg->nc, arg->index,
					     job->result.value));
}

static int fill_event(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct index_arg *arg = job->arg;

	if (nla_put_u32(skb, NEURON_A_EVENT_NC_ID, arg->nc) ||
	    nla_put_u32(skb, NEURON_A_EVENT_EVENT_ID, arg->index) ||
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
	struct index_arg arg;
	int err = parse_event(&arg, info);

	return err ?: read_index(skb, info, &arg, event_get_run, fill_event);
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
	struct index_arg arg;
	int err;

	err = parse_event(&arg, info);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_EVENT_VALUE);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	err = neuron_core_event_set(neuron_nl_ctx(info), arg.nc, arg.index,
				    nla_get_u32(info->attrs[NEURON_A_EVENT_VALUE]),
				    info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_EVENT_NC_ID]);

	return err;
}

static void semaphore_get_run(struct neuron_job *job)
{
	const struct index_arg *arg = job->arg;

	got_value(job, neuron_core_semaphore_get(job->ctx->ndev, arg->nc, arg->index,
						 job->result.value));
}

static int fill_semaphore(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct index_arg *arg = job->arg;

	if (nla_put_u32(skb, NEURON_A_SEMAPHORE_NC_ID, arg->nc) ||
	    nla_put_u32(skb, NEURON_A_SEMAPHORE_SEMAPHORE_ID, arg->index) ||
	    nla_put_s32(skb, NEURON_A_SEMAPHORE_VALUE, job->result.value[0]))
		return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_semaphore_get_doit() - semaphore-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_semaphore_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct index_arg arg;
	int err = parse_semaphore(&arg, info);

	return err ?: read_index(skb, info, &arg, semaphore_get_run, fill_semaphore);
}

/**
 * neuron_nl_semaphore_set_doit() - semaphore-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_semaphore_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *op = info->attrs[NEURON_A_SEMAPHORE_OP];
	struct index_arg arg;
	int err;

	err = parse_semaphore(&arg, info);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_SEMAPHORE_VALUE);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	err = neuron_core_semaphore_set(neuron_nl_ctx(info), arg.nc, arg.index,
					op ? nla_get_u32(op) : NEURON_SEMAPHORE_OP_SET,
					nla_get_s32(info->attrs[NEURON_A_SEMAPHORE_VALUE]),
					info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_SEMAPHORE_NC_ID]);

	return err;
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
	job = neuron_nl_new_job(info, reg_read_run, sizeof(struct reg_arg));
	if (IS_ERR(job))
		return PTR_ERR(job);

	err = parse_regs(job->arg, info);
	if (err) {
		neuron_job_put(job);
		return err;
	}

	return neuron_nl_run_job(skb, info, job, fill_regs);
}
