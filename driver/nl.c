// SPDX-License-Identifier: GPL-2.0
/*
 * Who asks, about which card, with what authority; and the frame of replies.
 *
 * Authority is an open file of /dev/neuronN that the request names by its
 * number. Only the sender's own files count, hence all of this happens in the
 * sender: in the hooks of do, and in the start of a dump. Later parts of a dump
 * run in whoever reads the socket, so the start remembers who asked.
 */
#include <linux/cred.h>
#include <linux/device_cgroup.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/user_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "cdev.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"
#include "nl_echo.h"
#include "trace.h"

/* A job's reply carries NEURON_JOB_VALUES values at most. */
static_assert(NEURON_JOB_VALUES * 8 + 512 <= GENLMSG_DEFAULT_SIZE);

#define SAME_IN(set)								\
	static_assert(NEURON_A_##set##_CTX_FD == (int)NEURON_NL_CTX_FD &&	\
		      NEURON_A_##set##_DEV_INDEX == (int)NEURON_NL_DEV_INDEX &&	\
		      NEURON_A_##set##_BUS_NAME == (int)NEURON_NL_BUS_NAME &&	\
		      NEURON_A_##set##_PAD == (int)NEURON_NL_PAD)

#define SAME_IN_USE(set)							\
	SAME_IN(set);								\
	static_assert(NEURON_A_##set##_WAIT_US == (int)NEURON_NL_WAIT_US &&	\
		      NEURON_A_##set##_JOB_ID == (int)NEURON_NL_JOB_ID &&	\
		      NEURON_A_##set##_JOB_STATE == (int)NEURON_NL_JOB_STATE &&	\
		      NEURON_A_##set##_CTX_ID == (int)NEURON_NL_CTX_ID)

SAME_IN(STATS);
SAME_IN(HEALTH);
SAME_IN(USAGE);
SAME_IN_USE(DEVICE);
SAME_IN_USE(NEIGHBOR);
SAME_IN_USE(CONTEXT);
SAME_IN_USE(MEM);
SAME_IN_USE(ENGINE);
SAME_IN_USE(RING);
SAME_IN_USE(NQ);
SAME_IN_USE(EVENT);
SAME_IN_USE(REG);
SAME_IN_USE(JOB);

/**
 * neuron_nl_ctx() - context that a request acts on
 * @info: request whose hook was neuron_nl_use_pre() or neuron_nl_own_pre()
 *
 * Context: Between pre and post.
 * Return: the context.
 */
struct neuron_ctx *neuron_nl_ctx(const struct genl_info *info)
{
	return neuron_ctx_from_file(info->user_ptr[1]);
}

/**
 * neuron_nl_set_text() - say why, in a sentence that is not known here
 * @extack: where to, or NULL
 * @text: sentence that lives as long as the module, or NULL
 *
 * Context: Any.
 */
void neuron_nl_set_text(struct netlink_ext_ack *extack, const char *text)
{
	if (extack && text)
		extack->_msg = text;
}

/**
 * neuron_nl_need() - refuse a request without an attribute that it needs
 * @info: request
 * @attr: attribute
 *
 * Context: Any.
 * Return: 0, or -EINVAL with the attribute named as missing.
 */
int neuron_nl_need(const struct genl_info *info, u32 attr)
{
	if (!GENL_REQ_ATTR_CHECK((struct genl_info *)info, attr))
		return 0;

	NL_SET_ERR_MSG(info->extack, "A required attribute is missing");
	return -EINVAL;
}

/**
 * neuron_nl_blame_quota() - name the attribute of a request that goes over a limit
 * @info: request
 * @err: what refused it
 *
 * Whose limit it is stands in ctx-fd; nothing else of the request is wrong.
 *
 * Context: Any.
 * Return: @err.
 */
int neuron_nl_blame_quota(const struct genl_info *info, int err)
{
	if (err == -EDQUOT)
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_NL_CTX_FD]);

	return err;
}

/* Waits end with such errors when a signal comes; the core would stay silent. */
static int answerable(int err)
{
	return err == -EINTR || err == -ERESTARTSYS ? -ECANCELED : err;
}

/*
 * Who may not open a card needs not see it. A convenience for containers, by the
 * rules of their device cgroup, and no boundary: events tell of all cards.
 */
