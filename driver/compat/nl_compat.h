/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink as of 6.2 for 6.1; nl_family.c has the rest of it. Everything
 * else is written against the current interface.
 */
#ifndef NEURON_NL_COMPAT_H
#define NEURON_NL_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len)	NLA_POLICY_MAX(NLA_BINARY, _len)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)

/* The range of a policy is not const there. */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range)					\
	{									\
		.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
		.validation_type = NLA_VALIDATE_RANGE_PTR,			\
		.range = (struct netlink_range_validation *)(_range),		\
	}

/**
 * struct genl_split_ops - one do or dump of a command
 * @pre_doit: before @doit
 * @doit: the operation
 * @post_doit: after @doit
 * @start: before the first @dumpit
 * @dumpit: next part of a dump
 * @done: after the last @dumpit
 * @policy: attributes that it takes
 * @maxattr: highest of them
 * @cmd: NEURON_CMD_*
 * @internal_flags: unused
 * @flags: GENL_CMD_CAP_DO or GENL_CMD_CAP_DUMP, and permissions
 * @validate: unused
 */
struct genl_split_ops {
	union {
		struct {
			int (*pre_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
					struct genl_info *info);
			int (*doit)(struct sk_buff *skb, struct genl_info *info);
			void (*post_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
					  struct genl_info *info);
		};
		struct {
			int (*start)(struct netlink_callback *cb);
			int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
			int (*done)(struct netlink_callback *cb);
		};
	};
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 internal_flags;
	u8 flags;
	u8 validate;
};

extern struct genl_family neuron_nl_family;

/* A family of one module: the info need not say which. */
static inline void *__genlmsg_iput(struct sk_buff *skb, const struct genl_info *info, int flags)
{
	return genlmsg_put(skb, info->snd_portid, info->snd_seq, &neuron_nl_family, flags,
			   info->genlhdr->cmd);
}

static inline void *genlmsg_iput(struct sk_buff *skb, const struct genl_info *info)
{
	return __genlmsg_iput(skb, info, 0);
}

static inline void genl_info_init_ntf(struct genl_info *info, const struct genl_family *family,
				      u8 cmd)
{
	struct genlmsghdr *hdr = (void *)&info->user_ptr[0];

	memset(info, 0, sizeof(*info));
	info->genlhdr = hdr;
	hdr->cmd = cmd;
}

/* Lives until the end of the enclosing block; carries no namespace. */
#define genl_info_dump(cb)							\
	(&(const struct genl_info){						\
		.snd_seq = (cb)->nlh->nlmsg_seq,				\
		.snd_portid = NETLINK_CB((cb)->skb).portid,			\
		.nlhdr = (struct nlmsghdr *)(cb)->nlh,				\
		.genlhdr = nlmsg_data((cb)->nlh),				\
		.attrs = genl_dumpit_info(cb)->attrs,				\
		.extack = (cb)->extack,						\
	})

#endif

typedef int (*neuron_nl_doit)(struct sk_buff *skb, struct genl_info *info);

/* Implemented by nl.c: runs one do between its hooks. */
int neuron_nl_run_do(struct sk_buff *skb, struct genl_info *info, neuron_nl_doit doit);

int neuron_nl_family_register(void);
void neuron_nl_family_unregister(void);

#endif
