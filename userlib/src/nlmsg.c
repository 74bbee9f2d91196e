// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests to the kernel. libnl builds and takes apart the messages; sending,
 * receiving and matching answers is done here, since libnl folds many errno
 * values into one, loses step after a failed send and does not look into
 * NLMSG_DONE.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "batch.h"
#include "error.h"
#include "nlmsg.h"

/* Every attribute set begins alike; requests of all objects rely on it. */
#define SAME(set, attr)								\
	_Static_assert((int)NEURON_A_##set##_##attr == (int)NEURON_A_DEVICE_##attr, #set)
SAME(CONTEXT, CTX_FD);
SAME(MEM, CTX_FD);
SAME(RING, CTX_FD);
SAME(NQ, CTX_FD);
SAME(EVENT, CTX_FD);
SAME(REG, CTX_FD);
SAME(JOB, CTX_FD);
SAME(NEIGHBOR, CTX_FD);
SAME(CONTEXT, DEV_INDEX);
SAME(MEM, DEV_INDEX);
SAME(RING, DEV_INDEX);
SAME(NQ, DEV_INDEX);
SAME(JOB, DEV_INDEX);
SAME(NEIGHBOR, DEV_INDEX);
SAME(ENGINE, DEV_INDEX);
SAME(STATS, DEV_INDEX);

/*
 * struct answer - what is expected for one request
 * @dump: ends with NLMSG_DONE, not with an acknowledgement
 * @unknown: the core knew no such family
 * @result: first error of the kernel or of @fn
 * @note: where an error goes besides the handle, or NULL
 */
struct answer {
	struct neuron_handle *handle;
	struct nlmsghdr *request;
	nreq_fn fn;
	void *arg;
	bool dump, interrupted, done, unknown;
	int result;
	struct nreq_note **note;
};

/**
 * nreq_init() - begin a request
 * @request: request
 * @handle: handle that will send it
 * @cmd: NEURON_CMD_...
 * @attrs_bytes: room for attributes; 0 is enough for a few scalars
 *
 * A failure is kept and comes out when the request is sent.
 */
void nreq_init(struct nreq *request, struct neuron_handle *handle, uint32_t cmd,
		     size_t attrs_bytes)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *hdr;

	request->handle = handle;
	request->cmd = cmd;
	request->err = 0;
	request->msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN +
					(attrs_bytes ? attrs_bytes : 512));
	hdr = request->msg ? nlmsg_put(request->msg, 0, 0, 0, GENL_HDRLEN, NLM_F_REQUEST) : NULL;
	if (!hdr) {
		request->err = -ENOMEM;
		return;
	}
	genl = nlmsg_data(hdr);
	genl->cmd = (uint8_t)cmd;
	genl->version = NEURON_FAMILY_VERSION;
}

static void put(struct nreq *request, int attr, size_t len, const void *data)
{
	if (!request->err && (len > 65531 || nla_put(request->msg, attr, (int)len, data)))
		request->err = -EMSGSIZE;
}

/**
 * nreq_put_u32() - add a 32-bit attribute, signed ones too
 * @request: request
 * @attr: attribute
 * @value: value
 */
void nreq_put_u32(struct nreq *request, int attr, uint32_t value)
{
	put(request, attr, sizeof(value), &value);
}

/**
 * nreq_put_u64() - add a 64-bit attribute
 * @request: request
 * @attr: attribute
 * @value: value
 */
void nreq_put_u64(struct nreq *request, int attr, uint64_t value)
{
	put(request, attr, sizeof(value), &value);
}

/**
 * nreq_put_string() - add a string attribute
 * @request: request
 * @attr: attribute
 * @text: text, sent with its zero
 */
void nreq_put_string(struct nreq *request, int attr, const char *text)
{
	put(request, attr, strlen(text) + 1, text);
}

/**
 * nreq_put_bytes() - add bytes as they are
 * @request: request
 * @attr: attribute
 * @data: bytes
 * @size: number of them
 */
void nreq_put_bytes(struct nreq *request, int attr, const void *data, size_t size)
{
	put(request, attr, size, data);
}

/**
 * nreq_put_flag() - add an attribute that is its presence
 * @request: request
 * @attr: attribute
 */