static bool is_hidden(const struct neuron_device *ndev)
{
	dev_t devt = ndev->dev.devt;

	return devcgroup_check_permission(DEVCG_DEV_CHAR, MAJOR(devt), MINOR(devt),
					  DEVCG_ACC_READ);
}

static void set_no_card(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_NL_DEV_INDEX] ?:
			    info->attrs[NEURON_NL_BUS_NAME], "There is no such card");
}

/* The card that the attributes name, counted. */
static struct neuron_device *named_device(const struct genl_info *info)
{
	struct nlattr *index = info->attrs[NEURON_NL_DEV_INDEX];
	struct nlattr *name = info->attrs[NEURON_NL_BUS_NAME];
	struct neuron_device *ndev;

	if (index && name) {
		NL_SET_ERR_MSG_ATTR(info->extack, name, "Give dev-index or bus-name, not both");
		return ERR_PTR(-EINVAL);
	}
	if (!index && !name) {
		neuron_nl_need(info, NEURON_NL_DEV_INDEX);
		NL_SET_ERR_MSG(info->extack, "Give dev-index or bus-name");
		return ERR_PTR(-EINVAL);
	}

	ndev = index ? neuron_device_find(nla_get_u32(index)) :
		       neuron_device_find_name(nla_data(name));
	if (ndev)
		return ndev;

	set_no_card(info);
	return ERR_PTR(-ENODEV);
}

static int enter(struct neuron_device *ndev, struct genl_info *info, const struct nlattr *named)
{
	int err = neuron_device_enter(ndev);

	if (err) {
		NL_SET_ERR_MSG_ATTR(info->extack, named, "The card was removed");
		return err;
	}
	info->user_ptr[0] = neuron_device_get(ndev);

	return 0;
}

/**
 * neuron_nl_look_pre() - hook of requests that anyone may make
 * @ops: unused
 * @skb: request
 * @info: gets the card
 *
 * Context: In the sender; enters the card until neuron_nl_post().
 * Return: 0, -EINVAL, -ENODEV.
 */
int neuron_nl_look_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		       struct genl_info *info)
{
	struct neuron_device *ndev = named_device(info);
	int err;

	if (IS_ERR(ndev))
		return PTR_ERR(ndev);

	info->user_ptr[1] = NULL;
	if (is_hidden(ndev)) {
		set_no_card(info);
		err = -ENODEV;
	} else {
		err = enter(ndev, info, info->attrs[NEURON_NL_DEV_INDEX] ?:
			    info->attrs[NEURON_NL_BUS_NAME]);
	}
	neuron_device_put(ndev);

	return err;
}

/*
 * A program with more rights may be made to write bytes of somebody else's to
 * a socket of somebody else's, in which file numbers would mean its own files.
 * So its rights must not exceed those that the socket was opened with.
 */
static bool sender_is_opener(const struct sk_buff *skb)
{
	const struct sock *sk = NETLINK_CB(skb).sk;
	const struct cred *sender = current_cred();
	const struct cred *opener;

	if (!sk || !sk->sk_socket || !sk->sk_socket->file)
		return false;

	opener = sk->sk_socket->file->f_cred;
	if (opener == sender)
		return true;

	return opener->user_ns == sender->user_ns && uid_eq(opener->euid, sender->euid) &&
	       gid_eq(opener->egid, sender->egid) &&
	       cap_issubset(sender->cap_effective, opener->cap_effective);
}

static int check_sender(const struct sk_buff *skb, const struct nlattr *fd,
			struct netlink_ext_ack *extack)
{
	if (sender_is_opener(skb))
		return 0;

	NL_SET_ERR_MSG_ATTR(extack, fd, "The socket was opened with other credentials");
	return -EPERM;
}

/* What can be wrong with a file, by the attribute that names it. */
struct file_texts {
	const char *closed;
	const char *other;
	const char *readonly;
};

static const struct file_texts ctx_fd_texts = {
	.closed = "ctx-fd is not an open file",
	.other = "ctx-fd is not an open /dev/neuron node",
	.readonly = "ctx-fd is not open for writing",
};

