// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl doctor: what sysfs tells about cards, before any driver does.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

#define PCI		"/sys/bus/pci/devices"
#define GROUPS		"/sys/kernel/iommu_groups"
#define AMAZON		0x1d0f
#define FIRST_ID	0x7064
#define LAST_ID		0x7067

static bool is_card(const struct dirent *entry, unsigned long *device)
{
	char text[SYSFS_TEXT];

	if (entry->d_name[0] == '.' ||
	    !sysfs_read(text, sizeof(text), PCI "/%s/vendor", entry->d_name) ||
	    strtoul(text, NULL, 16) != AMAZON ||
	    !sysfs_read(text, sizeof(text), PCI "/%s/device", entry->d_name))
		return false;
	*device = strtoul(text, NULL, 16);
	return *device >= FIRST_ID && *device <= LAST_ID;
}

/* What the function answers now: the ids above are what it said when it was found. */
static bool answers(const char *bus_name)
{
	char path[SYSFS_TEXT];
	unsigned char id[2] = { 0, 0 };
	FILE *file;

	snprintf(path, sizeof(path), PCI "/%s/config", bus_name);
	file = fopen(path, "re");
	if (!file)
		return true;
	setvbuf(file, NULL, _IONBF, 0);
	if (fread(id, 1, sizeof(id), file) != sizeof(id))
		id[0] = id[1] = 0xff;
	fclose(file);
	return id[0] == (AMAZON & 0xff) && id[1] == AMAZON >> 8;
}

static void see_card(struct doctor *doc, const char *bus_name, unsigned long device)
{
	struct doctor_card *card = &doc->cards[doc->card_count];

	if (doc->card_count == DOCTOR_CARDS)
		return;
	doc->card_count++;
	card->index = -1;
	snprintf(card->bus_name, sizeof(card->bus_name), "%.*s", NEURON_MAX_BUS_NAME, bus_name);
	sysfs_link(card->driver, sizeof(card->driver), PCI "/%s/driver", bus_name);
	if (answers(bus_name))
		doctor_ok(doc, "pci", bus_name, "there is a card, %04x:%04lx", AMAZON, device);
	else
		doctor_fail(doc, DOCTOR_CARD, "pci", bus_name,
			    "take it out and find it again: remove in its folder of " PCI
			    ", then /sys/bus/pci/rescan; if it stays silent, it needs power anew",
			    "the card was there, and does not answer any more");
}

/**
 * doctor_pci() - which cards are there?
 * @doc: gets them
 */
void doctor_pci(struct doctor *doc)
{
	struct dirent **entries;
	unsigned long device;
	int count = scandir(PCI, &entries, NULL, alphasort);
	int i;

	for (i = 0; i < count; i++) {
		if (is_card(entries[i], &device))
			see_card(doc, entries[i]->d_name, device);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (!doc->card_count)
		doctor_fail(doc, DOCTOR_NO_CARD, "pci", NULL,
			    "use a machine that has such a card (Inf1 instances do); if this is "
			    "one, write 1 to /sys/bus/pci/rescan and look again",
			    "no PCI function %04x:%04x to %04x is seen", AMAZON, FIRST_ID,
			    LAST_ID);
}

/**
 * doctor_bound() - does our driver have the card?
 * @doc: examination
 * @card: card
 */
void doctor_bound(struct doctor *doc, const struct doctor_card *card)
{
	char next[DOCTOR_TEXT];

	if (!strcmp(card->driver, "neuron")) {
		doctor_ok(doc, "driver", card->bus_name, "bound to neuron");
		return;
	}
	if (!card->driver[0]) {
		snprintf(next, sizeof(next), "read why: dmesg | grep %s; then try again: "
			 "echo %s > /sys/bus/pci/drivers/neuron/bind", card->bus_name,
			 card->bus_name);
		doctor_fail(doc, DOCTOR_DRIVER, "driver", card->bus_name, next,
			    "no driver is bound to the card");
		return;
	}
	snprintf(next, sizeof(next),
		 "echo %s > /sys/bus/pci/drivers/%s/unbind; echo > " PCI "/%s/driver_override; "
		 "echo %s > /sys/bus/pci/drivers/neuron/bind",
		 card->bus_name, card->driver, card->bus_name, card->bus_name);
	doctor_fail(doc, DOCTOR_DRIVER, "driver", card->bus_name, next,
		    "the driver %s has the card", card->driver);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int group_size(const char *group)
{
	struct dirent **entries;
	char path[DOCTOR_TEXT];
	int count, i;

	snprintf(path, sizeof(path), GROUPS "/%s/devices", group);
	count = scandir(path, &entries, is_name, NULL);
	for (i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	return count;
}

/**
 * doctor_iommu() - what keeps the card from memory that is not for it?
 * @doc: examination
 * @card: card
 *
 * Nothing fails without: it is a risk that the owner of the machine takes.
 */
void doctor_iommu(struct doctor *doc, const struct doctor_card *card)
{
	char group[SYSFS_TEXT], type[SYSFS_TEXT];

	if (!sysfs_link(group, sizeof(group), PCI "/%s/iommu_group", card->bus_name)) {
		doctor_warn(doc, "iommu", card->bus_name,
			    "turn it on in the firmware's set-up and with intel_iommu=on or as the "
			    "platform has it; without, only trusted programs belong on a core",
			    "there is none: the card can reach all memory of the machine");
		return;
	}
	if (!sysfs_read(type, sizeof(type), GROUPS "/%s/type", group))
		snprintf(type, sizeof(type), "unknown");
	if (!strcmp(type, "identity"))
		doctor_warn(doc, "iommu", card->bus_name,
			    "boot without iommu=pt and iommu.passthrough=1",
			    "group %s lets everything through (identity): the card can reach all "
			    "memory of the machine", group);
	else
		doctor_ok(doc, "iommu", card->bus_name, "group %s of %d device%s, type %s", group,
			  group_size(group), group_size(group) == 1 ? "" : "s", type);
}
