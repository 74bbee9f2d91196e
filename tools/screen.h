/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A terminal that text is drawn on; made by plugins/screen.c.
 */
#ifndef NEURONNL_SCREEN_H
#define NEURONNL_SCREEN_H

#define SCREEN_PLUGIN	"neuronnl-screen.so"
#define SCREEN_SYMBOL	"neuronnl_screen"

enum screen_key { SCREEN_NONE, SCREEN_QUIT, SCREEN_REDRAW, SCREEN_NOW };

/**
 * struct screen - what a terminal can do
 * @open: begins; -1 if the terminal is not known, and nothing has happened then
 * @draw: shows lines of text, the first one always, the others from where the user
 *	has scrolled to
 * @key: takes one key; SCREEN_NONE when there is none
 * @close: the terminal is as before
 */
struct screen {
	int (*open)(void);
	void (*draw)(const char *text);
	enum screen_key (*key)(void);
	void (*close)(void);
};

#endif
