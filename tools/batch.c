// SPDX-License-Identifier: GPL-2.0
/*
 * Lines from a file: words with quotes, "#" comments, and lines that a
 * backslash carries on.
 */
#include <stdlib.h>
#include <string.h>

#include "neuronnl.h"

/* Takes one character of a word. Return: where the next one is. */
static char *take(char *from, char **to, char *quote)
{
	if (*from == *quote && *quote) {
		*quote = '\0';
	} else if (!*quote && (*from == '"' || *from == '\'')) {
		*quote = *from;
	} else {
		if (*from == '\\' && *quote != '\'' && from[1])
			from++;
		*(*to)++ = *from;
	}
	return from + 1;
}

/**
 * words_split() - words of a line
 * @line: line, which is changed
 * @words: where they go, with NULL after the last
 * @max: how many fit in @words, the NULL included
 *
 * Quotes hold blanks together, a backslash takes any character as it is, a word
 * that begins with "#" ends the line.
 *
 * Return: how many; -1 if there are too many or a quote is open.
 */
int words_split(char *line, char **words, size_t max)
{
	static const char blank[] = " \t\r\n";
	char *from = line, *to, quote;
	size_t count = 0;

	for (;;) {
		from += strspn(from, blank);
		if (!*from || *from == '#')
			break;
		if (count + 1 >= max)
			return -1;
		words[count++] = to = from;
		quote = '\0';
		while (*from && (quote || !strchr(blank, *from)))
			from = take(from, &to, &quote);
		if (quote)
			return -1;
		if (*from)
			from++;
		*to = '\0';
	}
	words[count] = NULL;
	return (int)count;
}

#define BATCH_WORDS	4096	/* a line of a ring can be long */

struct batch {
	FILE *file;
	const char *name;
	char *text;		/* what the lines so far say together */
	size_t size;		/* of what @text points to */
	unsigned int line;	/* the last one read */
};

/*
 * Reads a line, and those that carry it on. Return: its length, -1 at the end
 * of the file.
 */
static ssize_t read_line(struct batch *batch)
{
	ssize_t length = 0, more;
	char *part = NULL;
	size_t size = 0;
	char *whole;

	free(batch->text);
	batch->text = NULL;
	for (;;) {
		more = getline(&part, &size, batch->file);
		if (more < 0)
			break;
		batch->line++;
		while (more && strchr("\r\n", part[more - 1]))
			part[--more] = '\0';
		whole = realloc(batch->text, (size_t)(length + more) + 1);
		if (!whole)
			break;
		batch->text = whole;
		memcpy(whole + length, part, (size_t)more + 1);
		length += more;
		if (!more || part[more - 1] != '\\')
			break;
		whole[length - 1] = ' ';
	}
	free(part);
	return batch->text ? length : -1;
}

static int do_line(struct tool *tool, struct batch *batch)
{
	char **words = calloc(BATCH_WORDS, sizeof(*words));
	int status = EXIT_USAGE;

	if (!words)
		tool_usage("Error: no memory");
	else if (words_split(batch->text, words, BATCH_WORDS) < 0)
		tool_usage("a quote is open, or there are more than %d words", BATCH_WORDS - 1);
	else
		status = tool_line(tool, words);
	free(words);
	return status;
}

static int do_lines(struct tool *tool, struct batch *batch)
{
	int status = EXIT_DONE, one;

	while (read_line(batch) >= 0) {
		one = do_line(tool, batch);
		fflush(stdout);
		if (!one)
			continue;
		fprintf(stderr, "Command failed %s:%u\n", batch->name, batch->line);
		status = one;
		if (!tool->force)
			break;
	}
	free(batch->text);
	if (!ferror(batch->file))
		return status;
	return tool_usage("Error: reading %s: %m.", batch->name);
}

/**
 * batch_file() - do the lines of a file
 * @tool: run
 * @path: file, "-" for standard input
 *
 * Ends at the first line that fails, unless forced to go on.
 *
 * Return: exit status; that of the last line that failed.
 */
int batch_file(struct tool *tool, const char *path)
{
	struct batch batch = { .name = path, .file = stdin };
	int status;

	if (strcmp(path, "-"))
		batch.file = fopen(path, "re");
	if (!batch.file)
		return tool_usage("Error: cannot open %s: %m.", path);
	tool->many = true;
	status = do_lines(tool, &batch);
	if (batch.file != stdin)
		fclose(batch.file);
	return status;
}
