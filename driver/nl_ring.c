// SPDX-License-Identifier: GPL-2.0
/*
 * ring-create, -destroy, -get, -attach, -detach, -write, -start, -ack.
 */
#include <linux/errno.h>
#include <linux/eventfd.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "launch.h"
#include "mem.h"
#include "nl.h"
#include "ring.h"
#include "ring_entry.h"

static int no_such_ring(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_A_RING_RING_ID],
			    "The context has no such ring");
	return -ENOENT;
}

/**
 * neuron_nl_ring() - the ring that a request names
 * @info: request
 *
 * Context: Between pre and post.
 * Return: the ring, counted, or an ERR_PTR with the reason in the extended answer.
 */
struct neuron_ring *neuron_nl_ring(const struct genl_info *info)
{
	struct neuron_ring *ring;
	int err;

	err = neuron_nl_need(info, NEURON_A_RING_RING_ID);
	if (err)
		return ERR_PTR(err);

	ring = neuron_ring_get(neuron_nl_ctx(info),
			       nla_get_u32(info->attrs[NEURON_A_RING_RING_ID]));

	return ring ?: ERR_PTR(no_such_ring(info));
}

/* Likewise, for what needs the hardware. */
static struct neuron_ring *ready_ring(const struct genl_info *info)
{
	int err = neuron_device_check_ready(neuron_nl_device(info), info->extack);

	return err ? ERR_PTR(err) : neuron_nl_ring(info);
}

static u32 free_of(struct neuron_ring *ring)
{
	struct neuron_ring_info view;

	neuron_ring_info(ring, &view);

	return view.free;
}

static int fill_created(struct sk_buff *skb, struct neuron_ring *ring)
{
	if (nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ||
	    nla_put_u32(skb, NEURON_A_RING_DESCRIPTORS, ring->descriptors) ||
	    nla_put_u32(skb, NEURON_A_RING_FREE, free_of(ring)))
		return -EMSGSIZE;

	return 0;
}

/* Only device memory has a channel. */
static int parse_place(struct neuron_ring_spec *spec, const struct genl_info *info)
{
	struct nlattr *kind = info->attrs[NEURON_A_RING_KIND];
	struct nlattr *channel = info->attrs[NEURON_A_RING_CHANNEL];

	spec->kind = kind ? nla_get_u32(kind) : NEURON_MEM_KIND_HOST;
	if (!channel)
		return 0;
	if (spec->kind == NEURON_MEM_KIND_HOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, channel,
				    "Only a ring in device memory has a channel");
		return -EINVAL;
	}
	spec->channel = nla_get_u32(channel);

	return 0;
}

/* A new ring without an id. */
static struct neuron_ring *create(const struct genl_info *info)
{
	static const u32 attr_of[] = {
		[NEURON_RING_SPEC_DESCRIPTORS] = NEURON_A_RING_DESCRIPTORS,
		[NEURON_RING_SPEC_CHANNEL] = NEURON_A_RING_CHANNEL,
	};
	struct neuron_ring_spec spec = {
		.descriptors = nla_get_u32(info->attrs[NEURON_A_RING_DESCRIPTORS]),
		.completion = info->attrs[NEURON_A_RING_COMPLETION],
	};
	enum neuron_ring_spec_field wrong = NEURON_RING_SPEC_DESCRIPTORS;
	struct neuron_ring *ring;
	int err;

	if (info->attrs[NEURON_A_RING_LABEL])
		nla_strscpy(spec.label, info->attrs[NEURON_A_RING_LABEL], sizeof(spec.label));
	if (info->attrs[NEURON_A_RING_AXI_PORT])
		spec.port = nla_get_u32(info->attrs[NEURON_A_RING_AXI_PORT]);
	err = parse_place(&spec, info);
	if (err)
		return ERR_PTR(err);

	ring = neuron_ring_create(neuron_nl_ctx(info), &spec, &wrong, info->extack);
	if (!IS_ERR(ring))
		return ring;
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr_of[wrong]]);

	return ERR_PTR(neuron_nl_blame_quota(info, PTR_ERR(ring)));
}

