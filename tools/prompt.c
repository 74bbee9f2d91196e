// SPDX-License-Identifier: GPL-2.0
/*
 * Lines from a person: with editing, history and completion by libedit, which
 * is loaded only here, since one command of many in a script shall start fast.
 * Without a terminal, or without libedit, lines are just read.
 */
#include <errno.h>
#include <histedit.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "neuronnl.h"
#include "plugin.h"

#define LIBRARY		"libedit.so.2"
#define LINE_WORDS	512
#define HISTORY_LINES	500

/*
 * struct prompt - a conversation
 * @more: the line before ended with a backslash
 * @interrupted: where an interrupt goes
 *
 * The rest are functions of the library.
 */
struct prompt {
	struct tool *tool;
	EditLine *el;
	History *lines;
	bool more;
	sigjmp_buf interrupted;
	__typeof__(&el_init) el_init;
	__typeof__(&el_end) el_end;
	__typeof__(&el_set) el_set;
	__typeof__(&el_gets) el_gets;
	__typeof__(&el_line) el_line;
	__typeof__(&el_insertstr) el_insertstr;
	__typeof__(&el_reset) el_reset;
	__typeof__(&history_init) history_init;
	__typeof__(&history_end) history_end;
	__typeof__(&history) history;
};

#define FUNCTION(name)	{ #name, offsetof(struct prompt, name) }

static const struct plugin_call functions[] = {
	FUNCTION(el_init),
	FUNCTION(el_end),
	FUNCTION(el_set),
	FUNCTION(el_gets),
	FUNCTION(el_line),
	FUNCTION(el_insertstr),
	FUNCTION(el_reset),
	FUNCTION(history_init),
	FUNCTION(history_end),
	FUNCTION(history),
};

/* libedit's calls back come with its own handle only. */
static struct prompt *speaking;

static char *prompt_text(EditLine *el)
{
	static char first[] = "neuronnl> ", next[] = "> ";

	(void)el;
	return speaking->more ? next : first;
}

/* Words that fit, and what they have in common. */
struct candidates {
	char **words;
	size_t count;
	size_t common;
};

static void add_candidate(void *arg, const char *word)
{
	struct candidates *all = arg;
	char **words = realloc(all->words, (all->count + 1) * sizeof(*words));
	char *copy = strdup(word);
	size_t same = 0;

	if (words)
		all->words = words;
	if (!words || !copy) {
		free(copy);
		return;
	}
	while (all->count && same < all->common && words[0][same] == copy[same])
		same++;
	all->common = all->count ? same : strlen(copy);
	words[all->count++] = copy;
}

static void free_candidates(struct candidates *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		free(all->words[i]);
	free(all->words);
}

static void list_candidates(const struct candidates *all)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < all->count; i++)
		printf("%s  ", all->words[i]);
	putchar('\n');
}

/* Return: what the editor shall do. */
static unsigned char insert(struct prompt *prompt, const struct candidates *all, size_t begun)
{
	char text[512];

	if (!all->count)
		return CC_ERROR;
	if (all->common > begun || all->count == 1) {
		snprintf(text, sizeof(text), "%.*s%s", (int)(all->common - begun),
			 all->words[0] + begun,
			 all->count == 1 && all->words[0][all->common - 1] != '/' ? " " : "");
		return prompt->el_insertstr(prompt->el, text) ? CC_ERROR : CC_REFRESH;
	}
	list_candidates(all);
	return CC_REDISPLAY;
}

/* The key for completion. */
static unsigned char complete(EditLine *el, int key)
{
	struct prompt *prompt = speaking;
	const LineInfo *info = prompt->el_line(el);
	char *text = strndup(info->buffer, (size_t)(info->cursor - info->buffer));
	size_t len = text ? strlen(text) : 0;
	bool blank = !len || text[len - 1] == ' ';
	char *words[LINE_WORDS], *begun;
	struct candidates all = { .count = 0 };
	unsigned char what = CC_ERROR;
	int count = text ? words_split(text, words, LINE_WORDS) : -1;

	(void)key;
	if (count >= 0) {
		begun = blank || !count ? "" : words[count - 1];
		if (!blank && count)
			words[count - 1] = NULL;
		complete_words(prompt->tool, words, begun, add_candidate, &all);
		what = insert(prompt, &all, strlen(begun));
	}
	free_candidates(&all);
	free(text);
	return what;
}

static void interrupted(int number)
{
	(void)number;
	siglongjmp(speaking->interrupted, 1);
}

static void block_interrupts(int how)
{
	sigset_t interrupt;

	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(how, &interrupt, NULL);
}

/*
 * One character for the editor. Interrupts come in here only, and leave by a jump:
 * one that came while the editor did something else would not end the next read.
 * Looking whether there is something to read does not help, for an interrupt takes
 * from the terminal what was typed before it.
 *
 * Return: 1, 0 at the end, or -1 with errno.
 */
