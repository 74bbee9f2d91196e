/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver counts, for Prometheus.
 */
#ifndef NEURONNL_PROMETHEUS_H
#define NEURONNL_PROMETHEUS_H

#include "neuronnl.h"

int prometheus_show(struct tool *tool, int index);

#endif
