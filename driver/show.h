/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver knows of a card, as text: for debugfs and for core dumps. Nothing
 * here changes anything, asks the hardware, or tells an address of memory or what is
 * in it.
 */
#ifndef NEURON_SHOW_H
#define NEURON_SHOW_H

struct neuron_device;
struct seq_file;

void neuron_show_card(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_engines(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_queues(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_memory(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_jobs(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_quarantine(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_fwio(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_flight(struct seq_file *m, struct neuron_device *ndev);
void neuron_show_all(struct seq_file *m, struct neuron_device *ndev);

#endif
