// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl doctor: the module, as a file and as what is loaded. libkmod finds
 * and reads it, as modprobe does.
 */
#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "kmod.h"

#define MODULE		"neuron"
#define LOADED		"/sys/module/" MODULE
#define DKMS		"/var/lib/dkms/" MODULE
/* A parameter that only our module has. */
#define MARK		"allow_unprotected_programs"

/* What modinfo prints, as far as it is of use here. */
struct file_info {
	char version[SYSFS_TEXT], vermagic[SYSFS_TEXT], signer[SYSFS_TEXT];
	bool ours;
};

static bool pattern_exists(const char *pattern)
{
	glob_t found;
	int err = glob(pattern, GLOB_NOSORT | GLOB_BRACE, NULL, &found);

	if (!err)
		globfree(&found);
	return !err;
}

static bool has_headers(const struct doctor *doc)
{
	return sysfs_exists("/lib/modules/%s/build/Makefile", doc->release);
}

static void see_dkms(struct doctor *doc, const char *version)
{
	char next[DOCTOR_TEXT + SYSFS_TEXT], pattern[DOCTOR_TEXT], name[2 * SYSFS_TEXT];

	snprintf(name, sizeof(name), MODULE "/%s", version);
	snprintf(pattern, sizeof(pattern), DKMS "/%s/%s/%s/module/" MODULE ".ko*", version,
		 doc->release, doc->arch);
	if (pattern_exists(pattern)) {
		doctor_ok(doc, "dkms", name, "built for %s", doc->release);
		return;
	}
	if (!sysfs_exists(DKMS "/%s/source/dkms.conf", version)) {
		doctor_warn(doc, "dkms", name, "in the sources: make install-dkms",
			    "not built for this kernel, and its sources are not in /usr/src");
		return;
	}
	snprintf(next, sizeof(next), "%s%s%sdkms install %s -k %s",
		 has_headers(doc) ? "" : "install the headers of this kernel (linux-headers-",
		 has_headers(doc) ? "" : doc->release, has_headers(doc) ? "" : "), then: ", name,
		 doc->release);
	doctor_warn(doc, "dkms", name, next, "not built for this kernel, %s", doc->release);
}

/**
 * doctor_dkms() - has dkms built the module for this kernel?
 * @doc: examination
 *
 * Says nothing where dkms does not have it: there are other ways to install.
 */
