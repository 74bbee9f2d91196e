// SPDX-License-Identifier: GPL-2.0
/*
 * device-reset, engine-set, device-set.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/netlink.h>

#include "ctx.h"
#include "device.h"
#include "events.h"
#include "job.h"
#include "mem.h"
#include "nl.h"
#include "reset.h"

/* May the sender do this to a card on which others hold something? */
static bool is_privileged(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_SYS_ADMIN);
}

static void reset_run(struct neuron_job *job)
{
	struct neuron_job_result *result = &job->result;
	struct netlink_ext_ack text = { };

	result->error = neuron_reset_run(job->ctx, job->arg, &text);
	result->text = text._msg;
	if (result->error)
		return;

	result->value[0] = READ_ONCE(job->ctx->ndev->reset_count);
	result->nr_values = 1;
}

static int fill_reset(struct sk_buff *skb, const struct neuron_job *job)
{
	return nla_put_u32(skb, NEURON_A_DEVICE_RESET_COUNT, job->result.value[0]);
}

static int check_reset(const struct genl_info *info, const struct neuron_reset_ask *ask)
{
	struct nlattr *expect = info->attrs[NEURON_A_DEVICE_EXPECT_RESET_COUNT];
	int err;

	err = neuron_reset_check(neuron_nl_ctx(info), ask, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, err == -ESTALE ? expect :
				info->attrs[NEURON_A_DEVICE_CTX_FD]);

	return err;
}

/**
 * neuron_nl_device_reset_doit() - device-reset
 * @skb: request
 * @info: request
 *
 * What refuses it is looked at twice: here, for an answer that names the attribute,
 * and when the reset begins.
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_device_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *expect = info->attrs[NEURON_A_DEVICE_EXPECT_RESET_COUNT];
	struct neuron_reset_ask ask = {
		.privileged = is_privileged(skb),
		.counted = expect,
		.count = expect ? nla_get_u32(expect) : 0,
	};
	struct neuron_job *job;
	int err;

	err = check_reset(info, &ask);
	if (err)
		return err;
	job = neuron_nl_new_job(info, reset_run, sizeof(ask));
	if (IS_ERR(job))
		return PTR_ERR(job);
	memcpy(job->arg, &ask, sizeof(ask));

	return neuron_nl_run_job(skb, info, job, fill_reset);
}

/**
 * struct engine_arg - an engine to recover
 * @eng: engine
 * @privileged: see neuron_reset_engine()
 */
struct engine_arg {
	u32 eng;
	bool privileged;
};

static void engine_run(struct neuron_job *job)
{
	const struct engine_arg *arg = job->arg;
	struct netlink_ext_ack text = { };

	job->result.error = neuron_reset_engine(job->ctx, arg->eng, arg->privileged, &text);
	job->result.text = text._msg;
	job->result.object_id = arg->eng;
}

static int fill_engine(struct sk_buff *skb, const struct neuron_job *job)
{
	return nla_put_u32(skb, NEURON_A_ENGINE_ENG_ID, job->result.object_id);
}

static int parse_engine(struct engine_arg *arg, const struct genl_info *info)
{
	struct nlattr *eng = info->attrs[NEURON_A_ENGINE_ENG_ID];
	int err;

	err = neuron_nl_need(info, NEURON_A_ENGINE_ENG_ID);
	if (!err)
		err = neuron_nl_need(info, NEURON_A_ENGINE_ACTION);
	if (err)
		return err;

	/* The policy has refused every action but recover. */
	arg->eng = nla_get_u32(eng);
	if (arg->eng < neuron_nl_device(info)->hw.map->engines)
		return 0;

	NL_SET_ERR_MSG_ATTR(info->extack, eng, "There is no such engine");

	return -ERANGE;
}

/**
 * neuron_nl_engine_set_doit() - engine-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_engine_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct engine_arg arg = { .privileged = is_privileged(skb) };
	struct neuron_job *job;
	int err;

	err = parse_engine(&arg, info);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	job = neuron_nl_new_job(info, engine_run, sizeof(arg));
	if (IS_ERR(job))
		return PTR_ERR(job);
	memcpy(job->arg, &arg, sizeof(arg));

	return neuron_nl_run_job(skb, info, job, fill_engine);
}

/**
 * neuron_nl_device_set_doit() - device-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_device_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *regions = info->attrs[NEURON_A_DEVICE_DRAM_REGIONS];
	struct neuron_device *ndev = neuron_nl_device(info);
	int err;

	err = neuron_nl_need(info, NEURON_A_DEVICE_DRAM_REGIONS);
	if (err)
		return err;

	err = neuron_mem_set_regions(neuron_nl_ctx(info), nla_get_u32(regions),
				     is_privileged(skb), info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, regions);
	else
		neuron_event_device(ndev, NEURON_EVENT_DEVICE_CHANGE);

	return err;
}
