// SPDX-License-Identifier: GPL-2.0
/*
 * The family as the spec compiler made it, but every do goes through
 * neuron_nl_run_do(). On 6.1 it is rebuilt, since that kernel knows one entry per
 * command, hooks per family, and one policy for do and dump. Deleting 6.1 means
 * deleting the first branch of each condition.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include "nl_compat.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)

/* What the generated source fills in. */
struct neuron_split_family {
	char name[GENL_NAMSIZ];
	unsigned int version;
	u8 netnsok:1;
	u8 parallel_ops:1;
	u8 n_split_ops;
	u8 n_mcgrps;
	const struct genl_split_ops *split_ops;
	const struct genl_multicast_group *mcgrps;
	struct module *module;
};

#define genl_family		neuron_split_family
#define neuron_nl_family	neuron_nl_split_family
#include "../gen/neuron_nl_gen.c"
#undef genl_family
#undef neuron_nl_family

static const struct genl_split_ops *find_op(u8 cmd, u8 kind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(neuron_nl_ops); i++)
		if (neuron_nl_ops[i].cmd == cmd && neuron_nl_ops[i].flags & kind)
			return &neuron_nl_ops[i];

	return NULL;
}

static int pre_doit(const struct genl_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *op = find_op(ops->cmd, GENL_CMD_CAP_DO);

	return op->pre_doit ? op->pre_doit(op, skb, info) : 0;
}

static void post_doit(const struct genl_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *op = find_op(ops->cmd, GENL_CMD_CAP_DO);

	if (op->post_doit)
		op->post_doit(op, skb, info);
}

/* The core has parsed with the policy of do; dump takes less. */
static int start(struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	const struct genl_split_ops *op = find_op(hdr->cmd, GENL_CMD_CAP_DUMP);
	int err;

	err = nla_validate(genlmsg_data(hdr), genlmsg_len(hdr), op->maxattr, op->policy,
			   cb->extack);
	if (err)
		return err;

	return op->start ? op->start(cb) : 0;
}

static int run_do(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_run_do(skb, info,
				find_op(info->genlhdr->cmd, GENL_CMD_CAP_DO)->doit);
}

static struct genl_ops merged_ops[ARRAY_SIZE(neuron_nl_ops)] __ro_after_init;

struct genl_family neuron_nl_family __ro_after_init;

static void __init merge_op(struct genl_ops *to, const struct genl_split_ops *op)
{
	to->cmd = op->cmd;
	to->flags |= op->flags & ~(GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP);
	if (op->flags & GENL_CMD_CAP_DO) {
		to->doit = run_do;
	} else {
		to->start = start;
		to->dumpit = op->dumpit;
		to->done = op->done;
	}
	if (!to->policy || op->flags & GENL_CMD_CAP_DO) {
		to->policy = op->policy;
		to->maxattr = op->maxattr;
	}
}

/* A dump that takes an attribute that do refuses could not be asked for. */
static bool __init dump_fits(const struct genl_ops *merged, const struct genl_split_ops *op)
{
	unsigned int i;

	if (op->maxattr > merged->maxattr)
		return false;
	for (i = 0; i <= op->maxattr; i++)
		if (op->policy[i].type != NLA_UNSPEC &&
		    op->policy[i].type != merged->policy[i].type)
			return false;

	return true;
}

static int __init merge_ops(void)
{
	const struct genl_split_ops *op;
	unsigned int count = 0;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(neuron_nl_ops); i++) {
		op = &neuron_nl_ops[i];
		for (j = 0; j < count && merged_ops[j].cmd != op->cmd; j++)
			;
		if (j == count)
			count++;
		merge_op(&merged_ops[j], op);
	}

	for (i = 0; i < count; i++) {
		op = find_op(merged_ops[i].cmd, GENL_CMD_CAP_DUMP);
		if (op && !dump_fits(&merged_ops[i], op))
			return -EINVAL;
	}

	return count;
}

/**
 * neuron_nl_family_register() - make the family known
 *
 * Context: May sleep; not under a lock that a request takes.
 * Return: 0 or a negative errno.
 */
int __init neuron_nl_family_register(void)
{
	const struct neuron_split_family *split = &neuron_nl_split_family;
	int count = merge_ops();

	if (count < 0)
		return count;

	strscpy(neuron_nl_family.name, split->name, sizeof(neuron_nl_family.name));
	neuron_nl_family.version = split->version;
	neuron_nl_family.netnsok = split->netnsok;
	neuron_nl_family.parallel_ops = split->parallel_ops;
	neuron_nl_family.module = split->module;
	neuron_nl_family.mcgrps = split->mcgrps;
	neuron_nl_family.n_mcgrps = split->n_mcgrps;
	neuron_nl_family.ops = merged_ops;
	neuron_nl_family.n_ops = count;
	neuron_nl_family.pre_doit = pre_doit;
	neuron_nl_family.post_doit = post_doit;

	return genl_register_family(&neuron_nl_family);
}

#else

#include "../gen/neuron_nl_gen.c"

static struct genl_split_ops all_ops[ARRAY_SIZE(neuron_nl_ops)] __ro_after_init;

static int run_do(struct sk_buff *skb, struct genl_info *info)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(neuron_nl_ops) - 1; i++)
		if (neuron_nl_ops[i].cmd == info->genlhdr->cmd &&
		    neuron_nl_ops[i].flags & GENL_CMD_CAP_DO)
			break;

	return neuron_nl_run_do(skb, info, neuron_nl_ops[i].doit);
}

/**
 * neuron_nl_family_register() - make the family known
 *
 * Context: May sleep; not under a lock that a request takes.
 * Return: 0 or a negative errno.
 */
int __init neuron_nl_family_register(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(neuron_nl_ops); i++) {
		all_ops[i] = neuron_nl_ops[i];
		if (all_ops[i].flags & GENL_CMD_CAP_DO)
			all_ops[i].doit = run_do;
	}
	neuron_nl_family.split_ops = all_ops;

	return genl_register_family(&neuron_nl_family);
}

#endif

/**
 * neuron_nl_family_unregister() - the opposite
 *
 * Waits for running requests.
 *
 * Context: May sleep; not under a lock that a request takes.
 */
void neuron_nl_family_unregister(void)
{
	genl_unregister_family(&neuron_nl_family);
}
