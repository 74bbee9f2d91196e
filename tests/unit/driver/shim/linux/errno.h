/* SPDX-License-Identifier: GPL-2.0 */
/* The C library's <errno.h> takes its numbers from here, so this is the real one. */
#include_next <linux/errno.h>