static const struct file_texts dst_ctx_fd_texts = {
	.closed = "dst-ctx-fd is not an open file",
	.other = "dst-ctx-fd is not an open /dev/neuron node",
	.readonly = "dst-ctx-fd is not open for writing",
};

/* The file that @fd names, counted, if it is a context that may be used so. */
static struct file *get_ctx_file(const struct nlattr *fd, fmode_t mode,
				 const struct file_texts *texts, struct netlink_ext_ack *extack)
{
	struct file *file = fget(nla_get_s32(fd));
	const char *why = NULL;
	int err = 0;

	if (!file) {
		why = texts->closed;
		err = -EBADF;
	} else if (!neuron_ctx_from_file(file)) {
		why = texts->other;
		err = -EINVAL;
	} else if ((file->f_mode & mode) != mode) {
		why = texts->readonly;
		err = -EACCES;
	}
	if (!err)
		return file;

	if (file)
		fput(file);
	NL_SET_BAD_ATTR(extack, fd);
	neuron_nl_set_text(extack, why);

	return ERR_PTR(err);
}

/**
 * neuron_nl_dst_ctx() - the context that dst-ctx-fd names
 * @fd: attribute, in a request whose hook was neuron_nl_use_pre()
 * @extack: gets the reason of a refusal
 *
 * That the sender is who opened the socket was seen to by the hook.
 *
 * Context: In the sender.
 * Return: the context, counted, of a file that is open for writing; it may be of any
 * card, and be closed. ERR_PTR: -EBADF, -EINVAL, -EACCES.
 */
struct neuron_ctx *neuron_nl_dst_ctx(const struct nlattr *fd, struct netlink_ext_ack *extack)
{
	struct file *file = get_ctx_file(fd, FMODE_WRITE, &dst_ctx_fd_texts, extack);
	struct neuron_ctx *ctx;

	if (IS_ERR(file))
		return ERR_CAST(file);

	ctx = neuron_ctx_get(neuron_ctx_from_file(file));
	fput(file);

	return ctx;
}

/* The card may be named as well, to be sure. */
static int check_named(const struct genl_info *info, const struct neuron_device *ndev)
{
	struct nlattr *index = info->attrs[NEURON_NL_DEV_INDEX];
	struct nlattr *name = info->attrs[NEURON_NL_BUS_NAME];
	struct nlattr *wrong = NULL;

	if (name && nla_strcmp(name, ndev->bus_name))
		wrong = name;
	if (index && nla_get_u32(index) != ndev->index)
		wrong = index;
	if (!wrong)
		return 0;

	NL_SET_ERR_MSG_ATTR(info->extack, wrong, "ctx-fd is of another card");
	return -EINVAL;
}

static int ctx_pre(struct sk_buff *skb, struct genl_info *info, fmode_t mode)
{
	struct neuron_device *ndev;
	struct file *file;
	int err;

	err = neuron_nl_need(info, NEURON_NL_CTX_FD);
	if (err)
		return err;
	err = check_sender(skb, info->attrs[NEURON_NL_CTX_FD], info->extack);
	if (err)
		return err;
	file = get_ctx_file(info->attrs[NEURON_NL_CTX_FD], mode, &ctx_fd_texts, info->extack);
	if (IS_ERR(file))
		return PTR_ERR(file);

	ndev = neuron_ctx_from_file(file)->ndev;
	err = check_named(info, ndev);
	if (!err)
		err = enter(ndev, info, info->attrs[NEURON_NL_CTX_FD]);
	if (err) {
		fput(file);
		return err;
	}
	info->user_ptr[1] = file;

	return 0;
}

/**
 * neuron_nl_use_pre() - hook of requests that change or use something
 * @ops: unused
 * @skb: request
 * @info: gets the card and the context
 *
 * The context cannot close before neuron_nl_post(); whether the card is ready
 * is for the operation to see.
 *
 * Context: In the sender; enters the card until neuron_nl_post().
 * Return: 0; -EINVAL, -EPERM, -EBADF, -EACCES for what is wrong with ctx-fd;
 * -ENODEV.
 */
int neuron_nl_use_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	return ctx_pre(skb, info, FMODE_WRITE);
}