static const char *publish_text(int err)
{
	switch (err) {
	case -ENOMEM:
		return "No memory for the ring's id";
	case -ECANCELED:
		return "The card was reset, or the context closed";
	case -EIO:
	case -ETIMEDOUT:
		return "The card could not clear the ring's memory";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/*
 * Here and below the reply is made before anything happens, so that lack of
 * memory for it cannot hide what has happened.
 */
static int create_now(struct genl_info *info)
{
	struct neuron_ring *ring;
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(reply))
		return PTR_ERR(reply);

	ring = create(info);
	if (IS_ERR(ring))
		return neuron_nl_reply_send(reply, hdr, info, PTR_ERR(ring));

	err = neuron_ring_publish(neuron_nl_ctx(info), ring);
	if (err)
		neuron_nl_set_text(info->extack, publish_text(err));
	else
		err = fill_created(reply, ring);
	neuron_ring_put(ring);

	return neuron_nl_reply_send(reply, hdr, info, err);
}

/**
 * struct creating - a ring that is made by a job
 * @ring: the ring, counted, until the job has run
 * @descriptors: what it has
 * @free: what of it can be written
 */
struct creating {
	struct neuron_ring *ring;
	u32 descriptors;
	u32 free;
};

static void create_drop(struct neuron_job *job)
{
	struct creating *creating = job->arg;

	if (creating->ring)
		neuron_ring_put(creating->ring);
	creating->ring = NULL;
}

static void create_run(struct neuron_job *job)
{
	struct creating *creating = job->arg;
	struct neuron_ring *ring = creating->ring;

	creating->descriptors = ring->descriptors;
	creating->free = free_of(ring);
	job->result.error = neuron_ring_publish(job->ctx, ring);
	job->result.text = publish_text(job->result.error);
	if (!job->result.error)
		job->result.object_id = ring->id;
	create_drop(job);
}

static int fill_create(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct creating *creating = job->arg;

	if (nla_put_u32(skb, NEURON_A_RING_RING_ID, job->result.object_id) ||
	    nla_put_u32(skb, NEURON_A_RING_DESCRIPTORS, creating->descriptors) ||
	    nla_put_u32(skb, NEURON_A_RING_FREE, creating->free))
		return -EMSGSIZE;

	return 0;
}

/* Device memory has to be cleared, and a job may be what is asked for. */
static bool is_created_in_job(const struct genl_info *info)
{
	struct nlattr *kind = info->attrs[NEURON_A_RING_KIND];

	return (kind && nla_get_u32(kind) == NEURON_MEM_KIND_DEVICE) ||
	       info->attrs[NEURON_A_RING_AFTER_JOB] || info->attrs[NEURON_A_RING_JOB_EVENTFD];
}

static int create_in_job(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_ring *ring;
	struct neuron_job *job;

	job = neuron_nl_new_job(info, create_run, sizeof(struct creating));
	if (IS_ERR(job))
		return PTR_ERR(job);
	ring = create(info);
	if (IS_ERR(ring)) {
		neuron_job_put(job);
		return PTR_ERR(ring);
	}
	((struct creating *)job->arg)->ring = ring;
	job->drop = create_drop;

	return neuron_nl_run_job(skb, info, job, fill_create);
}

/**
 * neuron_nl_ring_create_doit() - ring-create
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_create_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = neuron_nl_need(info, NEURON_A_RING_DESCRIPTORS);
	if (!err)
		err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;

	return is_created_in_job(info) ? create_in_job(skb, info) : create_now(info);
}

static int fill_ring(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
		     const struct genl_info *info)
{
	struct neuron_ring *ring = object;
	struct neuron_ring_info view;
	void *hdr = neuron_nl_put(skb, info);

	if (!hdr)
		return -EMSGSIZE;

	neuron_ring_info(ring, &view);
	if (nla_put_u32(skb, NEURON_A_RING_DEV_INDEX, ctx->ndev->index) ||
	    nla_put_u32(skb, NEURON_A_RING_CTX_ID, ctx->id) ||
	    nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ||
	    nla_put_u32(skb, NEURON_A_RING_DESCRIPTORS, ring->descriptors) ||
	    (ring->label[0] && nla_put_string(skb, NEURON_A_RING_LABEL, ring->label)) ||
	    nla_put_u32(skb, NEURON_A_RING_STATE, view.state) ||
	    (view.state != NEURON_RING_STATE_DETACHED &&
	     (nla_put_u32(skb, NEURON_A_RING_ENG_ID, view.eng) ||
	      nla_put_u32(skb, NEURON_A_RING_QUEUE_ID, view.queue))) ||
	    nla_put_u32(skb, NEURON_A_RING_FREE, view.free) ||
	    neuron_nl_put_u64(skb, NEURON_A_RING_WRITTEN, view.written) ||
	    neuron_nl_put_u64(skb, NEURON_A_RING_STARTED, view.started) ||
	    neuron_nl_put_u64(skb, NEURON_A_RING_FINISHED, view.finished) ||
	    neuron_nl_put_u64(skb, NEURON_A_RING_ACKED, view.acked) ||
	    nla_put_u32(skb, NEURON_A_RING_AXI_PORT, ring->port) ||
	    (ring->completion && nla_put_flag(skb, NEURON_A_RING_COMPLETION)) ||
	    (ring->completion &&
	     neuron_nl_put_u64(skb, NEURON_A_RING_FAILED, view.failed)) ||
	    (view.lost_why && nla_put_string(skb, NEURON_A_RING_LOST_TEXT, view.lost_why)) ||
	    nla_put_u32(skb, NEURON_A_RING_KIND, ring->kind) ||
	    (ring->has_block &&
	     nla_put_u32(skb, NEURON_A_RING_CHANNEL, ring->block.channel))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_ring_get_doit() - ring-get of one
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_ring *ring = neuron_nl_ring(info);
	int err;

	if (IS_ERR(ring))
		return PTR_ERR(ring);

	err = neuron_nl_reply_object(info, ring, fill_ring);
	neuron_ring_put(ring);

	return err;
}

static void *next(struct neuron_ctx *ctx, unsigned long *id)
{
	return neuron_ring_next(ctx, id);
}

static void put(void *object)
{
	neuron_ring_put(object);
}

/**
 * neuron_nl_ring_get_dumpit() - ring-get of all
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_ring_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const struct neuron_nl_objects_ops ops = {
		.list = NEURON_LIST_RINGS,
		.next = next,
		.put = put,
		.fill = fill_ring,
	};

	return neuron_nl_dump_objects(skb, cb, &ops);
}

static int fill_attached(struct sk_buff *skb, struct neuron_ring *ring)
{
	struct neuron_ring_info view;

	neuron_ring_info(ring, &view);
	if (nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ||
	    nla_put_u32(skb, NEURON_A_RING_ENG_ID, view.eng) ||
	    nla_put_u32(skb, NEURON_A_RING_QUEUE_ID, view.queue))
		return -EMSGSIZE;

	return 0;
}

static bool claimed(const struct neuron_ring *ring, u32 eng)
{
	return neuron_claim_check(ring->ndev, neuron_device_core_of(ring->ndev, eng),
				  ring->ctx_id, NULL);
}

/* The attribute to blame when a queue could not be had. */
static struct nlattr *blame_attach(const struct genl_info *info, struct neuron_ring *ring, int err)
{
	struct nlattr *eng = info->attrs[NEURON_A_RING_ENG_ID];
	struct neuron_ring_info view;

	if (info->attrs[NEURON_A_RING_NC_ID])
		eng = info->attrs[NEURON_A_RING_NC_ID];
	else if (err == -EBUSY && claimed(ring, nla_get_u32(eng)))
		return eng;
	else if (err != -ERANGE || nla_get_u32(eng) < neuron_nl_device(info)->hw.map->engines)
		eng = info->attrs[NEURON_A_RING_QUEUE_ID];

	neuron_ring_info(ring, &view);
	if (err == -ENOENT || (err == -EBUSY && view.state != NEURON_RING_STATE_DETACHED))
		return info->attrs[NEURON_A_RING_RING_ID];

	return eng;
}

static int attach(struct sk_buff *skb, const struct genl_info *info, struct neuron_ring *ring,
		  struct neuron_job *unused)
{
	struct nlattr *nc = info->attrs[NEURON_A_RING_NC_ID];
	int err;

	if (nc && (info->attrs[NEURON_A_RING_ENG_ID] || info->attrs[NEURON_A_RING_QUEUE_ID])) {
		NL_SET_ERR_MSG_ATTR(info->extack, nc, "Give nc-id, or eng-id and queue-id");
		return -EINVAL;
	}
	if (!nc) {
		err = neuron_nl_need(info, NEURON_A_RING_ENG_ID);
		if (!err)
			err = neuron_nl_need(info, NEURON_A_RING_QUEUE_ID);
		if (err)
			return err;
	}

	err = nc ? neuron_ring_attach_core(ring, nla_get_u32(nc), info->extack) :
		   neuron_ring_attach(ring, nla_get_u32(info->attrs[NEURON_A_RING_ENG_ID]),
				      nla_get_u32(info->attrs[NEURON_A_RING_QUEUE_ID]),
				      info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, blame_attach(info, ring, err));
		return err;
	}

	return fill_attached(skb, ring);
}

