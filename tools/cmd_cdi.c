// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl cdi: cards for container runtimes, by the Container Device Interface:
 * a file by which they know which device files a name stands for.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "neuronnl.h"

/* The first version in which a name may begin with a digit. */
#define CDI_VERSION	"0.5.0"
#define KIND		"neuron.driver/card"

struct what {
	const char *output, *kind;
};

/* What is being written. */
struct cdi {
	struct json_object *devices, *all_nodes;
};

static struct json_object *new_node(uint32_t index)
{
	struct json_object *node = json_object_new_object();
	char path[32];

	snprintf(path, sizeof(path), "/dev/neuron%" PRIu32, index);
	json_object_object_add(node, "path", json_object_new_string(path));
	json_object_object_add(node, "permissions", json_object_new_string("rw"));
	return node;
}

static void add_device(struct cdi *cdi, const char *name, struct json_object *nodes)
{
	struct json_object *device = json_object_new_object();
	struct json_object *edits = json_object_new_object();

	json_object_object_add(edits, "deviceNodes", nodes);
	json_object_object_add(device, "name", json_object_new_string(name));
	json_object_object_add(device, "containerEdits", edits);
	json_object_array_add(cdi->devices, device);
}

/* A card has two names: its index is handy, its address stays. */
static int add_card(const struct neuron_device_info *info, void *arg)
{
	const char *names[2] = { NULL, info->bus_name };
	struct json_object *nodes;
	struct cdi *cdi = arg;
	char index[16];
	size_t i;

	snprintf(index, sizeof(index), "%" PRIu32, info->index);
	names[0] = index;
	for (i = 0; i < COUNT(names); i++) {
		nodes = json_object_new_array();
		json_object_array_add(nodes, new_node(info->index));
		add_device(cdi, names[i], nodes);
	}
	json_object_array_add(cdi->all_nodes, new_node(info->index));
	return 0;
}

/* Return: 0; 1 if the whole was not written; with errno. */
static int write_text(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t done;

	while (len) {
		done = write(fd, text, len);
		if (done < 0)
			return 1;
		text += done;
		len -= (size_t)done;
	}
	return fchmod(fd, 0644) || fsync(fd);
}

/* A runtime that reads meanwhile sees the old file or the new one. */
static int replace(const char *path, const char *text)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path + 1) : 0;
	char temporary[PATH_MAX];
	int fd, err;

	/* Runtimes read what ends in .json or .yaml: this does not. */
	snprintf(temporary, sizeof(temporary), "%.*s.%s.XXXXXX", dir, path, path + dir);
	fd = mkstemp(temporary);
	if (fd < 0)
		return tool_usage("Error: %s: %m.", temporary);
	err = write_text(fd, text);
	if (err)
		tool_usage("Error: %s: %m.", temporary);
	close(fd);
	if (!err && rename(temporary, path)) {
		tool_usage("Error: %s: %m.", path);
		err = 1;
	}
	if (err)
		unlink(temporary);
	return err ? EXIT_USAGE : EXIT_DONE;
}

/* Without a card there is nothing that a runtime would accept. */
static int no_cards(const struct what *what)
{
	if (!what->output)
		return tool_usage("Error: there is no card, and a file without devices is no valid "
				  "one.");
	if (unlink(what->output) && errno != ENOENT)
		return tool_usage("Error: %s: %m.", what->output);
	return EXIT_DONE;
}

static int put(struct tool *tool, const struct what *what, struct json_object *devices)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_PRETTY |
		    JSON_C_TO_STRING_SPACED;
	struct json_object *file = json_object_new_object();
	const char *text;
	int status = EXIT_DONE;

	json_object_object_add(file, "cdiVersion", json_object_new_string(CDI_VERSION));
	json_object_object_add(file, "kind", json_object_new_string(what->kind));
	json_object_object_add(file, "devices", json_object_get(devices));
	text = json_object_to_json_string_ext(file, flags);
	if (what->output)
		status = replace(what->output, text);
	else
		fprintf(tool->out.file, "%s\n", text);
	json_object_put(file);
	return status;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters, digits and some of what may stand between them; begins with a letter. */
static bool is_name(const char *name, size_t len, const char *between)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_alnum(name[i]) && !strchr(between, name[i]))
			return false;
	return len && is_alnum(name[0]) && !(name[0] >= '0' && name[0] <= '9') &&
	       is_alnum(name[len - 1]);
}

static bool is_kind(const char *kind)
{
	const char *slash = strchr(kind, '/');

	return slash && is_name(kind, (size_t)(slash - kind), "-_.") &&
	       is_name(slash + 1, strlen(slash + 1), "-_");
}

static const struct arg generate_args[] = {
	ARG(ARG_FILE, "output", struct what, output, 0),
	ARG(ARG_STRING, "kind", struct what, kind, 0, .value = "VENDOR/CLASS"),
	{ .key = NULL },
};

static int cdi_generate(struct tool *tool, struct args *args)
{
	struct cdi cdi = { NULL, NULL };
	struct what what = { .kind = KIND };
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (!status && !is_kind(what.kind))
		status = tool_usage("\"%s\" is no kind such as %s", what.kind, KIND);
	if (status)
		return status;
	cdi.devices = json_object_new_array();
	cdi.all_nodes = json_object_new_array();
	err = neuron_device_list(tool->handle, add_card, &cdi);
	/* No driver, no cards. */
	if (err && err != -ENOENT)
		status = tool_refused(tool);
	else if (!json_object_array_length(cdi.all_nodes))
		status = no_cards(&what);
	if (!err && json_object_array_length(cdi.all_nodes)) {
		add_device(&cdi, "all", json_object_get(cdi.all_nodes));
		status = put(tool, &what, cdi.devices);
	}
	json_object_put(cdi.devices);
	json_object_put(cdi.all_nodes);
	return !what.output && tool_finish(tool, 0) ? EXIT_USAGE : status;
}

static const struct command commands[] = {
	{
		.name = "generate", .run = cdi_generate, .args = generate_args,
		.about = "Writes the file by which container runtimes know the cards: each by its index\n"
			 "    and by its address, and all of them as \"all\". With output it replaces FILE\n"
			 "    at once, and removes it if there is no card.",
		.ops = OPS(NEURON_CMD_DEVICE_GET),
		.stream = true,
	},
	{ .name = NULL },
};

const struct object object_cdi = {
	.name = "cdi", .commands = commands, .about = "cards for containers",
};
