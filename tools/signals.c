// SPDX-License-Identifier: GPL-2.0
/*
 * SIGINT and SIGTERM end a command that watches, between two lines and with
 * status 0.
 */
#include <errno.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "signals.h"

static void held(sigset_t *set, bool children)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	if (children)
		sigaddset(set, SIGCHLD);
}

/**
 * signals_hold() - hold back what ends a command
 * @signals: filled
 * @children: also that a child has ended
 *
 * Return: 0 or a negative errno.
 */
int signals_hold(struct signals *signals, bool children)
{
	sigset_t set;

	held(&set, children);
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &signals->before);
	return 0;
}

/**
 * signals_end() - take the signals that have come
 * @signals: from signals_hold()
 *
 * Return: whether one of them ends the command.
 */
bool signals_end(const struct signals *signals)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(signals->fd, &info, sizeof(info)) == sizeof(info))
		end |= info.ssi_signo != SIGCHLD;
	return end;
}

/**
 * signals_release() - let signals through again; those that have come are forgotten
 * @signals: from signals_hold()
 */
void signals_release(struct signals *signals)
{
	static const struct timespec now;
	sigset_t set;

	held(&set, true);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	close(signals->fd);
}
