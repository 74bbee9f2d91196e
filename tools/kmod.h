/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libkmod, loaded when it is asked for: it brings libraries for compression and
 * signatures, for which every start of the command would pay.
 */
#ifndef NEURONNL_KMOD_H
#define NEURONNL_KMOD_H

#include <libkmod.h>

#define KMOD_CALLS(X)							\
	X(kmod_new) X(kmod_unref) X(kmod_list_next)			\
	X(kmod_module_new_from_lookup) X(kmod_module_unref_list)	\
	X(kmod_module_get_module) X(kmod_module_unref)			\
	X(kmod_module_get_path) X(kmod_module_get_initstate)		\
	X(kmod_module_get_info) X(kmod_module_info_free_list)		\
	X(kmod_module_info_get_key) X(kmod_module_info_get_value)	\
	X(kmod_config_get_blacklists) X(kmod_config_iter_next)		\
	X(kmod_config_iter_get_key) X(kmod_config_iter_free_iter)

/* struct kmod - the library, and what it knows of this machine */
struct kmod {
	void *library;
	struct kmod_ctx *ctx;
#define X(name)	__typeof__(name) *name;
	KMOD_CALLS(X)
#undef X
};

const char *kmod_open(struct kmod *kmod);
void kmod_close(struct kmod *kmod);

#endif
