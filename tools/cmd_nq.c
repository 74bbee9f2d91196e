// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl nq: notification queues of contexts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

#define TIMEOUT_MS	60000
#define WAIT_MS		10000

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_NQ_##attr, key, struct neuron_nq_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, NQ_ID, "nq-id", nq_id, OUT_HEAD, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, 0, NULL),
	S(SHOW_ENUM, NQ_TYPE, "nq-type", nq_type, 0, neuron_nq_type_name),
	S(SHOW_U32, NQ_ENG, "nq-eng", nq_eng, 0, NULL),
	S(SHOW_U32, SIZE, "size", size_bytes, OUT_BYTES, NULL),
	S(SHOW_U64, MMAP_OFFSET, "mmap-offset", mmap_offset, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, MAPPINGS, "mappings", mappings, 0, NULL),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_nq_state_name),
	S(SHOW_U32, HEAD, "head", head, 0, NULL),
};

static int show_one(const struct neuron_nq_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " nq %" PRIu32,
		 info->index, info->ctx_id, info->nq_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_nq_list(tool->handle, index, show_one, tool);
}

struct show_nq {
	struct session_item *nq;
	int dev;
};

static const struct arg nq_show_args[] = {
	ARG(ARG_NQ, "nq", struct show_nq, nq, 0, .attr = "nq-id"),
	ARG(ARG_DEV, "dev", struct show_nq, dev, ARG_BARE),
	{ .key = NULL },
};

static int show_item(struct tool *tool, const struct session_item *item)
{
	struct neuron_nq_info info;
	int err = neuron_nq_get(item->nq, &info, sizeof(info));

	return err ? err : show_one(&info, tool);
}

