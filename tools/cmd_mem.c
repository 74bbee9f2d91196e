// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl mem: memory of contexts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "mem_file.h"
#include "neuronnl.h"

#define TIMEOUT_MS	60000
#define REST		UINT64_MAX	/* length: as much as there is */

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_MEM_##attr, key, struct neuron_mem_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_U32, CTX_ID, "ctx-id", ctx_id, OUT_HEAD, NULL),
	S(SHOW_U32, MEM_ID, "mem-id", mem_id, OUT_HEAD, NULL),
	S(SHOW_ENUM, KIND, "kind", kind, 0, neuron_mem_kind_name),
	S(SHOW_U64, SIZE, "size", size_bytes, OUT_BYTES, NULL),
	S(SHOW_U32, CHANNEL, "channel", channel, 0, NULL),
	S(SHOW_STR, LABEL, "label", label, 0, NULL),
	S(SHOW_U64, MMAP_OFFSET, "mmap-offset", mmap_offset, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, MAPPINGS, "mappings", mappings, 0, NULL),
	S(SHOW_U32, USERS, "users", users, 0, NULL),
	S(SHOW_BOOL, CONTENT_LOST, "content-lost", content_lost, 0, NULL),
	S(SHOW_U32, REGION, "region", region, OUT_DETAIL, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, OUT_DETAIL, NULL),
};

static int show_one(struct tool *tool, const struct neuron_mem_info *info)
{
	char heading[80];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " mem %" PRIu32,
		 info->index, info->ctx_id, info->mem_id);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

struct look {
	struct tool *tool;
	struct session_item *mem;
	int dev;
	const char *name;
};

static const struct arg look_args[] = {
	ARG(ARG_MEM, "mem", struct look, mem, 0, .attr = "mem-id"),
	ARG(ARG_DEV, "dev", struct look, dev, ARG_BARE),
	ARG(ARG_NAMED, "name", struct look, name, 0),
	{ .key = NULL },
};

static int show_meant(const struct neuron_mem_info *info, void *arg)
{
	const struct look *what = arg;

	return tool_is_meant(info->label, what->name) ? show_one(what->tool, info) : 0;
}

static int show_item(struct tool *tool, const struct session_item *item)
{
	struct neuron_mem_info info;
	int err = neuron_mem_get(item->mem, &info, sizeof(info));

	return err ? err : show_one(tool, &info);
}

