// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of the family. Every request gets exactly one end: an acknowledgement, an
 * error, or the end of its dump. What answers tell is kept for later requests.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

#define GUARD_S		120	/* only against what never comes */
#define ANSWER_MAX	65536

uint16_t family_id;

/* Who is waited for: the requests of a send, by their numbers. */
struct awaited {
	struct request *requests[BATCH + 1];
	unsigned int count, open;
	bool done[BATCH + 1];
	int error;		/* of the last one that ended */
	enum name wanted;	/* a number of the answer, for whoever asks himself */
	uint64_t number;
};

void link_open(struct link *link, struct rng *rng)
{
	struct timeval guard = { .tv_sec = GUARD_S };
	int small = 2048, one = 1;

	link->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (link->fd < 0)
		return;

	setsockopt(link->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	if (!one_in(rng, 4))
		setsockopt(link->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (one_in(rng, 20))
		setsockopt(link->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard));
}

static void again(struct link *link, struct rng *rng)
{
	close(link->fd);
	link_open(link, rng);
}

static uint64_t number(const struct nlattr *attr)
{
	uint64_t value = 0;
	size_t length = attr->nla_len - NLA_HDRLEN;

	memcpy(&value, attr + 1, length < 8 ? length : 8);
	return value;
}

/* The last attribute of a name in a message, 0 if there is none. */
static bool find(const struct request *request, const struct nlmsghdr *hdr, enum name id,
		 uint64_t *value)
{
	const struct set *set = &sets[request->op->set];
	const uint8_t *at = (const uint8_t *)hdr + NLMSG_HDRLEN + GENL_HDRLEN;
	const uint8_t *end = (const uint8_t *)hdr + hdr->nlmsg_len;
	const struct nlattr *attr;
	bool found = false;

	while (at + NLA_HDRLEN <= end) {
		attr = (const void *)at;
		if (attr->nla_len < NLA_HDRLEN)
			break;
		if (attr->nla_type >= 1 && attr->nla_type <= set->count &&
		    set->attrs[attr->nla_type - 1].id == id) {
			*value = number(attr);
			found = true;
		}
		at += NLA_ALIGN(attr->nla_len);
	}

	return found;
}

/* Of a job that has ended, what it made. */
static void keep_result(const struct request *request, const struct nlmsghdr *hdr)
{
	const struct op *made = NULL;
	uint64_t command = 0, object = 0, offset = 0, size = 0;
	unsigned int i;

	if (!find(request, hdr, N_COMMAND, &command) || !find(request, hdr, N_OBJECT_ID, &object))
		return;

	find(request, hdr, N_MMAP_OFFSET, &offset);
	find(request, hdr, N_SIZE, &size);
	for (i = 0; i < op_count; i++)
		if (ops[i].cmd == command)
			made = &ops[i];
	if (made && !strcmp(made->name, "mem-alloc"))
		pool_add(request->context, POOL_MEM, object, offset, size);
	if (made && !strcmp(made->name, "ring-create"))
		pool_add(request->context, POOL_RING, object, 0, 0);
}

static void keep(const struct request *request, const struct nlmsghdr *hdr)
{
	uint64_t id, offset = 0, size = 0;

	if (!request->context || request->dump || request->generation != request->context->generation)
		return;

	find(request, hdr, N_MMAP_OFFSET, &offset);
	find(request, hdr, N_SIZE, &size);
	if (!strcmp(request->op->name, "mem-alloc") && find(request, hdr, N_MEM_ID, &id))
		pool_add(request->context, POOL_MEM, id, offset, size);
	else if (!strcmp(request->op->name, "ring-create") && find(request, hdr, N_RING_ID, &id))
		pool_add(request->context, POOL_RING, id, 0, 0);
	else if (!strcmp(request->op->name, "nq-create") && find(request, hdr, N_NQ_ID, &id))
		pool_add(request->context, POOL_NQ, id, offset, size);
	else if (!strcmp(request->op->name, "job-get"))
		keep_result(request, hdr);
	else if (find(request, hdr, N_JOB_ID, &id))
		pool_add(request->context, POOL_JOB, id, 0, 0);
}

static void count(const struct request *request, int error)
{
	unsigned int place = error <= 0 && -error < ERRNOS ? -error : ERRNOS - 1;

	if (error > 0)
		board->positive++;
	board->answers[request->op - ops][request->dump][place]++;
}

static void take(struct awaited *awaited, const struct nlmsghdr *hdr)
{
	unsigned int i;
	int error;

	for (i = 0; i < awaited->count; i++)
		if (awaited->requests[i]->seq == hdr->nlmsg_seq)
			break;
	if (i == awaited->count)
		return;

	if (hdr->nlmsg_type != NLMSG_ERROR && hdr->nlmsg_type != NLMSG_DONE) {
		find(awaited->requests[i], hdr, awaited->wanted, &awaited->number);
		keep(awaited->requests[i], hdr);
		return;
	}
	if (awaited->done[i])
		return;

	memcpy(&error, NLMSG_DATA(hdr), sizeof(error));
	awaited->done[i] = true;
	awaited->error = error;
	awaited->open--;
	count(awaited->requests[i], error);
	if (error == -ENODEV && awaited->requests[i]->context)
		awaited->requests[i]->context->stale = true;
}

/* One read of the socket; false if there is nothing more to be had from it. */
static bool receive(struct link *link, struct awaited *awaited)
{
	static _Thread_local uint8_t buffer[ANSWER_MAX] __attribute__((aligned(8)));
	ssize_t got = recv(link->fd, buffer, sizeof(buffer), 0);
	struct nlmsghdr *hdr = (void *)buffer;
	int left = got;

	if (got < 0 && errno == EINTR)
		return true;
	if (got < 0 && errno == ENOBUFS)
		board->overruns++;
	else if (got < 0)
		board->unanswered++;
	if (got <= 0)
		return false;

	for (; NLMSG_OK(hdr, left); hdr = NLMSG_NEXT(hdr, left))
		take(awaited, hdr);

	return true;
}

static ssize_t send_all(struct link *link, struct request **requests, unsigned int count)
{
	struct iovec parts[BATCH];
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
	unsigned int i;

	for (i = 0; i < count; i++) {
		requests[i]->seq = ++link->seq;
		memcpy(requests[i]->bytes + offsetof(struct nlmsghdr, nlmsg_seq), &link->seq, 4);
		parts[i].iov_base = requests[i]->bytes;
		parts[i].iov_len = NLMSG_ALIGN(requests[i]->length);
	}
	board->sends++;
	board->requests += count;

	return sendmsg(link->fd, &message, 0);
}

/* A request of a kind without attributes. */
static void make_bare(struct request *request, const char *name)
{
	struct nlmsghdr *hdr = (void *)request->bytes;
	struct genlmsghdr *genl = NLMSG_DATA(hdr);

	request->op = op_named(name);
	request->dump = false;
	request->loose = false;
	request->length = NLMSG_HDRLEN + GENL_HDRLEN;
	memset(request->bytes, 0, request->length);
	hdr->nlmsg_len = request->length;
	hdr->nlmsg_type = family_id;
	hdr->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = request->op->cmd;
	genl->version = 1;
}

/* Behind what may get no answer goes one that gets one. */
static bool add_mark(struct link *link, struct awaited *awaited)
{
	static _Thread_local struct request mark;
	struct request *one = &mark;

	make_bare(&mark, "device-get");
	awaited->requests[awaited->count++] = &mark;

	return send_all(link, &one, 1) >= 0;
}

/* Sends requests together and waits for their ends, or does not. */
void link_exchange(struct link *link, struct request **requests, unsigned int count,
		   struct rng *rng)
{
	struct awaited awaited = { .count = count, .open = count };
	bool loose = false, sent;
	unsigned int i;

	for (i = 0; i < count; i++) {
		awaited.requests[i] = requests[i];
		loose |= requests[i]->loose;
	}
	sent = send_all(link, requests, count) >= 0;
	if (sent && loose) {
		sent = add_mark(link, &awaited);
		awaited.open = count + 1;
	}
	if (!sent || one_in(rng, 100)) {
		board->cut++;
		again(link, rng);
		return;
	}
	while (loose ? !awaited.done[count] : awaited.open) {
		if (!receive(link, &awaited) || (requests[0]->dump && one_in(rng, 20))) {
			again(link, rng);
			return;
		}
	}
}

/* One request, asked to its end; its errno. */
int link_ask(struct link *link, struct request *request)
{
	struct awaited awaited = { .requests = { request }, .count = 1, .open = 1 };

	if (send_all(link, &request, 1) < 0)
		return -errno;
	while (awaited.open)
		if (!receive(link, &awaited))
			return -EIO;

	return awaited.error;
}

/* A number that an operation tells of a card; all ones if it does not. */
uint64_t link_number(struct link *link, const char *op, unsigned int card, enum name what)
{
	static struct request request;
	struct request *one = &request;
	struct awaited awaited = { .requests = { &request }, .count = 1, .open = 1,
				   .wanted = what, .number = UINT64_MAX };
	struct nlmsghdr *hdr = (void *)request.bytes;
	struct nlattr index = { .nla_len = 8, .nla_type = 2 };

	make_bare(&request, op);
	memcpy(request.bytes + request.length, &index, sizeof(index));
	memcpy(request.bytes + request.length + 4, &card, 4);
	request.length += 8;
	hdr->nlmsg_len = request.length;
	if (send_all(link, &one, 1) < 0)
		return UINT64_MAX;
	while (awaited.open)
		if (!receive(link, &awaited))
			return UINT64_MAX;

	return awaited.error ? UINT64_MAX : awaited.number;
}

/* Number of the family, from the controller. */
void family_resolve(void)
{
	struct {
		struct nlmsghdr hdr;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[8];
	} ask = {
		.hdr = { .nlmsg_len = sizeof(ask) - 1, .nlmsg_type = GENL_ID_CTRL,
			 .nlmsg_flags = NLM_F_REQUEST },
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.attr = { .nla_len = NLA_HDRLEN + 7, .nla_type = CTRL_ATTR_FAMILY_NAME },
		.name = "neuron",
	};
	uint8_t buffer[4096] __attribute__((aligned(8)));
	const struct nlattr *attr = (void *)(buffer + NLMSG_HDRLEN + GENL_HDRLEN);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	ssize_t got;

	family_id = 0;
	if (send(fd, &ask, sizeof(ask), 0) < 0)
		perror("asking for the family");
	got = recv(fd, buffer, sizeof(buffer), 0);
	close(fd);
	while ((const uint8_t *)attr + NLA_HDRLEN <= buffer + got && attr->nla_len) {
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family_id, attr + 1, sizeof(family_id));
		attr = (void *)((const uint8_t *)attr + NLA_ALIGN(attr->nla_len));
	}
	if (!family_id) {
		fprintf(stderr, "the family neuron is not there\n");
		exit(2);
	}
}
