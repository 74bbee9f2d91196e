/* SPDX-License-Identifier: GPL-2.0 */
/* What every test program includes, in the order that cmocka wants. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#endif
