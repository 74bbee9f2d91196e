// SPDX-License-Identifier: GPL-2.0
/*
 * Files into memory, and memory into files. Host memory is mapped; what lies in
 * the card is copied to and from a piece of host memory that is.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem_file.h"

#define PIECE_BYTES	((uint64_t)4 << 20)

/*
 * struct way - between memory and a file
 * @window: mapped host memory
 * @staging: what @window is mapped from if the memory is the card's, else NULL
 * @bytes: size of @window
 */
struct way {
	struct tool *tool;
	const struct mem_file *what;
	struct neuron_mem *staging;
	unsigned char *window;
	uint64_t bytes;
	int fd;
};

static int file_error(const struct way *way, const char *doing)
{
	return tool_usage("Error: %s %s: %m.", doing, way->what->file);
}

static int begin_staging(struct way *way)
{
	struct neuron_mem *mem = way->what->place.mem->mem;
	void *addr;

	way->bytes = neuron_mem_size(mem) < PIECE_BYTES ? neuron_mem_size(mem) : PIECE_BYTES;
	if (neuron_mem_alloc_host(way->what->place.mem->ctx, way->bytes, "neuronnl-file",
				  way->what->timeout, &way->staging) ||
	    neuron_mem_map(way->staging, &addr))
		return tool_refused(way->tool);
	way->window = addr;
	return EXIT_DONE;
}

static int begin(struct way *way)
{
	struct neuron_mem *mem = way->what->place.mem->mem;
	struct neuron_mem_info info;
	void *addr;

	if (neuron_mem_get(mem, &info, sizeof(info)))
		return tool_refused(way->tool);
	if (info.kind == NEURON_MEM_KIND_DEVICE)
		return begin_staging(way);
	if (neuron_mem_map(mem, &addr))
		return tool_refused(way->tool);
	way->window = addr;
	way->bytes = info.size_bytes;
	return EXIT_DONE;
}

/* The end of all ways; a staging piece that cannot be freed goes with the context. */
static int end(struct way *way, int status)
{
	neuron_mem_free(way->staging);
	if (way->fd >= 0 && close(way->fd) && !status)
		status = file_error(way, "writing");
	return status;
}

/* Return: bytes that were read, fewer than @length at the end of the file; -1 on an error. */
static ssize_t read_all(int fd, unsigned char *to, size_t length)
{
	size_t done = 0;
	ssize_t got;

	while (done < length) {
		got = read(fd, to + done, length - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int write_all(int fd, const unsigned char *from, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, from, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		from += done;
		length -= (size_t)done;
	}
	return 0;
}

/* Where in the window the piece at @offset is, and how much of @left fits. */
static unsigned char *piece(const struct way *way, uint64_t offset, uint64_t left, uint64_t *length)
{
	uint64_t start = way->staging ? 0 : offset;

	*length = left < way->bytes - start ? left : way->bytes - start;
	return way->window + start;
}

/* Is there more in the file than the memory takes? */
static int check_end(struct way *way)
{
	unsigned char byte;
	ssize_t got = read_all(way->fd, &byte, 1);

	if (got < 0)
		return file_error(way, "reading");
	return got ? tool_usage("Error: %s does not fit: the memory ends after %" PRIu64 " bytes of it.",
				way->what->file,
				neuron_mem_size(way->what->place.mem->mem) -
				way->what->place.offset) : EXIT_DONE;
}

static int write_pieces(struct way *way)
{
	const struct args_place *place = &way->what->place;
	uint64_t size = neuron_mem_size(place->mem->mem), offset = place->offset, length;
	bool whole = way->what->length == UINT64_MAX;
	uint64_t left = whole ? size - offset : way->what->length;
	unsigned char *at;
	ssize_t got;

	while (left) {
		at = piece(way, offset, left, &length);
		got = read_all(way->fd, at, length);
		if (got < 0)
			return file_error(way, "reading");
		if (got && way->staging &&
		    neuron_mem_copy(place->mem->mem, offset, way->staging, 0, (uint64_t)got,
				    way->what->timeout))
			return tool_refused(way->tool);
		offset += (uint64_t)got;
		left -= (uint64_t)got;
		if ((uint64_t)got < length)
			return whole ? EXIT_DONE :
			       tool_usage("Error: %s ends %" PRIu64 " bytes too early.",
					  way->what->file, left);
	}
	return whole ? check_end(way) : EXIT_DONE;
}

static int read_pieces(struct way *way)
{
	const struct args_place *place = &way->what->place;
	uint64_t offset = place->offset, left = way->what->length, length;
	unsigned char *at;

	for (; left; left -= length, offset += length) {
		at = piece(way, offset, left, &length);
		if (way->staging &&
		    neuron_mem_copy(way->staging, 0, place->mem->mem, offset, length,
				    way->what->timeout))
			return tool_refused(way->tool);
		if (write_all(way->fd, at, length))
			return file_error(way, "writing");
	}
	return EXIT_DONE;
}

static int check_bounds(const struct mem_file *what)
{
	uint64_t size = neuron_mem_size(what->place.mem->mem);
	uint64_t length = what->length == UINT64_MAX ? 0 : what->length;

	if (what->place.offset <= size && length <= size - what->place.offset)
		return EXIT_DONE;
	return tool_usage("\"length\": the memory has %" PRIu64 " bytes, that would be beyond its end",
			  size);
}

static int move(struct tool *tool, const struct mem_file *what, int flags,
		int (*pieces)(struct way *way))
{
	struct way way = { .tool = tool, .what = what };
	int status = check_bounds(what);

	if (status)
		return status;
	way.fd = open(what->file, flags | O_CLOEXEC, 0666);
	if (way.fd < 0)
		return file_error(&way, "cannot open");
	status = begin(&way);
	return end(&way, status ? status : pieces(&way));
}

/**
 * mem_file_write() - a file into memory
 * @tool: run
 * @what: which
 *
 * Return: exit status.
 */
int mem_file_write(struct tool *tool, const struct mem_file *what)
{
	return move(tool, what, O_RDONLY, write_pieces);
}

/**
 * mem_file_read() - memory into a file
 * @tool: run
 * @what: which; its length is known
 *
 * Return: exit status.
 */
int mem_file_read(struct tool *tool, const struct mem_file *what)
{
	return move(tool, what, O_WRONLY | O_CREAT | O_TRUNC, read_pieces);
}
