// SPDX-License-Identifier: GPL-2.0
/* The control command that begins and ends a trace into a file. */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "command.h"
#include "trace.h"

static int start(struct emu_call *call)
{
	const char *path = call->card->opts->trace_path;
	unsigned int kinds = EMU_TRACE_ALL_KINDS;
	bool keep_old = true;
	int word = 1, err;
	char all[EMU_TRACE_LIST_BYTES];

	if (*emu_call_word(call, word) && !strchr(emu_call_word(call, word), '/')) {
		if (emu_trace_parse_kinds(emu_call_word(call, word), &kinds))
			return emu_call_refuse(call, -EINVAL,
					       "'%.40s' is not a list of all,%s; a file has a '/'",
					       emu_call_word(call, word),
					       emu_trace_kind_list(EMU_TRACE_ALL_KINDS, all));
		word++;
	}
	if (*emu_call_word(call, word)) {
		/* A kind behind a comma and a space would be a file that gets emptied. */
		if (!strchr(emu_call_word(call, word), '/'))
			return emu_call_refuse(call, -EINVAL, "'%.40s': a file has a '/'",
					       emu_call_word(call, word));
		path = emu_call_word(call, word);
		keep_old = false;
	}
	if (!path)
		return emu_call_refuse(call, -EINVAL,
				       "no file: name one, with a '/' in it, or begin with --trace");
	err = emu_trace_start(call->card->box->trace, call->card->index, kinds, path, keep_old);
	if (err == -EBUSY)
		return emu_call_refuse(call, err, "there are %u outputs already",
				       EMU_TRACE_MAX_OUTPUTS);
	return err ? emu_call_refuse(call, err, "%s: %s", path, strerror(-err)) : 0;
}

static int status(struct emu_call *call)
{
	struct emu_trace_status all[EMU_TRACE_MAX_OUTPUTS];
	unsigned int count, i;
	struct json_object *list = json_object_new_array(), *obj;
	char kinds[EMU_TRACE_LIST_BYTES];

	count = emu_trace_get_status(call->card->box->trace, call->card->index, all);
	for (i = 0; i < count; i++) {
		obj = json_object_new_object();
		if (all[i].path)
			json_object_object_add(obj, "file", json_object_new_string(all[i].path));
		json_object_object_add(obj, "follower", json_object_new_boolean(!all[i].path));
		json_object_object_add(obj, "kinds", json_object_new_string(
				       emu_trace_kind_list(all[i].kinds, kinds)));
		json_object_object_add(obj, "lines", json_object_new_uint64(all[i].lines));
		json_object_object_add(obj, "lost", json_object_new_uint64(all[i].lost));
		if (all[i].error)
			json_object_object_add(obj, "failed",
					       json_object_new_string(strerror(all[i].error)));
		json_object_array_add(list, obj);
		free(all[i].path);
	}
	json_object_object_add(call->answer, "outputs", list);
	return 0;
}

/**
 * emu_command_trace() - "trace start|stop|status"
 * @call: the command
 * Context: no card lock held.
 * Return: 0, or a negative errno with the reason in @call.
 */
int emu_command_trace(struct emu_call *call)
{
	if (emu_call_is(call, 0, "start"))
		return start(call);
	if (emu_call_is(call, 0, "status"))
		return status(call);
	if (!emu_call_is(call, 0, "stop"))
		return emu_call_expected(call, "trace", 0);
	if (!emu_trace_stop(call->card->box->trace, call->card->index))
		return emu_call_refuse(call, -ENOENT, "the card is not traced into a file");
	return 0;
}