static const char *launch_text(int err)
{
	switch (err) {
	case -ECANCELED:
		return "The ring was detached or lost, or an earlier start has failed";
	case -EBUSY:
		return "The ring's memory is not settled after a start that failed";
	case -EIO:
	case -ETIMEDOUT:
		return "The descriptors could not be brought to the card";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

static void launch_run(struct neuron_job *job)
{
	struct neuron_launch *launch = job->arg;

	job->result.object_id = launch->ring->id;
	job->result.error = neuron_launch_run(launch, &job->progress);
	job->result.text = launch_text(job->result.error);
	neuron_launch_drop(launch);
}

static void launch_drop(struct neuron_job *job)
{
	neuron_launch_drop(job->arg);
}

/* For starts of rings in device memory, and for who wants to be told; NULL for others. */
static struct neuron_job *launch_job(const struct genl_info *info, const struct neuron_ring *ring)
{
	struct neuron_job *job;

	if (ring->kind == NEURON_MEM_KIND_HOST && !info->attrs[NEURON_A_RING_JOB_EVENTFD])
		return NULL;

	job = neuron_nl_new_job(info, launch_run, sizeof(struct neuron_launch));
	if (IS_ERR(job))
		return job;
	job->drop = launch_drop;
	job->stoppable = true;

	return job;
}

/* Begins what is left to do of a start; the reply has the rest already. */
static int launch(struct sk_buff *request, struct sk_buff *reply, const struct genl_info *info,
		  struct neuron_job *job)
{
	struct neuron_launch *launch = job->arg;
	int err;

	if (!launch->ring) {
		if (job->eventfd)
			neuron_eventfd_signal(job->eventfd);
		return 0;
	}

	err = neuron_job_submit(job, neuron_nl_wait_us(request, info));
	if (!err) {
		err = job->result.error;
		if (err)
			neuron_nl_set_text(info->extack, job->result.text);
		neuron_job_free(job->ctx, job->id);
		return err;
	}
	if (err != -EINPROGRESS)
		return err;
	if (nla_put_u32(reply, NEURON_A_RING_JOB_ID, job->id) ||
	    nla_put_u32(reply, NEURON_A_RING_JOB_STATE, NEURON_JOB_STATE_RUNNING))
		return -EMSGSIZE;

	return 0;
}

/* What a request does to a ring; adds the answer to the reply. */
typedef int (*ring_fn)(struct sk_buff *skb, const struct genl_info *info,
		       struct neuron_ring *ring, struct neuron_job *job);

static int with_job(struct sk_buff *request, struct genl_info *info, struct neuron_ring *ring,
		    struct neuron_job *job, ring_fn fn)
{
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	err = fn(reply, info, ring, job);
	if (!err && job)
		err = launch(request, reply, info, job);

	return neuron_nl_reply_send(reply, hdr, info, err);
}

/* @starts: it may be a start, which can become a job, or have an eventfd. */
static int with_ring(struct sk_buff *request, struct genl_info *info, bool starts, ring_fn fn)
{
	struct neuron_ring *ring = ready_ring(info);
	struct neuron_job *job = NULL;
	int err;

	if (IS_ERR(ring))
		return PTR_ERR(ring);

	if (starts)
		job = launch_job(info, ring);
	err = IS_ERR(job) ? PTR_ERR(job) : with_job(request, info, ring, job, fn);
	if (!IS_ERR_OR_NULL(job))
		neuron_job_put(job);
	neuron_ring_put(ring);

	return err;
}

/**
 * neuron_nl_ring_attach_doit() - ring-attach
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	return with_ring(skb, info, false, attach);
}

static const char *stop_text(int err)
{
	switch (err) {
	case -ENOENT:
		return "The context has no such ring";
	case -ENOTCONN:
		return "The ring is not attached";
	case -EBUSY:
	case -ETIMEDOUT:
		return "The engine does not let go; the ring is in quarantine";
	case -EIO:
		return "The card has failed; the ring is in quarantine";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

static void stop_ended(struct neuron_job *job, int err)
{
	job->result.object_id = *(u32 *)job->arg;
	job->result.error = err;
	job->result.text = stop_text(err);
}

static void detach_run(struct neuron_job *job)
{
	struct neuron_ring *ring = neuron_ring_get(job->ctx, *(u32 *)job->arg);
	int err = -ENOENT;

	if (ring) {
		err = neuron_ring_detach(ring);
		neuron_ring_put(ring);
	}
	stop_ended(job, err);
}

static void destroy_run(struct neuron_job *job)
{
	struct neuron_ring *ring = neuron_ring_take(job->ctx, *(u32 *)job->arg);
	int err = -ENOENT;

	if (ring) {
		err = neuron_ring_detach(ring);
		neuron_ring_put(ring);
	}
	/* On no queue: the memory went with the reference. */
	stop_ended(job, err == -ENOTCONN ? 0 : err);
}

static int fill_stopped(struct sk_buff *skb, const struct neuron_job *job)
{
	return nla_put_u32(skb, NEURON_A_RING_RING_ID, job->result.object_id);
}

static struct neuron_job *new_job(const struct genl_info *info, neuron_job_fn run)
{
	struct neuron_job *job;

	job = neuron_nl_new_job(info, run, sizeof(u32));
	if (!IS_ERR(job))
		*(u32 *)job->arg = nla_get_u32(info->attrs[NEURON_A_RING_RING_ID]);

	return job;
}

/**
 * neuron_nl_ring_destroy_doit() - ring-destroy
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_destroy_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_nl_need(info, NEURON_A_RING_RING_ID);
	if (err)
		return err;
	job = new_job(info, destroy_run);
	if (IS_ERR(job))
		return PTR_ERR(job);
	job->always = true;

	/* The last thing that can fail; whatever becomes of the job, teardown is left. */
	if (neuron_ring_doom(neuron_nl_ctx(info),
			     nla_get_u32(info->attrs[NEURON_A_RING_RING_ID]))) {
		neuron_job_put(job);
		return no_such_ring(info);
	}

	return neuron_nl_run_job(skb, info, job, fill_stopped);
}