static int get_char(EditLine *el, wchar_t *c)
{
	mbstate_t state = { 0 };
	ssize_t got;
	size_t len;
	char byte;

	(void)el;
	if (sigsetjmp(speaking->interrupted, 1)) {
		errno = EINTR;
		return -1;
	}
	do {
		block_interrupts(SIG_UNBLOCK);
		got = read(STDIN_FILENO, &byte, 1);
		block_interrupts(SIG_BLOCK);
		if (got <= 0)
			return (int)got;
		len = mbrtowc(c, &byte, 1, &state);
		if (len == (size_t)-1)
			memset(&state, 0, sizeof(state));
	} while (len == (size_t)-1 || len == (size_t)-2);
	return 1;
}

static int begin(struct prompt *prompt)
{
	HistEvent event;

	prompt->el = prompt->el_init("neuronnl", stdin, stdout, stderr);
	prompt->lines = prompt->history_init();
	if (!prompt->el || !prompt->lines)
		return -1;
	prompt->history(prompt->lines, &event, H_SETSIZE, HISTORY_LINES);
	prompt->history(prompt->lines, &event, H_SETUNIQUE, 1);
	prompt->el_set(prompt->el, EL_PROMPT, prompt_text);
	prompt->el_set(prompt->el, EL_EDITOR, "emacs");
	prompt->el_set(prompt->el, EL_GETCFN, get_char);
	prompt->el_set(prompt->el, EL_HIST, prompt->history, prompt->lines);
	prompt->el_set(prompt->el, EL_ADDFN, "neuronnl-complete", "complete a word", complete);
	prompt->el_set(prompt->el, EL_BIND, "^I", "neuronnl-complete", NULL);
	return 0;
}

/* The library stays: what it uses keeps memory for the terminal that it would lose. */
static void end(struct prompt *prompt)
{
	if (prompt->lines)
		prompt->history_end(prompt->lines);
	if (prompt->el)
		prompt->el_end(prompt->el);
}

/* A line; an interrupt gives an empty one. Return: NULL at the end. */
static const char *get_line(struct prompt *prompt)
{
	struct sigaction ours = { .sa_handler = interrupted }, before;
	const char *text;
	int count = 0;

	block_interrupts(SIG_BLOCK);
	sigaction(SIGINT, &ours, &before);
	errno = 0;
	text = prompt->el_gets(prompt->el, &count);
	if (!text && errno == EINTR) {
		prompt->el_reset(prompt->el);
		prompt->more = false;
		putchar('\n');
		text = "";
	}
	sigaction(SIGINT, &before, NULL);
	block_interrupts(SIG_UNBLOCK);
	return text;
}

/* What was typed so far, and one more line of it. Return: NULL without memory. */
static char *append(char *so_far, const char *line)
{
	size_t before = so_far ? strlen(so_far) : 0;
	char *whole = realloc(so_far, before + strlen(line) + 1);

	if (!whole) {
		free(so_far);
		return NULL;
	}
	strcpy(whole + before, line);
	whole[strcspn(whole, "\r\n")] = '\0';
	return whole;
}

static bool goes_on(char *text)
{
	size_t len = strlen(text);

	if (!len || text[len - 1] != '\\')
		return false;
	text[len - 1] = ' ';
	return true;
}

static bool is_farewell(const char *word)
{
	return word && (!strcmp(word, "quit") || !strcmp(word, "exit"));
}

/* Return: whether to go on. */
static bool do_text(struct prompt *prompt, char *text)
{
	char *words[LINE_WORDS];
	HistEvent event;
	int count;

	if (text[strspn(text, " \t")])
		prompt->history(prompt->lines, &event, H_ENTER, text);
	count = words_split(text, words, LINE_WORDS);
	if (count < 0) {
		tool_usage("a quote is open, or there are more than %d words", LINE_WORDS - 1);
		return true;
	}
	if (count == 1 && is_farewell(words[0]))
		return false;
	tool_line(prompt->tool, words);
	return true;
}

static void talk(struct prompt *prompt)
{
	const char *line;
	char *text = NULL;
	bool on = true;

	while (on) {
		line = get_line(prompt);
		if (!line)
			break;
		if (!prompt->more && text)
			text[0] = '\0';
		text = append(text, line);
		if (!text)
			break;
		prompt->more = goes_on(text);
		if (!prompt->more)
			on = do_text(prompt, text);
		fflush(stdout);
	}
	free(text);
	if (on)
		putchar('\n');
}

/**
 * prompt_run() - do lines from standard input until it ends
 * @tool: run
 *
 * Return: exit status.
 */
int prompt_run(struct tool *tool)
{
	struct prompt prompt = { .tool = tool };

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    !plugin_library(LIBRARY, functions, COUNT(functions), &prompt) || begin(&prompt)) {
		end(&prompt);
		return batch_file(tool, "-");
	}
	tool->many = true;
	speaking = &prompt;
	talk(&prompt);
	speaking = NULL;
	end(&prompt);
	return EXIT_DONE;
}
