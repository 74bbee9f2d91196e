/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that a command which watches takes in its own time.
 */
#ifndef NEURONNL_SIGNALS_H
#define NEURONNL_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/**
 * struct signals - signals that are held back
 * @fd: readable when one has come
 * @before: what was held back before
 */
struct signals {
	int fd;
	sigset_t before;
};

int signals_hold(struct signals *signals, bool children);
bool signals_end(const struct signals *signals);
void signals_release(struct signals *signals);

#endif