static int check_attached(const struct genl_info *info)
{
	struct neuron_ring *ring = neuron_nl_ring(info);
	struct neuron_ring_info view;

	if (IS_ERR(ring))
		return PTR_ERR(ring);
	neuron_ring_info(ring, &view);
	neuron_ring_put(ring);
	if (view.state == NEURON_RING_STATE_ATTACHED)
		return 0;

	NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_RING_RING_ID]);
	neuron_nl_set_text(info->extack, view.lost_why ?: "The ring is not attached");

	return -ENOTCONN;
}

/**
 * neuron_nl_ring_detach_doit() - ring-detach
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = check_attached(info);
	if (err)
		return err;
	job = new_job(info, detach_run);
	if (IS_ERR(job))
		return PTR_ERR(job);

	return neuron_nl_run_job(skb, info, job, fill_stopped);
}

/**
 * struct list - the entries of a ring-write
 * @ctx: whose ring it is
 * @entry: those before the first one that is wrong
 * @bytes: size of the memory that it has
 * @count: number of them
 * @err: why one is wrong, or 0
 * @bad: number of that one
 * @why: the same for people
 * @wrong: what to mark if it is the first of all
 * @text: gets the sentences of those who are asked
 */
struct list {
	struct neuron_ctx *ctx;
	struct neuron_ring_entry *entry;
	size_t bytes;
	u32 count;
	int err;
	u32 bad;
	const char *why;
	const struct nlattr *wrong;
	struct netlink_ext_ack text;
};