static int mem_show(struct tool *tool, struct args *args)
{
	struct look what = { .tool = tool };
	int err, status = args_parse(tool, args, &what, NULL);

	if (!status && what.mem && what.name)
		status = tool_usage("\"mem\" and \"name\": either one of this session, or all that are "
				    "called so");
	if (status)
		return status;
	out_array(&tool->out, "mem");
	err = what.mem ? show_item(tool, what.mem) :
			 neuron_mem_list(tool->handle, what.dev, show_meant, &what);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct alloc {
	struct session_item *ctx;
	const char *name;
	uint64_t size;
	uint32_t kind;
	struct neuron_mem_place place;
	int timeout;
};

enum {
	ALLOC_SIZE, ALLOC_NAME, ALLOC_KIND, ALLOC_DEV, ALLOC_TIMEOUT, ALLOC_CHANNEL, ALLOC_REGION,
	ALLOC_CORE, ALLOC_ALIGN
};

static const struct arg alloc_args[] = {
	[ALLOC_SIZE] = ARG(ARG_U64, "size", struct alloc, size, ARG_NEEDED),
	[ALLOC_NAME] = ARG(ARG_LABEL, "name", struct alloc, name, 0, .attr = "label"),
	[ALLOC_KIND] = ARG(ARG_ENUM, "kind", struct alloc, kind, 0, .name = neuron_mem_kind_name,
			   .value = "KIND"),
	[ALLOC_DEV] = ARG(ARG_CTX, "dev", struct alloc, ctx, ARG_NEEDED),
	[ALLOC_TIMEOUT] = ARG(ARG_MS, "timeout", struct alloc, timeout, 0),
	[ALLOC_CHANNEL] = ARG(ARG_U32, "channel", struct alloc, place.channel, 0),
	[ALLOC_REGION] = ARG(ARG_U32, "region", struct alloc, place.region, 0),
	[ALLOC_CORE] = ARG(ARG_U32, "core", struct alloc, place.nc_id, 0, .attr = "nc-id"),
	[ALLOC_ALIGN] = ARG(ARG_U64, "align", struct alloc, place.align_bytes, 0),
	{ .key = NULL },
};

/* A place is a place in the card's memory. */
static int check_kind(struct alloc *what, uint64_t given)
{
	if (!(given >> ALLOC_CHANNEL))
		return EXIT_DONE;
	if (!(given >> ALLOC_KIND & 1))
		what->kind = NEURON_MEM_KIND_DEVICE;
	if (what->kind == NEURON_MEM_KIND_DEVICE)
		return EXIT_DONE;
	return tool_usage("\"channel\", \"region\", \"core\" and \"align\" are for kind %s",
			  neuron_mem_kind_name(NEURON_MEM_KIND_DEVICE));
}

static int allocate(const struct alloc *what, struct neuron_mem **mem)
{
	if (what->kind == NEURON_MEM_KIND_HOST)
		return neuron_mem_alloc_host(what->ctx->ctx, what->size, what->name, what->timeout,
					     mem);
	return neuron_mem_alloc_place(what->ctx->ctx, what->size, &what->place, what->name,
				      what->timeout, mem);
}

static int mem_alloc(struct tool *tool, struct args *args)
{
	struct alloc what = {
		.kind = NEURON_MEM_KIND_HOST, .timeout = TIMEOUT_MS,
		.place = { NEURON_ANY_PLACE, NEURON_ANY_PLACE, NEURON_ANY_PLACE, 0, 0 },
	};
	struct session_item *item;
	struct neuron_mem *mem;
	uint64_t given;
	int err, status = args_parse(tool, args, &what, &given);

	if (!status)
		status = check_kind(&what, given);
	if (!status)
		status = session_label_free(tool, SESSION_MEM, what.name);
	if (status)
		return status;
	if (allocate(&what, &mem))
		return tool_refused(tool);
	item = session_add(tool, SESSION_MEM, what.ctx, neuron_mem_id(mem), what.name, mem);
	if (!item) {
		neuron_mem_free(mem);
		return EXIT_USAGE;
	}
	out_array(&tool->out, "mem");
	err = show_item(tool, item);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct one {
	struct session_item *mem;
};

static const struct arg free_args[] = {
	ARG(ARG_MEM, "mem", struct one, mem, ARG_BARE | ARG_NEEDED, .attr = "mem-id"),
	{ .key = NULL },
};

static int mem_free(struct tool *tool, struct args *args)
{
	struct one what = { .mem = NULL };
	int err, status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	err = neuron_mem_free(what.mem->mem);
	session_drop(tool, what.mem);
	return err ? tool_refused(tool) : EXIT_DONE;
}

struct transfer {
	struct args_place from, to;
	uint64_t length;
	uint32_t pattern;
	const char *job;
	int timeout;
};

static const struct arg copy_args[] = {
	ARG(ARG_PLACE, "from", struct transfer, from, ARG_BARE | ARG_NEEDED, .attr = "src-mem"),
	ARG(ARG_PLACE, "to", struct transfer, to, ARG_BARE | ARG_NEEDED, .attr = "dst-mem"),
	ARG(ARG_U64, "length", struct transfer, length, 0),
	ARG(ARG_MS, "timeout", struct transfer, timeout, 0),
	ARG(ARG_LABEL, "job", struct transfer, job, 0),
	{ .key = NULL },
};

static const struct arg fill_args[] = {
	ARG(ARG_PLACE, "to", struct transfer, to, ARG_BARE | ARG_NEEDED, .attr = "dst-mem"),
	ARG(ARG_U64, "length", struct transfer, length, 0),
	ARG(ARG_U32, "pattern", struct transfer, pattern, 0),
	ARG(ARG_MS, "timeout", struct transfer, timeout, 0),
	ARG(ARG_LABEL, "job", struct transfer, job, 0),
	{ .key = NULL },
};

/* What is left of a memory behind a place in it. */
static uint64_t rest(const struct args_place *place)
{
	uint64_t size = neuron_mem_size(place->mem->mem);

	return place->offset < size ? size - place->offset : 0;
}

static int parse_transfer(struct tool *tool, struct args *args, struct transfer *what)
{
	int status = args_parse(tool, args, what, NULL);

	if (!status)
		status = session_label_free(tool, SESSION_JOB, what->job);
	if (status)
		return status;
	if (what->job)
		what->timeout = 0;
	if (what->length != REST)
		return EXIT_DONE;
	what->length = rest(&what->to);
	if (what->from.mem && rest(&what->from) < what->length)
		what->length = rest(&what->from);
	return EXIT_DONE;
}

/* Work that has a label is shown by it, also if it was done at once. */
static int end_transfer(struct tool *tool, const struct transfer *what, uint32_t command, int err)
{
	struct session_item *ctx = what->to.mem->parent, *job;

	if (err || !what->job)
		return tool_background(tool, ctx, what->job, err);
	job = session_add(tool, SESSION_JOB, ctx, 0, what->job, NULL);
	if (!job)
		return EXIT_USAGE;
	job->done = (struct session_done){ .command = command, .bytes = what->length };
	return EXIT_DONE;
}

static int mem_copy(struct tool *tool, struct args *args)
{
	struct transfer what = { .length = REST, .timeout = TIMEOUT_MS };
	int err, status = parse_transfer(tool, args, &what);

	if (status)
		return status;
	if (what.from.mem->parent != what.to.mem->parent)
		return tool_usage("\"from\" and \"to\" are of different contexts; a ring goes from card "
				  "to card");
	err = neuron_mem_copy(what.to.mem->mem, what.to.offset, what.from.mem->mem,
			      what.from.offset, what.length, what.timeout);
	return end_transfer(tool, &what, NEURON_CMD_MEM_COPY, err);
}

static int mem_fill(struct tool *tool, struct args *args)
{
	struct transfer what = { .length = REST, .timeout = TIMEOUT_MS };
	int err, status = parse_transfer(tool, args, &what);

	if (status)
		return status;
	err = neuron_mem_fill(what.to.mem->mem, what.to.offset, what.length, what.pattern,
			      what.timeout);
	return end_transfer(tool, &what, NEURON_CMD_MEM_FILL, err);
}

static const struct arg write_args[] = {
	ARG(ARG_PLACE, "to", struct mem_file, place, ARG_BARE | ARG_NEEDED, .attr = "dst-mem"),
	ARG(ARG_FILE, "file", struct mem_file, file, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U64, "length", struct mem_file, length, 0),
	ARG(ARG_MS, "timeout", struct mem_file, timeout, 0),
	{ .key = NULL },
};

static const struct arg read_args[] = {
	ARG(ARG_PLACE, "from", struct mem_file, place, ARG_BARE | ARG_NEEDED, .attr = "src-mem"),
	ARG(ARG_FILE, "file", struct mem_file, file, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U64, "length", struct mem_file, length, 0),
	ARG(ARG_MS, "timeout", struct mem_file, timeout, 0),
	{ .key = NULL },
};

static int mem_write(struct tool *tool, struct args *args)
{
	struct mem_file what = { .length = REST, .timeout = TIMEOUT_MS };
	int status = args_parse(tool, args, &what, NULL);

	return status ? status : mem_file_write(tool, &what);
}

static int mem_read(struct tool *tool, struct args *args)
{
	struct mem_file what = { .length = REST, .timeout = TIMEOUT_MS };
	int status = args_parse(tool, args, &what, NULL);

	if (!status && what.length == REST)
		what.length = rest(&what.place);
	return status ? status : mem_file_read(tool, &what);
}

static const struct command commands[] = {
	{
		.name = "show", .run = mem_show, .args = look_args,
		.about = "Shows memory of the contexts of the caller's user, root sees all; or one memory\n"
			 "    of this session.",
		.ops = OPS(NEURON_CMD_MEM_GET),
	},
	{
		.name = "alloc", .run = mem_alloc, .args = alloc_args,
		.about = "Allocates memory, cleared: of the host (default), or of the card if a channel, a\n"
			 "    region, a core or an alignment is given. It is gone when the session ends.",
		.ops = OPS(NEURON_CMD_MEM_ALLOC, NEURON_CMD_MEM_GET),
	},
	{
		.name = "free", .run = mem_free, .args = free_args,
		.about = "Gives memory up. Rings that name it keep it alive until they are done.",
		.ops = OPS(NEURON_CMD_MEM_FREE),
	},
	{
		.name = "copy", .run = mem_copy, .args = copy_args,
		.about = "Copies memory of host or card to other memory of the same context, by the\n"
			 "    driver's own queues; without length as much as fits.",
		.ops = OPS(NEURON_CMD_MEM_COPY),
	},
	{
		.name = "fill", .run = mem_fill, .args = fill_args,
		.about = "Fills memory with a pattern of 4 bytes (0), the low byte first; without length\n"
			 "    to its end.",
		.ops = OPS(NEURON_CMD_MEM_FILL),
	},
	{
		.name = "write", .run = mem_write, .args = write_args,
		.about = "Writes a file into memory; that of the card by way of host memory.",
		.ops = OPS(NEURON_CMD_MEM_ALLOC, NEURON_CMD_MEM_COPY, NEURON_CMD_MEM_FREE),
	},
	{
		.name = "read", .run = mem_read, .args = read_args,
		.about = "Reads memory into a file; that of the card by way of host memory.",
		.ops = OPS(NEURON_CMD_MEM_ALLOC, NEURON_CMD_MEM_COPY, NEURON_CMD_MEM_FREE),
	},
	{ .name = NULL },
};

const struct object object_mem = {
	.name = "mem", .commands = commands, .about = "memory of contexts",
};
