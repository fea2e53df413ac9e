/* frame_plan.h - which symbol a sender's next frame is for. Only frame_send.c includes it. */
#ifndef PROTOCOL_FRAME_PLAN_H
#define PROTOCOL_FRAME_PLAN_H

#include "protocol/frame_send.h"

/* The symbol size for s->room: symbols as equal as they can be, so that none is nearly empty. */
uint16_t plan_size(const struct frame_send *s);
/* Takes symbols of that size, of which nothing has been sent and nothing arrived. */
void plan_lay_out(struct frame_send *s, uint16_t size);
/* Frames for a symbol of that length, by s->room. */
unsigned plan_parts(const struct frame_send *s, size_t len);

/* Takes over what the receiver has; true: more than before. */
struct frame_state;
bool plan_learn(struct frame_send *s, const struct frame_state *t);
unsigned plan_missing(const struct frame_send *s); /* symbols */
bool plan_source_left(struct frame_send *s);       /* that were not sent, and are not there */

/* The index that the next frame is for; false: enough is under way. forced: one more even so, while
 * anything is missing. */
bool plan_choose(struct frame_send *s, bool forced, uint32_t *index);
/* An index that nothing had before: for a repair frame of window w, or for a probe. */
uint32_t plan_fresh(struct frame_send *s, unsigned w);

#endif