/**
 * neuron_nl_own_pre() - hook of requests that look at the caller's own things
 * @ops: unused
 * @skb: request
 * @info: gets the card and the context
 *
 * Context: In the sender; enters the card until neuron_nl_post().
 * Return: as neuron_nl_use_pre(), but the file may be open for reading.
 */
int neuron_nl_own_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	return ctx_pre(skb, info, 0);
}

/**
 * neuron_nl_post() - undo a hook
 * @ops: unused
 * @skb: request
 * @info: what the hook has set
 *
 * Context: In the sender.
 */
void neuron_nl_post(const struct genl_split_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_device *ndev = neuron_nl_device(info);
	struct file *file = info->user_ptr[1];

	neuron_device_leave(ndev);
	neuron_device_put(ndev);
	if (file)
		fput(file);
}

/* The object that a request names, by operation. */
static const u8 id_attr[NEURON_CMD_MAX + 1] = {
	[NEURON_CMD_MEM_FREE] = NEURON_A_MEM_MEM_ID,
	[NEURON_CMD_MEM_GET] = NEURON_A_MEM_MEM_ID,
	[NEURON_CMD_RING_DESTROY] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_GET] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_ATTACH] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_DETACH] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_WRITE] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_START] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_ACK] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_RING_READ] = NEURON_A_RING_RING_ID,
	[NEURON_CMD_NQ_DESTROY] = NEURON_A_NQ_NQ_ID,
	[NEURON_CMD_NQ_GET] = NEURON_A_NQ_NQ_ID,
	[NEURON_CMD_NQ_ACK] = NEURON_A_NQ_NQ_ID,
	[NEURON_CMD_JOB_GET] = NEURON_A_JOB_JOB_ID,
	[NEURON_CMD_JOB_FREE] = NEURON_A_JOB_JOB_ID,
	[NEURON_CMD_JOB_CANCEL] = NEURON_A_JOB_JOB_ID,
	[NEURON_CMD_ENGINE_SET] = NEURON_A_ENGINE_ENG_ID,
};

static u32 id_of(const struct genl_info *info)
{
	u8 attr = id_attr[info->genlhdr->cmd];

	return attr && info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : 0;
}

/**
 * neuron_nl_run_do() - one do of the family
 * @skb: request
 * @info: what its hook has set
 * @doit: the operation
 *
 * What was asked for with a context goes into the card's flight recorder. What
 * anybody may ask does not: it could be used to make room for nothing.
 *
 * Context: Between pre and post, as @doit.
 * Return: what @doit returned.
 */
int neuron_nl_run_do(struct sk_buff *skb, struct genl_info *info, neuron_nl_doit doit)
{
	struct neuron_device *ndev = neuron_nl_device(info);
	u32 ctx_id = info->user_ptr[1] ? neuron_nl_ctx(info)->id : 0;
	ktime_t began = ktime_get();
	struct neuron_nl_echo echo;
	struct neuron_flight_entry entry = {
		.kind = NEURON_FLIGHT_REQUEST,
		.ctx_id = ctx_id,
		.what = info->genlhdr->cmd,
		.id = id_of(info),
	};

	neuron_nl_echo_begin(&echo, info);
	entry.err = doit(skb, info);
	neuron_nl_echo_end(&echo);
	entry.us = ktime_us_delta(ktime_get(), began);
	if (ctx_id)
		neuron_flight_add(&ndev->flight, &entry);
	trace_neuron_request_end(ndev->index, ctx_id, entry.what, entry.err, entry.us);

	return entry.err;
}

/**
 * neuron_nl_wait_us() - how long a request may wait
 * @skb: request
 * @info: request of an operation that takes wait-us
 *
 * All requests of one send run under a lock of generic netlink, so only the
 * last of them waits at all.
 *
 * Context: In the operation.
 * Return: microseconds.
 */
u32 neuron_nl_wait_us(const struct sk_buff *skb, const struct genl_info *info)
{
	struct nlattr *wait = info->attrs[NEURON_NL_WAIT_US];

	if (skb->len > NLMSG_ALIGN(info->nlhdr->nlmsg_len))
		return 0;

	return wait ? nla_get_u32(wait) : NEURON_DEFAULT_WAIT_US;
}

