/* SPDX-License-Identifier: GPL-2.0 */
/* What every bench that runs in a guest prints. */
#ifndef ROW_H
#define ROW_H

/** struct row - one line of the table, in JSON; what is 0 is left out, but for the value */
struct row {
	const char *name;
	const char *unit;
	double value;
	double reference;	/* in the same unit */
	double ratio;
	double at_least;
	double at_most;
};

#define ROW(...) ((struct row){ __VA_ARGS__ })

void row_print(const struct row *row);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
