// SPDX-License-Identifier: GPL-2.0
/*
 * Why something was refused, in the words of the command line: the kernel
 * names an attribute, the user wrote a keyword.
 */
#include <errno.h>
#include <string.h>

#include "neuronnl.h"

/**
 * tool_refused() - tell why the library could not
 * @tool: run
 *
 * Return: EXIT_REFUSED if it was the kernel, else EXIT_USAGE.
 */
int tool_refused(struct tool *tool)
{
	const char *text = neuron_last_error(tool->handle);
	struct neuron_error_info info;
	size_t len = strlen(text);

	fprintf(stderr, "Error: %s%s\n", text, len && text[len - 1] == '.' ? "" : ".");
	if (neuron_last_error_info(tool->handle, &info, sizeof(info)))
		return EXIT_USAGE;
	return info.from_kernel ? EXIT_REFUSED : EXIT_USAGE;
}