/**
 * neuron_nl_put() - begin a message of a reply, a dump or a notification
 * @skb: message buffer
 * @info: request, or made by genl_info_init_ntf()
 *
 * Context: Any.
 * Return: the header for genlmsg_end() or genlmsg_cancel(), NULL if it does not fit.
 */
void *neuron_nl_put(struct sk_buff *skb, const struct genl_info *info)
{
	bool dump = info->nlhdr && (info->nlhdr->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	return __genlmsg_iput(skb, info, dump ? NLM_F_MULTI : 0);
}

/**
 * neuron_nl_reply_new() - begin a reply
 * @info: request
 * @hdr: header for neuron_nl_reply_send()
 *
 * Context: May sleep; between pre and post.
 * Return: the reply, with dev-index in it; ERR_PTR(-ENOMEM).
 */
struct sk_buff *neuron_nl_reply_new(struct genl_info *info, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return ERR_PTR(-ENOMEM);

	*hdr = neuron_nl_put(skb, info);
	if (*hdr && !nla_put_u32(skb, NEURON_NL_DEV_INDEX, neuron_nl_device(info)->index))
		return skb;

	nlmsg_free(skb);
	return ERR_PTR(-EMSGSIZE);
}

/**
 * neuron_nl_reply_send() - end a reply
 * @skb: reply; used up
 * @hdr: its header
 * @info: request
 * @err: what adding attributes returned
 *
 * Context: May sleep.
 * Return: @err, or what sending returned.
 */
int neuron_nl_reply_send(struct sk_buff *skb, void *hdr, struct genl_info *info, int err)
{
	if (err) {
		nlmsg_free(skb);
		return answerable(err);
	}
	genlmsg_end(skb, hdr);

	return genlmsg_reply(skb, info);
}

/**
 * neuron_nl_reply_part() - answer with a part of a card
 * @info: request
 * @part: number of the part
 * @fill: writes it
 *
 * Context: May sleep; between pre and post.
 * Return: 0 or a negative errno of @fill.
 */
int neuron_nl_reply_part(struct genl_info *info, u32 part, neuron_nl_fill_part fill)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	err = fill(skb, neuron_nl_device(info), part, info);
	if (err) {
		nlmsg_free(skb);
		return err;
	}

	return genlmsg_reply(skb, info);
}

/**
 * neuron_nl_reply_numbered() - answer with the part of a card that an attribute numbers
 * @info: request
 * @attr: attribute with the number, which the request must have
 * @fill: writes the message
 * @none: sentence for a number that no part has
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno; -ERANGE for a part that does not exist.
 */
int neuron_nl_reply_numbered(struct genl_info *info, u32 attr, neuron_nl_fill_part fill,
			     const char *none)
{
	int err = neuron_nl_need(info, attr);

	if (!err)
		err = neuron_nl_reply_part(info, nla_get_u32(info->attrs[attr]), fill);
	if (err != -ENOENT)
		return err;

	neuron_nl_set_text(info->extack, none);
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);

	return -ERANGE;
}

/**
 * neuron_nl_reply_object() - answer with an object of a context
 * @info: request
 * @object: for @fill
 * @fill: writes it
 *
 * Context: May sleep; between pre and post.
 * Return: 0 or a negative errno of @fill.
 */
int neuron_nl_reply_object(struct genl_info *info, void *object, neuron_nl_fill_object fill)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	err = fill(skb, neuron_nl_ctx(info), object, info);
	if (err) {
		nlmsg_free(skb);
		return err;
	}

	return genlmsg_reply(skb, info);
}

static int fill_running(struct sk_buff *skb, const struct neuron_job *job)
{
	if (nla_put_u32(skb, NEURON_NL_JOB_ID, job->id) ||
	    nla_put_u32(skb, NEURON_NL_JOB_STATE, NEURON_JOB_STATE_RUNNING))
		return -EMSGSIZE;

	return 0;
}

static int reply_job(struct genl_info *info, const struct neuron_job *job,
		     neuron_nl_fill_result fill)
{
	struct sk_buff *skb;
	void *hdr;

	skb = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(skb))
		return PTR_ERR(skb);

	return neuron_nl_reply_send(skb, hdr, info, fill ? fill(skb, job) : 0);
}

