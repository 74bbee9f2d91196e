// SPDX-License-Identifier: GPL-2.0
/*
 * Small files of the kernel.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

static bool path_of(char *to, const char *format, va_list args)
{
	int len = vsnprintf(to, PATH_MAX, format, args);

	return len > 0 && len < PATH_MAX;
}

/**
 * sysfs_read() - first line of a file
 * @to: the line without its end; empty if there is none
 * @size: room there
 * @format: path, as of printf()
 *
 * Return: whether it could be read.
 */
bool sysfs_read(char *to, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	FILE *file = NULL;
	va_list args;
	bool ok;

	to[0] = 0;
	va_start(args, format);
	ok = path_of(path, format, args);
	va_end(args);
	if (ok)
		file = fopen(path, "re");
	if (!file)
		return false;
	ok = fgets(to, (int)size, file);
	fclose(file);
	if (!ok)
		to[0] = 0;
	to[strcspn(to, "\n")] = 0;
	return ok;
}

/**
 * sysfs_link() - last part of what a link points to
 * @to: that name; empty if there is none
 * @size: room there
 * @format: path, as of printf()
 *
 * Return: whether there is such a link.
 */
bool sysfs_link(char *to, size_t size, const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t len = -1;
	const char *name;
	va_list args;

	to[0] = 0;
	va_start(args, format);
	if (path_of(path, format, args))
		len = readlink(path, target, sizeof(target) - 1);
	va_end(args);
	if (len < 0)
		return false;
	target[len] = 0;
	name = strrchr(target, '/');
	snprintf(to, size, "%s", name ? name + 1 : target);
	return true;
}

/**
 * sysfs_exists() - is there such a file?
 * @format: path, as of printf()
 *
 * Return: whether there is.
 */
bool sysfs_exists(const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	bool ok;

	va_start(args, format);
	ok = path_of(path, format, args);
	va_end(args);
	return ok && !access(path, F_OK);
}
