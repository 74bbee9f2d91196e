/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files into memory, and memory into files.
 */
#ifndef NEURONNL_MEM_FILE_H
#define NEURONNL_MEM_FILE_H

#include "neuronnl.h"

/*
 * struct mem_file - what is moved
 * @length: bytes; UINT64_MAX when writing for the whole file
 * @timeout: for each piece, ms
 */
struct mem_file {
	struct args_place place;
	const char *file;
	uint64_t length;
	int timeout;
};

int mem_file_write(struct tool *tool, const struct mem_file *what);
int mem_file_read(struct tool *tool, const struct mem_file *what);

#endif
