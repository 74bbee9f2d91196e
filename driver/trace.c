// SPDX-License-Identifier: GPL-2.0
/*
 * Here the tracepoints of trace.h are made.
 */
#include <linux/string.h>
#include <linux/neuron.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