void nreq_put_flag(struct nreq *request, int attr)
{
	put(request, attr, 0, NULL);
}

/**
 * nreq_put_device() - say which context or card is meant
 * @request: request
 * @fd: open device file, -1 for none
 * @index: index of the card, NEURON_ALL_DEVICES for none
 */
void nreq_put_device(struct nreq *request, int fd, int index)
{
	if (fd >= 0)
		nreq_put_u32(request, NEURON_A_DEVICE_CTX_FD, (uint32_t)fd);
	if (index >= 0)
		nreq_put_u32(request, NEURON_A_DEVICE_DEV_INDEX, (uint32_t)index);
}

/**
 * nreq_nest_start() - begin a nest
 * @request: request
 * @attr: attribute
 *
 * Return: for nreq_nest_end(); NULL after an error, which is kept.
 */
struct nlattr *nreq_nest_start(struct nreq *request, int attr)
{
	struct nlattr *nest;

	if (request->err)
		return NULL;
	nest = nla_nest_start(request->msg, attr);
	if (!nest)
		request->err = -EMSGSIZE;
	return nest;
}

/**
 * nreq_nest_end() - end a nest
 * @request: request
 * @nest: from nreq_nest_start()
 */
void nreq_nest_end(struct nreq *request, struct nlattr *nest)
{
	if (!request->err)
		nla_nest_end(request->msg, nest);
}

static void answer_fail(struct answer *answer, int error)
{
	if (answer->result)
		return;
	answer->result = error;
	if (answer->note)
		nreq_note_take(answer->note, answer->handle, error);
}

/* TLVs that start @skip bytes into the payload of a message that ends a request. */
static void answer_error(struct answer *answer, const struct nlmsghdr *hdr, int error, int skip)
{
	const struct nlattr *tlvs = NULL;
	int len = nlmsg_datalen(hdr) - skip;

	answer->done = true;
	if (error >= 0)
		return;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS && len > 0)
		tlvs = (const struct nlattr *)((const char *)nlmsg_data(hdr) + skip);
	error_kernel(answer->handle, answer->request, error, tlvs, tlvs ? len : 0);
	answer->unknown = error == -ENOENT && !answer->handle->err.text[0];
	answer_fail(answer, error);
}

static void answer_nlmsgerr(struct answer *answer, const struct nlmsghdr *hdr)
{
	const struct nlmsgerr *msg = nlmsg_data(hdr);
	int skip = (int)sizeof(*msg);

	if (nlmsg_datalen(hdr) < skip) {
		answer->done = true;
		answer_fail(answer, -EBADMSG);
		return;
	}
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED) && msg->error &&
	    msg->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += (int)NLMSG_ALIGN(msg->msg.nlmsg_len - NLMSG_HDRLEN);
	answer_error(answer, hdr, msg->error, skip);
}

static void answer_done(struct answer *answer, const struct nlmsghdr *hdr)
{
	int error = 0;

	if (nlmsg_datalen(hdr) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(hdr), sizeof(error));
	answer_error(answer, hdr, error, (int)sizeof(error));
}

static void answer_message(struct answer *answer, const struct nlmsghdr *hdr)
{
	int err;

	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	switch (hdr->nlmsg_type) {
	case NLMSG_NOOP:
		break;
	case NLMSG_ERROR:
		answer_nlmsgerr(answer, hdr);
		break;
	case NLMSG_DONE:
		answer_done(answer, hdr);
		break;
	case NLMSG_OVERRUN:
		answer->done = true;
		answer_fail(answer, -ENOBUFS);
		break;
	default:
		if (hdr->nlmsg_type != answer->request->nlmsg_type || !answer->fn)
			break;
		err = answer->fn(hdr, answer->arg);
		if (err)
			answer_fail(answer, err);
	}
}

static void answer_datagram(struct answer *answers, unsigned int count, int len)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)answers->handle->buf;
	unsigned int i;

	/* Late answers to a request that was given up have another number. */
	for (; nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len))
		for (i = 0; i < count; i++)
			if (!answers[i].done && hdr->nlmsg_seq == answers[i].request->nlmsg_seq)
				answer_message(&answers[i], hdr);
}

