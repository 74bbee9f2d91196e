// SPDX-License-Identifier: GPL-2.0
/*
 * Plug-ins lie in ../lib/neuron as seen from the program, or beside it when it
 * was built and not installed.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plugin.h"

static void *load(const char *directory, const char *between, const char *file)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s%s", directory, between, file);

	return len < (int)sizeof(path) ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/**
 * plugin_symbol() - load a part of the command
 * @file: its file name
 * @symbol: what is wanted of it
 *
 * It stays loaded to the end.
 *
 * Return: where @symbol is, NULL if there is no such part.
 */
const void *plugin_symbol(const char *file, const char *symbol)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	void *plugin;
	char *slash;

	if (len <= 0)
		return NULL;
	program[len] = '\0';
	slash = strrchr(program, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	plugin = load(program, "../lib/neuron/", file);
	if (!plugin)
		plugin = load(program, "", file);
	return plugin ? dlsym(plugin, symbol) : NULL;
}

/**
 * plugin_library() - load a library of the system
 * @file: its file name
 * @calls: functions that it has to have
 * @count: number of them
 * @to: where their addresses go
 *
 * Return: the library, for dlclose(); NULL if there is none, or not with all of
 * them: dlerror() says why.
 */
void *plugin_library(const char *file, const struct plugin_call *calls, size_t count, void *to)
{
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL), *call;
	size_t i;

	if (!library)
		return NULL;
	for (i = 0; i < count; i++) {
		call = dlsym(library, calls[i].name);
		/* It stays loaded then: closing it would make dlerror() forget. */
		if (!call)
			return NULL;
		memcpy((char *)to + calls[i].off, &call, sizeof(call));
	}
	return library;
}
