/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last error of a handle and its sentence.
 */
#ifndef NEURON_ERROR_H
#define NEURON_ERROR_H

#include <linux/netlink.h>

#include "internal.h"

void error_clear(struct neuron_handle *handle);
int error_local(struct neuron_handle *handle, uint32_t cmd, int error, const char *text);
int error_partial(struct neuron_handle *handle, uint32_t cmd, int error, uint32_t index,
		  const char *text);
int error_job(struct neuron_handle *handle, uint32_t cmd, int error, const char *text);
int error_kernel(struct neuron_handle *handle, const struct nlmsghdr *request, int error,
		 const struct nlattr *tlvs, int tlvs_len);

#endif