static int nq_show(struct tool *tool, struct args *args)
{
	struct show_nq what = { .nq = NULL };
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	out_array(&tool->out, "nq");
	err = what.nq ? show_item(tool, what.nq) : list(tool, what.dev);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct create {
	struct session_item *ctx;
	const char *name;
	uint64_t size;
	uint32_t core, type, engine;
};

static const struct arg create_args[] = {
	ARG(ARG_U32, "core", struct create, core, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_ENUM, "type", struct create, type, ARG_NEEDED, .name = neuron_nq_type_name,
	    .value = "TYPE", .attr = "nq-type"),
	ARG(ARG_U32, "instance", struct create, engine, 0, .attr = "nq-eng"),
	ARG(ARG_U64, "size", struct create, size, 0),
	ARG(ARG_LABEL, "name", struct create, name, 0),
	ARG(ARG_CTX, "dev", struct create, ctx, ARG_NEEDED),
	{ .key = NULL },
};

static int keep(struct tool *tool, const struct create *what, struct neuron_nq *nq,
		struct session_item **item)
{
	*item = session_add(tool, SESSION_NQ, what->ctx, neuron_nq_id(nq), what->name, nq);
	if (*item)
		return EXIT_DONE;
	neuron_nq_destroy(nq, TIMEOUT_MS);
	return EXIT_USAGE;
}

static int nq_create(struct tool *tool, struct args *args)
{
	struct create what = { .size = NEURON_MIN_NQ_BYTES };
	struct session_item *item;
	struct neuron_nq *nq;
	int err, status = args_parse(tool, args, &what, NULL);

	if (!status)
		status = session_label_free(tool, SESSION_NQ, what.name);
	if (!status && what.size > NEURON_MAX_NQ_BYTES)
		status = tool_usage("\"size\": at most %d bytes", NEURON_MAX_NQ_BYTES);
	if (status)
		return status;
	if (neuron_nq_create(what.ctx->ctx, what.core, what.type, what.engine, (uint32_t)what.size,
			     &nq))
		return tool_refused(tool);
	status = keep(tool, &what, nq, &item);
	if (status)
		return status;
	out_array(&tool->out, "nq");
	err = neuron_nq_map(nq, NULL);
	if (!err)
		err = show_item(tool, item);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct wait {
	struct session_item *nq;
	uint32_t count;
	int timeout;
};

static const struct arg destroy_args[] = {
	ARG(ARG_NQ, "nq", struct wait, nq, ARG_BARE | ARG_NEEDED, .attr = "nq-id"),
	ARG(ARG_MS, "timeout", struct wait, timeout, 0),
	{ .key = NULL },
};

/* The library's queue is gone in any case, so it is no more of the session's. */
static int nq_destroy(struct tool *tool, struct args *args)
{
	struct wait what = { .timeout = TIMEOUT_MS };
	struct session_item *ctx;
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	ctx = what.nq->parent;
	err = neuron_nq_destroy(what.nq->nq, what.timeout);
	session_drop(tool, what.nq);
	return tool_background(tool, ctx, NULL, err);
}

static const struct arg wait_args[] = {
	ARG(ARG_NQ, "nq", struct wait, nq, ARG_BARE | ARG_NEEDED, .attr = "nq-id"),
	ARG(ARG_U32, "count", struct wait, count, 0),
	ARG(ARG_MS, "timeout", struct wait, timeout, 0),
	{ .key = NULL },
};

static void show_record(struct out *out, const struct neuron_nq_record *record)
{
	const char *type = neuron_nq_type_name(neuron_nq_record_type(record));
	char heading[64];

	snprintf(heading, sizeof(heading), "core %" PRIu32 " %s", neuron_nq_record_core(record),
		 type ? type : "?");
	out_object(out, NULL, heading);
	out_number(out, "nc-id", neuron_nq_record_core(record), OUT_HEAD);
	if (type)
		out_string(out, "nq-type", type, OUT_HEAD);
	else
		out_number(out, "nq-type", neuron_nq_record_type(record), OUT_HEAD);
	out_number(out, "nq-eng", neuron_nq_record_instance(record), 0);
	out_number(out, "id", neuron_nq_record_id(record), 0);
	out_number(out, "value", neuron_nq_record_value(record), 0);
	out_number(out, "time-us", neuron_nq_record_time_us(record), 0);
	out_object_end(out);
}

/* Return: 0 or a negative errno of the library. */
static int show_records(struct tool *tool, struct wait *what)
{
	struct neuron_nq_record records[64];
	uint32_t left = what->count;
	int n, i;

	while (left) {
		n = neuron_nq_wait(what->nq->nq, records, left < COUNT(records) ? left :
				   COUNT(records), what->timeout);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			show_record(&tool->out, &records[i]);
		left -= (uint32_t)n;
		n = neuron_nq_ack(what->nq->nq);
		if (n)
			return n;
	}
	return 0;
}

static int nq_wait(struct tool *tool, struct args *args)
{
	struct wait what = { .count = 1, .timeout = WAIT_MS };
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	out_array(&tool->out, "nq");
	err = show_records(tool, &what);
	out_array_end(&tool->out);
	if (err != -EOVERFLOW)
		return tool_finish(tool, err);
	out_finish(&tool->out);
	return tool_usage("Error: notifications were lost, as the queue was full; wait again for those "
			  "that follow.");
}

static const struct command commands[] = {
	{
		.name = "show", .run = nq_show, .args = nq_show_args,
		.about = "Shows notification queues of the contexts of the caller's user, root sees all;\n"
			 "    or one of this session.",
		.ops = OPS(NEURON_CMD_NQ_GET),
	},
	{
		.name = "create", .run = nq_create, .args = create_args,
		.about = "Makes a notification queue of a core; each can exist once. Instance is that of\n"
			 "    the core's engines, for trace and notify.",
		.ops = OPS(NEURON_CMD_NQ_CREATE, NEURON_CMD_NQ_GET),
	},
	{
		.name = "wait", .run = nq_wait, .args = wait_args,
		.about = "Waits for so many notifications (1), shows and acknowledges them.",
		.ops = OPS(NEURON_CMD_NQ_ACK, NEURON_CMD_NQ_GET),
	},
	{
		.name = "destroy", .run = nq_destroy, .args = destroy_args,
		.about = "Gives a notification queue up.",
		.ops = OPS(NEURON_CMD_NQ_DESTROY),
	},
	{ .name = NULL },
};

const struct object object_nq = {
	.name = "nq", .commands = commands, .about = "notification queues",
};
