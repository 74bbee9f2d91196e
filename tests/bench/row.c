// SPDX-License-Identifier: GPL-2.0
/* A row for the table, and words for who waits. */
#include <stdarg.h>
#include <stdio.h>

#include "row.h"

/* Progress and errors, for people. */
void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("  ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

static void key(const char *name, double value)
{
	if (value > 0)
		printf(", \"%s\": %.6g", name, value);
}

void row_print(const struct row *row)
{
	printf("{\"name\": \"%s\", \"unit\": \"%s\", \"value\": %.4g", row->name, row->unit,
	       row->value);
	key("reference", row->reference);
	key("ratio", row->ratio);
	key("at_least", row->at_least);
	key("at_most", row->at_most);
	puts("}");
	fflush(stdout);
}
