// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl doctor: what the driver tells about a card, its device file, and
 * whether the firmware answers.
 */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "doctor.h"

#define FIRMWARE_MS	30000
#define NODE_SIZE	24
#define UDEV_RULE	"a udev rule: SUBSYSTEM==\"neuron\", GROUP=\"neuron\", MODE=\"0660\""

static int find_card(const struct neuron_device_info *info, void *arg)
{
	struct doctor *doc = arg;
	unsigned int i;

	for (i = 0; i < doc->card_count; i++)
		if (!strcmp(doc->cards[i].bus_name, info->bus_name))
			doc->cards[i].index = (int)info->index;
	return 0;
}

static unsigned int known_cards(const struct doctor *doc)
{
	unsigned int i, count = 0;

	for (i = 0; i < doc->card_count; i++)
		count += doc->cards[i].index >= 0;
	return count;
}

/**
 * doctor_family() - does the driver answer?
 * @doc: its cards get their indexes
 *
 * Return: whether it does.
 */
bool doctor_family(struct doctor *doc)
{
	struct neuron_handle *handle = doc->tool->handle;
	unsigned int known;

	if (neuron_device_list(handle, find_card, doc)) {
		doctor_fail(doc, DOCTOR_DRIVER, "family", NULL, "rmmod neuron; modprobe neuron; "
			    "if it is no better, dmesg says why", "%s", neuron_last_error(handle));
		return false;
	}
	known = known_cards(doc);
	doctor_ok(doc, "family", NULL, "the driver answers, and shows %u of %u card%s", known,
		  doc->card_count, doc->card_count == 1 ? "" : "s");
	return true;
}

