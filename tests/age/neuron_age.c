// SPDX-License-Identifier: GPL-2.0
/*
 * The family of an older or a newer driver, for the library to meet.
 */
#include <linux/module.h>
#include <net/genetlink.h>

/* As the spec had them first, and for ever. */
enum { DEVICE_GET = 1, DEVICE_CHANGE_NTF = 4, LATER_GET = 200, LATER_NTF = 201 };
enum {
	DEV_INDEX = 2, BUS_NAME = 3, HOTPLUG_SEQ = 9, VENDOR_ID = 11, DEVICE_ID = 12,
	STATE = 15, HEALTH = 16, FLAGS = 17,
	LATER = 300, LATER_NEST = 301, LATER_LAST = 16000,
};

enum { READY = 1, LATER_VALUE = 99, LATER_FLAGS = 0x80000002 };

static bool newer;
module_param(newer, bool, 0444);
MODULE_PARM_DESC(newer, "be newer than the library, not older");

static u64 hotplug_seq = 5;
static struct genl_family family;

/* What only a newer driver has to say. */
static int fill_later(struct sk_buff *skb)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, HEALTH, LATER_VALUE) || nla_put_u32(skb, FLAGS, LATER_FLAGS) ||
	    nla_put(skb, HOTPLUG_SEQ, sizeof(hotplug_seq), &hotplug_seq) ||
	    nla_put_u32(skb, LATER, 1) || nla_put_string(skb, LATER_LAST, "later"))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LATER_NEST);
	if (!nest || nla_put_u32(skb, 1, 1))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);

	return 0;
}

static int fill(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd)
{
	void *hdr = genlmsg_put(skb, portid, seq, &family, flags, cmd);

	if (!hdr || nla_put_u32(skb, DEV_INDEX, 0) ||
	    nla_put_string(skb, BUS_NAME, "0000:00:1e.0") ||
	    nla_put_u32(skb, VENDOR_ID, 0x1d0f) || nla_put_u32(skb, DEVICE_ID, 0x7064) ||
	    nla_put_u32(skb, STATE, newer ? LATER_VALUE : READY) || (newer && fill_later(skb)))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);

	return 0;
}

static int device_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	int err;

	if (!info->attrs[DEV_INDEX] || nla_get_u32(info->attrs[DEV_INDEX])) {
		NL_SET_ERR_MSG(info->extack, "There is no such card");
		return -ENODEV;
	}
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = fill(reply, info->snd_portid, info->snd_seq, 0, DEVICE_GET);
	if (err) {
		nlmsg_free(reply);
		return err;
	}

	return genlmsg_reply(reply, info);
}

static int device_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	if (cb->args[0]++)
		return 0;
	err = fill(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI, DEVICE_GET);

	return err ? err : skb->len;
}

static int later_get(struct sk_buff *skb, struct genl_info *info)
{
	return 0;
}

static const struct nla_policy policy[DEV_INDEX + 1] = {
	[DEV_INDEX] = { .type = NLA_U32 },
};

static const struct genl_ops ops[] = {
	{ .cmd = DEVICE_GET, .doit = device_get, .dumpit = device_dump },
	{ .cmd = LATER_GET, .doit = later_get },
};

static const struct genl_multicast_group groups[] = {
	{ .name = "hotplug" },
	{ .name = "health" }, { .name = "later-1" }, { .name = "later-2" }, { .name = "later-3" },
	{ .name = "later-4" }, { .name = "later-5" },
};

static struct genl_family family = {
	.name = "neuron",
	.version = 1,
	.maxattr = DEV_INDEX,
	.policy = policy,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.mcgrps = groups,
	.module = THIS_MODULE,
};

static int send(u8 cmd)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return -ENOMEM;
	if (fill(skb, 0, 0, 0, cmd)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	/* Nobody may be listening. */
	genlmsg_multicast(&family, skb, 0, 0, GFP_KERNEL);

	return 0;
}

static int say(const char *val, const struct kernel_param *kp)
{
	int err = send(LATER_NTF);

	hotplug_seq++;

	return err ? err : send(DEVICE_CHANGE_NTF);
}

static const struct kernel_param_ops say_ops = { .set = say };

module_param_cb(say, &say_ops, NULL, 0200);
MODULE_PARM_DESC(say, "tell that the card has changed");

static int __init age_init(void)
{
	family.n_ops = newer ? ARRAY_SIZE(ops) : 1;
	family.n_mcgrps = newer ? ARRAY_SIZE(groups) : 1;
	family.version = newer ? 2 : 1;

	return genl_register_family(&family);
}

static void __exit age_exit(void)
{
	genl_unregister_family(&family);
}

module_init(age_init);
module_exit(age_exit);
MODULE_DESCRIPTION("A neuron family of another age, for tests");
MODULE_LICENSE("GPL");