static int refuse(struct list *list, int err, const char *why, const struct nlattr *wrong)
{
	list->err = err;
	list->bad = list->count;
	list->why = why;
	list->wrong = wrong;

	return err;
}

/* Lists name the same memory again and again: that of the entry before is looked at first. */
static struct neuron_mem *find_mem(struct neuron_ctx *ctx, struct neuron_mem *last, u32 id)
{
	if (!last || last->id != id)
		return neuron_mem_get(ctx, id);
	kref_get(&last->ref);

	return last;
}

static const struct neuron_ring_entry *entry_before(const struct list *list)
{
	return list->count ? &list->entry[list->count - 1] : NULL;
}

static int parse_src(struct list *list, struct neuron_ring_entry *entry,
		     const struct nlattr *nest, struct nlattr **tb)
{
	struct nlattr *mem = tb[NEURON_A_ENTRY_SRC_MEM];
	struct nlattr *offset = tb[NEURON_A_ENTRY_SRC_OFFSET];
	struct nlattr *imm = tb[NEURON_A_ENTRY_IMM];
	const struct neuron_ring_entry *before;

	if (!mem == !imm)
		return refuse(list, -EINVAL, "Give either src-mem or imm", imm ?: nest);
	if (offset && !mem)
		return refuse(list, -EINVAL, "src-offset needs src-mem", offset);
	if (imm) {
		entry->imm = nla_get_u32(imm);
		return 0;
	}

	before = entry_before(list);
	entry->src_offset = offset ? nla_get_u64(offset) : 0;
	entry->src = find_mem(list->ctx, before ? before->src : NULL, nla_get_u32(mem));
	if (!entry->src)
		return refuse(list, -ENOENT, "The context has no such source memory", mem);

	return 0;
}