static bool check_node(struct doctor *doc, const struct doctor_card *card, const char *node)
{
	char want[SYSFS_TEXT], have[SYSFS_TEXT], next[DOCTOR_TEXT];
	struct stat st;

	if (stat(node, &st)) {
		doctor_fail(doc, DOCTOR_NODE, "node", node,
			    "mount a devtmpfs on /dev; a container has to be given the device "
			    "(neuronnl cdi generate)", "%s", strerror(errno));
		return false;
	}
	sysfs_read(want, sizeof(want), "/sys/class/neuron/neuron%d/dev", card->index);
	snprintf(have, sizeof(have), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	if (S_ISCHR(st.st_mode) && !strcmp(want, have)) {
		doctor_ok(doc, "node", node, "character device %s", have);
		return true;
	}
	snprintf(next, sizeof(next), "rm %s; then let udev make it anew: udevadm trigger -s neuron",
		 node);
	doctor_fail(doc, DOCTOR_NODE, "node", node, next, "it is no character device %s", want);
	return false;
}

/* Has this process the group? */
static bool in_group(gid_t gid)
{
	gid_t groups[256];
	int count = getgroups(256, groups);
	int i;

	for (i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}

/* Has the user it, for sessions to come? */
static bool is_member(const struct group *group, const char *user)
{
	char **member;

	for (member = group->gr_mem; *member; member++)
		if (!strcmp(*member, user))
			return true;
	return false;
}

/* What would let this user open the file. */
static void access_next(char *to, size_t size, const char *node)
{
	const struct passwd *passwd = getpwuid(geteuid());
	const char *user = passwd ? passwd->pw_name : "this user";
	const struct group *group;
	struct stat st;

	if (stat(node, &st)) {
		snprintf(to, size, "look again: the device file has just gone");
		return;
	}
	group = getgrgid(st.st_gid);
	if ((st.st_mode & 0060) != 0060 || !st.st_gid || !group)
		snprintf(to, size, "give the files to a group, by " UDEV_RULE "; then: "
			 "usermod -aG neuron %s", user);
	else if (in_group(st.st_gid))
		snprintf(to, size, "the group %s may, and %s has it: an ACL or a security module "
			 "forbids it, getfacl %s", group->gr_name, user, node);
	else if (is_member(group, user))
		snprintf(to, size, "%s is in the group %s, this session is older: log in anew",
			 user, group->gr_name);
	else
		snprintf(to, size, "the group %s may: usermod -aG %s %s, and log in anew",
			 group->gr_name, group->gr_name, user);
}

static struct neuron_ctx *check_access(struct doctor *doc, const struct doctor_card *card,
				       const char *node)
{
	struct neuron_handle *handle = doc->tool->handle;
	char next[DOCTOR_TEXT];
	struct neuron_ctx *ctx;
	int err = neuron_ctx_open(handle, (uint32_t)card->index, &ctx);

	if (!err) {
		doctor_ok(doc, "access", node, "this user may open it");
		return ctx;
	}
	if (err == -EACCES)
		access_next(next, sizeof(next), node);
	else if (err == -EPERM)
		snprintf(next, sizeof(next), "the device cgroup forbids it: allow the device in "
			 "the unit (DeviceAllow=) or give it to the container");
	else
		snprintf(next, sizeof(next), "look at who uses the card: neuronnl ctx show");
	doctor_fail(doc, DOCTOR_NODE, "access", node, next, "%s", neuron_last_error(handle));
	return NULL;
}

static bool check_state(struct doctor *doc, const struct doctor_card *card)
{
	struct neuron_handle *handle = doc->tool->handle;
	const char *state, *health;
	struct neuron_device_info info;
	char next[DOCTOR_TEXT];

	if (neuron_device_get(handle, (uint32_t)card->index, &info, sizeof(info))) {
		doctor_fail(doc, DOCTOR_CARD, "state", card->bus_name, "look again",
			    "%s", neuron_last_error(handle));
		return false;
	}
	state = neuron_device_state_name(info.state);
	health = neuron_health_name(info.health);
	snprintf(next, sizeof(next), "neuronnl dev reset dev %d; if it is no better, dmesg says "
		 "why", card->index);
	if (info.state == NEURON_DEVICE_STATE_FAILED || info.health == NEURON_HEALTH_FAILED)
		doctor_fail(doc, DOCTOR_CARD, "state", card->bus_name, next, "state %s, health %s",
			    state, health);
	else if (info.state != NEURON_DEVICE_STATE_READY)
		doctor_warn(doc, "state", card->bus_name, "wait: neuronnl monitor tells when it "
			    "is ready", "state %s", state ? state : "unknown");
	else if (info.health != NEURON_HEALTH_OK)
		doctor_warn(doc, "state", card->bus_name, next, "state %s, health %s", state,
			    health ? health : "unknown");
	else
		doctor_ok(doc, "state", card->bus_name, "state %s, health %s", state, health);
	return info.state == NEURON_DEVICE_STATE_READY;
}

/* Asks for the links: a question that changes nothing, and cannot be answered from memory. */
static void check_firmware(struct doctor *doc, const struct doctor_card *card,
			   struct neuron_ctx *ctx)
{
	uint64_t start_ms = tool_now_ms();
	char next[DOCTOR_TEXT];

	if (!neuron_neighbor_refresh(ctx, FIRMWARE_MS)) {
		doctor_ok(doc, "firmware", card->bus_name, "answers, after %" PRIu64 " ms",
			  tool_now_ms() - start_ms);
		return;
	}
	snprintf(next, sizeof(next), "neuronnl dev reset dev %d; if it stays silent, the card "
		 "needs power anew (stop and start the instance)", card->index);
	doctor_fail(doc, DOCTOR_CARD, "firmware", card->bus_name, next, "%s",
		    neuron_last_error(doc->tool->handle));
}

/**
 * doctor_card() - can this user work with a card?
 * @doc: examination
 * @card: a card that the driver knows
 */
void doctor_card(struct doctor *doc, struct doctor_card *card)
{
	struct neuron_ctx *ctx = NULL;
	char node[NODE_SIZE];
	bool ready;

	snprintf(node, sizeof(node), "/dev/neuron%d", card->index);
	if (check_node(doc, card, node))
		ctx = check_access(doc, card, node);
	ready = check_state(doc, card);
	if (ctx && ready)
		check_firmware(doc, card, ctx);
	neuron_ctx_close(ctx);
}
