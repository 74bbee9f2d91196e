/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control socket of a box: one request per line, "CARD COMMAND ARGUMENTS...",
 * answered by one line of JSON. CARD is a number or "all".
 */
#ifndef NEURON_EMU_CTL_H
#define NEURON_EMU_CTL_H

#include "card.h"

struct emu_ctl;
struct emu_vfu;

/* Longest request, the end of the line included. */
#define EMU_CTL_LINE_BYTES	4096u

struct emu_ctl *emu_ctl_create(struct emu_box *box, struct emu_vfu *const *vfus);
void emu_ctl_destroy(struct emu_ctl *ctl);
int emu_ctl_listen(struct emu_ctl *ctl, const char *path);
char *emu_ctl_execute(struct emu_ctl *ctl, const char *line);

int emu_ctl_client(int argc, char **argv);

#endif