/* The context that the destination is of, if not that of the ring. */
static int parse_peer(struct list *list, struct neuron_ring_entry *entry,
		      const struct nlattr *fd)
{
	struct neuron_ctx *peer;

	if (!fd)
		return 0;
	peer = neuron_nl_dst_ctx(fd, &list->text);
	if (IS_ERR(peer))
		return refuse(list, PTR_ERR(peer), list->text._msg, fd);
	entry->peer = peer;

	return 0;
}

/* The four kinds of destinations; one is given, and what belongs to it. */
static int check_dst(struct list *list, const struct nlattr *nest, struct nlattr **tb)
{
	struct nlattr *mem = tb[NEURON_A_ENTRY_DST_MEM];
	struct nlattr *event = tb[NEURON_A_ENTRY_DST_EVENT];
	struct nlattr *semaphore = tb[NEURON_A_ENTRY_DST_SEMAPHORE];
	struct nlattr *fifo = tb[NEURON_A_ENTRY_DST_FIFO];
	struct nlattr *offset = tb[NEURON_A_ENTRY_DST_OFFSET];
	struct nlattr *nc = tb[NEURON_A_ENTRY_DST_CORE];
	struct nlattr *op = tb[NEURON_A_ENTRY_SEMAPHORE_OP];

	if (!!mem + !!event + !!semaphore + !!fifo != 1)
		return refuse(list, -EINVAL,
			      "Give one of dst-mem, dst-event, dst-semaphore, dst-fifo",
			      fifo ?: semaphore ?: event ?: nest);
	if (offset && !mem)
		return refuse(list, -EINVAL, "dst-offset needs dst-mem", offset);
	if (nc && mem)
		return refuse(list, -EINVAL, "dst-core does not go with dst-mem", nc);
	if (!nc && !mem)
		return refuse(list, -EINVAL, "dst-core is missing", fifo ?: semaphore ?: event);
	if (op && !semaphore)
		return refuse(list, -EINVAL, "semaphore-op needs dst-semaphore", op);

	return 0;
}

static void parse_register(struct neuron_ring_entry *entry, struct nlattr **tb)
{
	struct nlattr *event = tb[NEURON_A_ENTRY_DST_EVENT];
	struct nlattr *semaphore = tb[NEURON_A_ENTRY_DST_SEMAPHORE];
	struct nlattr *op = tb[NEURON_A_ENTRY_SEMAPHORE_OP];

	entry->nc = nla_get_u32(tb[NEURON_A_ENTRY_DST_CORE]);
	entry->dst_kind = NEURON_RING_DST_FIFO;
	if (event) {
		entry->dst_kind = NEURON_RING_DST_EVENT;
		entry->index = nla_get_u32(event);
	} else if (semaphore) {
		entry->dst_kind = NEURON_RING_DST_SEMAPHORE;
		entry->index = nla_get_u32(semaphore);
		entry->op = op ? nla_get_u32(op) : NEURON_SEMAPHORE_OP_SET;
	}
}

static int parse_dst(struct list *list, struct neuron_ring_entry *entry,
		     const struct nlattr *nest, struct nlattr **tb)
{
	struct nlattr *mem = tb[NEURON_A_ENTRY_DST_MEM];
	struct nlattr *offset = tb[NEURON_A_ENTRY_DST_OFFSET];
	const struct neuron_ring_entry *before;
	int err;

	err = check_dst(list, nest, tb) ?:
	      parse_peer(list, entry, tb[NEURON_A_ENTRY_DST_CTX_FD]);
	if (err)
		return err;
	if (!mem) {
		parse_register(entry, tb);
		return 0;
	}

	before = entry_before(list);
	entry->dst_offset = offset ? nla_get_u64(offset) : 0;
	entry->dst = find_mem(entry->peer ?: list->ctx,
			      before && before->peer == entry->peer ? before->dst : NULL,
			      nla_get_u32(mem));
	if (!entry->dst)
		return refuse(list, -ENOENT, "The context has no such destination memory", mem);

	return 0;
}

