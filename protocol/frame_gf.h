/* frame_gf.h - arithmetic of GF(256), polynomial x^8 + x^4 + x^3 + x^2 + 1, for repair frames. */
#ifndef PROTOCOL_FRAME_GF_H
#define PROTOCOL_FRAME_GF_H

#include <stddef.h>
#include <stdint.h>

uint8_t gf_mul(uint8_t a, uint8_t b);
uint8_t gf_inverse(uint8_t a); /* of 0: 0 */

/* to[i] += by * from[i], and to[i] = by * to[i]; to and from do not overlap. */
void gf_add(uint8_t *to, const uint8_t *from, uint8_t by, size_t len);
void gf_scale(uint8_t *to, uint8_t by, size_t len);

/* The coefficient of symbol `column` (of the whole transfer, from 0) in the repair frame `index`. */
uint8_t gf_coefficient(uint32_t index, uint32_t column);

#endif
