/* SPDX-License-Identifier: GPL-2.0 */
/* Named stream sockets: what the transport and the control socket both need. */
#ifndef NEURON_EMU_UNIXSOCK_H
#define NEURON_EMU_UNIXSOCK_H

int emu_unix_connect(const char *path);
int emu_unix_listen(const char *path, int backlog);

#endif