void doctor_dkms(struct doctor *doc)
{
	struct dirent **entries;
	/* Each version has a folder with a link to its sources. */
	int count = scandir(DKMS, &entries, NULL, alphasort);
	char sources[SYSFS_TEXT];
	int i;

	for (i = 0; i < count; i++) {
		if (sysfs_link(sources, sizeof(sources), DKMS "/%s/source", entries[i]->d_name))
			see_dkms(doc, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void copy(char *to, const char *from)
{
	snprintf(to, SYSFS_TEXT, "%s", from);
}

static void take_info(struct doctor *doc, struct file_info *info, const char *key,
		      const char *value)
{
	if (!strcmp(key, "version"))
		copy(info->version, value);
	else if (!strcmp(key, "vermagic"))
		copy(info->vermagic, value);
	else if (!strcmp(key, "srcversion"))
		copy(doc->srcversion, value);
	else if (!strcmp(key, "signer") && value[0])
		copy(info->signer, value);
	else if (!strcmp(key, "sig_id") && !info->signer[0])
		copy(info->signer, "somebody");
	else if (!strcmp(key, "parm") && !strncmp(value, MARK ":", strlen(MARK) + 1))
		info->ours = true;
}

static void read_info(struct doctor *doc, const struct kmod *kmod, const struct kmod_module *mod,
		      struct file_info *info)
{
	struct kmod_list *list = NULL, *item;

	if (kmod->kmod_module_get_info(mod, &list) < 0)
		return;
	for (item = list; item; item = kmod->kmod_list_next(list, item))
		take_info(doc, info, kmod->kmod_module_info_get_key(item),
			  kmod->kmod_module_info_get_value(item));
	kmod->kmod_module_info_free_list(list);
}

/* The file that modprobe would load; NULL if there is none. */
static struct kmod_module *find(const struct kmod *kmod)
{
	struct kmod_list *list = NULL;
	struct kmod_module *mod = NULL;

	if (kmod->kmod_module_new_from_lookup(kmod->ctx, MODULE, &list) >= 0 && list)
		mod = kmod->kmod_module_get_module(list);
	kmod->kmod_module_unref_list(list);
	return mod;
}

static void no_file(struct doctor *doc)
{
	char pattern[DOCTOR_TEXT], next[DOCTOR_TEXT];

	snprintf(pattern, sizeof(pattern), "/lib/modules/%s/{updates,updates/dkms,extra}/" MODULE
		 ".ko*", doc->release);
	if (pattern_exists(pattern))
		snprintf(next, sizeof(next), "a file is there, the index does not have it: "
			 "depmod %s", doc->release);
	else if (pattern_exists("/usr/src/" MODULE "-[0-9]*/dkms.conf"))
		snprintf(next, sizeof(next), "dkms autoinstall -k %s%s", doc->release,
			 has_headers(doc) ? "" : ", with the headers of this kernel installed");
	else
		snprintf(next, sizeof(next), "in the sources: make install-dkms and dkms install, "
			 "or make and make install%s",
			 has_headers(doc) ? "" : "; both need the headers of this kernel");
	doctor_fail(doc, DOCTOR_MODULE, "module", NULL, next, "there is none for this kernel, %s%s",
		    doc->release, pattern_exists("/lib/modules/*/*/" MODULE ".ko*") ||
		    pattern_exists("/lib/modules/*/updates/dkms/" MODULE ".ko*") ?
		    ", but for another one" : "");
}

static void check_file(struct doctor *doc, const struct file_info *info)
{
	size_t len = strcspn(info->vermagic, " ");
	char next[DOCTOR_TEXT + SYSFS_TEXT];

	if (!info->ours) {
		snprintf(next, sizeof(next), "take that file away and install ours; if a package "
			 "has it, remove the package: dpkg -S %s", doc->file);
		doctor_fail(doc, DOCTOR_MODULE, "module", doc->file, next,
			    "this is another module by the name of " MODULE);
	} else if (strlen(doc->release) != len || strncmp(info->vermagic, doc->release, len)) {
		doctor_fail(doc, DOCTOR_MODULE, "module", doc->file,
			    "build it for this kernel: dkms install, or make and make install",
			    "built for %.*s, and this is %s", (int)len, info->vermagic,
			    doc->release);
	} else {
		doctor_ok(doc, "module", doc->file, "version %s, for this kernel", info->version);
	}
}

/* Why the kernel would refuse a module without a signature that it trusts; NULL if not. */
static const char *enforced(void)
{
	char text[SYSFS_TEXT];

	if (sysfs_read(text, sizeof(text), "/sys/module/module/parameters/sig_enforce") &&
	    text[0] == 'Y')
		return "the kernel takes signed modules only";
	if (sysfs_read(text, sizeof(text), "/sys/kernel/security/lockdown") &&
	    !strstr(text, "[none]"))
		return "the kernel is locked down, and takes signed modules only";
	return NULL;
}

#define SIGN_NEXT							\
	"sign it with a key that the firmware knows: dkms does so with its own "	\
	"(mokutil --import /var/lib/dkms/mok.pub, and boot); or turn off Secure Boot"

static void check_signature(struct doctor *doc, const struct file_info *info)
{
	const char *why = enforced();

	if (info->signer[0])
		doctor_ok(doc, "signature", NULL, "signed by %s; %s", info->signer,
			  why ? why : "the kernel does not insist on it");
	else if (!why)
		doctor_ok(doc, "signature", NULL, "not signed, which this kernel does not ask for");
	else if (sysfs_exists(LOADED))
		doctor_warn(doc, "signature", NULL, SIGN_NEXT, "not signed, and %s from now on",
			    why);
	else
		doctor_fail(doc, DOCTOR_MODULE, "signature", NULL, SIGN_NEXT,
			    "not signed, and %s", why);
}

static void see_file(struct doctor *doc, const struct kmod *kmod, struct kmod_module *mod)
{
	const char *path = mod ? kmod->kmod_module_get_path(mod) : NULL;
	struct file_info info = { .ours = false };

	if (mod && kmod->kmod_module_get_initstate(mod) == KMOD_MODULE_BUILTIN) {
		doctor_ok(doc, "module", NULL, "built into the kernel");
	} else if (path) {
		snprintf(doc->file, sizeof(doc->file), "%s", path);
		read_info(doc, kmod, mod, &info);
		check_file(doc, &info);
		check_signature(doc, &info);
	} else {
		no_file(doc);
	}
}

/* By the card's alias the kernel would not load it then; by its name it can be. */
static bool is_blacklisted(const struct kmod *kmod)
{
	struct kmod_config_iter *iter = kmod->kmod_config_get_blacklists(kmod->ctx);
	bool found = false;

	while (iter && kmod->kmod_config_iter_next(iter))
		found |= !strcmp(kmod->kmod_config_iter_get_key(iter), MODULE);
	if (iter)
		kmod->kmod_config_iter_free_iter(iter);
	return found;
}

/**
 * doctor_module_file() - is there a module that this kernel would load?
 * @doc: gets its path and srcversion
 */
void doctor_module_file(struct doctor *doc)
{
	struct kmod_module *mod;
	struct kmod kmod;
	const char *why = kmod_open(&kmod);

	if (why) {
		doctor_warn(doc, "module", NULL, "install libkmod2, to have its file examined",
			    "%s", why);
		return;
	}
	mod = find(&kmod);
	see_file(doc, &kmod, mod);
	doc->blacklisted = is_blacklisted(&kmod);
	if (mod)
		kmod.kmod_module_unref(mod);
	kmod_close(&kmod);
}

static void not_loaded(struct doctor *doc)
{
	doctor_fail(doc, DOCTOR_DRIVER, "loaded", NULL,
		    doc->status == DOCTOR_MODULE ? "what is said of the module above, then: "
		    "modprobe " MODULE : doc->blacklisted ? "modprobe " MODULE
		    ", and for the next boot take it off the blacklist in /etc/modprobe.d" :
		    "modprobe " MODULE "; if that fails, dmesg says why",
		    "the module is not loaded%s", doc->blacklisted ? ", it is blacklisted" : "");
}

static bool check_ours(struct doctor *doc)
{
	char srcversion[SYSFS_TEXT], version[SYSFS_TEXT];
	static const char reload[] = "rmmod " MODULE "; modprobe " MODULE;

	if (!sysfs_exists(LOADED "/parameters/" MARK)) {
		doctor_fail(doc, DOCTOR_DRIVER, "ours", NULL,
			    doc->status == DOCTOR_MODULE ? "what is said of the module above, "
			    "then: rmmod " MODULE "; modprobe " MODULE : reload,
			    "what is loaded is another module by the name of " MODULE);
		return false;
	}
	sysfs_read(version, sizeof(version), LOADED "/version");
	sysfs_read(srcversion, sizeof(srcversion), LOADED "/srcversion");
	if (doc->file[0] && strcmp(srcversion, doc->srcversion))
		doctor_warn(doc, "ours", NULL, reload,
			    "version %s is loaded, and is not built from the same sources as %s",
			    version, doc->file);
	else if (strcmp(version, neuron_version()))
		doctor_warn(doc, "ours", NULL, "install module and library of one version",
			    "version %s is loaded, the library is %s", version, neuron_version());
	else
		doctor_ok(doc, "ours", NULL, "version %s, srcversion %s", version, srcversion);
	return true;
}

/**
 * doctor_module_runs() - is the module loaded, and is it ours?
 * @doc: examination
 *
 * Return: whether it is.
 */
bool doctor_module_runs(struct doctor *doc)
{
	char state[SYSFS_TEXT];

	if (!sysfs_exists(LOADED)) {
		not_loaded(doc);
		return false;
	}
	if (sysfs_read(state, sizeof(state), LOADED "/initstate") && strcmp(state, "live")) {
		doctor_fail(doc, DOCTOR_DRIVER, "loaded", NULL,
			    "wait, and look again; if it stays so, dmesg says why",
			    "the module is %s", state);
		return false;
	}
	doctor_ok(doc, "loaded", NULL, "the module is loaded");
	return check_ours(doc);
}
