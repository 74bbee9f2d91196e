// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl: shows and does what the neuron driver can. The table of objects,
 * and options; see neuronnl(8).
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "neuronnl.h"

const struct object *const objects[] = {
	&object_dev, &object_core, &object_mem, &object_engine, &object_ring, &object_nq,
	&object_sema, &object_event, &object_fw, &object_neighbor, &object_job, &object_ctx,
	&object_stats, &object_monitor, &object_top, &object_doctor, &object_topology,
	&object_cdi, NULL,
};

/* -x, -xyz or --xyz */
static bool is_option(const char *word, const char *name)
{
	return (word[1] == name[0] && !word[2]) || !strcmp(word + 1, name) ||
	       (word[1] == '-' && !strcmp(word + 2, name));
}

static int print_version(void)
{
	printf("neuronnl %s\n", neuron_version());
	return EXIT_DONE;
}

static bool take_switch(struct tool *tool, const char *word)
{
	const struct { const char *name; bool *value; } switches[] = {
		{ "json", &tool->json }, { "pretty", &tool->pretty },
		{ "statistics", &tool->statistics }, { "details", &tool->details },
		{ "timestamp", &tool->timestamp }, { "force", &tool->force },
	};
	size_t i;

	if (!strcmp(word, "-ts") || !strcmp(word, "-tshort") || !strcmp(word, "--tshort")) {
		tool->timestamp = tool->short_time = true;
		return true;
	}
	for (i = 0; i < COUNT(switches); i++)
		if (is_option(word, switches[i].name)) {
			*switches[i].value = true;
			return true;
		}
	return false;
}

/* "-c", "-color", "-color=never|always|auto". Return: whether it was one. */
static bool take_color(struct tool *tool, const char *word)
{
	static const char *const when[] = { "never", "always", "auto" };
	const char *equals = strchr(word, '=');
	char name[16];
	unsigned int i;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	if (!is_option(name, "color"))
		return false;
	tool->color = OUT_COLOR_ALWAYS;
	for (i = 0; equals && i < COUNT(when); i++)
		if (!strcmp(equals + 1, when[i])) {
			tool->color = (enum out_color)i;
			return true;
		}
	return !equals;
}

/* Return: -1 to go on, or an exit status. */
static int options(struct tool *tool, struct args *args)
{
	const char *word, **value;

	for (word = args_peek(args); word && word[0] == '-' && word[1]; word = args_peek(args)) {
		args_next(args);
		if (is_option(word, "batch") || is_option(word, "netns")) {
			value = is_option(word, "batch") ? &tool->batch : &tool->netns;
			*value = args_next(args);
			if (!*value)
				return tool_usage("\"%s\" lacks its value", word);
		} else if (is_option(word, "Version") || is_option(word, "version")) {
			return print_version();
		} else if (is_option(word, "help")) {
			return help_all(stdout);
		} else if (!take_switch(tool, word) && !take_color(tool, word)) {
			return tool_usage("Unknown option \"%s\"", word);
		}
	}
	return -1;
}

/* Events are read in the namespace; the family and its requests are in all. */
static int enter_netns(const char *name)
{
	char path[256];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tool_usage("Error: cannot open network namespace \"%s\": %m.", name);
	err = setns(fd, CLONE_NEWNET);
	if (err)
		tool_usage("Error: cannot enter network namespace \"%s\": %m.", name);
	close(fd);
	return err ? EXIT_USAGE : EXIT_DONE;
}

static int lines(struct tool *tool, struct args *args)
{
	if (tool->batch && args_peek(args))
		return tool_usage("\"%s\" is one word too many beside -batch", args_peek(args));
	if (tool->batch)
		return batch_file(tool, tool->batch);
	if (args_peek(args))
		return tool_line(tool, args->words);
	return prompt_run(tool);
}

int main(int argc, char **argv)
{
	struct args args = { .words = argv + (argc > 0) };
	struct session session = { 0 };
	struct tool tool = { .session = &session };
	int status;

	status = options(&tool, &args);
	if (status >= 0)
		return status;
	if (tool.netns && enter_netns(tool.netns))
		return EXIT_USAGE;
	out_init(&tool.out, stdout, tool.json, tool.pretty, tool.details);
	out_color(&tool.out, tool.color);
	status = lines(&tool, &args);
	session_close(&tool);
	out_fini(&tool.out);
	if (tool.handle)
		neuron_close(tool.handle);
	return status;
}