static ssize_t receive(struct neuron_handle *handle, int flags)
{
	struct sockaddr_storage from = { 0 };
	struct iovec iov = { .iov_base = handle->buf, .iov_len = HANDLE_BUF_BYTES };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
	};
	const struct sockaddr_nl *nl = (const struct sockaddr_nl *)&from;
	ssize_t len;

	do {
		len = recvmsg(handle->fd, &msg, flags);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (!len)
		return -EPIPE;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	/* Only the kernel has port 0. */
	if (from.ss_family == AF_NETLINK && nl->nl_pid)
		return 0;
	return len;
}

static bool all_done(const struct answer *answers, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!answers[i].done)
			return false;
	return true;
}

/*
 * An overflow loses what comes from then on; answers that were there before it are
 * whole. A list or a single request has none that could be.
 */
static int collect(struct answer *answers, unsigned int count)
{
	int lost = 0;
	ssize_t len;

	while (!all_done(answers, count)) {
		len = receive(answers->handle, lost ? MSG_DONTWAIT : 0);
		if (len == -ENOBUFS && count > 1)
			lost = -ENOBUFS;
		else if (len < 0)
			return lost ? lost : (int)len;
		else
			answer_datagram(answers, count, (int)len);
	}
	return 0;
}

/*
 * Send the requests that are not done, and take their answers; the caller holds
 * the lock. What is not answered afterwards has failed with what is returned.
 */
static int exchange(struct answer *answers, unsigned int count, uint16_t type)
{
	struct iovec iov[NREQ_MAX_CHUNK];
	struct msghdr msg = { .msg_iov = iov };
	ssize_t len;
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct answer *answer = &answers[i];
		struct nlmsghdr *hdr = answer->request;

		if (answer->done)
			continue;
		hdr->nlmsg_type = type;
		hdr->nlmsg_seq = ++answer->handle->seq;
		hdr->nlmsg_pid = 0;
		hdr->nlmsg_flags = (uint16_t)(NLM_F_REQUEST |
					      (answer->dump ? NLM_F_DUMP : NLM_F_ACK));
		answer->interrupted = answer->unknown = false;
		answer->result = 0;
		iov[msg.msg_iovlen].iov_base = hdr;
		iov[msg.msg_iovlen++].iov_len = NLMSG_ALIGN(hdr->nlmsg_len);
	}
	do {
		len = sendmsg(answers->handle->fd, &msg, MSG_NOSIGNAL);
	} while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : collect(answers, count);
}

/**
 * nreq_family_parse() - take apart what the controller says about a family
 * @hdr: message of the controller
 * @family: its id
 * @groups: its groups, HANDLE_MAX_GROUPS of them, unused ones with id 0
 *
 * Return: 0; -ENOENT if it is about another family.
 */