/* It has ended in time: its result is told here, and it is forgotten. */
static int answer_ended(struct genl_info *info, struct neuron_job *job,
			neuron_nl_fill_result fill)
{
	int err = answerable(job->result.error);

	if (err)
		neuron_nl_set_text(info->extack, job->result.text);
	else
		err = reply_job(info, job, fill);
	neuron_job_free(job->ctx, job->id);

	return err;
}

/**
 * neuron_nl_run_job() - start a job and answer with what it is by then
 * @skb: request
 * @info: request of an operation that takes wait-us
 * @job: prepared job; the reference is used up
 * @fill: adds the result to the reply, or NULL if there is none
 *
 * Context: Sleeps up to wait-us; between pre and post.
 * Return: 0 with a reply sent, or the error of the job or of starting it.
 */
int neuron_nl_run_job(struct sk_buff *skb, struct genl_info *info, struct neuron_job *job,
		      neuron_nl_fill_result fill)
{
	int err = neuron_job_submit(job, neuron_nl_wait_us(skb, info));

	if (!err)
		err = answer_ended(info, job, fill);
	else if (err == -EINPROGRESS)
		err = reply_job(info, job, fill_running);
	neuron_job_put(job);

	return err;
}

/* Only the card that dev-index or bus-name names, if one of them is there. */
static int dump_filter(struct netlink_callback *cb, const struct genl_info *info)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	struct neuron_device *ndev;

	if (!info->attrs[NEURON_NL_DEV_INDEX] && !info->attrs[NEURON_NL_BUS_NAME])
		return 0;

	ndev = named_device(info);
	if (IS_ERR(ndev))
		return PTR_ERR(ndev);
	dump->dev_index = ndev->index;
	dump->device = ndev->index;
	neuron_device_put(ndev);

	return 0;
}

/* A card that went since is refused here; one that goes later just ends the dump. */
static int check_dump_card(const struct genl_info *info, struct neuron_device *ndev)
{
	int err = check_named(info, ndev);

	if (err)
		return err;
	if (neuron_device_enter(ndev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[NEURON_NL_CTX_FD],
				    "The card was removed");
		return -ENODEV;
	}
	neuron_device_leave(ndev);

	return 0;
}

/* Only the context that ctx-fd names, of the card that may be named as well. */
static int dump_ctx(struct netlink_callback *cb, const struct genl_info *info)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	struct nlattr *fd = info->attrs[NEURON_NL_CTX_FD];
	struct neuron_ctx *ctx;
	struct file *file;
	int err;

	err = check_sender(cb->skb, fd, cb->extack);
	if (err)
		return err;
	file = get_ctx_file(fd, 0, &ctx_fd_texts, cb->extack);
	if (IS_ERR(file))
		return PTR_ERR(file);

	ctx = neuron_ctx_from_file(file);
	err = check_dump_card(info, ctx->ndev);
	if (!err) {
		dump->ctx = neuron_ctx_get(ctx);
		dump->dev_index = ctx->ndev->index;
		dump->device = ctx->ndev->index;
	}
	fput(file);

	return err;
}

/**
 * neuron_nl_dump_start() - resolve what a dump asks for, and who asks
 * @cb: dump
 *
 * Context: In the sender.
 * Return: 0, -ENODEV also for a card that was removed under ctx-fd, or as
 * neuron_nl_own_pre() for ctx-fd.
 */
int neuron_nl_dump_start(struct netlink_callback *cb)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	const struct genl_info *info = genl_info_dump(cb);

	memset(dump, 0, sizeof(*dump));
	dump->object = 1;
	dump->dev_index = -1;
	dump->uid = sender_is_opener(cb->skb) ? current_euid() : INVALID_UID;
	dump->all = netlink_capable(cb->skb, CAP_SYS_ADMIN);

	return info->attrs[NEURON_NL_CTX_FD] ? dump_ctx(cb, info) : dump_filter(cb, info);
}

/* Cards that the sender shall not see, by index. */
static u64 hidden_devices(void)
{
	struct neuron_device *ndev;
	unsigned long index = 0;
	u64 hidden = 0;

	static_assert(NEURON_MAX_DEVICES <= 64);
	while ((ndev = neuron_device_next(&index))) {
		if (is_hidden(ndev))
			hidden |= BIT_ULL(index);
		neuron_device_put(ndev);
		index++;
	}

	return hidden;
}