static int parse_fields(struct list *list, struct neuron_ring_entry *entry,
			const struct nlattr *nest)
{
	static const u32 attr_of[] = {
		[NEURON_RING_FIELD_LEN] = NEURON_A_ENTRY_LENGTH,
		[NEURON_RING_FIELD_SRC_OFFSET] = NEURON_A_ENTRY_SRC_OFFSET,
		[NEURON_RING_FIELD_NC] = NEURON_A_ENTRY_DST_CORE,
		[NEURON_RING_FIELD_EVENT] = NEURON_A_ENTRY_DST_EVENT,
		[NEURON_RING_FIELD_SEMAPHORE] = NEURON_A_ENTRY_DST_SEMAPHORE,
		[NEURON_RING_FIELD_DST_MEM] = NEURON_A_ENTRY_DST_MEM,
		[NEURON_RING_FIELD_PEER] = NEURON_A_ENTRY_DST_CTX_FD,
	};
	struct nlattr *tb[NEURON_A_ENTRY_MAX + 1];
	enum neuron_ring_field wrong;
	int err;

	neuron_nl_spread_entry(tb, NEURON_A_ENTRY_MAX, nest);
	if (!tb[NEURON_A_ENTRY_LENGTH])
		return refuse(list, -EINVAL, "The length is missing", nest);

	entry->len = nla_get_u64(tb[NEURON_A_ENTRY_LENGTH]);
	if (tb[NEURON_A_ENTRY_FLAGS])
		entry->flags = nla_get_u32(tb[NEURON_A_ENTRY_FLAGS]);
	err = parse_src(list, entry, nest, tb) ?: parse_dst(list, entry, nest, tb);
	if (err)
		return err;

	err = neuron_ring_check_entry(list->ctx, entry, &wrong, &list->text);

	return err ? refuse(list, err, list->text._msg, tb[attr_of[wrong]]) : 0;
}

static int parse_entry(struct list *list, const struct nlattr *nest)
{
	struct neuron_ring_entry *entry = &list->entry[list->count];
	int err;

	*entry = (struct neuron_ring_entry) { };
	err = parse_fields(list, entry, nest);
	if (!err) {
		list->count++;
		return 0;
	}
	neuron_ring_entry_drop(entry);

	return err;
}

/* How many entries there are; more than may be is an error of the whole request. */
static int count_entries(const struct genl_info *info, u32 *count, struct nlattr **first)
{
	struct nlattr *attr;
	int rem;

	*count = 0;
	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_RING_ENTRY)
			continue;
		if (*count == NEURON_MAX_ENTRIES) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "More entries than one request takes");
			return -E2BIG;
		}
		if (!*count)
			*first = attr;
		++*count;
	}

	return 0;
}

/* What is wrong with an entry ends the list there, and is no error here. */
static int parse_list(struct list *list, const struct genl_info *info)
{
	struct nlattr *first = NULL;
	struct nlattr *attr;
	u32 count;
	int err;
	int rem;

	memset(list, 0, sizeof(*list));
	err = neuron_nl_need(info, NEURON_A_RING_ENTRY);
	if (!err)
		err = count_entries(info, &count, &first);
	if (err)
		return err;

	list->bytes = count * sizeof(*list->entry);
	list->ctx = neuron_nl_ctx(info);
	list->entry = neuron_ctx_scratch_get(list->ctx, list->bytes);
	if (!list->entry)
		return -ENOMEM;
	list->wrong = first;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem)
		if (nla_type(attr) == NEURON_A_RING_ENTRY && parse_entry(list, attr))
			break;

	return 0;
}

static int put_error(struct sk_buff *skb, const struct list *list)
{
	if (!list->err)
		return 0;

	return nla_put_s32(skb, NEURON_A_RING_ERROR, list->err) ?:
	       nla_put_u32(skb, NEURON_A_RING_ERROR_INDEX, list->bad) ?:
	       (list->why ? nla_put_string(skb, NEURON_A_RING_ERROR_TEXT, list->why) : 0);
}

