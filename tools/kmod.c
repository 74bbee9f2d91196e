// SPDX-License-Identifier: GPL-2.0
/*
 * libkmod, loaded when it is asked for.
 */
#include <dlfcn.h>
#include <stddef.h>

#include "kmod.h"
#include "neuronnl.h"
#include "plugin.h"

#define LIBRARY	"libkmod.so.2"

static const struct plugin_call calls[] = {
#define X(name)	{ #name, offsetof(struct kmod, name) },
	KMOD_CALLS(X)
#undef X
};

/**
 * kmod_open() - load the library
 * @kmod: library
 *
 * Return: NULL, or why it could not be.
 */
const char *kmod_open(struct kmod *kmod)
{
	*kmod = (struct kmod){ .library = NULL };
	kmod->library = plugin_library(LIBRARY, calls, COUNT(calls), kmod);
	if (!kmod->library)
		return dlerror();
	kmod->ctx = kmod->kmod_new(NULL, NULL);
	if (kmod->ctx)
		return NULL;
	kmod_close(kmod);
	return LIBRARY " does not work here";
}

/**
 * kmod_close() - forget the library
 * @kmod: library, loaded or not
 */
void kmod_close(struct kmod *kmod)
{
	if (kmod->ctx)
		kmod->kmod_unref(kmod->ctx);
	if (kmod->library)
		dlclose(kmod->library);
	*kmod = (struct kmod){ .library = NULL };
}