/**
 * neuron_nl_look_dump_start() - the same for a dump that anyone may ask for
 * @cb: dump
 *
 * Context: In the sender.
 * Return: as neuron_nl_dump_start(); -ENODEV also for a card that is hidden.
 */
int neuron_nl_look_dump_start(struct netlink_callback *cb)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	int err;

	err = neuron_nl_dump_start(cb);
	if (err)
		return err;

	dump->hidden = hidden_devices();
	if (dump->dev_index < 0 || !(dump->hidden & BIT_ULL(dump->dev_index)))
		return 0;

	set_no_card(genl_info_dump(cb));
	return -ENODEV;
}

/**
 * neuron_nl_dump_done() - end of a dump
 * @cb: dump
 *
 * Context: In the last reader, or in close.
 * Return: 0.
 */
int neuron_nl_dump_done(struct netlink_callback *cb)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);

	if (dump->ctx)
		neuron_ctx_put(dump->ctx);

	return 0;
}

/* What the core wants to hear: more to come, or the end, or an error. */
static int dump_result(const struct sk_buff *skb, int err)
{
	return err == -EMSGSIZE && skb->len ? skb->len : answerable(err);
}

/* Marks the message that begins at @start if the list changed under the dump. */
static void dump_check(const struct sk_buff *skb, unsigned int start, struct netlink_callback *cb)
{
	nl_dump_check_consistent(cb, (struct nlmsghdr *)(skb->data + start));
}

/*
 * What changed since the last part of the dump: cards, contexts, or what they own;
 * with ctx-fd only what that context owns. A number of 0 would not be compared.
 */
static u32 dump_generation(const struct neuron_nl_dump *dump, enum neuron_list list)
{
	u32 generation = neuron_device_generation() + neuron_ctx_generation(dump->ctx, list);

	if (!dump->ctx && list != NEURON_LIST_CONTEXTS)
		generation += neuron_ctx_generation(NULL, NEURON_LIST_CONTEXTS);

	return generation ?: 1;
}

/* The card to go on with, entered and counted. */
static struct neuron_device *dump_device(struct neuron_nl_dump *dump)
{
	struct neuron_device *ndev;
	unsigned long found;

	for (;;) {
		found = dump->device;
		ndev = neuron_device_next(&found);
		if (!ndev)
			return NULL;
		if (dump->dev_index >= 0 && found != dump->dev_index) {
			neuron_device_put(ndev);
			return NULL;
		}
		if (found != dump->device) {
			dump->device = found;
			dump->ctx_id = 0;
			dump->object = 1;
		}
		if (!(dump->hidden & BIT_ULL(found)) && !neuron_device_enter(ndev))
			return ndev;
		neuron_device_put(ndev);
		dump->device++;
	}
}

static void dump_device_end(struct neuron_device *ndev)
{
	neuron_device_leave(ndev);
	neuron_device_put(ndev);
}

static void dump_next_device(struct neuron_nl_dump *dump)
{
	dump->device++;
	dump->ctx_id = 0;
	dump->object = 1;
}

static int dump_parts_of(struct sk_buff *skb, struct netlink_callback *cb,
			 struct neuron_device *ndev, neuron_nl_fill_part fill)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	const struct genl_info *info = genl_info_dump(cb);
	int err;

	for (;;) {
		unsigned int start = skb->len;

		err = fill(skb, ndev, dump->object - 1, info);
		if (err)
			return err == -ENOENT ? 0 : err;
		dump_check(skb, start, cb);
		dump->object++;
	}
}

/**
 * neuron_nl_dump_parts() - dump all cards, or parts of them
 * @skb: message buffer
 * @cb: dump
 * @fill: writes a part, -ENOENT behind the last one of a card
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_dump_parts(struct sk_buff *skb, struct netlink_callback *cb,
			 neuron_nl_fill_part fill)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	struct neuron_device *ndev;
	int err = 0;

	cb->seq = neuron_device_generation();
	while (!err && (ndev = dump_device(dump))) {
		err = dump_parts_of(skb, cb, ndev, fill);
		if (!err)
			dump_next_device(dump);
		dump_device_end(ndev);
	}

	return dump_result(skb, err);
}

/* The context of @ndev to go on with, counted, if the asker may see it. */
static struct neuron_ctx *dump_next_ctx(struct neuron_nl_dump *dump, struct neuron_device *ndev)
{
	struct neuron_ctx *ctx;
	u32 id = dump->ctx_id;

