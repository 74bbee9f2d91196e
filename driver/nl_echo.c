// SPDX-License-Identifier: GPL-2.0
/*
 * Echoes: what a request causes before it is answered is sent to its socket, too.
 *
 * Objects announce without knowing who asked, so the thread tells: that of the
 * request, and that of the job which it has started and waits for. Behind the
 * answer there are no echoes: a port number is somebody else's when its socket is
 * closed, and only while a request runs does its sender hold the socket open.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "events.h"
#include "nl.h"
#include "nl_echo.h"

static LIST_HEAD(echoes);
static DEFINE_MUTEX(echoes_lock);
static u64 last_id;

/**
 * neuron_nl_echo_begin() - a request begins
 * @echo: to be filled
 * @info: request
 *
 * Context: In the sender; sleeps.
 */
void neuron_nl_echo_begin(struct neuron_nl_echo *echo, struct genl_info *info)
{
	INIT_LIST_HEAD(&echo->node);
	if (!nlmsg_report(info->nlhdr))
		return;

	echo->task = current;
	echo->worker = NULL;
	echo->net = genl_info_net(info);
	echo->portid = info->snd_portid;
	echo->seq = info->snd_seq;
	mutex_lock(&echoes_lock);
	echo->id = ++last_id;
	list_add(&echo->node, &echoes);
	mutex_unlock(&echoes_lock);
}

/**
 * neuron_nl_echo_end() - it is answered
 * @echo: by neuron_nl_echo_begin()
 *
 * Context: In the sender; sleeps.
 */
void neuron_nl_echo_end(struct neuron_nl_echo *echo)
{
	if (list_empty(&echo->node))
		return;

	mutex_lock(&echoes_lock);
	list_del(&echo->node);
	mutex_unlock(&echoes_lock);
}

/**
 * neuron_event_asker() - who will be echoed what this thread announces
 *
 * Context: Sleeps.
 * Return: number of the request that it runs, 0 if that did not ask for an echo.
 */
u64 neuron_event_asker(void)
{
	const struct neuron_nl_echo *echo = neuron_nl_echo_get();
	u64 id = echo ? echo->id : 0;

	neuron_nl_echo_put(echo);

	return id;
}

/**
 * neuron_event_work() - this thread begins or ends a job
 * @asker: what neuron_event_asker() said in the thread that started the job
 * @begins: it begins
 *
 * Context: Sleeps.
 */
void neuron_event_work(u64 asker, bool begins)
{
	struct neuron_nl_echo *echo;

	if (!asker)
		return;

	mutex_lock(&echoes_lock);
	list_for_each_entry(echo, &echoes, node)
		if (echo->id == asker)
			echo->worker = begins ? current : NULL;
	mutex_unlock(&echoes_lock);
}

/**
 * neuron_nl_echo_get() - the request that this thread works for
 *
 * Context: Sleeps.
 * Return: the request, which is not answered before neuron_nl_echo_put(); NULL if
 * there is none that asked for an echo.
 */
const struct neuron_nl_echo *neuron_nl_echo_get(void)
{
	struct neuron_nl_echo *echo;

	/* Its own is seen without the lock: it was added before this thread began. */
	if (list_empty(&echoes))
		return NULL;

	mutex_lock(&echoes_lock);
	list_for_each_entry(echo, &echoes, node)
		if (echo->task == current || echo->worker == current)
			return echo;
	mutex_unlock(&echoes_lock);

	return NULL;
}

/**
 * neuron_nl_echo_put() - let that request go on
 * @echo: by neuron_nl_echo_get(), or NULL
 *
 * Context: Any that may hold a mutex.
 */
void neuron_nl_echo_put(const struct neuron_nl_echo *echo)
{
	if (echo)
		mutex_unlock(&echoes_lock);
}

static void multicast_others(const struct neuron_nl_echo *echo, struct sk_buff *skb,
			     unsigned int group)
{
	struct sk_buff *copy;
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net) {
		copy = skb_clone(skb, GFP_ATOMIC);
		if (!copy) {
			genl_set_err(&neuron_nl_family, net, 0, group, -ENOBUFS);
			continue;
		}
		/* The same port number in another namespace is somebody else. */
		genlmsg_multicast_netns(&neuron_nl_family, net, copy,
					net_eq(net, echo->net) ? echo->portid : 0, group,
					GFP_ATOMIC);
	}
	rcu_read_unlock();
}

/**
 * neuron_nl_echo_send() - send an event to a group and to who has caused it
 * @echo: request
 * @skb: event, one message; used up
 * @group: number of the group within the family
 *
 * Who asked gets it once, member or not, with the sequence number of the request.
 *
 * Context: Sleeps.
 * Return: 0, or -ENOMEM and nobody got it. Who reads too slowly is told by his socket.
 */
int neuron_nl_echo_send(const struct neuron_nl_echo *echo, struct sk_buff *skb,
			unsigned int group)
{
	struct sk_buff *own = skb_copy(skb, GFP_KERNEL);
	struct nlmsghdr *nlh;

	if (!own) {
		nlmsg_free(skb);
		return -ENOMEM;
	}

	multicast_others(echo, skb, group);
	consume_skb(skb);

	nlh = nlmsg_hdr(own);
	nlh->nlmsg_seq = echo->seq;
	nlh->nlmsg_pid = echo->portid;
	genlmsg_unicast(echo->net, own, echo->portid);

	return 0;
}