static int fill_written(struct sk_buff *skb, struct neuron_ring *ring, const struct list *list,
			u32 done, const u32 *started)
{
	if (nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ||
	    nla_put_u32(skb, NEURON_A_RING_DONE, done) ||
	    put_error(skb, list) ||
	    (started && nla_put_u32(skb, NEURON_A_RING_COUNT, *started)) ||
	    nla_put_u32(skb, NEURON_A_RING_FREE, free_of(ring)))
		return -EMSGSIZE;

	return 0;
}

/*
 * What is wrong with the list stands, unless an entry before it is refused; a packet
 * that it cuts off is not written.
 */
static u32 write_entries(struct neuron_ring *ring, struct list *list)
{
	const char *why = NULL;
	u32 done = 0;
	u32 bad;
	int err;

	if (!list->count)
		return 0;

	err = neuron_ring_write(ring, list->entry, list->count, &done, &bad, &why);
	if (err && (bad < list->count || !list->err)) {
		list->err = err;
		list->bad = min(bad, list->count - 1);
		list->why = why;
	}

	return done;
}

/*
 * A list that is refused from its first entry on is a refused request, with a
 * text and the attribute; one that stops later is a success that tells where.
 */
static int write_list(struct sk_buff *skb, const struct genl_info *info, struct neuron_ring *ring,
		      struct list *list, struct neuron_job *job)
{
	bool start = info->attrs[NEURON_A_RING_START];
	u32 started = 0;
	u32 done;
	int err;

	done = write_entries(ring, list);
	if (list->err && !done) {
		neuron_nl_set_text(info->extack, list->why);
		NL_SET_BAD_ATTR(info->extack, list->err == -ENOTCONN ?
				info->attrs[NEURON_A_RING_RING_ID] : list->wrong);
		return list->err;
	}

	if (start) {
		err = neuron_ring_start(ring, &started, job ? job->arg : NULL, info->extack);
		if (err)
			return err;
	}

	return fill_written(skb, ring, list, done, start ? &started : NULL);
}

static int write(struct sk_buff *skb, const struct genl_info *info, struct neuron_ring *ring,
		 struct neuron_job *job)
{
	struct list list;
	int err;

	err = parse_list(&list, info);
	if (!err)
		err = write_list(skb, info, ring, &list, job);
	neuron_ctx_scratch_put(neuron_nl_ctx(info), list.entry, list.bytes);

	return err;
}

/**
 * neuron_nl_ring_write_doit() - ring-write
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_write_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool starts = info->attrs[NEURON_A_RING_START] || info->attrs[NEURON_A_RING_JOB_EVENTFD];

	return with_ring(skb, info, starts, write);
}

static int fill_count(struct sk_buff *skb, struct neuron_ring *ring, u32 count)
{
	if (nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ||
	    nla_put_u32(skb, NEURON_A_RING_COUNT, count) ||
	    nla_put_u32(skb, NEURON_A_RING_FREE, free_of(ring)))
		return -EMSGSIZE;

	return 0;
}

static u32 count_of(const struct genl_info *info)
{
	struct nlattr *count = info->attrs[NEURON_A_RING_COUNT];

	return count ? nla_get_u32(count) : 0;
}

static void blame_count(const struct genl_info *info, int err)
{
	struct nlattr *count = info->attrs[NEURON_A_RING_COUNT];

	if (err == -ERANGE && count)
		NL_SET_BAD_ATTR(info->extack, count);
	else
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_RING_RING_ID]);
}

static int start(struct sk_buff *skb, const struct genl_info *info, struct neuron_ring *ring,
		 struct neuron_job *job)
{
	u32 count = count_of(info);
	int err;

	err = neuron_ring_start(ring, &count, job ? job->arg : NULL, info->extack);
	if (err) {
		blame_count(info, err);
		return err;
	}

	return fill_count(skb, ring, count);
}

/**
 * neuron_nl_ring_start_doit() - ring-start
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_start_doit(struct sk_buff *skb, struct genl_info *info)
{
	return with_ring(skb, info, true, start);
}

/**
 * neuron_nl_ring_ack_doit() - ring-ack
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_ack_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_ring *ring = ready_ring(info);
	u32 count = count_of(info);
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (IS_ERR(ring))
		return PTR_ERR(ring);

	reply = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(reply)) {
		neuron_ring_put(ring);
		return PTR_ERR(reply);
	}

	err = neuron_ring_ack(ring, &count, neuron_nl_wait_us(skb, info), info->extack);
	if (err)
		blame_count(info, err);
	else
		err = fill_count(reply, ring, count);
	neuron_ring_put(ring);

	return neuron_nl_reply_send(reply, hdr, info, err);
}
