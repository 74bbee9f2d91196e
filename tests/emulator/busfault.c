// SPDX-License-Identifier: GPL-2.0
#include "busfault.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "hostmem.h"

static struct sigaction before;

/* Nobody's memory: who was asked before us says what happens, usually the end. */
static void pass_on(int signo, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(signo, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(signo);
	else
		sigaction(signo, &before, NULL);
}

static void caught(int signo, siginfo_t *info, void *context)
{
	int saved = errno;

	if (!emu_hostmem_mend(info->si_addr))
		pass_on(signo, info, context);
	errno = saved;
}

/**
 * emu_busfault_catch() - survive that a client cuts its memory file short
 *
 * Context: any, any number of times: whoever took the signal over in between loses it.
 */
void emu_busfault_catch(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct sigaction action, now;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = caught;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	pthread_mutex_lock(&lock);
	sigaction(SIGBUS, NULL, &now);
	if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != caught) {
		before = now;
		sigaction(SIGBUS, &action, NULL);
	}
	pthread_mutex_unlock(&lock);
}
