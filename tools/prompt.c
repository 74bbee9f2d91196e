// SPDX-License-Identifier: GPL-2.0
/*
 * Lines from a person: with editing, history and completion on a terminal.
 */
#include <unistd.h>

#include "neuronnl.h"

/**
 * prompt_run() - do lines from standard input until it ends
 * @tool: run
 *
 * Return: exit status.
 */
int prompt_run(struct tool *tool)
{
	return batch_file(tool, "-");
}