	while ((ctx = neuron_ctx_next(ndev, &id))) {
		if (id != dump->ctx_id) {
			dump->ctx_id = id;
			dump->object = 1;
		}
		if (dump->ctx ? ctx == dump->ctx : dump->all || uid_eq(ctx->uid, dump->uid))
			return ctx;
		neuron_ctx_put(ctx);
		id++;
	}

	return NULL;
}

typedef int (*dump_ctx_fn)(struct sk_buff *skb, struct netlink_callback *cb,
			   struct neuron_ctx *ctx, const void *priv);

static int dump_ctxs_of(struct sk_buff *skb, struct netlink_callback *cb,
			struct neuron_device *ndev, dump_ctx_fn fn, const void *priv)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	struct neuron_ctx *ctx;
	int err = 0;

	while (!err && (ctx = dump_next_ctx(dump, ndev))) {
		err = fn(skb, cb, ctx, priv);
		if (!err) {
			dump->ctx_id++;
			dump->object = 1;
		}
		neuron_ctx_put(ctx);
	}

	return err;
}

static int dump_ctxs(struct sk_buff *skb, struct netlink_callback *cb, enum neuron_list list,
		     dump_ctx_fn fn, const void *priv)
{
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	struct neuron_device *ndev;
	int err = 0;

	if (!dump->ctx && !dump->all && !uid_valid(dump->uid)) {
		NL_SET_ERR_MSG(cb->extack, "The socket was opened with other credentials");
		return -EPERM;
	}

	cb->seq = dump_generation(dump, list);
	while (!err && (ndev = dump_device(dump))) {
		err = dump_ctxs_of(skb, cb, ndev, fn, priv);
		if (!err)
			dump_next_device(dump);
		dump_device_end(ndev);
	}

	return dump_result(skb, err);
}

static int dump_one_ctx(struct sk_buff *skb, struct netlink_callback *cb, struct neuron_ctx *ctx,
			const void *priv)
{
	const neuron_nl_fill_object *fill = priv;
	unsigned int start = skb->len;
	int err;

	err = (*fill)(skb, ctx, NULL, genl_info_dump(cb));
	if (!err)
		dump_check(skb, start, cb);

	return err;
}

/**
 * neuron_nl_dump_contexts() - dump contexts that the asker may see
 * @skb: message buffer
 * @cb: dump
 * @fill: writes one; its object is NULL
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_dump_contexts(struct sk_buff *skb, struct netlink_callback *cb,
			    neuron_nl_fill_object fill)
{
	return dump_ctxs(skb, cb, NEURON_LIST_CONTEXTS, dump_one_ctx, &fill);
}

static int dump_objects_of(struct sk_buff *skb, struct netlink_callback *cb,
			   struct neuron_ctx *ctx, const void *priv)
{
	const struct neuron_nl_objects_ops *ops = priv;
	struct neuron_nl_dump *dump = neuron_nl_dump(cb);
	const struct genl_info *info = genl_info_dump(cb);
	void *object;
	int err;

	while ((object = ops->next(ctx, &dump->object))) {
		unsigned int start = skb->len;

		err = ops->fill(skb, ctx, object, info);
		ops->put(object);
		if (err)
			return err;
		dump_check(skb, start, cb);
		dump->object++;
	}

	return 0;
}

/**
 * neuron_nl_dump_objects() - dump objects of the contexts that the asker may see
 * @skb: message buffer
 * @cb: dump
 * @ops: how to walk and write them
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_dump_objects(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct neuron_nl_objects_ops *ops)
{
	return dump_ctxs(skb, cb, ops->list, dump_objects_of, ops);
}

/**
 * neuron_nl_register() - let requests in
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int __init neuron_nl_register(void)
{
	return neuron_nl_family_register();
}

/**
 * neuron_nl_unregister() - keep requests out; waits for those that run
 *
 * Context: Sleeps.
 */
void neuron_nl_unregister(void)
{
	neuron_nl_family_unregister();
}
