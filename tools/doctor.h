/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of "neuronnl doctor" share. Each looks at one thing, from the
 * slot up to the firmware, and stops where the next one could not say more.
 */
#ifndef NEURONNL_DOCTOR_H
#define NEURONNL_DOCTOR_H

#include "neuronnl.h"
#include "sysfs.h"

#define DOCTOR_CARDS	64	/* as many as the driver takes */
#define DOCTOR_TEXT	1024	/* room for a sentence with a path in it */

/* Exit statuses, from the ground up: what to mend first. */
enum {
	DOCTOR_NO_CARD = 10,	/* no card is seen */
	DOCTOR_MODULE,		/* there is no module that this kernel would load */
	DOCTOR_DRIVER,		/* the driver does not run, or not for a card */
	DOCTOR_NODE,		/* no device file, or this user may not open it */
	DOCTOR_CARD,		/* card or firmware do not work */
};

/**
 * struct doctor_card - a PCI function that looks like a card
 * @index: of the driver, -1 if it does not know the card
 */
struct doctor_card {
	char bus_name[NEURON_MAX_BUS_NAME + 1];
	char driver[SYSFS_TEXT];
	int index;
};

/**
 * struct doctor - one examination
 * @release: of the running kernel
 * @arch: likewise
 * @file: of the module that would be loaded, empty if there is none
 * @srcversion: of that file, empty if it has none
 * @blacklisted: the kernel does not load it for a card by itself
 * @status: exit status so far: the class of the first failure
 */
struct doctor {
	struct tool *tool;
	struct doctor_card cards[DOCTOR_CARDS];
	unsigned int card_count;
	char release[SYSFS_TEXT], arch[SYSFS_TEXT];
	char file[DOCTOR_TEXT];
	char srcversion[SYSFS_TEXT];
	bool blacklisted;
	int status;
};

void doctor_ok(struct doctor *doc, const char *check, const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void doctor_warn(struct doctor *doc, const char *check, const char *object, const char *next,
		 const char *format, ...) __attribute__((format(printf, 5, 6)));
void doctor_fail(struct doctor *doc, int status, const char *check, const char *object,
		 const char *next, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

void doctor_pci(struct doctor *doc);
void doctor_bound(struct doctor *doc, const struct doctor_card *card);
void doctor_iommu(struct doctor *doc, const struct doctor_card *card);
void doctor_dkms(struct doctor *doc);
void doctor_module_file(struct doctor *doc);
bool doctor_module_runs(struct doctor *doc);
bool doctor_family(struct doctor *doc);
void doctor_card(struct doctor *doc, struct doctor_card *card);

#endif
