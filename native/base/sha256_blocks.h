/* sha256_blocks.h - the inner part of SHA-256 by the processor's own instructions for it, where it has them.
 *
 * A provenance digests every byte that was read and written; without these instructions that is a tenth of
 * the time of a small network. The digest is the same either way. Any thread.
 */
#ifndef BASE_SHA256_BLOCKS_H
#define BASE_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCKS_BYTES = 64 };

/* 1 where this processor has the instructions. */
int sha256_blocks_supported(void);

/* Takes `count` blocks, one behind the other, into the state of a digest under way; only where supported. */
void sha256_blocks_add(uint32_t state[8], const unsigned char *blocks, size_t count);

#endif
