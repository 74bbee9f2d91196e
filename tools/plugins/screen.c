// SPDX-License-Identifier: GPL-2.0
/*
 * A terminal by ncurses. One line stays at the top, the rest can be scrolled.
 */
#include <stdio.h>
#include <string.h>

#include <ncurses.h>

#include "../screen.h"

static SCREEN *terminal;
static int first, last, page;

static int screen_open(void)
{
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -1;
	set_term(terminal);
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	return 0;
}

static void screen_close(void)
{
	endwin();
	delscreen(terminal);
	terminal = NULL;
}

static int count_lines(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void scroll_to(int line)
{
	first = line > last ? last : line;
	if (first < 0)
		first = 0;
}

static void draw_line(int row, const char *line, size_t len)
{
	if (row == 0)
		attron(A_REVERSE);
	mvaddnstr(row, 0, line, len < (size_t)COLS ? (int)len : COLS);
	attroff(A_REVERSE);
}

static void screen_draw(const char *text)
{
	int line = 0, row;
	size_t len;

	page = LINES > 2 ? LINES - 1 : 1;
	last = count_lines(text) - 1 - page;
	scroll_to(first);
	erase();
	for (; *text; text += len + (text[len] == '\n'), line++) {
		len = strcspn(text, "\n");
		row = line ? line - first : 0;
		if (line && (row < 1 || row >= LINES))
			continue;
		draw_line(row, text, len);
	}
	refresh();
}

static enum screen_key screen_key(void)
{
	switch (getch()) {
	case ERR:
		return SCREEN_NONE;
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	case ' ':
		return SCREEN_NOW;
	case KEY_UP:
		scroll_to(first - 1);
		break;
	case KEY_DOWN:
		scroll_to(first + 1);
		break;
	case KEY_PPAGE:
		scroll_to(first - page);
		break;
	case KEY_NPAGE:
		scroll_to(first + page);
		break;
	case KEY_HOME:
		scroll_to(0);
		break;
	}
	/* Among the others is a new size. */
	return SCREEN_REDRAW;
}

const struct screen neuronnl_screen = {
	.open = screen_open, .draw = screen_draw, .key = screen_key, .close = screen_close,
};