int nreq_family_parse(const struct nlmsghdr *hdr, uint16_t *family, struct nreq_group *groups)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1], *group[CTRL_ATTR_MCAST_GRP_MAX + 1], *at;
	unsigned int n = 0;
	int left;

	if (nlmsg_parse((struct nlmsghdr *)hdr, GENL_HDRLEN, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_NAME] || !tb[CTRL_ATTR_FAMILY_ID] ||
	    nla_strcmp(tb[CTRL_ATTR_FAMILY_NAME], NEURON_FAMILY_NAME))
		return -ENOENT;
	*family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	memset(groups, 0, HANDLE_MAX_GROUPS * sizeof(*groups));
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return 0;
	nla_for_each_nested(at, tb[CTRL_ATTR_MCAST_GROUPS], left) {
		if (n == HANDLE_MAX_GROUPS ||
		    nla_parse_nested(group, CTRL_ATTR_MCAST_GRP_MAX, at, NULL) ||
		    !group[CTRL_ATTR_MCAST_GRP_NAME] || !group[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		nla_strlcpy(groups[n].name, group[CTRL_ATTR_MCAST_GRP_NAME],
			    sizeof(groups[n].name));
		groups[n++].id = nla_get_u32(group[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

static int got_family(const struct nlmsghdr *hdr, void *arg)
{
	struct neuron_handle *handle = arg;

	return nreq_family_parse(hdr, &handle->family, handle->groups);
}

/**
 * nreq_resolve() - ask the controller for the family
 * @handle: handle; @handle->family and @handle->groups are set
 *
 * Context: the caller holds the handle's lock.
 * Return: 0; -ENOENT if the driver is not loaded; another negative errno.
 */
int nreq_resolve(struct neuron_handle *handle)
{
	struct answer answer = { .handle = handle, .fn = got_family, .arg = handle };
	struct nreq request;
	int err;

	handle->family = 0;
	nreq_init(&request, handle, CTRL_CMD_GETFAMILY, 0);
	nreq_put_string(&request, CTRL_ATTR_FAMILY_NAME, NEURON_FAMILY_NAME);
	err = request.err;
	if (!err) {
		answer.request = nlmsg_hdr(request.msg);
		((struct genlmsghdr *)nlmsg_data(answer.request))->version = 2;
		err = exchange(&answer, 1, GENL_ID_CTRL);
		err = err ? err : answer.result;
	}
	nlmsg_free(request.msg);
	if (err == -ENOENT)
		return error_local(handle, 0, err, "the neuron driver is not loaded "
				   "(no generic netlink family \"" NEURON_FAMILY_NAME "\")");
	if (err || !handle->family)
		return error_local(handle, 0, err ? err : -EBADMSG, NULL);
	return 0;
}

/**
 * nreq_cmd() - operation of a request
 * @msg: message of a request
 *
 * Return: NEURON_CMD_...
 */
uint32_t nreq_cmd(struct nl_msg *msg)
{
	return ((const struct genlmsghdr *)nlmsg_data(nlmsg_hdr(msg)))->cmd;
}

/* Those that the core knew no family for have not been done: they go again. */
static bool again(struct answer *answers, unsigned int count)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!answers[i].unknown)
			continue;
		answers[i].done = false;
		if (answers[i].note) {
			free(*answers[i].note);
			*answers[i].note = NULL;
		}
		any = true;
	}
	return any;
}

/*
 * A reload gives the family another id; then the core, not the family, answers
 * ENOENT, without a text, and nothing has been done: look again and send again.
 */
static int run_family(struct answer *answers, unsigned int count)
{
	struct neuron_handle *handle = answers->handle;
	uint16_t before = handle->family;
	int err;

	err = before ? 0 : nreq_resolve(handle);
	if (!err)
		err = exchange(answers, count, handle->family);
	if (err || !before || !again(answers, count))
		return err;
	err = nreq_resolve(handle);
	return err ? err : exchange(answers, count, handle->family);
}

/* Answers one request; a failure is noted in the handle. */
static int finish(struct nreq *request, struct answer *answer)
{
	struct neuron_handle *handle = request->handle;
	int err = request->err;

	if (handle_check(handle, request->cmd)) {
		nlmsg_free(request->msg);
		return -EPERM;
	}
	pthread_mutex_lock(&handle->lock);
	error_clear(handle);
	if (!err) {
		answer->request = nlmsg_hdr(request->msg);
		err = run_family(answer, 1);
		err = err ? err : answer->result;
	}
	/* The kernel's refusal has been noted when it came. */
	if (err < 0 && err != handle->err.error)
		error_local(handle, request->cmd, err, NULL);
	pthread_mutex_unlock(&handle->lock);
	nlmsg_free(request->msg);
	return err;
}

/**
 * nreq_do() - send a request and wait for its answer
 * @request: built; gone afterwards
 * @fn: called with the reply if there is one, may be NULL
 * @arg: for @fn
 *
 * Return: 0 or a negative errno, noted in the handle.
 */
int nreq_do(struct nreq *request, nreq_fn fn, void *arg)
{
	struct answer answer = { .handle = request->handle, .fn = fn, .arg = arg };

	return finish(request, &answer);
}

/**
 * nreq_dump() - ask for all objects
 * @request: built; gone afterwards
 * @fn: called per object
 * @arg: for @fn
 * @interrupted: the list changed meanwhile: what came is not consistent
 *
 * Return: 0 or a negative errno, noted in the handle.
 */
int nreq_dump(struct nreq *request, nreq_fn fn, void *arg, bool *interrupted)
{
	struct answer answer = { .handle = request->handle, .fn = fn, .arg = arg, .dump = true };
	int err = finish(request, &answer);

	*interrupted = answer.interrupted;
	return err;
}

/**
 * nreq_note_take() - keep what a handle says of a failure
 * @note: where, made if it is NULL
 * @handle: handle
 * @error: negative errno; what the handle says is kept if it is about this one
 */
void nreq_note_take(struct nreq_note **note, const struct neuron_handle *handle, int error)
{
	if (handle->err.error != error)
		return;
	if (!*note)
		*note = malloc(sizeof(**note));
	if (!*note)
		return;
	(*note)->err = handle->err;
	memcpy((*note)->sentence, handle->sentence, sizeof((*note)->sentence));
}

static void answer_of(struct answer *answer, struct neuron_handle *handle,
		      const struct nreq_part *part)
{
	*answer = (struct answer){
		.handle = handle, .request = nlmsg_hdr(part->msg), .fn = part->fn,
		.arg = part->arg, .note = part->note,
	};
}

/**
 * nreq_send() - send several requests at once, and take their answers
 * @handle: handle
 * @parts: requests; their results are set
 * @count: how many, at most NREQ_MAX_CHUNK
 *
 * They are done in order; one that fails stops no other one.
 */
void nreq_send(struct neuron_handle *handle, struct nreq_part *parts, unsigned int count)
{
	struct answer answers[NREQ_MAX_CHUNK];
	unsigned int i;
	int err;

	for (i = 0; i < count; i++)
		answer_of(&answers[i], handle, &parts[i]);
	pthread_mutex_lock(&handle->lock);
	error_clear(handle);
	err = run_family(answers, count);
	for (i = 0; i < count; i++) {
		parts[i].result = answers[i].result;
		if (answers[i].done)
			continue;
		parts[i].result = err;
		if (handle->err.error != err)
			error_local(handle, nreq_cmd(parts[i].msg), err, err == -ENOBUFS ?
				    "the answer got lost; it may have been done" : NULL);
		nreq_note_take(parts[i].note, handle, err);
	}
	pthread_mutex_unlock(&handle->lock);
}

/**
 * nreq_pause() - have calls done at once for a while
 * @handle: handle
 *
 * Return: what @handle->queue has to become again.
 */
struct neuron_batch *nreq_pause(struct neuron_handle *handle)
{
	struct neuron_batch *queue = handle->queue;

	handle->queue = NULL;
	return queue;
}

/**
 * nreq_too_long() - refuse to queue a list that does not fit one request
 * @ctx: context
 * @cmd: operation
 *
 * Return: -E2BIG.
 */
int nreq_too_long(struct neuron_ctx *ctx, uint32_t cmd)
{
	return error_local(ctx->handle, cmd, -E2BIG,
			   "in a batch a list has at most 512 entries");
}

/**
 * nreq_call() - send a request and make its result of the answer, or queue it
 * @request: built; gone afterwards
 * @how: what becomes of the answer
 * @state: for @how, of @how->state_bytes; copied if it is queued
 *
 * Return: what @how->end returned, 0 if it is queued, or a negative errno.
 */
int nreq_call(struct nreq *request, const struct nreq_how *how, void *state)
{
	struct nreq_end end = { .handle = request->handle, .cmd = request->cmd };

	if (request->handle->queue)
		return batch_add(request, NULL, how, state);
	end.err = nreq_do(request, how->got, state);
	return how->end ? how->end(&end, state) : end.err;
}

/**
 * nreq_order() - send a request that is answered by yes or no, or queue it
 * @request: built; gone afterwards
 *
 * Return: 0 or a negative errno.
 */
int nreq_order(struct nreq *request)
{
	static const struct nreq_how how = { 0 };

	return nreq_call(request, &how, NULL);
}

struct get {
	const struct field_table *table;
	void *parsed, *to;
	size_t size;
	unsigned int count;
};

static int got_one(const struct nlmsghdr *hdr, void *arg)
{
	struct get *get = arg;

	get->count++;
	return fields_parse(get->table, hdr, get->parsed);
}

static int end_get(const struct nreq_end *end, void *state)
{
	struct get *get = state;
	int err = end->err;

	if (!err && !get->count)
		err = error_local(end->handle, end->cmd, -EBADMSG,
				  "the kernel answered without a reply");
	if (!err && copy_out(get->to, get->size, get->parsed, get->table->size))
		err = error_local(end->handle, end->cmd, -EINVAL, "the size of the result is 0");
	free(get->parsed);
	return err;
}

/**
 * nreq_get() - ask for one object
 * @request: built; gone afterwards
 * @table: describes the struct
 * @to: caller's struct, filled
 * @size: its size as the caller knows it, bytes
 *
 * Return: 0 or a negative errno, noted in the handle.
 */
int nreq_get(struct nreq *request, const struct field_table *table, void *to, size_t size)
{
	static const struct nreq_how how = {
		.got = got_one, .end = end_get, .state_bytes = sizeof(struct get),
	};
	struct get get = {
		.table = table, .parsed = calloc(1, table->size), .to = to, .size = size,
	};

	if (!get.parsed && !request->err)
		request->err = -ENOMEM;
	return nreq_call(request, &how, &get);
}

static int got_item(const struct nlmsghdr *hdr, void *arg)
{
	struct nreq_list *list = arg;
	size_t room = list->room ? 2 * list->room : 16;
	char *items;

	if (list->count == list->room) {
		items = realloc(list->items, room * list->table->size);
		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	return fields_parse(list->table, hdr, list->items + list->table->size * list->count++);
}

static bool is_of_contexts(uint32_t cmd)
{
	return cmd == NEURON_CMD_CONTEXT_GET || cmd == NEURON_CMD_MEM_GET ||
	       cmd == NEURON_CMD_RING_GET || cmd == NEURON_CMD_NQ_GET ||
	       cmd == NEURON_CMD_JOB_GET;
}

/**
 * nreq_list_all() - ask for all objects of a kind
 * @handle: handle
 * @cmd: NEURON_CMD_..._GET
 * @fd: open device file whose objects are meant, -1 for all that may be seen
 * @index: card, or NEURON_ALL_DEVICES
 * @table: describes the struct
 * @list: filled; to be freed with nreq_list_free() in any case
 *
 * A dump that was disturbed is repeated, a bounded number of times. Of cards, what
 * is told is consistent. What contexts own may change faster than it can be read:
 * then the last dump is told, in which everything is that was there all the time.
 *
 * Return: 0; -EAGAIN if a list of cards would not hold still; another negative
 * errno.
 */
int nreq_list_all(struct neuron_handle *handle, uint32_t cmd, int fd, int index,
		const struct field_table *table, struct nreq_list *list)
{
	struct nreq request;
	bool interrupted = true;
	int tries, err;

	*list = (struct nreq_list){ .table = table };
	for (tries = 0; tries < HANDLE_DUMP_TRIES; tries++) {
		list->count = 0;
		nreq_init(&request, handle, cmd, 0);
		nreq_put_device(&request, fd, index);
		err = nreq_dump(&request, got_item, list, &interrupted);
		if (err || !interrupted)
			return err;
	}
	if (is_of_contexts(cmd))
		return 0;
	return error_local(handle, cmd, -EAGAIN, "the list kept changing while it was read");
}

/**
 * nreq_list_at() - an object of a list
 * @list: list
 * @i: position, below @list->count
 *
 * Return: the struct.
 */
const void *nreq_list_at(const struct nreq_list *list, size_t i)
{
	return list->items + i * list->table->size;
}

/**
 * nreq_list_free() - free a list
 * @list: from nreq_list_all()
 */
void nreq_list_free(struct nreq_list *list)
{
	free(list->items);
	list->items = NULL;
	list->count = list->room = 0;
}

/**
 * nreq_each_now() - give every object of a list to a program
 * @each: list
 *
 * Return: 0, what the program returned, or a negative errno.
 */
int nreq_each_now(const struct nreq_each *each)
{
	struct nreq_list list;
	size_t i;
	int err;

	err = nreq_list_all(each->handle, each->cmd, each->fd, each->index, each->table, &list);
	for (i = 0; !err && i < list.count; i++)
		err = each->tell(nreq_list_at(&list, i), each->fn, each->arg);
	nreq_list_free(&list);
	return err;
}

/**
 * nreq_each() - give every object of a list to a program, or queue that
 * @each: list
 *
 * Return: 0 if it is queued; as nreq_each_now().
 */
int nreq_each(const struct nreq_each *each)
{
	return each->handle->queue ? batch_add_list(each) : nreq_each_now(each);
}
