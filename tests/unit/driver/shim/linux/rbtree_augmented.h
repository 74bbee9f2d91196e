/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trees whose nodes know something of all below them, with the calls of the kernel's.
 */
#ifndef SHIM_RBTREE_AUGMENTED_H
#define SHIM_RBTREE_AUGMENTED_H

#include "rbtree.h"

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

#define rb_parent(node)		((node)->parent)

#define RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBCOMPUTE)	\
static inline void RBNAME ## _propagate(struct rb_node *rb, struct rb_node *stop)		\
{												\
	while (rb != stop) {									\
		shim_rb_computes++;								\
		if (RBCOMPUTE(rb_entry(rb, RBSTRUCT, RBFIELD), true))				\
			break;									\
		rb = rb_parent(rb);								\
	}											\
}												\
static inline void RBNAME ## _copy(struct rb_node *old, struct rb_node *new)			\
{												\
	rb_entry(new, RBSTRUCT, RBFIELD)->RBAUGMENTED =						\
		rb_entry(old, RBSTRUCT, RBFIELD)->RBAUGMENTED;					\
}												\
static void RBNAME ## _rotate(struct rb_node *old, struct rb_node *new)				\
{												\
	RBNAME ## _copy(old, new);								\
	shim_rb_computes++;									\
	RBCOMPUTE(rb_entry(old, RBSTRUCT, RBFIELD), false);					\
}												\
RBSTATIC const struct rb_augment_callbacks RBNAME = {						\
	.propagate = RBNAME ## _propagate,							\
	.copy = RBNAME ## _copy,								\
	.rotate = RBNAME ## _rotate								\
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

/* How often a node was computed anew: a path at a time. */
extern u64 shim_rb_computes;

#endif
