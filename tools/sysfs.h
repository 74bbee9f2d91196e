/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small files of the kernel: an attribute is a line of text, or a link.
 */
#ifndef NEURONNL_SYSFS_H
#define NEURONNL_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define SYSFS_TEXT	256	/* room for an attribute that is a word or a number */

bool sysfs_read(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool sysfs_link(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool sysfs_exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
