/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests with NLM_F_ECHO: their senders hear of what they cause, whether or not
 * they are members of the group.
 */
#ifndef NEURON_NL_ECHO_H
#define NEURON_NL_ECHO_H

#include <linux/list.h>
#include <linux/types.h>

struct genl_info;
struct net;
struct sk_buff;
struct task_struct;

/**
 * struct neuron_nl_echo - a request with NLM_F_ECHO that is not answered yet
 * @node: in the list of them; empty for a request without that flag
 * @id: number of the request, never used twice
 * @task: runs the request
 * @worker: runs the job that it has started, or NULL
 * @net: namespace of its socket
 * @portid: address of its socket there
 * @seq: its sequence number
 */
struct neuron_nl_echo {
	struct list_head node;
	u64 id;
	const struct task_struct *task;
	const struct task_struct *worker;
	struct net *net;
	u32 portid;
	u32 seq;
};

void neuron_nl_echo_begin(struct neuron_nl_echo *echo, struct genl_info *info);
void neuron_nl_echo_end(struct neuron_nl_echo *echo);

/*
 * The request that the caller works for, which is not answered before
 * neuron_nl_echo_put(); NULL if it did not ask for an echo.
 */
const struct neuron_nl_echo *neuron_nl_echo_get(void);
void neuron_nl_echo_put(const struct neuron_nl_echo *echo);

int neuron_nl_echo_send(const struct neuron_nl_echo *echo, struct sk_buff *skb,
			unsigned int group);

#endif
