// SPDX-License-Identifier: GPL-2.0
/*
 * context-get, context-set.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/eventfd.h>
#include <linux/minmax.h>
#include <linux/pid_namespace.h>

#include "ctx.h"
#include "device.h"
#include "nl.h"
#include "quota.h"

/**
 * struct account - how one of the things that are counted is told
 * @kind: which
 * @wide: 64 bits
 * @used: attribute of what the context has, or 0
 * @limit: attribute of its own limit, or 0
 * @user_used: attribute of what its user has
 * @user_limit: attribute of the user's limit
 */
struct account {
	enum neuron_quota_kind kind;
	bool wide;
	u32 used;
	u32 limit;
	u32 user_used;
	u32 user_limit;
};

static const struct account accounts[] = {
	{
		NEURON_QUOTA_HOST, true, NEURON_A_CONTEXT_HOST_BYTES, NEURON_A_CONTEXT_HOST_LIMIT,
		NEURON_A_CONTEXT_USER_HOST_BYTES, NEURON_A_CONTEXT_USER_HOST_LIMIT,
	}, {
		NEURON_QUOTA_DEVICE, true, NEURON_A_CONTEXT_DEVICE_BYTES,
		NEURON_A_CONTEXT_DEVICE_LIMIT, NEURON_A_CONTEXT_USER_DEVICE_BYTES,
		NEURON_A_CONTEXT_USER_DEVICE_LIMIT,
	}, {
		NEURON_QUOTA_IDS, false, NEURON_A_CONTEXT_IDS, NEURON_A_CONTEXT_ID_LIMIT,
		NEURON_A_CONTEXT_USER_IDS, NEURON_A_CONTEXT_USER_ID_LIMIT,
	}, {
		NEURON_QUOTA_JOBS, false, 0, NEURON_A_CONTEXT_JOB_LIMIT,
		NEURON_A_CONTEXT_USER_JOBS, NEURON_A_CONTEXT_USER_JOB_LIMIT,
	}, {
		NEURON_QUOTA_CONTEXTS, false, 0, 0, NEURON_A_CONTEXT_USER_CONTEXTS,
		NEURON_A_CONTEXT_USER_CONTEXT_LIMIT,
	},
};

static int fill_ctx_holds(struct sk_buff *skb, struct neuron_ctx *ctx)
{
	if (nla_put_u32(skb, NEURON_A_CONTEXT_MEMS, atomic_read(&ctx->nr_mems)) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_RINGS, atomic_read(&ctx->nr_rings)) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_NQS, atomic_read(&ctx->nr_nqs)) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_JOBS, atomic_read(&ctx->nr_jobs)))
		return -EMSGSIZE;

	return 0;
}

static int put_number(struct sk_buff *skb, const struct account *account, u32 attr, u64 value)
{
	if (account->wide)
		return neuron_nl_put_u64(skb, attr, value);

	return nla_put_u32(skb, attr, min_t(u64, value, U32_MAX));
}

/* What is held is told by the account: until it is really given back. */
static int fill_account(struct sk_buff *skb, const struct neuron_quota *quota,
			const struct account *account)
{
	enum neuron_quota_kind kind = account->kind;

	if (account->used &&
	    put_number(skb, account, account->used, neuron_quota_used(quota, kind)))
		return -EMSGSIZE;
	if (account->limit &&
	    put_number(skb, account, account->limit, READ_ONCE(quota->limit[kind])))
		return -EMSGSIZE;

	return put_number(skb, account, account->user_used, neuron_quota_user_used(quota, kind)) ?:
	       put_number(skb, account, account->user_limit, neuron_quota_user_limit(kind));
}

static int fill_accounts(struct sk_buff *skb, const struct neuron_quota *quota)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(accounts); i++)
		err = fill_account(skb, quota, &accounts[i]);

	return err;
}

static int fill_ctx_label(struct sk_buff *skb, struct neuron_ctx *ctx)
{
	int err = 0;

	mutex_lock(&ctx->lock);
	if (ctx->label[0])
		err = nla_put_string(skb, NEURON_A_CONTEXT_LABEL, ctx->label);
	mutex_unlock(&ctx->lock);

	return err;
}

/* Process and user are told as the reader's namespaces have them. */
static int fill_ctx(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
		    const struct genl_info *info)
{
	pid_t pid = pid_nr_ns(ctx->pid, task_active_pid_ns(current));
	uid_t uid = from_kuid_munged(current_user_ns(), ctx->uid);
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_CONTEXT_DEV_INDEX, ctx->ndev->index) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_CTX_ID, ctx->id) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_PID, pid) ||
	    nla_put_string(skb, NEURON_A_CONTEXT_COMMAND, ctx->comm) ||
	    nla_put_u32(skb, NEURON_A_CONTEXT_UID, uid) ||
	    fill_ctx_label(skb, ctx) || fill_ctx_holds(skb, ctx) ||
	    fill_accounts(skb, ctx->quota)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_context_get_doit() - context-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_context_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_object(info, NULL, fill_ctx);
}

/**
 * neuron_nl_context_get_dumpit() - context-get
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_context_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_contexts(skb, cb, fill_ctx);
}

static u64 asked_limit(const struct account *account, const struct nlattr *attr)
{
	return account->wide ? nla_get_u64(attr) : nla_get_u32(attr);
}

/* How many limits there are to set, or why they cannot be. */
static int check_limits(struct sk_buff *skb, const struct genl_info *info)
{
	struct neuron_quota *quota = neuron_nl_ctx(info)->quota;
	int count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(accounts); i++) {
		struct nlattr *attr = accounts[i].limit ? info->attrs[accounts[i].limit] : NULL;

		if (!attr)
			continue;
		count++;
		if (!neuron_quota_is_raise(quota, accounts[i].kind,
					   asked_limit(&accounts[i], attr)) ||
		    netlink_capable(skb, CAP_SYS_RESOURCE))
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "Raising a limit needs CAP_SYS_RESOURCE");
		return -EPERM;
	}

	return count;
}

static void set_limits(const struct genl_info *info)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(accounts); i++) {
		struct nlattr *attr = accounts[i].limit ? info->attrs[accounts[i].limit] : NULL;

		if (attr)
			WRITE_ONCE(neuron_nl_ctx(info)->quota->limit[accounts[i].kind],
				   asked_limit(&accounts[i], attr));
	}
}

/**
 * neuron_nl_context_set_doit() - context-set
 * @skb: request
 * @info: request
 *
 * All is checked before anything is changed.
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_context_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *label = info->attrs[NEURON_A_CONTEXT_LABEL];
	struct nlattr *fd = info->attrs[NEURON_A_CONTEXT_EVENTFD];
	struct neuron_ctx *ctx = neuron_nl_ctx(info);
	struct eventfd_ctx *eventfd;
	int limits;

	limits = check_limits(skb, info);
	if (limits < 0)
		return limits;
	if (!label && !fd && !limits) {
		NL_SET_ERR_MSG(info->extack, "Give a label, an eventfd or a limit");
		return -EINVAL;
	}
	if (fd) {
		eventfd = eventfd_ctx_fdget(nla_get_s32(fd));
		if (IS_ERR(eventfd)) {
			NL_SET_ERR_MSG_ATTR(info->extack, fd, "Not an event file descriptor");
			return PTR_ERR(eventfd);
		}
		neuron_ctx_set_eventfd(ctx, eventfd);
	}
	if (label)
		neuron_ctx_set_label(ctx, nla_data(label));
	set_limits(info);

	return 0;
}
