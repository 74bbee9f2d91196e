/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The links of a card and the cards behind them.
 */
#ifndef NEURON_NEIGHBOR_H
#define NEURON_NEIGHBOR_H

struct neuron_device;

void neuron_neighbor_init(struct neuron_device *ndev);
int neuron_neighbor_port(struct neuron_device *ndev, struct neuron_device *peer);
int neuron_neighbor_refresh(struct neuron_device *ndev);
void neuron_neighbor_refresh_all(void);

#endif
