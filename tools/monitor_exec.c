// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl monitor --exec: one command at a time, so that their order is that
 * of the events. Events are read on meanwhile, and wait here.
 */
#include <ctype.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "monitor.h"

#define PREFIX		"NEURON_"

/**
 * struct hook_event - an event that waits
 * @input: the event as a line of JSON
 * @env: variables, NULL at the end
 */
struct hook_event {
	struct hook_event *next;
	char *input;
	char **env;
	size_t count;
};

static void event_free(struct hook_event *event)
{
	size_t i;

	for (i = 0; i < event->count; i++)
		free(event->env[i]);
	free(event->env);
	free(event->input);
	free(event);
}

/* Takes @text, which is NULL if there is no memory. */
static int add_variable(struct hook_event *event, char *text)
{
	char **env = realloc(event->env, (event->count + 2) * sizeof(*env));

	if (env)
		event->env = env;
	if (!env || !text) {
		free(text);
		return -ENOMEM;
	}
	env[event->count++] = text;
	env[event->count] = NULL;
	return 0;
}

/* "dev-index" becomes NEURON_DEV_INDEX. */
static int set_variable(struct hook_event *event, const char *key, const char *value)
{
	char *text, *at;

	if (asprintf(&text, PREFIX "%s=%s", key, value) < 0)
		text = NULL;
	for (at = text; at && *at != '='; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	return add_variable(event, text);
}

/* Names of flags, with commas between. */
static int set_list(struct hook_event *event, const char *key, struct json_object *list)
{
	size_t i, count = json_object_array_length(list);
	char words[512] = "";

	for (i = 0; i < count; i++)
		snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s",
			 i ? "," : "", json_object_get_string(json_object_array_get_idx(list, i)));
	return set_variable(event, key, words);
}

/* The caller's own variables, but none that an event could have set. */
static int inherit(struct hook_event *event)
{
	char **each;
	int err = 0;

	for (each = environ; *each && !err; each++)
		if (strncmp(*each, PREFIX, strlen(PREFIX)))
			err = add_variable(event, strdup(*each));
	return err;
}

static int fill(struct hook_event *event, struct json_object *json)
{
	struct json_object *part;
	int err = inherit(event);

	if (!err && json_object_object_get_ex(json, "name", &part))
		err = set_variable(event, "event", json_object_get_string(part));
	if (!err && json_object_object_get_ex(json, "synthesized", &part))
		err = set_variable(event, "synthesized", "1");
	if (!err && json_object_object_get_ex(json, "timestamp", &part))
		err = set_variable(event, "timestamp", json_object_get_string(part));
	if (err || !json_object_object_get_ex(json, "msg", &part))
		return err;
	json_object_object_foreach(part, key, value) {
		if (!err)
			err = json_object_is_type(value, json_type_array) ?
			      set_list(event, key, value) :
			      set_variable(event, key, json_object_get_string(value));
	}
	return err;
}

/* Return: a file with the event, -1 if there is none to be had. */
static int make_input(const char *text)
{
	int fd = memfd_create("event", MFD_CLOEXEC);
	ssize_t len = (ssize_t)strlen(text);

	if (fd >= 0 && (write(fd, text, (size_t)len) != len || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int spawn(struct hook *hook, const struct hook_event *event, int input)
{
	char *const words[] = { "sh", "-c", (char *)hook->command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	err = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (!err)
		err = posix_spawnattr_setsigmask(&attr, hook->mask);
	if (!err)
		err = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	if (!err)
		err = posix_spawn(&hook->child, "/bin/sh", &actions, &attr, words, event->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Begins with the next event, unless a command runs. */
static void start(struct hook *hook)
{
	struct hook_event *event;
	int input, err;

	while (!hook->child && hook->first) {
		event = hook->first;
		hook->first = event->next;
		input = make_input(event->input);
		err = input < 0 ? errno : spawn(hook, event, input);
		if (err) {
			hook->child = 0;
			fprintf(stderr, "Error: --exec: %s.\n", strerror(err));
		}
		if (input >= 0)
			close(input);
		event_free(event);
	}
}

/**
 * hook_add() - have the command run for an event
 * @hook: hook
 * @json: the event
 *
 * Return: 0 or -ENOMEM.
 */
int hook_add(struct hook *hook, struct json_object *json)
{
	struct hook_event *event = calloc(1, sizeof(*event));
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (!event)
		return -ENOMEM;
	if (asprintf(&event->input, "%s\n", json_object_to_json_string_ext(json, flags)) < 0)
		event->input = NULL;
	if (!event->input || fill(event, json)) {
		event_free(event);
		return -ENOMEM;
	}
	if (hook->first)
		hook->last->next = event;
	else
		hook->first = event;
	hook->last = event;
	start(hook);
	return 0;
}

/**
 * hook_reap() - see whether the command has ended, and begin with the next event
 * @hook: hook
 */
void hook_reap(struct hook *hook)
{
	if (hook->child && waitpid(hook->child, NULL, WNOHANG) == hook->child)
		hook->child = 0;
	start(hook);
}

/**
 * hook_end() - let what runs come to its end, and forget events that wait
 * @hook: hook
 */
void hook_end(struct hook *hook)
{
	struct hook_event *event;

	while (hook->first) {
		event = hook->first;
		hook->first = event->next;
		event_free(event);
	}
	if (hook->child)
		waitpid(hook->child, NULL, 0);
	hook->child = 0;
}
