// SPDX-License-Identifier: GPL-2.0
/*
 * Why something was refused, in the words of the command line: the kernel
 * names an attribute, the user wrote a keyword. And what can be done.
 */
#include <errno.h>
#include <string.h>

#include "neuronnl.h"

/*
 * struct hint - what to do about a refusal
 * @error: errno, 0 for any
 * @op: operation of the spec, 0 for any
 * @text: that is in what the kernel or the library says, NULL for any
 */
struct hint {
	int error;
	uint8_t op;
	const char *text, *hint;
};

/* The first one that fits. */
static const struct hint hints[] = {
	{ 0, 0, "driver is not loaded", "Load it (\"modprobe neuron\"); \"neuronnl doctor\" "
	  "looks further" },
	{ 0, 0, "There is no such card", "\"neuronnl dev show\" lists cards" },
	{ 0, 0, "named by its index", "\"neuronnl dev show\" lists cards" },
	{ 0, 0, "has no such core", "\"neuronnl core show\" lists cores" },
	{ 0, 0, "no such engine", "\"neuronnl engine show\" lists engines" },
	{ 0, 0, "has no such DRAM channel", "\"neuronnl -d dev show\" says how many there are" },
	{ 0, 0, "has no such region", "\"neuronnl dev set\" makes regions" },
	{ 0, 0, "claimed the core", "\"neuronnl core show\" says which context, and since when" },
	{ 0, NEURON_CMD_CORE_CLAIM, "Another context has", "\"neuronnl ctx show\" says who" },
	{ 0, 0, "has not claimed the core", "Claim it first (\"neuronnl core claim\")" },
	{ 0, 0, "allow_unprotected_programs", "Programs reach all memory of the host without an "
	  "IOMMU (\"modinfo neuron\")" },
	{ 0, 0, "This queue of the core exists", "\"neuronnl nq show\" says whose it is" },
	{ 0, 0, "queue is taken", "\"neuronnl ring show\" says whose it is; \"core N\" takes a free "
	  "one" },
	{ 0, 0, "CAP_SYS_ADMIN", "Use sudo, or end those of \"neuronnl ctx show\"" },
	{ 0, 0, "CAP_SYS_RAWIO", "Use sudo" },
	{ 0, 0, "CAP_SYS_RESOURCE", "Use sudo, or a lower limit" },
	{ 0, 0, "other credentials", "Start neuronnl anew as the user who is to use the card" },
	{ 0, 0, "is being reset", "Wait for it (\"neuronnl monitor hotplug\")" },
	{ 0, 0, "card has failed", "Reset it (\"neuronnl dev reset\")" },
	{ 0, 0, "reset the card", "\"neuronnl dev reset\" does" },
	{ 0, 0, "in the meantime", "\"neuronnl -d dev show\" says how often (reset-count)" },
	{ 0, 0, "lost in a reset", "Destroy it and make a new one" },
	{ 0, 0, "Device memory is allocated", "\"neuronnl mem show\" says by whom" },
	{ 0, 0, "engine has aborted", "\"neuronnl engine recover\" brings it up anew" },
	{ 0, 0, "job is still running", "Wait for it (\"neuronnl job wait\"), or cancel it" },
	{ 0, 0, "jobs of the context", "Wait for some (\"neuronnl job show\")" },
	{ EBUSY, NEURON_CMD_DEVICE_RESET, NULL, "Wait for the reset that runs (\"neuronnl monitor "
	  "hotplug\")" },
	{ EACCES, 0, NULL, "The device file decides: its group (\"ls -l /dev/neuron*\"), or sudo" },
	{ EDQUOT, 0, NULL, "\"neuronnl -d ctx show\" says what is used, and the limits" },
	{ ENOSPC, 0, NULL, "\"neuronnl mem show\" says who has it" },
	{ ENODEV, 0, NULL, "\"neuronnl dev show\" lists cards; the kernel's log says why one went" },
	{ ETIMEDOUT, 0, NULL, "The kernel's log and \"neuronnl monitor health\" say what the card "
	  "does" },
	{ EOPNOTSUPP, 0, "older than this library", "Update the driver" },
};

static bool fits(const struct hint *hint, const struct neuron_error_info *info, const char *text)
{
	const char *op = hint->op ? neuron_cmd_name(hint->op) : NULL;

	if (hint->error && hint->error != -info->error)
		return false;
	if (op && strcmp(op, info->op))
		return false;
	return !hint->text || strstr(text, hint->text);
}

/**
 * refused_hint() - what can be done about an error
 * @info: error
 * @text: what the library says
 *
 * Return: a sentence without full stop, NULL if nothing is known.
 */
const char *refused_hint(const struct neuron_error_info *info, const char *text)
{
	size_t i;

	for (i = 0; i < COUNT(hints); i++)
		if (fits(&hints[i], info, text))
			return hints[i].hint;
	return NULL;
}

/* The keyword that became an attribute, NULL if the command has none such. */
static const char *keyword(const struct command *command, const char *attr)
{
	const char *name = strrchr(attr, '.');
	const struct arg *arg;

	name = name ? name + 1 : attr;
	for (arg = command ? command->args : NULL; arg && arg->key; arg++)
		if (!strcmp(arg->attr ? arg->attr : arg->key, name))
			return arg->key;
	if (!strcmp(name, "dev-index") || !strcmp(name, "bus-name") || !strcmp(name, "ctx-fd"))
		return "dev";
	return NULL;
}

/**
 * refused_sentence() - what the library says, with the command's words in it
 * @command: that was refused, may be NULL
 * @info: error
 * @text: what the library says: "OPERATION: TEXT (ATTRIBUTE VALUE)"
 * @to: filled with a sentence without full stop
 * @size: of @to
 */
void refused_sentence(const struct command *command, const struct neuron_error_info *info,
		      const char *text, char *to, size_t size)
{
	const char *word = info->attr[0] ? keyword(command, info->attr) : NULL;
	size_t op = strlen(info->op), attr = strlen(info->attr), len;
	const char *at;

	if (op && !strncmp(text, info->op, op) && !strncmp(text + op, ": ", 2))
		text += op + 2;
	len = strlen(text);
	if (len && text[len - 1] == '.')
		len--;
	at = word ? strstr(text, info->attr) : NULL;
	/* Not a word of the kernel's own sentence: what is in brackets, or the end. */
	while (at && at > text && at[-1] != '(' && strcmp(at + attr, " is missing"))
		at = strstr(at + 1, info->attr);
	if (!at)
		snprintf(to, size, "%.*s", (int)len, text);
	else
		snprintf(to, size, "%.*s%s%.*s", (int)(at - text), text, word,
			 (int)(len - (size_t)(at - text) - attr), at + attr);
}

/**
 * tool_refused() - tell why the library could not, and what to do
 * @tool: run
 *
 * Return: EXIT_REFUSED if it was the kernel, else EXIT_USAGE.
 */
int tool_refused(struct tool *tool)
{
	const char *text = neuron_last_error(tool->handle), *hint;
	struct neuron_error_info info;
	char sentence[512];

	memset(&info, 0, sizeof(info));
	neuron_last_error_info(tool->handle, &info, sizeof(info));
	refused_sentence(tool->command, &info, text, sentence, sizeof(sentence));
	hint = refused_hint(&info, text);
	fprintf(stderr, "Error: %s.%s%s%s\n", sentence, hint ? " " : "", hint ? hint : "",
		hint ? "." : "");
	return info.from_kernel ? EXIT_REFUSED : EXIT_USAGE;
}
